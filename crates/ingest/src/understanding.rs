//! Tables as counties write them, each as a text: what is kept, and what the sender is told.

use crate::fixtures::{lines, read_bytes};
use crate::reader::ReadFile;
use crate::report::SheetReport;

/// Reads a text table and checks that every row is counted once.
pub fn read(text: &str) -> ReadFile {
    read_named("x.csv", text)
}

pub fn read_named(name: &str, text: &str) -> ReadFile {
    let found = read_bytes(name, text.as_bytes());
    for report in &found.reports {
        assert_eq!(report.kept + report.rejected + report.other, report.rows, "{report:?}");
        assert_eq!(report.rows as usize, text.lines().count(), "{report:?}");
    }
    found
}

pub fn told(report: &SheetReport, words: &[&str]) -> bool {
    report.notes.iter().any(|note| words.iter().all(|word| note.what.contains(word) || note.value.contains(word)))
}

pub fn counts(report: &SheetReport) -> (u32, u32, u32) {
    (report.kept, report.rejected, report.other)
}

#[test]
fn a_word_of_the_bank_nobody_knows_is_kept_and_shown() {
    let found = read(
        "项目编码,工资所属月份,付款账号,代发批次号,收款人姓名,收款账号,金额,交易日期,交易状态\n\
         99999920240101001,2024-03,999999000001,B1,测试工人一,9999990000000000014,100,2024-04-10,成功\n\
         99999920240101001,2024-03,999999000001,B1,测试工人二,9999990000000000022,100,2024-04-10,部分成功\n\
         99999920240101001,2024-03,999999000001,B1,测试工人三,9999990000000030,100,2024-04-10,支付完成\n\
         99999920240101001,2024-03,999999000001,B1,测试工人四,9999990000000048,100,2024-04-10, 部分成功\n",
    );
    let report = &found.reports[0];
    assert_eq!(counts(report), (4, 0, 1));
    let words: Vec<_> = report.notes.iter().map(|n| (n.row, n.count, n.column.as_str(), n.value.as_str())).collect();
    assert_eq!(words, [(Some(4), 1, "交易状态", "支付完成"), (Some(3), 2, "交易状态", "部分成功")]);
    assert!(report.notes.iter().all(|n| n.mend.contains("银行")), "{:?}", report.notes);
    assert_eq!(lines(&found.sheets).iter().filter(|l| l.contains("Unknown(部分成功)")).count(), 2);
    let json = serde_json::to_value(report).unwrap();
    assert_eq!(json["notes"][1]["value"], "部分成功");
    assert_eq!(json["notes"][1]["count"], 2);
}

#[test]
fn a_batch_paid_from_two_accounts_keeps_whose_is_whose() {
    let found = read(
        "项目编码,工资所属月份,付款账号,代发批次号,收款人姓名,收款账号,金额,交易日期,交易状态\n\
         99999920240101001,2024-03,9999990000000001,B1,测试工人一,9999990000000000014,100,2024-04-10,成功\n\
         99999920240101001,2024-03,9999990000000002,B1,测试工人二,9999990000000000022,100,2024-04-10,成功\n\
         99999920240101001,2024-03,,B1,测试工人三,9999990000000000030,100,2024-04-10,成功\n",
    );
    assert_eq!((counts(&found.reports[0]), found.sheets.len()), ((3, 0, 1), 1));
    let model::Body::Payout(lines) = &found.sheets[0].body else { panic!("{:?}", found.sheets[0].body) };
    let accounts: Vec<_> = lines.iter().map(|line| line.account.as_ref().map(model::AccountNo::as_str)).collect();
    assert_eq!(accounts, [Some("9999990000000001"), Some("9999990000000002"), None]);
}

