//! The special account of a project: whether it must have one, whether it has, and whether the owner feeds it.

pub mod agreement_missing;
pub mod balance_insufficient;
mod balances;
mod by_account;
pub mod closed_early;
mod debits;
pub mod funding;
pub mod funding_late;
pub mod funding_short;
pub mod misuse;
pub mod name_mismatch;
pub mod not_filed;
pub mod not_opened;
mod settle;
mod split;

use model::coverage::Until;
use model::sheet::AccountType;
use model::{Dataset, Date, Field};

use crate::law::{Declared, Unit, declared};
use crate::rule::{COLUMN_ABSENT, CheckContext, Rule, Unknown};

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[
    &not_opened::NotOpened,
    &agreement_missing::AgreementMissing,
    &not_filed::NotFiled,
    &name_mismatch::NameMismatch,
    &funding_late::FundingLate,
    &funding_short::FundingShort,
    &balance_insufficient::BalanceInsufficient,
    &misuse::Misuse,
    &closed_early::ClosedEarly,
];

/// Dated figures of the family, in `config/rules/account.toml`; those of the account duty stand in [`crate::duty`].
pub static PARAMETERS: &[Declared] = &[
    declared("account.open_days", Unit::Cd),
    declared("account.notice_lead", Unit::Wd),
    declared("account.agreement_grace", Unit::Wd),
    declared("account.split_window", Unit::Mo),
    declared("account.file_days", Unit::Cd),
    declared("account.filing_authority", Unit::Words),
    declared("account.name_suffix", Unit::Words),
    declared("account.name_aliases", Unit::Words),
    declared("account.name_similarity", Unit::Ppm),
    declared("account.close_notice_days", Unit::Cd),
    declared("account.funding_cycle", Unit::Mo),
    declared("account.ledger_stale", Unit::Cd),
    declared("account.labour_cost_words", Unit::Words),
    declared("account.funding_tolerance", Unit::Fen),
    declared("account.balance_lead", Unit::Wd),
    declared("account.forecast_months", Unit::Mo),
    declared("account.fee_cap", Unit::Fen),
    declared("account.court_words", Unit::Words),
    declared("account.cash_words", Unit::Words),
    declared("account.company_words", Unit::Words),
    declared("account.payout_words", Unit::Words),
    declared("account.allowed_purposes", Unit::Words),
    declared("account.return_words", Unit::Words),
];

/// Whether the contract obliges to open a special account, and by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Too small or too short.
    NotBound,
    NotSigned,
    Bound {
        signed: Date,
        days: u32,
        due: Date,
    },
}

/// The thresholds in force on the day of signing decide.
pub fn duty(cx: &CheckContext) -> Result<Duty, Unknown> {
    let signed = match cx.dossier.project.contract_signed_on {
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Given(day) if day <= cx.as_of => day,
        Field::Empty | Field::Given(_) => return Ok(Duty::NotSigned),
    };
    if !cx.account_duty()? {
        return Ok(Duty::NotBound);
    }
    let days = cx.law.count("account.open_days", signed)?;
    Ok(Duty::Bound { signed, days, due: cx.plus_calendar_days(signed, days)? })
}

/// The duty with that of parts of one contract, which arises with the part that reaches the floor.
pub fn duty_of_parts(cx: &CheckContext) -> Result<Duty, Unknown> {
    let duty = duty(cx)?;
    let Duty::NotBound = duty else { return Ok(duty) };
    let Some(group) = split::group(cx)? else { return Ok(duty) };
    let days = cx.law.count("account.open_days", group.reached_on)?;
    Ok(Duty::Bound { signed: group.reached_on, days, due: cx.plus_calendar_days(group.reached_on, days)? })
}

/// Bound by the contract itself, or as a part of one.
pub fn is_bound(cx: &CheckContext) -> Result<bool, Unknown> {
    Ok(cx.account_duty()? || split::group(cx)?.is_some())
}

/// The special account of the project on the as-of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// `since`: earliest opening, where it is known.
    Open { since: Option<Date> },
    /// A row is there, but the source has no column for the opening and no entry shows the account in use.
    OpeningUnknown,
    /// There was one, and works go on.
    Closed { opened: Option<Date> },
    /// Rows of accounts that do not count, or none.
    Missing { any_row: bool },
}

pub fn standing(cx: &CheckContext) -> Standing {
    let accounts = &cx.facts.accounts;
    let opened = accounts.iter().filter_map(|account| account.row.opened_on.get()).min();
    let mut open = accounts.iter().filter(|account| !account.is_closed_on(cx.as_of)).peekable();
    let used = |number: &model::AccountNo| cx.facts.ledger.entries.iter().any(|entry| entry.account == Some(number));
    if open.peek().is_some() {
        let known = open.any(|account| account.row.opened_on.is_given() || used(&account.row.number));
        return if known { Standing::Open { since: opened } } else { Standing::OpeningUnknown };
    }
    let mut rows = cx.dossier.accounts.iter().flat_map(|table| &table.lines).peekable();
    let any_row = rows.peek().is_some();
    // An opening cell left empty is refuted by money that moved.
    let in_use = rows.any(|row| {
        let flagged = matches!(row.kind, Field::Absent | Field::Empty | Field::Given(AccountType::Special));
        flagged && row.opened_on.is_empty() && used(&row.number)
    });
    match (in_use, accounts.is_empty()) {
        (true, _) => Standing::Open { since: opened },
        (false, false) => Standing::Closed { opened },
        (false, true) => Standing::Missing { any_row },
    }
}

/// Absence of an account row may be judged only where the source delivered accounts of others up to the due date.
pub fn absence_is_known(cx: &CheckContext, due: Date) -> bool {
    let sources = cx.facts.sources_of(Dataset::Account);
    cx.coverage.for_others(Dataset::Account, &cx.dossier.project.code, &sources, Until::Day(due))
}
