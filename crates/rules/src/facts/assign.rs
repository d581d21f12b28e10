//! Which sheet and which payout line belongs to which month.

use std::collections::BTreeMap;

use model::sheet::{LedgerLine, PayResult, PayoutLine, TxnType};
use model::{Date, Dossier, Fen, Field, Month};

use super::month::{MonthBuilder, MonthFacts, PaymentPart};
use super::note::months_in;
use super::people::{AMBIGUOUS, People, Pid};
use super::{Ledger, WindowOf, payroll_has_arrived};

/// A payout line and the months it pays for.
struct Payment<'d> {
    /// Sheet and line, as places in the dossier.
    place: (usize, usize),
    line: &'d PayoutLine,
    pid: Pid,
    months: Paid,
    /// What came back of a success.
    returned: Fen,
    returned_on: Option<Date>,
    /// The returned money fits several workers.
    unclear: bool,
}

/// The months a payment is for.
enum Paid {
    One(Month),
    /// Two or more, ascending.
    Several(Vec<Month>),
}

pub(super) fn months(dossier: &Dossier, people: &People, ledger: &Ledger, as_of: Date, window_of: WindowOf) -> BTreeMap<Month, MonthFacts> {
    let mut months: BTreeMap<Month, MonthFacts> = BTreeMap::new();
    let last = Month::of(as_of);
    for (at, table) in dossier.attendance.iter().enumerate() {
        if let Some(month) = table.month.filter(|month| *month <= last) {
            months.entry(month).or_default().attendance.push(at);
        }
    }
    for (at, table) in dossier.payrolls.iter().enumerate() {
        let month = table.month.or_else(|| table.head.period.map(|(from, _)| Month::of(from)));
        if let Some(month) = month.filter(|month| *month <= last && payroll_has_arrived(table, as_of)) {
            months.entry(month).or_default().payrolls.push(at);
        }
    }
    let mut payments = payments(dossier, people, ledger, as_of, window_of, &mut months);
    link_returns(ledger, &mut payments);
    let by_month = by_month(&payments);
    let mut slots = Vec::new();
    let mut built: BTreeMap<Month, MonthFacts> = BTreeMap::new();
    // What a payment for several months has left after the earlier ones.
    let mut rest: Vec<Fen> = payments.iter().map(|p| p.line.amount).collect();
    for (month, facts) in months {
        let (attendance, payrolls) = (facts.attendance.clone(), facts.payrolls.clone());
        let mut builder = MonthBuilder::new(facts, &mut slots, people.persons.len());
        let happened = happened(month, as_of);
        for at in attendance {
            builder.attendance(dossier, people, at, happened);
        }
        for at in payrolls {
            builder.payroll(dossier, people, at);
        }
        for at in by_month.get(&month).into_iter().flatten() {
            let payment = &payments[*at];
            let share = share(payment, month, rest[*at], &mut builder);
            rest[*at] -= share;
            builder.payout(payment.line, payment.pid, share);
            builder.facts.payments.extend(part(payment, share));
            builder.returned(payment.pid, payment.returned.0.min(share.0), payment.returned_on, payment.unclear);
        }
        built.insert(month, builder.finish());
    }
    built
}

fn payments<'d>(
    dossier: &'d Dossier,
    people: &People,
    ledger: &Ledger,
    as_of: Date,
    window_of: WindowOf,
    months: &mut BTreeMap<Month, MonthFacts>,
) -> Vec<Payment<'d>> {
    let mut payments = Vec::with_capacity(dossier.payouts.iter().map(|t| t.lines.len()).sum());
    for (at, table) in dossier.payouts.iter().enumerate() {
        let mut touched: Vec<Month> = table.month.into_iter().collect();
        let batch = if table.month.is_none() { month_of_batch(ledger, table.head.batch_no.as_deref()) } else { None };
        for (row, (line, pid)) in table.lines.iter().zip(&people.payout[at]).enumerate() {
            if line.paid_on.is_some_and(|day| day > as_of) {
                continue;
            }
            let Some(paid) = months_of(line, table.month.or(batch), as_of, window_of) else { continue };
            for month in paid.months() {
                if !touched.contains(month) {
                    touched.push(*month);
                }
            }
            let place = (at, row);
            payments.push(Payment { place, line, pid: *pid, months: paid, returned: Fen::ZERO, returned_on: None, unclear: false });
        }
        let happened = table.lines.is_empty() || table.lines.iter().any(|line| line.paid_on.is_none_or(|day| day <= as_of));
        for month in touched.into_iter().filter(|_| happened) {
            let facts = months.entry(month).or_default();
            facts.payouts.push(at);
            facts.payout_gaps.rejected += table.head.rejected;
        }
    }
    payments
}

/// Column, else month of the batch, else a month in the note, else the oldest month whose window holds the date.
/// A note that names several months splits the payment among them.
fn months_of(line: &PayoutLine, known: Option<Month>, as_of: Date, window_of: WindowOf) -> Option<Paid> {
    let noted = line.remark.as_deref().map_or_else(Vec::new, |remark| months_in(remark, line.paid_on.or(Some(as_of))));
    if noted.len() > 1 {
        return Some(Paid::Several(noted));
    }
    let month = known.or(noted.first().copied());
    month.or_else(|| month_by_window(line.paid_on.unwrap_or(as_of), window_of)).map(Paid::One)
}

