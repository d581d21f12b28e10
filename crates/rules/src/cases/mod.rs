//! Worked cases: `<family>/<rule>.toml` beside each rule, written so that a jurist can read them.
//!
//! ```toml
//! [[case]]
//! name = "the last day is still in time"
//! as_of = 2024-05-22
//! project = { pay_day = 15 }                       # overrides of the base project (master.rs); "" empty cell, "-" no column
//! attendance = [{ month = "2024-04", lines = [{ who = "甲", days = 22 }] }]
//! payrolls = [{ month = "2024-04", employer = "…", lines = [{ who = "甲", net = 5000 }] }]
//! payouts = [{ month = "2024-04", lines = [{ who = "甲", amount = 5000, paid_on = 2024-05-15, result = "ok" }] }]
//! ledgers = [{ account = "…", range = [2024-01-01, 2024-05-31], lines = [{ date = 2024-05-15, debit = 5000 }] }]
//! rosters = [{ lines = [{ who = "甲" }] }]          # also contracts; sheets with head keys and lines
//! accounts = [{ opened_on = 2024-01-10 }]          # also deposits, boards, contractors, teams, process_settlements, worker_settlements, leads: rows
//! projects_elsewhere = [{ code = "…", wage_officer_id = "专管员" }]  # rows of other projects: overrides of this project
//! attended_elsewhere = [{ who = "甲", month = "2024-04", project = "…", days = 3 }]
//! cards_elsewhere = [{ who = "乙", card = "甲卡", project = "…" }]
//! withheld = ["payout"]                            # never received for other projects either
//! others_until = { payroll = "2024-03", board = 2024-03-01 }   # deliveries for other projects end here (default: the as-of day)
//! first_month = "2024-01"                          # first month delivered for others
//! law = { "payroll.window" = 5, "payroll.tolerance" = "none" }  # another value; "none": no value in force
//! expect = "clear"                                 # or "nothing", or the findings: every breach and unknown, in order
//! # expect = [{ outcome = "breach", period = "2024-04", due = 2024-05-22, workers = 1, facts = { days_late = 1 } }]
//! ```
//! # told = "尚缺0.01元": words of the sentence for the letter
//! Amounts are in yuan, except in `expect` and `law` (fen, as printed). Overrides shared by all cases of a file stand in `[given]`.

mod build;
mod directions;
mod master;
mod monotone;
mod properties;
mod row;
mod shelf;
mod twins;

use std::path::{Path, PathBuf};

use model::coverage::Delivered;
use model::{Asked, Calendar, Coverage, Dataset, Date, Dossier, Elsewhere, Finding, Month, ProjectCode};
use toml::{Table, Value};

use crate::law::{Dated, Law, Scope};
use row::Row;

/// `crates/rules/src`.
pub fn source_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn config_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

fn toml_files(dir: &Path) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The parameters that ship.
pub fn shipped_law() -> Law {
    Law::load(&toml_files(&config_dir().join("rules"))).unwrap_or_else(|mistakes| {
        let texts: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", texts.join("\n"))
    })
}

pub fn shipped_calendar() -> Calendar {
    let mut calendar = Calendar::default();
    for (_, text) in toml_files(&config_dir().join("calendar")) {
        calendar.add_toml(&text).unwrap();
    }
    calendar
}

/// One worked case, ready to be checked.
pub struct Case {
    pub name: String,
    pub as_of: Date,
    pub dossier: Dossier,
    pub coverage: Coverage,
    pub law: Law,
    expect: Value,
}

impl Case {
    pub fn check(&self, rule: &'static dyn crate::rule::Rule, calendar: &Calendar) -> Vec<Finding> {
        crate::check::check_with(&[rule], &self.dossier, &self.coverage, &self.law, calendar, self.as_of)
    }
}

/// All cases of a rule's file.
pub fn cases_of(id: &str, law: &Law) -> Vec<Case> {
    let path = source_dir().join(format!("{}.toml", id.replace('.', "/")));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{id}: no worked cases at {}", path.display()));
    let file: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{id}: {error}"));
    let given = file.get("given").and_then(Value::as_table).cloned().unwrap_or_default();
    let cases = file.get("case").and_then(Value::as_array).unwrap_or_else(|| panic!("{id}: no [[case]]"));
    cases.iter().map(|case| read(id, &given, case.as_table().unwrap(), law)).collect()
}

