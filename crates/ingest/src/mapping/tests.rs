//! Tests of saved mappings.

use model::{Body, Dataset};

use super::{MappingFile, MappingMistake, Saved, SavedMapping, mapping_text};
use crate::fixtures::{lines, read_as_settled};
use crate::reader::ReadFile;
use crate::report::{FileReport, ImportReport};

fn settle(text: &str) -> Result<SavedMapping, Vec<MappingMistake>> {
    toml::from_str::<MappingFile>(text).unwrap_or_else(|error| panic!("{error}\n{text}")).settle(text)
}

fn read(mapping: &str, name: &str, bytes: &[u8]) -> ReadFile {
    let mapping = settle(mapping).unwrap();
    read_as_settled(name, bytes, Saved { source: "folder", mapping: Some(&mapping), ..Saved::default() })
}

fn told(found: &ReadFile) -> String {
    found.reports.iter().flat_map(|r| &r.notes).map(|n| format!("{}；{}\n", n.what, n.mend)).collect::<Vec<_>>().concat()
}

const TWO_SUMS: &str = "项目编码,工资所属月份,姓名,身份证号,应发工资,实发金额,实付金额\n\
    99999920240101001,2024-03,测试工人一,999999199001010016,100,90,80\n";

#[test]
fn two_headings_for_one_column_are_asked_about_and_the_line_given_settles_it() {
    let found = read("", "x.csv", TWO_SUMS.as_bytes());
    let line = "[table.payroll.columns] 下写一行 \"实发金额\" = \"实发工资\" 或 \"实付金额\" = \"实发工资\"";
    let reject = &found.reports[0].rejects[0];
    assert!(found.sheets.is_empty() && reject.mend.contains(line) && reject.mend.contains("mappings/folder.toml"), "{reject:?}");
    let found = read("[table.payroll.columns]\n\"实付金额\" = \"实发工资\"\n", "x.csv", TWO_SUMS.as_bytes());
    let Body::Payroll(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].net.0, found.reports[0].mapping["实发工资"].as_str()), (8_000, "实付金额"));
    assert!(told(&found).contains("按已保存的对应关系"), "{}", told(&found));
    let found = read("[table.payroll]\nignore = [\"实付 金额\"]\n", "x.csv", TWO_SUMS.as_bytes());
    let Body::Payroll(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!(lines[0].net.0, 9_000);
}

#[test]
fn a_heading_nobody_knows_is_read_as_settled_in_the_unit_settled() {
    let text = "项目编码,工资所属月份,姓名,身份证号,应得,到手\n99999920240101001,2024-03,测试工人一,999999199001010016,0.01,0.01\n";
    let mapping = "[table.payroll.columns]\n\"应得\" = \"应发工资\"\n\"到手\" = \"实发工资\"\n\"旧列\" = \"工种\"\n[table.payroll.units]\n\"到手\" = \"万元\"\n";
    let found = read(mapping, "x.csv", text.as_bytes());
    let Body::Payroll(lines) = &found.sheets[0].body else { panic!("{:?}", found.reports) };
    assert_eq!((lines[0].gross.get().map(|fen| fen.0), lines[0].net.0), (Some(1), 10_000));
    assert!(told(&found).contains("表头“旧列”，本表没有"), "{}", told(&found));
}

#[test]
fn a_kind_of_table_may_be_forced() {
    let text = "项目编码,工资所属月份,姓名,联系电话,应得,到手\n99999920240101001,2024-03,测试工人一,10000000001,100,90\n";
    assert!(read("", "x.csv", text.as_bytes()).problem.is_some());
    let mapping = "[[force]]\ndataset = \"payroll\"\nheadings = [\"姓名\", \"到手\"]\n[table.payroll.columns]\n\"到手\" = \"实发工资\"\n";
    let found = read(mapping, "x.csv", text.as_bytes());
    assert_eq!((found.reports[0].dataset, found.reports[0].kept), (Some(Dataset::Payroll), 1), "{:?}", found.reports);
}

#[test]
fn the_encoding_settled_is_the_only_one() {
    let (gbk, _, _) = encoding_rs::GB18030.encode(TWO_SUMS);
    let mapping = "encoding = \"gb18030\"\n[table.payroll]\nignore = [\"实付金额\"]\n";
    assert_eq!(read(mapping, "x.csv", &gbk).reports[0].kept, 1);
    let problem = read(&mapping.replace("gb18030", "utf-8"), "x.csv", &gbk).problem.unwrap();
    assert!(problem.what.contains("utf-8") && problem.mend.contains("encoding"), "{problem:?}");
}

#[test]
fn project_and_month_are_taken_from_the_place_settled() {
    let text = format!("2024年4月工资表\n{}", TWO_SUMS.replace(",实付金额", ",备注"));
    let sheet = |mapping: &str| {
        let found = read(mapping, "88888820240101001_工资表.csv", text.as_bytes());
        found.sheets.first().map(|sheet| (sheet.place.clone(), sheet.month.unwrap().to_string()))
    };
    assert_eq!(sheet(""), None, "title and column disagree");
    let code = |code: &str| model::Place::Code(model::ProjectCode::parse(code).unwrap());
    let column = "[table.payroll]\nmonth_from = \"列\"\nproject_from = \"列\"\n";
    assert_eq!(sheet(column), Some((code("99999920240101001"), "2024-03".to_owned())));
    let outside = "[table.payroll]\nmonth_from = \"标题行\"\nproject_from = \"文件名\"\n";
    assert_eq!(sheet(outside), Some((code("88888820240101001"), "2024-04".to_owned())));
    let fixed = "[table.payroll]\nmonth_from = \"列\"\nproject_code = \"77777720240101001\"\n";
    assert_eq!(sheet(fixed), None, "a row of another project than the one settled");
}

