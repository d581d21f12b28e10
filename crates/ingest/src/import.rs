//! From paths to placed sheets: several threads read ahead, one stores in order, what waited for its project is placed.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::{Dataset, Date};
use store::Store;
use tokio::task::{JoinError, JoinHandle};

use crate::files::Found;
use crate::intake::{Intake, Outcome, Taken};
use crate::people::Registry;
use crate::report::{FileReport, ImportReport};
use crate::table::Limits;
use crate::{IngestError, SavedMapping, files};

/// Raised whenever the same bytes may read differently than before.
pub const READER: u32 = 6;
/// Bytes one thread reads before the result is stored: small files together, a large one alone.
const RUN_BYTES: u64 = 4 << 20;
/// Runs held in memory together, whatever the number of processors.
const MOST_AHEAD: usize = 4;

#[derive(Debug, Clone)]
pub struct ImportOptions {
    pub source: String,
    pub received_at: DateTime<Utc>,
    pub received_on: Date,
    /// What was settled for the tables of the source.
    pub mapping: Option<Arc<SavedMapping>>,
    /// Keep the bytes as received, so that findings can be recomputed from them.
    pub keep_archive: bool,
    pub limits: Limits,
    /// The only kind of table that is accepted; any other is refused, both named.
    pub only: Option<Dataset>,
    /// 项目所在地 of projects whose list does not say it.
    pub region: Option<String>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub files: u64,
    pub done: u64,
}

