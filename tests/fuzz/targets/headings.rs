#![no_main]
libfuzzer_sys::fuzz_target!(|text: &str| ingest::fuzzing::headings(text));
