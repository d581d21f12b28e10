//! Doors to the inside for `tests/fuzz` and the benchmark of the readers; exists only with the feature `fuzzing`.
//!
//! Each door takes bytes of any kind and panics when a promise is broken. Not for use by anything that ships.

use std::borrow::Cow;
use std::path::Path;

use model::identifier;
use store::{StoreError, Vault};

use crate::cell::number::Excess;
use crate::cell::{self, date, number, words};
use crate::layout::SHAPES;
use crate::locate;
use crate::naming;
use crate::people::{People, Registry};
use crate::reader::{self, FileName, ReadFile};
use crate::report::SheetReport;
use crate::table::{self, Archive, Cell, Contents, EntryContent, Limits, TextRows, Worksheet};
use crate::{days, heading, pipe};

/// Limits under which an input of some kilobytes cannot grow to more than some megabytes, so that many are tried.
pub fn narrow() -> Limits {
    Limits { cells: 200_000, expanded_bytes: 16 << 20, archive_entries: 200, ..Limits::default() }
}

/// Reads whole files.
pub struct Reader {
    vault: Vault,
    limits: Limits,
}

impl Reader {
    pub fn new(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self { vault: Vault::open_or_create(folder)?.0, limits: narrow() })
    }

    /// Reads a file and checks that no row is lost or counted twice. Returns the rows kept.
    pub fn read(&self, path: &str, bytes: &[u8]) -> u32 {
        let first = self.once(path, bytes);
        check(&first);
        // Reading takes twice as long with it, so it is done for some.
        if bytes.len().is_multiple_of(8) {
            let again = self.once(path, bytes);
            assert_eq!(first.reports, again.reports, "the same bytes read the same");
            assert_eq!(first.sheets, again.sheets, "the same bytes make the same sheets");
            for (worksheet, report) in worksheets(bytes, &self.limits).iter().zip(&first.reports) {
                assert_eq!(worksheet, &report.rows, "every row of the worksheet is in its report");
            }
        }
        first.reports.iter().map(|report| report.kept).sum()
    }

    fn once(&self, path: &str, bytes: &[u8]) -> ReadFile {
        let registry = Registry::default();
        let mut people = People::new(&self.vault, &registry);
        let stem = Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let read = reader::read(bytes, FileName { path, stem: &stem, hash: "cafe0123" }, &mut people, &self.limits);
        let (persons, _) = registry.take_new();
        assert!(persons.iter().all(|p| !p.id_number.is_empty()), "a person without a number has no key");
        read
    }

    /// Cells that hold identities, cards and codes.
    pub fn identity(&self, raw: &str) {
        let id = identifier::normalise_identity(raw);
        assert_eq!(identifier::normalise_identity(&id), id, "normalised once is normalised");
        let kind = identifier::classify_identity(&id);
        if let Some(long) = identifier::expand_id15(&id) {
            assert!(identifier::resident_id_is_valid(&long), "{long}");
        }
        if identifier::resident_id_is_valid(&id) {
            assert!(identifier::birth_date(&id).is_some() && id.len() == 18, "{id}");
            assert!(!identifier::mask(&id).contains(&id[6..14]), "the birth date is hidden");
        }
        let _ = (identifier::credit_code_is_valid(&id), identifier::luhn_is_valid(&id), words_of(raw));
        let registry = Registry::default();
        let mut people = People::new(&self.vault, &registry);
        let found = people.identify(raw, "测试工人");
        assert_eq!(found, people.identify(raw, "测试工人"));
        assert_eq!(found.1, kind);
        assert_eq!(people.card(raw), people.card(&format!(" {raw} ")), "blanks around a number are not part of it");
        let cell = Cell::Text(Cow::Borrowed(raw));
        if let Ok(Some(code)) = cell::code(&cell) {
            assert!(!code.is_empty());
        }
        let compact = cell::compact(raw);
        let twice = cell::compact(&compact);
        assert!(twice.len() <= compact.len().max(4) * 2, "{compact:?} {twice:?}");
        let _ = cell::text(&cell);
    }
}

