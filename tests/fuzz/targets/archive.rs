//! A zip as it comes; or its entries: a name in the first line, the content behind it. A name that ends with `.zip` holds entries.
#![no_main]
use fuzz::{BETWEEN, parts, zip};

const DEEPER: [&[u8]; 5] = [BETWEEN, b"\n====\n", b"\n===\n", b"\n==\n", b"\n=\n"];

fn pack(bytes: &[u8], depth: usize) -> Vec<u8> {
    let entries: Vec<(String, Vec<u8>)> = parts(bytes, DEEPER[depth])
        .into_iter()
        .map(|part| {
            let (name, content) = part.split_at(part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len()));
            let content = content.strip_prefix(b"\n").unwrap_or(content);
            let inner = name.ends_with(b".zip") && depth + 1 < DEEPER.len();
            let content = if inner { pack(content, depth + 1) } else { content.to_vec() };
            (String::from_utf8_lossy(name).into_owned(), content)
        })
        .collect();
    zip(&entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect::<Vec<_>>())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"PK") {
        ingest::fuzzing::archive(bytes);
    } else {
        ingest::fuzzing::archive(&pack(bytes, 0));
    }
});
