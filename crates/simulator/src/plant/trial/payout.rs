//! Trials of the wages the bank paid (rules.md §2.3).

use model::Month;

use super::{Case, Trial, begun};
use crate::cast::Mismatch;
use crate::chance::Chance;
use crate::days::{as_of, date, month};
use crate::plant::{Planter, money};
use crate::setting::Setting;
use crate::world::Lead;

pub const TRIALS: &[Trial] = &[
    mismatch,
    paid_unlisted,
    matched_by_card,
    paid_in_halves,
    two_fen_short,
    window_closed_yesterday,
    window_open,
    one_fen_short,
    repeated,
    late,
    pay_day_today,
    paid_late,
    elsewhere,
    other_payee,
    shared_card,
    other_spelling,
    arrears,
    arrears_of_three_months,
    arrears_by_word,
    refused_unsigned,
    refuted,
    undecided,
];

fn mismatch(chance: &mut Chance) -> Case {
    let kind = chance.pick(&[Mismatch::PaidShort, Mismatch::PaidMore, Mismatch::Swapped, Mismatch::LeftOut]);
    Case::usual(move |p| p.bank_mismatch(kind))
}

/// Paid to somebody who has left and stands on no sheet.
fn paid_unlisted(_: &mut Chance) -> Case {
    Case::new(begun(date(2024, 7, 5), date(2024, 7, 15)), |p| {
        let at = p.piece_worker();
        p.leave(at, date(2024, 7, 31));
        p.bank_mismatch(Mismatch::Unlisted);
    })
}

/// No numbers in the bank's file: the card of the payroll says who it is, however the name is written.
fn matched_by_card(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.site.forms.payout_ids = false;
        let of = p.settled_month();
        let at = p.piece_worker();
        let line = money::line_mut(p.site, of, at);
        line.name = line.name.replacen("测试", "测试　", 1);
        p.miss("payroll.bank_mismatch", "代发明细无证件号码，姓名写法不同，按工资卡号对应");
        p.miss("payroll.payee_mismatch", "收款户名只多了一个空格");
    })
}

/// Half in one payout, half in another.
fn paid_in_halves(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.day_worker();
        let line = money::line_mut(p.site, of, at);
        let half = line.amount / 2;
        let second = crate::world::PayLine { amount: line.amount - half, ..line.clone() };
        line.amount = half;
        money::batch_mut(p.site, of).push(second);
        p.miss("payroll.bank_mismatch", "一人工资分两笔发放");
    })
}

fn two_fen_short(chance: &mut Chance) -> Case {
    let of = chance.pick(&[month(2024, 9), month(2024, 10)]);
    Case::usual(move |p| {
        let at = p.piece_worker();
        money::line_mut(p.site, of, at).amount -= 2;
        let breach = p.mismatch(of).money(2).people(1);
        p.fault("two-fen-short", format!("{of} 一人少发0.02元"), vec![breach]);
    })
}

/// Wages moved before a weekend may leave before the owner's money comes: the contractor has enough in the account.
fn advance(p: &mut Planter) {
    p.site.float = Some(100_000_000);
}

/// November's wages on the 5th: the tenth working day after it is 2024-12-19.
fn window_closed_yesterday(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((3, 5)), ..Setting::default() }, |p| {
        advance(p);
        let (of, at) = (month(2024, 11), p.piece_worker());
        money::line_mut(p.site, of, at).amount -= 100;
        let breach = p.mismatch(of).money(100).people(1);
        p.one_fault("short-window-closed", "11月少发1元，等待期2024-12-19届满", breach);
    })
}

fn window_open(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((3, 6)), ..Setting::default() }, |p| {
        advance(p);
        let (of, at) = (month(2024, 11), p.piece_worker());
        money::line_mut(p.site, of, at).amount -= 100;
        let next_day = p.mismatch(of).money(100).people(1);
        debug_assert_eq!(next_day.due, Some(as_of()));
        p.missed_once("payroll.bank_mismatch", "11月少发1元，等待期2024-12-20届满", vec![next_day]);
    })
}

