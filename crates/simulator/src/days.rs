//! Dates of the county: its working days, its pay-days, and the day it is looked at.

use chrono::{Datelike, Days};
use model::{Calendar, Date, Month};

/// Working days of 2024–2026. Every date of a simulated county lies well inside.
pub struct Almanac(Calendar);

const INSIDE: &str = "dates of the county lie inside the calendar";

impl Almanac {
    pub fn new() -> Self {
        let mut calendar = Calendar::default();
        for text in [
            include_str!("../../../config/calendar/2024.toml"),
            include_str!("../../../config/calendar/2025.toml"),
            include_str!("../../../config/calendar/2026.toml"),
        ] {
            calendar.add_toml(text).expect("the calendar files of the product are well formed");
        }
        Self(calendar)
    }

    pub fn wd(&self, from: Date, days: u32) -> Date {
        self.0.plus_working_days(from, days).expect(INSIDE)
    }

    /// The day from which `day` is the working day number `days`.
    pub fn wd_before(&self, day: Date, days: u32) -> Date {
        (0..days).fold(day, |day, _| self.not_after(plus(day, -1)))
    }

    pub fn cd(&self, from: Date, days: u32) -> Date {
        self.0.plus_calendar_days(from, days).expect(INSIDE)
    }

    pub fn mo(&self, from: Date, months: u32) -> Date {
        self.0.plus_months(from, months).expect(INSIDE)
    }

    pub fn not_before(&self, day: Date) -> Date {
        self.0.on_or_after(day).expect(INSIDE)
    }

    pub fn not_after(&self, day: Date) -> Date {
        self.0.on_or_before(day).expect(INSIDE)
    }

    /// Pay-day of the wages of `month`: day N of the next month, moved earlier from a rest day.
    pub fn pay_day(&self, month: Month, day: u32) -> Date {
        self.0.pay_day(month.next(), day).expect(INSIDE)
    }

    /// The agreed funding day in `month`, moved later from a rest day.
    pub fn fund_due(&self, month: Month, day: u32) -> Date {
        self.not_before(month.day(day))
    }

    /// When owners really pay: the working day before a rest day, if that is still the same month.
    pub fn fund_usual(&self, month: Month, day: u32) -> Date {
        let early = self.not_after(month.day(day));
        if month.contains(early) { early } else { self.fund_due(month, day) }
    }
}

pub fn date(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).expect("written as a real date")
}

pub fn month(year: i32, number: u32) -> Month {
    Month::new(year, number).expect("written as a real month")
}

/// The day the county is looked at.
pub fn as_of() -> Date {
    date(2024, 12, 20)
}

/// Ledgers, accounts and attendance reach to this day.
pub fn last_day() -> Date {
    date(2024, 12, 19)
}

/// The last month with payroll.
pub fn last_month() -> Month {
    month(2024, 11)
}

/// Faults in sheets lie in months up to this one, so that they stand on every day of November and December 2024.
pub fn settled_month() -> Month {
    month(2024, 9)
}

pub fn plus(day: Date, days: i64) -> Date {
    if days < 0 { day - Days::new(days.unsigned_abs()) } else { day + Days::new(days.unsigned_abs()) }
}

/// Bit 0 = the 1st.
pub fn bit(day: Date) -> u32 {
    1 << day.day0()
}
