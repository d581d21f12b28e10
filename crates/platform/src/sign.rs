//! `sign` (§3.1) and `corpsign` (§3.2).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::cipher::{Unreadable, encrypt};
use crate::secret::Secret;

/// Signature over form fields, 64 lower-case hex characters. `fields` may come in any order and hold `sign` itself,
/// which is left out; values are raw, `data` verbatim as sent or received.
pub fn sign<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>, secret: &Secret) -> String {
    let mut sorted: Vec<(&str, &str)> = fields.into_iter().filter(|(name, _)| *name != "sign").collect();
    sorted.sort_unstable();
    sign_fields(&sorted, secret)
}

/// The same over fields that are sorted already.
pub fn sign_fields(sorted: &[(&str, &str)], secret: &Secret) -> String {
    let mut base = Zeroizing::new(String::with_capacity(sorted.iter().map(|(n, v)| n.len() + v.len() + 2).sum::<usize>() + 64));
    for (name, value) in sorted {
        base.push_str(name);
        base.push('=');
        base.push_str(value);
        base.push('&');
    }
    base.push_str("appsecret=");
    base.push_str(secret.expose());
    // The secret is folded with the rest, and so are full-width letters.
    let folded = Zeroizing::new(base.to_lowercase());
    hex(&Sha256::digest(folded.as_bytes()))
}

/// Signature of the software's vendor: `corpKey` and the form's `timestamp`, encrypted with the project's secret.
pub fn corpsign(corp_key: &Secret, timestamp: &str, secret: &Secret) -> Result<String, Unreadable> {
    encrypt(&Zeroizing::new(format!("{}{timestamp}", corp_key.expose())), secret)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string always works");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "99999920240101001";
    const TIMESTAMP: &str = "20240102030405";

    fn secret() -> Secret {
        Secret::new("0123456789abcdef0123456789abcdef")
    }

    fn form<'a>(method: &'a str, nonce: &'a str, data: &'a str) -> Vec<(&'a str, &'a str)> {
        let head = [("version", "1.0"), ("timestamp", TIMESTAMP), ("nonce", nonce), ("method", method)];
        head.into_iter().chain([("format", "json"), ("data", data), ("appid", APP)]).collect()
    }

    const FIRST: &str = r#"{"pageIndex":0,"pageSize":50,"projectCode":"99999920240101001"}"#;

    #[test]
    fn the_first_vector_of_the_description_signs_as_written() {
        let signed = sign(form("Project.Query", "00000000000000000000000000000001", FIRST), &secret());
        assert_eq!(signed, "161607fabb3c490766b91825027453ca2a34b0dfdc346b1f030f66bf47654a0e");
    }

    #[test]
    fn the_second_vector_carries_chinese() {
        let data = r#"{"corpName":"测试建设有限公司","pageIndex":0,"pageSize":50,"projectCode":"99999920240101001"}"#;
        let signed = sign(form("Team.Query", "00000000000000000000000000000002", data), &secret());
        assert_eq!(signed, "887db04f4b08e8136c6716ce0549ed0148b6b1fdc862203684d8a4b072a6ad30");
    }

    #[test]
    fn corpsign_takes_part_in_sign() {
        let key = Secret::new("f".repeat(32));
        let corp = corpsign(&key, TIMESTAMP, &secret()).expect("the secret has 32 characters");
        assert_eq!(corp, "RPeNuSOZETwbna7ZhUAg3i3Z8bNKs//jHaNCtWWrqe/fAgjVQwqgOryEcYOCh4JE");
        let mut fields = form("Project.Query", "00000000000000000000000000000001", FIRST);
        fields.insert(0, ("corpsign", &corp));
        assert_eq!(sign(fields, &secret()), "b314437049a46abc009a349e83e5976ea5b2a2133039e886f97b87d44e0672cb");
    }

    #[test]
    fn a_sign_among_the_fields_is_left_out_and_case_does_not_count() {
        let mut fields = form("project.query", "00000000000000000000000000000001", FIRST);
        fields.push(("sign", "whatever"));
        assert_eq!(sign(fields, &secret()), "161607fabb3c490766b91825027453ca2a34b0dfdc346b1f030f66bf47654a0e");
    }

    #[test]
    fn full_width_letters_fold_too() {
        assert_eq!(sign([("data", "ＡＢ")], &secret()), sign([("data", "ａｂ")], &secret()));
    }
}
