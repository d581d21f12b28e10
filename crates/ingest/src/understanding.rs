//! Tables as counties write them, each as a text: what is kept, and what the sender is told.

use crate::fixtures::{lines, read_bytes};
use crate::reader::ReadFile;
use crate::report::SheetReport;

/// Reads a text table and checks that every row is counted once.
fn read(text: &str) -> ReadFile {
    read_named("x.csv", text)
}

fn read_named(name: &str, text: &str) -> ReadFile {
    let found = read_bytes(name, text.as_bytes());
    for report in &found.reports {
        assert_eq!(report.kept + report.rejected + report.other, report.rows, "{report:?}");
        assert_eq!(report.rows as usize, text.lines().count(), "{report:?}");
    }
    found
}

fn told(report: &SheetReport, words: &[&str]) -> bool {
    report.notes.iter().any(|note| words.iter().all(|word| note.what.contains(word) || note.value.contains(word)))
}

fn counts(report: &SheetReport) -> (u32, u32, u32) {
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
