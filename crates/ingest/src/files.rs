//! The files of an import: folders walked in order, without lock files and hidden files. What is no file is named, not opened.

use std::fs::{DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::IngestError;
use crate::report::FileProblem;

/// Something to be imported, or why it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    pub refused: Option<FileProblem>,
    /// As it stood when it was found complete: what is another one since, or has grown, is not read.
    pub seen: Option<Seen>,
}

/// A file at one moment: which one, how long, last written when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    /// Cannot be set by whoever writes.
    changed: (i64, i64),
}

impl Seen {
    pub fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            inode: about.ino(),
            bytes: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        }
    }

    /// Which file it is, whatever its name.
    pub fn identity(&self) -> (u64, u64) {
        (self.device, self.inode)
    }
}

/// Files under `paths`, each once; folders in the order of their names.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Found>, IngestError> {
    let mut files = Vec::new();
    for path in paths {
        let failed = |cause| IngestError::Unreachable { path: path.display().to_string(), cause };
        if std::fs::metadata(path).map_err(failed)?.is_dir() {
            walk_folder(path, &mut |_| false, &mut files).map_err(failed)?;
        } else {
            files.push(Found { path: path.clone(), refused: None, seen: None });
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.path.clone()));
    Ok(files)
}

/// Everything in a folder and below it, but for what `pass_over` takes.
pub fn walk_folder(folder: &Path, pass_over: &mut dyn FnMut(&DirEntry) -> bool, files: &mut Vec<Found>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if pass_over(&entry) {
            continue;
        }
        if name.starts_with('.') || name.starts_with("~$") || matches!(name.as_ref(), "Thumbs.db" | "desktop.ini") {
            continue;
        }
        let refused = match entry.file_type() {
            // One folder that cannot be opened stops no other.
            Ok(kind) if kind.is_dir() => match walk_folder(&path, pass_over, files) {
                Ok(()) => continue,
                Err(error) => Some(FileProblem::new(format!("打不开文件夹（{error}）"), "请检查运行本程序的用户能否读取")),
            },
            Ok(kind) if kind.is_file() => None,
            // A link may lead out of the folder, or round in circles.
            Ok(kind) if kind.is_symlink() => Some(FileProblem::new("这是指向别处的链接，没有读取", "请把原文件放进来后重新提供")),
            Ok(_) => Some(no_file()),
            Err(error) => Some(FileProblem::new(format!("打不开文件（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取")),
        };
        files.push(Found { path, refused, seen: None });
    }
    Ok(())
}

/// A pipe, a socket or a device: whoever opens one may wait for ever.
pub fn no_file() -> FileProblem {
    FileProblem::new("这不是普通文件（而是管道、套接字或设备），没有打开", "请把资料存成文件后重新提供")
}

#[cfg(test)]
mod tests {
    use super::walk;

    #[test]
    fn folders_are_walked_in_order_without_hidden_files_and_links_are_named() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        for name in ["c.csv", "a.csv", ".hidden", "~$a.xlsx", "b/x.csv"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        std::os::unix::fs::symlink("/", dir.path().join("out")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
        let found = walk(&[dir.path().to_owned()]).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|f| {
                let what = f.refused.as_ref().map_or("", |problem| &problem.what);
                format!("{} {}", f.path.strip_prefix(dir.path()).unwrap().display(), what.chars().take(8).collect::<String>())
            })
            .collect();
        assert_eq!(names, ["a.csv ", "b/x.csv ", "c.csv ", "out 这是指向别处的链", "socket 这不是普通文件（"]);
        assert!(walk(&[dir.path().join("nowhere")]).is_err());
    }
}
