//! The files of an import: folders walked in order, without lock files and hidden files. What is no file is named, not opened.

use std::io;
use std::path::{Path, PathBuf};

use crate::IngestError;
use crate::report::FileProblem;

/// Something to be imported, or why it is not.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    pub refused: Option<FileProblem>,
}

/// Files under `paths`, each once; folders in the order of their names.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Found>, IngestError> {
    let mut files = Vec::new();
    for path in paths {
        let failed = |cause| IngestError::Unreachable { path: path.display().to_string(), cause };
        if std::fs::metadata(path).map_err(failed)?.is_dir() {
            walk_folder(path, &mut files).map_err(failed)?;
        } else {
            files.push(Found { path: path.clone(), refused: None });
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.path.clone()));
    Ok(files)
}

fn walk_folder(folder: &Path, files: &mut Vec<Found>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.starts_with("~$") || matches!(name.as_ref(), "Thumbs.db" | "desktop.ini") {
            continue;
        }
        let refused = match entry.file_type() {
            // One folder that cannot be opened stops no other.
            Ok(kind) if kind.is_dir() => match walk_folder(&path, files) {
                Ok(()) => continue,
                Err(error) => Some(FileProblem::new(format!("打不开文件夹（{error}）"), "请检查运行本程序的用户能否读取")),
            },
            Ok(kind) if kind.is_file() => None,
            // A link may lead out of the folder, or round in circles.
            Ok(kind) if kind.is_symlink() => Some(FileProblem::new("这是指向别处的链接，没有读取", "请把原文件放进来后重新提供")),
            Ok(_) => Some(no_file()),
            Err(error) => Some(FileProblem::new(format!("打不开文件（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取")),
        };
        files.push(Found { path, refused });
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
