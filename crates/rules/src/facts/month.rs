//! The four-way ledger of a month: for each worker who attended, is on the payroll, was paid by the bank, signed.

use std::collections::BTreeMap;

use model::sheet::{Hundredths, PayFailure, PayResult, PayoutLine, PayrollLine};
use model::{Date, Dossier, Fen};

use super::Facts;
use super::people::{AMBIGUOUS, People, Pid};

/// One worker in one month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Worker {
    pub pid: Pid,
    /// Days attended, bit 0 = the 1st, over all sheets, up to the as-of day.
    pub mask: u32,
    /// Days attended in whole. A day on two sheets is one day; the whole day wins over the half.
    pub whole: u32,
    /// Whole days as 100, half days as 50.
    pub days: Hundredths,
    /// Hours of the attendance sheets, where they give hours.
    pub hours: Option<Hundredths>,
    /// Lines on the month's payrolls.
    pub lines: u32,
    pub gross: Fen,
    pub net: Fen,
    /// 借支: paid before, shown as deduction.
    pub advance: Fen,
    /// Days the payroll states, where it does.
    pub payroll_days: Option<Hundredths>,
    pub payroll_hours: Option<Hundredths>,
    /// Lines with the worker's signature.
    pub signed: u32,
    /// Bank answers.
    pub payouts: u32,
    /// Successes, less what came back.
    pub paid: Fen,
    pub failed: Fen,
    pub pending: Fen,
    pub returned: Fen,
    /// Lines with a bank word nobody has classified.
    pub unknown_words: u32,
    /// Last day the bank refused or returned a payment.
    pub failed_on: Option<Date>,
    /// Why, as the bank said on that day.
    pub failure: Option<PayFailure>,
    /// First and last day of a success.
    pub paid_from: Option<Date>,
    pub paid_to: Option<Date>,
    /// A returned payment fits several workers.
    pub unclear_return: bool,
}

/// Lines that fit several people, and rows that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gaps {
    pub ambiguous: u32,
    pub rejected: u32,
}

impl Gaps {
    pub fn any(self) -> bool {
        self.ambiguous + self.rejected > 0
    }
}

/// Everything about one month. No threshold in it.
#[derive(Debug, Default)]
pub struct MonthFacts {
    /// Sheets of the month, as places in the dossier.
    pub attendance: Vec<usize>,
    pub payrolls: Vec<usize>,
    pub payouts: Vec<usize>,
    /// Payout lines that pay for the month, and how much of them does.
    pub payments: Vec<PaymentPart>,
    /// Ascending by person.
    pub workers: Vec<Worker>,
    /// Days on which anybody attended.
    pub mask: u32,
    /// Workers with at least one day.
    pub attended: u32,
    /// Sums of the payrolls.
    pub gross: Fen,
    pub net: Fen,
    pub payroll_lines: u32,
    /// Sum of successes, less what came back, over all lines of the bank, matched or not.
    pub paid: Fen,
    pub attendance_gaps: Gaps,
    pub payroll_gaps: Gaps,
    pub payout_gaps: Gaps,
}

impl MonthFacts {
    pub fn worker(&self, pid: Pid) -> Option<&Worker> {
        self.workers.binary_search_by_key(&pid, |worker| worker.pid).ok().map(|at| &self.workers[at])
    }

    pub fn has_payroll(&self) -> bool {
        !self.payrolls.is_empty()
    }

    pub fn has_payout(&self) -> bool {
        !self.payouts.is_empty()
    }

    /// Lines of the month's payrolls with their persons.
    pub fn payroll_lines<'f>(&'f self, dossier: &'f Dossier, people: &'f People) -> impl Iterator<Item = PaidLine<'f>> + 'f {
        self.payrolls.iter().flat_map(move |at| {
            let lines = dossier.payrolls[*at].lines.iter().zip(people.payroll[*at].iter().copied());
            lines.map(move |(line, pid)| PaidLine { at: *at, line, pid })
        })
    }
}

/// A payout line, as place in the dossier, and the part of it that pays for one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentPart {
    pub at: u32,
    pub line: u32,
    pub amount: Fen,
}

/// A payroll line: its sheet (place in the dossier) and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct PaidLine<'f> {
    pub at: usize,
    pub line: &'f PayrollLine,
    pub pid: Pid,
}

/// Place of a person in a list of evidence.
pub type Slot = (Pid, usize, u32);

/// Persons of evidence: label, and what the rule has to say of them.
pub type Listed<T> = BTreeMap<Slot, ((String, String), T)>;

impl PaidLine<'_> {
    /// Under which a person is listed once; a line that fits several people stands for itself.
    pub fn slot(&self) -> Slot {
        if self.pid == AMBIGUOUS { (AMBIGUOUS, self.at, self.line.who.row) } else { (self.pid, 0, 0) }
    }

    /// Name and masked identity.
    pub fn label(&self, facts: &Facts) -> (String, String) {
        if self.pid == AMBIGUOUS { facts.label_of(&self.line.who) } else { facts.label(self.pid) }
    }
}