fn month_by_window(day: Date, window_of: WindowOf) -> Option<Month> {
    let month = Month::of(day);
    // Windows reach at most a few months; a payment before its pay-day belongs to the first window not yet over.
    let candidates = || month.plus(-3).through(month);
    let holds = |m: &Month| window_of(*m).is_some_and(|(from, to)| from <= day && day <= to);
    candidates().find(holds).or_else(|| candidates().find(|m| window_of(*m).is_some_and(|(_, to)| day <= to)))
}

fn month_of_batch(ledger: &Ledger, batch: Option<&str>) -> Option<Month> {
    let batch = batch.filter(|batch| !batch.is_empty())?;
    let entry = ledger.entries.iter().find(|entry| entry.line.batch_no.as_deref() == Some(batch))?;
    match months_in(&entry.line.text, Some(entry.line.date))[..] {
        [month] => Some(month),
        _ => None,
    }
}

/// Payments for one month first: those for several fill what these leave open.
fn by_month(payments: &[Payment]) -> BTreeMap<Month, Vec<usize>> {
    let mut by_month: BTreeMap<Month, Vec<usize>> = BTreeMap::new();
    let mut several: Vec<usize> = Vec::new();
    for (at, payment) in payments.iter().enumerate() {
        match payment.months {
            Paid::One(month) => by_month.entry(month).or_default().push(at),
            Paid::Several(_) => several.push(at),
        }
    }
    several.sort_by_key(|at| (payments[*at].line.paid_on, payments[*at].line.amount));
    for at in several {
        for month in payments[at].months.months() {
            by_month.entry(*month).or_default().push(at);
        }
    }
    by_month
}

impl Paid {
    fn months(&self) -> &[Month] {
        match self {
            Self::One(month) => std::slice::from_ref(month),
            Self::Several(months) => months,
        }
    }
}

/// The month's part of a payment for several months: what is open, the last month takes the rest.
fn share(payment: &Payment, month: Month, rest: Fen, builder: &mut MonthBuilder) -> Fen {
    if payment.months.months().last() == Some(&month) || payment.line.result != PayResult::Success {
        return rest;
    }
    let open = builder.open(payment.pid);
    Fen(open.0.clamp(0, rest.0.max(0)))
}

fn part(payment: &Payment, amount: Fen) -> Option<PaymentPart> {
    let (at, line) = payment.place;
    Some(PaymentPart { at: u32::try_from(at).ok()?, line: u32::try_from(line).ok()?, amount })
}

/// Days of the month up to the as-of day, as a mask.
fn happened(month: Month, as_of: Date) -> u32 {
    let last = month.last_day().min(as_of);
    if last < month.first_day() { 0 } else { u32::MAX >> (31 - chrono::Datelike::day0(&last)) }
}

/// 退汇: a credit days later, with the worker's name, undoes the success it repeats.
fn link_returns(ledger: &Ledger, payments: &mut [Payment]) {
    for entry in ledger.entries.iter().filter(|entry| is_return(entry.line)) {
        let line = entry.line;
        let fits = |p: &Payment| {
            p.line.result == PayResult::Success
                && p.returned == Fen::ZERO
                && p.line.amount == line.credit
                && p.line.paid_on.is_none_or(|day| day <= line.date)
                && names(line, &p.line.who.name)
        };
        let fitting: Vec<usize> = (0..payments.len()).filter(|at| fits(&payments[*at])).collect();
        let Some(latest) = fitting.iter().copied().max_by_key(|at| payments[*at].line.paid_on) else { continue };
        let several = fitting.iter().any(|at| payments[*at].pid != payments[latest].pid);
        for at in if several { fitting } else { vec![latest] } {
            payments[at].returned_on = Some(line.date);
            if several {
                payments[at].unclear = true;
            } else {
                payments[at].returned = line.credit;
            }
        }
    }
}

fn names(line: &LedgerLine, name: &str) -> bool {
    !name.is_empty() && (line.counter_name.as_deref().is_some_and(|counter| counter.trim() == name) || line.text.contains(name))
}

/// A payment that came back: by its nature, without that column by the bank's words.
pub fn is_return(line: &LedgerLine) -> bool {
    if line.credit <= Fen::ZERO {
        return false;
    }
    match line.nature {
        Field::Given(nature) => nature == TxnType::PayoutReturn,
        Field::Absent | Field::Empty => ["退汇", "退回", "退票"].iter().any(|word| line.text.contains(word)),
    }
}

impl MonthBuilder<'_> {
    fn returned(&mut self, pid: Pid, amount: i64, on: Option<Date>, unclear: bool) {
        if pid == AMBIGUOUS || (amount == 0 && !unclear) {
            return;
        }
        let Some(worker) = self.facts.workers.iter_mut().rev().find(|worker| worker.pid == pid) else { return };
        worker.unclear_return |= unclear;
        worker.paid -= Fen(amount);
        worker.returned += Fen(amount);
        worker.failed_on = worker.failed_on.max(on);
        self.facts.paid -= Fen(amount);
    }
}