#[test]
fn identities_are_told_apart_and_none_is_mended() {
    let found = read(
        "项目编码,班组名称,姓名,身份证号,进场时间\n\
         99999920240101001,一班,测试工人一,999999199001010016,2024-01-01\n\
         99999920240101001,一班,测试工人二,999999199001010017,2024-01-01\n\
         99999920240101001,一班,测试工人三,9999**********0025,2024-01-01\n\
         99999920240101001,一班,测试工人四,0123456789abcdef0123456789abcdef,2024-01-01\n\
         99999920240101001,一班,测试工人五,4.13026E+17,2024-01-01\n\
         99999920240101001,一班,测试工人六,E12345678,2024-01-01\n\
         99999920240101001,一班,测试工人七,,2024-01-01\n\
         99999920240101001,一班,测试工人一,999999199001010016,2024-01-01\n",
    );
    let report = &found.reports[0];
    assert_eq!(counts(report), (6, 2, 1));
    let kinds: Vec<_> = report.identities.iter().map(|(kind, count)| (*kind, *count)).collect();
    let one = ["bad_check", "damaged", "digest", "duplicate", "masked", "missing", "other", "valid"];
    assert_eq!(kinds, one.map(|kind| (kind, 1)));
    assert!(told(report, &["校验位"]) && told(report, &["遮盖"]) && told(report, &["摘要"]), "{:?}", report.notes);
    assert!(report.notes.iter().all(|n| n.value.is_empty()), "no number is shown");
}

#[test]
fn an_instruction_is_kept_as_pending_and_its_total_checked() {
    let found = read_named(
        "99999920240101001_代发_2024-03.csv",
        "员工编号,员工姓名,银行账号,开户银行,发放金额,备注\n\
         1,测试工人一,9999990000000000014,测试银行,100.50,\n\
         2,测试工人二,9999990000000000022,测试银行,200,\n\
         \n\
         汇总,共2人,,,300.50,\n",
    );
    let report = &found.reports[0];
    assert_eq!(counts(report), (2, 0, 3), "{report:?}");
    assert!(told(report, &["代发指令"]) && !told(report, &["合计行"]), "{:?}", report.notes);
    assert_eq!(lines(&found.sheets).iter().filter(|l| l.contains("Pending")).count(), 2);
    assert_eq!((found.sheets[0].part.as_str(), &found.sheets[0].head.batch_no), ("代发指令|cafe0123", &None));
}

#[test]
fn a_pipe_file_without_headings_is_an_instruction() {
    let text = "H|2|300.50|CNY|20240410|工资代发\n\
                D|1|9999990000000000014|测试工人一|测试银行|100.50|CNY|工资\n\
                D|2|9999990000000000022|测试工人二|测试银行|200.00|CNY|工资\n\
                T|2|310.50\n";
    let found = read_named("99999920240101001_代发.txt", text);
    let report = &found.reports[0];
    assert_eq!((report.dataset, counts(report)), (Some(model::Dataset::Payout), (2, 0, 2)), "{report:?}");
    assert!(told(report, &["合计行", "310.50", "300.50"]), "{:?}", report.notes);
    assert_eq!(lines(&found.sheets).iter().filter(|l| l.contains("Pending")).count(), 2);
    assert_eq!(super::pipe::as_table("H|1\n姓名|金额\n"), None);
}

#[test]
fn a_day_of_payment_that_is_only_a_month_costs_no_wages() {
    let found = read(
        "项目编码,月份,姓名,身份证号,应发工资,实发工资,发放日期\n99999920240101001,2024-03,测试工人一,999999199001010016,100,100,2024年4月\n",
    );
    let report = &found.reports[0];
    assert_eq!(counts(report), (1, 0, 1), "{:?}", report.rejects);
    assert!(told(report, &["只写到月"]), "{:?}", report.notes);
}

/// The month the only row of a payroll under these names and this title is of.
fn month_of(stem: &str, title: &str) -> Option<String> {
    let headings = "项目编码,姓名,身份证号,应发工资,实发工资";
    let found =
        read_named(&format!("{stem}.csv"), &format!("{title}\n{headings}\n99999920240101001,测试工人一,999999199001010016,100,100\n"));
    found.sheets.first().and_then(|sheet| sheet.month).map(|month| month.to_string())
}

#[test]
fn a_month_without_its_year_takes_the_year_of_the_file_or_the_title() {
    assert_eq!(month_of("2024年工资表", "3月份工资发放表").as_deref(), Some("2024-03"));
    assert_eq!(month_of("3月", "测试县安置房一期2024年度农民工工资支付表").as_deref(), Some("2024-03"));
    assert_eq!(month_of("工资表", "3月份工资发放表"), None);
    assert_eq!(month_of("2023年工资表", "2024年度3月工资表"), None, "two years");
    assert_eq!(month_of("工资", "2024年3月工资表（4月15日发放）").as_deref(), Some("2024-03"));
    assert_eq!(month_of("工资", "2024年3月工资表（2月26日-3月25日）").as_deref(), Some("2024-03"));
}

