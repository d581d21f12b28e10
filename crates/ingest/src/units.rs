//! The unit in a heading's brackets decides between two columns of one meaning: days or hours, by the day or by the hour.

use model::Dataset;

use crate::layout::Shape;
use crate::layout::payroll::Col;

/// The column a heading stands for, its unit considered.
pub fn column(shape: &Shape, column: usize, unit: &str) -> usize {
    if shape.dataset != Dataset::Payroll || unit.is_empty() {
        return column;
    }
    let pairs = [(Col::Days, Col::Hours), (Col::DayRate, Col::HourRate)];
    for (days, hours) in pairs.map(|(days, hours)| (days as usize, hours as usize)) {
        if column == days && is_hours(unit) {
            return hours;
        }
        if column == hours && is_days(unit) {
            return days;
        }
    }
    column
}

/// 小时, 工时, 元/小时.
pub fn is_hours(unit: &str) -> bool {
    ["小时", "工时", "时", "h", "H"].iter().any(|word| unit.trim_start_matches("元/").trim_start_matches('/') == *word)
}

/// 天, 日, 工日, 元/天.
fn is_days(unit: &str) -> bool {
    ["天", "日", "工日", "个工", "工"].iter().any(|word| unit.trim_start_matches("元/").trim_start_matches('/') == *word)
}

#[cfg(test)]
mod tests {
    use model::{Body, Field};

    use crate::fixtures::{lines, read_bytes};

    const ROW: &str = "99999920240101001,2024-03,测试工人一,999999199001010016,176,22,20,1,1";

    #[test]
    fn hours_are_no_days_whatever_the_heading_says_before_its_unit() {
        for (headings, days, hours) in [
            ("出勤（小时）,出勤天数", Some(2_200), Some(17_600)),
            ("出勤天数(小时),工日", Some(2_200), Some(17_600)),
            ("出勤/小时,出勤日（日）", Some(2_200), Some(17_600)),
            ("总工时,实际出勤天数", Some(2_200), Some(17_600)),
            ("备注,总工时（天）", Some(2_200), None),
            ("备注,工时(小时)", None, Some(2_200)),
        ] {
            let text = format!("项目编码,工资所属月份,姓名,身份证号,{headings},工价（元/小时）,应发工资,实发工资\n{ROW}\n");
            let found = read_bytes("x.csv", text.as_bytes());
            let Body::Payroll(read) = &found.sheets[0].body else { panic!("{headings}: {:?}", found.reports) };
            assert_eq!((read[0].days.get(), read[0].hours.get()), (days, hours), "{headings}");
            assert_eq!((read[0].day_rate.get(), read[0].hour_rate.get().map(|fen| fen.0)), (None, Some(2_000)), "{headings}");
        }
    }

    #[test]
    fn a_sum_in_hours_is_told_in_days() {
        for (heading, stated) in [("出勤（小时）", "22"), ("出勤天数", "176"), ("合计（天）", "176")] {
            let days: Vec<String> = (1..=10).map(|day| day.to_string()).collect();
            let text = format!(
                "项目编码,月份,姓名,身份证号,{},{heading}\n99999920240101001,2024-03,测试工人一,999999199001010016,1,,,,,,,,,,176\n",
                days.join(",")
            );
            let found = read_bytes("x.csv", text.as_bytes());
            let Body::Attendance(read) = &found.sheets[0].body else { panic!("{:?}", found.reports) };
            assert_eq!(read[0].stated_days, Field::Given(stated.parse::<i32>().unwrap() * 100), "{heading}: {:?}", lines(&found.sheets));
        }
    }
}