/// Builds the workers of one month. The scratch table of slots is reused from month to month.
pub(super) struct MonthBuilder<'s> {
    pub facts: MonthFacts,
    slots: &'s mut Vec<u32>,
}

impl<'s> MonthBuilder<'s> {
    pub fn new(facts: MonthFacts, slots: &'s mut Vec<u32>, persons: usize) -> Self {
        slots.clear();
        slots.resize(persons, u32::MAX);
        Self { facts, slots }
    }

    fn worker(&mut self, pid: Pid) -> &mut Worker {
        let slot = &mut self.slots[pid as usize];
        if *slot == u32::MAX {
            *slot = u32::try_from(self.facts.workers.len()).unwrap_or(u32::MAX);
            self.facts.workers.push(Worker { pid, ..Worker::default() });
        }
        let at = *slot as usize;
        &mut self.facts.workers[at]
    }

    /// `happened`: the days of the month up to the as-of day.
    pub fn attendance(&mut self, dossier: &Dossier, people: &People, at: usize, happened: u32) {
        let table = &dossier.attendance[at];
        self.facts.workers.reserve(table.lines.len());
        self.facts.attendance_gaps.rejected += table.head.rejected;
        for (line, pid) in table.lines.iter().zip(&people.attendance[at]) {
            if *pid == AMBIGUOUS {
                self.facts.attendance_gaps.ambiguous += 1;
                self.facts.mask |= line.attended_mask() & happened;
                continue;
            }
            let mask = line.attended_mask() & happened;
            let worker = self.worker(*pid);
            worker.mask |= mask;
            worker.whole |= line.whole_days & happened;
            if let Some(hours) = line.hours.get() {
                *worker.hours.get_or_insert(0) += hours;
            }
            self.facts.mask |= mask;
        }
    }

    pub fn payroll(&mut self, dossier: &Dossier, people: &People, at: usize) {
        let table = &dossier.payrolls[at];
        self.facts.payroll_gaps.rejected += table.head.rejected;
        for (line, pid) in table.lines.iter().zip(&people.payroll[at]) {
            self.facts.payroll_lines += 1;
            self.facts.net += line.net;
            self.facts.gross += line.gross.get().unwrap_or_default();
            if *pid == AMBIGUOUS {
                self.facts.payroll_gaps.ambiguous += 1;
                continue;
            }
            let worker = self.worker(*pid);
            worker.lines += 1;
            worker.net += line.net;
            worker.gross += line.gross.get().unwrap_or_default();
            worker.advance += line.advance.get().unwrap_or_default();
            worker.signed += u32::from(line.signed.get() == Some(true));
            if let Some(days) = line.days.get() {
                *worker.payroll_days.get_or_insert(0) += days;
            }
            if let Some(hours) = line.hours.get() {
                *worker.payroll_hours.get_or_insert(0) += hours;
            }
        }
    }

    pub fn payout(&mut self, line: &PayoutLine, pid: Pid, amount: Fen) {
        if line.result == PayResult::Success {
            self.facts.paid += amount;
        }
        if pid == AMBIGUOUS {
            self.facts.payout_gaps.ambiguous += 1;
            return;
        }
        let worker = self.worker(pid);
        worker.payouts += 1;
        match &line.result {
            PayResult::Success => {
                worker.paid += amount;
                worker.paid_from = worker.paid_from.into_iter().chain(line.paid_on).min();
                worker.paid_to = worker.paid_to.max(line.paid_on);
            }
            PayResult::Failed => {
                worker.failed += amount;
                if worker.failure.is_none() || worker.failed_on <= line.paid_on {
                    worker.failure = Some(PayFailure::of(line.fail_reason.as_deref().unwrap_or_default()));
                }
                worker.failed_on = worker.failed_on.max(line.paid_on);
            }
            PayResult::Pending => worker.pending += amount,
            PayResult::Unknown(_) => worker.unknown_words += 1,
        }
    }

    /// What a month still owes the worker: the share of a payment for several months.
    pub fn open(&mut self, pid: Pid) -> Fen {
        if pid == AMBIGUOUS {
            return Fen::ZERO;
        }
        let worker = self.worker(pid);
        worker.net - worker.paid
    }

    pub fn finish(mut self) -> MonthFacts {
        for worker in &mut self.facts.workers {
            let half = worker.mask & !worker.whole;
            worker.days = worker.whole.count_ones().cast_signed() * 100 + half.count_ones().cast_signed() * 50;
        }
        self.facts.attended = u32::try_from(self.facts.workers.iter().filter(|w| w.mask != 0).count()).unwrap_or(u32::MAX);
        self.facts.workers.sort_unstable_by_key(|worker| worker.pid);
        self.facts
    }
}
