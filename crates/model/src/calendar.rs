//! Working days of the State Council's holiday notices and the four ways of counting a deadline (rules.md §1, §4).
//!
//! A year without a table gives `None`, which rules turn into `unknown`; it is never guessed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, Weekday};
use serde::Deserialize;

use crate::{Date, Month};

/// One file `config/calendar/<year>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct YearTable {
    year: i32,
    /// Who announced it, for the evidence.
    #[expect(dead_code, reason = "read by people; its presence is checked")]
    source: String,
    /// 正月初一.
    spring_festival: toml::value::Datetime,
    #[serde(default)]
    rest: Vec<Rest>,
    /// Weekend days that are worked in exchange (调休).
    #[serde(default)]
    workdays: Vec<toml::value::Datetime>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    #[expect(dead_code, reason = "read by people; its presence is checked")]
    name: String,
    from: toml::value::Datetime,
    to: toml::value::Datetime,
}

#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error("节假日表写法有误：{0}")]
    Syntax(#[from] toml::de::Error),
    #[error("节假日表 {year} 年：`{text}` 不是该年的日期；请写成 {year}-MM-DD")]
    Date { year: i32, text: String },
    #[error("节假日表 {year} 年：放假区间 {from} 至 {to} 颠倒了")]
    Order { year: i32, from: Date, to: Date },
    #[error("节假日表：{0} 年出现两次")]
    Twice(i32),
}

/// Working-day tables by year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Year {
    spring_festival: Date,
    rest: BTreeSet<Date>,
    workdays: BTreeSet<Date>,
}

