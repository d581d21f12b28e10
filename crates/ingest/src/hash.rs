//! Fast hashing of short texts: identity and card numbers, looked up once a row; and how a digest is written.

use std::hash::{BuildHasherDefault, Hasher};

/// Eight bytes at a time; equality is always tested besides.
#[derive(Default)]
pub struct TextHasher(u64);

pub type ByText = BuildHasherDefault<TextHasher>;

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, bytes);
    }

    fn write_u8(&mut self, value: u8) {
        self.0 ^= u64::from(value);
    }
}

/// A digest as lower-case hexadecimal text.
pub fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

pub fn hash_text(text: &str) -> u64 {
    hash_bytes(text.as_bytes())
}

pub fn hash_bytes(bytes: &[u8]) -> u64 {
    let hash = mix(bytes.len() as u64, bytes);
    hash ^ hash >> 29
}

fn mix(mut hash: u64, bytes: &[u8]) -> u64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
        hash = (hash.rotate_left(5) ^ word).wrapping_mul(K);
    }
    let mut rest = [0; 8];
    rest[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    (hash.rotate_left(5) ^ u64::from_le_bytes(rest)).wrapping_mul(K)
}

/// A hasher for keys that are hashes already.
#[derive(Default)]
pub struct Passed(u64);

pub type ByHash = BuildHasherDefault<Passed>;

impl Hasher for Passed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