#[test]
fn an_answer_of_the_bank_still_needs_its_batch() {
    let found =
        read("项目编码,收款人姓名,收款账号,金额,交易日期,处理结果\n99999920240101001,测试工人一,9999990000000000014,100,2024-04-10,成功\n");
    assert_eq!(counts(&found.reports[0]), (0, 1, 1));
}

#[test]
fn wages_beside_attendance_are_told_of() {
    let days: Vec<String> = (1..=20).map(|day| day.to_string()).collect();
    let headings = format!("项目编码,月份,姓名,身份证号,{},出勤天数,日工资,实发工资", days.join(","));
    let marks = vec!["1"; 20].join(",");
    let text = format!("{headings}\n99999920240101001,2024-03,测试工人一,999999199001010016,{marks},20,300,6000\n");
    let found = read(&text);
    let report = &found.reports[0];
    assert_eq!((report.dataset, counts(report)), (Some(model::Dataset::Attendance), (1, 0, 1)));
    assert_eq!((report.rejects[0].column.as_str(), report.rejects[0].row), ("实发工资", 1), "{:?}", report.rejects);
    assert!(read(&text.replace(",实发工资", "").replace(",6000", "")).reports[0].rejects.is_empty());
}

fn sheet(worksheet: usize, rows: &[(u32, &str, Option<u8>)]) -> (usize, crate::gather::Part) {
    use model::sheet::{RosterLine, Who};
    use model::{Body, Field, Place, ProjectCode};
    let line = |(row, name, person): &(u32, &str, Option<u8>)| RosterLine {
        who: Who {
            person: person.map(|p| model::PersonKey([p; 16])),
            identity: model::identifier::IdentityKind::Valid,
            name: (*name).to_owned(),
            card: None,
            row: *row,
        },
        id_given: Field::Given(()),
        employer: Field::Absent,
        team: Field::Absent,
        phone: Field::Absent,
        trade: Field::Absent,
        role: Field::Absent,
        is_leader: Field::Absent,
        card_given: Field::Absent,
        card_bank: None,
        entry_on: Field::Absent,
        exit_on: Field::Absent,
        on_site: Field::Absent,
        has_contract: Field::Absent,
        has_insurance: Field::Absent,
        trained_on: Field::Absent,
        registered_on: Field::Absent,
    };
    let place = Place::Code(ProjectCode::parse("99999920240101001").unwrap());
    let body = Body::Roster(rows.iter().map(line).collect());
    (worksheet, crate::gather::Part { key: crate::layout::Key::of(place), head: model::SheetHead::default(), body, wide: false })
}

#[test]
fn a_person_on_two_worksheets_of_one_sheet_is_a_duplicate() {
    let (first, part) = sheet(0, &[(2, "测试工人一", Some(1)), (3, "测试工人二", Some(2))]);
    let mut body = part.body;
    let mut joined = crate::joined::Joined::new(first);
    let (second, part) = sheet(1, &[(2, "测试工人一", Some(1)), (3, "测试工人三", Some(3))]);
    let again = joined.append(&mut body, second, part);
    assert_eq!(again.iter().map(|a| (a.row, a.first, a.name.as_str())).collect::<Vec<_>>(), [(2, (0, 2), "测试工人一")]);
    let (third, part) = sheet(2, &[(9, "测试工人三", Some(3))]);
    let again = joined.append(&mut body, third, part);
    assert_eq!(again.iter().map(|a| (a.row, a.first)).collect::<Vec<_>>(), [(9, (1, 3))]);
    assert_eq!(body.len(), 3);
}

