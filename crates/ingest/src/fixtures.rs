//! Properties of any file, and lines as texts. The files of `tests/fixtures/files` are read in `corpus`.

use std::path::PathBuf;

use model::sheet::{AttendanceLine, LedgerLine, PayResult, PayoutLine, PayrollLine, RosterLine};
use model::{Body, Field, Place, Sheet};
use proptest::prelude::*;
use store::Vault;

use crate::mapping::Saved;
use crate::people::{People, Registry};
use crate::reader::{FileName, ReadFile, read};
use crate::table::Limits;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/files")
}

fn with_people<T>(run: impl FnOnce(&mut People<'_>) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = Vault::open_or_create(dir.path()).unwrap();
    run(&mut People::new(&vault, &Registry::default()))
}

pub fn read_bytes(name: &str, bytes: &[u8]) -> ReadFile {
    read_within(name, bytes, &Limits::default())
}

pub fn read_within(name: &str, bytes: &[u8], limits: &Limits) -> ReadFile {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    with_people(|people| read(bytes, FileName { path: name, stem, hash: "cafe0123" }, people, limits))
}

pub fn read_as_settled(name: &str, bytes: &[u8], saved: Saved<'_>) -> ReadFile {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let name = FileName { path: name, stem, hash: "cafe0123" };
    with_people(|people| crate::reader::read_as_settled(bytes, name, people, &Limits::default(), saved))
}

fn read_fixture(name: &str) -> ReadFile {
    read_bytes(name, &std::fs::read(folder().join(name)).unwrap())
}

pub fn place(place: &Place) -> String {
    match place {
        Place::Code(code) => code.to_string(),
        Place::Name(name) => name.clone(),
        Place::Account(account) => account.to_string(),
        Place::County => "county".to_owned(),
    }
}

fn field<T: std::fmt::Display>(field: &Field<T>) -> String {
    match field {
        Field::Absent => "Absent".to_owned(),
        Field::Empty => "Empty".to_owned(),
        Field::Given(value) => value.to_string(),
    }
}

fn number(field: &Field<model::Fen>) -> i64 {
    field.get().unwrap_or_default().0
}

fn text(option: Option<&str>) -> &str {
    option.unwrap_or("-")
}

fn days(mask: u32) -> String {
    let days: Vec<String> = (0..31).filter(|bit| mask >> bit & 1 == 1).map(|bit| (bit + 1).to_string()).collect();
    if days.is_empty() { "-".to_owned() } else { days.join(",") }
}

fn payroll(l: &PayrollLine) -> String {
    format!(
        "row={} {} {:?} days={} rate={} gross={} net={} signed={} paid={}",
        l.who.row,
        l.who.name,
        l.who.identity,
        field(&l.days),
        number(&l.day_rate),
        number(&l.gross),
        l.net.0,
        field(&l.signed),
        field(&l.paid_on)
    )
}

fn roster(l: &RosterLine) -> String {
    format!(
        "row={} {} {:?} trade={} entry={} exit={} leader={} card={}",
        l.who.row,
        l.who.name,
        l.who.identity,
        field(&l.trade),
        field(&l.entry_on),
        field(&l.exit_on),
        field(&l.is_leader),
        l.card_given.is_given()
    )
}

fn attendance(l: &AttendanceLine) -> String {
    format!(
        "row={} {} {:?} whole={} half={} stated={}",
        l.who.row,
        l.who.name,
        l.who.identity,
        days(l.whole_days),
        days(l.half_days),
        field(&l.stated_days)
    )
}

fn ledger(l: &LedgerLine) -> String {
    let time = l.time.map_or("-".to_owned(), |t| t.to_string());
    let balance = l.balance.unwrap_or_default().0;
    format!(
        "row={} {} {time} credit={} debit={} balance={balance} {} serial={}",
        l.row,
        l.date,
        l.credit.0,
        l.debit.0,
        text(l.counter_name.as_deref()),
        text(l.serial.as_deref())
    )
}

fn payout(l: &PayoutLine) -> String {
    let result = match &l.result {
        PayResult::Unknown(word) => format!("Unknown({word})"),
        known => format!("{known:?}"),
    };
    let paid = l.paid_on.map_or("-".to_owned(), |d| d.to_string());
    format!(
        "row={} {} {:?} amount={} paid={paid} {result} reason={}",
        l.who.row,
        l.who.name,
        l.who.identity,
        l.amount.0,
        text(l.fail_reason.as_deref())
    )
}

/// Lines as the expectations write them, sorted.
pub fn lines(sheets: &[Sheet]) -> Vec<String> {
    let mut all = Vec::new();
    for sheet in sheets {
        let part = sheet.part.split("|cafe").next().unwrap_or_default();
        let part = if part.is_empty() || part == place(&sheet.place) { "-" } else { part };
        let month =
            sheet.month.map_or(if matches!(sheet.body, Body::Ledger(_)) { String::new() } else { "- ".to_owned() }, |m| format!("{m} "));
        let head = format!("{} {} {month}{part}", sheet.body.dataset(), place(&sheet.place));
        let mut add = |line: String| all.push(format!("{head} {line}"));
        match &sheet.body {
            Body::Payroll(lines) => lines.iter().for_each(|l| add(payroll(l))),
            Body::Roster(lines) => lines.iter().for_each(|l| add(roster(l))),
            Body::Attendance(lines) => lines.iter().for_each(|l| add(attendance(l))),
            Body::Ledger(lines) => lines.iter().for_each(|l| add(ledger(l))),
            Body::Payout(lines) => lines.iter().for_each(|l| add(payout(l))),
            other => add(format!("{} lines", other.len())),
        }
    }
    all.sort();
    all
}

#[test]
fn a_refused_identity_is_shown_masked() {
    let found = read_fixture("payroll_titles.xlsx");
    let reject = &found.reports[0].rejects[0];
    assert_eq!((reject.column.as_str(), reject.mend.as_ref()), ("身份证号码", "把该列设为文本后重新填写"));
    assert!(reject.value.contains('*'), "{reject:?}");
}

#[test]
fn numbers_in_the_heading_of_a_matrix_are_days_and_never_hours() {
    let days: Vec<String> = (1..=31).map(|day| day.to_string()).collect();
    let text = format!(
        "测试县安置房一期2024年3月考勤表\n姓名,身份证号,{}\n测试工人一,999999199001010016,1,1,0.5\n测试工人二,999999198802290025,1\n合计,,25,24,23,22\n",
        days.join(",")
    );
    let found = read_bytes("x.csv", text.as_bytes());
    let expected = ["row=3 测试工人一 Valid whole=1,2 half=3 stated=Absent", "row=4 测试工人二 Valid whole=1 half=- stated=Absent"];
    let head = "attendance 测试县安置房一期 2024-03 -";
    assert_eq!(lines(&found.sheets), expected.map(|line| format!("{head} {line}")), "{:?}", found.reports);
    assert_eq!(found.reports[0].other_kinds.get("total"), Some(&1));
}

const HEADINGS: [&str; 12] =
    ["姓名", "身份证号", "应发工资", "实发工资", "工资卡号", "班组", "项目编码", "月份", "考勤时间", "金额", "收款账号", "合计"];

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("合计".to_owned()),
        Just("999999199001010016".to_owned()),
        Just("2024-03".to_owned()),
        Just("2024-03-01 07:00:00".to_owned()),
        "[0-9]{1,5}(\\.[0-9]{1,3})?",
        "测试工人[一二三]",
        "\\PC{0,8}",
        prop::sample::select(&HEADINGS[..]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_row_is_kept_rejected_or_no_data(
        headings in prop::sample::subsequence(HEADINGS.to_vec(), 2..12),
        rows in prop::collection::vec(prop::collection::vec(cell(), 0..14), 0..12),
    ) {
        let mut text = headings.join(",") + "\n";
        for row in &rows {
            let cells: Vec<String> = row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
            text.push_str(&(cells.join(",") + "\n"));
        }
        let found = read_bytes("表.csv", text.as_bytes());
        for report in &found.reports {
            prop_assert_eq!(report.kept + report.rejected + report.other, report.rows);
            prop_assert_eq!(report.rows as usize, rows.len() + 1);
            let lines: usize = found.sheets.iter().map(|s| s.body.len()).sum();
            prop_assert!(lines <= report.kept as usize, "lines never outnumber kept rows");
        }
    }

    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let found = read_bytes("x.bin", &bytes);
        prop_assert!(found.problem.is_some() || !found.reports.is_empty());
    }
}
