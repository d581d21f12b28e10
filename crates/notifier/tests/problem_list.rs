//! The list for the head.
#![cfg(test)]

use calamine::{Data, Reader, Xlsx};
use model::{Date, Fen, Severity};
use notifier::notices::samples::office;
use notifier::{Problem, problem_list};

fn problem(project: &str, since: Option<&str>, name: &str) -> Problem {
    Problem {
        project: project.to_owned(),
        project_name: name.to_owned(),
        rule: "account.not_opened".to_owned(),
        title: "未开设专用账户".to_owned(),
        party: "测试建筑有限公司".to_owned(),
        severity: Severity::Order,
        since: since.map(|day| day.parse().unwrap()),
        due: None,
        months: ["2024-03", "2024-04"].iter().map(|m| m.parse().unwrap()).collect(),
        amount: Some(Fen(123_456)),
        workers: Some(7),
        facts: "至今未开设".to_owned(),
        documents: vec!["测人社监提〔2024〕1号".to_owned()],
    }
}

#[test]
fn one_row_a_problem_newest_first_and_nothing_becomes_a_formula() {
    let on: Date = "2024-12-20".parse().unwrap();
    let list = [problem("A", Some("2024-03-05"), "甲"), problem("B", None, "乙"), problem("C", Some("2024-11-01"), "=1+1")];
    let bytes = problem_list(&list, &office(), on).unwrap();
    assert!(bytes == problem_list(&list, &office(), on).unwrap(), "the same bytes");
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range("问题清单").unwrap();
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let codes: Vec<String> = rows[1..].iter().map(|row| row[1].to_string()).collect();
    assert_eq!(codes, ["C", "A", "B"]);
    assert_eq!(rows[1][2], Data::String("=1+1".to_owned()));
    assert_eq!(rows[1][10], Data::Float(1234.56));
    assert_eq!(rows[1][8], Data::String("2024年3月至4月".to_owned()));
}

#[test]
fn a_county_without_problems_gets_an_empty_list() {
    let bytes = problem_list(&[], &office(), "2024-12-20".parse().unwrap()).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(workbook.worksheet_range("问题清单").unwrap().rows().len(), 1);
}
