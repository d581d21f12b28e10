//! Eight bytes of a number, and a text.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((number, text)) = bytes.split_first_chunk::<8>() else { return };
    ingest::fuzzing::amounts(&String::from_utf8_lossy(text), f64::from_le_bytes(*number));
});
