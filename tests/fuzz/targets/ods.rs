//! The content of an OpenDocument table, packed.
#![no_main]
use fuzz::{READER, zip};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let kind = b"application/vnd.oasis.opendocument.spreadsheet";
    READER.read("x.ods", &zip(&[("mimetype", kind), ("content.xml", bytes)]));
});
