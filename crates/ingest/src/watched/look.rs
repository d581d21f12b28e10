//! Which files of a folder are complete. Nobody can be asked: a file counts as complete when it was not written for a while, or
//! when it has got its final name after its transfer.

use std::collections::{HashMap, HashSet};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{DONE, REJECTED, Watched};
use crate::IngestError;
use crate::files::{Found, Seen, walk_folder};
use crate::report::FileProblem;

/// Endings under which clients write what they have not received in full.
const PARTIAL: &[&str] = &["part", "partial", "filepart", "tmp", "crdownload", "swp"];
/// Endings of what is handed over: a folder called so is not what its sender meant.
const FILE_LIKE: &[&str] = &["csv", "txt", "xls", "xlsx", "xlsm", "et", "ods", "zip", "pdf"];

/// What lay in a folder at one moment.
#[derive(Debug, Default)]
pub struct Look {
    /// Files that are complete, and what is none, with the reason.
    pub found: Vec<Found>,
    /// Files that may still be written.
    pub arriving: Vec<PathBuf>,
    /// How long until all that arrives now would be complete; none where nothing arrives.
    pub wait: Option<Duration>,
    young: HashMap<PathBuf, (Seen, Duration)>,
    /// Files under the names of unfinished transfers.
    partial: HashSet<(u64, u64)>,
    at: Option<SystemTime>,
}

impl Watched {
    /// A first look.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn look(&self, now: SystemTime) -> Result<Look, IngestError> {
        self.look_after(&Look::default(), now)
    }

    /// A second look, some time after the first: what did not change in between is complete.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn look_after(&self, first: &Look, now: SystemTime) -> Result<Look, IngestError> {
        let mut look = Look { at: Some(now), ..Look::default() };
        let (mut entries, mut partial) = (Vec::new(), HashSet::new());
        let mut pass_over = |entry: &DirEntry| self.pass_over(entry, &mut partial);
        walk_folder(&self.dir, &mut pass_over, &mut entries)
            .map_err(|cause| IngestError::Unreachable { path: self.dir.display().to_string(), cause })?;
        for mut found in entries {
            let about = if found.refused.is_none() { std::fs::symlink_metadata(&found.path).ok() } else { None };
            let Some(about) = about else {
                look.found.push(found);
                continue;
            };
            let seen = Seen::of(&about);
            found.seen = Some(seen);
            // A time to come is that of another clock: then only a second look can tell.
            let age = about.modified().ok().and_then(|modified| now.duration_since(modified).ok());
            let left = self.settle.saturating_sub(age.unwrap_or_default());
            if left.is_zero() || first.has_settled(&found.path, seen, now) {
                look.found.push(found);
            } else {
                look.wait = look.wait.max(Some(left));
                look.arriving.push(found.path.clone());
                look.young.insert(found.path, (seen, left));
            }
        }
        look.found.extend(folders_like_files(&look.found, &self.dir));
        look.partial = partial;
        Ok(look)
    }

    /// Names of unfinished transfers, and what was put aside.
    fn pass_over(&self, entry: &DirEntry, partial: &mut HashSet<(u64, u64)>) -> bool {
        let (path, name) = (entry.path(), entry.file_name());
        if self.moves && path.parent() == Some(&self.dir) && (name == DONE || name == REJECTED) {
            return true;
        }
        let is_partial = name.to_string_lossy().starts_with('.') || extension(&path).is_some_and(|e| PARTIAL.contains(&e.as_str()));
        if is_partial && let Ok(about) = entry.metadata() {
            if about.is_dir() {
                return false;
            }
            partial.insert(Seen::of(&about).identity());
        }
        is_partial
    }
}

impl Look {
    /// Unchanged for as long as was left at the first look, or a transfer that has got its final name since.
    fn has_settled(&self, path: &Path, seen: Seen, now: SystemTime) -> bool {
        let passed = self.at.and_then(|at| now.duration_since(at).ok()).unwrap_or_default();
        self.partial.contains(&seen.identity()) || self.young.get(path).is_some_and(|(before, left)| *before == seen && passed >= *left)
    }
}

fn extension(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

/// Folders with the names of files, each once; the files in them are read.
fn folders_like_files(found: &[Found], dir: &Path) -> Vec<Found> {
    let mut folders: Vec<&Path> = found
        .iter()
        .flat_map(|file| file.path.ancestors().skip(1).take_while(|folder| *folder != dir))
        .filter(|folder| extension(folder).is_some_and(|e| FILE_LIKE.contains(&e.as_str())))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    let told = || FileProblem::new("这是文件夹，名称却像文件；其中的文件照常读取", "请核对是不是把文件放错了，或给文件夹改名");
    folders.into_iter().map(|folder| Found { path: folder.to_owned(), refused: Some(told()), seen: None }).collect()
}
