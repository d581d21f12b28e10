//! Whether a project must have a special account at all (渝人社发〔2022〕45号): contract sum and period.

use chrono::{Days, Months};
use model::Date;
use model::sheet::Project;

use crate::law::{Declared, Unit, declared};
use crate::rule::{COLUMN_ABSENT, CheckContext, Unknown};

/// Stand in `config/rules/account.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("account.contract_floor", Unit::Fen),
    declared("account.period_floor", Unit::Mo),
    declared("account.period_floor_days", Unit::Cd),
];

impl CheckContext<'_> {
    /// Contract at or above the floor and period at or above the floor, by the law in force at signing
    /// (without a signing date: at the start of works).
    pub fn account_duty(&self) -> Result<bool, Unknown> {
        let project = &self.dossier.project;
        let on = project.contract_signed_on.get().or(self.facts.started_on()).ok_or(COLUMN_ABSENT)?;
        let sum = project.contract_amount.get();
        let below = self.law.by_fen("account.contract_floor", on, |floor| sum.map(|sum| sum < floor))?;
        if below.ok_or(COLUMN_ABSENT)? {
            return Ok(false);
        }
        let months = self.law.count("account.period_floor", on)?;
        match period(project) {
            Some(Period::Dates(start, end)) => Ok(reaches(start, end, months)),
            Some(Period::Days(days)) => Ok(days >= self.law.count("account.period_floor_days", on)?),
            None => Err(COLUMN_ABSENT),
        }
    }
}

/// The period is stated in days alone, and in at least so many.
pub fn lasts_days(project: &Project, floor: u32) -> bool {
    matches!(period(project), Some(Period::Days(days)) if days >= floor)
}

enum Period {
    Dates(Date, Date),
    Days(u32),
}

/// Contract dates; the period in days where there is no end.
fn period(project: &Project) -> Option<Period> {
    match (project.contract_start.get(), project.contract_end.get()) {
        (Some(start), Some(end)) => Some(Period::Dates(start, end)),
        _ => project.duration_days.get().map(Period::Days),
    }
}

/// End + 1 day ≥ start + n months: 09-01 … 11-30 is three months.
pub fn reaches(start: Date, end: Date, months: u32) -> bool {
    start.checked_add_months(Months::new(months)).is_some_and(|goal| end + Days::new(1) >= goal)
}
