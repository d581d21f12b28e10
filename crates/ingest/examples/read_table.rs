//! Reads tables cell by cell and says what it found: `read_table [--keep] FILE…`, for `tests/bench/readers.py`.
//!
//! With `--keep` every cell is copied and held until the end of its file, as a reader would that hands out a table.

use std::io::Write as _;

use ingest::fuzzing::{Survey, survey};

fn main() -> std::io::Result<()> {
    let (mut keep, mut files) = (false, Vec::new());
    for word in std::env::args().skip(1) {
        if word == "--keep" { keep = true } else { files.push(word) }
    }
    let (mut bytes, mut all, mut memory) = (0, Survey::default(), Vec::new());
    for file in &files {
        memory.clear();
        std::io::Read::read_to_end(&mut std::fs::File::open(file)?, &mut memory)?;
        bytes += memory.len();
        let found = survey(&memory, keep).ok_or_else(|| std::io::Error::other(format!("{file} is no table")))?;
        all.worksheets += found.worksheets;
        all.rows += found.rows;
        all.cells += found.cells;
        all.characters += found.characters;
    }
    let Survey { rows, cells, characters, .. } = all;
    writeln!(std::io::stdout(), r#"{{"bytes": {bytes}, "rows": {rows}, "cells": {cells}, "characters": {characters}}}"#)
}
