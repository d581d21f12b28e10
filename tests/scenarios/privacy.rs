//! ID and card numbers stay where officers need them.

use std::collections::BTreeSet;

use crate::support::{County, Database, id_number, project, sheet, synthetic};

/// Every run of at least 18 characters that could be an ID or card number of the synthetic county.
fn numbers(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != 'X' && c != 'x')
        .filter(|word| matches!(word.len(), 18 | 19) && word.starts_with("999999"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn logs_and_reports_show_no_id_or_card_number() {
    let made = synthetic(&["--files", "csv-utf8", "--workers", "12,20"]);
    let county = County::new(Database::Sqlite);
    county.deliver(&made.inbox);
    let known: BTreeSet<String> =
        made.files().iter().filter_map(|path| std::fs::read_to_string(path).ok()).flat_map(|text| numbers(&text)).collect();
    assert!(known.len() > 100, "the county has people");
    let mut said = String::new();
    for words in [
        &["-vv", "once"][..],
        &["check", "--all"],
        &["--format", "json", "check", "--all"],
        &["documents", "list"],
        &["outbox", "list"],
        &["audit"],
        &["doctor"],
    ] {
        said += &county.anxin(words).said();
    }
    said += &county.import_answer(&[&made.inbox]).said();
    // Accounts of firms are named in letters by their last four digits; in logs and findings neither whole.
    let shown: Vec<String> = numbers(&said).into_iter().filter(|number| known.contains(number)).collect();
    assert!(shown.is_empty(), "{shown:?}");
}

#[test]
fn rejected_rows_show_identities_masked() {
    let county = County::new(Database::Sqlite);
    let good = id_number(7);
    let wrong = format!("{}{}", &good[..17], if good.ends_with('1') { '2' } else { '1' });
    let desk = county.desk();
    project("99999920240101001", "测试县安置房一期").write_csv(&desk, "项目.csv");
    sheet(
        "项目编码,企业名称,班组名称,工人姓名,证件号码,工种,工资卡号,进场时间",
        &[&format!("99999920240101001,测试劳务有限公司,钢筋班组,测试工人一,{wrong},钢筋工,9999990000000000022,不知道")],
    )
    .write_csv(&desk, "花名册.csv");
    let answer = county.import_answer(&[&desk]).ended(3);
    for secret in [wrong.as_str(), good.as_str(), "9999990000000000022"] {
        assert!(!answer.said().contains(secret), "{secret} stands in {}", answer.said());
    }
}

#[test]
fn the_database_and_the_archive_hold_no_number_in_plain_text() {
    let made = synthetic(&["--files", "csv-utf8", "--workers", "12,20"]);
    let county = County::new(Database::Sqlite);
    county.deliver(&made.inbox);
    county.round();
    let roster: BTreeSet<String> =
        made.files().iter().filter_map(|path| std::fs::read_to_string(path).ok()).flat_map(|text| numbers(&text)).collect();
    let sample: Vec<&String> = roster.iter().filter(|number| number.len() == 18).step_by(25).collect();
    assert!(sample.len() > 5);
    let mut folders = vec![county.data_dir()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                // The inbox is a link to what was handed over, not ours.
                folders.extend((!path.is_symlink()).then_some(path));
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for number in &sample {
                let found = bytes.windows(number.len()).any(|window| window == number.as_bytes());
                assert!(!found, "{number} stands in {}", path.display());
            }
        }
    }
}

#[test]
fn the_data_key_is_private_and_shown_once() {
    use std::os::unix::fs::PermissionsExt;
    let county = County::new(Database::Sqlite);
    let first = county.anxin(&["check"]).done();
    let key = std::fs::metadata(county.data_dir().join("data.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    assert!(first.err.contains("密钥"), "{}", first.err);
    assert!(!county.anxin(&["check"]).done().err.contains("密钥"));
}