fn read(id: &str, given: &Table, case: &Table, law: &Law) -> Case {
    let mut merged = given.clone();
    merged.extend(case.clone());
    let name = case.get("name").and_then(Value::as_str).unwrap_or_else(|| panic!("{id}: a case without name")).to_owned();
    let row = Row::new(&merged, format!("{id}, `{name}`"));
    row.words("name");
    let as_of = row.date("as_of").get().unwrap_or_else(|| panic!("{id}, `{name}`: as_of is missing"));
    let dossier = dossier(&row, given, case, as_of);
    let coverage = coverage(&row, &dossier, as_of);
    let law = changed_law(law, &row.table("law"));
    let expect = row.value("expect").unwrap_or_else(|| panic!("{id}, `{name}`: expect is missing"));
    row.done();
    Case { name, as_of, dossier, coverage, law, expect }
}

/// The dossier a case describes, without law and expectation.
pub fn dossier_of(case: &str) -> Dossier {
    let case: Table = toml::from_str(case).unwrap();
    let row = Row::new(&case, "case".to_owned());
    let as_of = row.date("as_of").get().unwrap();
    dossier(&row, &Table::new(), &case, as_of)
}

fn dossier(row: &Row, given: &Table, case: &Table, as_of: Date) -> Dossier {
    let mut project: Table = toml::from_str(master::BASE_PROJECT).unwrap();
    for overrides in [given, case] {
        project.extend(overrides.get("project").and_then(Value::as_table).cloned().unwrap_or_default());
    }
    row.table("project");
    let project_row = Row::new(&project, "project");
    let mut dossier = Dossier::new(master::project(&project_row));
    project_row.done();
    let mut persons = build::Persons::default();
    dossier.sources = vec![build::SOURCE.to_owned()];
    dossier.contractors = build::rows(row, "contractors", as_of, master::contractor);
    dossier.teams = build::rows(row, "teams", as_of, master::team);
    dossier.deposits = build::rows(row, "deposits", as_of, master::deposit);
    dossier.accounts = build::rows(row, "accounts", as_of, master::account);
    dossier.boards = build::rows(row, "boards", as_of, master::board);
    dossier.process_settlements = build::rows(row, "process_settlements", as_of, master::process_settlement);
    dossier.leads = build::rows(row, "leads", as_of, master::lead);
    dossier.worker_settlements =
        build::rows(row, "worker_settlements", as_of, |line, at| master::worker_settlement(line, at, &mut persons));
    dossier.ledgers = build::sheets(row, "ledgers", as_of, build::ledger);
    dossier.rosters = build::sheets(row, "rosters", as_of, |line, at| master::roster(line, at, &mut persons));
    dossier.contracts = build::sheets(row, "contracts", as_of, |line, at| master::contract(line, at, &mut persons));
    dossier.attendance = build::sheets(row, "attendance", as_of, |line, at| build::attendance(line, at, &mut persons));
    dossier.payrolls = build::sheets(row, "payrolls", as_of, |line, at| build::payroll(line, at, &mut persons));
    dossier.payouts = build::payouts(row, as_of, &mut persons);
    dossier.shared_accounts = row.list("shared_accounts").iter().filter_map(|n| model::AccountNo::parse(n)).collect();
    dossier.elsewhere = elsewhere(row, &project, &mut persons);
    persons.finish(&mut dossier);
    dossier
}

/// Other projects of the county: rows are overrides of this project's own.
fn elsewhere(row: &Row, own: &Table, persons: &mut build::Persons) -> Elsewhere {
    let mut elsewhere = Elsewhere::default();
    for overrides in row.value("projects_elsewhere").as_ref().and_then(Value::as_array).into_iter().flatten() {
        let mut other = own.clone();
        other.extend(overrides.as_table().cloned().unwrap_or_default());
        let other = Row::new(&other, "projects_elsewhere");
        elsewhere.projects.push(master::project(&other).into());
        other.done();
    }
    for line in row.rows("attended_elsewhere") {
        elsewhere.attendance.push(build::attended_elsewhere(&line, persons));
        line.done();
    }
    for line in row.rows("cards_elsewhere") {
        elsewhere.cards.push(build::card_elsewhere(&line, persons));
        line.done();
    }
    elsewhere
}

