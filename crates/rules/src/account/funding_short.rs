//! The owner paid less labour cost into the special account than the month's wages or the certified progress ask for.

use model::{Dataset, Date, Fen, Finding, Month, Outcome, Severity};

use super::funding::{Funding, NotJudged, is_working_month, ledger_reaches, opened};
use super::funding_late;
use super::settle::Settled;
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct FundingShort;

static META: Meta = Meta {
    id: "account.funding_short",
    name: "人工费用拨付不足",
    since: "0.1.0",
    explain: include_str!("funding_short.md"),
    needs: &[Dataset::Project, Dataset::Ledger, Dataset::Payroll],
    basis: &["条例第29条", "条例第57条第2项"],
    articles: &["《保障农民工工资支付条例》第二十九条", "《保障农民工工资支付条例》第五十七条第二项"],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十七条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "将差额补拨入农民工工资专用账户，并报送银行回单；当月用工增加的，由施工总承包单位提出追加数额，建设单位核实后拨付。",
    parameters: &[
        "account.funding_tolerance",
        "account.funding_cycle",
        "account.ledger_stale",
        "account.labour_cost_words",
        "payroll.pay_in_same_month",
    ],
    rests_on: &["account.not_opened"],
};

impl Rule for FundingShort {
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
        let short = finding.amount_fen.map(say::money).unwrap_or_default();
        let as_of = say::date_fact(finding, "as_of");
        if say::text_fact(finding, "measure") == "progress" {
            return format!(
                "截至{}，过程结算确认的完成产值累计{}，按约定比例应拨付人工费用{}，累计到账{}，截至{as_of}仍差{short}",
                say::due(finding),
                say::money_fact(finding, "completed_value"),
                say::money_fact(finding, "progress_due"),
                say::money_fact(finding, "progress_credited"),
            );
        }
        format!(
            "{month}发薪日应付工资共{}，应于{}前备足；当月到账人工费用{}，以前结余和以后补拨抵付{}，截至{as_of}仍差{short}",
            say::money_fact(finding, "wages_due"),
            say::due(finding),
            say::money_fact(finding, "credited"),
            say::money_fact(finding, "covered_by_surplus"),
        )
    }
}

fn judge(cx: &CheckContext, funding: &Funding, month: Month) -> Result<Option<Verdict>, Unknown> {
    let tolerance = cx.law.fen("account.funding_tolerance", month.last_day())?;
    let Some(settled) = funding.month(month) else { return Ok(None) };
    let working = is_working_month(cx, funding, month);
    if working == Ok(None) {
        return Ok(None);
    }
    if working == Ok(Some(false)) {
        return Ok(Some(Verdict::clear().fact("suspended", true)));
    }
    let by_wages = match (working, against_wages(cx, funding, settled, tolerance)) {
        // Whether the month asked for money is not known: enough of it leaves no question.
        (Err(why), Ok(verdict)) if verdict.outcome == Outcome::Breach => Err(why),
        (Err(why), Err(_)) => Err(why),
        (_, by_wages) => by_wages,
    };
    let Some(progress) = against_progress(cx, funding, month, tolerance) else { return by_wages.map(Some) };
    ledger_reaches(cx, funding, month, month.last_day())?;
    match by_wages {
        Ok(verdict) if verdict.outcome == Outcome::Breach && verdict.amount >= progress.amount => Ok(Some(verdict)),
        _ => Ok(Some(progress)),
    }
}

fn against_wages(cx: &CheckContext, funding: &Funding, settled: &Settled, tolerance: Fen) -> Result<Verdict, Unknown> {
    let month = settled.claim.month;
    let wages = funding.wages(month);
    // Wages whose pay-day has not come are not owed; money agreed for a later day of the month is not late.
    let Some(due) = wages.pay_day.max(settled.claim.due) else { return Ok(Verdict::clear().fact("not_due", "nothing_due")) };
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due));
    }
    if settled.credited == Fen::ZERO {
        return without_credit(cx, funding, settled, (due, tolerance));
    }
    short(cx, funding, settled, (due, tolerance))
}

