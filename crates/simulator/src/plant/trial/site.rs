//! Trials of boards, settlement of nodes and payment guarantees (rules.md §2.6).

use super::{Case, Trial, begun};
use crate::chance::Chance;
use crate::days::{as_of, date, plus};
use crate::plant::Planter;
use crate::setting::Setting;
use crate::world::{Board, OwnerKind};

pub const TRIALS: &[Trial] = &[
    board_missing,
    board_due_today,
    old_photo,
    photo_of_six_months,
    board_incomplete,
    no_monthly_posting,
    not_settled,
    settling_today,
    paid_too_little,
    paid_just_enough,
    private_owner,
    no_payment_guarantee,
    guarantee_due_today,
    payment_guarantee_over,
    guarantee_ends_today,
];

/// Ten working days after 2024-12-05 is the day before the county is looked at.
fn board_missing(chance: &mut Chance) -> Case {
    let lately = chance.percent(50);
    Case::new(if lately { begun(date(2024, 12, 2), date(2024, 12, 5)) } else { Setting::default() }, |p| {
        p.site.board = None;
        let breach = p.breach_after("site.board_missing", "notice", p.ground.almanac.wd(p.site.start, 10));
        p.one_fault("board-missing", "开工后10个工作日未设立告示牌", breach);
    })
}

fn board_due_today(_: &mut Chance) -> Case {
    Case::new(begun(date(2024, 12, 2), date(2024, 12, 6)), |p| {
        p.site.board = None;
        let next_day = p.breach_after("site.board_missing", "notice", as_of());
        p.missed_once("site.board_missing", "开工后第10个工作日正是2024-12-20", vec![next_day]);
    })
}

fn photographed(day: model::Date) -> Case {
    // The works began before the photo.
    Case::new(begun(date(2024, 6, 3), date(2024, 6, 12)), move |p| {
        p.site.board = Some(Board::new(date(2024, 6, 14), day));
        let due = p.ground.almanac.mo(day, 6);
        let breach = p.breach_after("site.board_missing", "notice", due);
        if due < as_of() {
            p.fault("board-old-photo", format!("告示牌最近一次检查为{day}，已超过六个月"), vec![breach]);
        } else {
            p.missed_once("site.board_missing", "告示牌2024-06-20检查，至2024-12-20正好六个月", vec![breach]);
        }
    })
}

fn old_photo(chance: &mut Chance) -> Case {
    photographed(date(2024, 6, chance.pick(&[14, 17, 19])))
}

fn photo_of_six_months(_: &mut Chance) -> Case {
    photographed(date(2024, 6, 20))
}

fn board_incomplete(chance: &mut Chance) -> Case {
    let (item, cell) = (chance.index(3), chance.pick(&[Some(false), None]));
    Case::usual(move |p| {
        p.board().items[item] = cell;
        let breach = p.breach("site.board_incomplete", "notice");
        let text = ["参建单位等", "最低工资标准和工资支付日期", "投诉举报电话等"][item];
        p.fault("board-incomplete", format!("告示牌没有写明{text}"), vec![breach]);
    })
}

fn no_monthly_posting(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.board().monthly = false;
        p.miss("site.board_incomplete", "没有按月公示考勤与工资，只作建议");
    })
}

fn public(chance: &mut Chance) -> Setting {
    // A quarter's node lies behind.
    Setting { owner: Some(chance.pick(&[OwnerKind::Government, OwnerKind::StateOwned])), ..begun(date(2024, 7, 8), date(2024, 7, 18)) }
}

/// A node of 2024-11-19 was to be settled by the day before the county is looked at.
fn not_settled(chance: &mut Chance) -> Case {
    let (agreed, setting) = (chance.percent(50), public(chance));
    Case::new(setting, move |p| {
        p.site.terms.settlement = agreed;
        let subject = p.last_node(date(2024, 11, 19));
        let breach = p.breach_after("site.settlement_overdue", "notice", date(2024, 12, 19)).about(subject);
        p.one_fault("not-settled", "节点约定日期2024-11-19，30日内未办理过程结算", breach);
    })
}