fn one_fen_short(chance: &mut Chance) -> Case {
    let more = chance.percent(50);
    Case::usual(move |p| {
        let of = p.settled_month();
        let at = p.piece_worker();
        money::line_mut(p.site, of, at).amount += if more { 1 } else { -1 };
        if more {
            p.site.top_ups.push((p.site.month(of).pay_day, 1));
        }
        p.miss("payroll.bank_mismatch", "一人多发或者少发0.01元");
    })
}

fn repeated(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.piece_worker();
        let line = money::line_mut(p.site, of, at);
        let again = line.clone();
        (line.ok, line.reason) = (false, "账户已冻结");
        let after = u32::try_from(p.chance.between(1, 10)).unwrap_or(1);
        money::repeat(p.site, p.ground.almanac, of, after, vec![again]);
        p.miss("payroll.bank_mismatch", "代发失败，等待期内重新发放成功");
        p.miss("payroll.late", "发薪日后补发，已改正");
        p.miss("payroll.arrears", "代发失败后已补发");
    })
}

/// From the fifth working day after the pay-day an order, before that a notice; the bank's comparison has to wait.
fn late(chance: &mut Chance) -> Case {
    let (day, severity) = chance.pick(&[(13, "order"), (16, "notice"), (19, "notice")]);
    Case::new(Setting { days: Some((5, day)), ..Setting::default() }, move |p| {
        let (of, at) = (month(2024, 11), p.piece_worker());
        let amount = p.unpaid(of, at);
        let late = p.breach_in("payroll.late", of).money(amount).people(1);
        let due = p.site.month(of).pay_day;
        let late = crate::plant::Consequence { severity: severity.to_owned(), due: Some(due), ..late };
        p.fault("late", format!("11月工资{due}支付，一人没有代发"), vec![late]);
    })
}

fn pay_day_today(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((5, 20)), ..Setting::default() }, |p| {
        p.miss("payroll.late", "发薪日正是2024-12-20，还没有代发");
    })
}

fn paid_late(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let (of, at) = (month(2024, 10), p.piece_worker());
        let line = money::line_mut(p.site, of, at).clone();
        p.unpaid(of, at);
        let after = u32::try_from(p.chance.between(3, 9)).unwrap_or(3);
        money::repeat(p.site, p.ground.almanac, of, after, vec![line]);
        p.miss("payroll.late", "一人的工资迟几日代发，已改正");
    })
}

fn elsewhere(chance: &mut Chance) -> Case {
    let of = chance.pick(&[month(2024, 9), month(2024, 10), month(2024, 11)]);
    Case::usual(move |p| {
        let batch = p.site.batches.iter_mut().find(|b| b.month == of).expect("the month was paid");
        batch.elsewhere = true;
        let on = batch.date;
        let breach = crate::plant::Consequence { severity: "order".to_owned(), ..p.breach_in("payroll.not_via_account", of) };
        let breach = if on > date(2024, 11, 1) { breach.from(on) } else { breach };
        p.fault("paid-elsewhere", format!("{of} 工资从总包单位自己的账户发放"), vec![breach]);
    })
}

fn other_payee(chance: &mut Chance) -> Case {
    let leader = chance.percent(50);
    Case::usual(move |p| {
        let of = p.settled_month();
        let at = p.piece_worker();
        let team = p.site.workers[at].team;
        let name = if leader { p.site.teams[team].leader.clone() } else { "测试收款人甲".to_owned() };
        let line = money::line_mut(p.site, of, at);
        line.name = name;
        let amount = line.amount;
        let breach = p.breach_in("payroll.payee_mismatch", of).money(amount).people(1);
        p.fault("other-payee", format!("{of} 一人的工资收款户名是{}", if leader { "班组长" } else { "别人" }), vec![breach]);
    })
}

fn shared_card(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.site.forms.payout_ids = true;
        let of = p.settled_month();
        let (one, other) = (p.piece_worker(), p.day_worker());
        let card = p.site.workers[one].card.clone();
        money::line_mut(p.site, of, other).card = Some(card);
        let breach = p.breach_in("payroll.payee_mismatch", of);
        p.fault("shared-card", format!("{of} 两人的工资发到同一张卡"), vec![breach]);
    })
}

