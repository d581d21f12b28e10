//! Who was paid what by the bank for a month, and where that may only seem so (rules.md §6, "Payroll against bank").
//!
//! Read once here for every rule that asks. Holds no outcome.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::sheet::{LedgerLine, TxnType, Who};
use model::{Dataset, Fen, Field, Month, Party};

use crate::facts::people::Named;
use crate::facts::{AMBIGUOUS, Gaps, MonthFacts, Pid, Worker};
use crate::payday::PayWindow;
use crate::platform::payroll_not_uploaded;
use crate::rule::{CheckContext, REJECTED_ROWS, Unknown};

/// A month of which no sheet says that anybody worked or was paid.
pub fn is_empty(facts: &MonthFacts) -> bool {
    !facts.has_payroll() && !facts.has_payout() && facts.mask == 0
}

/// The attendance is there in whole and nobody came.
pub fn nobody_came(facts: &MonthFacts) -> bool {
    facts.mask == 0 && !facts.attendance.is_empty() && !facts.attendance_gaps.any()
}

/// The missing payroll; where its upload is overdue, that is the cause.
pub fn without_payroll(cx: &CheckContext, month: Month, missing: Unknown) -> Unknown {
    if payroll_not_uploaded::is_breach(cx, month) { missing.and_held_by(payroll_not_uploaded::ID) } else { missing }
}

/// For a month without payout sheet: a ledger that covers the window and shows no wage debit proves that nothing was paid;
/// nothing else does.
pub fn nothing_paid(cx: &CheckContext, month: Month, window: PayWindow) -> Result<(), Unknown> {
    // Wages of a month may be paid before their pay-day, but not before they are earned.
    let earliest = month.last_day().min(window.pay_day);
    let fees = cx.law.words("payroll.bank_fee_words", window.end)?;
    let ledger = &cx.facts.ledger;
    if !ledger.covers(&cx.facts.accounts, window.pay_day, window.end) {
        return Err(Unknown::missing(Dataset::Payout));
    }
    if ledger.rejected_between(earliest, window.end) > 0 {
        return Err(REJECTED_ROWS);
    }
    if ledger.between(earliest, window.end).iter().any(|entry| may_be_wages(entry.line, fees)) {
        return Err(Unknown::missing(Dataset::Payout));
    }
    Ok(())
}

/// Without 款项性质 every debit but a bank charge may be wages.
pub fn may_be_wages(line: &LedgerLine, fee_words: &[String]) -> bool {
    if line.debit <= Fen::ZERO {
        return false;
    }
    match line.nature {
        Field::Given(nature) => nature == TxnType::Wages,
        Field::Absent | Field::Empty => !fee_words.iter().any(|word| line.text.contains(word.as_str())),
    }
}

/// Lines of one dataset that leave open whose they are.
#[derive(Debug, Default)]
pub struct Open {
    rejected: bool,
    /// A line that may be anybody's.
    everybody: bool,
    persons: BTreeSet<Pid>,
}

impl Open {
    fn of<'w>(cx: &CheckContext, gaps: Gaps, lines: impl Iterator<Item = (&'w Who, Pid)>) -> Self {
        let mut open = Self { rejected: gaps.rejected > 0, ..Self::default() };
        if gaps.ambiguous == 0 {
            return open;
        }
        for (who, _) in lines.filter(|(_, pid)| *pid == AMBIGUOUS) {
            let named = cx.facts.people().named(&who.name);
            open.everybody |= named.is_empty();
            open.persons.extend(named);
        }
        open
    }

    /// Of the attendance of a month.
    pub fn attendance(cx: &CheckContext, facts: &MonthFacts) -> Self {
        Self::of(cx, facts.attendance_gaps, lines(&facts.attendance, &cx.dossier.attendance, &cx.facts.people().attendance))
    }

    /// Of all rosters.
    pub fn roster(cx: &CheckContext) -> Self {
        let (tables, pids) = (&cx.dossier.rosters, &cx.facts.people().roster);
        let ambiguous = pids.iter().flatten().filter(|pid| **pid == AMBIGUOUS).count();
        let rejected = tables.iter().map(|table| table.head.rejected).sum();
        let all: Vec<usize> = (0..tables.len()).collect();
        Self::of(cx, Gaps { ambiguous: u32::try_from(ambiguous).unwrap_or(u32::MAX), rejected }, lines(&all, tables, pids))
    }

    /// Why a line of this person may be among them.
    pub fn reason(&self, pid: Pid) -> Option<&'static str> {
        if self.rejected { Some("rejected_rows") } else { (self.everybody || self.persons.contains(&pid)).then_some("ambiguous_name") }
    }
}

/// What the sheets of a month leave open, person by person.
#[derive(Debug)]
pub struct Doubts {
    pub payroll: Open,
    pub payout: Open,
}