fn words_of(raw: &str) -> impl Sized {
    let results = (words::project_status(raw).is_ok(), words::deposit_form(raw).is_ok(), words::account_status(raw).is_ok());
    (words::yes_no(raw), words::signed(raw), words::on_site(raw), words::corp_type(raw), words::work_unit(raw), results)
}

fn check(read: &ReadFile) {
    assert!(read.problem.is_some() || !read.reports.is_empty(), "a file says something");
    let mut kept = 0;
    for report in &read.reports {
        let SheetReport { rows, kept: own, rejected, other, .. } = report;
        assert_eq!(own + rejected + other, *rows, "kept, rejected and other are all rows");
        assert_eq!(report.other_kinds.values().sum::<u32>(), *other);
        assert!(report.rejects.iter().all(|reject| (1..=*rows).contains(&reject.row)), "a reject is a row of the worksheet");
        assert!(report.notes.iter().all(|note| note.row.is_none_or(|row| (1..=*rows).contains(&row))), "a note is about a row");
        kept += *own as usize;
    }
    let lines: usize = read.sheets.iter().map(|sheet| sheet.body.len()).sum();
    assert!(lines <= kept, "{lines} lines of {kept} rows kept");
    assert!(serde_json::to_string(&read.reports).is_ok());
}

/// Rows of each worksheet; none when the file cannot be read.
fn worksheets(bytes: &[u8], limits: &Limits) -> Vec<u32> {
    let count = |worksheet: &Worksheet<'_>| {
        let (mut rows, mut cells, mut count) = (worksheet.rows(), Vec::new(), 0);
        while rows.next(&mut cells) {
            count += 1;
        }
        count
    };
    match table::open(bytes, limits) {
        Ok(Contents::Book(worksheets)) => worksheets.iter().map(count).collect(),
        Ok(Contents::Text) => {
            let Ok(text) = table::decode(bytes) else { return Vec::new() };
            let text = pipe::as_table(&text).map_or(text, Cow::Owned);
            let worksheet = table::text_worksheet(&text, &locate::known_headings, limits);
            worksheet.iter().map(count).collect()
        }
        Err(_) => Vec::new(),
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Survey {
    pub worksheets: u64,
    pub rows: u64,
    pub cells: u64,
    /// Bytes of all texts.
    pub characters: u64,
}

/// Looks at each cell of a file, without understanding it. With `keep` all cells are copied and held together.
pub fn survey(bytes: &[u8], keep: bool) -> Option<Survey> {
    let (limits, mut seen, mut kept) = (Limits::default(), Survey::default(), Vec::new());
    let mut walk = |worksheet: &Worksheet<'_>| {
        let (mut rows, mut cells) = (worksheet.rows(), Vec::new());
        seen.worksheets += 1;
        while rows.next(&mut cells) {
            seen.rows += 1;
            seen.cells += cells.len() as u64;
            seen.characters += cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() as u64 } else { 0 }).sum::<u64>();
            if keep {
                kept.push(cells.iter().map(Cell::to_owned_cell).collect::<Vec<_>>());
            }
        }
    };
    match table::open(bytes, &limits).ok()? {
        Contents::Book(worksheets) => worksheets.iter().for_each(&mut walk),
        Contents::Text => {
            let text = table::decode(bytes).ok()?;
            walk(&table::text_worksheet(&text, &locate::known_headings, &limits).ok()?);
        }
    }
    Some(seen)
}

/// Text under every delimiter: all of it is read, and nothing twice.
pub fn delimited(bytes: &[u8]) {
    let _ = survey(bytes, true);
    let Ok(text) = table::decode(bytes) else { return };
    for delimiter in [",", "\t", ";", "|", "，"] {
        let (mut rows, mut cells, mut characters, mut count) = (TextRows::new(&text, delimiter), Vec::new(), 0, 0);
        while rows.next(&mut cells) {
            assert!(!cells.is_empty(), "a record has a cell");
            characters += cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 }).sum::<usize>();
            count += 1;
        }
        assert!(characters <= text.len(), "no character is read twice");
        assert!(count <= text.matches('\n').count() + 1, "no row without a line");
        if !text.contains('"') {
            assert_eq!(count, text.lines().count(), "every line is a row");
        }
    }
}