#[test]
fn two_different_totals_are_told_and_the_one_that_fits_is_the_total() {
    let rows = "项目编码,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资\n\
                99999920240101001,一班,2024-03,测试工人一,999999199001010016,100,100\n\
                99999920240101001,一班,2024-03,测试工人二,999999198802290025,200,200\n";
    let fits = read(&format!("{rows}合计,,,,,300,300\n"));
    assert!(fits.reports[0].notes.is_empty(), "{:?}", fits.reports[0].notes);
    let both = read(&format!("{rows}合计,,,,,300,300\n总计,,,,,310,310\n"));
    assert!(told(&both.reports[0], &["2 个不同的合计", "第 4 行", "第 5 行", "310.00"]), "{:?}", both.reports[0].notes);
    assert_eq!(both.sheets[0].head.stated.unwrap().net, Some(model::Fen(30_000)));
    let neither = read(&format!("{rows}合计,,,,,305,305\n总计,,,,,310,310\n"));
    assert!(told(&neither.reports[0], &["都不是各行之和"]), "{:?}", neither.reports[0].notes);
    assert_eq!(neither.sheets[0].head.stated.unwrap().net, Some(model::Fen(31_000)));
    let one = read(&format!("{rows}合计,,,,,310,310\n"));
    assert!(
        told(&one.reports[0], &["合计行写的是第 4 行 应发 310.00 元、实发 310.00 元", "应发 300.00 元、实发 300.00 元"]),
        "{:?}",
        one.reports[0].notes
    );
}

#[test]
fn of_very_many_faults_the_first_are_listed_and_all_are_counted() {
    let rows: String = (0..30).map(|_| "99999920240101001,一班,2024-03,测试工人一,999999199001010016,一百,一百\n").collect();
    let text = format!("项目编码,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资\n{rows}");
    let found = crate::fixtures::read_within("x.csv", text.as_bytes(), &crate::table::Limits { rejects: 10, ..Default::default() });
    let report = &found.reports[0];
    assert_eq!((counts(report), report.rejects.len()), ((0, 30, 1), 10));
    assert!(told(report, &["另有 20 行"]), "{:?}", report.notes);
    assert!(report.summary().rejects.is_empty());
}

#[test]
fn a_month_without_its_day_costs_no_project() {
    let headings = "项目编码,项目名称,建设单位,施工总承包单位,施工合同额,开工日期,竣工日期,项目状态";
    let row = "测试建设投资有限公司,测试建筑有限公司,56000000";
    let found = read(&format!(
        "{headings}\n99999920240101001,测试县安置房一期,{row},2024-01-01,2025年12月,在建\n\
         99999920240101002,测试县安置房二期,{row},2024-01-01,2025-12,在建\n\
         99999920240101003,测试县安置房三期,{row},2024年1月,2025年12月,在建\n"
    ));
    let report = &found.reports[0];
    assert_eq!(counts(report), (2, 1, 1), "{:?}", report.rejects);
    assert!(report.rejects[0].reason.contains("没有写到日"), "{:?}", report.rejects);
    let [note] = report.notes.as_slice() else { panic!("{:?}", report.notes) };
    assert_eq!((note.row, note.count, note.column.as_str(), note.value.as_str()), (Some(2), 2, "竣工日期", "2025年12月"));
    assert!(note.what.contains("没有写到日") && note.mend.contains("填写到日"), "{note:?}");
    let model::Body::Project(projects) = &found.sheets[0].body else { panic!("{:?}", found.sheets) };
    assert!(projects[0].complete_on.is_absent(), "not known, which is not the same as not finished");
}

#[test]
fn a_guarantee_whose_validity_is_no_dates_is_kept_and_flagged() {
    for written in ["见保函", "长期", "2024-01-01至工程竣工"] {
        let found = read(&format!(
            "项目编码,缴存单位,形式,保函编号,保函金额,缴存日期,有效期\n\
             99999920240101001,测试建筑有限公司,银行保函,BH001,840000,2024-01-05,{written}\n"
        ));
        let report = &found.reports[0];
        assert_eq!(counts(report), (1, 0, 1), "{written}: {:?}", report.rejects);
        let note = &report.notes[0];
        assert_eq!((note.row, note.column.as_str(), note.value.as_str()), (Some(2), "有效期", written));
        assert!(note.what.contains("无法辨认") && note.mend.contains("两列"), "{note:?}");
        let model::Body::Deposit(deposits) = &found.sheets[0].body else { panic!("{:?}", found.sheets) };
        assert!(deposits[0].valid_from.is_absent() && deposits[0].valid_to.is_absent(), "{written}");
    }
}
