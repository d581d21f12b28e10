//! The months of a project with what the owner owed and paid into the special account (rules.md §6, "Funding").
//!
//! Shared by account.funding_late and account.funding_short. Holds no outcome.

use std::collections::BTreeMap;

use chrono::{Days, Months};
use model::identifier::normalise_identity;
use model::sheet::{LedgerLine, ProjectStatus, TxnType};
use model::{Dataset, Date, Fen, Field, Month, Outcome};

use super::settle::{Claim, Credit, Settled, settle};
use super::{closed_early, not_opened};
use crate::rule::{CALENDAR_GAP, CheckContext, LAW_GAP, REJECTED_ROWS, Unknown};

/// Wages whose pay-day lies in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wages {
    pub known: Fen,
    /// Somebody worked for them and no payroll says how much.
    pub unknown: bool,
    /// Last pay-day of the month.
    pub pay_day: Option<Date>,
}

/// What the ledger says of every month.
#[derive(Debug)]
pub struct Funding {
    months: Vec<Settled>,
    wages: BTreeMap<Month, Wages>,
    /// Months whose due date falls into a year without calendar.
    gaps: BTreeMap<Month, Unknown>,
    /// Credits the contractor paid in itself, by month of posting.
    own_money: BTreeMap<Month, Fen>,
    /// All credits of the owner, ascending.
    pub credits: Vec<Credit>,
    /// First day the statements show, where money stood on the account before it.
    opened_with_balance: Option<Date>,
}

/// Why no month of the project is judged.
pub enum NotJudged {
    /// No account needed, or not yet.
    NotBound,
    Unknown(Unknown),
}

impl Funding {
    /// Lays out the ledger over the months, or says why it cannot be done for any of them.
    pub fn of(cx: &CheckContext) -> Result<Self, NotJudged> {
        if cx.facts.ledger.covered_until().is_none() {
            return Err(without_ledger(cx));
        }
        let Some(started) = cx.facts.started_on() else {
            return Err(NotJudged::Unknown(Unknown::missing(Dataset::Attendance)));
        };
        let words = cx.law.words("account.labour_cost_words", cx.as_of).map_err(NotJudged::Unknown)?;
        let (credits, own_money) = credits(cx, words);
        let first = [Some(Month::of(started)), credits.first().map(|c| Month::of(c.date))].into_iter().flatten().min();
        let range = first.unwrap_or(Month::of(cx.as_of)).through(Month::of(cx.as_of));
        let wages = wages(cx, range.clone());
        let mut gaps = BTreeMap::new();
        let dues = dues(cx, started, &credits, &mut gaps).map_err(NotJudged::Unknown)?;
        let claims: Vec<Claim> = range
            .map(|month| {
                let wages = wages.get(&month).copied().unwrap_or_default();
                Claim { month, due: dues.get(&month).copied(), wages: (!wages.unknown).then_some(wages.known) }
            })
            .collect();
        let months = settle(&claims, &credits);
        Ok(Self { months, wages, gaps, own_money, credits, opened_with_balance: opened_with_balance(cx) })
    }

    pub fn month(&self, month: Month) -> Option<&Settled> {
        self.months.iter().find(|settled| settled.claim.month == month)
    }

    pub fn wages(&self, month: Month) -> Wages {
        self.wages.get(&month).copied().unwrap_or_default()
    }

    /// Known wages whose pay-day lies after the month.
    pub fn later_wages(&self, month: Month) -> Fen {
        self.wages.range(month.next()..).map(|(_, wages)| wages.known).sum()
    }

    pub fn own_money(&self, month: Month) -> Fen {
        self.own_money.get(&month).copied().unwrap_or_default()
    }

    pub fn gap(&self, month: Month) -> Option<Unknown> {
        self.gaps.get(&month).cloned()
    }

    /// Whether surplus might carry a month of unknown wages: it reaches what the last known month asked for.
    pub fn may_be_carried(&self, month: &Settled) -> bool {
        let known = |settled: &&Settled| settled.claim.wages > Some(Fen::ZERO);
        let before = self.months.iter().rev().filter(|s| s.claim.month < month.claim.month).find(known);
        let measure = before.or_else(|| self.months.iter().find(known)).and_then(|s| s.claim.wages);
        month.claim.wages.is_none() && measure.is_some_and(|measure| month.at_hand >= measure)
    }

    /// Whether statements are missing before the first one, so that a credit of the month may stand there.
    pub fn begins_after(&self, month: Month, due: Date) -> bool {
        self.opened_with_balance.is_some_and(|first| month.first_day() < first && due < first)
    }
}

