//! What stood on a special account at the end of a day.

use model::{AccountNo, Dataset, Date, Fen};

use crate::facts::{Entry, SpecialAccount};
use crate::rule::{COLUMN_ABSENT, CheckContext, Unknown};

/// Money on hand, and the day of the oldest entry that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub sum: Fen,
    pub on: Date,
}

/// An entry without account is of the only account there is.
pub fn is_of(cx: &CheckContext, entry: &Entry, number: &AccountNo) -> bool {
    entry.account.map_or(cx.facts.accounts.len() == 1, |account| account == number)
}

/// The accounts together, by the last entry of each up to the day.
pub fn held_on(cx: &CheckContext, accounts: &[&SpecialAccount], day: Date) -> Result<Held, Unknown> {
    let mut all: Option<Held> = None;
    for account in accounts {
        let one = of_account(cx, account, day)?;
        all = Some(all.map_or(one, |all| Held { sum: all.sum + one.sum, on: all.on.min(one.on) }));
    }
    all.ok_or_else(|| Unknown::missing(Dataset::Ledger))
}

fn of_account(cx: &CheckContext, account: &SpecialAccount, day: Date) -> Result<Held, Unknown> {
    let entries: Vec<&Entry> =
        cx.facts.ledger.entries.iter().filter(|entry| entry.line.date <= day && is_of(cx, entry, &account.row.number)).collect();
    let newest = entries.last().map(|entry| entry.line.date);
    // The account table may know a later balance than the statement.
    let stated = account.row.balance_on.get().filter(|on| *on <= day && newest.is_none_or(|newest| newest < *on));
    if let Some((on, sum)) = stated.zip(account.row.balance.get()) {
        return Ok(Held { sum, on });
    }
    let on = newest.ok_or_else(|| Unknown::missing(Dataset::Ledger))?;
    let of_day: Vec<&Entry> = entries.into_iter().filter(|entry| entry.line.date == on).collect();
    last_of_day(&of_day).map(|sum| Held { sum, on }).ok_or(COLUMN_ABSENT)
}

/// Statements run in either direction: the last entry of a day is the one on which no other builds.
fn last_of_day(entries: &[&Entry]) -> Option<Fen> {
    let balances: Vec<Fen> = entries.iter().map(|entry| entry.line.balance).collect::<Option<_>>()?;
    let before = |entry: &Entry| entry.line.balance.map(|balance| balance - entry.line.credit + entry.line.debit);
    let built_on = |at: usize| entries.iter().enumerate().any(|(other, entry)| other != at && before(entry) == Some(balances[at]));
    let mut ends = (0..balances.len()).filter(|at| !built_on(*at));
    match (ends.next(), ends.next()) {
        (Some(only), None) => Some(balances[only]),
        _ => entries.iter().max_by_key(|entry| entry.line.time).and_then(|entry| entry.line.balance),
    }
}
