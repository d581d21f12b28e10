//! Return sheets as files of a folder: named after what was sent, never written twice, readable by their owner alone.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use store::{Store, StoreError};

use super::return_sheet;
use crate::ImportOptions;
use crate::report::FileReport;

/// Files of one name in one folder.
const MOST_NAMESAKES: u32 = 10_000;
/// Bytes of a file name, less what is appended; file systems hold 255.
const MOST_STEM: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum ReturnError {
    #[error("写不了退回表 {path}；请检查目录是否可写、磁盘是否已满")]
    Write {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("取不出 {file} 的存档，没有写退回表")]
    Archive {
        file: String,
        #[source]
        cause: StoreError,
    },
    #[error("{file} 的退回表没有做成；请把这条消息交给开发者")]
    Make {
        file: String,
        #[source]
        cause: rust_xlsxwriter::XlsxError,
    },
    #[error("写退回表的线程意外中止；请把出错的文件交给开发者")]
    Stopped(#[source] tokio::task::JoinError),
}

/// Writes a return sheet for every file with something to mend, from its archived bytes. Where the same sheet lies already,
/// nothing is written; another one of the same name is numbered.
///
/// # Errors
/// The first of those that could not be written; the others are.
pub async fn write_returns(
    store: &Store,
    files: impl IntoIterator<Item = &FileReport>,
    dir: &Path,
    options: &ImportOptions,
) -> Result<Vec<PathBuf>, ReturnError> {
    let (mut written, mut failed) = (Vec::new(), None);
    for report in files.into_iter().filter(|file| file.has_rejects()) {
        match write_return(store, report, dir, options).await {
            Ok(path) => written.push(path),
            // One that cannot be written stops no other.
            Err(error) => _ = failed.get_or_insert(error),
        }
    }
    failed.map_or(Ok(written), Err)
}

async fn write_return(store: &Store, report: &FileReport, dir: &Path, options: &ImportOptions) -> Result<PathBuf, ReturnError> {
    let bytes = match hash(&report.sha256) {
        Some(sha256) => store.read_archive(&sha256).await.map_err(|cause| ReturnError::Archive { file: report.file.clone(), cause })?,
        None => None,
    };
    let (report, dir, options) = (report.clone(), dir.to_owned(), options.clone());
    let made = tokio::task::spawn_blocking(move || {
        let sheet = return_sheet(bytes.as_deref(), &report, &options);
        drop(bytes);
        let sheet = sheet.map_err(|cause| ReturnError::Make { file: report.file.clone(), cause })?;
        put(&dir, &stem(&report.file), &sheet)
    });
    made.await.map_err(ReturnError::Stopped)?
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Name without folder and extension; of a file in an archive, that of the file.
fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem: String = stem.chars().filter(|c| !c.is_control() && !matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')).collect();
    let end = stem.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MOST_STEM).last().unwrap_or(0);
    let stem = stem[..end].trim_matches(['.', ' ']);
    if stem.is_empty() { "文件".to_owned() } else { stem.to_owned() }
}

/// Writes under the first free name; the same bytes under a name already tried are this very sheet.
fn put(dir: &Path, stem: &str, bytes: &[u8]) -> Result<PathBuf, ReturnError> {
    let failed = |path: &Path, cause| ReturnError::Write { path: path.display().to_string(), cause };
    private_dir(dir).map_err(|cause| failed(dir, cause))?;
    for n in 1..=MOST_NAMESAKES {
        let number = if n == 1 { String::new() } else { format!("-{n}") };
        let path = dir.join(format!("{stem}-退回{number}.xlsx"));
        match private_file(&path) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                if let Err(cause) = written {
                    // Best effort: half a workbook helps nobody.
                    let _ = std::fs::remove_file(&path);
                    return Err(failed(&path, cause));
                }
                return Ok(path);
            }
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                if std::fs::read(&path).is_ok_and(|there| there == bytes) {
                    return Ok(path);
                }
            }
            Err(cause) => return Err(failed(&path, cause)),
        }
    }
    Err(failed(&dir.join(stem), io::ErrorKind::AlreadyExists.into()))
}

#[cfg(unix)]
fn private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn private_dir(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<std::fs::File> {
    std::fs::File::create_new(path)
}

#[cfg(test)]
mod tests {
    use super::{put, stem};

    #[test]
    fn names_are_taken_from_the_file_and_cut_where_they_must_be() {
        for (path, expected) in [
            ("/收件/2024-03 工资表.xls", "2024-03 工资表"),
            ("/收件/全部.zip/三月/工资.csv", "工资"),
            ("/收件/全部.zip/../坏.csv", "坏"),
            ("C:\\表\\花名册.xlsx", "花名册"),
            ("..", "文件"),
            ("a/什么?.csv", "什么"),
        ] {
            assert_eq!(stem(path), expected, "{path}");
        }
        assert_eq!(stem(&"长".repeat(200)).len(), 198);
    }

    #[test]
    fn the_same_sheet_is_written_once_and_another_is_numbered() {
        let dir = tempfile::tempdir().unwrap();
        let returns = dir.path().join("returns");
        let names: Vec<String> = [b"a", b"a", b"b", b"a"]
            .iter()
            .map(|bytes| put(&returns, "工资", *bytes).unwrap().file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["工资-退回.xlsx", "工资-退回.xlsx", "工资-退回-2.xlsx", "工资-退回.xlsx"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&returns), mode(&returns.join(&names[0]))), (0o700, 0o600));
        }
    }
}
