//! Tables stacked in one worksheet, each as a text: what stands under another title is rejected, what only turns the page is kept.

use crate::fixtures::{lines, read_bytes};
use crate::reader::ReadFile;
use crate::understanding::{counts, read, read_named};

const HEADINGS: &str = "序号,姓名,身份证号,应发工资,实发工资";
const ONE: &str = "1,测试工人一,999999199001010016,100,100";
const TWO: &str = "2,测试工人二,999999198802290025,200,200";
const THREE: &str = "3,测试工人三,999999198512311115,300,300";
const MARCH: &str = "测试县安置房一期2024年3月农民工工资支付表";

fn payroll(rows: &[&str]) -> ReadFile {
    read(&(rows.join("\n") + "\n"))
}

/// Under `first` a row, then `between` and two rows: how many of the three are kept and rejected.
fn stacked(first: &[&str], between: &[&str]) -> (u32, u32) {
    let found = payroll(&[first, &[HEADINGS, ONE], between, &[TWO, THREE]].concat());
    let (kept, rejected, _) = counts(&found.reports[0]);
    (kept, rejected)
}

fn is_refused(first: &[&str], between: &[&str]) {
    assert_eq!(stacked(first, between), (1, 2), "{first:?} {between:?}");
}

fn is_kept(first: &[&str], between: &[&str]) {
    assert_eq!(stacked(first, between), (3, 0), "{first:?} {between:?}");
}

#[test]
fn rows_under_the_title_of_another_month_are_rejected_and_both_titles_are_named() {
    let april = "测试县安置房一期2024年4月农民工工资支付表";
    let found = payroll(&[MARCH, HEADINGS, ONE, "合计,,,100,100", april, HEADINGS, TWO, THREE, "合计,,,500,500"]);
    let report = &found.reports[0];
    assert_eq!(counts(report), (1, 2, 6), "{:?}", report.rejects);
    let reject = &report.rejects[0];
    assert_eq!((reject.row, reject.column.as_str(), reject.value.as_str()), (7, "工资所属月份", "2024年4月"));
    for part in [MARCH, april, "第 5 行", "2024年3月", "2024年4月"] {
        assert!(reject.reason.contains(part), "{part}: {reject:?}");
    }
    assert!(reject.mend.contains("请把这张表放到另一张工作表，或另存为单独的文件"), "{reject:?}");
    assert_eq!(lines(&found.sheets).len(), 1);
    assert_eq!(found.sheets[0].head.rejected, 2, "the sheet is not complete");
    assert_eq!(found.sheets[0].head.stated.unwrap().net, Some(model::Fen(10_000)), "the total of the other table is not its own");
}

#[test]
fn months_are_told_apart_however_the_titles_write_them() {
    for (first, second) in [
        ("测试县安置房一期2024年3月工资表", "2024年4月工资表"),
        ("测试县安置房一期工程 2024年3月", "测试县安置房一期工程 2024年4月"),
        ("测试县安置房一期2024年3月工资表", "2024年4月"),
        ("测试县安置房一期2024年12月工资表", "测试县安置房一期2025年1月工资表（续）"),
    ] {
        is_refused(&[first], &[second, HEADINGS]);
        is_refused(&[first], &["", "制表人：测试甲", second, "单位：元", HEADINGS]);
    }
    is_refused(&[MARCH], &["4月份工资表", HEADINGS]);
    is_kept(&[MARCH], &["3月份工资表", HEADINGS]);
    is_refused(&["项目名称：测试县安置房一期", "工资月份：2024-03"], &["工资月份：2024-04", HEADINGS]);
}

