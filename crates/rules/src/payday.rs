//! Pay-days and payment windows (rules.md §6, "Pay-day", "Payroll against bank").

use model::sheet::Project;
use model::{Calendar, Date, Month};

use crate::law::LawView;
use crate::rule::{CALENDAR_GAP, CheckContext, Unknown};

/// When the wages of a month are due, and until when their payment is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayWindow {
    pub pay_day: Date,
    /// The project names a pay-day; else the last working day of M + 1.
    pub agreed: bool,
    /// Last day of the window.
    pub end: Date,
}

/// Day N for month M lies in M + 1 unless the configuration says the same month.
pub fn pay_day(project: &Project, law: &LawView, calendar: &Calendar, month: Month) -> Result<(Date, bool), Unknown> {
    let Some(day) = project.pay_day.get() else {
        return Ok((calendar.last_working_day(month.next()).ok_or(CALENDAR_GAP)?, false));
    };
    let same_month = law.flag("payroll.pay_in_same_month", month.last_day())?;
    let paid_in = if same_month { month } else { month.next() };
    Ok((calendar.pay_day(paid_in, day).ok_or(CALENDAR_GAP)?, true))
}

/// Pay-day and the working days after it in which a payment is still awaited.
pub fn pay_window(project: &Project, law: &LawView, calendar: &Calendar, month: Month) -> Result<PayWindow, Unknown> {
    let (pay_day, agreed) = pay_day(project, law, calendar, month)?;
    let days = law.count("payroll.window", month.last_day())?;
    let end = calendar.plus_working_days(pay_day, days).ok_or(CALENDAR_GAP)?;
    Ok(PayWindow { pay_day, agreed, end })
}

impl CheckContext<'_> {
    pub fn pay_day(&self, month: Month) -> Result<(Date, bool), Unknown> {
        pay_day(&self.dossier.project, self.law, self.calendar, month)
    }

    pub fn pay_window(&self, month: Month) -> Result<PayWindow, Unknown> {
        pay_window(&self.dossier.project, self.law, self.calendar, month)
    }
}
