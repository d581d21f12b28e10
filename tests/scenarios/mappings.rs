//! What was settled for a source is saved, comes first the next time, and mends what was read before.

use serde_json::Value;

use crate::support::{Answer, County, Database, id_number, project};

const CODE: &str = "99999920240101001";

/// A payroll with two columns that both look like the sum paid.
fn import(county: &County, more: &[&str]) -> Answer {
    let path = county.desk().join("工资.csv");
    let id = id_number(1);
    let text = format!("项目编码,工资所属月份,姓名,身份证号,应发工资,实发金额,实付金额\n{CODE},2024-03,测试工人一,{id},100,90,80\n");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    county.anxin(&[&["--format", "json", "import", &path, "--source", "甲"], more].concat())
}

fn only(answer: &Answer) -> Value {
    let lines = answer.json();
    assert_eq!(lines.len(), 1, "{}", answer.said());
    lines[0].clone()
}

#[test]
fn the_line_the_report_asks_for_settles_the_question_and_the_file_is_read_again() {
    let county = County::new(Database::Sqlite);
    county.import(&[&project(CODE, "测试县安置房一期").write_csv(&county.desk(), "项目.csv")]);
    let asked = only(&import(&county, &["--save-mapping"]).ended(3));
    let mend = asked["rejects"][0]["mend"].as_str().unwrap();
    let line = "\"实付金额\" = \"实发工资\"";
    assert!(mend.contains("mappings/甲.toml 的 [table.payroll.columns]") && mend.contains(line), "{mend}");
    let file = county.config_dir().join("mappings/甲.toml");
    let saved = std::fs::read_to_string(&file).unwrap();
    let heading = "[table.payroll.columns]    # 表头 = 标准列\n";
    assert!(saved.contains(heading), "{saved}");
    std::fs::write(&file, saved.replace(heading, &format!("{heading}{line}\n"))).unwrap();
    let read = only(&import(&county, &[]).done());
    assert_eq!((read["unchanged"].as_bool(), read["mapping"]["实发工资"].as_str()), (Some(false), Some("实付金额")));
    assert!(read["notes"].as_array().unwrap().iter().any(|note| note["what"].as_str().unwrap().contains("按已保存的对应关系")), "{read}");
    let again = only(&import(&county, &["--save-mapping"]).done());
    assert_eq!(again["unchanged"], true);
    assert_eq!(only(&import(&county, &[]).done())["kept"], 1);
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.lines().any(|l| l == line), "saving again keeps what was settled: {kept}");
}

#[test]
fn a_broken_mapping_stops_the_import_and_a_source_that_is_no_file_name_is_refused() {
    let county = County::new(Database::Sqlite);
    std::fs::create_dir(county.config_dir().join("mappings")).unwrap();
    std::fs::write(county.config_dir().join("mappings/甲.toml"), "[table.payroll.columns]\n\"实付\" = \"实发\"\n").unwrap();
    import(&county, &[]).ended(2).says(&["甲.toml 第 2 行 `实付`", "实发工资"]);
    std::fs::remove_file(county.config_dir().join("mappings/甲.toml")).unwrap();
    let path = county.desk().join("工资.csv").display().to_string();
    county.anxin(&["import", &path, "--source", "县/甲", "--save-mapping"]).ended(2).says(&["县/甲", "--source"]);
}
