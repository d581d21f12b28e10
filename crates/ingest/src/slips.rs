//! Slips and habits seen in tables of counties: each is read right, or refused with its reason.

use crate::reader::ReadFile;
use crate::understanding::{counts, read, read_named};

const WAGES: &str = "项目编码,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资,备注";

fn wage(name: &str, id: &str, net: &str) -> String {
    format!("99999920240101001,一班,2024-03,{name},{id},{net},{net},")
}

#[test]
fn a_blank_cell_too_many_means_that_the_others_are_shifted() {
    let (first, second) = (wage("测试工人一", "999999199001010016", "100"), wage("测试工人二", "999999198802290025", "200"));
    let shifted = "99999920240101001,一班,2024-03,测试工人三,999999198512311115,1,234.50,1,234.50,";
    let found = read(&format!("{WAGES}\n{first}\n{shifted}\n"));
    assert_eq!(counts(&found.reports[0]), (1, 1, 1), "{:?}", found.reports[0].rejects);
    let blank = "99999920240101001,一班,2024-03,测试工人三,999999198512311115,5000,1,234.50,";
    let found = read(&format!("{}\n{}\n{blank},\n", WAGES.trim_end_matches(",备注"), first.trim_end_matches(',')));
    assert_eq!(counts(&found.reports[0]), (1, 1, 1), "{:?}", found.reports[0].rejects);
    let every_row = read(&format!("{WAGES}\n{first},,\n{second},,\n"));
    assert_eq!(counts(&every_row.reports[0]), (2, 0, 1), "{:?}", every_row.reports[0].rejects);
}

#[test]
fn a_rejected_first_row_leaves_the_sheet_incomplete() {
    let rows = [wage("测试工人一", "999999199001010016", "一百"), wage("测试工人二", "999999198802290025", "200")];
    let found = read(&format!("{WAGES}\n{}\n", rows.join("\n")));
    assert_eq!(found.sheets[0].head.rejected, 1);
    let unplaced = rows[0].replacen("99999920240101001", "", 1);
    let found = read(&format!("{WAGES}\n{unplaced}\n{}\n", rows[1]));
    assert_eq!(found.sheets[0].head.rejected, 1, "it may have belonged to any sheet");
}

#[test]
fn rows_after_a_subtotal_and_a_blank_row_are_people_still() {
    let days = (1..=10).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    let blank = ",".repeat(10);
    let text = format!(
        "测试县安置房一期2024年3月考勤表\n姓名,{days}\n测试工人一{}\n小计{blank}\n{blank}\n测试工人二{}\n测试工人三{}\n",
        ",√".repeat(10),
        ",√".repeat(10),
        ",√".repeat(10)
    );
    let found = read(&text);
    assert_eq!(found.reports[0].kept, 3, "{:?}", found.reports[0]);
}

#[test]
fn a_unit_in_the_title_hides_neither_month_nor_project() {
    let lines = "班组名称,姓名,身份证号,应发工资,实发工资\n一班,测试工人一,999999199001010016,100,100\n";
    for title in [
        "测试县安置房一期2024年3月农民工工资支付表（单位：元）",
        "工程名称：测试县安置房一期　2024年3月　单位：元",
        "工程名称：测试县安置房一期 2024年3月工资表",
    ] {
        let found = read(&format!("{title}\n{lines}"));
        let report = &found.reports[0];
        assert_eq!((report.kept, report.projects.as_slice()), (1, &["测试县安置房一期".to_owned()][..]), "{title}: {:?}", report.rejects);
        assert_eq!(report.months[0].to_string(), "2024-03", "{title}");
    }
}

