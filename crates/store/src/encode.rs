//! The body of a sheet: a version byte, then the sheet. Every version ever written must decode for ever; the golden files
//! beside this module hold one body of each.
//!
//! File and worksheet stand in columns, so the same lines in another file are the same body. Bodies hold names, but no
//! identity or card numbers.

use model::Sheet;

use crate::StoreError;

/// postcard of `model::Sheet`. When `model` changes a sheet, the types of this version are frozen in a module of their own
/// and a new version is written.
const POSTCARD_V1: u8 = 1;
/// Length of the packed bytes (four bytes, big endian), then zstd of what follows the version byte of [`POSTCARD_V1`].
const ZSTD_POSTCARD_V1: u8 = 2;

/// Bodies shorter than this gain nothing from compression.
const WORTH_COMPRESSING: usize = 256;
/// No sheet is longer; a damaged length must not ask for more memory.
const LONGEST: usize = 1 << 30;

pub(crate) struct Encoded {
    /// Of the body before compression.
    pub(crate) hash: [u8; 32],
    pub(crate) body: Vec<u8>,
}

/// Packs a sheet; its head must carry no file names.
pub(crate) fn encode(sheet: &Sheet) -> Result<Encoded, StoreError> {
    let unpackable = || StoreError::content("待写入的表");
    let plain = postcard::to_extend(sheet, vec![POSTCARD_V1]).map_err(|_| unpackable())?;
    let hash = *blake3::hash(&plain).as_bytes();
    if plain.len() < WORTH_COMPRESSING {
        return Ok(Encoded { hash, body: plain });
    }
    let packed = zstd::bulk::compress(&plain[1..], 1).map_err(|_| unpackable())?;
    let length = u32::try_from(plain.len() - 1).map_err(|_| unpackable())?;
    let mut body = Vec::with_capacity(packed.len() + 5);
    body.push(ZSTD_POSTCARD_V1);
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(&packed);
    Ok(Encoded { hash, body })
}

pub(crate) fn decode(body: &[u8]) -> Result<Sheet, StoreError> {
    let unreadable = || StoreError::content("表的正文");
    match body.split_first() {
        Some((&POSTCARD_V1, plain)) => postcard::from_bytes(plain).map_err(|_| unreadable()),
        Some((&ZSTD_POSTCARD_V1, rest)) => {
            let (length, packed) = rest.split_first_chunk::<4>().ok_or_else(unreadable)?;
            let length = u32::from_be_bytes(*length) as usize;
            if length > LONGEST {
                return Err(unreadable());
            }
            let plain = zstd::bulk::decompress(packed, length).map_err(|_| unreadable())?;
            postcard::from_bytes(&plain).map_err(|_| unreadable())
        }
        _ => Err(unreadable()),
    }
}
