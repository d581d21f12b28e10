//! What the rows of the deposit register amount to on the as-of day: the one reading all rules of the family share.

use model::sheet::{Deposit, DepositForm, PermitDate, ProjectStatus};
use model::{Dataset, Date, Fen, Field, Outcome};

use super::exemption::{Claim, claim, is_exemption};
use super::unpaid;
use crate::rule::{COLUMN_ABSENT, CheckContext, Unknown, Verdict};

/// The exemption and the ratio are judged as of signing; without that date, as of the permit or the start of works.
pub fn event(cx: &CheckContext) -> Result<Date, Unknown> {
    let project = &cx.dossier.project;
    let permit = match project.permit_on {
        Field::Given(PermitDate::On(day)) => Some(day),
        _ => None,
    };
    project.contract_signed_on.get().or(permit).or(project.start_on.get()).or(cx.facts.first_attendance()).ok_or(COLUMN_ABSENT)
}

pub fn rows<'a>(cx: &CheckContext<'a>) -> impl Iterator<Item = &'a Deposit> + use<'a> {
    cx.dossier.deposits.iter().flat_map(|table| &table.lines)
}

/// Some rows of the project's register could not be read.
pub fn rejected(cx: &CheckContext) -> bool {
    cx.dossier.deposits.iter().any(|table| table.head.rejected > 0)
}

/// Why nothing can be said where no row is: the cause where deposit.unpaid is one, else the data are missing.
pub fn nothing_filed(cx: &CheckContext) -> Unknown {
    let why = Unknown::missing(Dataset::Deposit);
    if unpaid_stands(cx) { Unknown::held_by("deposit.unpaid") } else { why }
}

/// deposit.unpaid is a breach on the as-of day.
pub fn unpaid_stands(cx: &CheckContext) -> bool {
    unpaid::judge(cx).is_ok_and(|verdict| verdict.outcome == Outcome::Breach)
}

pub fn not_bound(cx: &CheckContext, statuses: &[ProjectStatus]) -> Option<Verdict> {
    (!statuses.contains(&cx.facts.status_today())).then(|| Verdict::not_applicable("status"))
}

/// What has happened up to the as-of day.
pub fn happened(cx: &CheckContext, field: Field<Date>) -> Option<Date> {
    field.get().filter(|day| *day <= cx.as_of)
}

/// `guarantee:` and its number, where the register names it.
pub fn subject(row: &Deposit) -> Option<String> {
    row.guarantee_no.as_deref().map(str::trim).filter(|number| !number.is_empty()).map(|number| format!("guarantee:{number}"))
}

/// A guarantee of any kind with a sum: neither cash nor an exemption.
pub fn is_guarantee(row: &Deposit) -> bool {
    !matches!(row.form, DepositForm::Cash | DepositForm::Exempt) && !is_exemption(row) && row.amount.get().is_none_or(|a| a > Fen::ZERO)
}

/// First day a row counts: stored, else in force.
pub fn stored_on(cx: &CheckContext, row: &Deposit) -> Option<Date> {
    happened(cx, row.deposited_on).or(happened(cx, row.valid_from))
}

/// Drawn and not restored on the as-of day: a later new deposit of at least the sum restores it too.
pub fn drawn<'a>(cx: &CheckContext<'a>) -> impl Iterator<Item = (&'a Deposit, Date)> {
    let open = |row: &'a Deposit| Some((row, happened(cx, row.used_on)?)).filter(|(row, _)| !is_exemption(row));
    rows(cx).filter_map(open).filter(|(row, used)| restored_on(cx, row, *used).is_none())
}

/// The day a draw was made good.
pub fn restored_on(cx: &CheckContext, row: &Deposit, used: Date) -> Option<Date> {
    let enough = |new: &&Deposit| row.used_amount.get().is_some_and(|sum| new.amount.get().is_some_and(|amount| amount >= sum));
    let renewed = rows(cx).filter(enough).filter_map(|new| happened(cx, new.deposited_on)).filter(|day| *day > used).min();
    happened(cx, row.refilled_on).into_iter().chain(renewed).min()
}

/// What the rows together amount to on the as-of day.
#[derive(Debug, PartialEq)]
pub enum Standing {
    Stored { on: Option<Date> },
    Exempt,
    ExemptionFails(&'static str),
    Lapsed { expired: Option<Date>, returned: Option<Date> },
    NotKnown,
    None,
}

impl Standing {
    pub fn of(cx: &CheckContext) -> Result<Self, Unknown> {
        let mut standing = Self::None;
        for row in rows(cx) {
            let next = Self::of_row(cx, row)?;
            standing = match (standing, next) {
                (Self::Stored { on: first }, Self::Stored { on: second }) => Self::Stored { on: first.min(second) },
                (Self::Lapsed { expired: a, returned: b }, Self::Lapsed { expired: c, returned: d }) => {
                    Self::Lapsed { expired: a.max(c), returned: b.max(d) }
                }
                // Two reasons against one exemption: always the same one is told.
                (Self::ExemptionFails(a), Self::ExemptionFails(b)) => Self::ExemptionFails(a.max(b)),
                (standing, next) => {
                    if next.weight() > standing.weight() {
                        next
                    } else {
                        standing
                    }
                }
            };
        }
        Ok(standing)
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Stored { .. } => 5,
            Self::Exempt => 4,
            Self::NotKnown => 3,
            Self::ExemptionFails(_) => 2,
            Self::Lapsed { .. } => 1,
            Self::None => 0,
        }
    }

    pub fn of_row(cx: &CheckContext, row: &Deposit) -> Result<Self, Unknown> {
        if is_exemption(row) {
            return Ok(match claim(cx, row)? {
                Claim::Fails(why) => Self::ExemptionFails(why),
                // What cannot be looked up speaks for the firm here; deposit.exemption_unsupported tells that it is not known.
                Claim::Holds | Claim::Open(_) => Self::Exempt,
            });
        }
        if row.form == DepositForm::Exempt || row.amount.get().is_some_and(|amount| amount.0 <= 0) {
            return Ok(Self::None);
        }
        if let Some(returned) = happened(cx, row.refunded_on) {
            return Ok(Self::Lapsed { expired: None, returned: Some(returned) });
        }
        let expired = row.valid_to.get().filter(|to| row.form != DepositForm::Cash && *to < cx.as_of);
        if expired.is_some() {
            return Ok(Self::Lapsed { expired, returned: None });
        }
        if row.valid_from.get().is_some_and(|from| from > cx.as_of) {
            return Ok(Self::None);
        }
        // A guarantee without its last day: whether it still holds nobody can say.
        let holds = row.form == DepositForm::Cash || row.valid_to.is_given();
        let on = stored_on(cx, row);
        let said_stored = || row.refund_status.given().is_some_and(|status| status.contains("已缴存"));
        Ok(match on {
            Some(_) if holds => Self::Stored { on },
            None if !row.deposited_on.is_absent() => Self::None,
            None if holds && said_stored() => Self::Stored { on },
            Some(_) | None => Self::NotKnown,
        })
    }
}
