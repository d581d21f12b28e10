//! Received bytes as files `archive/ab/abcdef…`, named after their SHA-256: compressed, encrypted, never rewritten.
//!
//! `AXA1`, salt, length, then pieces of 4 MiB, each compressed and sealed by itself so that all cores work on one file.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, Nonce, Payload};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::error::at;
use crate::vault::{hex, random_salt, sync_dir};
use crate::{Store, StoreError};

const MAGIC: &[u8; 4] = b"AXA1";
const PIECE: usize = 4 << 20;
const HEAD: usize = 4 + 16 + 8;

impl Store {
    /// Writes the bytes durably unless they are there already.
    pub(crate) fn write_archive(&self, sha256: &[u8; 32], content: &[u8]) -> Result<(), StoreError> {
        let path = self.archive_path(sha256);
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().expect("an archive path has a folder").to_owned();
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let salt = random_salt();
        let mut head = [0; HEAD];
        head[..4].copy_from_slice(MAGIC);
        head[4..20].copy_from_slice(&salt);
        head[20..].copy_from_slice(&(content.len() as u64).to_be_bytes());
        let cipher = self.vault.archive_cipher(&salt);
        let pieces: Vec<Vec<u8>> =
            content.par_chunks(PIECE).enumerate().map(|(at, piece)| seal_piece(&cipher, &head, at, piece)).collect::<Result<_, _>>()?;

        let draft = folder.join(format!(".{}", hex(&salt)));
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(&head)?;
            for piece in &pieces {
                file.write_all(&u32::try_from(piece.len()).unwrap_or(u32::MAX).to_be_bytes())?;
                file.write_all(piece)?;
            }
            file.sync_all()
        });
        if let Err(cause) = written.and_then(|()| fs::rename(&draft, &path)) {
            // Best effort: what is left of a draft is never read.
            let _ = fs::remove_file(&draft);
            return Err(StoreError::file(&path, cause));
        }
        sync_dir(&path)?;
        sync_dir(&folder)
    }

    /// Keeps bytes that are evidence without being a batch of their own, and gives their hash.
    pub fn archive(&self, content: &[u8]) -> Result<[u8; 32], StoreError> {
        let sha256 = Sha256::digest(content).into();
        self.write_archive(&sha256, content)?;
        Ok(sha256)
    }

    /// The bytes as received, verified against their hash; `None` when they were not archived.
    pub async fn read_archive(&self, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        let (store, sha256) = (self.clone(), *sha256);
        tokio::task::spawn_blocking(move || store.read_archive_now(&sha256))
            .await
            .map_err(|_| StoreError::Interrupted { what: "读取存档" })?
    }

    fn read_archive_now(&self, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.archive_path(sha256);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(StoreError::file(&path, cause)),
        };
        let damaged = || StoreError::ArchiveDamaged { hash: hex(sha256) };
        let (head, mut rest) = bytes.split_first_chunk::<HEAD>().ok_or_else(damaged)?;
        if &head[..4] != MAGIC {
            return Err(damaged());
        }
        let mut salt = [0; 16];
        salt.copy_from_slice(&head[4..20]);
        let cipher = self.vault.archive_cipher(&salt);
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (length, tail) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
            let (piece, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(damaged)?;
            pieces.push(piece);
            rest = tail;
        }
        let opened: Vec<Vec<u8>> = pieces
            .par_iter()
            .enumerate()
            .map(|(at, piece)| open_piece(&cipher, head, at, piece).ok_or_else(damaged))
            .collect::<Result<_, _>>()?;
        let content = opened.concat();
        let whole = head[20..] == (content.len() as u64).to_be_bytes() && Sha256::digest(&content)[..] == sha256[..];
        whole.then_some(Some(content)).ok_or_else(damaged)
    }

    fn archive_path(&self, sha256: &[u8; 32]) -> PathBuf {
        let name = hex(sha256);
        self.data_dir.join("archive").join(&name[..2]).join(name)
    }
}

/// Pieces of a file have a key of their own, so their number is a nonce that never repeats.
fn nonce(at: usize) -> Nonce<Aes256Gcm> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&(at as u64).to_be_bytes());
    nonce.into()
}

fn seal_piece(cipher: &Aes256Gcm, head: &[u8; HEAD], at: usize, piece: &[u8]) -> Result<Vec<u8>, StoreError> {
    let packed = zstd::bulk::compress(piece, 1).map_err(|_| StoreError::content("待存档的文件"))?;
    cipher.encrypt(&nonce(at), Payload { msg: &packed, aad: head }).map_err(|_| StoreError::Sealed { what: "存档" })
}

fn open_piece(cipher: &Aes256Gcm, head: &[u8; HEAD], at: usize, piece: &[u8]) -> Option<Vec<u8>> {
    let packed = cipher.decrypt(&nonce(at), Payload { msg: piece, aad: head }).ok()?;
    zstd::bulk::decompress(&packed, PIECE).ok()
}
