//! Trials of the wage deposit (rules.md §2.1).

use super::{Case, Trial, begun, november};
use crate::chance::Chance;
use crate::days::{as_of, date, plus};
use crate::plant::Planter;
use crate::setting::Setting;
use crate::world::{Deposit, Lead};

pub const TRIALS: &[Trial] = &[
    unpaid,
    unpaid_lately,
    stored_late,
    unpaid_on_the_last_day,
    underpaid,
    underpaid_by_a_hundred,
    underpaid_at_a_limit,
    annual,
    not_annual,
    supplemented,
    supplemented_lately,
    no_ratio,
    expiring,
    expiring_tomorrow,
    expiring_after_completion,
    long_completed,
    expired,
    expires_today,
    replaced,
    invalid,
    just_valid,
    no_beneficiary,
    not_replenished,
    replenished,
    replenishing_today,
    unsupported,
    supported,
];

/// Permit, contract sum and guarantee as the three plain forms of the fault need them; attendance before the permit is a notice only.
fn unpaid(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::new(Setting { no_permit: kind == 1, ..Setting::default() }, move |p| {
        let breach = p.breach_after("deposit.unpaid", "order", p.deposit_due());
        p.site.deposit = None;
        let text = ["取得施工许可后20个工作日未存储工资保证金", "无需办理施工许可，签约后20个工作日未存储工资保证金"];
        p.one_fault("deposit-unpaid", text[kind], breach);
    })
}

fn unpaid_lately(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    // Twenty working days after 2024-11-21 is the day before the county is looked at.
    let lately = Setting { permit: Some(date(2024, 11, 21)), ..november() };
    let setting = [lately, Setting { permit: Some(date(2024, 12, 2)), ..Setting::default() }, Setting::default()][kind];
    Case::new(setting, move |p| {
        p.site.deposit = None;
        p.site.permit_blank = kind == 2;
        let breach = match kind {
            0 => p.breach_after("deposit.unpaid", "order", date(2024, 12, 19)),
            // People work from the first day of the works.
            _ => p.breach_after("deposit.unpaid", "notice", p.ground.almanac.wd(p.site.start, 20)),
        };
        let text = [
            "取得施工许可后第20个工作日是2024-12-19，仍未存储",
            "施工许可2024-12-02，首次考勤后20个工作日已过而未存储",
            "未填施工许可日期，首次考勤后20个工作日已过而未存储",
        ];
        p.one_fault("deposit-unpaid-lately", text[kind], breach);
    })
}

fn stored_late(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::new(Setting { cash: Some(kind == 2), ..Setting::default() }, move |p| {
        let stored = p.ground.almanac.wd(p.site.permit.expect("a permit"), [20, 23, 20][kind]);
        if let Some(deposit) = &mut p.site.deposit {
            deposit.stored = Some(stored);
            deposit.valid = deposit.valid.map(|(_, to)| (stored, to.max(plus(stored, 400))));
        }
        let text = ["第20个工作日出具保函", "迟三个工作日出具保函，已补办", "第20个工作日存入现金"];
        p.miss("deposit.unpaid", text[kind]);
    })
}

fn unpaid_on_the_last_day(_: &mut Chance) -> Case {
    Case::new(november(), |p| {
        p.site.deposit = None;
        let next_day = p.breach_after("deposit.unpaid", "order", as_of());
        p.missed_once("deposit.unpaid", "取得施工许可后第20个工作日正是2024-12-20", vec![next_day]);
    })
}

/// A sum that is too small is also a guarantee that is too small.
fn underpaid(chance: &mut Chance) -> Case {
    let (cash, short) = (chance.percent(50), chance.pick(&[10_001, 250_000]));
    Case::new(Setting { cash: Some(cash), ..Setting::default() }, move |p| {
        p.deposit().amount -= short;
        let mut breaches = vec![p.breach("deposit.underpaid", "notice").money(short)];
        if !cash {
            breaches.push(p.breach("deposit.guarantee_invalid", "notice").about(p.guarantee_subject()).detail_of("deposit.underpaid"));
        }
        p.fault("deposit-underpaid", format!("保证金少存{short}分"), breaches);
    })
}

fn underpaid_by_a_hundred(chance: &mut Chance) -> Case {
    let cash = chance.percent(50);
    Case::new(Setting { cash: Some(cash), ..Setting::default() }, move |p| {
        p.deposit().amount -= 10_000;
        p.miss("deposit.underpaid", "少存正好100.00元，视为四舍五入");
    })
}