fn other_spelling(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::usual(move |p| {
        let of = p.settled_month();
        let at = p.piece_worker();
        p.site.forms.payout_ids = true;
        let number = 1_900_000 + p.site.no as u64;
        let line = money::line_mut(p.site, of, at);
        if kind == 0 {
            line.name = line.name.replacen("测试", "测试　", 1);
        } else {
            line.card = Some(crate::names::card(number));
        }
        p.miss("payroll.payee_mismatch", ["收款户名只多了一个空格", "换了新卡，户名是本人"][kind]);
    })
}

fn arrears(chance: &mut Chance) -> Case {
    let kind = chance.pick(&[Mismatch::Failed, Mismatch::Returned]);
    Case::usual(move |p| p.bank_mismatch(kind))
}

/// Three months of one person: from 10,000.00 yuan on a person must act at once.
fn arrears_of_three_months(chance: &mut Chance) -> Case {
    let (last, severity) = chance.pick(&[(333_334, "escalate"), (333_333, "order")]);
    Case::new(begun(date(2024, 7, 9), date(2024, 7, 18)), move |p| {
        let at = p.monthly_worker();
        let mut breaches = Vec::new();
        for (of, fen) in [(8, 333_333), (9, 333_333), (10, last)] {
            let of: Month = month(2024, of);
            p.wages(of, at, fen);
            breaches.extend(p.refused(of, at));
        }
        breaches.push(crate::plant::Consequence { severity: severity.to_owned(), ..p.arrears(666_666 + last, 1) });
        p.fault("arrears-of-three-months", format!("一人三个月代发失败，共{}分", 666_666 + last), breaches);
    })
}

/// An officer found it true. Ten people and 60,000.00 yuan are the limit.
fn arrears_by_word(chance: &mut Chance) -> Case {
    let (people, amount, severity) = chance.pick(&[(10, 6_000_000, "escalate"), (9, 6_000_000, "order"), (10, 5_999_999, "order")]);
    Case::usual(move |p| {
        p.lead(people, amount, "属实");
        let breach = p.arrears(amount, u32::try_from(people).unwrap_or(0));
        let breach = crate::plant::Consequence { severity: severity.to_owned(), ..breach };
        p.fault("arrears-by-word", format!("欠薪线索查明属实，{people}人{amount}分，未支付"), vec![breach]);
    })
}

/// Refused by the bank, but never signed for: a lead, no arrears.
fn refused_unsigned(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.piece_worker();
        let [mismatch, late] = p.refused(of, at);
        p.line(of, at).signed = false;
        let unsigned = p.breach_in_sheet("payroll.unsigned", of).people(1);
        // Neither a signature nor a payout that stands for it.
        let incomplete = p.breach_in_sheet("payroll.ledger_incomplete", of).people(1);
        let unknown = p.unknown("payroll.arrears");
        p.miss("payroll.arrears", "代发失败，但工资表没有本人签字：未核实");
        p.fault("refused-unsigned", format!("{of} 一人未签字，代发失败"), vec![mismatch, late, unsigned, incomplete, unknown]);
    })
}

fn refuted(chance: &mut Chance) -> Case {
    let result = chance.pick(&["不属实", "属实，已支付"]);
    Case::usual(move |p| {
        p.lead(10, 6_000_000, result);
        p.miss("payroll.arrears", "欠薪线索不属实，或者立案前已支付");
    })
}

fn undecided(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.site.leads.push(Lead { received: date(2024, 12, 2), closed: None, people: 12, amount: 7_000_000, result: "" });
        let unknown = p.unknown("payroll.arrears");
        p.one_fault("arrears-undecided", "欠薪线索还没有结论", unknown);
    })
}

impl Planter<'_> {
    fn lead(&mut self, people: i64, amount: i64, result: &'static str) {
        let (received, closed) = (date(2024, 9, 20), Some(date(2024, 10, 10)));
        self.site.leads.push(Lead { received, closed, people, amount, result });
    }
}
