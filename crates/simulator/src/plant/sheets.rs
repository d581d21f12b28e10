//! Faults in sheets and registers: payroll fields, workload basis, contracts, roster, data quality.

use model::Month;

use super::{Consequence, Planter, heads};
use crate::cast::Quality;
use crate::days::{self, as_of, date, plus};
use crate::people;
use crate::world::{Line, Status, Wage};

impl Planter<'_> {
    pub(super) fn ledger_incomplete(&mut self, kind: usize) {
        if kind.is_multiple_of(3) {
            let count = usize::try_from(self.chance.between(1, 3)).expect("a few people");
            let people: Vec<usize> = (0..count).map(|_| self.somebody(|w| w.wage == Wage::Day)).collect();
            for at in &people {
                self.site.workers[*at].phone = None;
            }
            let paid = |m: &&crate::world::PayMonth| !m.missing && m.lines.iter().any(|l| people.contains(&l.worker));
            let months: Vec<Month> = self.site.months.iter().filter(paid).map(|m| m.month).collect();
            let breaches = months.into_iter().map(|m| self.breach_in_sheet("payroll.ledger_incomplete", m)).collect();
            self.fault("ledger-no-phone", "工资台账缺联系方式：花名册和工资表都没有电话".to_owned(), breaches);
            return;
        }
        let of = self.settled_month();
        let (name, text) = if kind % 3 == 1 {
            let at = self.somebody_in(of, |w| w.wage == Wage::Day);
            let line = self.line(of, at);
            (line.advance, line.deduction) = (0, 0);
            line.net = line.gross - 30_000;
            let net = line.net;
            self.pay(of, at, net);
            ("ledger-no-deduction", "应发与实发不等而无扣款项目")
        } else {
            let at = self.somebody_in(of, |w| w.wage == Wage::Month);
            self.line(of, at).days = None;
            ("ledger-no-time", "月薪人员未记工作时间")
        };
        let breach = self.breach_in_sheet("payroll.ledger_incomplete", of);
        self.fault(name, format!("{of} 工资台账：{text}"), vec![breach]);
    }

    pub(super) fn no_quantity_basis(&mut self, kind: usize) {
        let of = self.settled_month();
        let (name, text) = match kind % 4 {
            0 => {
                let at = self.somebody_in(of, |w| w.wage == Wage::Piece);
                let line = self.line(of, at);
                line.gross += line.gross / 20;
                let net = line.gross - line.advance - line.deduction;
                line.net = net;
                self.pay(of, at, net);
                ("quantity-not-gross", "计件数量乘单价与应发工资相差5%")
            }
            1 => {
                let at = self.somebody_in(of, |w| w.wage == Wage::Day);
                let line = self.line(of, at);
                let days = line.days.unwrap_or(0) + 300;
                line.days = Some(days);
                let rate = line.rate.unwrap_or(0);
                line.gross = days * rate / 100 + line.overtime;
                let net = line.gross - line.advance - line.deduction;
                line.net = net;
                self.pay(of, at, net);
                ("quantity-over-attendance", "工资表出勤天数多于考勤")
            }
            2 => {
                let at = self.somebody_in(of, |w| w.wage == Wage::Day);
                self.line(of, at).rate = None;
                ("quantity-no-rate", "计日工资未列日工资标准")
            }
            _ => {
                self.site.month_mut(of).no_progress = true;
                ("quantity-no-progress", "未附工程进度确认单")
            }
        };
        let breach = self.breach_in_sheet("payroll.no_quantity_basis", of);
        self.fault(name, format!("{of} 工资表：{text}"), vec![breach]);
    }

    pub(super) fn no_contract(&mut self, kind: usize) {
        let count = if kind.is_multiple_of(3) { self.chance.between(1, 3) } else { 1 };
        let mut first = as_of();
        for _ in 0..count {
            let at = self.somebody(|w| w.wage == Wage::Day);
            let worker = &mut self.site.workers[at];
            let came = people::first_attendance(worker).expect("paid people attend");
            first = first.min(came);
            match kind % 3 {
                0 => (worker.contract, worker.roster_says_contract) = (None, false),
                1 => worker.contract = None,
                _ => worker.contract = Some(plus(came, 9)),
            }
        }
        let (name, text) = match kind % 3 {
            0 => ("no-contract", "进场人员未签劳动合同"),
            1 => ("no-contract-row", "花名册称已签合同，合同台账无此人"),
            _ => ("contract-after-entry", "劳动合同在首次考勤之后签订"),
        };
        let breach = self.breach("realname.no_contract", "notice");
        let breach = Consequence { workers: Some(heads(usize::try_from(count).unwrap_or(1))), ..breach };
        self.fault(name, text.to_owned(), vec![Consequence { since: Some(first), ..breach }]);
    }

    pub(super) fn record_incomplete(&mut self, kind: usize) {
        let count = usize::try_from(self.chance.between(1, 2)).expect("a few people");
        for _ in 0..count {
            let at = self.somebody(|w| w.wage == Wage::Piece);
            let worker = &mut self.site.workers[at];
            if kind.is_multiple_of(2) { worker.roster_card = false } else { worker.roster_trade = false }
        }
        let (name, text) =
            if kind.is_multiple_of(2) { ("roster-no-card", "花名册缺工资卡号") } else { ("roster-no-trade", "花名册缺工种") };
        let breach = self.breach("realname.record_incomplete", "notice");
        self.fault(name, text.to_owned(), vec![Consequence { workers: Some(heads(count)), ..breach }]);
    }

    pub(super) fn balance_gap(&mut self) {
        let breach = self.breach("platform.data_quality", "notice");
        self.site.balance_gap = Some(self.chance.between(1, 9) * 10_000);
        self.fault("ledger-balance-gap", "专户流水余额前后不连续".to_owned(), vec![breach]);
    }

    pub(super) fn data_quality(&mut self, kind: Quality) {
        let breach = self.breach("platform.data_quality", "notice");
        match kind {
            Quality::Stale => {
                let last = date(2024, 12, 4);
                self.site.attendance_until = last;
                self.trim_attendance();
                let almanac = self.ground.almanac;
                let stale = self.breach_after("platform.data_quality", "notice", almanac.cd(last, 7));
                let missing = self.breach_after("realname.attendance_missing", "notice", almanac.wd(last, 3));
                self.fault("attendance-stale", format!("{last} 之后没有考勤数据"), vec![stale, missing]);
            }
            Quality::Heads => {
                let active = self.site.workers.iter().filter(|w| w.exit.is_none()).count();
                let ghosts = active / 6 + 1;
                people::add_ghosts(self.site, ghosts, self.ground, self.chance);
                self.fault("roster-heads", format!("花名册有{ghosts}人从未考勤，超过10%"), vec![breach]);
            }
            Quality::Total => {
                let of = self.settled_month();
                self.site.month_mut(of).total_off = self.chance.between(1, 20) * 10_000;
                self.fault("payroll-total", format!("{of} 工资表合计与明细之和不符"), vec![breach]);
            }
        }
    }

    /// Attendance ends the day before the county is looked at, so that a week later it is stale wherever nothing else is said of its quality.
    /// Nobody's attendance comes any more then: that a project's own is missing cannot be told (rules.md §6, "received for other projects").
    pub(crate) fn afterwards(&self) -> Vec<Consequence> {
        let (rule, due) = ("platform.data_quality", self.ground.almanac.cd(days::last_day(), 7));
        let told = self.faults.iter().flat_map(|f| &f.consequences).any(|c| c.rule == rule);
        (self.site.status == Status::Active && !told).then(|| self.breach_after(rule, "notice", due)).into_iter().collect()
    }

    /// The last punch of the project lies on `attendance_until` exactly.
    fn trim_attendance(&mut self) {
        let until = self.site.attendance_until;
        let december = days::month(2024, 12);
        for worker in &mut self.site.workers {
            if let Some(days) = worker.attended.get_mut(&december) {
                let keep = (days::bit(until) << 1).wrapping_sub(1);
                (days.whole, days.half) = (days.whole & keep, days.half & keep);
            }
        }
        let last = self.site.workers[0].attended.entry(december).or_default();
        last.whole |= days::bit(until);
        last.half &= !last.whole;
    }

    pub(super) fn somebody_in(&mut self, of: Month, fits: impl Fn(&crate::world::Worker) -> bool) -> usize {
        let paid: std::collections::BTreeSet<String> =
            self.site.month(of).lines.iter().map(|l| self.site.workers[l.worker].id.clone()).collect();
        self.somebody(|w| paid.contains(&w.id) && fits(w))
    }

    pub(super) fn line(&mut self, of: Month, worker: usize) -> &mut Line {
        self.site.month_mut(of).lines.iter_mut().find(|l| l.worker == worker).expect("the worker is paid that month")
    }

    /// The bank pays what the sheet says, where it pays at all.
    pub(super) fn pay(&mut self, of: Month, worker: usize, net: i64) {
        if let Some(batch) = self.site.batches.iter_mut().find(|b| b.month == of)
            && let Some(line) = batch.lines.iter_mut().find(|l| l.worker == worker)
        {
            line.amount = net;
        }
    }
}
