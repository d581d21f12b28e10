//! A page, always taken for one.
#![no_main]
use fuzz::READER;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    READER.read("x.xls", &[b"<html>", bytes].concat());
});
