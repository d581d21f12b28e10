//! Trials of the labour cost paid into the account, and of what lies there before the pay-day (rules.md §2.2).

use model::Month;

use super::{Case, Trial, begun};
use crate::books;
use crate::chance::Chance;
use crate::days::{as_of, date, month, plus};
use crate::names;
use crate::plant::Planter;
use crate::setting::Setting;
use crate::world::{Entry, Funding};

pub const TRIALS: &[Trial] = &[
    late_by_a_month,
    due_yesterday,
    paid_by_the_contractor,
    funded_late,
    funding_today,
    paid_ahead,
    short,
    exact,
    balance_short,
    balance_exact,
    balance_not_yet,
    balance_below_the_average,
    balance_of_the_average,
];

/// The funding day of the first month lies before the works start.
fn at_the_end(day: u32) -> Setting {
    Setting { days: Some((day, 30)), ..begun(date(2024, 7, 11), date(2024, 7, 22)) }
}

/// Funding on the 19th or 20th and wages on the 30th: the gap of November turns from a notice into an order a month later.
fn late_by_a_month(chance: &mut Chance) -> Case {
    let day = chance.pick(&[19, 20]);
    Case::new(at_the_end(day), move |p| {
        p.site.funding.insert(month(2024, 11), Funding::Third);
        if day == 20 {
            // December's is due today; it came before.
            p.site.funding.insert(month(2024, 12), Funding::On(date(2024, 12, 18)));
        }
        let severity = if day == 19 { "order" } else { "notice" };
        let breach = p.late_funding(month(2024, 11), severity);
        p.fault("funding-late", format!("11月{day}日应拨付的人工费用未到账，由第三方垫付"), vec![breach]);
    })
}

fn due_yesterday(_: &mut Chance) -> Case {
    Case::new(at_the_end(19), |p| {
        p.site.funding.insert(month(2024, 12), Funding::Nothing);
        let breach = p.late_funding(month(2024, 12), "notice");
        p.one_fault("funding-due-yesterday", "12月19日应拨付的人工费用未到账", breach);
    })
}

fn paid_by_the_contractor(chance: &mut Chance) -> Case {
    let of = chance.pick(&[month(2024, 10), month(2024, 11), month(2024, 12)]);
    Case::usual(move |p| {
        p.site.funding.insert(of, Funding::Own);
        let breach = p.late_funding(of, "notice");
        p.fault("funding-own-money", format!("{of} 人工费用未到账，由总包单位自有资金垫付"), vec![breach]);
    })
}

fn funded_late(chance: &mut Chance) -> Case {
    let late = chance.percent(50);
    Case::usual(move |p| {
        let of = month(2024, 11);
        let due = p.ground.almanac.fund_due(of, p.site.fund_day);
        let on = if late { p.ground.almanac.wd(due, 2) } else { due };
        p.site.funding.insert(of, Funding::On(on));
        p.miss("account.funding_late", if late { "迟两个工作日到账，已补足" } else { "拨付日（遇休息日顺延）当日到账" });
    })
}

fn funding_today(_: &mut Chance) -> Case {
    Case::new(at_the_end(20), |p| {
        p.site.funding.insert(month(2024, 12), Funding::Nothing);
        // A statement asked for to the 19th could not show what came on the 20th.
        p.site.forms.ledger_range = false;
        let next_day = p.late_funding(month(2024, 12), "notice");
        p.missed_once("account.funding_late", "12月拨付日正是2024-12-20", vec![next_day]);
    })
}

fn paid_ahead(chance: &mut Chance) -> Case {
    let of = chance.pick(&[month(2024, 10), month(2024, 11)]);
    Case::usual(move |p| {
        p.site.funding.insert(of, Funding::Double);
        p.site.funding.insert(of.next(), Funding::Covered);
        p.miss("account.funding_late", "上月预拨两个月人工费用，本月未再拨付");
        p.miss("account.funding_short", "上月多拨的正好够本月应付工资");
    })
}

fn short(chance: &mut Chance) -> Case {
    let (of, fen) = (chance.pick(&[month(2024, 10), month(2024, 11), month(2024, 12)]), chance.pick(&[1, 123_456]));
    Case::usual(move |p| {
        p.site.funding.insert(of, Funding::Short(fen));
        let breach = p.breach_in("account.funding_short", of).money(fen);
        p.fault("funding-short", format!("{of} 拨付的人工费用比应付工资少{fen}分"), vec![breach]);
    })
}

