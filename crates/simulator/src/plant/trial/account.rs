//! Trials of the special account (rules.md §2.2); the money paid into it stands in `funding.rs`.

use super::{Case, Trial, begun, december, november};
use crate::books;
use crate::build;
use crate::chance::Chance;
use crate::days::{as_of, date, plus};
use crate::names;
use crate::setting::Setting;
use crate::world::{Account, Entry, Lead};

pub const TRIALS: &[Trial] = &[
    not_opened,
    ninety_days,
    eighty_nine_days,
    other_account_only,
    outside_the_duty,
    opening_today,
    opened_late,
    no_agreement,
    terms_missing,
    agreed_late,
    agreement_today,
    terms_enough,
    not_filed,
    filed_late,
    filing_today,
    misnamed,
    named_otherwise,
    misuse,
    no_misuse,
    closed_early,
    closed_too_soon,
    closed_lawfully,
];

fn account_missing(setting: Setting) -> Setting {
    // No wages are due before the account is.
    Setting { no_account: true, days: Some((3, 15)), start: Some(date(2024, 7, 22)), signed: Some(date(2024, 7, 10)), ..setting }
}

fn not_opened(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    let three_months =
        Setting { signed: Some(date(2024, 9, 26)), start: Some(date(2024, 10, 8)), ends: Some(date(2025, 1, 7)), ..Setting::default() };
    let setting = match kind {
        0 => Setting { amount: Some(400_000_000), ..account_missing(Setting::default()) },
        1 => Setting { no_account: true, days: Some((3, 12)), ..three_months },
        // Thirty days after 2024-11-19 is the day before the county is looked at.
        _ => Setting { signed: Some(date(2024, 11, 19)), planned: true, ..Setting::default() },
    };
    Case::new(setting, move |p| {
        if kind == 2 {
            p.site.account = None;
        }
        let due = p.ground.almanac.cd(p.site.signed, 30);
        let breach = p.breach_after("account.not_opened", "order", due);
        let text = ["合同额正好4,000,000.00元，未开户", "合同工期2024-10-08至2025-01-07，正好三个月，未开户", "2024-12-19满30日，未开户"];
        p.one_fault("account-not-opened", text[kind], breach);
    })
}

/// A period stated in days alone: ninety are three months.
fn ninety_days(_: &mut Chance) -> Case {
    Case::new(account_missing(Setting::default()), |p| {
        p.site.terms.days = Some(90);
        let due = p.ground.almanac.cd(p.site.signed, 30);
        let breach = p.breach_after("account.not_opened", "order", due);
        p.one_fault("account-not-opened", "合同只写工期90天，未开户", breach);
    })
}

fn eighty_nine_days(_: &mut Chance) -> Case {
    Case::new(Setting { short: true, ..Setting::default() }, |p| {
        p.site.terms.days = Some(89);
        p.miss("account.not_opened", "合同只写工期89天");
    })
}

/// An account of another kind does not count.
fn other_account_only(_: &mut Chance) -> Case {
    Case::new(account_missing(Setting::default()), |p| {
        let due = p.ground.almanac.cd(p.site.signed, 30);
        let breach = p.breach_after("account.not_opened", "order", due);
        let account = build::account(15_000 + p.site.no as u64, 0, p.ground.almanac.wd(p.site.signed, 3), p.ground.almanac);
        p.site.spare = Some(Account { kind: "其他", ..account });
        p.one_fault("account-of-another-kind", "只登记了一个类型为其他的账户", breach);
    })
}