/// One percent and three are the ends of what a register may state.
fn underpaid_at_a_limit(chance: &mut Chance) -> Case {
    let (ratio, percent) = chance.pick(&[("1%", 1), ("3%", 3)]);
    Case::new(Setting { cash: Some(true), ..Setting::default() }, move |p| {
        let amount = p.site.amount / 100 * percent - 10_001;
        (p.deposit().ratio, p.deposit().amount) = (ratio, amount);
        let breach = p.breach("deposit.underpaid", "notice").money(10_001);
        p.fault("deposit-underpaid", format!("存储比例{ratio}，少存100.01元"), vec![breach]);
    })
}

/// The register states half of the contract sum, and half of the money lies there.
fn half(p: &mut Planter) -> i64 {
    let (sum, amount) = (p.site.amount / 2, p.deposit().amount / 2);
    (p.deposit().of_sum, p.deposit().amount) = (Some(sum), amount);
    p.site.amount * 15 / 1_000 - amount
}

fn annual(_: &mut Chance) -> Case {
    let setting = Setting { ends: Some(date(2025, 7, 18)), cash: Some(true), ..begun(date(2024, 7, 9), date(2024, 7, 18)) };
    Case::new(setting, |p| {
        half(p);
        p.miss("deposit.underpaid", "合同期限十二个月零一日，按年度合同额存储");
    })
}

fn not_annual(_: &mut Chance) -> Case {
    let setting = Setting { ends: Some(date(2025, 7, 17)), cash: Some(true), ..begun(date(2024, 7, 9), date(2024, 7, 18)) };
    Case::new(setting, |p| {
        let short = half(p);
        let breach = p.breach("deposit.underpaid", "notice").money(short);
        p.one_fault("deposit-not-annual", "合同期限正好十二个月，只按一半合同额存储", breach);
    })
}

/// A supplement raised the sum; twenty working days after 2024-11-22 are over on the day the county is looked at.
fn supplement(on: model::Date) -> Case {
    let setting = Setting { cash: Some(true), ..begun(date(2024, 7, 9), date(2024, 7, 18)) };
    Case::new(setting, move |p| {
        let short = p.deposit().amount / 3;
        p.deposit().amount -= short;
        p.site.signed = on;
        let due = p.ground.almanac.wd(on, 20);
        let breach = p.breach_after("deposit.underpaid", "notice", due).money(short);
        if due < as_of() {
            p.fault("deposit-supplement", format!("{on}签补充协议后20个工作日未补存"), vec![breach]);
        } else {
            p.missed_once("deposit.underpaid", "签补充协议后第20个工作日正是2024-12-20", vec![breach]);
        }
    })
}

fn supplemented(_: &mut Chance) -> Case {
    supplement(date(2024, 11, 21))
}

fn supplemented_lately(_: &mut Chance) -> Case {
    supplement(date(2024, 11, 22))
}

fn no_ratio(_: &mut Chance) -> Case {
    Case::new(Setting { cash: Some(true), ..Setting::default() }, |p| {
        p.deposit().ratio = "";
        p.deposit().amount /= 2;
        let unknown = p.unknown("deposit.underpaid");
        p.one_fault("deposit-no-ratio", "登记表未写存储比例，本地也没有可用的比例", unknown);
    })
}

/// Begun in January, so that a guarantee of a full year ends about the day the county is looked at.
fn january(ends: (u32, u32)) -> Setting {
    Setting {
        signed: Some(date(2024, 1, 8)),
        permit: Some(date(2024, 1, 15)),
        start: Some(date(2024, 1, 22)),
        ends: Some(date(if ends.0 == 1 { 2025 } else { 2024 }, ends.0, ends.1)),
        cash: Some(false),
        ..Setting::default()
    }
}

fn expiring(chance: &mut Chance) -> Case {
    let to = date(2025, 1, chance.pick(&[18, 19, 20]));
    Case::new(january((1, 15)), move |p| {
        p.deposit().valid = Some((date(2024, 1, 19), to));
        p.deposit().stored = Some(date(2024, 1, 19));
        let since = date(2024, 12, chrono::Datelike::day(&to));
        let breach = p.breach("deposit.guarantee_expiring", "notice").about(p.guarantee_subject()).from(since);
        p.fault("guarantee-expiring", format!("保函{to}到期，自{since}起不足一个月"), vec![breach]);
    })
}

fn expiring_tomorrow(_: &mut Chance) -> Case {
    Case::new(january((1, 15)), |p| {
        p.deposit().valid = Some((date(2024, 1, 22), date(2025, 1, 21)));
        p.deposit().stored = Some(date(2024, 1, 22));
        let next_day = p.breach("deposit.guarantee_expiring", "notice").about(p.guarantee_subject()).from(date(2024, 12, 21));
        p.missed_once("deposit.guarantee_expiring", "保函2025-01-21到期，2024-12-20还有一个月零一日", vec![next_day]);
    })
}

