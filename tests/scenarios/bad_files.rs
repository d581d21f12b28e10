//! Files as they should not be: one clear message each, nothing lost, the rest goes on.

use std::path::Path;

use serde_json::Value;

use crate::support::{Answer, County, Database, Sheet, account, id_number, project, sheet};

const CODE: &str = "99999920240101001";

fn with_project() -> County {
    let county = County::new(Database::Sqlite);
    county.import(&[&project(CODE, "测试县安置房一期").write_csv(&county.desk(), "项目.csv")]);
    county
}

fn roster(rows: &[String]) -> Sheet {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    sheet("项目编码,企业名称,班组名称,工人姓名,证件号码,工种,工资卡号,进场时间", &rows)
}

fn worker(sequence: u32, name: &str) -> String {
    format!("{CODE},测试劳务有限公司,钢筋班组,{name},{},钢筋工,9999990000000000022,2024-03-01", id_number(sequence))
}

fn payroll(month: &str, rows: &[String]) -> Sheet {
    let rows: Vec<String> =
        rows.iter().map(|row| format!("{CODE},测试县安置房一期,测试劳务有限公司,钢筋班组,{month},2024-04-05,{row}")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    sheet(
        "项目编码,项目名称,分包单位,班组名称,工资所属月份,上传日期,姓名,身份证号,工种,计量方式,出勤天数,日工资,应发工资,实发工资,工资卡号,工人签字",
        &rows,
    )
}

fn wage(sequence: u32, name: &str, net: &str) -> String {
    format!("{name},{},钢筋工,计日,20,300.00,{net},{net},9999990000000000022,是", id_number(sequence))
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// The single rejected row of an import, with a reason and a remedy in Chinese.
#[track_caller]
fn only_reject(answer: Answer) -> Value {
    let answer = answer.ended(3);
    let rejects: Vec<Value> = answer.json().iter().flat_map(|line| line["rejects"].as_array().cloned().unwrap_or_default()).collect();
    assert_eq!(rejects.len(), 1, "{}", answer.said());
    for key in ["reason", "mend"] {
        assert!(rejects[0][key].as_str().is_some_and(is_chinese), "{key}: {}", rejects[0]);
    }
    rejects[0].clone()
}

/// Imports one bad file together with a good one: the good one gets in.
#[track_caller]
fn unreadable_beside_good(name: &str, bytes: &[u8]) -> String {
    let county = with_project();
    let desk = county.desk();
    let bad = desk.join(name);
    std::fs::write(&bad, bytes).unwrap();
    let good = roster(&[worker(7, "测试工人一")]).write_csv(&desk, "花名册.csv");
    let answer = county.import_answer(&[&bad, &good]).ended(3);
    let lines = answer.json();
    let error = lines.iter().find(|line| line["file"].as_str().is_some_and(|file| file.ends_with(name)) && line["error"].is_object());
    let error = error.unwrap_or_else(|| panic!("{name} is not named as unreadable: {}", answer.said()))["error"].clone();
    assert!(error["what"].as_str().is_some_and(is_chinese) && error["mend"].as_str().is_some_and(is_chinese), "{error}");
    assert!(lines.iter().any(|line| line["dataset"] == "roster" && line["kept"] == 1), "the good file got in: {}", answer.said());
    county.import_answer(&[&bad]).ended(1);
    error.to_string()
}

#[test]
fn a_file_of_random_bytes_is_named_and_the_rest_goes_on() {
    let bytes: Vec<u8> = (0..4000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    unreadable_beside_good("坏文件.csv", &bytes);
}

#[test]
fn a_workbook_cut_short_is_named_and_the_rest_goes_on() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write(0, 0, "项目编码").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    unreadable_beside_good("截断.xlsx", &bytes[..bytes.len() / 2]);
}

#[test]
fn a_picture_called_a_workbook_is_named_and_the_rest_goes_on() {
    unreadable_beside_good("照片.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0");
}

#[test]
fn a_table_nobody_knows_is_named_and_the_rest_goes_on() {
    unreadable_beside_good("食堂菜单.csv", "日期,早餐,午餐\n2024-03-01,馒头,面条\n".as_bytes());
}

#[test]
fn an_empty_file_is_named_and_the_rest_goes_on() {
    unreadable_beside_good("空.csv", b"");
}

#[test]
fn a_missing_required_column_is_named() {
    let county = with_project();
    for head in ["实发工资", "应发工资", "姓名"] {
        let table = payroll("2024-03", &[wage(7, "测试工人一", "6000.00")]).without(head);
        let answer = county.import_answer(&[&table.write_csv(&county.desk(), "工资表.csv")]);
        assert!(matches!(answer.status, Some(1 | 3)), "{}", answer.said());
        answer.says(&[head]);
    }
}

#[test]
fn an_identity_stored_as_a_number_is_damaged_and_rejected() {
    let county = with_project();
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let table = roster(&[worker(7, "测试工人一")]);
    for (at, head) in table.heads.iter().enumerate() {
        let at = u16::try_from(at).unwrap();
        page.write(0, at, head).unwrap();
        if head == "证件号码" {
            page.write_number(1, at, 999_999_199_001_010_016.0).unwrap();
        } else {
            page.write(1, at, &table.rows[0][usize::from(at)]).unwrap();
        }
    }
    let path = county.desk().join("花名册.xlsx");
    book.save(&path).unwrap();
    let reject = only_reject(county.import_answer(&[&path]));
    assert!(reject["column"].as_str().unwrap().contains("证件号码"), "{reject}");
    assert!(reject["mend"].as_str().unwrap().contains("文本"), "{reject}");
}

#[test]
fn a_bad_amount_and_an_impossible_date_are_rejected_with_their_column() {
    for (head, value) in [("应发工资", "五千"), ("实发工资", "5.00O.00"), ("出勤天数", "二十")] {
        let county = with_project();
        let table = payroll("2024-03", &[wage(7, "测试工人一", "6000.00"), wage(8, "测试工人二", "6000.00")]).with(1, head, value);
        let answer = county.import_answer(&[&table.write_csv(&county.desk(), "工资表.csv")]);
        let reject = only_reject(answer);
        assert!(reject["column"].as_str().unwrap().contains(head), "{reject}");
        assert_eq!(reject["row"], 3, "{reject}");
    }
    let county = with_project();
    let table = roster(&[worker(7, "测试工人一")]).with(0, "进场时间", "2024-02-30");
    assert_eq!(only_reject(county.import_answer(&[&table.write_csv(&county.desk(), "花名册.csv")]))["column"], "进场时间");
}

#[test]
fn a_wrong_check_digit_is_kept_for_the_rule_on_identities_and_shown_masked() {
    let county = with_project();
    let table = payroll("2024-03", &[wage(7, "测试工人一", "6000.00")]).with(0, "身份证号", "999999199001010017");
    let answer = county.import_answer(&[&table.write_csv(&county.desk(), "工资表.csv")]);
    assert!(!answer.said().contains("999999199001010017"), "{}", answer.said());
    let line = answer.json().remove(0);
    assert_eq!(line["kept"].as_u64().unwrap() + line["rejected"].as_u64().unwrap(), 1, "{line}");
}

#[test]
fn a_bank_word_nobody_knows_is_shown_and_never_counts_as_paid() {
    let county = with_project();
    let desk = county.desk();
    let table = sheet(
        "代发批次号,付款账号,付款户名,工资所属月份,收款人姓名,收款账号,证件号码,金额,交易日期,处理结果",
        &[&format!(
            "DF1,9999990000000000014,测试建筑有限公司,2024-03,测试工人一,9999990000000000022,{},6000.00,2024-04-15,部分成功",
            id_number(7)
        )],
    );
    county.import(&[
        &account(CODE, "2024-02-05").write_csv(&desk, "专户.csv"),
        &payroll("2024-03", &[wage(7, "测试工人一", "6000.00")]).write_csv(&desk, "工资表.csv"),
    ]);
    let answer = county.import_answer(&[&table.write_csv(&desk, "代发.csv")]);
    assert!(matches!(answer.status, Some(0 | 3)), "{}", answer.said());
    let findings = county.check("2024-06-30");
    let judged: Vec<&Value> = findings.iter().filter(|f| f["rule"] == "payroll.bank_mismatch").collect();
    assert!(!judged.is_empty() && judged.iter().all(|f| f["outcome"] == "unknown"), "{judged:?}");
    assert!(judged.iter().any(|f| f["reason"] == "unknown_bank_word"), "{judged:?}");
}

#[test]
fn a_sheet_of_an_unknown_project_waits_and_is_placed_when_the_project_comes() {
    let county = County::new(Database::Sqlite);
    let desk = county.desk();
    let answer = county.import_answer(&[&roster(&[worker(7, "测试工人一")]).write_csv(&desk, "花名册.csv")]);
    assert!(matches!(answer.status, Some(0 | 3)), "{}", answer.said());
    assert!(county.check("2024-06-30").is_empty());
    let said = county.anxin(&["import", desk.to_str().unwrap()]).said();
    assert!(said.contains(CODE), "what waits is named: {said}");
    county.import(&[&project(CODE, "测试县安置房一期").write_csv(&desk, "项目.csv")]);
    let findings = county.check("2024-06-30");
    let roster = findings.iter().filter(|f| f["rule"] == "realname.record_incomplete").collect::<Vec<_>>();
    let missing = |f: &&Value| f["missing"].as_array().is_some_and(|list| list.iter().any(|m| m == "roster"));
    assert!(!roster.is_empty() && !roster.iter().any(missing), "{roster:?}");
}

#[test]
fn a_person_twice_in_one_sheet_is_told_and_counted_once() {
    let county = with_project();
    let table = payroll("2024-03", &[wage(7, "测试工人一", "6000.00"), wage(7, "测试工人一", "6000.00")]);
    let answer = county.import_answer(&[&table.write_csv(&county.desk(), "工资表.csv")]);
    let line = answer.json().remove(0);
    assert_eq!(line["kept"].as_u64().unwrap() + line["rejected"].as_u64().unwrap(), 2, "{line}");
}

#[test]
fn a_date_in_the_future_is_taken_as_not_having_happened() {
    let county = with_project();
    county.import(&[&account(CODE, "2025-03-01").write_csv(&county.desk(), "专户.csv")]);
    let findings = county.check("2024-06-30");
    let opened = findings.iter().find(|f| f["rule"] == "account.not_opened").expect("judged");
    assert_ne!(opened["outcome"], "clear", "{opened}");
}

#[test]
fn the_later_of_two_files_for_the_same_sheet_counts_and_both_are_kept() {
    let county = County::new(Database::Sqlite);
    county.at("2024-03-01T09:00:00+08:00");
    let desk = county.desk();
    county.import(&[&project(CODE, "测试县安置房一期").write_csv(&desk, "项目.csv")]);
    let first = payroll("2024-03", &[wage(7, "测试工人一", "6000.00")]).with(0, "出勤天数", "").with(0, "日工资", "");
    let first = first.write_csv(&desk, "工资表一.csv");
    let second = payroll("2024-03", &[wage(7, "测试工人一", "6000.00"), wage(8, "测试工人二", "5000.00")]).write_csv(&desk, "工资表二.csv");
    county.at("2024-04-10T09:00:00+08:00");
    county.import(&[&first]);
    county.at("2024-04-20T09:00:00+08:00");
    county.import(&[&second]);
    let check =
        |known: &str| county.anxin(&["--format", "json", "check", "--all", "--as-of", "2024-06-30", "--known-at", known]).done().out;
    // Without days the payroll has no working time; the second file mends it.
    let (past, later) = (check("2024-04-15T00:00:00+08:00"), check("2024-04-25T00:00:00+08:00"));
    let breach = r#""outcome":"breach""#;
    assert!(past.contains(breach) && !later.contains(breach), "{past}\n{later}");
    // The first file once more is old news: the second one stays in force.
    let before = check("2024-06-01T00:00:00+08:00");
    county.at("2024-05-20T09:00:00+08:00");
    county.import(&[&first]);
    assert_eq!(check("2024-06-01T00:00:00+08:00"), before);
}

#[test]
fn a_folder_with_good_and_bad_files_is_imported_as_far_as_possible() {
    let county = County::new(Database::Sqlite);
    let desk = county.desk();
    project(CODE, "测试县安置房一期").write_csv(&desk, "项目.csv");
    roster(&[worker(7, "测试工人一"), worker(8, "测试工人二")]).with(1, "进场时间", "2024-02-30").write_csv(&desk, "花名册.csv");
    std::fs::write(desk.join("空.csv"), "").unwrap();
    let lines = county.import_answer(&[Path::new(&desk)]).ended(3).json();
    let kept: u64 = lines.iter().filter_map(|line| line["kept"].as_u64()).sum();
    assert_eq!(kept, 2, "{lines:?}");
    assert!(county.check("2024-06-30").iter().any(|f| f["project"] == CODE));
}
