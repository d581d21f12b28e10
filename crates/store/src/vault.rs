//! The data key: keyed hashes of identities, encryption of everything that names a person.
//!
//! One file, `data.key`, 64 hexadecimal characters. Sub-keys are derived from it, one per purpose.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, Generate, KeyInit, Nonce};
use aes_gcm::{Aes256Gcm, Key};
use model::{CardKey, PersonKey};
use zeroize::{Zeroize, Zeroizing};

use crate::StoreError;
use crate::error::at;

const KEY_FILE: &str = "data.key";
/// First byte of sealed bytes: AES-256-GCM, 12 bytes of nonce, ciphertext with tag.
const SEALED_V1: u8 = 1;
const NONCE: usize = 12;

pub struct Vault {
    key: Zeroizing<[u8; 32]>,
    persons: Zeroizing<[u8; 32]>,
    cards: Zeroizing<[u8; 32]>,
    archive: Zeroizing<[u8; 32]>,
    cipher: Aes256Gcm,
    /// Where the key was written just now; it is taken back when the database turns out to have another.
    created: Option<PathBuf>,
}

impl Vault {
    /// Opens `data_dir/data.key`; at the first start makes one (second value: it was made now).
    pub fn open_or_create(data_dir: &Path) -> Result<(Self, bool), StoreError> {
        let path = data_dir.join(KEY_FILE);
        match read_key(&path)? {
            Some(key) => Ok((Self::from_key(&key, None), false)),
            None if holds_data(data_dir) => Err(StoreError::KeyMissing { path: path.display().to_string() }),
            None => {
                fs::create_dir_all(data_dir).map_err(at(data_dir))?;
                let key = random_key();
                if write_key(&path, &key)? {
                    Ok((Self::from_key(&key, Some(path)), true))
                } else {
                    // Another process was quicker.
                    let key = read_key(&path)?.ok_or_else(|| StoreError::KeyMissing { path: path.display().to_string() })?;
                    Ok((Self::from_key(&key, None), false))
                }
            }
        }
    }

    fn from_key(key: &[u8; 32], created: Option<PathBuf>) -> Self {
        let derive = |context: &str| Zeroizing::new(blake3::derive_key(context, key));
        let sealing = derive("anxin 2024-11-01 sealing v1");
        Self {
            key: Zeroizing::new(*key),
            persons: derive("anxin 2024-11-01 person keys v1"),
            cards: derive("anxin 2024-11-01 card keys v1"),
            archive: derive("anxin 2024-11-01 archive v1"),
            cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*sealing)),
            created,
        }
    }

    /// The key as text, shown once at creation so that a copy can be kept off the server.
    pub fn key_text(&self) -> String {
        hex(&*self.key)
    }

    /// Tells keys apart without giving anything away; stands in the database.
    pub fn fingerprint(&self) -> String {
        hex(&blake3::derive_key("anxin 2024-11-01 fingerprint v1", &*self.key)[..8])
    }

    pub fn person_key(&self, normalised_id: &str) -> PersonKey {
        PersonKey(short_hash(&self.persons, normalised_id))
    }

    pub fn card_key(&self, digits: &str) -> CardKey {
        CardKey(short_hash(&self.cards, digits))
    }

    /// Encrypts with a random nonce: the same text never looks the same twice.
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let nonce = Nonce::<Aes256Gcm>::generate();
        let cipher = self.cipher.encrypt(&nonce, plain).expect("AES-GCM takes up to 64 GiB");
        let mut sealed = Vec::with_capacity(1 + NONCE + cipher.len());
        sealed.push(SEALED_V1);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&cipher);
        sealed
    }

    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let refuse = || StoreError::Sealed { what: "加密内容" };
        let (version, rest) = sealed.split_first().ok_or_else(refuse)?;
        let (nonce, cipher) = rest.split_at_checked(NONCE).ok_or_else(refuse)?;
        if *version != SEALED_V1 {
            return Err(refuse());
        }
        let nonce = Nonce::<Aes256Gcm>::try_from(nonce).map_err(|_| refuse())?;
        self.cipher.decrypt(&nonce, cipher).map_err(|_| refuse())
    }

    /// Cipher of one archived file; the salt makes every file's key its own.
    pub(crate) fn archive_cipher(&self, salt: &[u8; 16]) -> Aes256Gcm {
        let key = Zeroizing::new(*blake3::keyed_hash(&self.archive, salt).as_bytes());
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
    }

    /// Removes a key made by this start: the data found belongs to another one.
    pub(crate) fn take_back(&self) {
        if let Some(path) = &self.created
            && let Err(error) = fs::remove_file(path)
        {
            tracing::warn!(%error, "could not remove the key made for a database that has another");
        }
    }

    pub(crate) fn was_created(&self) -> Option<&Path> {
        self.created.as_deref()
    }
}

fn short_hash(key: &[u8; 32], text: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&blake3::keyed_hash(key, text.as_bytes()).as_bytes()[..16]);
    short
}