fn exact(chance: &mut Chance) -> Case {
    let made_good = chance.percent(50);
    Case::usual(move |p| {
        if made_good {
            let of = month(2024, 10);
            p.site.funding.insert(of, Funding::Short(50_000));
            let on = p.ground.almanac.fund_usual(of.next(), p.site.fund_day);
            let rest = books::labour_cost(p.site, on, 50_000);
            p.site.entries.push(rest);
        }
        p.miss("account.funding_short", if made_good { "少拨的次月补足" } else { "每月拨付正好等于应付工资" });
    })
}

/// Nothing of the contractor's own and no interest lies in the account: what is there in December is what the owner paid.
fn bare(p: &mut Planter) {
    (p.site.float, p.site.interest) = (Some(0), false);
}

/// The check of December's pay-day begins five working days before it: on the 19th, the last day of the statements, for the 26th.
fn balance_short(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((5, 26)), ..Setting::default() }, |p| {
        bare(p);
        let base = books::blank(date(2024, 12, 18), 16 * 60, -1);
        let bank = names::BANKS[0].0.to_owned();
        p.site.entries.push(Entry { name: bank, summary: "手续费", purpose: "手续费".to_owned(), nature: "手续费", ..base });
        let breach = p.breach("account.balance_insufficient", "notice").about(p.account_subject());
        p.one_fault("balance-short", "发薪日2024-12-26前第5个工作日，余额比应发工资少0.01元", breach.from(date(2024, 12, 19)).money(1));
    })
}

fn balance_exact(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((5, 26)), ..Setting::default() }, |p| {
        bare(p);
        p.miss("account.balance_insufficient", "发薪日前第5个工作日，余额正好够应发工资");
    })
}

fn balance_not_yet(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((5, 30)), ..Setting::default() }, |p| {
        bare(p);
        let base = books::blank(date(2024, 12, 18), 16 * 60, -1);
        let bank = names::BANKS[0].0.to_owned();
        p.site.entries.push(Entry { name: bank, summary: "手续费", purpose: "手续费".to_owned(), nature: "手续费", ..base });
        debug_assert_eq!(p.ground.almanac.wd_before(p.site.month(month(2024, 11)).pay_day, 5), plus(as_of(), 3));
        p.miss("account.balance_insufficient", "余额不足，发薪日2024-12-30前5个工作日还没有到");
    })
}

/// November's sheet has not come: the average of the three months before stands for it.
fn average(off: i64, then: impl FnOnce(&mut Planter) + 'static) -> Case {
    Case::new(Setting { days: Some((5, 26)), ..begun(date(2024, 7, 11), date(2024, 7, 22)) }, move |p| {
        bare(p);
        let net = |of: u32| p.site.month(month(2024, of)).lines.iter().map(|l| l.net).sum::<i64>();
        // Whole fen: below the average is below its fen, enough is not below it.
        let wanted = (net(8) + net(9) + net(10) + if off < 0 { 0 } else { 2 }) / 3 + off;
        // What the owner pays for November is what lies in the account.
        let november = p.site.month_mut(month(2024, 11));
        november.missing = true;
        let sum: i64 = november.lines.iter().map(|l| l.gross).sum();
        for line in &mut november.lines {
            line.gross = line.gross * wanted / sum;
        }
        let rest = wanted - november.lines.iter().map(|l| l.gross).sum::<i64>();
        november.lines[0].gross += rest;
        then(p);
    })
}

fn balance_below_the_average(_: &mut Chance) -> Case {
    average(-1, |p| {
        let breach = p.breach("account.balance_insufficient", "notice").about(p.account_subject()).from(date(2024, 12, 19));
        p.one_fault("balance-below-average", "11月工资表未报送，余额少于前三个月平均工资", breach);
    })
}

fn balance_of_the_average(_: &mut Chance) -> Case {
    average(0, |p| p.miss("account.balance_insufficient", "11月工资表未报送，余额正好够前三个月平均工资"))
}

impl Planter<'_> {
    fn late_funding(&self, of: Month, severity: &str) -> crate::plant::Consequence {
        let due = self.ground.almanac.fund_due(of, self.site.fund_day);
        self.breach_after("account.funding_late", severity, due).of(of)
    }
}
