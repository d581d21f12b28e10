//! From a path to batches ready to be stored: bytes, hash, archives unpacked, tables understood.

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use store::{NewBatch, PreparedBatch, Store, StoreError};

use crate::ImportOptions;
use crate::import::READER;
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
    pub batch: Option<Result<PreparedBatch, StoreError>>,
}

struct Received {
    path: String,
    stem: String,
    sha256: [u8; 32],
}

impl Intake<'_> {
    /// Reads, understands and prepares a run of files, all in the memory of one.
    pub fn take(&self, run: Vec<(usize, PathBuf)>, mut memory: Vec<u8>) -> Taken {
        let limits = &self.options.limits;
        let (mut outcomes, files) = (Vec::with_capacity(run.len()), run.len() as u64);
        for (slot, path) in run {
            match receive(&path, limits, &mut memory) {
                Ok(file) if table::is_archive(&memory) => {
                    outcomes.extend(self.unpack(slot, &file, std::mem::take(&mut memory), limits));
                }
                Ok(file) => {
                    let (report, batch, used) = self.prepare(file, memory, limits);
                    memory = used;
                    outcomes.push(Outcome { slot: (slot, 0), report, batch: Some(batch) });
                }
                Err(report) => outcomes.push(Outcome { slot: (slot, 0), report: *report, batch: None }),
            }
        }
        Taken { outcomes, files, memory }
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
                        let (report, batch, _) = self.prepare(Received::new(path, &bytes), bytes, limits);
                        Outcome { slot: (slot, 0), report, batch: Some(batch) }
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
    fn prepare(&self, file: Received, bytes: Vec<u8>, limits: &Limits) -> (FileReport, Result<PreparedBatch, StoreError>, Vec<u8>) {
        let (report, mut batch) = self.understand(file, &bytes, limits);
        if !self.options.keep_archive {
            return (report, self.store.prepare_batch(batch), bytes);
        }
        batch.content = bytes;
        let mut batch = self.store.prepare_batch(batch);
        let used = batch.as_mut().map(PreparedBatch::take_content).unwrap_or_default();
        (report, batch, used)
    }

    fn understand(&self, file: Received, bytes: &[u8], limits: &Limits) -> (FileReport, NewBatch) {
        let mut people = People::new(self.store.vault(), self.registry).born_by(self.options.received_on);
        let sha256 = file.sha256.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let saved = Saved { source: &self.options.source, mapping: self.options.mapping.as_deref() };
        let name = FileName { path: &file.path, stem: &file.stem, hash: &sha256[..8] };
        let ReadFile { reports, sheets, rejects, problem, by_file_name } = reader::read_as_settled(bytes, name, &mut people, limits, saved);
        tracing::debug!(
            file.name = file.path,
            file.bytes = bytes.len(),
            sheets = sheets.len(),
            rows.rejected = rejects.len(),
            "read `{}`",
            file.path
        );
        let report = FileReport { file: file.path.clone(), sha256, error: problem, sheets: reports, ..FileReport::default() };
        let batch = NewBatch {
            source: self.options.source.clone(),
            file: file.path,
            received_at: self.options.received_at,
            received_on: self.options.received_on,
            sha256: file.sha256,
            mapping: mapping_name(saved, by_file_name.then_some(&*file.stem)),
            reader: READER,
            content: Vec::new(),
            report: serde_json::json!({ "sheets": report.sheets, "error": report.error }),
            sheets,
            persons: Vec::new(),
            cards: Vec::new(),
            rejects,
        };
        (report, batch)
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

fn receive(path: &Path, limits: &Limits, memory: &mut Vec<u8>) -> Result<Received, Box<FileReport>> {
    let shown = path.display().to_string();
    let failed = |what: String, mend: &'static str| Box::new(unread(shown.clone(), FileProblem::new(what, mend)));
    match std::fs::metadata(path) {
        Ok(about) if about.len() > limits.file_bytes => {
            return Err(failed(format!("文件超过 {} MB", limits.file_bytes >> 20), "请按月份或项目分成几个文件后重新提供"));
        }
        Ok(_) => {}
        Err(error) => return Err(failed(format!("打不开文件（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取")),
    }
    memory.clear();
    match std::fs::File::open(path).and_then(|mut file| file.read_to_end(memory)) {
        Ok(_) => Ok(Received::new(shown, memory)),
        Err(error) => Err(failed(format!("读不了文件（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取")),
    }
}

/// Name of the mapping. Where the file's name decided something, under another name the bytes may mean another month; under a
/// mapping with another text, anything.
fn mapping_name(saved: Saved<'_>, stem: Option<&str>) -> String {
    let name = saved.mapping.map_or_else(|| MAPPING.to_owned(), |mapping| format!("saved:{}", mapping.identity));
    let Some(stem) = stem else { return name };
    let reading = NameReading::of(stem);
    let month = reading.month.map(|m| m.to_string()).unwrap_or_default();
    format!("{name}|{month}|{}|{:?}", reading.code.or(reading.project).unwrap_or_default(), reading.bond)
}