fn settling_today(chance: &mut Chance) -> Case {
    Case::new(public(chance), |p| {
        let subject = p.last_node(date(2024, 11, 20));
        let next_day = p.breach_after("site.settlement_overdue", "notice", as_of()).about(subject);
        p.missed_once("site.settlement_overdue", "节点约定日期2024-11-20，第30日正是2024-12-20", vec![next_day]);
    })
}

fn paid_too_little(chance: &mut Chance) -> Case {
    Case::new(public(chance), |p| {
        let node = &mut p.site.nodes[0];
        node.paid = Some(-3);
        let subject = format!("node:{}", node.name);
        let breach = p.breach("site.settlement_overdue", "notice").about(subject);
        p.one_fault("paid-too-little", "过程结算已付工程款比已完成产值的80%少一分", breach);
    })
}

fn paid_just_enough(chance: &mut Chance) -> Case {
    Case::new(public(chance), |p| {
        p.site.nodes[0].paid = Some(-2);
        p.miss("site.settlement_overdue", "过程结算已付正好80%");
    })
}

fn private_owner(_: &mut Chance) -> Case {
    let setting = Setting { owner: Some(OwnerKind::Private), ..begun(date(2024, 7, 8), date(2024, 7, 18)) };
    Case::new(setting, |p| {
        p.last_node(date(2024, 11, 5));
        p.miss("site.settlement_overdue", "社会投资项目未办理过程结算，只作建议");
    })
}

/// Twenty working days after 2024-11-21 is the day before the county is looked at.
fn no_payment_guarantee(chance: &mut Chance) -> Case {
    let lately = chance.percent(50);
    Case::new(if lately { begun(date(2024, 11, 21), date(2024, 11, 29)) } else { Setting::default() }, |p| {
        p.site.terms.guarantee = false;
        let due = p.ground.almanac.wd(p.site.signed, 20);
        let breach = p.breach_after("site.payment_guarantee_missing", "notice", due);
        p.one_fault("no-payment-guarantee", "签约后20个工作日未提供工程款支付担保", breach);
    })
}

fn guarantee_due_today(_: &mut Chance) -> Case {
    Case::new(begun(date(2024, 11, 22), date(2024, 11, 29)), |p| {
        p.site.terms.guarantee = false;
        let next_day = p.breach_after("site.payment_guarantee_missing", "notice", as_of());
        p.missed_once("site.payment_guarantee_missing", "签约后第20个工作日正是2024-12-20", vec![next_day]);
    })
}

fn payment_guarantee_over(chance: &mut Chance) -> Case {
    let to = chance.pick(&[date(2024, 12, 19), date(2024, 12, 7), date(2024, 11, 30)]);
    Case::usual(move |p| {
        p.site.terms.guarantee_to = to;
        let breach = p.breach("site.payment_guarantee_missing", "notice").from(plus(to, 1));
        p.fault("payment-guarantee-over", format!("工程款支付担保{to}到期"), vec![breach]);
    })
}

fn guarantee_ends_today(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.site.terms.guarantee_to = as_of();
        let next_day = p.breach("site.payment_guarantee_missing", "notice").from(plus(as_of(), 1));
        p.missed_once("site.payment_guarantee_missing", "工程款支付担保2024-12-20到期，当日仍有效", vec![next_day]);
    })
}

impl Planter<'_> {
    fn board(&mut self) -> &mut Board {
        self.site.board.as_mut().expect("the project has a board")
    }

    /// The last node falls on that day and is not settled.
    fn last_node(&mut self, due: model::Date) -> String {
        let node = self.site.nodes.last_mut().expect("the project has nodes");
        (node.due, node.settled) = (due, None);
        format!("node:{}", node.name)
    }
}
