//! Near misses: the last clear day, the exact tolerance, what was late and is cured.

use super::{Consequence, Planter, money};
use crate::build::paid_months;
use crate::days::{as_of, date, month, plus};
use crate::people;
use crate::world::{Board, Funding, Wage};

impl Planter<'_> {
    pub(super) fn near_miss(&mut self, n: usize) {
        match n {
            0 => self.advance(),
            1 => self.next_working_day(),
            2 => self.funded_late(),
            3 => self.uploaded_late(),
            4 => self.repeated(),
            5 => self.split(),
            6 => self.one_percent(),
            7 => self.same_day(),
            8 => {
                self.site.opening_advance = Some((date(2024, 9, 3), 10_000_000));
                self.miss("account.funding_late", "7月1日至9月1日停工，停工月份无人出勤，无需拨付");
            }
            9 => self.settled_in_time(),
            10 => self.tenth_absent(),
            11 => self.last_day(),
            12 => self.cured(),
            13 => self.first_month(),
            _ => {}
        }
    }

    fn advance(&mut self) {
        let open = self.settled_month().next();
        self.site.funding.insert(open, Funding::Double);
        self.site.funding.insert(open.next(), Funding::Covered);
        self.miss("account.funding_late", "上月预拨两个月人工费用，本月未再拨付");
    }

    fn next_working_day(&mut self) {
        let months: Vec<_> = paid_months(self.site).map(model::Month::next).collect();
        for month in months {
            let due = self.ground.almanac.fund_due(month, self.site.fund_day);
            self.site.funding.insert(month, Funding::On(due));
        }
        self.miss("account.funding_late", "拨付日逢休息日，次一工作日到账");
    }

    fn funded_late(&mut self) {
        let open = month(2024, 11);
        let due = self.ground.almanac.fund_due(open, self.site.fund_day);
        let came = self.ground.almanac.wd(due, 3);
        self.site.funding.insert(open, Funding::On(came));
        let late = self.breach_after("account.funding_late", "notice", due);
        let late = Consequence { period: Some(open), until: Some(plus(came, -1)), ..late };
        self.missed_once("account.funding_late", "11月人工费用迟三个工作日到账，已补足", vec![late]);
    }

    fn uploaded_late(&mut self) {
        let almanac = self.ground.almanac;
        let of = month(2024, 10);
        let due = almanac.wd(self.site.month(of).pay_day, 5);
        let came = almanac.wd(due, 3);
        self.site.month_mut(of).uploaded = Some(came);
        self.uploaded_last_thing(of.plus(-1));
        let late = self.breach_after("platform.payroll_not_uploaded", "notice", due);
        let late = Consequence { period: Some(of), until: Some(plus(came, -1)), ..late };
        self.missed_once("platform.payroll_not_uploaded", "10月工资表迟三个工作日上传，已补传", vec![late]);
    }

    fn repeated(&mut self) {
        for of in [month(2024, 8), month(2024, 9)] {
            let at = self.somebody_in(of, |w| w.wage == Wage::Day);
            let line = money::line_mut(self.site, of, at);
            let again = line.clone();
            (line.ok, line.reason) = (false, "账户已冻结");
            money::repeat(self.site, self.ground.almanac, of, 2, vec![again]);
        }
        self.miss("payroll.bank_mismatch", "代发失败，两个工作日后重新发放成功");
    }

    fn split(&mut self) {
        let of = month(2024, 9);
        let at = self.somebody_in(of, |w| w.wage == Wage::Day);
        let line = money::line_mut(self.site, of, at);
        let half = line.amount / 2;
        let second = crate::world::PayLine { amount: line.amount - half, ..line.clone() };
        line.amount = half;
        money::batch_mut(self.site, of).push(second);
        let at = self.somebody_in(of, |w| w.wage == Wage::Piece);
        money::line_mut(self.site, of, at).amount -= 1;
        self.miss("payroll.bank_mismatch", "一人工资分两笔发放；另一人少发0.01元，未超过容差");
    }

    fn one_percent(&mut self) {
        let of = month(2024, 9);
        let at = self.somebody_in(of, |w| w.wage == Wage::Piece);
        let line = self.line(of, at);
        let price = line.price.unwrap_or(0);
        line.pieces = Some(198_000);
        (line.gross, line.advance, line.deduction, line.net) = (200 * price, 0, 0, 200 * price);
        self.pay(of, at, 200 * price);
        self.miss("payroll.no_quantity_basis", "计件数量乘单价与应发工资相差正好1%");
    }

    fn same_day(&mut self) {
        let at = self.somebody(|w| w.wage == Wage::Day);
        let worker = &mut self.site.workers[at];
        worker.contract = people::first_attendance(worker);
        self.miss("realname.no_contract", "劳动合同在首次考勤当日签订");
        if let Some(Board { set, checked, .. }) = &mut self.site.board {
            (*set, *checked) = ((*set).min(date(2024, 6, 20)), date(2024, 6, 20));
        }
        let next_day = self.breach_after("site.board_missing", "notice", as_of());
        self.missed_once("site.board_missing", "告示牌2024-06-20检查，至2024-12-20正好六个月", vec![next_day]);
    }

    fn settled_in_time(&mut self) {
        if let Some(node) = self.site.nodes.last_mut() {
            (node.due, node.settled) = (date(2024, 11, 20), None);
        }
        if let Some(node) = self.site.nodes.first_mut() {
            node.paid = Some(-2);
        }
        let subject = self.site.nodes.last().map(|n| format!("node:{}", n.name));
        let next_day = Consequence { subject, ..self.breach_after("site.settlement_overdue", "notice", as_of()) };
        let text = "节点约定日期2024-11-20，第30日正是2024-12-20；另一节点已付正好80%";
        self.missed_once("site.settlement_overdue", text, vec![next_day]);
    }

    fn tenth_absent(&mut self) {
        let active = self.site.workers.iter().filter(|w| w.exit.is_none()).count();
        people::add_ghosts(self.site, active / 9, self.ground, self.chance);
        self.miss("platform.data_quality", "花名册人数与考勤人数相差不超过10%");
    }

    fn last_day(&mut self) {
        let almanac = self.ground.almanac;
        let opened = almanac.cd(self.site.signed, 30);
        self.opened_on(opened);
        self.site.connected = Some(almanac.wd(opened, 10));
        self.store_deposit(20);
        self.miss("account.not_opened", "签约后第30日（顺延后）当日开户");
        self.miss("platform.not_connected", "开户后第10个工作日接入平台");
        self.miss("deposit.unpaid", "取得施工许可后第20个工作日存储保证金");
    }

    fn cured(&mut self) {
        let almanac = self.ground.almanac;
        let opened = almanac.wd(almanac.cd(self.site.signed, 30), 2);
        self.opened_on(opened);
        self.site.connected = Some(almanac.wd(opened, 14));
        self.store_deposit(23);
        self.miss("account.not_opened", "开户迟两个工作日，已补办");
        self.miss("platform.not_connected", "接入平台迟四个工作日，已补办");
        self.miss("deposit.unpaid", "存储保证金迟三个工作日，已补办");
    }

    fn store_deposit(&mut self, after: u32) {
        let stored = self.ground.almanac.wd(self.site.permit.unwrap_or(self.site.signed), after);
        if let Some(deposit) = &mut self.site.deposit {
            deposit.stored = Some(stored);
            deposit.valid = deposit.valid.map(|(_, to)| (stored, to));
        }
    }

    fn first_month(&mut self) {
        self.site.opening_advance = Some((date(2024, 3, 5), 5_000_000));
        self.miss("account.funding_late", "开工当月按约预拨");
        self.site.forms.payout_ids = false;
        let of = month(2024, 9);
        let at = self.somebody_in(of, |w| w.wage == Wage::Day);
        let line = money::line_mut(self.site, of, at);
        line.name = line.name.replacen("测试", "测试　", 1);
        self.miss("payroll.bank_mismatch", "代发明细无证件号码，一人姓名写法不同，按工资卡号对应");
    }
}
