//! Faults of the money: labour cost that does not come, payroll that is not uploaded, payouts that do not agree.

use model::Month;

use super::{Consequence, Planter, gap_kind, heads};
use crate::cast::{Gap, Mismatch};
use crate::days::{self, month};
use crate::people;
use crate::world::{Batch, Funding, PayLine, Site, Wage};

impl Planter<'_> {
    pub(super) fn unfunded(&mut self, gap: Gap) {
        // One of the last months whose gap is more than a month old on every day compared, or November's.
        let open = self.free_month(gap);
        let (funding, severity) = match gap {
            Gap::Own | Gap::December => (Funding::Own, "notice"),
            Gap::Third => (Funding::Third, "order"),
            Gap::Unpaid => (Funding::Nothing, "order"),
        };
        self.site.funding.insert(open, funding);
        let mut consequences = vec![self.funding_late(open, severity)];
        if gap == Gap::Unpaid {
            consequences.extend(self.unpaid_month(open.plus(-1)));
        }
        if gap == Gap::December {
            let december = month(2024, 12);
            self.site.funding.insert(december, Funding::Nothing);
            consequences.push(self.funding_late(december, "notice"));
            consequences.push(self.payroll_missing());
            consequences.push(self.balance_short(month(2024, 11)));
        } else {
            consequences.push(self.payroll_without_upload());
        }
        let text = match gap {
            Gap::Own => "建设单位一个月未拨付人工费用，由总包单位自有资金垫付；另有一个月工资表未上传",
            Gap::Third => "建设单位一个月未拨付人工费用，由第三方垫付；另有一个月工资表未上传",
            Gap::Unpaid => "建设单位一个月未拨付人工费用，当月工资未代发；另有一个月工资表未上传",
            Gap::December => "建设单位曾有一个月未拨付人工费用，12月又未拨付；11月工资表未上传",
        };
        self.fault(gap_kind(gap), text.to_owned(), consequences);
    }

    fn free_month(&mut self, gap: Gap) -> Month {
        if gap == Gap::Own && self.chance.percent(40) {
            return month(2024, 11);
        }
        self.settled_month().next().min(days::settled_month())
    }

    fn funding_late(&self, open: Month, severity: &str) -> Consequence {
        let due = self.ground.almanac.fund_due(open, self.site.fund_day);
        Consequence { period: Some(open), ..self.breach_after("account.funding_late", severity, due) }
    }

    /// Neither payout nor wage debit for the month: everybody is without wages, the bank has nothing the payroll could agree with.
    fn unpaid_month(&mut self, of: Month) -> [Consequence; 2] {
        self.site.batches.retain(|b| b.month != of);
        let paid = self.site.month(of);
        let (amount, workers) = (paid.lines.iter().map(|l| l.net).sum(), heads(paid.lines.len()));
        let due = self.ground.almanac.wd(paid.pay_day, 10);
        let breach = self.breach_after("payroll.bank_mismatch", "notice", due);
        let mismatch = Consequence { period: Some(of), amount_fen: Some(amount), workers: Some(workers), ..breach };
        [mismatch, self.paid_late(of, amount, workers)]
    }

    /// Some of the people of a month have no successful payout, long after the pay-day.
    pub(super) fn paid_late(&self, of: Month, amount: i64, workers: u32) -> Consequence {
        let breach = self.breach_after("payroll.late", "order", self.site.month(of).pay_day);
        Consequence { period: Some(of), amount_fen: Some(amount), workers: Some(workers), ..breach }
    }

    /// Signed for by the worker, refused by the bank, never repeated.
    pub(super) fn arrears(&self, amount: i64, workers: u32) -> Consequence {
        Consequence { amount_fen: Some(amount), workers: Some(workers), ..self.breach("payroll.arrears", "order") }
    }

    /// Five working days before the pay-day there is less on the account than the wages; said until that day.
    pub(super) fn balance_short(&self, of: Month) -> Consequence {
        let pay_day = self.site.month(of).pay_day;
        let since = self.ground.almanac.wd_before(pay_day, 5);
        let number = &self.site.account.as_ref().expect("an account to be short").number;
        let subject = Some(format!("account:{}", &number[number.len() - 4..]));
        Consequence { subject, since: Some(since), until: Some(pay_day), ..self.breach("account.balance_insufficient", "notice") }
    }

    /// November: nothing handed over, nothing paid; the payout window is still open.
    fn payroll_missing(&mut self) -> Consequence {
        let (almanac, of) = (self.ground.almanac, month(2024, 11));
        self.site.batches.retain(|b| b.month != of);
        self.site.month_mut(of).missing = true;
        let due = almanac.wd(self.site.month(of).pay_day, 5);
        self.uploaded_last_thing(month(2024, 9));
        self.uploaded_last_thing(month(2024, 10));
        Consequence { period: Some(of), ..self.breach_after("platform.payroll_not_uploaded", "notice", due) }
    }

    /// Late enough, and still in time, that payroll data grow stale only when the next month's sheet is overdue.
    pub(super) fn uploaded_last_thing(&mut self, of: Month) {
        let almanac = self.ground.almanac;
        if let Some(paid) = self.site.months.iter_mut().find(|m| m.month == of) {
            paid.uploaded = Some(almanac.wd(paid.pay_day, 4));
        }
    }

    /// The sheet is known from a visit; the column of the upload day is empty.
    fn payroll_without_upload(&mut self) -> Consequence {
        let of = self.chance.pick(&[month(2024, 8), month(2024, 9), month(2024, 10)]);
        let due = self.ground.almanac.wd(self.site.month(of).pay_day, 5);
        self.uploaded_last_thing(of.plus(-1));
        self.site.month_mut(of).uploaded = None;
        Consequence { period: Some(of), ..self.breach_after("platform.payroll_not_uploaded", "notice", due) }
    }

    pub(super) fn funding_short(&mut self) {
        let mut open = month(2024, 9);
        while self.site.funding.contains_key(&open) {
            open = open.plus(-1);
        }
        let due: i64 = self.site.month(open.plus(-1)).lines.iter().map(|l| l.gross).sum();
        let short = due * self.chance.between(15, 35) / 100;
        self.site.funding.insert(open, Funding::Short(short));
        let breach = Consequence { amount_fen: Some(short), ..self.breach_in("account.funding_short", open) };
        self.fault("funding-short", format!("{open} 拨付的人工费用少于当月应付工资，差额由总包单位补足"), vec![breach]);
    }

    pub(super) fn bank_mismatch(&mut self, kind: Mismatch) {
        let of = self.mismatch_month();
        let (name, text, amount, workers) = match kind {
            Mismatch::LeftOut => self.left_out(of),
            Mismatch::PaidShort => self.paid_short(of),
            Mismatch::PaidMore => self.paid_more(of),
            Mismatch::Failed => self.failed(of),
            Mismatch::Unlisted => self.paid_unlisted(of),
            Mismatch::Returned => self.returned(of),
            Mismatch::Swapped => self.swapped(of),
        };
        let due = self.ground.almanac.wd(self.site.month(of).pay_day, 10);
        let breach = self.breach_after("payroll.bank_mismatch", "notice", due);
        let mut breaches = vec![Consequence { period: Some(of), amount_fen: Some(amount), workers: Some(workers), ..breach }];
        if matches!(kind, Mismatch::LeftOut | Mismatch::Failed | Mismatch::Returned) {
            breaches.push(self.paid_late(of, amount, workers));
        }
        if matches!(kind, Mismatch::Failed | Mismatch::Returned) {
            breaches.push(self.arrears(amount, workers));
        }
        self.fault(name, text.to_owned(), breaches);
    }

    /// A month with a batch, after somebody has left.
    fn mismatch_month(&mut self) -> Month {
        let months: Vec<Month> = self.site.batches.iter().map(|b| b.month).skip(3).filter(|m| *m <= days::settled_month()).collect();
        if months.is_empty() { days::settled_month() } else { self.chance.pick(&months) }
    }

    fn left_out(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let count = usize::try_from(self.chance.between(1, 3)).expect("a few people");
        let mut amount = 0;
        for _ in 0..count {
            let at = self.somebody_paid(of);
            let batch = batch_mut(self.site, of);
            let gone = batch.iter().position(|l| l.worker == at).expect("who is on the payroll is in the batch");
            amount += batch.remove(gone).amount;
        }
        ("payout-left-out", "工资表上有人未见银行代发", amount, heads(count))
    }

    fn paid_short(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let at = self.somebody_paid(of);
        let short = self.chance.between(100, 800) * 100;
        line_mut(self.site, of, at).amount -= short;
        ("payout-short", "银行代发金额少于工资表实发金额", short, 1)
    }

    fn paid_more(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let at = self.somebody_paid(of);
        let more = self.chance.between(100, 800) * 100;
        line_mut(self.site, of, at).amount += more;
        self.site.top_ups.push((self.site.month(of).pay_day, more));
        ("payout-more", "银行代发金额多于工资表实发金额", more, 1)
    }

    /// Two people get each other's sums: the totals agree, the persons do not.
    fn swapped(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let (one, other) = (self.somebody_paid(of), self.somebody_paid(of));
        let (a, b) = (line_mut(self.site, of, one).amount, line_mut(self.site, of, other).amount);
        // The same sum twice would be no fault; then one gets a yuan of the other's.
        let (a, b) = if a == b { (a + 100, b - 100) } else { (b, a) };
        let difference = (line_mut(self.site, of, one).amount - a).abs();
        line_mut(self.site, of, one).amount = a;
        line_mut(self.site, of, other).amount = b;
        ("payout-swapped", "两人的代发金额互换，总额相符而个人不符", difference * 2, 2)
    }

    fn failed(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let at = self.somebody_paid(of);
        let line = line_mut(self.site, of, at);
        (line.ok, line.reason) = (false, "账号户名不符");
        let amount = line.amount;
        ("payout-failed", "代发失败后未重新发放", amount, 1)
    }

    fn paid_unlisted(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let Some(at) = people::leaver(self.site).filter(|at| self.site.workers[*at].exit.is_some_and(|e| e < of.first_day())) else {
            return self.paid_short(of);
        };
        let (amount, name) = (self.chance.between(15, 40) * 10_000, self.site.workers[at].name.clone());
        batch_mut(self.site, of).push(PayLine { worker: at, name, card: None, amount, ok: true, reason: "" });
        let day = self.site.month(of).pay_day;
        self.site.top_ups.push((day, amount));
        ("payout-unlisted", "银行代发名单中有人不在工资表上", amount, 1)
    }

    fn returned(&mut self, of: Month) -> (&'static str, &'static str, i64, u32) {
        let at = self.somebody_paid(of);
        let amount = line_mut(self.site, of, at).amount;
        let day = self.ground.almanac.wd(self.site.month(of).pay_day, 3);
        self.site.returns.push((at, amount, day));
        ("payout-returned", "代发成功后被退汇，未重新发放", amount, 1)
    }

    fn somebody_paid(&mut self, of: Month) -> usize {
        let paid: std::collections::BTreeSet<String> =
            self.site.month(of).lines.iter().map(|l| self.site.workers[l.worker].id.clone()).collect();
        self.somebody(|w| w.wage == Wage::Piece && paid.contains(&w.id))
    }
}

pub(super) fn batch_mut(site: &mut Site, of: Month) -> &mut Vec<PayLine> {
    &mut site.batches.iter_mut().find(|b| b.month == of).expect("the month was paid").lines
}

pub(super) fn line_mut(site: &mut Site, of: Month, worker: usize) -> &mut PayLine {
    batch_mut(site, of).iter_mut().find(|l| l.worker == worker).expect("who is on the payroll is in the batch")
}

/// A second batch of the month, `days` working days after the first.
pub(super) fn repeat(site: &mut Site, almanac: &days::Almanac, of: Month, after: u32, lines: Vec<PayLine>) {
    let first = site.batches.iter().find(|b| b.month == of).expect("the month was paid").clone();
    let no = format!("{}2", &first.no[..first.no.len() - 1]);
    let date = almanac.wd(first.date, after);
    site.batches.push(Batch { no, month: of, date, elsewhere: false, lines });
}
