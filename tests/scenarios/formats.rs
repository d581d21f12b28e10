//! The same county in other formats, another order, another database.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Chance, County, Database, Synthetic, synthetic};

const AS_OF: &str = "2024-12-20";
const SMALL: [&str; 2] = ["--workers", "12,20"];

fn made(files: &str) -> Synthetic {
    synthetic(&[&["--files", files], &SMALL[..]].concat())
}

fn findings_of(database: Database, inbox: &Path) -> Vec<Value> {
    let county = County::new(database);
    county.import(&[inbox]);
    county.check(AS_OF)
}

#[track_caller]
fn assert_equal(one: &[Value], other: &[Value], which: &str) {
    for (a, b) in one.iter().zip(other) {
        assert_eq!(a, b, "{which}");
    }
    assert_eq!(one.len(), other.len(), "{which}");
}

#[test]
fn utf8_gbk_xlsx_and_mixed_files_give_identical_findings() {
    let expected = findings_of(Database::Sqlite, &made("csv-utf8").inbox);
    for files in ["csv-gbk", "xlsx", "mixed"] {
        assert_equal(&findings_of(Database::Sqlite, &made(files).inbox), &expected, files);
    }
}

#[test]
fn both_databases_give_identical_findings() {
    let county = made("mixed");
    assert_equal(&findings_of(Database::Postgres, &county.inbox), &findings_of(Database::Sqlite, &county.inbox), "databases");
}

#[test]
fn files_in_any_order_give_identical_findings() {
    let county = made("mixed");
    let expected = findings_of(Database::Sqlite, &county.inbox);
    let mut chance = Chance::new();
    for database in Database::BOTH {
        let mut files = county.files();
        chance.shuffle(&mut files);
        let shuffled = County::new(database);
        // Several imports, so that sheets really come before their project and wait for it.
        for some in files.chunks(files.len().div_ceil(5)) {
            let paths: Vec<&Path> = some.iter().map(PathBuf::as_path).collect();
            shuffled.import(&paths);
        }
        assert_equal(&shuffled.check(AS_OF), &expected, &format!("{database:?}, {files:?}"));
    }
}

#[test]
fn the_project_list_last_gives_identical_findings() {
    let county = made("csv-utf8");
    let late = County::new(Database::Sqlite);
    let is_project = |path: &&PathBuf| std::fs::read_to_string(path).unwrap().lines().next().unwrap().contains("施工总承包单位");
    let (projects, others): (Vec<PathBuf>, Vec<PathBuf>) = county.files().into_iter().partition(|path| is_project(&path));
    let paths = |list: &[PathBuf]| list.to_vec();
    for list in [paths(&others), paths(&projects)] {
        late.import(&list.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    }
    assert_equal(&late.check(AS_OF), &findings_of(Database::Sqlite, &county.inbox), "projects last");
}

#[test]
fn a_second_import_of_the_same_files_changes_nothing() {
    for database in Database::BOTH {
        let county = County::new(database);
        let made = made("mixed");
        county.import(&[&made.inbox]);
        let before = county.check(AS_OF);
        let again = county.import(&[&made.inbox]);
        assert!(!again.is_empty() && again.iter().all(|line| line["unchanged"] == true), "{again:?}");
        assert_equal(&county.check(AS_OF), &before, "second import");
    }
}

#[test]
fn every_row_is_kept_rejected_or_recognised_as_no_data() {
    for files in ["mixed", "csv-utf8", "csv-gbk", "xlsx"] {
        let county = County::new(Database::Sqlite);
        for line in county.import(&[&made(files).inbox]) {
            let count = |key: &str| {
                let value = &line[key];
                value.as_u64().unwrap_or_else(|| value.as_object().map_or(0, |kinds| kinds.values().filter_map(Value::as_u64).sum()))
            };
            assert_eq!(count("kept") + count("rejected") + count("other"), count("rows"), "{line}");
        }
    }
}