/// What must be known before a month without (enough) money may be called so.
pub fn ledger_reaches(cx: &CheckContext, funding: &Funding, month: Month, due: Date) -> Result<(), Unknown> {
    let (ledger, accounts) = (&cx.facts.ledger, &cx.facts.accounts);
    if !accounts.is_empty() && accounts.iter().all(|account| account.is_closed_on(due)) {
        // Lawfully closed, or nobody is told of it: of money that came otherwise no statement tells.
        let in_question = accounts.iter().any(|account| closed_early::in_question(cx, account));
        return Err(if in_question { Unknown::held_by(closed_early::ID) } else { Unknown::missing(Dataset::Ledger) });
    }
    if !ledger_tells_of(cx, due)? || funding.begins_after(month, due) {
        return Err(Unknown::missing(Dataset::Ledger));
    }
    if ledger.rejected_between(month.first_day(), due.max(month.last_day())) > 0 {
        return Err(REJECTED_ROWS);
    }
    if entries_of_nobody(cx) {
        return Err(Unknown::because("shared_account"));
    }
    Ok(())
}

/// Whether the statements are fresh, or cover the day.
pub(super) fn ledger_tells_of(cx: &CheckContext, day: Date) -> Result<bool, Unknown> {
    let ledger = &cx.facts.ledger;
    let stale = u64::from(cx.law.count("account.ledger_stale", day)?);
    // A statement that names its range says itself that it knows nothing later; one without may simply be quiet.
    let ends_before = cx.dossier.ledgers.iter().all(|table| table.head.range.is_some()) && ledger.covered_until() < Some(day);
    let fresh = !ends_before && ledger.newest().is_some_and(|newest| newest + Days::new(stale) >= cx.as_of);
    Ok(fresh || ledger.covers(&cx.facts.accounts, day, day))
}

/// Entries of an account that serves several projects and does not say which.
fn entries_of_nobody(cx: &CheckContext) -> bool {
    let shared = &cx.dossier.shared_accounts;
    let of_shared = |account: &Option<model::AccountNo>| account.as_ref().is_some_and(|number| shared.contains(number));
    let mut tables = cx.dossier.ledgers.iter().filter(|table| of_shared(&table.head.account));
    tables.any(|table| table.lines.iter().any(|line| line.project.is_none() && line.credit > Fen::ZERO))
}

/// Whether a month asks for money at all: `None` where it does not and nothing is to be said.
pub fn is_working_month(cx: &CheckContext, funding: &Funding, month: Month) -> Result<Option<bool>, Unknown> {
    match cx.facts.status_in(month) {
        ProjectStatus::Active => Ok(Some(true)),
        ProjectStatus::Suspended => Ok(Some(cx.facts.month(month).mask != 0 || has_unpaid_wages(cx, funding, month)?)),
        ProjectStatus::Planned | ProjectStatus::Completed | ProjectStatus::Closed => Ok(None),
    }
}

