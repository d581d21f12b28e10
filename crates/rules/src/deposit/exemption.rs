//! Whether an exemption on file can be (65号 第11、12条).

use chrono::Months;
use model::sheet::{Deposit, DepositForm, Lead};
use model::{Dataset, Date, Field};

use super::standing::event;
use crate::rule::{CALENDAR_GAP, COLUMN_ABSENT, CheckContext, Unknown};

/// What can be said of an exemption.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    Holds,
    Fails(&'static str),
    /// Nothing speaks against it, but not everything is known.
    Open(Unknown),
}

pub fn is_exemption(row: &Deposit) -> bool {
    let said = || row.exempt_reason.given().is_some_and(|reason| reason.trim_start().starts_with("免存"));
    row.form == DepositForm::Exempt || (row.amount.get().is_some_and(|amount| amount.0 == 0) && said())
}

/// Too large a contract, arrears in the time before signing, or three good years without a record of them.
pub fn claim(cx: &CheckContext, row: &Deposit) -> Result<Claim, Unknown> {
    let project = &cx.dossier.project;
    // Three years of good record exempt contracts of any size.
    if row.exempt_reason.given().is_some_and(|reason| ["3年", "三年"].iter().any(|years| reason.contains(years))) {
        return good_record(cx);
    }
    let Some(sum) = project.contract_amount.get().or(row.contract_amount.get()) else { return Ok(Claim::Open(COLUMN_ABSENT)) };
    let event = event(cx)?;
    if sum >= cx.law.fen("deposit.exemption_sum", event)? {
        return Ok(Claim::Fails("contract_sum"));
    }
    let Some(signed) = project.contract_signed_on.get() else { return Ok(Claim::Open(COLUMN_ABSENT)) };
    Ok(match arrears(cx, signed, cx.law.count("deposit.exemption_lookback", event)?)? {
        Arrears::Founded => Claim::Fails("arrears"),
        Arrears::None => Claim::Holds,
        Arrears::Open(why) => Claim::Open(why),
    })
}

/// The contractor's other projects of those years must have been on the platform (real-name and account records).
fn good_record(cx: &CheckContext) -> Result<Claim, Unknown> {
    let project = &cx.dossier.project;
    let Some(signed) = project.contract_signed_on.get() else { return Ok(Claim::Open(COLUMN_ABSENT)) };
    let months = cx.law.count("deposit.record_lookback", signed)?;
    let from = back(signed, months)?;
    let arrears = arrears(cx, signed, months)?;
    if arrears == Arrears::Founded {
        return Ok(Claim::Fails("arrears"));
    }
    let earlier = |start: Field<Date>, end: Field<Date>| start.get().is_some_and(|s| s < signed) && end.get().is_none_or(|e| e >= from);
    let others = cx.dossier.elsewhere.projects.iter();
    let others = others.filter(|other| project.contractor_name.is_some() && other.contractor_name == project.contractor_name);
    let records: Vec<Field<Date>> = others.filter(|o| earlier(o.start_on, o.complete_on)).map(|o| o.connected_on).collect();
    let without = |record: &Field<Date>| record.is_empty() || record.get().is_some_and(|day| day > signed);
    if records.iter().any(without) {
        return Ok(Claim::Fails("no_record"));
    }
    Ok(match arrears {
        Arrears::Open(why) => Claim::Open(why),
        _ if records.is_empty() || records.iter().any(Field::is_absent) => Claim::Open(Unknown::because("record_not_known")),
        _ => Claim::Holds,
    })
}

/// What the register of leads says of the contractor's arrears before signing.
#[derive(Debug, PartialEq)]
pub enum Arrears {
    Founded,
    None,
    Open(Unknown),
}

/// Founded leads of the contractor in so many months before the day; an open one is not yet founded.
pub fn arrears(cx: &CheckContext, signed: Date, months: u32) -> Result<Arrears, Unknown> {
    let from = back(signed, months)?;
    if !cx.coverage.ever(Dataset::Lead) && cx.dossier.leads.is_empty() {
        return Ok(Arrears::Open(Unknown::missing(Dataset::Lead)));
    }
    let contractor = cx.dossier.project.contractor_name.as_ref();
    let leads = cx.dossier.leads.iter().flat_map(|table| &table.lines);
    let theirs = leads.filter(|lead| lead.company.is_some() && lead.company.as_ref() == contractor);
    let mut open = None;
    for lead in theirs.filter(|lead| lead.received_on.is_none_or(|day| from <= day && day < signed)) {
        match outcome(cx, lead) {
            Some(true) if lead.received_on.is_some() => return Ok(Arrears::Founded),
            Some(false) => {}
            _ => open = Some(Unknown::because("lead_open")),
        }
    }
    Ok(open.map_or(Arrears::None, Arrears::Open))
}

/// `None`: not decided on the as-of day.
fn outcome(cx: &CheckContext, lead: &Lead) -> Option<bool> {
    let decided = lead.closed_on.get().is_none_or(|day| day <= cx.as_of);
    lead.result.given().filter(|_| decided).map(|result| !result.contains("不属实"))
}

fn back(from: Date, months: u32) -> Result<Date, Unknown> {
    from.checked_sub_months(Months::new(months)).ok_or(CALENDAR_GAP)
}