impl Doubts {
    pub fn of(cx: &CheckContext, facts: &MonthFacts) -> Self {
        let (dossier, people) = (cx.dossier, cx.facts.people());
        Self {
            payroll: Open::of(cx, facts.payroll_gaps, lines(&facts.payrolls, &dossier.payrolls, &people.payroll)),
            payout: Open::of(cx, facts.payout_gaps, lines(&facts.payouts, &dossier.payouts, &people.payout)),
        }
    }

    /// Why a difference between net and paid may only seem one. A line that was not read can only add: more owed where
    /// the payroll lacks lines, more paid where the payout does.
    pub fn difference(&self, cx: &CheckContext, month: Month, worker: &Worker) -> Result<Option<&'static str>, Unknown> {
        if worker.paid > worker.net {
            return Ok(unclear_answer(worker).or(self.payroll.reason(worker.pid)));
        }
        self.unpaid(cx, month, worker)
    }

    /// Why somebody who seems not to be paid may have been, or may be yet.
    pub fn unpaid(&self, cx: &CheckContext, month: Month, worker: &Worker) -> Result<Option<&'static str>, Unknown> {
        if let Some(reason) = unclear_answer(worker).or(self.payout.reason(worker.pid)) {
            return Ok(Some(reason));
        }
        let retry = cx.law.count("payroll.retry", month.last_day())?;
        match worker.failed_on {
            Some(failed_on) if cx.as_of <= cx.plus_working_days(failed_on, retry)? => Ok(Some("retry_open")),
            _ => Ok(None),
        }
    }
}

fn lines<'d, L: Named>(at: &'d [usize], tables: &'d [Arc<model::Table<L>>], pids: &'d [Vec<Pid>]) -> impl Iterator<Item = (&'d Who, Pid)> {
    at.iter().flat_map(move |at| tables[*at].lines.iter().map(Named::who).zip(pids[*at].iter().copied()))
}

fn unclear_answer(worker: &Worker) -> Option<&'static str> {
    if worker.unknown_words > 0 { Some("unknown_bank_word") } else { worker.unclear_return.then_some("ambiguous_name") }
}

/// Why somebody got less than the payroll says.
pub fn shortfall(worker: &Worker) -> &'static str {
    if worker.payouts == 0 {
        "no_payout"
    } else if worker.returned > Fen::ZERO {
        "returned"
    } else if worker.failed > Fen::ZERO {
        "failed"
    } else if worker.pending > Fen::ZERO {
        "pending"
    } else {
        "paid_less"
    }
}

/// 补发: what later payrolls pay of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BackPay {
    /// On lines that name the month.
    pub paid: Fen,
    /// A line that names no month was paid: it may be for this one.
    pub unnamed: bool,
}

pub fn back_pay(cx: &CheckContext, month: Month, pid: Pid) -> Result<BackPay, Unknown> {
    let tolerance = cx.law.fen("payroll.tolerance", month.last_day())?;
    let mut back = BackPay::default();
    for facts in cx.facts.months().range(month.next()..).map(|(_, facts)| facts) {
        if facts.worker(pid).is_none_or(|worker| worker.lines == 0 || worker.paid < worker.net - tolerance) {
            continue;
        }
        let lines = facts.payroll_lines(cx.dossier, cx.facts.people()).filter(|paid| paid.pid == pid && paid.line.is_back_pay());
        for paid in lines {
            match paid.line.back_pay_month.get() {
                Some(of) if of == month => back.paid += paid.line.net,
                Some(_) => {}
                None => back.unnamed = true,
            }
        }
    }
    Ok(back)
}

/// Employers of the sheets these persons stand on: of the payroll, else of the attendance, else of the roster.
/// Where nothing names one, the general contractor answers.
pub fn party_of(cx: &CheckContext, facts: &MonthFacts, pids: &BTreeSet<Pid>) -> Option<Party> {
    let (dossier, people) = (cx.dossier, cx.facts.people());
    let mut left = pids.clone();
    let mut employers: Vec<Option<&str>> = Vec::new();
    for at in &facts.payrolls {
        collect(&mut employers, &mut left, pids, &people.payroll[*at], dossier.payrolls[*at].head.employer.as_deref());
    }
    let attended = left.clone();
    for at in &facts.attendance {
        if let Some(employer) = dossier.attendance[*at].head.employer.as_deref() {
            collect(&mut employers, &mut left, &attended, &people.attendance[*at], Some(employer));
        }
    }
    for pid in left {
        employers.push(
            cx.facts.roster_of(pid).find_map(|(table, row)| row.employer.given().map(String::as_str).or(table.head.employer.as_deref())),
        );
    }
    cx.facts.employer_at_fault(employers)
}

fn collect<'d>(employers: &mut Vec<Option<&'d str>>, left: &mut BTreeSet<Pid>, of: &BTreeSet<Pid>, on: &[Pid], employer: Option<&'d str>) {
    let mut any = false;
    for pid in on.iter().filter(|pid| of.contains(pid)) {
        left.remove(pid);
        any = true;
    }
    if any {
        employers.push(employer);
    }
}
