//! What trials have in common: subjects of findings, people who come and go, lines taken out of sheets.

use chrono::{Datelike, Weekday};
use model::{Date, Month};

use crate::days::{self, last_day};
use crate::people;
use crate::plant::{Consequence, Planter, money};
use crate::world::{Days, Line, Wage, Worker};

impl Planter<'_> {
    pub(super) fn account_subject(&self) -> String {
        let number = &self.site.account.as_ref().expect("the project has an account").number;
        format!("account:{}", &number[number.len() - 4..])
    }

    pub(super) fn guarantee_subject(&self) -> String {
        format!("guarantee:{}", self.site.deposit.as_ref().expect("the project has a deposit").number)
    }

    /// When the deposit is due.
    pub(super) fn deposit_due(&self) -> Date {
        self.ground.almanac.wd(self.site.permit.unwrap_or(self.site.signed), 20)
    }

    pub(super) fn one_fault(&mut self, kind: &str, text: &str, breach: Consequence) {
        self.fault(kind, text.to_owned(), vec![breach]);
    }

    /// Somebody who came lately and works every day but Sundays.
    pub(super) fn newcomer(&mut self, entry: Date) -> usize {
        let at = self.site.workers.len();
        let mut worker = Worker {
            entry,
            contract: Some(entry),
            registered: Some(entry),
            taken: true,
            team: 1,
            ..people::worker(self.site, at, self.ground, self.chance)
        };
        for day in entry.iter_days().take_while(|day| *day <= last_day()) {
            if day == entry || day.weekday() != Weekday::Sun {
                worker.attended.entry(Month::of(day)).or_default().whole |= days::bit(day);
            }
        }
        self.site.workers.push(worker);
        at
    }

    /// Takes a person out of the sheet of a month and its payouts.
    pub(super) fn strike(&mut self, of: Month, worker: usize) {
        self.site.month_mut(of).lines.retain(|l| l.worker != worker);
        self.unpaid(of, worker);
    }

    /// Nothing is paid to a person of the sheet; says how much that was.
    pub(super) fn unpaid(&mut self, of: Month, worker: usize) -> i64 {
        let mut amount = 0;
        for batch in self.site.batches.iter_mut().filter(|b| b.month == of) {
            amount += batch.lines.iter().filter(|l| l.worker == worker).map(|l| l.amount).sum::<i64>();
            batch.lines.retain(|l| l.worker != worker);
        }
        amount
    }

    /// Leaves for good: no more attendance, wages or payouts.
    pub(super) fn leave(&mut self, worker: usize, last: Date) {
        let month = Month::of(last);
        let person = &mut self.site.workers[worker];
        (person.exit, person.taken) = (Some(last), true);
        person.attended.retain(|m, _| *m <= month);
        let keep = (days::bit(last) << 1).wrapping_sub(1);
        if let Some(Days { whole, half }) = person.attended.get_mut(&month) {
            (*whole, *half) = (*whole & keep, *half & keep);
        }
        let later: Vec<Month> = self.site.months.iter().map(|m| m.month).filter(|m| *m > month).collect();
        for of in later {
            self.strike(of, worker);
        }
    }

    /// Sets gross and net of a line, and pays that.
    pub(super) fn wages(&mut self, of: Month, worker: usize, fen: i64) {
        let line = self.line(of, worker);
        (line.advance, line.deduction) = (0, 0);
        (line.gross, line.net) = (fen, fen);
        self.pay(of, worker, fen);
    }

    /// One more line on a sheet, paid with the others.
    pub(super) fn further_line(&mut self, of: Month, line: Line) {
        let paid = people::pay_line(&self.site.workers[line.worker], line.worker, line.net);
        self.site.month_mut(of).lines.push(line);
        money::batch_mut(self.site, of).push(paid);
    }

    pub(super) fn day_worker(&mut self) -> usize {
        self.somebody(|w| w.wage == Wage::Day)
    }

    pub(super) fn piece_worker(&mut self) -> usize {
        self.somebody(|w| w.wage == Wage::Piece)
    }

    pub(super) fn monthly_worker(&mut self) -> usize {
        self.somebody(|w| w.wage == Wage::Month)
    }

    /// The bank refuses a payout for good: what the sheet and the pay-day rules say of it.
    pub(super) fn refused(&mut self, of: Month, worker: usize) -> [Consequence; 2] {
        let line = money::line_mut(self.site, of, worker);
        (line.ok, line.reason) = (false, "账号户名不符");
        let amount = line.amount;
        [self.mismatch(of).money(amount).people(1), self.paid_late(of, amount, 1)]
    }

    pub(super) fn mismatch(&self, of: Month) -> Consequence {
        let due = self.ground.almanac.wd(self.site.month(of).pay_day, 10);
        self.breach_after("payroll.bank_mismatch", "notice", due).of(of)
    }
}
