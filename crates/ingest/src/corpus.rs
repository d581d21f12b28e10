//! Every file of `tests/fixtures/files`, read as an import reads it and compared with what `NAME.expected.json` says.
//!
//! One test walks the folder: a file without an expectation fails, an expectation without a file fails, and so does a quirk of
//! file-formats.md §14 without a file of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use model::{Body, Sheet};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use store::Vault;

use crate::fixtures::place;
use crate::people::{People, Registry};
use crate::reader::{FileName, ReadFile, read};
use crate::report::SheetReport;
use crate::table::{self, Archive, EntryContent, Limits};

/// Quirks of file-formats.md §14.
const QUIRKS: u32 = 29;
const HASH: &str = "cafe0123";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/files")
}

/// What became of one file, or of one entry of an archive.
enum Outcome {
    Read(Box<ReadFile>),
    Skipped(&'static str),
}

/// Reads a file as the intake does: archives entry by entry. The first name is empty.
fn outcomes(path: &Path, people: &mut People<'_>) -> Vec<(String, Outcome)> {
    let (bytes, limits) = (std::fs::read(path).unwrap(), Limits::default());
    let mut one = |path: &str, bytes: &[u8]| {
        let stem = Path::new(path).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        Outcome::Read(Box::new(read(bytes, FileName { path, stem: &stem, hash: HASH }, people, &limits)))
    };
    if !table::is_archive(&bytes) {
        return vec![(String::new(), one(&path.display().to_string(), &bytes))];
    }
    let entries = Archive::open(bytes, &limits).unwrap();
    let told = entries.map(|entry| {
        let outcome = match entry.content {
            EntryContent::File(bytes) => one(&entry.name, &bytes),
            EntryContent::Skipped(why) => Outcome::Skipped(why),
            EntryContent::Problem(problem) => Outcome::Read(Box::new(ReadFile { problem: Some(problem), ..ReadFile::default() })),
        };
        (entry.name, outcome)
    });
    told.collect()
}

fn with_people<T>(run: impl FnOnce(&mut People<'_>) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = Vault::open_or_create(dir.path()).unwrap();
    run(&mut People::new(&vault, &Registry::default()))
}

/// Hash of what the lines of a sheet say: place, month, part and every field of every line, without the row in the file.
///
/// The store hashes the whole encoded body (`store::encode`), in which `row` is evidence and the head holds the sheet's own
/// totals: both differ between two writings of one payroll though the payroll is the same.
pub fn hash_of_lines(sheet: &Sheet) -> [u8; 32] {
    let mut body = serde_json::to_value(&sheet.body).unwrap();
    without_rows(&mut body);
    let all = json!([place(&sheet.place), sheet.month, sheet.part, body]).to_string();
    Sha256::digest(all).into()
}

fn without_rows(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("row");
            fields.values_mut().for_each(without_rows);
        }
        Value::Array(items) => items.iter_mut().for_each(without_rows),
        _ => {}
    }
}

/// `payroll PLACE MONTH PART #ROW NAME IDENTITY card field=value …`: fields that are given, in the order of their names.
fn lines(sheets: &[Sheet]) -> Vec<String> {
    let mut all = Vec::new();
    for sheet in sheets {
        let part = sheet.part.strip_suffix(&format!("|{HASH}")).unwrap_or(&sheet.part);
        let part = if part.is_empty() || part == place(&sheet.place) { "-" } else { part };
        let month = sheet.month.map_or("-".to_owned(), |month| month.to_string());
        let head = format!("{} {} {month} {part}", sheet.body.dataset(), place(&sheet.place));
        let Value::Object(body) = serde_json::to_value(&sheet.body).unwrap() else { unreachable!("a body has a kind") };
        for line in body.into_values().flat_map(|lines| lines.as_array().cloned().unwrap_or_default()) {
            all.push(format!("{head} {}", line_text(line)));
        }
    }
    all.sort();
    all
}