/// A zip of many files.
pub fn archive(bytes: &[u8]) {
    let limits = narrow();
    if !table::is_archive(bytes) {
        return;
    }
    let Ok(archive) = Archive::open(bytes.to_vec(), &limits) else { return };
    let (mut entries, mut expanded) = (0, 0);
    for entry in archive {
        entries += 1;
        if let EntryContent::File(bytes) = entry.content {
            expanded += bytes.len() as u64;
            let leads_out = entry.name.starts_with('/') || entry.name.split('/').any(|part| part == "..");
            assert!(!leads_out && !entry.name.contains(['\0', '\\']), "{:?} stays inside", entry.name);
        }
    }
    assert!(entries <= limits.archive_entries + 1, "{entries} entries");
    assert!(expanded <= limits.expanded_bytes, "{expanded} bytes");
}

/// Lines of cells as headings, titles and file names.
pub fn headings(text: &str) {
    let normalised = |raw: &str| heading::normalise(raw).base;
    let rows: Vec<Vec<Cell<'_>>> =
        text.lines().take(40).map(|line| line.split(',').map(|cell| Cell::Text(Cow::Borrowed(cell))).collect()).collect();
    for cell in text.lines().take(40).flat_map(|line| line.split(',')) {
        let base = normalised(cell);
        let known = heading::is_known(cell);
        for shape in SHAPES {
            let exact = heading::find_exact(shape, &base);
            assert!(exact.is_none() || known || cell.len() > 120 || cell.is_ascii(), "{cell:?} is known where it is found");
            if let Some((column, _)) = heading::find(shape, &base) {
                assert!(column < shape.columns.len());
            }
        }
        let _ = naming::Reading::of(cell);
        days::read_legend(cell, &mut std::collections::HashMap::new());
    }
    for row in &rows {
        let found = days::find(row);
        assert!(found.columns.iter().all(|(at, _)| *at < row.len()), "a day column is a column");
    }
    if let Ok(located) = locate::locate(&rows, None, None) {
        assert!(located.row < rows.len() && (1..=2).contains(&located.height));
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        assert!(located.mapping.at.iter().flatten().all(|at| *at < width), "a column is a column");
    }
}

/// Texts and numbers as dates, times and months.
pub fn dates(text: &str, number: f64) {
    let lent = model::Month::new(2024, 3);
    for cell in [Cell::Text(Cow::Borrowed(text)), Cell::Number(number)] {
        for lent in [None, lent] {
            if let Ok(Some((date, _))) = date::moment(&cell, lent) {
                assert!((1990..=2100).contains(&chrono::Datelike::year(&date)), "{date}");
                let again = date.to_string();
                assert_eq!(date::date(&Cell::Text(Cow::Owned(again)), None), Ok(Some(date)), "a date is read back");
            }
            if let Ok(Some(month)) = date::month(&cell, lent) {
                let again = month.to_string();
                assert_eq!(date::month(&Cell::Text(Cow::Owned(again)), None), Ok(Some(month)), "a month is read back");
            }
        }
    }
    if let Some((from, to)) = date::span(text) {
        assert!(from <= to);
    }
    let _ = (date::parse_time(text), date::parse_month(text, lent), date::plain(text.as_bytes()), table::serial_moment(number));
}

/// Texts and numbers as amounts, quantities and shares.
pub fn amounts(text: &str, number: f64) {
    for cell in [Cell::Text(Cow::Borrowed(text)), Cell::Number(number)] {
        for factor in [1, 10_000] {
            for excess in [Excess::Refuse, Excess::Round] {
                if let Ok(Some(fen)) = number::money(&cell, factor, excess) {
                    assert!(fen.0.abs() <= 1_000_000_000_000_000, "{fen:?}");
                    let again = Cell::Text(Cow::Owned(fen.yuan()));
                    assert_eq!(number::money(&again, 1, Excess::Refuse), Ok(Some(fen)), "an amount is read back");
                }
            }
        }
        for places in [0, 2, 4] {
            let _ = number::quantity(&cell, places);
        }
        for percent in [false, true] {
            if let Ok(Some(ppm)) = number::share_ppm(&cell, percent) {
                assert!((0..=1_000_000).contains(&ppm), "{ppm}");
            }
        }
    }
}
