//! The records of a workbook, packed into a sound container; or a container as it comes.
#![no_main]
use std::io::{Cursor, Write};

use fuzz::READER;

libfuzzer_sys::fuzz_target!(init: fuzz::allow_panics_of_library(), |bytes: &[u8]| {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        READER.read("x.xls", bytes);
        return;
    }
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).expect("memory");
    file.create_stream("/Workbook").expect("memory").write_all(bytes).expect("memory");
    file.flush().expect("memory");
    READER.read("x.xls", &file.into_inner().into_inner());
});
