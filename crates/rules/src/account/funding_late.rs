//! The owner paid no labour cost into the special account by the day it was due in a month.

use model::{Dataset, Date, Fen, Finding, Month, Severity};

use super::funding::{Funding, NotJudged, is_working_month, ledger_reaches};
use super::settle::Settled;
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct FundingLate;

pub(super) const ID: &str = "account.funding_late";

static META: Meta = Meta {
    id: ID,
    name: "未按月拨付人工费用",
    since: "0.1.0",
    explain: include_str!("funding_late.md"),
    needs: &[Dataset::Project, Dataset::Ledger],
    basis: &["条例第24条", "条例第29条", "53号第13条", "条例第57条第2项"],
    articles: &[
        "《保障农民工工资支付条例》第二十四条",
        "《保障农民工工资支付条例》第二十九条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第十三条",
        "《保障农民工工资支付条例》第五十七条第二项",
    ],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十七条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "立即将欠拨的人工费用足额拨入农民工工资专用账户，报送银行回单，并书面说明以后各月的拨付安排。",
    parameters: &["account.funding_cycle", "account.ledger_stale", "account.labour_cost_words", "payroll.pay_in_same_month"],
    rests_on: &["account.not_opened"],
};

impl Rule for FundingLate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        match Funding::of(cx) {
            Ok(funding) => cx.monthly(|month| judge(cx, &funding, month)),
            Err(NotJudged::NotBound) => vec![Verdict::not_applicable("no_account_yet")],
            Err(NotJudged::Unknown(why)) => cx.monthly(|_| Err(why.clone())),
        }
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let due = say::due(finding);
        let clock = match say::text_fact(finding, "clock").as_str() {
            "agreed_day" => format!("合同约定每月{}日拨付人工费用，{month}应于{due}前到账", say::text_fact(finding, "funding_day")),
            _ => format!("人工费用拨付周期不得超过1个月，{month}应于{due}前到账"),
        };
        let owed = finding.amount_fen.map(|fen| format!("，当月应付工资尚缺{}", say::money(fen))).unwrap_or_default();
        let own = match say::money_fact(finding, "contractor_paid").as_str() {
            "" => String::new(),
            sum => format!("；施工总承包单位以自有资金存入{sum}"),
        };
        format!("{clock}；截至{}，专用账户流水中未见建设单位拨付的该月人工费用{owed}{own}", say::date_fact(finding, "as_of"))
    }
}

/// One month. `None` where the works of the month do not ask for money.
pub(super) fn judge(cx: &CheckContext, funding: &Funding, month: Month) -> Result<Option<Verdict>, Unknown> {
    let cycle = cx.law.count("account.funding_cycle", month.last_day())?;
    let Some(settled) = funding.month(month) else { return Ok(None) };
    let working = is_working_month(cx, funding, month);
    if settled.credited > Fen::ZERO && working != Ok(None) {
        // Money that is there needs no question whether the month asked for it.
        return Ok(Some(paid(settled)));
    }
    // Nothing is late before its day, whatever is not known of the month.
    if working.is_err()
        && let Some(due) = settled.claim.due.filter(|due| cx.as_of <= *due)
    {
        return Ok(Some(Verdict::clear().due(due)));
    }
    let Some(working) = working? else { return Ok(None) };
    if !working {
        return Ok(Some(Verdict::clear().fact("suspended", true)));
    }
    if let Some(gap) = funding.gap(month) {
        return Err(gap);
    }
    let Some(due) = settled.claim.due else { return Ok(Some(Verdict::clear().fact("not_due", "nothing_due"))) };
    if cx.as_of <= due {
        return Ok(Some(Verdict::clear().due(due)));
    }
    if settled.is_carried() {
        let late = settled.covered_on.filter(|on| *on > due).map(|on| (on - due).num_days());
        let verdict = Verdict::clear().due(due).fact("remark", "covered_by_surplus").fact("wages_due", settled.claim.wages);
        return Ok(Some(match late {
            Some(days) => verdict.fact("covered_on", settled.covered_on).fact("days_late", days),
            None => verdict,
        }));
    }
    ledger_reaches(cx, funding, month, due)?;
    if funding.may_be_carried(settled) {
        return Err(Unknown::missing(Dataset::Payroll));
    }
    Ok(Some(breach(cx, funding, settled, (due, cycle))))
}

fn paid(settled: &Settled) -> Verdict {
    let verdict = Verdict::clear().fact("credited", settled.credited).fact("first_credit", settled.first_credit);
    match (settled.claim.due, settled.first_credit) {
        (Some(due), Some(on)) if on > due => verdict.due(due).fact("days_late", (on - due).num_days()),
        (Some(due), _) => verdict.due(due),
        (None, _) => verdict,
    }
}

fn breach(cx: &CheckContext, funding: &Funding, settled: &Settled, (due, cycle): (Date, u32)) -> Verdict {
    let month = settled.claim.month;
    let own_money = funding.own_money(month);
    // Money of the contractor does not discharge the owner, but the wages are there; a small payment beside them is no cover.
    let wages_are_there = own_money > Fen::ZERO && settled.missing().is_none_or(|missing| own_money >= missing);
    let grave = !wages_are_there && cx.plus_months(due, cycle).is_ok_and(|last| cx.as_of > last);
    let day = cx.dossier.project.fund_day.get();
    let last = funding.credits.iter().map(|credit| credit.date).rfind(|date| *date < due);
    let mut verdict = Verdict::breach(if grave { Severity::Order } else { Severity::Notice })
        .period(month)
        .due(due)
        .party(cx.facts.owner())
        .fact("as_of", cx.as_of)
        .fact("clock", if day.is_some() { "agreed_day" } else { "one_month" })
        .fact("last_credit", last)
        .fact("ledger_until", cx.facts.ledger.covered_until().max(cx.facts.ledger.newest()));
    if let Some(day) = day {
        verdict = verdict.fact("funding_day", day);
    }
    if own_money > Fen::ZERO {
        verdict = verdict.fact("contractor_paid", own_money);
    }
    match settled.missing().filter(|missing| *missing > Fen::ZERO) {
        Some(missing) => verdict
            .fact("wages_due", settled.claim.wages)
            .fact("pay_day", cx.pay_day(month.plus(-1)).ok().map(|(day, _)| day))
            .fact("covered_by_surplus", settled.covered)
            .amount(missing),
        None => verdict,
    }
}
