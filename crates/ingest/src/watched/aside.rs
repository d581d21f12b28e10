//! Files moved to `done/` or `rejected/` after their import, each with a report beside it.
//!
//! The report is written in full to a hidden file of the folder, then the file is moved, then the report: whoever is killed in
//! between finds either the file where it was, to be read once more and known, or the report waiting for it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::{DONE, REJECTED, Watched, told};
use crate::files::{Found, Seen};
use crate::report::{FileReport, ImportReport};

/// A report that is not in its place yet.
const STAGED: &str = ".报告.part";
const REPORT: &str = ".报告.txt";
/// Files of one name in one folder.
const MOST_NAMESAKES: u32 = 10_000;
/// Bytes of a file name, less what is appended; file systems hold 255.
const MOST_NAME: usize = 200;
/// Bytes of a name before its number and ending.
const MOST_STEM: usize = 170;

/// What was moved, and what could not be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Aside {
    pub done: usize,
    pub rejected: usize,
    /// In plain Chinese, with the file. Such files stay where they are and are tried again.
    pub failed: Vec<String>,
}

/// Why a file was not moved.
enum Stay {
    /// Another one, or more of it, has come meanwhile: the next round reads it.
    Changed,
    /// Who has to do what.
    Told(String),
}

impl Watched {
    /// Moves what was imported from `found`; what could not be read at all stays for the next round.
    pub fn set_aside(&self, found: &[Found], report: &ImportReport) -> Aside {
        let mut aside = Aside::default();
        if !self.moves {
            return aside;
        }
        self.finish_report();
        for reports in report.files.chunk_by(|one, other| one.slot == other.slot) {
            let Some(file) = found.get(reports[0].slot) else { continue };
            let Some(seen) = file.seen.filter(|_| !reports.iter().any(|report| report.unsettled)) else { continue };
            let is_rejected = reports.iter().any(FileReport::has_rejects);
            let waiting: Vec<&store::Waiting> =
                report.waiting.iter().filter(|sheet| reports.iter().any(|report| report.file == sheet.file)).collect();
            let kind = if is_rejected { REJECTED } else { DONE };
            let text = |place: &str| told::text(place, reports, &waiting);
            match self.move_one(&file.path, seen, kind, &text) {
                Ok(()) if is_rejected => aside.rejected += 1,
                Ok(()) => aside.done += 1,
                Err(Stay::Changed) => {}
                Err(Stay::Told(why)) => aside.failed.push(format!("{}：{why}", file.path.display())),
            }
        }
        aside
    }

    fn move_one(&self, path: &Path, seen: Seen, kind: &str, text: &dyn Fn(&str) -> String) -> Result<(), Stay> {
        let beside = path.parent().and_then(|parent| parent.strip_prefix(&self.dir).ok()).unwrap_or(Path::new(""));
        let folder = self.folder(&Path::new(kind).join(beside))?;
        let name = path.file_name().unwrap_or_default();
        for n in 1..=MOST_NAMESAKES {
            let to = if n == 1 { folder.join(name) } else { folder.join(numbered(&name.to_string_lossy(), n)) };
            if is_there(&to) || is_there(&report_of(&to)) {
                continue;
            }
            let place = to.strip_prefix(&self.dir).unwrap_or(&to).display().to_string();
            self.stage(&text(&place)).map_err(|cause| Stay::Told(format!("写不了报告，文件没有移走（{}）", said(&cause))))?;
            // What came meanwhile under the same name was not imported.
            if !std::fs::symlink_metadata(path).is_ok_and(|about| Seen::of(&about) == seen) {
                self.finish_report();
                return Err(Stay::Changed);
            }
            match rename(path, &to) {
                Ok(()) => {
                    self.finish_report();
                    return Ok(());
                }
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
                Err(cause) => {
                    self.finish_report();
                    return Err(Stay::Told(format!("没有移到 {kind}（{}）", said(&cause))));
                }
            }
        }
        Err(Stay::Told(format!("{kind} 中同名的文件太多，没有移走；请清理")))
    }

    /// A folder below the watched one, made where it is missing; never by way of a link.
    fn folder(&self, below: &Path) -> Result<PathBuf, Stay> {
        let mut folder = self.dir.clone();
        for part in below.components() {
            folder.push(part);
            match std::fs::symlink_metadata(&folder) {
                Ok(about) if about.is_dir() => {}
                Ok(_) => return Err(Stay::Told(format!("{} 不是文件夹（或是链接），文件没有移走；请改名或删去它", folder.display()))),
                Err(_) => std::fs::create_dir(&folder)
                    .map_err(|cause| Stay::Told(format!("建不了文件夹 {}，文件没有移走（{}）", folder.display(), said(&cause))))?,
            }
        }
        Ok(folder)
    }

    fn stage(&self, text: &str) -> io::Result<()> {
        let staged = self.dir.join(STAGED);
        match std::fs::remove_file(&staged) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
        let mut file = File::create_new(&staged)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        if written.is_err() {
            // Best effort: half a report helps nobody.
            let _ = std::fs::remove_file(&staged);
        }
        written
    }

    /// Puts a waiting report beside its file, if that has been moved; otherwise its file is still to come.
    fn finish_report(&self) {
        let staged = self.dir.join(STAGED);
        // Whoever may write to the folder could have put a pipe there.
        if !std::fs::symlink_metadata(&staged).is_ok_and(|about| about.is_file()) {
            return;
        }
        let Ok(text) = std::fs::read_to_string(&staged) else { return };
        let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
        let place = first.strip_prefix(told::PLACE).map(Path::new).filter(|place| is_aside(place));
        let moved = place.map(|place| self.dir.join(place)).filter(|to| is_there(to));
        let finished = match moved {
            Some(to) => rename(&staged, &report_of(&to)),
            None => std::fs::remove_file(&staged),
        };
        if let Err(cause) = finished {
            tracing::warn!(folder.dir = %self.dir.display(), error = %cause, "a report could not be put beside its file");
        }
    }
}

/// A place of ours: anybody who may write to the folder can leave a report there.
fn is_aside(place: &Path) -> bool {
    (place.starts_with(DONE) || place.starts_with(REJECTED)) && place.components().all(|part| matches!(part, Component::Normal(_)))
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Never over another file, where the file system can promise that.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) if !is_there(to) => std::fs::rename(from, to),
        done => Ok(done?),
    }
}

/// `工资.csv` → `工资-2.csv`
fn numbered(name: &str, n: u32) -> String {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    format!("{}-{n}{extension}", cut(stem, MOST_STEM))
}

fn report_of(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{}{REPORT}", cut(&name, MOST_NAME)))
}

fn cut(name: &str, most: usize) -> &str {
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= most).last().unwrap_or(0);
    &name[..end]
}

fn said(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::PermissionDenied => "没有写入的权限；请让运行本程序的用户可以写收件目录".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "目录是只读的；请改为可写，或在配置中去掉 move".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "磁盘已满；请清理".to_owned(),
        io::ErrorKind::CrossesDevices => "目标在另一个磁盘上；请让它与收件目录在同一个磁盘".to_owned(),
        _ => cause.to_string(),
    }
}