fn line_text(line: Value) -> String {
    let Value::Object(mut fields) = line else { return line.to_string() };
    let mut text = String::new();
    let who = fields.remove("who");
    let row = who.as_ref().map_or_else(|| fields.remove("row"), |who| Some(who["row"].clone())).unwrap_or_default();
    write!(text, "#{row}").unwrap();
    if let Some(who) = who {
        write!(text, " {} {}", plain(&who["name"]), plain(&who["identity"])).unwrap();
        text.push_str(if who["card"].is_null() { "" } else { " card" });
    }
    fields.remove("id_given");
    for mask in ["whole_days", "half_days"] {
        if let Some(bits) = fields.get(mask).and_then(Value::as_u64) {
            let days: Vec<String> = (0..31).filter(|bit| bits >> bit & 1 == 1).map(|bit| (bit + 1).to_string()).collect();
            fields.insert(mask.to_owned(), if days.is_empty() { Value::Null } else { json!(days.join(",")) });
        }
    }
    let sorted: BTreeMap<String, Value> = fields.into_iter().collect();
    for (key, value) in sorted {
        let value = value.get("Given").cloned().unwrap_or(value);
        if !matches!(&value, Value::Null) && value != "Absent" && value != "Empty" && value != json!([]) {
            write!(text, " {key}={}", plain(&value).replace('\n', "⏎")).unwrap();
        }
    }
    text
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is wrong with a reading, held against its expectation; empty when nothing is.
fn differences(found: &Outcome, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let texts = |key: &str| -> Vec<String> { expected[key].as_array().into_iter().flatten().map(plain).collect() };
    let read = match found {
        Outcome::Skipped(why) => {
            if !expected["skipped"].as_str().is_some_and(|needle| why.contains(needle)) {
                wrong.push(format!("skipped: {why}"));
            }
            return wrong;
        }
        Outcome::Read(read) => read,
    };
    let problem = read.problem.as_ref().map_or(String::new(), |p| format!("{}——{}", p.what, p.mend));
    let needles = texts("problem");
    if needles.is_empty() != problem.is_empty() || !needles.iter().all(|needle| problem.contains(needle.as_str())) {
        wrong.push(format!("problem: {problem:?}, not {needles:?}"));
    }
    let none = Vec::new();
    let sheets = expected["sheets"].as_array().unwrap_or(&none);
    if sheets.len() != read.reports.len() {
        wrong.push(format!("{} worksheets, not {}", read.reports.len(), sheets.len()));
    }
    for (report, sheet) in read.reports.iter().zip(sheets) {
        wrong.extend(sheet_differences(report, sheet).into_iter().map(|text| format!("[{}] {text}", report.sheet)));
    }
    let (mut wanted, shown) = (texts("lines"), lines(&read.sheets));
    wanted.sort();
    wrong.extend(shown.iter().filter(|line| !wanted.contains(line)).map(|line| format!("+ {line}")));
    wrong.extend(wanted.iter().filter(|line| !shown.contains(line)).map(|line| format!("- {line}")));
    if let Some(stated) = expected.get("stated") {
        let head = read.sheets.first().and_then(|sheet| sheet.head.stated);
        let shown = head.map(|head| json!({ "gross": head.gross.map(|f| f.0), "net": head.net.map(|f| f.0) }));
        if shown.as_ref() != Some(stated) {
            wrong.push(format!("stated {shown:?}, not {stated}"));
        }
    }
    if let Some(range) = expected.get("range") {
        let shown = read.sheets.first().map(|sheet| serde_json::to_value(sheet.head.range).unwrap());
        if shown.as_ref() != Some(range) {
            wrong.push(format!("range {shown:?}, not {range}"));
        }
    }
    wrong
}

fn sheet_differences(report: &SheetReport, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let shown = serde_json::to_value(report).unwrap();
    for (key, value) in expected.as_object().unwrap() {
        match key.as_str() {
            "rejects" | "notes" => {}
            "mapping" => {
                for (canonical, heading) in value.as_object().unwrap() {
                    if shown["mapping"][canonical] != *heading {
                        wrong.push(format!("{canonical} is {}, not {heading}", shown["mapping"][canonical]));
                    }
                }
            }
            _ if shown[key] != *value => wrong.push(format!("{key} is {}, not {value}", shown[key])),
            _ => {}
        }
    }
    let all = |key: &str| expected[key].as_array().cloned().unwrap_or_default();
    let fits = |reject: &&crate::report::Reject, wanted: &Value| {
        wanted[0] == reject.row && wanted[1] == reject.column && format!("{}——{}", reject.reason, reject.mend).contains(&plain(&wanted[2]))
    };
    let wanted = all("rejects");
    if wanted.len() != report.rejects.len() || !report.rejects.iter().zip(&wanted).all(|(reject, wanted)| fits(&reject, wanted)) {
        wrong.push(format!("rejects {:#?}, not {wanted:?}", report.rejects));
    }
    let notes: Vec<String> = report.notes.iter().map(|n| format!("{}——{}", n.what, n.mend)).collect();
    let wanted = all("notes");
    if wanted.len() != notes.len() || !notes.iter().zip(&wanted).all(|(note, wanted)| note.contains(&plain(wanted))) {
        wrong.push(format!("notes {notes:#?}, not {wanted:?}"));
    }
    for reject in &report.rejects {
        if reject.row == 0 || reject.reason.is_empty() || reject.mend.is_empty() {
            wrong.push(format!("a reject must say where, what and how to mend: {reject:?}"));
        }
    }
    wrong
}

/// Files below a folder, recipes and descriptions left out.
fn walk(below: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(below).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let is_recipe = path.extension().is_some_and(|suffix| suffix == "py" || suffix == "md");
        if path.is_dir() && path.file_name().is_some_and(|name| name != "__pycache__") {
            walk(&path, into);
        } else if path.is_file() && !is_recipe {
            into.push(path);
        }
    }
}

