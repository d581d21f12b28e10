//! The body of a sheet: a version byte, then the sheet. Every version ever written must decode for ever; the golden files
//! beside this module hold one body of each.
//!
//! File and worksheet stand in columns, so the same lines in another file are the same body. Bodies hold names, but no
//! identity or card numbers.

use std::cell::RefCell;

use model::Sheet;
use zstd::bulk::{Compressor, Decompressor};

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
/// Fast: most of a body is keys, which do not compress.
const LEVEL: i32 = 1;

pub(crate) struct Encoded {
    /// Of the body before compression.
    pub(crate) hash: [u8; 32],
    pub(crate) body: Vec<u8>,
}

/// Packs sheets, one after the other, in the same memory.
pub(crate) struct Encoder {
    compressor: Compressor<'static>,
}

impl Encoder {
    pub(crate) fn new() -> Result<Self, StoreError> {
        Ok(Self { compressor: Compressor::new(LEVEL).map_err(|_| unpackable())? })
    }

    /// Packs a sheet; its head must carry no file names.
    pub(crate) fn encode(&mut self, sheet: &Sheet) -> Result<Encoded, StoreError> {
        let plain = postcard::to_extend(sheet, vec![POSTCARD_V1]).map_err(|_| unpackable())?;
        let hash = *blake3::hash(&plain).as_bytes();
        if plain.len() < WORTH_COMPRESSING {
            return Ok(Encoded { hash, body: plain });
        }
        let packed = self.compressor.compress(&plain[1..]).map_err(|_| unpackable())?;
        let length = u32::try_from(plain.len() - 1).map_err(|_| unpackable())?;
        let mut body = Vec::with_capacity(packed.len() + 5);
        body.push(ZSTD_POSTCARD_V1);
        body.extend_from_slice(&length.to_be_bytes());
        body.extend_from_slice(&packed);
        Ok(Encoded { hash, body })
    }
}

fn unpackable() -> StoreError {
    StoreError::content("待写入的表")
}

thread_local! {
    /// A body is a few kilobytes: setting up for each would cost more than unpacking it.
    static UNPACKING: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn unpack(unpacking: &mut Option<Decompressor<'static>>, packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let unpacking = match unpacking {
        Some(ready) => ready,
        None => unpacking.insert(Decompressor::new().ok()?),
    };
    unpacking.decompress(packed, length).ok()
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
            let plain = UNPACKING.with_borrow_mut(|unpacking| unpack(unpacking, packed, length)).ok_or_else(unreadable)?;
            postcard::from_bytes(&plain).map_err(|_| unreadable())
        }
        _ => Err(unreadable()),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::vault::hex;

    /// One sheet of every dataset, as text.
    const SHEETS: &str = include_str!("golden/v1.json");
    /// The same sheets as version 1 wrote them, one a line.
    const BODIES_V1: &str = include_str!("golden/v1.hex");
    /// And as version 2 wrote them.
    const BODIES_V2: &str = include_str!("golden/v2.hex");

    fn pack(sheet: &Sheet) -> Encoded {
        Encoder::new().unwrap().encode(sheet).unwrap()
    }

    fn sheets() -> Vec<Sheet> {
        serde_json::from_str(SHEETS).unwrap()
    }

    fn unhex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// When this fails because `model` changed: freeze the old types, write a new version, keep these files as they are.
    #[test]
    fn bodies_of_every_version_decode_for_ever() {
        for golden in [BODIES_V1, BODIES_V2] {
            let bodies: Vec<Vec<u8>> = golden.lines().map(unhex).collect();
            let sheets = sheets();
            assert_eq!((bodies.len(), sheets.len()), (model::Dataset::ALL.len(), model::Dataset::ALL.len()));
            for (sheet, body) in sheets.iter().zip(&bodies) {
                assert_eq!(decode(body).unwrap(), *sheet, "{}", sheet.body.dataset());
            }
        }
    }

    #[test]
    fn what_is_written_today_is_version_1() {
        let mut written = String::new();
        for sheet in sheets() {
            let plain = postcard::to_extend(&sheet, vec![POSTCARD_V1]).unwrap();
            writeln!(written, "{}", hex(&plain)).unwrap();
        }
        assert!(written == BODIES_V1, "the bytes differ; write a new version");
    }

    #[test]
    fn packed_and_plain_bodies_are_the_same_sheet() {
        for sheet in sheets() {
            let packed = pack(&sheet);
            assert_eq!(packed.body[0], ZSTD_POSTCARD_V1);
            assert_eq!(decode(&packed.body).unwrap(), sheet);
            assert_eq!(pack(&decode(&packed.body).unwrap()).hash, packed.hash);
        }
    }

    #[test]
    fn damaged_bodies_are_refused_without_a_panic() {
        let body = pack(&sheets()[0]).body;
        for cut in 0..body.len() {
            assert!(decode(&body[..cut]).is_err(), "cut at {cut}");
        }
        assert!(decode(&[9, 1, 2]).is_err());
        assert!(decode(&[ZSTD_POSTCARD_V1, 0xff, 0xff, 0xff, 0xff, 0]).is_err());
    }
}
