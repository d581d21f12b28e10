//! From paths to placed sheets: hash, look up, read, store in groups, place what waited.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::Date;
use sha2::{Digest, Sha256};
use store::{NewBatch, PreparedBatch, Store, StoreError};
use tokio::task::{JoinError, JoinHandle};

use crate::naming::Reading as NameReading;
use crate::people::{People, Registry};
use crate::reader::{self, FileName, ReadFile};
use crate::report::{FileProblem, FileReport, ImportReport};
use crate::{IngestError, files};

/// Raised whenever the same bytes may read differently than before.
pub const READER: u32 = 2;
/// Name of the built-in mapping.
const MAPPING: &str = "auto";
/// Bytes one thread reads before the result is stored: small files together, a large one alone.
const RUN_BYTES: u64 = 4 << 20;
/// Runs held in memory together, whatever the number of processors.
const MOST_AHEAD: usize = 4;
/// A larger file is not read: it is no table anybody made.
const MAX_FILE_BYTES: u64 = 1 << 30;

#[derive(Debug, Clone)]
pub struct ImportOptions {
    pub source: String,
    pub received_at: DateTime<Utc>,
    pub received_on: Date,
    pub today: Date,
    /// Keep the bytes as received, so that findings can be recomputed from them.
    pub keep_archive: bool,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub files: u64,
    pub done: u64,
}

struct Received {
    path: String,
    stem: String,
    sha256: [u8; 32],
}

/// Imports files and folders. One file that cannot be read stops no other.
pub async fn import_paths(
    store: &Store,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport, IngestError> {
    let found = files::walk(paths)?;
    let total = found.len() as u64;
    let mut import =
        Import { store, options, registry: Arc::default(), handed_over: HashSet::new(), memory: Vec::new(), reports: BTreeMap::new() };
    progress(Progress { files: total, done: 0 });
    let mut runs = runs(found).into_iter();
    let mut ahead: VecDeque<_> = runs.by_ref().take(read_ahead()).map(|run| import.read(run)).collect();
    while let Some(run) = ahead.pop_front() {
        let mut outcomes = import.taken(run.await)?;
        ahead.extend(runs.next().map(|run| import.read(run)));
        // One transaction is cheaper than many: what else is ready goes with it.
        while ahead.front().is_some_and(JoinHandle::is_finished)
            && let Some(run) = ahead.pop_front()
        {
            outcomes.extend(import.taken(run.await)?);
            ahead.extend(runs.next().map(|run| import.read(run)));
        }
        import.put(outcomes).await?;
        progress(Progress { files: total, done: import.reports.len() as u64 });
    }
    let placed = store.place_pending().await.map_err(IngestError::Place)?;
    Ok(ImportReport { files: import.reports.into_values().collect(), placed: placed.placed, waiting: placed.waiting })
}

/// Runs read side by side: one for each processor, and one to take up when the first is done.
fn read_ahead() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(MOST_AHEAD) + 1
}

struct Import<'s> {
    store: &'s Store,
    options: &'s ImportOptions,
    registry: Arc<Registry>,
    /// Batches of this import: the same bytes may come twice in it.
    handed_over: HashSet<([u8; 32], String)>,
    /// Memory for files, used again: fresh pages of a large file cost as much as reading it.
    memory: Vec<Vec<u8>>,
    /// By the place of the file among all.
    reports: BTreeMap<usize, FileReport>,
}

/// A run read and prepared, with its memory.
type Taken = (Vec<(usize, Outcome)>, Vec<u8>);