fn outside_the_duty(chance: &mut Chance) -> Case {
    let short = chance.percent(50);
    let three_months =
        Setting { signed: Some(date(2024, 9, 26)), start: Some(date(2024, 10, 8)), ends: Some(date(2025, 1, 6)), ..Setting::default() };
    let below = Setting { amount: Some(399_999_999), ..Setting::default() };
    Case::new(if short { Setting { short: true, ..three_months } } else { below }, move |p| {
        let text = if short { "合同工期2024-10-08至2025-01-06，差一日满三个月" } else { "合同额3,999,999.99元" };
        p.miss("account.not_opened", text);
        p.miss("payroll.not_via_account", "不必开设专户的项目从总包单位账户发工资");
        p.miss("platform.not_connected", "不必开设专户的项目未接入平台");
    })
}

fn opening_today(_: &mut Chance) -> Case {
    Case::new(Setting { signed: Some(date(2024, 11, 20)), planned: true, ..Setting::default() }, |p| {
        p.site.account = None;
        let next_day = p.breach_after("account.not_opened", "order", as_of());
        p.missed_once("account.not_opened", "签约后第30日正是2024-12-20", vec![next_day]);
    })
}

fn opened_late(chance: &mut Chance) -> Case {
    let late = chance.percent(50);
    // The thirtieth day is 2024-08-12, a Monday; works and wages begin later.
    let opened = date(2024, 8, if late { 14 } else { 12 });
    let setting = Setting { opened: Some(opened), days: Some((5, 15)), ..begun(date(2024, 7, 12), date(2024, 8, 19)) };
    Case::new(setting, move |p| {
        p.miss("account.not_opened", if late { "开户迟两日，已补办" } else { "签约后第30日遇休息日顺延，当日开户" });
    })
}

fn no_agreement(chance: &mut Chance) -> Case {
    // Ten working days after 2024-12-05 is the day before the county is looked at.
    let lately = chance.percent(50);
    let fresh = Setting { opened: Some(date(2024, 12, 5)), ..december() };
    Case::new(if lately { fresh } else { Setting::default() }, |p| {
        let account = p.site.account.as_mut().expect("an account");
        account.agreement = None;
        let opened = account.opened;
        let breach = p.breach_after("account.agreement_missing", "notice", p.ground.almanac.wd(opened, 10));
        let breach = breach.about(p.account_subject());
        p.one_fault("agreement-missing", "开户后10个工作日未签三方协议", breach);
    })
}

fn terms_missing(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::usual(move |p| {
        let terms = &mut p.site.terms;
        let text = match kind {
            0 => {
                terms.measure = "";
                "合同未约定计量周期"
            }
            1 => {
                terms.ratio = false;
                "合同未约定人工费用数额或者比例"
            }
            _ => {
                terms.cycle = "2个月";
                "约定的人工费用拨付周期为两个月"
            }
        };
        let breach = p.breach("account.agreement_missing", "notice");
        p.one_fault("terms-missing", text, breach);
    })
}

fn agreed_late(chance: &mut Chance) -> Case {
    let after = chance.pick(&[10, 13]);
    Case::usual(move |p| {
        let account = p.site.account.as_mut().expect("an account");
        account.agreement = Some(p.ground.almanac.wd(account.opened, after));
        p.miss("account.agreement_missing", if after == 10 { "开户后第10个工作日签三方协议" } else { "三方协议迟三个工作日，已补签" });
    })
}

fn agreement_today(_: &mut Chance) -> Case {
    Case::new(december(), |p| {
        p.site.account.as_mut().expect("an account").agreement = None;
        let next_day = p.breach_after("account.agreement_missing", "notice", as_of()).about(p.account_subject());
        p.missed_once("account.agreement_missing", "开户后第10个工作日正是2024-12-20", vec![next_day]);
    })
}

fn terms_enough(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::usual(move |p| {
        let sum = p.site.amount / 5;
        let terms = &mut p.site.terms;
        let text = match kind {
            0 => {
                (terms.ratio, terms.labour_cost) = (false, Some(sum));
                "约定了人工费用数额，没有比例"
            }
            1 => {
                terms.cycle = "";
                "约定了拨付日，没有拨付周期"
            }
            _ => {
                terms.cycle = "1个月";
                "拨付周期正好一个月"
            }
        };
        p.miss("account.agreement_missing", text);
    })
}

