//! What the targets share: bounded memory, one reader, and the packing of parts into containers.
//!
//! A mutated zip is mostly a broken zip. So the targets of the packed formats mutate the parts, which are packed here.

use std::alloc::System;
use std::io::{Cursor, Write};
use std::sync::LazyLock;

use cap::Cap;
use ingest::fuzzing::Reader;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An input of 64 KB that needs more is a crash.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, 512 << 20);

/// Stands between the parts of an input.
pub const BETWEEN: &[u8] = b"\n=====\n";

pub static READER: LazyLock<Reader> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the key").keep();
    Reader::new(&folder).expect("a key")
});

/// The library for .xls and .xlsx indexes and computes without checking; our reader catches what comes of it. So its panics
/// are no crash unless they leave the reader; any other panic is one, caught or not.
pub fn allow_panics_of_library() {
    drop(std::panic::take_hook());
    std::panic::set_hook(Box::new(|panic| {
        if !panic.location().is_some_and(|at| at.file().contains("/calamine-")) {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}

/// The parts of an input.
pub fn parts<'b>(mut bytes: &'b [u8], between: &[u8]) -> Vec<&'b [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes.windows(between.len()).position(|window| window == between) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + between.len()..];
    }
    parts.push(bytes);
    parts
}

/// A zip without compression.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in entries {
        // A name given twice is not written twice.
        if zip.start_file(*name, stored).is_ok() {
            zip.write_all(bytes).expect("memory");
        }
    }
    zip.finish().expect("memory").into_inner()
}
