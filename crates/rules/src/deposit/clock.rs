//! From when the wait for the deposit is counted, and when it ends (65号 第8条).

use model::sheet::PermitDate;
use model::{Dataset, Date, Field};

use crate::rule::{COLUMN_ABSENT, CheckContext, Unknown};

/// One way of counting to the due date.
#[derive(Debug, Clone)]
pub struct Clock {
    pub kind: &'static str,
    pub from: Date,
    pub days: u32,
    pub due: Date,
}

impl Clock {
    fn start(cx: &CheckContext, kind: &'static str, from: Date) -> Result<Self, Unknown> {
        let days = cx.law.count("deposit.days", from)?;
        Ok(Self { kind, from, days, due: cx.plus_working_days(from, days)? })
    }
}

/// The clock of the law, and the earlier one from first attendance that supports a notice only.
pub struct Clocks {
    pub formal: Option<Clock>,
    pub early: Option<Clock>,
    early_gap: Option<Unknown>,
}

impl Clocks {
    pub fn of(cx: &CheckContext) -> Result<Self, Unknown> {
        let project = &cx.dossier.project;
        let happened = |day: Date| Some(day).filter(|day| *day <= cx.as_of);
        let signed = project.contract_signed_on.get().and_then(happened);
        let (kind, formal) = match project.permit_on {
            Field::Absent => return Err(COLUMN_ABSENT),
            Field::Given(PermitDate::NotRequired) if project.contract_signed_on.is_absent() => return Err(COLUMN_ABSENT),
            Field::Given(PermitDate::NotRequired) => ("contract", signed),
            Field::Given(PermitDate::On(day)) => match signed.filter(|signed| *signed > day && contractor_replaced(cx)) {
                Some(signed) => ("new_contract", Some(signed)),
                None => ("permit", happened(day)),
            },
            Field::Empty => ("permit", None),
        };
        let attended = cx.facts.first_attendance().filter(|day| kind == "permit" && formal.is_none_or(|formal| *day < formal));
        if kind == "permit" && formal.is_none() && attended.is_none() && cx.dossier.attendance.is_empty() {
            return Err(Unknown::missing(Dataset::Attendance));
        }
        let formal = formal.map(|from| Clock::start(cx, kind, from)).transpose()?;
        let early = attended.map(|from| Clock::start(cx, "attendance", from)).transpose();
        let early_gap = early.as_ref().err().cloned();
        Ok(Self { formal, early: early.unwrap_or_default(), early_gap })
    }

    /// The clock that has run out, the law's first.
    pub fn run_out(&self, cx: &CheckContext) -> Result<Option<Clock>, Unknown> {
        let late = |clock: &Option<Clock>| clock.clone().filter(|clock| cx.as_of > clock.due);
        match (late(&self.formal), &self.early_gap) {
            (Some(clock), _) => Ok(Some(clock)),
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(late(&self.early)),
        }
    }
}

/// A general contractor left and another signed later: the clock starts with the new contract.
fn contractor_replaced(cx: &CheckContext) -> bool {
    let mut contractors = cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    contractors.any(|row| {
        row.kind == model::sheet::CorpType::GeneralContractor
            && row.exit_on.get().is_some_and(|exit| exit <= cx.as_of)
            && Some(&row.name) != cx.dossier.project.contractor_name.as_ref()
    })
}