fn not_filed(chance: &mut Chance) -> Case {
    // Thirty days after 2024-11-19 is the day before the county is looked at.
    let lately = chance.percent(50);
    let fresh = Setting { opened: Some(date(2024, 11, 19)), ..november() };
    Case::new(if lately { fresh } else { Setting::default() }, |p| {
        let account = p.site.account.as_mut().expect("an account");
        account.filed = None;
        let opened = account.opened;
        let breach = p.breach_after("account.not_filed", "notice", p.ground.almanac.cd(opened, 30)).about(p.account_subject());
        p.one_fault("account-not-filed", "开户后30日未备案", breach);
    })
}

fn filed_late(chance: &mut Chance) -> Case {
    let late = chance.percent(50);
    Case::usual(move |p| {
        let account = p.site.account.as_mut().expect("an account");
        let due = p.ground.almanac.cd(account.opened, 30);
        account.filed = Some(if late { plus(due, 5) } else { due });
        p.miss("account.not_filed", if late { "备案迟五日，已补办" } else { "开户后第30日（遇休息日顺延）备案" });
    })
}

fn filing_today(_: &mut Chance) -> Case {
    Case::new(november(), |p| {
        p.site.account.as_mut().expect("an account").filed = None;
        let next_day = p.breach_after("account.not_filed", "notice", as_of()).about(p.account_subject());
        p.missed_once("account.not_filed", "开户后第30日正是2024-12-20", vec![next_day]);
    })
}

fn misnamed(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::usual(move |p| {
        let (firm, works) = (p.site.contractor().name.clone(), p.site.name.clone());
        let (name, text) = match kind {
            0 => (format!("{works}农民工工资专用账户"), "户名没有总承包单位名称"),
            1 => (format!("{firm}农民工工资专用账户"), "户名没有项目名称"),
            _ => (format!("{firm}{works}农民工工资专户"), "户名末尾写作农民工工资专户"),
        };
        p.site.account.as_mut().expect("an account").name = Some(name);
        let breach = p.breach("account.name_mismatch", "notice").about(p.account_subject());
        p.one_fault("account-misnamed", text, breach);
    })
}

fn named_otherwise(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::usual(move |p| {
        let (firm, works) = (p.site.contractor().name.clone(), p.site.name.clone());
        let name = if kind == 0 {
            format!("{firm} {works}　农民工工资专用账户")
        } else {
            format!("{firm}{works}（一期）农民工工资专用账户")
        };
        p.site.account.as_mut().expect("an account").name = Some(name);
        if kind == 1 {
            p.site.name = format!("{works}(一期)");
        }
        p.miss("account.name_mismatch", ["户名只多了空格", "户名的括号全角半角不同"][kind]);
    })
}

/// Money out of the account that is no worker's wage; the contractor has paid as much in before, so that wages are not short of it.
fn misuse(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    let amount = if kind == 2 { 20_001 } else { chance.between(20, 90) * 100_000 };
    let on = date(2024, 10, 22);
    Case::usual(move |p| {
        p.site.top_ups.push((plus(on, -1), amount));
        let base = books::blank(on, 16 * 60, -amount);
        let (entry, text) = match kind {
            0 => {
                let firm = p.site.contractor().name.clone();
                let account = names::account_no(40_000 + p.site.no as u64);
                (
                    Entry { name: firm, account, summary: "转账", purpose: "往来款".to_owned(), nature: "其他", ..base },
                    "专户资金转给总承包单位",
                )
            }
            1 => (Entry { name: "现金".to_owned(), summary: "取现", purpose: "备用金".to_owned(), nature: "其他", ..base }, "专户支取现金"),
            _ => {
                let bank = names::BANKS[0].0.to_owned();
                (Entry { name: bank, summary: "手续费", purpose: "手续费".to_owned(), nature: "手续费", ..base }, "银行收费200.01元")
            }
        };
        p.site.entries.push(entry);
        // Of a bank's charge only what is beyond the cap is misused.
        let breach = p.breach("account.misuse", "order").about(p.account_subject()).money(if kind == 2 { 1 } else { amount });
        p.one_fault("account-misuse", text, breach);
    })
}

