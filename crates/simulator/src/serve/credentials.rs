//! `appid` and secret of each project: drawn from the seed, so that a test can know them.

use platform::Secret;

use crate::chance::Chance;

/// The vendor key of every simulated platform (the test string of §3.2).
pub const CORP_KEY: &str = "ffffffffffffffffffffffffffffffff";
const SECRET_CHARACTERS: usize = 32;
const HEX: &[u8] = b"0123456789abcdef";
/// One gateway issues such secrets (§3.3): never assume hex.
const MIXED: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!@#%^*-_+.";

#[derive(Debug, Clone)]
pub struct Credential {
    /// The project's code, which is also its `appid`.
    pub project: String,
    pub secret: Secret,
}

impl Credential {
    pub fn of(seed: u64, project: &str) -> Self {
        let label = project.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut chance = Chance::new(seed, label);
        let alphabet = if chance.percent(20) { MIXED } else { HEX };
        let secret: String = (0..SECRET_CHARACTERS).map(|_| char::from(chance.pick(alphabet))).collect();
        Self { project: project.to_owned(), secret: Secret::new(secret) }
    }
}

pub fn file(credentials: &[Credential]) -> String {
    let mut text = format!("# 模拟平台的凭据，由种子推出，只用于测试。\ncorp_key = \"{CORP_KEY}\"\n");
    for credential in credentials {
        text.push_str(&format!(
            "\n[[project]]\ncode = \"{0}\"\nappid = \"{0}\"\nsecret = \"{1}\"\n",
            credential.project,
            credential.secret.expose()
        ));
    }
    text
}
