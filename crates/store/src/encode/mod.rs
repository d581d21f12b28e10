//! The body of a sheet: a version byte, then the sheet. Every version ever written must decode for ever; the golden files
//! beside this module hold one body of each. A version says how the lines of a dataset are laid out: a change of one dataset
//! leaves the bodies, and so the hashes, of all others as they were.
//!
//! File and worksheet stand in columns, so the same lines in another file are the same body. Bodies hold names, but no
//! identity or card numbers.

mod first;

use std::cell::RefCell;

use model::{Body, Sheet};
use zstd::bulk::{Compressor, Decompressor};

use crate::StoreError;

/// postcard of [`first::Sheet`]: of all datasets but payouts that is `model::Sheet`. When `model` changes a sheet, its types
/// are frozen beside this module and a new version is written.
const POSTCARD_V1: u8 = 1;
/// Length of the packed bytes (four bytes, big endian), then zstd of what follows the version byte of [`POSTCARD_V1`].
const ZSTD_POSTCARD_V1: u8 = 2;
/// postcard of `model::Sheet`, payouts with the paying account of each line.
const POSTCARD_V2: u8 = 3;
/// Of [`POSTCARD_V2`], packed as [`ZSTD_POSTCARD_V1`].
const ZSTD_POSTCARD_V2: u8 = 4;

/// Version of a sheet written today: plain and packed.
fn version(sheet: &Sheet) -> (u8, u8) {
    match sheet.body {
        Body::Payout(_) => (POSTCARD_V2, ZSTD_POSTCARD_V2),
        _ => (POSTCARD_V1, ZSTD_POSTCARD_V1),
    }
}

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
        let (version, packed_version) = version(sheet);
        let plain = postcard::to_extend(sheet, vec![version]).map_err(|_| unpackable())?;
        let hash = *blake3::hash(&plain).as_bytes();
        if plain.len() < WORTH_COMPRESSING {
            return Ok(Encoded { hash, body: plain });
        }
        let packed = self.compressor.compress(&plain[1..]).map_err(|_| unpackable())?;
        let length = u32::try_from(plain.len() - 1).map_err(|_| unpackable())?;
        let mut body = Vec::with_capacity(packed.len() + 5);
        body.push(packed_version);
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
    let (version, rest) = body.split_first().ok_or_else(unreadable)?;
    match *version {
        POSTCARD_V1 | POSTCARD_V2 => lines(*version, rest).ok_or_else(unreadable),
        ZSTD_POSTCARD_V1 | ZSTD_POSTCARD_V2 => {
            let (length, packed) = rest.split_first_chunk::<4>().ok_or_else(unreadable)?;
            let length = u32::from_be_bytes(*length) as usize;
            if length > LONGEST {
                return Err(unreadable());
            }
            let plain = UNPACKING.with_borrow_mut(|unpacking| unpack(unpacking, packed, length)).ok_or_else(unreadable)?;
            lines(version - 1, &plain).ok_or_else(unreadable)
        }
        _ => Err(unreadable()),
    }
}

fn lines(version: u8, plain: &[u8]) -> Option<Sheet> {
    match version {
        POSTCARD_V1 => postcard::from_bytes::<first::Sheet>(plain).ok().map(Sheet::from),
        _ => postcard::from_bytes(plain).ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::vault::hex;

    /// One sheet of every dataset, as text.
    const SHEETS: &str = include_str!("../golden/v1.json");
    /// The same sheets as version 1 wrote them, one a line.
    const BODIES_V1: &str = include_str!("../golden/v1.hex");
    /// And as version 2 wrote them.
    const BODIES_V2: &str = include_str!("../golden/v2.hex");
    /// Payouts as versions 3 and 4 wrote them.
    const PAYOUTS: &str = include_str!("../golden/v3.hex");

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

    fn is_payout(sheet: &Sheet) -> bool {
        matches!(sheet.body, Body::Payout(_))
    }

    #[test]
    fn payouts_of_every_version_decode_for_ever() {
        let payout = sheets().into_iter().find(is_payout).unwrap();
        let mut alone = payout.clone();
        let Body::Payout(lines) = &mut alone.body else { panic!() };
        lines[0].account = None;
        lines[1].account = model::AccountNo::parse("9999990000000009999");
        let bodies: Vec<Vec<u8>> = PAYOUTS.lines().map(unhex).collect();
        assert_eq!(bodies.iter().map(|body| body[0]).collect::<Vec<_>>(), [POSTCARD_V2, ZSTD_POSTCARD_V2]);
        for body in &bodies {
            assert_eq!(decode(body).unwrap(), alone);
        }
    }

    #[test]
    fn what_is_written_today_is_as_before() {
        let mut written = String::new();
        let mut known = String::new();
        for (sheet, line) in sheets().iter().zip(BODIES_V1.lines()).filter(|(sheet, _)| !is_payout(sheet)) {
            writeln!(written, "{}", hex(&postcard::to_extend(sheet, vec![version(sheet).0]).unwrap())).unwrap();
            writeln!(known, "{line}").unwrap();
        }
        assert!(written == known, "the bytes differ; write a new version");
        let payout = unhex(PAYOUTS.lines().next().unwrap());
        assert!(
            postcard::to_extend(&decode(&payout).unwrap(), vec![POSTCARD_V2]).unwrap() == payout,
            "the bytes differ; write a new version"
        );
    }

    #[test]
    fn packed_and_plain_bodies_are_the_same_sheet() {
        for sheet in sheets() {
            let packed = pack(&sheet);
            assert_eq!(packed.body[0], version(&sheet).1);
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
