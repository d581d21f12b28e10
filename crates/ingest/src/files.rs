//! The files of an import: folders walked in order, without lock files, hidden files and links that lead out.

use std::path::{Path, PathBuf};

use crate::IngestError;

/// Files under `paths`, each once; folders in the order of their names.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<PathBuf>, IngestError> {
    let mut files = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path).map_err(|cause| IngestError::Unreachable { path: path.display().to_string(), cause })?;
        if about.is_dir() { walk_folder(path, &mut files)? } else { files.push(path.clone()) }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

fn walk_folder(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), IngestError> {
    let failed = |cause| IngestError::Unreachable { path: folder.display().to_string(), cause };
    let mut entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.starts_with("~$") || matches!(name.as_ref(), "Thumbs.db" | "desktop.ini") {
            continue;
        }
        let kind = entry.file_type().map_err(failed)?;
        // A link may lead out of the folder, or round in circles.
        if kind.is_dir() {
            walk_folder(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::walk;

    #[test]
    fn folders_are_walked_in_order_without_hidden_files() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        for name in ["c.csv", "a.csv", ".hidden", "~$a.xlsx", "b/x.csv"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        std::os::unix::fs::symlink("/", dir.path().join("out")).unwrap();
        let found = walk(&[dir.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().map(|f| f.strip_prefix(dir.path()).unwrap().display().to_string()).collect();
        assert_eq!(names, ["a.csv", "b/x.csv", "c.csv"]);
        assert!(walk(&[dir.path().join("nowhere")]).is_err());
    }
}