#[test]
fn what_debit_means_may_be_settled() {
    let text = "本方账号,交易日期,借方金额,贷方金额,余额\n9999990000000000097,2024-03-01,100,,100\n9999990000000000097,2024-03-02,,30,70\n";
    let first = |mapping: &str| {
        let found = read(mapping, "x.csv", text.as_bytes());
        let Body::Ledger(lines) = &found.sheets[0].body else { panic!() };
        (lines[0].credit.0, lines[0].debit.0)
    };
    assert_eq!(first("[table.ledger]\ndebit = \"收入\"\n"), (10_000, 0));
    assert_eq!(first("[table.ledger]\ndebit = \"支出\"\n"), (0, 10_000));
}

#[test]
fn half_a_day_depends_on_the_hours_settled() {
    let days: Vec<String> = (1..=10).map(|day| day.to_string()).collect();
    let text =
        format!("项目编码,月份,姓名,身份证号,{}\n99999920240101001,2024-03,测试工人一,999999199001010016,5,10,10,10\n", days.join(","));
    let halves = |mapping: &str| {
        let found = read(mapping, "x.csv", text.as_bytes());
        let Body::Attendance(lines) = &found.sheets[0].body else { panic!("{:?}", found.reports) };
        lines[0].half_days
    };
    assert_eq!(halves(""), 0);
    assert_eq!(halves("[table.attendance]\nday_hours = 10\n"), 1);
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = "[table.payroll]\nday_hours = 30\ndebit = \"支出\"\nignore = [\"甲\"]\n[table.payroll.columns]\n\"甲\" = \"姓名\"\n\"乙\" = \"实发\"\n[[force]]\ndataset = \"roster\"\nheadings = [\"姓名\"]\n";
    let found: Vec<_> = settle(text).unwrap_err().into_iter().map(|m| (m.line, m.key, m.mend)).collect();
    let places: Vec<_> = found.iter().map(|(line, key, _)| (*line, key.as_str())).collect();
    assert_eq!(places, [(2, "day_hours"), (3, "debit"), (4, "ignore"), (7, "乙"), (10, "headings")]);
    assert!(found[3].2.contains("实发工资"), "{found:?}");
}

#[test]
fn the_identity_is_that_of_the_text() {
    let of = |text: &str| settle(text).unwrap().identity;
    assert_eq!(of("# a\n"), of("# a\n"));
    assert_ne!(of("# a\n"), of("# b\n"));
}

#[test]
fn a_saved_mapping_reads_as_before_and_keeps_what_was_settled() {
    let settled = "encoding = \"utf-8\"\n[[force]]\ndataset = \"payroll\"\nheadings = [\"姓名\", \"实付金额\"]\n\
        [table.payroll]\nignore = [\"实发金额\"]\nmonth_from = \"列\"\nproject_from = \"列\"\nday_hours = 9\n\
        [table.payroll.columns]\n\"实付金额\" = \"实发工资\"\n[table.payroll.units]\n\"实付金额\" = \"万元\"\n[table.ledger]\ndebit = \"收入\"\n";
    let before = settle(settled).unwrap();
    let found = read_as_settled("x.csv", TWO_SUMS.as_bytes(), Saved { source: "folder", mapping: Some(&before), ..Saved::default() });
    let report =
        ImportReport { files: vec![FileReport { sheets: found.reports.clone(), ..FileReport::default() }], ..ImportReport::default() };
    let text = mapping_text("folder", Some(&before), &report, "2024-05-01 08:00");
    for line in [
        "encoding = \"utf-8\"",
        "headings = [\"姓名\", \"实付金额\"]",
        "ignore = [\"实发金额\"]",
        "month_from = \"列\"",
        "project_from = \"列\"",
        "day_hours = 9",
        "debit = \"收入\"",
        "\"应发工资\" = \"应发工资\"",
        "\"实付金额\" = \"实发工资\"",
        "\"实付金额\" = \"万元\"",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
    let after = settle(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"));
    let again = read_as_settled("x.csv", TWO_SUMS.as_bytes(), Saved { source: "folder", mapping: Some(&after), ..Saved::default() });
    assert_eq!((lines(&again.sheets), &again.reports[0].mapping), (lines(&found.sheets), &found.reports[0].mapping));
    assert_eq!(mapping_text("folder", Some(&after), &report, "2024-05-01 08:00"), text);
}

#[test]
fn headings_with_quotes_are_written_so_that_they_read_the_same() {
    let report = crate::report::SheetReport {
        dataset: Some(Dataset::Roster),
        assigned: vec![("姓\"名\\".to_owned(), "工人姓名")],
        ..crate::report::SheetReport::default()
    };
    let report = ImportReport { files: vec![FileReport { sheets: vec![report], ..FileReport::default() }], ..ImportReport::default() };
    let text = mapping_text("folder", None, &report, "");
    let mapping = settle(&text).unwrap();
    let column = mapping.table(Dataset::Roster).unwrap().assigned("姓\"名\\");
    assert_eq!(column, Some(super::Assigned::To(crate::layout::roster::Col::Name as usize)));
}