fn changed_law(law: &Law, changes: &Table) -> Law {
    let mut law = law.clone();
    for (name, value) in changes {
        let mut parameter = law.find(name).unwrap_or_else(|| panic!("no parameter `{name}`")).clone();
        let value = match value {
            Value::String(text) if text == "none" => None,
            Value::Integer(number) => Some(crate::law::Value::Number(*number)),
            Value::Boolean(flag) => Some(crate::law::Value::Flag(*flag)),
            Value::Array(words) => Some(crate::law::Value::Words(words.iter().map(|w| w.as_str().unwrap().to_owned()).collect())),
            _ => panic!("`{name}`: a number, true/false, a list of words or \"none\""),
        };
        parameter.values =
            value.into_iter().map(|value| Dated { from: None, value, source: "case".to_owned(), scope: Scope::default() }).collect();
        law = law.with(parameter);
    }
    law
}

/// A statement is stored whole, not by month.
const MONTHLY: [Dataset; 3] = [Dataset::Attendance, Dataset::Payroll, Dataset::Payout];

/// What the source delivered: everything for another project up to the as-of day, unless the case withholds it.
fn coverage(row: &Row, dossier: &Dossier, as_of: Date) -> Coverage {
    let withheld = row.list("withheld");
    let until = row.table("others_until");
    let first = row.month("first_month").unwrap_or_else(|| "2024-01".parse().unwrap());
    let mut coverage = Coverage::default();
    let other = ProjectCode::parse("99999920230101999").unwrap();
    for dataset in Dataset::ALL.iter().copied().filter(|d| !withheld.iter().any(|w| w == d.code())) {
        let limit = until.get(dataset.code());
        if MONTHLY.contains(&dataset) {
            // A day instead of a month: the sheets of its month came that day, nothing after.
            let day = limit.and_then(row::date);
            let last = day.map(Month::of).or_else(|| limit.map(|v| v.as_str().unwrap().parse().unwrap())).unwrap_or(Month::of(as_of));
            let received = day.unwrap_or(as_of);
            coverage.delivered.extend(first.through(last).map(|month| delivered(dataset, Some(month), &other, received)));
        } else {
            let last = limit.map_or(as_of, |v| row::date(v).unwrap());
            coverage.delivered.push(delivered(dataset, None, &other, last));
        }
    }
    // `asked = { payroll = 2024-05-01 }`: the source is a gateway, and last answered for the project on that day.
    for (code, day) in &row.table("asked") {
        let dataset = Dataset::from_code(code).unwrap();
        let on = row::date(day).unwrap();
        let months = if MONTHLY.contains(&dataset) { first.through(Month::of(as_of)).map(Some).collect() } else { vec![None] };
        let asked = |month| Asked { source: build::SOURCE.to_owned(), dataset, project: dossier.project.code.clone(), month, on };
        coverage.asked.extend(months.into_iter().map(asked));
    }
    let own = |dataset, month| delivered(dataset, month, &dossier.project.code, as_of);
    coverage.delivered.extend(dossier.attendance.iter().map(|t| own(Dataset::Attendance, t.month)));
    coverage.delivered.extend(dossier.payrolls.iter().map(|t| own(Dataset::Payroll, t.month)));
    coverage.delivered.extend(dossier.payouts.iter().map(|t| own(Dataset::Payout, t.month)));
    coverage.delivered.extend(dossier.ledgers.iter().map(|t| own(Dataset::Ledger, t.month)));
    coverage
}

fn delivered(dataset: Dataset, month: Option<Month>, code: &ProjectCode, last_received: Date) -> Delivered {
    Delivered { source: build::SOURCE.to_owned(), dataset, month, lowest: code.clone(), highest: code.clone(), last_received }
}
