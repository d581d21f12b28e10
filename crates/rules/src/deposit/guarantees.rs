//! The guarantee that is judged: of several, the one that ends last (rules.md §6, "deposit.guarantee_invalid").

use model::Date;
use model::sheet::{Deposit, DepositForm};

use super::exemption::is_exemption;
use super::standing::{Standing, happened, is_guarantee, nothing_filed, rejected, rows, stored_on};
use crate::rule::{COLUMN_ABSENT, CheckContext, REJECTED_ROWS, Unknown, Verdict};

/// What there is to judge.
pub enum Held<'a> {
    /// The last to end, and its last day.
    Guarantee(&'a Deposit, Date),
    /// No guarantee is asked for: cash, an exemption, or all of them returned.
    Settled(Box<Verdict>),
}

/// Issued up to the as-of day and not returned; a successor whose term begins later counts too.
pub fn held<'a>(cx: &CheckContext<'a>) -> Result<Held<'a>, Unknown> {
    if rows(cx).next().is_none() {
        return Err(if rejected(cx) { REJECTED_ROWS } else { nothing_filed(cx) });
    }
    for row in rows(cx).filter(|row| row.form == DepositForm::Cash && !is_exemption(row)) {
        if matches!(Standing::of_row(cx, row)?, Standing::Stored { .. }) {
            return Ok(Held::Settled(Box::new(Verdict::not_applicable("cash"))));
        }
    }
    let issued = |row: &&Deposit| row.deposited_on.is_absent() || stored_on(cx, row).is_some();
    let kept: Vec<&Deposit> =
        rows(cx).filter(|row| is_guarantee(row)).filter(issued).filter(|row| happened(cx, row.refunded_on).is_none()).collect();
    if kept.is_empty() {
        let exempt = rows(cx).any(is_exemption);
        return Ok(Held::Settled(Box::new(Verdict::not_applicable(if exempt { "exempt" } else { "no_guarantee" }))));
    }
    if kept.iter().any(|row| !row.valid_to.is_given()) {
        return Err(COLUMN_ABSENT);
    }
    let ends = |row: &&Deposit| (row.valid_to.get(), row.valid_from.get(), row.amount.get(), row.guarantee_no.clone(), row.row);
    let last = kept.into_iter().max_by_key(ends);
    last.and_then(|row| Some(Held::Guarantee(row, row.valid_to.get()?))).ok_or(COLUMN_ABSENT)
}