impl Calendar {
    /// Adds one year's table.
    pub fn add_toml(&mut self, text: &str) -> Result<i32, CalendarError> {
        let table: YearTable = toml::from_str(text)?;
        let year = table.year;
        let mut parsed = Year { spring_festival: date_in(year, table.spring_festival)?, rest: BTreeSet::new(), workdays: BTreeSet::new() };
        for rest in table.rest {
            let (from, to) = (date_in(year, rest.from)?, date_in(year, rest.to)?);
            if from > to {
                return Err(CalendarError::Order { year, from, to });
            }
            parsed.rest.extend(from.iter_days().take_while(|day| *day <= to));
        }
        for day in table.workdays {
            parsed.workdays.insert(date_in(year, day)?);
        }
        match self.years.insert(year, parsed) {
            Some(_) => Err(CalendarError::Twice(year)),
            None => Ok(year),
        }
    }

    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.keys().copied()
    }

    /// `None` in a year without a table.
    pub fn is_working_day(&self, day: Date) -> Option<bool> {
        let year = self.years.get(&day.year())?;
        Some(year.workdays.contains(&day) || (!year.rest.contains(&day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)))
    }

    /// 正月初一 of a year.
    pub fn spring_festival(&self, year: i32) -> Option<Date> {
        self.years.get(&year).map(|y| y.spring_festival)
    }

    /// `wd`: the first working day after `start` counts as 1.
    pub fn plus_working_days(&self, start: Date, days: u32) -> Option<Date> {
        let mut day = start;
        let mut left = days;
        while left > 0 {
            day = day.succ_opt()?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Some(day)
    }

    /// Working days before `end`: the last working day before it counts as 1.
    pub fn minus_working_days(&self, end: Date, days: u32) -> Option<Date> {
        let mut day = end;
        let mut left = days;
        while left > 0 {
            day = day.pred_opt()?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Some(day)
    }

    /// Working days after `from` up to and with `to`; 0 when `to` is not later.
    pub fn working_days_between(&self, from: Date, to: Date) -> Option<u32> {
        let mut count = 0;
        for day in from.iter_days().skip(1).take_while(|day| *day <= to) {
            count += u32::from(self.is_working_day(day)?);
        }
        Some(count)
    }

    /// `cd`: calendar days; an end on a rest day rolls forward (民法典 203).
    pub fn plus_calendar_days(&self, start: Date, days: u32) -> Option<Date> {
        self.on_or_after(start.checked_add_days(Days::new(u64::from(days)))?)
    }

    /// `mo`: the same-numbered day, or the month's last (民法典 202); rolls forward like `cd`.
    pub fn plus_months(&self, start: Date, months: u32) -> Option<Date> {
        self.on_or_after(start.checked_add_months(Months::new(months))?)
    }

    /// Day `day` of a month as pay-day: moved **earlier** from a rest day (条例 14); beyond the month's end its last day.
    pub fn pay_day(&self, month: Month, day: u32) -> Option<Date> {
        self.on_or_before(month.day(day))
    }

    /// Last working day of a month.
    pub fn last_working_day(&self, month: Month) -> Option<Date> {
        self.on_or_before(month.last_day())
    }

    /// The day itself, or the next working day.
    pub fn on_or_after(&self, mut day: Date) -> Option<Date> {
        while !self.is_working_day(day)? {
            day = day.succ_opt()?;
        }
        Some(day)
    }

    /// The day itself, or the working day before it.
    pub fn on_or_before(&self, mut day: Date) -> Option<Date> {
        while !self.is_working_day(day)? {
            day = day.pred_opt()?;
        }
        Some(day)
    }
}

fn date_in(year: i32, raw: toml::value::Datetime) -> Result<Date, CalendarError> {
    let bad = || CalendarError::Date { year, text: raw.to_string() };
    let date = raw.date.filter(|_| raw.time.is_none()).ok_or_else(bad)?;
    Date::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day)).filter(|d| d.year() == year).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::Calendar;
    use crate::{Date, Month};

    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        for text in [
            include_str!("../../../config/calendar/2024.toml"),
            include_str!("../../../config/calendar/2025.toml"),
            include_str!("../../../config/calendar/2026.toml"),
        ] {
            calendar.add_toml(text).unwrap();
        }
        calendar
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn working_day_vectors() {
        for (start, days, due) in [
            ("2024-01-31", 20, "2024-03-04"),
            ("2024-09-20", 20, "2024-10-23"),
            ("2025-01-10", 20, "2025-02-13"),
            ("2025-09-19", 20, "2025-10-23"),
            ("2026-01-23", 20, "2026-02-27"),
            ("2024-04-26", 10, "2024-05-13"),
            ("2025-04-25", 10, "2025-05-13"),
            ("2025-09-26", 7, "2025-10-13"),
            ("2026-02-12", 7, "2026-02-28"),
            ("2026-04-29", 5, "2026-05-09"),
        ] {
            assert_eq!(calendar().plus_working_days(day(start), days), Some(day(due)), "{start} + {days} wd");
        }
    }

    #[test]
    fn calendar_day_vectors_roll_forward() {
        for (start, due) in
            [("2025-01-10", "2025-02-10"), ("2024-09-06", "2024-10-08"), ("2026-01-20", "2026-02-24"), ("2025-05-02", "2025-06-03")]
        {
            assert_eq!(calendar().plus_calendar_days(day(start), 30), Some(day(due)), "{start} + 30 cd");
        }
    }

    #[test]
    fn pay_day_vectors_roll_earlier() {
        for (nominal, due) in
            [("2024-02-10", "2024-02-09"), ("2025-02-01", "2025-01-27"), ("2025-10-05", "2025-09-30"), ("2026-02-20", "2026-02-14")]
        {
            let nominal = day(nominal);
            assert_eq!(calendar().pay_day(Month::of(nominal), chrono::Datelike::day(&nominal)), Some(day(due)));
        }
        assert_eq!(calendar().pay_day("2024-06".parse().unwrap(), 31), Some(day("2024-06-28")), "beyond the month's end");
    }

    #[test]
    fn months_end_on_the_last_day_where_the_day_is_missing() {
        assert_eq!(calendar().plus_months(day("2025-01-31"), 1), Some(day("2025-02-28")));
    }

    #[test]
    fn workdays_by_month_agree_with_the_table() {
        for (year, counts) in [
            (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
            (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
            (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
        ] {
            for (at, expected) in counts.into_iter().enumerate() {
                let month = Month::new(year, u32::try_from(at).unwrap() + 1).unwrap();
                let counted = month.first_day().iter_days().take_while(|d| *d <= month.last_day());
                let counted = counted.filter(|d| calendar().is_working_day(*d) == Some(true)).count();
                assert_eq!(counted, expected, "{month}");
            }
        }
    }

    #[test]
    fn a_year_without_table_is_never_guessed() {
        assert_eq!(calendar().plus_working_days(day("2026-12-30"), 5), None);
        assert_eq!(calendar().plus_calendar_days(day("2026-12-20"), 30), None);
        assert_eq!(calendar().is_working_day(day("2023-12-29")), None);
    }
}
