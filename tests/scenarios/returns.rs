//! What goes back to those who hand over data: blank workbooks, and their own tables with the faults shown.

use std::path::Path;

use crate::support::{County, Database, project, sheet};

const CODE: &str = "99999920240101001";

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A payroll with one row in order and one without an amount.
fn faulty(folder: &Path, name: &str) -> std::path::PathBuf {
    let rows = [
        format!("{CODE},测试劳务有限公司,一班,2024-03,测试工人一,999999199001010016,100,100"),
        format!("{CODE},测试劳务有限公司,一班,2024-03,测试工人二,999999198802290025,100,约一百"),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    sheet("项目编码,分包单位,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资", &rows).write_csv(folder, name)
}

#[test]
fn blank_workbooks_are_written_once_and_their_examples_are_no_data() {
    let county = County::new(Database::Sqlite);
    let dir = county.desk().join("模板");
    let place = dir.to_str().unwrap();
    county.anxin(&["templates", place]).done().says(&["工资表模板.xlsx", "填写说明"]);
    let written = names(&dir);
    assert_eq!(written.len(), 18, "{written:?}");
    county.anxin(&["templates", place]).ended(1).says(&["没有写出任何文件"]);
    assert_eq!(names(&dir), written);
    let answer = county.import_answer(&[&dir]).done();
    let tables: Vec<_> = answer.json().into_iter().filter(|line| !line["dataset"].is_null()).collect();
    assert!(tables.len() >= 34 && tables.iter().all(|line| line["kept"] == 0 && line["other_kinds"]["example"] == 1), "{tables:?}");
}

#[test]
fn return_sheets_are_written_where_asked_and_only_for_faulty_files() {
    let county = County::new(Database::Sqlite);
    let (desk, returns) = (county.desk(), county.desk().join("退回"));
    let good = project(CODE, "测试县安置房一期").write_csv(&desk, "项目.csv");
    let bad = faulty(&desk, "三月工资.csv");
    let (good, bad, place) = (good.to_str().unwrap(), bad.to_str().unwrap(), returns.to_str().unwrap());
    county.anxin(&["import", good, bad]).ended(3);
    assert!(names(&returns).is_empty());
    county.anxin(&["import", "--returns", place, good, bad]).ended(3).says(&["退回表：", "三月工资-退回.xlsx"]);
    assert_eq!(names(&returns), ["三月工资-退回.xlsx"]);
    county.anxin(&["import", "--returns", place, desk.to_str().unwrap()]).ended(2).says(&["请换一个目录"]);
}

#[test]
fn a_watched_folder_gives_back_what_came_new() {
    let county = County::new(Database::Sqlite);
    county.configure(|config| {
        let folder = config["folder"].as_array_mut().unwrap()[0].as_table_mut().unwrap();
        folder.insert("returns".to_owned(), "returns".into());
    });
    let (inbox, returns) = (county.data_dir().join("inbox"), county.data_dir().join("returns"));
    std::fs::create_dir_all(&inbox).unwrap();
    project(CODE, "测试县安置房一期").write_csv(&inbox, "项目.csv");
    faulty(&inbox, "三月工资.csv");
    let answer = county.anxin(&["once", "import"]);
    assert!(answer.said().contains("写出 1 份退回表"), "{}", answer.said());
    assert_eq!(names(&returns), ["三月工资-退回.xlsx"]);
    // Sent back and cleared away: it is not written again every round.
    std::fs::remove_file(returns.join("三月工资-退回.xlsx")).unwrap();
    county.anxin(&["once", "import"]);
    assert!(names(&returns).is_empty());
}
