//! One judgement for each special account, under the last four digits of its number.

use model::{AccountNo, Date, Field};

use super::not_opened;
use crate::facts::SpecialAccount;
use crate::rule::{COLUMN_ABSENT, CheckContext, Unknown, Verdict, worst_by_subject};

/// How findings name an account (rules.md §6, "grain").
pub fn subject(number: &AccountNo) -> String {
    format!("account:{}", number.tail())
}

/// The digits a sentence names.
pub fn tail(subject: Option<&str>) -> &str {
    subject.and_then(|subject| subject.strip_prefix("account:")).unwrap_or_default()
}

/// Judges every account. Of accounts with the same last digits the worst counts.
pub fn each_account<'d>(cx: &CheckContext<'d>, judge: impl Fn(&SpecialAccount<'d>) -> Result<Verdict, Unknown>) -> Vec<Verdict> {
    let judged = cx.facts.accounts.iter().flat_map(|account| {
        let mut judged = cx.each([account], |account| judge(account).map(Some));
        for verdict in &mut judged {
            verdict.subject = Some(subject(&account.row.number));
        }
        judged
    });
    worst_by_subject(judged)
}

/// The same, or what is to be said where the project has no account.
pub fn each_account_or_none<'d>(cx: &CheckContext<'d>, judge: impl Fn(&SpecialAccount<'d>) -> Result<Verdict, Unknown>) -> Vec<Verdict> {
    if cx.facts.accounts.is_empty() { cx.once(|| without_account(cx)) } else { each_account(cx, judge) }
}

/// The lack of an account is told by account.not_opened; here nothing is left to judge.
pub fn without_account(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let verdict = not_opened::judge(cx)?;
    if not_opened::stands(cx) {
        return Err(Unknown::held_by(not_opened::ID));
    }
    // An account in use whose opening cell was left empty: nobody knows since when.
    if verdict.facts.contains_key("opened_on") {
        return Err(COLUMN_ABSENT);
    }
    Ok(Verdict::not_applicable("no_account_yet"))
}

/// A date that has happened by the as-of day; a column that is not there is not known.
pub fn happened(cx: &CheckContext, field: Field<Date>) -> Result<Option<Date>, Unknown> {
    match field {
        Field::Absent => Err(COLUMN_ABSENT),
        Field::Given(day) if day <= cx.as_of => Ok(Some(day)),
        Field::Empty | Field::Given(_) => Ok(None),
    }
}