impl Import<'_> {
    /// Reads and prepares a run of files on another thread.
    fn read(&mut self, run: Vec<(usize, PathBuf)>) -> JoinHandle<Taken> {
        let (store, registry, options) = (self.store.clone(), Arc::clone(&self.registry), self.options.clone());
        let memory = self.memory.pop().unwrap_or_default();
        tokio::task::spawn_blocking(move || take(&store, &registry, run, &options, memory))
    }

    fn taken(&mut self, taken: Result<Taken, JoinError>) -> Result<Vec<(usize, Outcome)>, IngestError> {
        let (outcomes, memory) = taken.map_err(IngestError::Stopped)?;
        self.memory.push(memory);
        Ok(outcomes)
    }

    /// Stores what was read, in the order in which it was read.
    async fn put(&mut self, outcomes: Vec<(usize, Outcome)>) -> Result<(), IngestError> {
        let (mut batches, mut slots) = (Vec::new(), Vec::new());
        for (slot, Outcome { report: mut file, batch }) in outcomes {
            if let Some(batch) = batch {
                let batch = batch.map_err(IngestError::Store)?;
                let (sha256, mapping) = batch.identity();
                let known = self.store.find_batch(&sha256, mapping, READER).await.map_err(IngestError::Store)?;
                if known.is_some() || !self.handed_over.insert((sha256, mapping.to_owned())) {
                    mark_unchanged(&mut file);
                } else {
                    slots.push(slot);
                    batches.push(batch);
                }
            }
            self.reports.insert(slot, file);
        }
        let (persons, cards) = self.registry.take_new();
        let put = self.store.put_prepared(batches, persons, cards).await.map_err(IngestError::Store)?;
        for (slot, put) in slots.iter().zip(put) {
            if put.unchanged
                && let Some(file) = self.reports.get_mut(slot)
            {
                mark_unchanged(file);
            }
        }
        Ok(())
    }
}

/// Files with their places in the order given, cut into runs worth a thread's while. Small ones come first: lists of projects
/// and accounts are small, and what comes after them need not wait for its project. The result is the same in any order.
fn runs(files: Vec<PathBuf>) -> Vec<Vec<(usize, PathBuf)>> {
    let size = |file: &PathBuf| std::fs::metadata(file).map_or(0, |m| m.len()).min(MAX_FILE_BYTES);
    let mut files: Vec<(u64, usize, PathBuf)> = files.into_iter().enumerate().map(|(slot, file)| (size(&file), slot, file)).collect();
    files.sort();
    let (mut runs, mut bytes) = (Vec::<Vec<(usize, PathBuf)>>::new(), 0);
    for (size, slot, file) in files {
        match runs.last_mut() {
            Some(run) if bytes + size <= RUN_BYTES => {
                run.push((slot, file));
                bytes += size;
            }
            _ => {
                runs.push(vec![(slot, file)]);
                bytes = size;
            }
        }
    }
    runs
}

fn mark_unchanged(file: &mut FileReport) {
    file.unchanged = true;
    for sheet in &mut file.sheets {
        sheet.unchanged = true;
    }
}

fn receive(path: &Path, memory: &mut Vec<u8>) -> Result<Received, Box<FileReport>> {
    let shown = path.display().to_string();
    let failed = |what: String, mend: &'static str| {
        let error = Some(FileProblem::new(what, mend));
        Box::new(FileReport { file: shown.clone(), error, ..FileReport::default() })
    };
    match std::fs::metadata(path) {
        Ok(about) if about.len() > MAX_FILE_BYTES => {
            return Err(failed(format!("文件超过 {} MB", MAX_FILE_BYTES >> 20), "请按月份或项目分成几个文件后重新提供"));
        }
        Ok(_) => {}
        Err(error) => return Err(failed(format!("打不开文件（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取")),
    }
    memory.clear();
    match std::fs::File::open(path).and_then(|mut file| file.read_to_end(memory)) {
        Ok(_) => {
            let sha256 = Sha256::digest(&*memory).into();
            let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Received { path: shown, stem, sha256 })
        }
        Err(error) => Err(failed(format!("读不了文件（{error}）"), "请检查文件是否还在、运行本程序的用户能否读取")),
    }
}

/// Name of the mapping when the file's name decided something: under another name the bytes may mean another month.
fn mapping_with_name(stem: &str) -> String {
    let reading = NameReading::of(stem);
    let month = reading.month.map(|m| m.to_string()).unwrap_or_default();
    format!("{MAPPING}|{month}|{}", reading.code.or(reading.project).unwrap_or_default())
}

struct Outcome {
    report: FileReport,
    /// `None` when the file could not be opened.
    batch: Option<Result<PreparedBatch, StoreError>>,
}

/// Reads, understands and prepares a run of files, all in the memory of one.
fn take(store: &Store, registry: &Registry, run: Vec<(usize, PathBuf)>, options: &ImportOptions, mut memory: Vec<u8>) -> Taken {
    let mut outcomes = Vec::with_capacity(run.len());
    for (slot, path) in run {
        let outcome = match receive(&path, &mut memory) {
            Ok(file) => {
                let (report, mut batch) = understand(store, registry, file, &memory, options);
                if options.keep_archive {
                    batch.content = std::mem::take(&mut memory);
                }
                let mut batch = store.prepare_batch(batch);
                if options.keep_archive
                    && let Ok(batch) = &mut batch
                {
                    memory = batch.take_content();
                }
                Outcome { report, batch: Some(batch) }
            }
            Err(report) => Outcome { report: *report, batch: None },
        };
        outcomes.push((slot, outcome));
    }
    (outcomes, memory)
}

