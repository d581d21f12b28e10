//! Each known mistake of a configuration is a file; each is told in Chinese with file, key and what to write instead.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Answer, County, Database, binary, repository};

fn check(config: &std::path::Path) -> Answer {
    Answer::of(Command::new(binary()).arg("--config").arg(config).args(["config", "check"]).output().expect("the binary starts"))
}

/// Beside each `NAME.toml` stands `NAME.says`: one part of the message a line.
fn fixtures() -> Vec<PathBuf> {
    let dir = repository().join("tests/fixtures/config/bad");
    let mut found: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    found.sort();
    found
}

#[test]
fn the_example_configuration_is_good() {
    check(&repository().join("config/anxin.toml")).done();
}

#[test]
fn each_known_mistake_is_told_with_file_key_and_remedy() {
    let county = County::new(Database::Sqlite);
    let fixtures = fixtures();
    assert!(fixtures.len() >= 8, "{fixtures:?}");
    for fixture in fixtures {
        std::fs::copy(&fixture, county.config_file()).unwrap();
        let says = std::fs::read_to_string(fixture.with_extension("says")).unwrap();
        let parts: Vec<&str> = says.lines().filter(|line| !line.is_empty()).collect();
        let answer = check(&county.config_file());
        assert_eq!(answer.status, Some(2), "{}: {}", fixture.display(), answer.said());
        assert!(answer.err.contains("anxin.toml"), "{}: names no file: {}", fixture.display(), answer.err);
        for part in parts {
            assert!(answer.err.contains(part), "{}: `{part}` is not said in:\n{}", fixture.display(), answer.err);
        }
    }
}

#[test]
fn mistakes_in_thresholds_and_calendars_are_told_too() {
    for (file, broken) in [
        ("rules/account.toml", "[[parameter]]\nname = \"account.nonsense\"\nunit = \"parsecs\"\n"),
        ("calendar/2024.toml", "year = 2024\nsource = \"x\"\nspring_festival = 2023-02-10\n"),
    ] {
        let county = County::new(Database::Sqlite);
        std::fs::write(county.config_dir().join(file), broken).unwrap();
        let answer = county.anxin(&["check"]).ended(2);
        let name = file.rsplit('/').next().unwrap();
        assert!(answer.err.contains(name), "{name} is not named: {}", answer.err);
    }
}

#[test]
fn mistakes_in_saved_mappings_are_told_with_line_and_what_may_be_written() {
    for (mapping, says) in [
        ("[table.payroll.columns]\n\"实付\" = \"实发\"\n", ["folder.toml 第 2 行 `实付`", "没有叫“实发”的标准列", "实发工资"]),
        ("encodnig = \"gb18030\"\n", ["folder.toml 第 1 行第 1 列 `encodnig`", "不认识的键", "encoding"]),
        ("encoding = \"gbk\"\n", ["folder.toml 第 1 行第 12 列 `encoding`", "取值 `gbk`", "gb18030"]),
        ("[table.wages]\n", ["folder.toml", "wages", "payroll"]),
        ("[table.payroll]\nmonth_from = \"右边\"\n", ["folder.toml 第 2 行第 14 列 `month_from`", "右边", "标题行"]),
    ] {
        let county = County::new(Database::Sqlite);
        std::fs::create_dir(county.config_dir().join("mappings")).unwrap();
        std::fs::write(county.config_dir().join("mappings/folder.toml"), mapping).unwrap();
        let answer = check(&county.config_file());
        assert_eq!(answer.status, Some(2), "{mapping}: {}", answer.said());
        for part in says {
            assert!(answer.err.contains(part), "`{part}` is not said in:\n{}", answer.err);
        }
    }
}

#[test]
fn no_command_starts_with_a_broken_configuration() {
    let county = County::new(Database::Sqlite);
    county.configure(|config| {
        config.insert("mial".to_owned(), toml::Table::new().into());
    });
    for words in [&["once"][..], &["run"], &["check"], &["doctor"], &["import", "."]] {
        county.anxin(words).ended(2).says(&["mial"]);
    }
    assert!(!county.data_dir().exists(), "nothing is made before the configuration is read");
}

#[test]
fn wrong_usage_is_told_in_chinese() {
    let county = County::new(Database::Sqlite);
    for words in
        [&["chekc"][..], &["check", "--as-of", "gestern"], &["import"], &["--format", "yaml", "check"], &["import", "/does/not/exist"]]
    {
        let answer = county.anxin(words).ended(2);
        assert!(answer.err.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{words:?}: {}", answer.err);
    }
}

#[test]
fn the_clock_can_only_be_set_where_the_configuration_allows_it() {
    let county = County::new(Database::Sqlite);
    county.configure(|config| {
        config["clock"].as_table_mut().unwrap().insert("simulated".to_owned(), false.into());
    });
    county.anxin(&["check"]).ended(2).says(&["simulated"]);
}