fn expectation(path: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(format!("{}.expected.json", path.display())).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

#[test]
fn every_file_of_the_corpus_reads_as_expected() {
    let mut files = Vec::new();
    walk(&folder(), &mut files);
    let mut wrong = String::new();
    let (expected, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| path.to_string_lossy().ends_with(".expected.json"));
    for path in &expected {
        let of = path.to_string_lossy().replace(".expected.json", "");
        if !Path::new(&of).exists() {
            writeln!(wrong, "{of}: expected, but not there").unwrap();
        }
    }
    for path in &files {
        let Some(expected) = expectation(path) else {
            writeln!(wrong, "{}: no expectation", path.display()).unwrap();
            continue;
        };
        let found = with_people(|people| outcomes(path, people));
        let entries: Map<String, Value> = match expected.get("files") {
            Some(entries) => entries.as_object().cloned().unwrap(),
            None => Map::from_iter([(String::new(), expected)]),
        };
        let names = |names: Vec<&String>| names.into_iter().cloned().collect::<BTreeSet<_>>();
        if names(found.iter().map(|f| &f.0).collect()) != names(entries.keys().collect()) {
            writeln!(wrong, "{}: entries {:?}", path.display(), found.iter().map(|f| &f.0).collect::<Vec<_>>()).unwrap();
        }
        for (name, outcome) in &found {
            for difference in differences(outcome, entries.get(name).unwrap_or(&Value::Null)) {
                let shown = path.strip_prefix(folder()).unwrap_or(path).display();
                writeln!(wrong, "{shown} {name}: {difference}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_quirk_has_a_file() {
    let mut files = Vec::new();
    walk(&folder(), &mut files);
    let number = |path: &PathBuf| {
        let folder = path.strip_prefix(folder()).ok()?.components().next()?.as_os_str().to_str()?.to_owned();
        folder.strip_prefix('q')?.split('_').next()?.parse::<u32>().ok()
    };
    let covered: BTreeSet<u32> = files.iter().filter_map(number).collect();
    assert_eq!(covered, (1..=QUIRKS).collect());
}

#[test]
fn one_payroll_in_many_disguises_is_one_and_the_same() {
    let mut files = Vec::new();
    walk(&folder().join("disguises"), &mut files);
    files.retain(|path| !path.to_string_lossy().ends_with(".expected.json"));
    let mut hashes: BTreeMap<[u8; 32], Vec<String>> = BTreeMap::new();
    with_people(|people| {
        for path in &files {
            let read = outcomes(path, people);
            for (name, outcome) in &read {
                let Outcome::Read(read) = outcome else { panic!("{}", path.display()) };
                assert_eq!(read.problem, None, "{} {name}", path.display());
                for sheet in &read.sheets {
                    let Body::Payroll(lines) = &sheet.body else { panic!("{}: {}", path.display(), sheet.body.dataset()) };
                    assert_eq!(lines.len(), 5, "{}", path.display());
                    let shown = path.file_name().unwrap().to_string_lossy().into_owned();
                    hashes.entry(hash_of_lines(sheet)).or_default().push(shown);
                }
            }
        }
    });
    assert_eq!(hashes.len(), 1, "{hashes:#?}");
    assert!(hashes.values().all(|names| names.len() >= 12), "{hashes:#?}");
}

#[test]
fn a_correction_is_the_same_sheet_with_other_lines() {
    let hashes = with_people(|people| {
        ["2024-03.csv", "2024-03_corrected.csv", "2024-03_other_columns.csv"].map(|name| {
            let read = outcomes(&folder().join("q29_sent_again").join(name), people);
            let [(_, Outcome::Read(read))] = read.as_slice() else { panic!("{name}") };
            let [sheet] = read.sheets.as_slice() else { panic!("{name}") };
            (place(&sheet.place), sheet.month, sheet.part.clone(), hash_of_lines(sheet))
        })
    });
    let [first, corrected, turned] = hashes;
    assert_eq!(first, turned, "another order of columns says nothing new");
    assert_eq!((&first.0, first.1, &first.2), (&corrected.0, corrected.1, &corrected.2), "the correction takes its place");
    assert_ne!(first.3, corrected.3);
}