#[test]
fn rows_of_another_project_employer_or_team_are_rejected() {
    is_refused(&[MARCH], &["测试县安置房二期2024年3月农民工工资支付表", HEADINGS]);
    is_refused(&[MARCH], &["测试县安置房一期二标段2024年3月农民工工资支付表", HEADINGS]);
    is_refused(&["测试县安置房（一期）2024年3月工资表"], &["测试县安置房（二期）2024年3月工资表", HEADINGS]);
    is_kept(&["测试县安置房（一期）2024年3月工资表"], &["测试县安置房(一期)2024年3月工资表（续）", HEADINGS]);
    is_refused(&["2024年3月工资表", "项目编码：99999920240101001"], &["项目编码：99999920240101002", HEADINGS]);
    is_refused(&["2024年3月工资表", "项目名称：测试县安置房一期"], &["项目名称：测试县安置房二期", HEADINGS]);
    is_refused(&["2024年3月工资表,,项目名称,测试县安置房一期"], &["2024年3月工资表,,项目名称,测试县安置房二期", HEADINGS]);
    is_refused(&[MARCH, "测试建筑有限公司"], &[MARCH, "测试劳务有限公司", HEADINGS]);
    is_refused(&[MARCH, "班组名称：钢筋班组"], &[MARCH, "班组名称：木工班组", HEADINGS]);
    is_refused(&[MARCH, "钢筋班组"], &[MARCH, "木工班组", HEADINGS]);
}

#[test]
fn teams_that_the_rows_name_themselves_are_in_no_conflict() {
    let found = payroll(&[
        MARCH,
        "班组名称：钢筋班组",
        "序号,班组名称,姓名,身份证号,应发工资,实发工资",
        "1,钢筋班组,测试工人一,999999199001010016,100,100",
        MARCH,
        "班组名称：木工班组",
        "序号,班组名称,姓名,身份证号,应发工资,实发工资",
        "2,木工班组,测试工人二,999999198802290025,200,200",
    ]);
    assert_eq!(counts(&found.reports[0]).0, 2, "{:?}", found.reports[0].rejects);
    assert_eq!(found.sheets.len(), 2);
}

#[test]
fn a_month_of_the_row_itself_counts_and_an_empty_one_is_not_filled_from_another_title() {
    let headings = "序号,月份,姓名,身份证号,应发工资,实发工资";
    let found = payroll(&[
        "测试县安置房一期工程 2024年3月",
        headings,
        "1,2024-03,测试工人一,999999199001010016,100,100",
        "测试县安置房一期工程 2024年4月",
        headings,
        "2,2024-04,测试工人二,999999198802290025,200,200",
        "3,,测试工人三,999999198512311115,300,300",
    ]);
    let report = &found.reports[0];
    assert_eq!((counts(report).0, report.rejects.len(), report.rejects[0].row), (2, 1, 7), "{:?}", report.rejects);
}

#[test]
fn a_title_on_every_page_and_a_continued_table_are_kept() {
    for between in [
        &[MARCH, HEADINGS][..],
        &["测试县安置房一期2024年3月农民工工资支付表（续）", HEADINGS],
        &["测试县安置房一期2024年3月农民工工资支付表（续表二）", HEADINGS],
        &["测试县安置房一期2024年3月农民工工资支付表 续表", HEADINGS],
        &["续表", HEADINGS],
        &["续表一：", HEADINGS],
        &["测试县安置房一期2024年3月农民工工资支付表 第2页 共3页", HEADINGS],
        &["测试县安置房一期2024年3月农民工工资支付表（第 2 页）", "第二页", HEADINGS],
        &["安置房一期项目部 2024年03月 工资表", HEADINGS],
        &[HEADINGS],
    ] {
        is_kept(&[MARCH], between);
    }
    is_kept(&[MARCH, "施工单位：测试劳务有限公司  班组：钢筋班组"], &[MARCH, "施工单位：测试劳务有限公司  班组：钢筋班组", HEADINGS]);
}

#[test]
fn totals_signatures_and_notes_between_pages_are_kept() {
    let first = [MARCH, "施工单位：测试劳务有限公司  班组：钢筋班组"];
    for between in [
        &["本页小计,,,100,100", MARCH, HEADINGS][..],
        &["钢筋班组小计,,,100,100", HEADINGS],
        &["木工班组小计,,,100,100", HEADINGS],
        &["制表人：测试甲,,审核：测试乙,,2024年4月5日", MARCH, HEADINGS],
        &["施工单位（盖章）：测试建筑有限公司,,班组长签字：测试丙", HEADINGS],
        &["注：本表一式两份，2024年4月5日公示", HEADINGS],
        &["以上工人工资已足额发放", "公示日期 2024年4月", HEADINGS],
        &["编制日期：2024年4月3日", "打印时间：2024年4月", HEADINGS],
        &["本项目工资由专户代发", "", HEADINGS],
    ] {
        is_kept(&first, between);
    }
}

