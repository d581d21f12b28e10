//! From a path to batches ready to be stored: bytes, hash, archives unpacked, tables understood.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use sha2::{Digest, Sha256};
use store::{NewBatch, PreparedBatch, Store, StoreError};

use crate::ImportOptions;
use crate::files::{self, Found, Seen};
use crate::hash::hex;
use crate::import::{Bytes, READER};
use crate::mapping::Saved;
use crate::naming::Reading as NameReading;
use crate::people::{People, Registry};
use crate::reader::{self, FileName, ReadFile};
use crate::report::{FileProblem, FileReport, Note, SheetReport};
use crate::table::{self, Archive, Entry, EntryContent, Limits};

/// Name of the built-in mapping.
const MAPPING: &str = "auto";

/// Reads files on one thread.
pub struct Intake<'i> {
    pub store: &'i Store,
    pub registry: &'i Registry,
    pub options: &'i ImportOptions,
}

/// A run of files read and prepared, with the memory they were read in.
pub struct Taken {
    pub outcomes: Vec<Outcome>,
    pub files: u64,
    pub memory: Vec<u8>,
}

pub struct Outcome {
    /// Place of the file among all, and within its archive.
    pub slot: (usize, usize),
    pub report: FileReport,
    /// `None` when the file could not be opened, or is nothing to import.
    pub batch: Option<Prepared>,
}

type Prepared = Result<PreparedBatch, StoreError>;

struct Received {
    path: String,
    stem: String,
    sha256: [u8; 32],
}

impl Intake<'_> {
    /// Reads, understands and prepares a run of files, all in the memory of one.
    pub fn take(&self, run: Vec<(usize, Found)>, mut memory: Vec<u8>) -> Taken {
        let limits = &self.options.limits;
        let (mut outcomes, files) = (Vec::with_capacity(run.len()), run.len() as u64);
        for (slot, found) in run {
            match receive(found, limits, &mut memory) {
                Ok(file) if table::is_archive(&memory) => {
                    outcomes.extend(self.unpack(slot, &file, std::mem::take(&mut memory), limits));
                }
                Ok(file) => {
                    let (report, batch, used) = self.prepare(file, memory, &[]);
                    memory = used;
                    outcomes.push(Outcome { slot: (slot, 0), report, batch });
                }
                Err(report) => outcomes.push(Outcome { slot: (slot, 0), report: *report, batch: None }),
            }
        }
        Taken { outcomes, files, memory }
    }

    /// A table made from answers, which are named in the report that is stored with it.
    pub fn take_table(&self, slot: usize, table: Bytes) -> Outcome {
        let file = Received::new(table.path, &table.content);
        let (report, batch, _) = self.prepare(file, table.content, &table.answers);
        Outcome { slot: (slot, 0), report, batch }
    }

    /// Every file of an archive, received as if it had come alone: one that cannot be read stops no other.
    fn unpack(&self, slot: usize, archive: &Received, bytes: Vec<u8>, limits: &Limits) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let told = |report| Outcome { slot: (slot, 0), report, batch: None };
        match Archive::open(bytes, limits) {
            Err(problem) => outcomes.push(told(unread(archive.path.clone(), problem))),
            Ok(entries) => outcomes.extend(entries.map(|Entry { name, content }| {
                let path = format!("{}/{name}", archive.path);
                match content {
                    EntryContent::File(bytes) => {
                        let (report, batch, _) = self.prepare(Received::new(path, &bytes), bytes, &[]);
                        Outcome { slot: (slot, 0), report, batch }
                    }
                    EntryContent::Skipped(why) => {
                        let sheet = SheetReport { file: path.clone(), notes: vec![Note::whole(why, "")], ..SheetReport::default() };
                        told(FileReport { file: path, sheets: vec![sheet], ..FileReport::default() })
                    }
                    EntryContent::Problem(problem) => told(unread(path, problem)),
                }
            })),
        }
        if outcomes.is_empty() {
            let problem = FileProblem::new("压缩包里没有文件", "请确认打包是否成功后重新提供");
            outcomes.push(told(unread(archive.path.clone(), problem)));
        }
        for (at, outcome) in outcomes.iter_mut().enumerate() {
            outcome.slot.1 = at;
        }
        outcomes
    }

    /// The batch of a file, and its bytes when they are no longer needed.
    fn prepare(&self, file: Received, bytes: Vec<u8>, answers: &[String]) -> (FileReport, Option<Prepared>, Vec<u8>) {
        let (report, mut batch) = match self.understand(file, &bytes, &self.options.limits) {
            Ok(understood) => understood,
            Err(report) => return (*report, None, bytes),
        };
        if !answers.is_empty() {
            batch.report["answers"] = serde_json::json!(answers);
        }
        if !self.options.keep_archive {
            return (report, Some(self.store.prepare_batch(batch)), bytes);
        }
        batch.content = bytes;
        let mut batch = self.store.prepare_batch(batch);
        let used = batch.as_mut().map(PreparedBatch::take_content).unwrap_or_default();
        (report, Some(batch), used)
    }

    /// Fails when the reader itself does: then nothing is stored, so that the file is read again next time.
    fn understand(&self, file: Received, bytes: &[u8], limits: &Limits) -> Result<(FileReport, NewBatch), Box<FileReport>> {
        let mut people = People::new(self.store.vault(), self.registry).born_by(self.options.received_on);
        let sha256 = hex(&file.sha256);
        let saved = Saved {
            source: &self.options.source,
            mapping: self.options.mapping.as_deref(),
            only: self.options.only,
            region: self.options.region.as_deref(),
        };
        let name = FileName { path: &file.path, stem: &file.stem, hash: &sha256[..8] };
        // It stops neither the other files nor those that follow.
        let Ok(read) = catch_unwind(AssertUnwindSafe(|| reader::read_as_settled(bytes, name, &mut people, limits, saved))) else {
            tracing::error!(file.name = file.path, file.sha256 = sha256, "the reader failed on `{}`", file.path);
            let problem = FileProblem::new("读取时程序出错，没有导入", "请把这个文件交给开发者");
            return Err(Box::new(FileReport { sha256, unsettled: true, ..unread(file.path, problem) }));
        };
        let ReadFile { reports, sheets, rejects, problem, by_file_name, by_region } = read;
        tracing::debug!(
            file.name = file.path,
            file.bytes = bytes.len(),
            sheets = sheets.len(),
            rows.rejected = rejects.len(),
            "read `{}`",
            file.path
        );
        let report = FileReport { file: file.path.clone(), sha256, error: problem, sheets: reports, ..FileReport::default() };
        let summaries: Vec<SheetReport> = report.sheets.iter().map(SheetReport::summary).collect();
        let batch = NewBatch {
            source: self.options.source.clone(),
            file: file.path,
            received_at: self.options.received_at,
            received_on: self.options.received_on,
            sha256: file.sha256,
            mapping: mapping_name(saved, by_file_name.then_some(&*file.stem), by_region),
            reader: READER,
            content: Vec::new(),
            report: serde_json::json!({ "sheets": summaries, "error": report.error }),
            sheets,
            persons: Vec::new(),
            cards: Vec::new(),
            rejects,
        };
        Ok((report, batch))
    }
}

