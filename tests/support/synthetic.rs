//! Synthetic counties, written once per set of options and shared by all tests.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Answer, Planted, binary};

pub struct Synthetic {
    pub inbox: PathBuf,
    pub planted: Planted,
}

/// Runs `anxin simulate write` with the options, or takes what an earlier test wrote with the same binary.
pub fn synthetic(options: &[&str]) -> Synthetic {
    let mut hasher = DefaultHasher::new();
    let built = std::fs::metadata(binary()).and_then(|m| m.modified()).expect("the binary has a date");
    (options, built).hash(&mut hasher);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("county-{:016x}", hasher.finish()));
    if !dir.exists() {
        // Another test may write the same county now; whoever is first wins, both are equal.
        let partial = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        let output =
            Command::new(binary()).args(["simulate", "write"]).arg(partial.path()).args(options).output().expect("the binary starts");
        Answer::of(output).done();
        if std::fs::rename(partial.path(), &dir).is_ok() {
            // Moved away: nothing to delete any more.
            let _ = partial.keep();
        }
    }
    Synthetic { inbox: dir.join("inbox"), planted: Planted::read(&dir.join("planted.json")) }
}

impl Synthetic {
    /// All files of the inbox, sorted.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.inbox.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                if entry.path().is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
            }
        }
        found.sort();
        found
    }
}
