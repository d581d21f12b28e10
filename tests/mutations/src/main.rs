//! Writes every mutation into a copy of the crate `rules` at once, each behind a number, and lists them.
//!
//! usage: mutations CRATE LIST — `CRATE` is a copy of `crates/rules`; it is changed. `tests/mutations/run` makes the copy.

mod sites;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sites::Sites;

/// Not asked by worked cases: what reads and shows configuration, what replays, what lists the rows of evidence, the cases themselves.
const LEFT_OUT: [&str; 10] = [
    "catalogue.rs",
    "evidence.rs",
    "law/parse.rs",
    "law/remarks.rs",
    "law/schema.rs",
    "law/show.rs",
    "lib.rs",
    "manual.rs",
    "replay.rs",
    "review.rs",
];

const RUNTIME: &str = include_str!("../into/mutant.rs");
const ASKING: &str = include_str!("../into/asking.rs");

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [copy, list] = arguments.as_slice() else { panic!("usage: mutations CRATE LIST") };
    let source = Path::new(copy).join("src");
    let mut files = Vec::new();
    collect(&source, &mut files);
    files.sort();
    let mut next = 1;
    let mut lines = String::new();
    for path in files {
        let name = path.strip_prefix(&source).expect("below the source").to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) || name.starts_with("cases/") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file");
        let sites = Sites::of(&text, next);
        for mutation in &sites.found {
            let row = [
                &mutation.number.to_string(),
                &name,
                &mutation.function,
                &mutation.line.to_string(),
                &mutation.kind,
                &mutation.text,
                &mutation.to,
            ];
            let row: Vec<String> = row.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            writeln!(lines, "{}", row.join("\t")).expect("memory");
        }
        next = sites.next;
        fs::write(&path, sites.written(&text)).expect("writable copy");
    }
    fs::write(list, lines).expect("writable list");
    fs::write(source.join("mutant.rs"), RUNTIME).expect("writable copy");
    append(&source.join("lib.rs"), "\nmod mutant;\n");
    append(&source.join("cases/shelf.rs"), ASKING);
    println!("{} mutations", next - 1);
}

fn append(path: &Path, more: &str) {
    let text = fs::read_to_string(path).expect("a source file");
    fs::write(path, text + more).expect("writable copy");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}