fn random_key() -> Zeroizing<[u8; 32]> {
    Zeroizing::new(Key::<Aes256Gcm>::generate().into())
}

pub(crate) fn random_salt() -> [u8; 16] {
    let random = random_key();
    let mut salt = [0; 16];
    salt.copy_from_slice(&random[..16]);
    salt
}

/// `None` when there is no such file.
fn read_key(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, StoreError> {
    let refuse = |cause| StoreError::KeyRead { path: path.display().to_string(), cause };
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(refuse(cause)),
    };
    let mode = file.metadata().map_err(refuse)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(StoreError::KeyMode { path: path.display().to_string(), mode });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(refuse)?;
    let key = unhex(text.trim());
    text.zeroize();
    key.map(|key| Some(Zeroizing::new(key))).ok_or_else(|| StoreError::KeyText { path: path.display().to_string() })
}

/// Writes the key durably; `false` when somebody else has written one meanwhile.
fn write_key(path: &Path, key: &[u8; 32]) -> Result<bool, StoreError> {
    let draft = path.with_extension(format!("key.{}", hex(&random_salt())));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(at(&draft))?;
    let written = writeln!(file, "{}", hex(key)).and_then(|()| file.sync_all());
    // A link, not a rename: it never replaces a key.
    let linked = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft).map_err(at(&draft))?;
    match linked {
        Ok(()) => {}
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(cause) => return Err(StoreError::file(path, cause)),
    }
    sync_dir(path)?;
    Ok(true)
}

/// Makes the entry of `path` in its directory durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), StoreError> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(at(dir))
}

/// Whether a data directory was in use before: an archive or an SQLite file.
fn holds_data(data_dir: &Path) -> bool {
    if fs::read_dir(data_dir.join("archive")).is_ok_and(|mut entries| entries.next().is_some()) {
        return true;
    }
    let Ok(entries) = fs::read_dir(data_dir) else { return false };
    entries.flatten().any(|entry| {
        let mut head = [0; 16];
        entry.file_type().is_ok_and(|kind| kind.is_file())
            && fs::File::open(entry.path()).and_then(|mut file| file.read_exact(&mut head)).is_ok()
            && &head == b"SQLite format 3\0"
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|d| char::from(DIGITS[usize::from(d)])).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    (digits.len() == 64).then(|| bytes.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> (tempfile::TempDir, Vault) {
        let dir = tempfile::tempdir().unwrap();
        let (vault, created) = Vault::open_or_create(dir.path()).unwrap();
        assert!(created);
        (dir, vault)
    }

    #[test]
    fn the_key_survives_a_restart_and_is_private() {
        let (dir, vault) = vault();
        let mode = fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let (again, created) = Vault::open_or_create(dir.path()).unwrap();
        assert!(!created);
        assert_eq!(again.key_text(), vault.key_text());
        assert_eq!(again.fingerprint(), vault.fingerprint());
        assert_eq!(again.open(&vault.seal(b"x")).unwrap(), b"x");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn an_open_or_spoilt_key_file_is_refused() {
        let (dir, _) = vault();
        let path = dir.path().join(KEY_FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Vault::open_or_create(dir.path()).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(Vault::open_or_create(dir.path()).map(|_| ()), Err(StoreError::KeyText { .. })));
    }

    #[test]
    fn a_lost_key_beside_data_is_not_replaced() {
        let (dir, _) = vault();
        fs::remove_file(dir.path().join(KEY_FILE)).unwrap();
        fs::write(dir.path().join("anxin.db"), b"SQLite format 3\0rest").unwrap();
        assert!(matches!(Vault::open_or_create(dir.path()).map(|_| ()), Err(StoreError::KeyMissing { .. })));
        assert!(!dir.path().join(KEY_FILE).exists());
    }

    #[test]
    fn keys_are_stable_per_purpose_and_differ_between_vaults() {
        let (_dir, one) = vault();
        let (_other_dir, two) = vault();
        let id = "999999199001010016";
        assert_eq!(one.person_key(id), one.person_key(id));
        assert_ne!(one.person_key(id), two.person_key(id));
        assert_ne!(one.person_key(id).0, one.card_key(id).0);
        assert_ne!(one.fingerprint(), two.fingerprint());
        assert!(two.open(&one.seal(b"secret")).is_err());
    }

    #[test]
    fn sealed_bytes_hide_differ_and_cannot_be_altered() {
        let (_dir, vault) = vault();
        let (one, two) = (vault.seal(b"9999990000000000014"), vault.seal(b"9999990000000000014"));
        assert_ne!(one, two);
        assert!(!one.windows(7).any(|part| part == b"9999990"));
        for at in 0..one.len() {
            let mut altered = one.clone();
            altered[at] ^= 1;
            assert!(vault.open(&altered).is_err(), "byte {at}");
            assert!(vault.open(&one[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(vault.open(&vault.seal(b"")).unwrap(), b"");
    }
}