/// Imports files and folders. One file that cannot be read stops no other.
pub async fn import_paths(
    store: &Store,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport, IngestError> {
    import_found(store, files::walk(paths)?, options, progress).await
}

/// Imports what was found; each report names the place of its file in `found`.
pub async fn import_found(
    store: &Store,
    found: Vec<Found>,
    options: &ImportOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport, IngestError> {
    let total = found.len() as u64;
    let mut import = Import::new(store, options);
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
        progress(Progress { files: total, done: import.done });
    }
    import.finish().await
}

/// A table made from answers of a gateway, by the name it is imported under.
pub struct Bytes {
    pub path: String,
    pub content: Vec<u8>,
    /// Hashes of the archived answers.
    pub answers: Vec<String>,
}

/// Imports tables that are no files, in their order.
pub async fn import_bytes(store: &Store, tables: Vec<Bytes>, options: &ImportOptions) -> Result<ImportReport, IngestError> {
    let mut import = Import::new(store, options);
    let (registry, on_thread) = (Arc::clone(&import.registry), (store.clone(), options.clone()));
    let read = tokio::task::spawn_blocking(move || {
        let intake = Intake { store: &on_thread.0, registry: &registry, options: &on_thread.1 };
        tables.into_iter().enumerate().map(|(slot, table)| intake.take_table(slot, table)).collect::<Vec<_>>()
    });
    import.put(read.await.map_err(IngestError::Stopped)?).await?;
    import.finish().await
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
    /// By the place of the file among all, and within an archive.
    reports: BTreeMap<(usize, usize), FileReport>,
    done: u64,
}

impl<'s> Import<'s> {
    fn new(store: &'s Store, options: &'s ImportOptions) -> Self {
        Self {
            store,
            options,
            registry: Arc::default(),
            handed_over: HashSet::new(),
            memory: Vec::new(),
            reports: BTreeMap::new(),
            done: 0,
        }
    }

    /// Places what waited, when all is stored.
    async fn finish(self) -> Result<ImportReport, IngestError> {
        let placed = self.store.place_pending().await.map_err(IngestError::Place)?;
        Ok(ImportReport { files: self.reports.into_values().collect(), placed: placed.placed, waiting: placed.waiting })
    }

    /// Reads and prepares a run of files on another thread.
    fn read(&mut self, run: Vec<(usize, Found)>) -> JoinHandle<Taken> {
        let (store, registry, options) = (self.store.clone(), Arc::clone(&self.registry), self.options.clone());
        let memory = self.memory.pop().unwrap_or_default();
        tokio::task::spawn_blocking(move || Intake { store: &store, registry: &registry, options: &options }.take(run, memory))
    }

    fn taken(&mut self, taken: Result<Taken, JoinError>) -> Result<Vec<Outcome>, IngestError> {
        let Taken { outcomes, files, memory } = taken.map_err(IngestError::Stopped)?;
        self.memory.push(memory);
        self.done += files;
        Ok(outcomes)
    }

    /// Stores what was read, in the order in which it was read.
    async fn put(&mut self, outcomes: Vec<Outcome>) -> Result<(), IngestError> {
        let (mut batches, mut slots) = (Vec::new(), Vec::new());
        for Outcome { slot, report: mut file, batch } in outcomes {
            file.slot = slot.0;
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
fn runs(files: Vec<Found>) -> Vec<Vec<(usize, Found)>> {
    let size = |file: &Found| std::fs::metadata(&file.path).map_or(0, |m| m.len());
    let mut files: Vec<(u64, usize, Found)> = files.into_iter().enumerate().map(|(slot, file)| (size(&file), slot, file)).collect();
    files.sort_by_key(|(size, slot, _)| (*size, *slot));
    let (mut runs, mut bytes) = (Vec::<Vec<(usize, Found)>>::new(), 0);
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

#[cfg(test)]
mod tests {
    use std::path::Path;

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
            mapping: None,
            keep_archive: true,
            limits: Limits::default(),
            only: None,
            region: None,
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

    #[tokio::test]
    async fn the_same_bytes_under_a_corrected_mapping_supersede() {
        let dir = tempfile::tempdir().unwrap();
        let (inbox, store) = (dir.path().join("inbox"), store(dir.path()).await);
        std::fs::create_dir(&inbox).unwrap();
        let wages = "项目编码,工资所属月份,姓名,身份证号,应发工资,实发金额,实付金额\n99999920240101001,2024-03,测试工人一,999999199001010016,100,90,80\n";
        std::fs::write(inbox.join("a.csv"), wages).unwrap();
        std::fs::write(inbox.join("b.csv"), PROJECTS).unwrap();
        let code = model::ProjectCode::parse("99999920240101001").unwrap();
        let mut seen = Vec::new();
        for (hour, heading) in ["", "实发金额", "实发金额", "实付金额"].into_iter().enumerate() {
            let text = format!("[table.payroll.columns]\n\"{heading}\" = \"实发工资\"\n");
            let mapping = toml::from_str::<crate::MappingFile>(&text).unwrap().settle(&text).unwrap();
            let received_at = options().received_at + chrono::TimeDelta::hours(i64::try_from(hour).unwrap());
            let options = ImportOptions { received_at, mapping: (!heading.is_empty()).then(|| Arc::new(mapping)), ..options() };
            let report = import_paths(&store, std::slice::from_ref(&inbox), &options, &|_| {}).await.unwrap();
            let dossier = store.load_dossier(&code, None).await.unwrap().unwrap();
            let net: Vec<i64> = dossier.payrolls.iter().flat_map(|sheet| &sheet.lines).map(|line| line.net.0).collect();
            seen.push((report.files[0].unchanged, net));
        }
        assert_eq!(seen, [(false, vec![]), (false, vec![9_000]), (true, vec![9_000]), (false, vec![8_000])]);
    }

    #[tokio::test]
    async fn a_corrected_file_takes_the_place_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let (store, projects) = (store(dir.path()).await, dir.path().join("projects.csv"));
        std::fs::write(&projects, PROJECTS).unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/files/q29_sent_again");
        let later = ImportOptions { received_at: options().received_at + chrono::Duration::days(1), ..options() };
        for (path, options) in
            [(projects, options()), (fixtures.join("2024-03.csv"), options()), (fixtures.join("2024-03_corrected.csv"), later)]
        {
            let report = import_paths(&store, &[path], &options, &|_| {}).await.unwrap();
            assert!(!report.has_rejects() && !report.files[0].unchanged, "{report:?}");
        }
        let code = model::ProjectCode::parse("99999920240101001").unwrap();
        let dossier = store.load_dossier(&code, None).await.unwrap().unwrap();
        let net: Vec<i64> = dossier.payrolls.iter().flat_map(|sheet| &sheet.lines).map(|line| line.net.0).collect();
        assert_eq!((dossier.payrolls.len(), net), (1, vec![540_000, 500_000, 600_000]));
        // The same bytes again are nothing new.
        let again = import_paths(&store, &[fixtures.join("2024-03.csv")], &options(), &|_| {}).await.unwrap();
        assert!(again.files[0].unchanged, "{again:?}");
    }

    fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[tokio::test]
    async fn an_archive_is_its_files_and_a_bad_one_in_it_stops_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let (inbox, store) = (dir.path().join("inbox"), store(dir.path()).await);
        std::fs::create_dir(&inbox).unwrap();
        let inner = zip(&[("三月/工资.csv", PAYROLL.as_bytes())]);
        let entries: [(&str, &[u8]); 5] =
            [("../坏.csv", b"a"), ("扫描件.pdf", b"%PDF-1.7"), ("内.zip", &inner), ("项目.csv", PROJECTS.as_bytes()), ("Thumbs.db", b"x")];
        std::fs::write(inbox.join("全部.zip"), zip(&entries)).unwrap();
        let report = import_paths(&store, std::slice::from_ref(&inbox), &options(), &|_| {}).await.unwrap();
        let seen: Vec<(&str, bool, u32)> = report
            .files
            .iter()
            .map(|f| (f.file.rsplit_once("全部.zip/").unwrap().1, f.error.is_some(), f.sheets.iter().map(|s| s.kept).sum::<u32>()))
            .collect();
        let expected = [("../坏.csv", true, 0), ("扫描件.pdf", true, 0), ("内.zip/三月/工资.csv", false, 2), ("项目.csv", false, 1)];
        assert_eq!(seen[..4], expected);
        assert_eq!((seen[4].0, seen[4].1, report.files[4].sheets[0].notes.len()), ("Thumbs.db", false, 1));
        let again = import_paths(&store, &[inbox], &options(), &|_| {}).await.unwrap();
        assert!(again.files[1..4].iter().all(|f| f.unchanged), "{again:?}");
    }
}