fn short(cx: &CheckContext, funding: &Funding, settled: &Settled, (due, tolerance): (Date, Fen)) -> Result<Verdict, Unknown> {
    let Some(missing) = settled.missing() else { return Err(Unknown::missing(Dataset::Payroll)) };
    if missing <= tolerance {
        let verdict = Verdict::clear().due(due).fact("wages_due", settled.claim.wages).fact("credited", settled.credited);
        let late = settled.covered_on.filter(|on| *on > due).map(|on| (on - due).num_days());
        return Ok(late.map_or(verdict.clone(), |days| verdict.fact("days_late", days)));
    }
    ledger_reaches(cx, funding, settled.claim.month, due)?;
    Ok(breach(cx, due, missing)
        .fact("measure", "wages")
        .fact("wages_due", settled.claim.wages)
        .fact("credited", settled.credited)
        .fact("covered_by_surplus", settled.covered))
}

/// A month without any credit is the other rule's fault to name.
fn without_credit(cx: &CheckContext, funding: &Funding, settled: &Settled, (due, tolerance): (Date, Fen)) -> Result<Verdict, Unknown> {
    if settled.claim.wages == Some(Fen::ZERO) || settled.is_carried() {
        return Ok(Verdict::clear().due(due).fact("wages_due", settled.claim.wages).fact("covered_by_surplus", settled.covered));
    }
    match funding_late::judge(cx, funding, settled.claim.month) {
        Err(why) => Err(why),
        Ok(Some(verdict)) if verdict.outcome == Outcome::Breach => Err(Unknown::held_by(funding_late::ID)),
        // Into an account that was not there yet nothing could be paid.
        Ok(_) if opened(cx).is_some_and(|opened| opened > due) => Ok(Verdict::clear().fact("not_due", "account_not_open")),
        // No day of the owner falls into the month, its wages do.
        Ok(_) => short(cx, funding, settled, (due, tolerance)),
    }
}

fn breach(cx: &CheckContext, due: Date, missing: Fen) -> Verdict {
    Verdict::breach(Severity::Notice).due(due).amount(missing).party(cx.facts.owner()).fact("as_of", cx.as_of)
}

/// Progress certified at nodes, met by credits up to the end of the month after the agreed day; told in that month.
fn against_progress(cx: &CheckContext, funding: &Funding, month: Month, tolerance: Fen) -> Option<Verdict> {
    let due = month.last_day();
    let ratio = cx.dossier.project.labour_ratio_ppm.get()?;
    let nodes = || {
        cx.dossier
            .process_settlements
            .iter()
            .flat_map(|table| &table.lines)
            .filter_map(|row| row.due_on.get().zip(row.completed_value.get()))
    };
    let falls_here = nodes().any(|(on, _)| Month::of(on).next() == month);
    if !falls_here || cx.as_of <= due || funding.begins_after(month, due) {
        return None;
    }
    let value: Fen = nodes().filter(|(on, _)| Month::of(*on) < month).map(|(_, value)| value).sum();
    let credited: Fen = funding.credits.iter().filter(|credit| credit.date <= due).map(|credit| credit.amount).sum();
    // What came later cures what was short then.
    let later: Fen = funding.credits.iter().filter(|credit| credit.date > due).map(|credit| credit.amount).sum();
    let asked = value.share_ppm(ratio);
    let missing = asked - credited - surplus_of(funding, month, later);
    (missing > tolerance).then(|| {
        breach(cx, due, missing)
            .fact("measure", "progress")
            .fact("completed_value", value)
            .fact("labour_ratio_ppm", ratio)
            .fact("progress_due", asked)
            .fact("progress_credited", credited)
    })
}

/// Of the later credits only what exceeds the wages of their own months.
fn surplus_of(funding: &Funding, month: Month, later: Fen) -> Fen {
    let owed: Fen = funding.later_wages(month);
    (later - owed).max(Fen::ZERO)
}