fn no_misuse(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    let on = date(2024, 10, 22);
    Case::usual(move |p| {
        let text = if kind == 0 {
            p.site.top_ups.push((plus(on, -1), 20_000));
            let (bank, base) = (names::BANKS[0].0.to_owned(), books::blank(on, 16 * 60, -20_000));
            p.site.entries.push(Entry { name: bank, summary: "手续费", purpose: "手续费".to_owned(), nature: "手续费", ..base });
            "银行收费正好200.00元"
        } else {
            let amount = 500_000;
            p.site.top_ups.push((plus(on, -1), amount));
            let name = "测试建材有限公司".to_owned();
            let account = names::account_no(39_998);
            let out = books::blank(on, 10 * 60, -amount);
            let back = books::blank(on, 15 * 60, amount);
            let wrong = Entry { name, account, summary: "转账", purpose: "误转".to_owned(), nature: "其他", ..out };
            p.site.entries.push(Entry { amount: back.amount, minute: back.minute, purpose: "误转退回".to_owned(), ..wrong.clone() });
            p.site.entries.push(wrong);
            "误转当日退回"
        };
        p.miss("account.misuse", text);
    })
}

fn closed_early(chance: &mut Chance) -> Case {
    let on = chance.pick(&[date(2024, 12, 18), date(2024, 12, 20)]);
    Case::usual(move |p| {
        p.site.account.as_mut().expect("an account").closed = Some((date(2024, 11, 1), on));
        let breach = p.breach("account.closed_early", "escalate").about(p.account_subject()).from(on);
        p.fault("account-closed", format!("工程未完工，专户于{on}注销"), vec![breach]);
    })
}

fn completed() -> Setting {
    Setting { completed: Some(date(2024, 10, 28)), start: Some(date(2024, 7, 15)), ..Setting::default() }
}

fn closed_too_soon(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::new(completed(), move |p| {
        // The day after the notice is the first; the thirtieth is still waiting.
        let (from, on) =
            [(date(2024, 11, 19), date(2024, 12, 19)), (date(2024, 11, 18), date(2024, 12, 18)), (date(2024, 11, 4), date(2024, 12, 16))]
                [kind];
        p.site.account.as_mut().expect("an account").closed = Some((from, on));
        let mut follows = vec![p.breach("account.closed_early", "escalate").about(p.account_subject()).from(on)];
        if kind == 2 {
            p.site.leads.push(Lead { received: date(2024, 12, 2), closed: None, people: 2, amount: 800_000, result: "" });
            follows.push(p.unknown("payroll.arrears"));
        }
        let text = if kind == 2 {
            format!("还有未办结的欠薪线索，{on}注销专户")
        } else {
            format!("{from}起公示，第30日注销专户")
        };
        p.fault("account-closed-too-soon", text, follows);
    })
}

fn closed_lawfully(chance: &mut Chance) -> Case {
    let planned = chance.percent(50);
    if planned {
        return Case::usual(|p| {
            p.site.account.as_mut().expect("an account").closed = Some((date(2024, 11, 18), date(2024, 12, 21)));
            let next_day = p.breach("account.closed_early", "escalate").about(p.account_subject()).from(date(2024, 12, 21));
            p.missed_once("account.closed_early", "工程未完工，专户次日才注销", vec![next_day]);
        });
    }
    Case::new(completed(), |p| {
        p.site.account.as_mut().expect("an account").closed = Some((date(2024, 11, 18), date(2024, 12, 19)));
        p.miss("account.closed_early", "完工后公示，第31日注销专户");
    })
}
