//! Watched folders: files taken when they are complete, put aside with a report, and never twice.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Answer, County, Database, Sheet, binary, project, sheet};

const CODE: &str = "99999920240101001";

fn folder(county: &County, keys: &[(&str, toml::Value)]) -> PathBuf {
    county.configure(|config| {
        let folder = config["folder"].as_array_mut().unwrap()[0].as_table_mut().unwrap();
        for (key, value) in keys {
            folder.insert((*key).to_owned(), value.clone());
        }
    });
    let inbox = county.data_dir().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    inbox
}

fn payroll(net: &str) -> Sheet {
    let rows = [
        format!("{CODE},测试劳务有限公司,一班,2024-03,测试工人一,999999199001010016,100,100"),
        format!("{CODE},测试劳务有限公司,一班,2024-03,测试工人二,999999198802290025,100,{net}"),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    sheet("项目编码,分包单位,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资", &rows)
}

/// Files below a folder.
fn tree(dir: &Path) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    files.iter().map(|path| path.strip_prefix(dir).unwrap().display().to_string()).collect()
}

#[test]
fn files_go_to_done_or_rejected_and_a_mended_one_takes_the_place_of_the_first() {
    let county = County::new(Database::Sqlite);
    let inbox = folder(&county, &[("move", true.into())]);
    project(CODE, "测试县安置房一期").write_csv(&inbox, "项目.csv");
    payroll("约一百").write_csv(&inbox, "工资.csv");
    payroll("100").write_csv(&inbox, "四月工资.csv.part");
    county.anxin(&["once", "import"]).says(&["移到 done 1 个、rejected 1 个文件"]);
    let aside = ["done/项目.csv", "done/项目.csv.报告.txt", "rejected/工资.csv", "rejected/工资.csv.报告.txt", "四月工资.csv.part"];
    assert_eq!(tree(&inbox), aside);
    let told = std::fs::read_to_string(inbox.join("rejected/工资.csv.报告.txt")).unwrap();
    assert!(told.contains("第 3 行“实发工资”列") && told.contains("约一百") && told.contains("改法"), "{told}");
    assert!(!told.contains("999999198802290025"), "{told}");
    county.anxin(&["once", "import"]).says(&["导入：0 个文件"]);
    payroll("90").write_csv(&inbox, "工资.csv");
    county.anxin(&["once", "import"]).says(&["保留 2 行，退回 0 行"]);
    assert!(tree(&inbox).contains(&"done/工资.csv".to_owned()), "{:?}", tree(&inbox));
}

#[test]
fn without_move_files_stay_and_are_known_again() {
    let county = County::new(Database::Sqlite);
    let inbox = folder(&county, &[]);
    project(CODE, "测试县安置房一期").write_csv(&inbox, "项目.csv");
    for _ in 0..2 {
        county.anxin(&["once", "import"]).says(&["导入：1 个文件，保留 1 行，退回 0 行"]);
        assert_eq!(tree(&inbox), ["项目.csv"]);
    }
}

#[test]
fn a_file_that_was_just_written_is_waited_for() {
    let county = County::new(Database::Sqlite);
    county.configure(|config| {
        config["clock"].as_table_mut().unwrap().insert("simulated".to_owned(), false.into());
    });
    let inbox = folder(&county, &[("settle_s", 1.into()), ("move", true.into())]);
    project(CODE, "测试县安置房一期").write_csv(&inbox, "项目.csv");
    let mut command = Command::new(binary());
    command.arg("--config").arg(county.config_file()).arg("--data-dir").arg(county.data_dir()).args(["once", "import"]);
    Answer::of(command.output().unwrap()).says(&["导入：1 个文件", "done 1 个"]);
}

#[test]
fn hints_of_a_folder_refuse_other_tables_and_fill_the_region() {
    let county = County::new(Database::Sqlite);
    let inbox = folder(&county, &[("dataset", "project".into()), ("region", "测试县".into()), ("move", true.into())]);
    project(CODE, "测试县安置房一期").without("项目所在地").write_csv(&inbox, "项目.csv");
    payroll("100").write_csv(&inbox, "工资.csv");
    county.anxin(&["once", "import"]).says(&["保留 1 行，退回 2 行"]);
    let told = std::fs::read_to_string(inbox.join("rejected/工资.csv.报告.txt")).unwrap();
    assert!(told.contains("只收《项目清单》") && told.contains("《工资表》"), "{told}");
    let told = std::fs::read_to_string(inbox.join("done/项目.csv.报告.txt")).unwrap();
    assert!(told.contains("记为“测试县”"), "{told}");
}

#[test]
fn a_folder_that_cannot_be_cleared_is_told_and_the_import_goes_on() {
    let county = County::new(Database::Sqlite);
    let inbox = folder(&county, &[("move", true.into())]);
    project(CODE, "测试县安置房一期").write_csv(&inbox, "项目.csv");
    std::fs::write(inbox.join("done"), "这里已有一个文件").unwrap();
    std::os::unix::fs::symlink("/etc", inbox.join("别处")).unwrap();
    for _ in 0..2 {
        let said = county.anxin(&["once", "import"]).said();
        assert!(said.contains("保留 1 行") && said.contains("没有移走：") && said.contains("不是文件夹"), "{said}");
    }
    assert!(tree(&inbox).contains(&"项目.csv".to_owned()));
}