fn understand(store: &Store, registry: &Registry, file: Received, bytes: &[u8], options: &ImportOptions) -> (FileReport, NewBatch) {
    let mut people = People::new(store.vault(), registry);
    let sha256 = file.sha256.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let name = FileName { path: &file.path, stem: &file.stem, hash: &sha256[..8] };
    let ReadFile { reports, sheets, rejects, problem, by_file_name } = reader::read(bytes, name, &mut people);
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
        source: options.source.clone(),
        file: file.path,
        received_at: options.received_at,
        received_on: options.received_on,
        sha256: file.sha256,
        mapping: if by_file_name { mapping_with_name(&file.stem) } else { MAPPING.to_owned() },
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

#[cfg(test)]
mod tests {
    use store::Vault;

    use super::*;

    const PROJECTS: &str = "项目编码,项目名称,建设单位,施工总承包单位,施工合同额,开工日期,项目状态,劳资专管员\n99999920240101001,测试县安置房一期,测试建设投资有限公司,测试建筑有限公司,56000000.00,2024-01-01,在建,测试专管\n";
    const PAYROLL: &str = "项目编码,分包单位,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资\n99999920240101001,测试劳务有限公司,一班,2024-03,测试工人一,999999199001010016,100,100\n99999920240101001,测试劳务有限公司,一班,2024-03,测试工人一,999999199001010016,100,100\n88888820240101001,,,2024-03,测试工人二,999999198802290025,5,5\n";

    async fn store(dir: &Path) -> Store {
        let vault = Arc::new(Vault::open_or_create(dir).unwrap().0);
        Store::connect(&format!("sqlite:{}", dir.join("anxin.db").display()), dir, vault).await.unwrap()
    }

    fn options() -> ImportOptions {
        let day: Date = "2024-05-01".parse().unwrap();
        ImportOptions {
            source: "folder".to_owned(),
            received_at: day.and_hms_opt(8, 0, 0).unwrap().and_utc(),
            received_on: day,
            today: day,
            keep_archive: true,
        }
    }

    #[tokio::test]
    async fn files_become_sheets_of_their_project_once() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = dir.path().join("inbox");
        std::fs::create_dir(&inbox).unwrap();
        for (name, text) in [("a.csv", PAYROLL), ("b.csv", PROJECTS), ("c.pdf", "%PDF-1.7 x"), ("d.csv", PAYROLL)] {
            std::fs::write(inbox.join(name), text).unwrap();
        }
        let store = store(dir.path()).await;
        let first = import_paths(&store, std::slice::from_ref(&inbox), &options(), &|_| {}).await.unwrap();
        let sheet = &first.files[0].sheets[0];
        assert_eq!((sheet.kept, sheet.rejected, sheet.other), (2, 1, 1), "{sheet:?}");
        assert!(sheet.rejects[0].reason.contains("第 2 行"), "{:?}", sheet.rejects);
        assert_eq!(
            first.files.iter().map(|f| (f.error.is_some(), f.unchanged)).collect::<Vec<_>>(),
            [(false, false), (false, false), (true, false), (false, true)]
        );
        assert_eq!(
            first.waiting.iter().map(|w| w.place.as_str()).collect::<Vec<_>>(),
            ["88888820240101001"],
            "kept until its project is known"
        );
        let code = model::ProjectCode::parse("99999920240101001").unwrap();
        let dossier = store.load_dossier(&code, None).await.unwrap().unwrap();
        assert_eq!((dossier.payrolls.len(), dossier.payrolls[0].lines.len(), dossier.payrolls[0].head.rejected), (1, 1, 1));
        assert_eq!(dossier.persons.values().next().unwrap().masked_id, "999999********0016");

        let second = import_paths(&store, &[inbox], &options(), &|_| {}).await.unwrap();
        assert!(second.files.iter().all(|f| f.unchanged), "{second:?}");
        assert_eq!(store.load_dossier(&code, None).await.unwrap().unwrap().payrolls, dossier.payrolls);
    }
}
