//! The report on the quality of data, and the mail to whoever hands them over.

use serde_json::Value;

use crate::support::{County, Database, id_number, project, sheet};

const CODE: &str = "99999920240101001";

/// A roster of three, attendance of two in November, and one damaged number.
fn county(database: Database) -> County {
    let county = County::new(database);
    let desk = county.desk();
    let people: Vec<String> = (1..=3).map(|n| format!("{CODE},测试劳务有限公司,一班,测试工人{n},{},2024-03-01", id_number(n))).collect();
    let mut roster: Vec<&str> = people.iter().map(String::as_str).collect();
    let damaged = format!("{CODE},测试劳务有限公司,一班,测试工人四,9.99999E+17,2024-03-01");
    let twice = people[0].clone();
    roster.extend([damaged.as_str(), twice.as_str()]);
    let punches = [("07:30", "进"), ("18:00", "出")];
    let attended: Vec<String> = (1..=2)
        .flat_map(|n| {
            punches.map(|(time, way)| format!("{CODE},测试劳务有限公司,一班,测试工人{n},{},2024-11-29 {time},{way}", id_number(n)))
        })
        .collect();
    let attended: Vec<&str> = attended.iter().map(String::as_str).collect();
    let files = [
        project(CODE, "测试县安置房一期").write_csv(&desk, "项目.csv"),
        sheet("项目编码,分包单位,班组名称,姓名,身份证号,进场时间", &roster).write_csv(&desk, "花名册.csv"),
        sheet("项目编码,分包单位,班组名称,姓名,身份证号,考勤时间,进出方向", &attended).write_csv(&desk, "考勤.csv"),
    ];
    std::fs::write(desk.join("扫描 999999199001010016.csv"), "项目编码,姓名,身份证号,实发工资\n一,二,三,四\n").unwrap();
    county.import(&files.each_ref().map(std::path::PathBuf::as_path));
    county
}

fn lines(county: &County, kind: &str) -> Vec<Value> {
    let mut lines = county.anxin(&["--format", "json", "report", "quality"]).done().json();
    lines.retain(|line| line["kind"] == kind);
    lines
}

#[test]
fn the_report_counts_what_was_refused_and_how_late_data_are() {
    for database in Database::BOTH {
        let county = county(database);
        let source = &lines(&county, "source")[0];
        assert_eq!((&source["project"], &source["source"]), (&CODE.into(), &"folder".into()));
        assert_eq!((&source["rejected"], &source["damaged"], &source["duplicate"]), (&2.into(), &1.into(), &1.into()), "{source}");
        let attendance = lines(&county, "dataset").into_iter().find(|line| line["dataset"] == "attendance").unwrap();
        assert_eq!((&attendance["newest"], &attendance["due"]), (&"2024-11-29".into(), &"2024-12-06".into()), "{attendance}");
        assert_eq!((&attendance["days_late"], &attendance["received_on"]), (&14.into(), &"2024-12-20".into()), "{attendance}");
    }
}

#[test]
fn heads_are_those_of_the_rule_within_its_limit_too() {
    let county = county(Database::Sqlite);
    let desk = county.desk();
    let people: Vec<String> = (1..=2).map(|n| format!("{CODE},测试劳务有限公司,一班,测试工人{n},{},2024-03-01", id_number(n))).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let mended = sheet("项目编码,分包单位,班组名称,姓名,身份证号,进场时间", &people).write_csv(&desk, "花名册.csv");
    county.at("2024-12-20T10:00:00+08:00");
    county.import(&[&mended]);
    let line = &lines(&county, "project")[0];
    assert_eq!((&line["month"], &line["roster_heads"], &line["attended_heads"]), (&"2024-11".into(), &2.into(), &2.into()), "{line}");
    assert_eq!(lines(&county, "source")[0]["rejected"], 0, "what was mended is not open any more");
}

#[test]
fn it_is_a_table_and_a_workbook_and_shows_no_number() {
    let county = county(Database::Sqlite);
    let out = county.desk().join("质量.xlsx");
    let said = county.anxin(&["report", "quality", "--project", CODE]).done().says(&["退回的行", "数据新旧与证件号码"]).said();
    assert!(!said.contains(&id_number(1)), "{said}");
    county.anxin(&["--format", "xlsx", "report", "quality"]).ended(2).says(&["--out"]);
    county.anxin(&["--format", "xlsx", "report", "quality", "--out", out.to_str().unwrap()]).done();
    assert!(std::fs::read(out).unwrap().starts_with(b"PK"));
    county.anxin(&["--format", "xlsx", "check"]).ended(2).says(&["只用于 anxin report"]);
}

#[test]
fn a_file_of_which_nothing_was_kept_is_listed_until_it_comes_again() {
    let county = county(Database::Sqlite);
    let file = county.desk().join("扫描 999999199001010016.csv");
    county.import(&[&file]);
    let refused = &lines(&county, "file")[0];
    assert!(refused["file"].as_str().unwrap().starts_with("扫描") && !refused.to_string().contains("999999199001010016"), "{refused}");
    let row = format!("{CODE},测试工人一,{},100", id_number(1));
    std::fs::write(&file, format!("项目编码,姓名,身份证号,实发工资,工资所属月份\n{row},2024-11\n")).unwrap();
    county.import(&[&file]);
    assert!(lines(&county, "file").is_empty());
}

#[test]
fn the_owner_of_a_source_gets_one_mail_a_week() {
    let county = county(Database::Sqlite);
    county.configure(|config| {
        let owner: toml::Table = format!("source = 'folder'\nemail = 'owner-{}@county.example'", county.mark).parse().unwrap();
        config.insert("data_owner".to_owned(), toml::Value::Array(vec![owner.into()]));
    });
    let told = || county.outbox().iter().filter(|mail| mail["subject"].as_str().unwrap().contains("【数据质量】folder")).count();
    let mut seen = Vec::new();
    // Friday of the week that began without the program, the same day later, Saturday, the next Monday.
    for now in ["2024-12-20T09:00:00+08:00", "2024-12-20T12:00:00+08:00", "2024-12-21T06:30:00+08:00", "2024-12-23T06:30:00+08:00"] {
        county.at(now);
        county.anxin(&["once", "letters"]).done();
        seen.push(told());
    }
    assert_eq!(seen, [1, 1, 1, 2]);
}
