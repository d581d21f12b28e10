#![no_main]
use fuzz::READER;

libfuzzer_sys::fuzz_target!(|text: &str| READER.identity(text));