#[test]
fn a_month_mentioned_in_a_sentence_is_not_that_of_the_table() {
    let lines = "班组名称,姓名,身份证号,应发工资,实发工资\n一班,测试工人一,999999199001010016,100,100\n";
    for title in ["根据2023年12月签订的承包合同", "2024年5月补发"] {
        let found = read_named("99999920240101001_2024-03.csv", &format!("{title}\n{lines}"));
        assert_eq!(found.reports[0].months.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2024-03"], "{title}");
    }
}

#[test]
fn numbers_in_the_wrong_column_are_hidden() {
    let row = "99999920240101001,一班,999999199001010016,测试工人一,999999199001010016,100,100,";
    let found = read(&format!("{WAGES}\n{row}\n"));
    let reject = &found.reports[0].rejects[0];
    assert!(!format!("{reject:?}").contains("19900101"), "{reject:?}");
    assert!(reject.value.contains('*') && reject.reason.contains('*'), "{reject:?}");
}

/// A matrix of ten days with the footer below it.
fn matrix(mark: &str, footer: &str) -> ReadFile {
    let days = (1..=10).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    let row = |name: &str, id: &str| format!("{name},{id}{}", format!(",{mark}").repeat(10));
    let rows = [row("测试工人一", "999999199001010016"), row("测试工人二", "999999198802290025")];
    read_named("99999920240101001.csv", &format!("2024年3月考勤表\n姓名,身份证号,{days}\n{}\n{footer}\n", rows.join("\n")))
}

#[test]
fn a_legend_with_blanks_says_what_each_sign_means() {
    for footer in [
        "图例：√出勤 ×缺勤",
        "图例：√出勤 ×缺勤 ○休息",
        "图例：出勤√ 休息× 加班△",
        "图例,√ 出勤,× 缺勤",
        "备注：1、“√”表示出勤；2、“○”表示休息；3、“△”表示半天。",
    ] {
        let found = matrix("√", footer);
        assert_eq!(counts(&found.reports[0]).0, 2, "{footer}: {:?}", found.reports[0]);
        let model::Body::Attendance(lines) = &found.sheets[0].body else { panic!() };
        assert!(lines.iter().all(|line| line.whole_days.count_ones() == 10), "{footer}: {lines:?}");
    }
}

#[test]
fn page_headings_and_head_counts_do_not_turn_days_into_hours() {
    let days = (1..=10).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    let footer = format!("姓名,身份证号,{days}\n测试工人三,999999198512311115{}\n,当日出勤人数{}", ",1".repeat(10), ",35".repeat(10));
    let found = matrix("1", &footer);
    let model::Body::Attendance(lines) = &found.sheets[0].body else { panic!() };
    assert!(lines.iter().all(|line| line.whole_days.count_ones() == 10 && !line.hours.is_given()), "{lines:?}");
}

#[test]
fn a_count_beside_the_word_of_a_total_is_nobody() {
    let row = wage("测试工人一", "999999199001010016", "100");
    for total in
        ["合计,,,3人,,100,100,", "小计,,,2人,,100,100,", "合计,,,3,,100,100,", "本页小计,,,人数：3,,100,100,", "合计,,,三人,,100,100,"]
    {
        let found = read(&format!("{WAGES}\n{row}\n{total}\n"));
        assert_eq!((counts(&found.reports[0]), found.reports[0].other_kinds["total"]), ((1, 0, 2), 1), "{total}");
    }
}

#[test]
fn labels_right_above_the_heading_are_no_part_of_it() {
    let heading = "姓名,身份证号,应发工资,实发工资\n测试工人一,999999199001010016,100,100\n";
    let text = format!("2024年3月工资表\n项目名称：,测试县安置房一期,班组：,钢筋班组\n{heading}");
    let found = read(&text);
    assert_eq!((counts(&found.reports[0]).0, found.reports[0].projects.as_slice()), (1, &["测试县安置房一期".to_owned()][..]));
    assert_eq!(found.sheets[0].part, "|钢筋班组");
}

#[test]
fn the_date_of_filling_in_is_not_the_month_of_the_wages() {
    let lines = "班组名称,姓名,身份证号,应发工资,实发工资\n一班,测试工人一,999999199001010016,100,100\n";
    for label in ["填表日期：,2024年4月", "打印日期,2024年4月", "开工日期：,2024年4月", "施工许可证号,999999202401010101"]
    {
        let found = read_named("99999920240101001_工资表_2024-03.csv", &format!("{label}\n{lines}"));
        let report = &found.reports[0];
        assert_eq!((report.kept, report.projects.as_slice()), (1, &["99999920240101001".to_owned()][..]), "{label}: {:?}", report.rejects);
        assert_eq!(report.months[0].to_string(), "2024-03", "{label}");
    }
}

#[test]
fn amounts_without_sign_are_told_apart_by_the_balance_or_refused() {
    let statement = |rows: &str| read(&format!("交易时间,本方账号,对方户名,摘要,发生额/元,余额/元\n{rows}"));
    let row = |day: u32, text: &str, amount: u32, balance: u32| {
        format!("2024-03-{day:02} 09:00:00,999999000001,测试公司,{text},{amount},{balance}\n")
    };
    let found = statement(&(row(1, "人工费", 5000, 5000) + &row(2, "代发工资", 3000, 2000) + &row(3, "结息", 10, 2010)));
    let model::Body::Ledger(lines) = &found.sheets[0].body else { panic!() };
    let sides: Vec<(i64, i64)> = lines.iter().map(|line| (line.credit.0 / 100, line.debit.0 / 100)).collect();
    assert_eq!(sides, [(5000, 0), (0, 3000), (10, 0)]);
    let refused = statement(&(row(1, "人工费", 5000, 5000) + &row(2, "代发工资", 3000, 9999)));
    assert_eq!(counts(&refused.reports[0]).0, 0, "{:?}", refused.reports[0]);
}

#[test]
fn sums_of_a_statement_are_no_entries() {
    let found = read(
        "交易日期,本方账号,对方户名,摘要,收入金额,支出金额,余额\n\
         2024-03-30,999999000001,,上期结转,,,100.00\n\
         2024-03-31,999999000001,测试公司,人工费,500.00,,600.00\n\
         2024-03-31,999999000001,,本日合计,500.00,0.00,600.00\n",
    );
    assert_eq!(counts(&found.reports[0]), (1, 0, 3), "{:?}", found.reports[0].rejects);
}

#[test]
fn a_period_within_a_month_and_the_word_of_paying_name_the_month() {
    let lines = "班组名称,姓名,身份证号,应发工资,实发工资\n一班,测试工人一,999999199001010016,100,100\n";
    for title in
        ["2024年3月1日至2024年3月31日工资表", "农民工工资支付明细（2024年3月）", "工资发放花名册2024年3月", "2024年3月工资发放汇总表"]
    {
        let found = read_named("99999920240101001.csv", &format!("{title}\n{lines}"));
        assert_eq!(
            found.reports[0].months.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2024-03"],
            "{title}: {:?}",
            found.reports[0].rejects
        );
    }
}

#[test]
fn dates_merged_over_the_days_of_a_matrix_hide_nobody() {
    let days = (1..=31).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    let text = format!(
        "2024年3月考勤表\n姓名,身份证号{},出勤天数\n,,{days},\n测试工人一,999999199001010016{},31\n",
        ",日期".repeat(31),
        ",√".repeat(31)
    );
    let found = read_named("99999920240101001.csv", &text);
    assert_eq!((found.reports[0].dataset, counts(&found.reports[0]).0), (Some(model::Dataset::Attendance), 1), "{:?}", found.reports[0]);
}

#[test]
fn a_guarantee_may_be_given_by_its_length() {
    use chrono::NaiveDate;
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    let span = crate::cell::date::span;
    assert_eq!(span("自2024年1月1日起18个月"), Some((day(2024, 1, 1), day(2025, 6, 30))));
    assert_eq!(span("自2024年1月1日起至2025年6月30日止"), Some((day(2024, 1, 1), day(2025, 6, 30))));
}

#[test]
fn a_matrix_over_two_months_is_refused() {
    let days: Vec<String> = (26..=31).chain(1..=25).map(|day: u32| day.to_string()).collect();
    let text = format!("2024年3月考勤表\n姓名,身份证号,{}\n测试工人一,999999199001010016{}\n", days.join(","), ",√".repeat(31));
    let found = read_named("99999920240101001.csv", &text);
    assert_eq!(counts(&found.reports[0]), (0, 1, 2), "{:?}", found.reports[0]);
    assert!(found.reports[0].rejects[0].reason.contains("跨了两个月"));
}