#[test]
fn a_new_title_without_headings_below_it_counts_too() {
    is_refused(&[MARCH], &["测试县安置房一期2024年4月农民工工资支付表"]);
    is_kept(&[MARCH], &[MARCH]);
}

#[test]
fn a_title_in_the_column_of_the_names_is_no_data() {
    let text = "测试县安置房一期2024年3月工资表\n姓名,身份证号,应发工资,实发工资\n测试工人一,999999199001010016,100,100\n\
                测试县安置房一期2024年4月工资表\n姓名,身份证号,应发工资,实发工资\n测试工人二,999999198802290025,200,200\n";
    let found = read(text);
    assert_eq!(counts(&found.reports[0]), (1, 1, 4), "{:?}", found.reports[0]);
    let roster = "测试县安置房一期花名册\n姓名,身份证号,工种,进场时间\n测试工人一,999999199001010016,钢筋工,2024-03-01\n\
                  测试县安置房二期花名册\n姓名,身份证号,工种,进场时间\n测试工人二,999999198802290025,木工,2024-03-01\n";
    let found = read(roster);
    assert_eq!(counts(&found.reports[0]), (1, 1, 4), "{:?}", found.reports[0]);
}

#[test]
fn rows_are_kept_again_under_a_title_that_agrees_and_a_page_of_the_other_table_stays_out() {
    let april = "测试县安置房一期2024年4月农民工工资支付表";
    let found = payroll(&[
        MARCH,
        HEADINGS,
        ONE,
        april,
        HEADINGS,
        TWO,
        "续表",
        HEADINGS,
        "4,测试工人四,999999197506153144,1,1",
        MARCH,
        HEADINGS,
        THREE,
    ]);
    let report = &found.reports[0];
    assert_eq!((counts(report), report.rejects[0].row, report.rejects[1].row), ((2, 2, 8), 6, 9), "{:?}", report.rejects);
}

#[test]
fn a_title_against_the_name_of_the_file_counts_too() {
    let text = format!("{HEADINGS}\n{ONE}\n2024年4月工资表\n{HEADINGS}\n{TWO}\n");
    let found = read_named("测试县安置房一期_工资表_2024-03.csv", &text);
    assert_eq!(counts(&found.reports[0]), (1, 1, 3), "{:?}", found.reports[0].rejects);
}

#[test]
fn a_statement_of_another_account_is_rejected_and_neither_account_is_shown() {
    let headings = "交易日期,收入金额,支出金额,余额,对方户名";
    let found = read(&format!(
        "账号：999999000001\n{headings}\n2024-03-01,100,0,100,测试甲\n账号：999999000002\n{headings}\n2024-03-02,50,0,150,测试乙\n"
    ));
    let report = &found.reports[0];
    assert_eq!(counts(report), (1, 1, 4), "{:?}", report.rejects);
    assert!(!format!("{:?}", report.rejects).contains("999999000002"), "{:?}", report.rejects);
}

#[test]
fn punches_of_another_project_are_rejected_and_of_another_month_are_not() {
    let headings = "序号,姓名,身份证号,考勤时间";
    let punch = |day: &str| format!("1,测试工人一,999999199001010016,{day} 07:00:00\n1,测试工人一,999999199001010016,{day} 18:00:00\n");
    let text = |second: &str| {
        format!("测试县安置房一期考勤记录表\n{headings}\n{}{second}\n{headings}\n{}", punch("2024-03-01"), punch("2024-04-01"))
    };
    let rows = |second: &str| counts(&read_bytes("x.csv", text(second).as_bytes()).reports[0]);
    assert_eq!(rows("测试县安置房二期考勤记录表"), (2, 2, 4));
    assert_eq!(rows("测试县安置房一期考勤记录表"), (4, 0, 4));
    assert_eq!(rows("测试县安置房一期2024年4月考勤记录表"), (4, 0, 4));
}