/// In the thirty days of notice after completion the deposit is still needed.
fn expiring_after_completion(_: &mut Chance) -> Case {
    completed_with_guarantee(date(2024, 11, 25), |p| {
        let breach = p.breach("deposit.guarantee_expiring", "notice").about(p.guarantee_subject()).from(date(2024, 12, 18));
        p.one_fault("guarantee-expiring-completed", "2024-11-25完工，30日公示期内保函不足一个月", breach);
    })
}

fn long_completed(_: &mut Chance) -> Case {
    completed_with_guarantee(date(2024, 11, 14), |p| p.miss("deposit.guarantee_expiring", "完工已满30日，保函不必续"))
}

fn completed_with_guarantee(on: model::Date, then: impl FnOnce(&mut Planter) + 'static) -> Case {
    Case::new(Setting { completed: Some(on), ..january((1, 15)) }, |p| {
        p.deposit().valid = Some((date(2024, 1, 19), date(2025, 1, 18)));
        p.deposit().stored = Some(date(2024, 1, 19));
        then(p);
    })
}

/// Without a guarantee that holds nothing is stored.
fn expired(chance: &mut Chance) -> Case {
    let to = chance.pick(&[date(2024, 12, 19), date(2024, 12, 2), date(2024, 11, 29)]);
    Case::new(january((11, 25)), move |p| {
        p.deposit().valid = Some((plus(to, -366), to));
        p.deposit().stored = Some(plus(to, -366));
        let breaches = p.lapsed(to);
        p.fault("guarantee-expired", format!("保函{to}失效，未续保"), breaches);
    })
}

fn expires_today(_: &mut Chance) -> Case {
    Case::new(january((12, 10)), |p| {
        p.deposit().valid = Some((date(2023, 12, 21), as_of()));
        p.deposit().stored = Some(date(2023, 12, 21));
        let expiring = p.breach("deposit.guarantee_expiring", "notice").about(p.guarantee_subject());
        let mut other_days = p.lapsed(as_of());
        other_days.push(expiring.from(date(2024, 11, 20)).until(as_of()));
        p.missed_once("deposit.guarantee_expired", "保函2024-12-20到期，当日仍有效", other_days);
    })
}

fn replaced(_: &mut Chance) -> Case {
    Case::new(january((12, 10)), |p| {
        let old = p.deposit();
        old.valid = Some((date(2023, 12, 20), date(2024, 12, 19)));
        old.stored = Some(date(2023, 12, 20));
        let next = Deposit {
            number: format!("{}续", old.number),
            stored: Some(date(2024, 12, 18)),
            valid: Some((date(2024, 12, 20), date(2025, 12, 19))),
            ..old.clone()
        };
        p.site.second_deposit = Some(next);
        p.miss("deposit.guarantee_expired", "保函2024-12-19失效，新保函次日起有效");
        p.miss("deposit.guarantee_invalid", "新保函有效期2024-12-20至2025-12-19，正好一年");
    })
}

fn invalid(chance: &mut Chance) -> Case {
    let kind = chance.index(5);
    Case::new(Setting { cash: Some(false), ends: Some(date(2025, 6, 30)), ..Setting::default() }, move |p| {
        let from = p.deposit().stored.expect("a guarantee is stored some day");
        let deposit = p.deposit();
        let text = match kind {
            0 => {
                deposit.valid = Some((from, plus(from, 363)));
                "保函有效期差一日满一年"
            }
            1 => {
                let valid = Some((plus(from, -60), plus(from, 400)));
                deposit.valid = valid;
                p.site.ends = plus(from, 401);
                "保函比合同早一日到期"
            }
            2 => {
                deposit.beneficiary = "测试建设投资有限公司";
                "保函受益人不是人力资源和社会保障部门"
            }
            3 => {
                deposit.irrevocable = false;
                "保函可撤销"
            }
            _ => {
                deposit.on_demand = false;
                "保函不是见索即付"
            }
        };
        let breach = p.breach("deposit.guarantee_invalid", "notice").about(p.guarantee_subject());
        p.one_fault("guarantee-invalid", text, breach);
    })
}

fn just_valid(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::new(Setting { cash: Some(false), ends: Some(date(2025, 6, 30)), ..Setting::default() }, move |p| {
        let from = p.deposit().stored.expect("a guarantee is stored some day");
        let deposit = p.deposit();
        let text = match kind {
            0 => {
                // No 29 February lies between: the day before the anniversary.
                deposit.valid = Some((from, plus(from, 364)));
                "保函有效期正好一年"
            }
            1 => {
                deposit.valid = Some((from, plus(from, 400)));
                p.site.ends = plus(from, 400);
                "保函与合同同日到期"
            }
            _ => {
                deposit.beneficiary = "测试县人社局";
                "保函受益人写作人社局"
            }
        };
        p.miss("deposit.guarantee_invalid", text);
    })
}

