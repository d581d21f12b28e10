//! Letters and the problem list, as the office gets them.

use std::process::Command;

use serde_json::Value;

use crate::support::{County, Database, synthetic};

fn pdf_text(path: &std::path::Path) -> String {
    let output = Command::new("pdftotext").arg(path).arg("-").output().expect("pdftotext is installed");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn has_extension(name: &str, extension: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|e| e == extension)
}

/// Text without the line breaks and blanks of the layout, and without the page numbers (`— 3 —`) that fall into a sentence.
fn dense(text: &str) -> String {
    let is_page_number = |line: &&str| {
        let inner = line.trim().strip_prefix('—').and_then(|rest| rest.strip_suffix('—'));
        inner.is_some_and(|n| n.trim().parse::<u32>().is_ok())
    };
    let lines = text.split(['\n', '\u{c}']).filter(|line| !is_page_number(line));
    lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

fn a_round(database: Database) -> County {
    let county = County::new(database);
    county.deliver(&synthetic(&[]).inbox);
    county.round();
    county
}

#[test]
fn each_letter_names_addressee_project_facts_and_articles() {
    let county = a_round(Database::Sqlite);
    let documents = county.documents();
    assert!(!documents.is_empty());
    for document in &documents {
        let id = document["id"].to_string();
        let dir = county.desk().join(&id);
        let shown = county.anxin(&["--format", "json", "documents", "show", &id, "--save", dir.to_str().unwrap()]).done().json().remove(0);
        let files: Vec<&str> = document["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let pdf = files.iter().find(|name| has_extension(name, "pdf")).expect("a PDF");
        assert!(files.iter().any(|name| has_extension(name, "xlsx")), "{files:?}");
        let text = dense(&pdf_text(&dir.join(pdf)));
        let full = &shown["document"];
        for part in [&full["addressee"]["name"], &full["project_name"]] {
            assert!(text.contains(&dense(part.as_str().unwrap())), "{part} is not in {pdf}");
        }
        for item in full["items"].as_array().unwrap() {
            let articles = item["articles"].as_array().unwrap().iter();
            for part in articles.chain(item["facts"].as_array().unwrap()) {
                assert!(text.contains(&dense(part.as_str().unwrap())), "{part} is not in {pdf}:\n{text}");
            }
        }
        let is_draft = document["status"] == "draft";
        assert_eq!(text.contains("草稿"), is_draft, "{pdf}");
        assert_eq!(document["number"].is_null(), is_draft, "{document}");
    }
}

#[test]
fn one_letter_per_addressee_and_project_and_the_heaviest_item_decides_the_kind() {
    let county = a_round(Database::Sqlite);
    let documents = county.documents();
    let mut seen = std::collections::BTreeSet::new();
    for document in &documents {
        assert!(seen.insert((document["project"].to_string(), document["addressee"].to_string())), "two letters: {document}");
        let heaviest = document["items"].as_array().unwrap().iter().any(|item| item["severity"] == "order");
        assert_eq!(document["kind"] == "rectification_order", heaviest, "{document}");
    }
}

#[test]
fn the_letters_are_those_that_follow_from_what_was_planted() {
    let planted = synthetic(&[]).planted;
    let county = a_round(Database::Postgres);
    let kind = |code: &str| if code.contains("order") { "order" } else { "notice" };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = |items: &Value| items.as_array().unwrap().iter().map(|item| item["findings"].as_u64().unwrap()).sum::<u64>();
    let mut found: Vec<_> = county
        .documents()
        .iter()
        .map(|d| (text(&d["project"]), text(&d["addressee"]), kind(d["kind"].as_str().unwrap()), findings(&d["items"])))
        .collect();
    let mut expected: Vec<_> = planted
        .letters
        .iter()
        .map(|l| (text(&l["project"]), text(&l["addressee"]), kind(l["kind"].as_str().unwrap()), l["items"].as_u64().unwrap()))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn risk_notices_are_numbered_without_gap() {
    for database in Database::BOTH {
        let county = a_round(database);
        let numbers: std::collections::BTreeSet<u32> = county
            .documents()
            .iter()
            .filter_map(|document| document["number"].as_str())
            .map(|number| number.rsplit_once('〕').unwrap().1.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap())
            .collect();
        let count = u32::try_from(numbers.len()).unwrap();
        assert!(numbers.iter().copied().eq(1..=count), "{numbers:?}");
    }
}

#[test]
fn every_breach_stands_in_exactly_one_letter() {
    let county = a_round(Database::Sqlite);
    let mut told: Vec<String> = Vec::new();
    for document in county.documents() {
        let shown = county.anxin(&["--format", "json", "documents", "show", &document["id"].to_string()]).done().json().remove(0);
        for item in shown["document"]["items"].as_array().unwrap() {
            told.extend(item["findings"].as_array().unwrap().iter().map(identity));
        }
    }
    let escalates = |f: &Value| f["severity"] == "escalate";
    let mut found: Vec<String> = county.breaches("2024-12-20").iter().filter(|f| !escalates(f)).map(identity).collect();
    told.sort();
    found.sort();
    assert_eq!(told, found);
}

fn identity(finding: &Value) -> String {
    format!("{} {} {} {}", finding["rule"], finding["project"], finding["period"], finding["subject"])
}

#[test]
fn a_second_round_of_the_same_day_writes_and_sends_nothing() {
    for database in Database::BOTH {
        let county = a_round(database);
        let (documents, mails) = (county.documents(), county.outbox());
        assert!(mails.iter().all(|mail| mail["status"] == "sent"), "{mails:?}");
        county.round();
        assert_eq!(county.documents(), documents);
        assert_eq!(county.outbox(), mails);
    }
}

#[test]
fn the_head_gets_a_problem_list_with_a_row_for_each_problem() {
    let county = a_round(Database::Sqlite);
    let list = county.data_dir().join("reports/问题清单-2024-12-20.xlsx");
    let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
    let ask = "import openpyxl, sys\nsheet = openpyxl.load_workbook(sys.argv[1]).active\n\
        rows = list(sheet.iter_rows(min_row=sheet.min_row, values_only=True))\n\
        print(sheet.auto_filter.ref or '')\nprint(sum(1 for row in rows if any('9999992' in str(cell) for cell in row)))";
    let output = Command::new(python).args(["-c", ask]).arg(&list).output().expect("Python starts");
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!lines[0].is_empty(), "the list can be filtered");
    let problems: std::collections::BTreeSet<String> = county
        .breaches("2024-12-20")
        .iter()
        .filter(|f| f["detail_of"].is_null())
        .map(|f| format!("{} {}", f["rule"], f["project"]))
        .collect();
    assert_eq!(lines[1].parse::<usize>().unwrap(), problems.len());
}
