//! Encrypted fields (§3.3): AES-CBC with PKCS#7, keyed by the text of the secret, in standard Base64.
//! The start vector is fixed, so equal plaintexts give equal ciphertexts; that is how the platform does it.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secret::Secret;

/// Why a field could not be read. A value, not an abort: the row stays and its identity is marked unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("密钥须为 16、24 或至少 32 个字节")]
    SecretLength,
    #[error("不是 Base64 文本")]
    NotBase64,
    #[error("密文与密钥不符")]
    WrongSecret,
    #[error("解出的内容不是 UTF-8 文本")]
    NotText,
}

/// The first 32 bytes of a longer secret; 16 and 24 give the shorter AES.
fn key(secret: &Secret) -> Result<&[u8], Unreadable> {
    let bytes = secret.expose().as_bytes();
    match bytes.len() {
        32.. => Ok(&bytes[..32]),
        16 | 24 => Ok(bytes),
        _ => Err(Unreadable::SecretLength),
    }
}

const VECTOR_BYTES: usize = 16;

/// Base64 text in one line.
pub fn encrypt(plain: &str, secret: &Secret) -> Result<String, Unreadable> {
    let key = key(secret)?;
    let (vector, plain) = (&key[..VECTOR_BYTES], plain.as_bytes());
    let sealed = match key.len() {
        16 => cbc::Encryptor::<Aes128>::new_from_slices(key, vector).map(|c| c.encrypt_padded_vec::<Pkcs7>(plain)),
        24 => cbc::Encryptor::<Aes192>::new_from_slices(key, vector).map(|c| c.encrypt_padded_vec::<Pkcs7>(plain)),
        _ => cbc::Encryptor::<Aes256>::new_from_slices(key, vector).map(|c| c.encrypt_padded_vec::<Pkcs7>(plain)),
    };
    Ok(STANDARD.encode(sealed.map_err(|_| Unreadable::SecretLength)?))
}

/// Old encoders break lines every 76 characters, so white space is taken out first.
pub fn decrypt(sealed: &str, secret: &Secret) -> Result<String, Unreadable> {
    let key = key(secret)?;
    let text: String = sealed.chars().filter(|c| !c.is_whitespace()).collect();
    let sealed = STANDARD.decode(text).map_err(|_| Unreadable::NotBase64)?;
    let vector = &key[..VECTOR_BYTES];
    let plain = match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, vector).map(|c| c.decrypt_padded_vec::<Pkcs7>(&sealed)),
        24 => cbc::Decryptor::<Aes192>::new_from_slices(key, vector).map(|c| c.decrypt_padded_vec::<Pkcs7>(&sealed)),
        _ => cbc::Decryptor::<Aes256>::new_from_slices(key, vector).map(|c| c.decrypt_padded_vec::<Pkcs7>(&sealed)),
    };
    let plain = plain.map_err(|_| Unreadable::SecretLength)?.map_err(|_| Unreadable::WrongSecret)?;
    String::from_utf8(plain).map_err(|_| Unreadable::NotText)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::new("0123456789abcdef0123456789abcdef")
    }

    #[test]
    fn the_vector_of_the_description_encrypts_as_written_and_comes_back() {
        let sealed = encrypt("999999199001010016", &secret()).expect("long enough");
        assert_eq!(sealed, "A7cHM0jQKuNPLnEa2G/pHYHSx9B3mf+jjtgu5BM5jXc=");
        assert_eq!(decrypt(&sealed, &secret()).as_deref(), Ok("999999199001010016"));
    }

    #[test]
    fn line_breaks_of_old_encoders_are_ignored() {
        assert_eq!(decrypt("A7cHM0jQKuNPLnEa2G/p\r\nHYHSx9B3mf+jjtgu5BM5jXc=\n", &secret()).as_deref(), Ok("999999199001010016"));
    }

    #[test]
    fn what_cannot_be_read_is_a_value() {
        let other = Secret::new("Other-Secret,With.Signs!And-Case");
        let sealed = encrypt("999999199001010016", &other).expect("32 characters");
        assert!(decrypt(&sealed, &secret()).is_err());
        assert_eq!(decrypt("身份证", &secret()), Err(Unreadable::NotBase64));
        assert_eq!(decrypt("AAAA", &secret()), Err(Unreadable::WrongSecret));
        assert_eq!(encrypt("1", &Secret::new("short")), Err(Unreadable::SecretLength));
    }

    #[test]
    fn a_longer_secret_is_cut_and_shorter_ones_still_work() {
        let longer = Secret::new("0123456789abcdef0123456789abcdef-and-more");
        assert_eq!(encrypt("1", &longer), encrypt("1", &secret()));
        for length in [16, 24] {
            let short = Secret::new(&"0123456789abcdef01234567"[..length]);
            let sealed = encrypt("测试", &short).expect("a length of AES");
            assert_eq!(decrypt(&sealed, &short).as_deref(), Ok("测试"));
        }
    }
}