fn no_beneficiary(_: &mut Chance) -> Case {
    Case::new(Setting { cash: Some(false), ..Setting::default() }, |p| {
        p.deposit().beneficiary = "";
        let unknown = p.unknown("deposit.guarantee_invalid");
        p.one_fault("guarantee-no-beneficiary", "保函受益人未填写，其余各项合格", unknown);
    })
}

fn not_replenished(chance: &mut Chance) -> Case {
    // Ten working days after 2024-12-05 is the day before the county is looked at.
    let drawn = chance.pick(&[date(2024, 12, 5), date(2024, 11, 12), date(2024, 10, 22)]);
    Case::new(Setting { cash: Some(true), ..Setting::default() }, move |p| {
        let amount = p.draw(drawn, None);
        let due = p.ground.almanac.wd(drawn, 10);
        let breach = p.breach_after("deposit.not_replenished", "order", due).money(amount);
        p.fault("deposit-not-replenished", format!("{drawn}动用保证金，10个工作日内未补足"), vec![breach]);
    })
}

fn replenished(chance: &mut Chance) -> Case {
    let late = chance.percent(50);
    Case::new(Setting { cash: Some(true), ..Setting::default() }, move |p| {
        let drawn = date(2024, 11, 12);
        let refilled = p.ground.almanac.wd(drawn, if late { 13 } else { 10 });
        p.draw(drawn, Some(refilled));
        p.miss("deposit.not_replenished", if late { "迟三个工作日补足，已改正" } else { "第10个工作日补足" });
    })
}

fn replenishing_today(_: &mut Chance) -> Case {
    Case::new(Setting { cash: Some(true), ..Setting::default() }, |p| {
        let amount = p.draw(date(2024, 12, 6), None);
        let next_day = p.breach_after("deposit.not_replenished", "order", as_of()).money(amount);
        p.missed_once("deposit.not_replenished", "2024-12-06动用，第10个工作日正是2024-12-20", vec![next_day]);
    })
}

/// Who may not do without a deposit has none.
fn unsupported(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::new(Setting { amount: Some([300_000_000, 260_000_000][kind]), ..Setting::default() }, move |p| {
        p.exempt();
        if kind == 1 {
            let back = p.chance.between(20, 364);
            p.lead_before_signing(back, "属实，已支付");
        }
        let unpaid = p.breach_after("deposit.unpaid", "order", p.deposit_due());
        let unsupported = p.breach("deposit.exemption_unsupported", "notice").detail_of("deposit.unpaid");
        let text = ["合同额正好3,000,000.00元，登记为免存", "签约前一年内有欠薪，登记为免存"];
        p.fault("exemption-unsupported", text[kind].to_owned(), vec![unpaid, unsupported]);
    })
}

fn supported(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::new(Setting { amount: Some([299_999_999, 260_000_000, 260_000_000][kind]), ..Setting::default() }, move |p| {
        p.exempt();
        match kind {
            0 => {}
            1 => p.lead_before_signing(100, "不属实"),
            _ => p.lead_before_signing(367, "属实，已支付"),
        }
        let text = ["合同额2,999,999.99元，免存", "签约前一年内的线索不属实，免存", "欠薪在签约一年以前，免存"];
        p.miss("deposit.exemption_unsupported", text[kind]);
        p.miss("deposit.unpaid", text[kind]);
    })
}

impl Planter<'_> {
    fn deposit(&mut self) -> &mut Deposit {
        self.site.deposit.as_mut().expect("the project has a deposit")
    }

    /// What follows when the only guarantee held to `to`.
    pub(super) fn lapsed(&self, to: model::Date) -> Vec<super::super::Consequence> {
        let unpaid = self.breach_after("deposit.unpaid", "order", to);
        let expired = self.breach_after("deposit.guarantee_expired", "order", to).about(self.guarantee_subject());
        vec![unpaid, expired.detail_of("deposit.unpaid")]
    }

    /// A fifth of the deposit is drawn.
    fn draw(&mut self, on: model::Date, refilled: Option<model::Date>) -> i64 {
        let deposit = self.deposit();
        let amount = deposit.amount / 5;
        (deposit.used, deposit.refilled) = (Some((amount, on)), refilled);
        amount
    }

    fn exempt(&mut self) {
        let exempt = "免存：合同额低于300万元且签订前一年内无欠薪";
        self.site.deposit = Some(Deposit { form: "免存", exempt, ..Deposit::default() });
    }

    fn lead_before_signing(&mut self, days: i64, result: &'static str) {
        let received = plus(self.site.signed, -days);
        self.site.leads.push(Lead { received, closed: Some(plus(received, 14)), people: 2, amount: 400_000, result });
    }
}
