//! Faults of the project itself: deposit, account, platform, board, settlement.

use model::Date;

use super::{Consequence, Planter};
use crate::cast::Role;
use crate::days::{as_of, date, plus};
use crate::world::Board;

impl Planter<'_> {
    pub(super) fn not_opened(&mut self, n: usize) {
        let due = self.ground.almanac.cd(self.site.signed, 30);
        let breach = self.breach_after("account.not_opened", "order", due);
        let text = match n {
            0 => "合同额正好4,000,000.00元，已过签约后30日，未开设专用账户",
            1..=3 => "2024年10月签约，30日期满后仍未开设专用账户",
            _ => "合同额400万元以上、工期三个月以上，未开设专用账户",
        };
        self.fault("account-not-opened", text.to_owned(), vec![breach]);
    }

    pub(super) fn no_deposit(&mut self) {
        let due = self.ground.almanac.wd(self.site.permit.unwrap_or(self.site.signed), 20);
        let breach = self.breach_after("deposit.unpaid", "order", due);
        self.site.deposit = None;
        self.fault("deposit-unpaid", "未存储工资保证金，也无保函".to_owned(), vec![breach]);
    }

    /// Due from the opening of the account, else from signing.
    pub(super) fn not_connected(&mut self) {
        let almanac = self.ground.almanac;
        let from = self.site.account.as_ref().map_or_else(|| almanac.cd(self.site.signed, 30), |a| a.opened);
        let breach = self.breach_after("platform.not_connected", "notice", almanac.wd(from, 10));
        self.site.connected = None;
        self.fault("not-connected", "未接入监测预警平台".to_owned(), vec![breach]);
    }

    pub(super) fn board_missing(&mut self, kind: usize) {
        let almanac = self.ground.almanac;
        if kind.is_multiple_of(2) {
            self.site.board = None;
            let breach = self.breach_after("site.board_missing", "notice", almanac.wd(self.site.start, 10));
            self.fault("board-missing", "未设立维权信息告示牌".to_owned(), vec![breach]);
            return;
        }
        // The last photo is older than six months; not before the board was set.
        let set = almanac.wd(self.site.start, 2);
        let checked = plus(date(2024, 5, 6), self.chance.between(0, 20)).max(set);
        self.site.board = Some(Board::new(set, checked));
        let breach = self.breach_after("site.board_missing", "notice", almanac.mo(checked, 6));
        self.fault("board-old-photo", format!("告示牌最近一次检查为{checked}，已超过六个月"), vec![breach]);
    }

    pub(super) fn settlement_overdue(&mut self, kind: usize) {
        // The nodes themselves are written when the money is known; here one of them is marked.
        let node = self.site.nodes.iter().position(|n| n.due <= date(2024, 9, 30) && plus(n.due, -30) >= self.site.start);
        let at = node.expect("projects with this fault have a node in 2024");
        let subject = Some(format!("node:{}", self.site.nodes[at].name));
        let mut breach = Consequence { subject, ..self.breach("site.settlement_overdue", "notice") };
        let node = &mut self.site.nodes[at];
        let text = if kind % 3 < 2 {
            node.settled = None;
            let due = self.ground.almanac.cd(node.due, 30);
            (breach.due, breach.since) = (Some(due), Some(plus(due, 1)));
            "约定节点后30日未办理过程结算"
        } else {
            node.paid = Some(-1);
            "过程结算已付工程款低于已完成产值的80%"
        };
        self.fault("settlement-overdue", text.to_owned(), vec![breach]);
    }

    pub(super) fn outside_the_duty(&mut self, role: Role) {
        match role {
            Role::BelowFloor(0) => self.miss("account.not_opened", "合同额3,999,999.99元，低于400万元一分"),
            Role::BelowFloor(_) => self.miss("account.not_opened", "合同额低于400万元"),
            Role::ShortPeriod => self.miss("account.not_opened", "合同工期2024-10-08至2025-01-06，差一日满三个月"),
            Role::Exempt => self.miss("deposit.unpaid", "合同额300万元以下，免存"),
            Role::Planned(0) => {
                let due = self.ground.almanac.cd(self.site.signed, 30);
                debug_assert_eq!(due, as_of());
                let next_day = self.breach_after("account.not_opened", "order", due);
                self.missed_once("account.not_opened", "签约后第30日正是2024-12-20，当日不算逾期", vec![next_day]);
            }
            Role::Planned(1) => self.miss("account.not_opened", "签约未满30日"),
            _ => {}
        }
    }

    pub(super) fn opened_on(&mut self, day: Date) {
        if let Some(account) = &mut self.site.account {
            account.opened = day;
            account.filed = Some(self.ground.almanac.wd(day, 5));
            account.agreement = Some(day);
        }
    }
}
