//! Working days against an independent package.

use std::process::Command;

use chrono::NaiveDate;
use model::Calendar;

use crate::support::repository;

const ASK: &str = "
import chinese_calendar, datetime
day = datetime.date(2024, 1, 1)
while day.year <= 2026:
    print(day, int(chinese_calendar.is_workday(day)))
    day += datetime.timedelta(1)
";

#[test]
fn all_1096_days_agree_with_the_package_chinesecalendar() {
    let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
    let output = Command::new(python).args(["-c", ASK]).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut calendar = Calendar::default();
    for year in 2024..=2026 {
        let text = std::fs::read_to_string(repository().join(format!("config/calendar/{year}.toml"))).unwrap();
        calendar.add_toml(&text).unwrap();
    }
    let mut days = 0;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let (day, work) = line.split_once(' ').unwrap();
        let day: NaiveDate = day.parse().unwrap();
        assert_eq!(calendar.is_working_day(day), Some(work == "1"), "{day}");
        days += 1;
    }
    assert_eq!(days, 1096);
}