fn has_unpaid_wages(cx: &CheckContext, funding: &Funding, month: Month) -> Result<bool, Unknown> {
    if cx.dossier.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    let due = funding.wages(month);
    if due.unknown {
        return Err(Unknown::missing(Dataset::Payroll));
    }
    for worked in paid_in(cx, month) {
        let facts = cx.facts.month(worked);
        if facts.has_payroll() && facts.net > Fen::ZERO && !facts.has_payout() {
            return Err(Unknown::missing(Dataset::Payout));
        }
        if facts.paid < facts.net {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Months whose pay-day lies in `month`; a pay-day moved from a rest day may lie a month early.
fn paid_in(cx: &CheckContext, month: Month) -> impl Iterator<Item = Month> {
    let near = month.plus(-2).through(month);
    near.filter(move |worked| cx.pay_day(*worked).is_ok_and(|(day, _)| month.contains(day)))
}

fn wages(cx: &CheckContext, range: impl Iterator<Item = Month>) -> BTreeMap<Month, Wages> {
    let mut by_month = BTreeMap::new();
    for month in range {
        let mut wages = Wages::default();
        for worked in paid_in(cx, month) {
            let facts = cx.facts.month(worked);
            wages.known += facts.net;
            wages.unknown |= !facts.has_payroll() && (facts.mask != 0 || !attendance_is_known(cx, worked));
            wages.pay_day = wages.pay_day.max(cx.pay_day(worked).ok().map(|(day, _)| day));
        }
        // A pay-day in a year without calendar lies somewhere; before works began nothing was earned.
        let earned = |worked: &Month| cx.facts.month(*worked).has_payroll() || begun(cx, *worked);
        let mut near = month.plus(-1).through(month).filter(earned);
        wages.unknown |= near.any(|worked| cx.pay_day(worked) == Err(CALENDAR_GAP));
        by_month.insert(month, wages);
    }
    by_month
}

/// Nobody attended, and that is known: works had not begun or stood still, or attendance of the time was delivered.
fn attendance_is_known(cx: &CheckContext, month: Month) -> bool {
    let working = cx.facts.status_in(month) == ProjectStatus::Active;
    let first = || cx.coverage.first_month(Dataset::Attendance, &cx.facts.sources_of(Dataset::Attendance));
    let delivered = || first().is_some_and(|first| first <= month) && cx.dossier.attendance.iter().any(|table| table.month >= Some(month));
    !working || !begun(cx, month) || delivered()
}

fn begun(cx: &CheckContext, month: Month) -> bool {
    cx.facts.started_on().is_none_or(|day| month >= Month::of(day))
}

/// Labour cost from the owner, and money the contractor put in itself.
fn credits(cx: &CheckContext, words: &[String]) -> (Vec<Credit>, BTreeMap<Month, Fen>) {
    let (mut credits, mut own_money) = (Vec::new(), BTreeMap::new());
    for entry in &cx.facts.ledger.entries {
        let line = entry.line;
        match payer(cx, line, words) {
            Some(Payer::Owner) => credits.push(Credit { date: line.date, amount: line.credit }),
            Some(Payer::Contractor) => *own_money.entry(Month::of(line.date)).or_insert(Fen::ZERO) += line.credit,
            None => {}
        }
    }
    (credits, own_money)
}

pub(super) enum Payer {
    Owner,
    Contractor,
}

pub(super) fn payer(cx: &CheckContext, line: &LedgerLine, words: &[String]) -> Option<Payer> {
    if line.credit <= Fen::ZERO {
        return None;
    }
    let project = &cx.dossier.project;
    let is = |name: &Option<String>| {
        let named = |text: &Option<String>| text.as_deref().map(normalise_identity).filter(|text| !text.is_empty());
        named(name).is_some_and(|name| named(&line.counter_name) == Some(name))
    };
    let unmarked = !line.nature.is_given();
    let own = unmarked || matches!(line.nature, Field::Given(TxnType::LabourCost | TxnType::Other | TxnType::Transfer));
    if is(&project.contractor_name) && project.contractor_name != project.owner_name {
        return own.then_some(Payer::Contractor);
    }
    let worded = || words.iter().any(|word| line.text.contains(word.as_str()));
    let labour_cost = line.nature == Field::Given(TxnType::LabourCost) || (unmarked && is(&project.owner_name) && worded());
    labour_cost.then_some(Payer::Owner)
}

/// Due day by month: the agreed day, or without one a month after the last credit.
fn dues(
    cx: &CheckContext,
    started: Date,
    credits: &[Credit],
    gaps: &mut BTreeMap<Month, Unknown>,
) -> Result<BTreeMap<Month, Date>, Unknown> {
    let mut dues = BTreeMap::new();
    let opened = opened(cx);
    let mut note = |nominal: Date, due: Result<Date, Unknown>| match due {
        // Before the account was there, nothing could be paid into it.
        Ok(due) if opened.is_none_or(|opened| opened <= due) => {
            dues.entry(Month::of(nominal)).or_insert(due);
        }
        Ok(_) => {}
        Err(why) => {
            gaps.insert(Month::of(nominal), why);
        }
    };
    if let Some(day) = cx.dossier.project.fund_day.get() {
        for month in Month::of(started).through(Month::of(cx.as_of)) {
            let nominal = month.day(day);
            if nominal >= started {
                note(nominal, cx.on_or_after(nominal));
            }
        }
        return Ok(dues);
    }
    let judged_from = cx.facts.months_judged(cx.coverage).next().map_or(started, Month::first_day);
    // Credits before the first month delivered are not known: the clock cannot start before it.
    let mut anchor = started.max(judged_from);
    let cycle = cx.law.count("account.funding_cycle", cx.as_of)?;
    if cycle == 0 {
        // A cycle of no months would never end.
        return Err(LAW_GAP);
    }
    let mut round = 1;
    while let Some(nominal) = anchor.checked_add_months(Months::new(cycle * round)).filter(|nominal| *nominal <= cx.as_of) {
        let due = cx.plus_months(anchor, cycle * round);
        let in_time = due.clone().unwrap_or(nominal);
        let next = credits.iter().map(|credit| credit.date).find(|date| *date > anchor);
        if let Some(paid) = next.filter(|paid| *paid <= in_time) {
            (anchor, round) = (paid, 1);
            continue;
        }
        note(nominal, due);
        let following = anchor.checked_add_months(Months::new(cycle * (round + 1)));
        match next.filter(|paid| following.is_none_or(|day| *paid <= day)) {
            Some(paid) => (anchor, round) = (paid, 1),
            None => round += 1,
        }
    }
    Ok(dues)
}

/// The first day money could be paid in.
pub(super) fn opened(cx: &CheckContext) -> Option<Date> {
    cx.facts.accounts.iter().filter_map(|account| account.row.opened_on.get()).min()
}

/// First entry of the statements, where its balance says that money had moved before.
fn opened_with_balance(cx: &CheckContext) -> Option<Date> {
    let first = cx.facts.ledger.entries.first()?.line;
    let before = first.balance? - first.credit + first.debit;
    (before > Fen::ZERO).then(|| cx.facts.ledger.covered_from().map_or(first.date, |from| from.min(first.date)))
}

fn without_ledger(cx: &CheckContext) -> NotJudged {
    let why = match not_opened::judge(cx) {
        Ok(_) if not_opened::stands(cx) => Unknown::held_by(not_opened::ID),
        Ok(verdict) if verdict.outcome == Outcome::Breach || verdict.facts.contains_key("opened_on") => Unknown::missing(Dataset::Ledger),
        // Not bound to have an account, or still in time to open it.
        Ok(_) => return NotJudged::NotBound,
        Err(why) if why.held_by.is_some() => why,
        Err(_) => Unknown::missing(Dataset::Ledger),
    };
    NotJudged::Unknown(why)
}
