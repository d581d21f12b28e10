//! A payroll without identity numbers: what fits several people waits for an officer, and the answer is remembered.

use serde_json::Value;

use crate::support::{County, Database, Sheet, id_number, project, sheet};

const CODE: &str = "99999920240101001";

fn roster() -> Sheet {
    let line = |sequence, name, team| format!("{CODE},测试劳务有限公司,{team},{name},{},钢筋工,,2024-03-01", id_number(sequence));
    let rows = [line(1, "测试工人一", "钢筋班组"), line(2, "测试工人一", "木工班组"), line(3, "测试工人三", "钢筋班组")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    sheet("项目编码,企业名称,班组名称,工人姓名,证件号码,工种,工资卡号,进场时间", &rows)
}

fn payroll(month: &str) -> Sheet {
    let line = |name| format!("{CODE},测试劳务有限公司,瓦工班组,{month},{name},5000.00,5000.00");
    let rows = [line("测试工人一"), line("测试工人三")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    sheet("项目编码,分包单位,班组名称,工资所属月份,姓名,应发工资,实发工资", &rows)
}

fn open_items(county: &County) -> Vec<Value> {
    county.anxin(&["--format", "json", "review"]).done().json()
}

fn asks_and_remembers(database: Database) {
    let county = County::new(database);
    let desk = county.desk();
    let write = |sheet: Sheet, name: &str| sheet.write_csv(&desk, name);
    county.import(&[
        &write(project(CODE, "测试县安置房一期"), "项目.csv"),
        &write(roster(), "花名册.csv"),
        &write(payroll("2024-03"), "工资.csv"),
    ]);

    let items = open_items(&county);
    assert_eq!(items.len(), 1, "the unique name is matched, the other is asked: {items:?}");
    let item = &items[0];
    assert_eq!((&item["name"], &item["team"], &item["lines"][0]["row"]), (&"测试工人一".into(), &"瓦工班组".into(), &2.into()));
    let candidates = item["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 2, "{item}");
    assert!(candidates.iter().all(|c| c["id"].as_str().unwrap().contains('*')), "numbers are masked: {item}");
    let listing = county.anxin(&["review"]).done();
    assert!(listing.out.contains("木工班组") && listing.out.contains("第 2 行"), "{}", listing.out);

    let code = item["item"].as_str().unwrap();
    let person = candidates.iter().find(|c| c["teams"][0] == "木工班组").unwrap()["person"].as_str().unwrap();
    let settle =
        |person: &str, officer: &str| county.anxin(&["review", code, "--as", person, "--officer", officer, "--reason", "现场核对"]);
    for (person, officer, says) in [(person, "C9", "C9"), ("ffffffff", "C1", person)] {
        let answer = settle(person, officer).ended(2);
        assert!(answer.err.contains(says), "{}", answer.err);
    }
    county.anxin(&["review", code, "--as", person]).ended(2);
    let said = settle(person, "C1").done();
    assert!(said.out.contains("已认定") && said.out.contains('*'), "{}", said.out);
    assert_eq!(open_items(&county), Vec::<Value>::new());
    settle(person, "C1").ended(2);

    county.import(&[&write(payroll("2024-04"), "四月.csv")]);
    assert_eq!(open_items(&county), Vec::<Value>::new(), "the next month is matched alike");
    let audit = county.anxin(&["--format", "json", "audit"]).done().out;
    assert!(audit.contains("person.identify") && audit.contains("现场核对"), "{audit}");
}

#[test]
fn a_name_of_two_people_is_settled_once_by_an_officer() {
    Database::BOTH.into_iter().for_each(asks_and_remembers);
}