impl Received {
    fn new(path: String, bytes: &[u8]) -> Self {
        let stem = Path::new(&path).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        Self { stem, path, sha256: Sha256::digest(bytes).into() }
    }
}

fn unread(file: String, problem: FileProblem) -> FileReport {
    FileReport { file, error: Some(problem), ..FileReport::default() }
}

fn receive(found: Found, limits: &Limits, memory: &mut Vec<u8>) -> Result<Received, Box<FileReport>> {
    let shown = found.path.display().to_string();
    let read = match found.refused {
        Some(problem) => Err(Unread { problem, unsettled: true }),
        None => read_whole(&found.path, found.seen.as_ref(), limits, memory),
    };
    match read {
        Ok(()) => Ok(Received::new(shown, memory)),
        Err(Unread { problem, unsettled }) => Err(Box::new(FileReport { unsettled, ..unread(shown, problem) })),
    }
}

/// Why the bytes of a file were not taken, and whether they may be another time.
#[derive(Debug)]
struct Unread {
    problem: FileProblem,
    unsettled: bool,
}

/// The bytes of a file that nobody is writing.
fn read_whole(path: &Path, seen: Option<&Seen>, limits: &Limits, memory: &mut Vec<u8>) -> Result<(), Unread> {
    let unsettled = |problem| Unread { problem, unsettled: true };
    let failed = |what: &str, error: std::io::Error| {
        unsettled(FileProblem::new(format!("{what}（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取"))
    };
    let about = std::fs::metadata(path).map_err(|error| failed("打不开文件", error))?;
    if !about.is_file() {
        return Err(unsettled(files::no_file()));
    }
    if about.len() > limits.file_bytes {
        let what = format!("文件超过 {} MB", limits.file_bytes >> 20);
        return Err(Unread { problem: FileProblem::new(what, "请按月份或项目分成几个文件后重新提供"), unsettled: false });
    }
    memory.clear();
    let mut file = std::fs::File::open(path).map_err(|error| failed("打不开文件", error))?;
    let unread = |error| failed("读不了文件", error);
    // One byte more than there is shows that it grows; more is not waited for.
    let read = file.by_ref().take(about.len() + 1).read_to_end(memory).map_err(unread)?;
    let after = file.metadata().map_err(unread)?;
    let as_seen = seen.is_none_or(|seen| *seen == Seen::of(&after));
    if !as_seen || read as u64 != about.len() || after.len() != about.len() || after.modified().ok() != about.modified().ok() {
        let what = "文件在读取时还在变化，可能没有传完，没有导入";
        return Err(unsettled(FileProblem::new(what, "请等传送结束后再导入；定时导入会在下一轮再读")));
    }
    Ok(())
}

/// Name of the mapping. Where the file's name decided something, under another name the bytes may mean another month; under a
/// mapping with another text, anything. What the folder settles counts where it can tell.
fn mapping_name(saved: Saved<'_>, stem: Option<&str>, by_region: bool) -> String {
    let mut name = saved.mapping.map_or_else(|| MAPPING.to_owned(), |mapping| format!("saved:{}", mapping.identity));
    if let Some(only) = saved.only {
        name.push_str(&format!("+only:{only}"));
    }
    if let Some(region) = saved.region.filter(|_| by_region) {
        name.push_str(&format!("+region:{region}"));
    }
    let Some(stem) = stem else { return name };
    let reading = NameReading::of(stem);
    let month = reading.month.or(reading.near).map(|m| m.to_string()).unwrap_or_default();
    format!("{name}|{month}|{}|{:?}", reading.code.or(reading.project).unwrap_or_default(), reading.bond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_not_opened() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("x.csv");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let problem = read_whole(&socket, None, &Limits::default(), &mut Vec::new()).unwrap_err().problem;
        assert!(problem.what.contains("不是普通文件"), "{problem:?}");
    }

    #[test]
    fn a_file_longer_than_it_was_is_still_being_written() {
        // Its length is always said to be nothing.
        let mut memory = Vec::new();
        let unread = read_whole(Path::new("/proc/self/status"), None, &Limits::default(), &mut memory).unwrap_err();
        assert!(unread.problem.what.contains("还在变化") && unread.unsettled, "{unread:?}");
        assert_eq!(memory.len(), 1, "it is not read to its end");
    }
}
