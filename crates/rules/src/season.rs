//! The weeks before Spring Festival (rules.md §2.8, "Season"): off unless the office switches it on.

use chrono::{Datelike, Days};
use model::Date;

use crate::rule::{CALENDAR_GAP, CheckContext, Unknown};

impl CheckContext<'_> {
    /// Whether the day lies in the season. 正月初一 itself does not.
    pub fn in_season(&self, day: Date) -> Result<bool, Unknown> {
        if !self.law.flag("payroll.season", day)? {
            return Ok(false);
        }
        let days = Days::new(u64::from(self.law.count("payroll.season_days", day)?));
        let reach = day.checked_add_days(days).ok_or(CALENDAR_GAP)?;
        for year in day.year()..=reach.year() {
            let festival = self.calendar.spring_festival(year).ok_or(CALENDAR_GAP)?;
            if day < festival && festival <= reach {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Working days before a due date from which it is announced; half as many (rounded up) in the season.
    pub fn lead_time(&self, name: &str, event: Date, due: Date) -> Result<u32, Unknown> {
        let lead = self.law.count(name, event)?;
        Ok(if self.in_season(due)? { lead.div_ceil(2) } else { lead })
    }
}
