//! Less is stored than contract sum × ratio asks for.

use model::sheet::ProjectStatus;
use model::{Dataset, Fen, Finding, Severity};

use super::standing::{Standing, drawn, not_bound, nothing_filed, rejected, rows};
use super::sum::{Required, due, in_force, required};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct Underpaid;

static META: Meta = Meta {
    id: "deposit.underpaid",
    name: "保证金存储不足额",
    since: "0.1.0",
    explain: include_str!("underpaid.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["条例第32条", "65号第11条", "65号第12条", "条例第55条第2项"],
    articles: &[
        "《保障农民工工资支付条例》第三十二条",
        "《工程建设领域农民工工资保证金规定》第十一条",
        "《工程建设领域农民工工资保证金规定》第十二条",
        "《保障农民工工资支付条例》第五十五条第二项",
    ],
    consequence: super::CONSEQUENCE,
    remedy: "补足工资保证金差额，或者更换金额足够的保函；享受差异化存储的，报送批准材料。",
    parameters: &[
        "deposit.ratio",
        "deposit.ratio_min",
        "deposit.ratio_max",
        "deposit.ratio_floor",
        "deposit.ratio_second",
        "deposit.cap",
        "deposit.annual_from",
        "deposit.factor_good",
        "deposit.factor_arrears",
        "deposit.factor_listed",
        "deposit.factor_lookback",
        "deposit.tolerance",
        "deposit.supplement_days",
    ],
    rests_on: &["deposit.unpaid"],
};

impl Rule for Underpaid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let base = if say::text_fact(finding, "base_of") == "annual" { "年度合同额" } else { "合同额" };
        format!(
            "项目{base}{}，按{}的存储比例应存储工资保证金{}，截至{}实际存储（含有效保函）{}，尚差{}",
            say::money_fact(finding, "base"),
            say::percent_fact(finding, "ratio_ppm"),
            say::money_fact(finding, "required"),
            say::date_fact(finding, "as_of"),
            say::money_fact(finding, "stored"),
            finding.amount_fen.map(say::money).unwrap_or_default(),
        )
    }
}

/// Also asked by deposit.guarantee_invalid.
pub(super) fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if let Some(verdict) = not_bound(cx, &[ProjectStatus::Active]) {
        return Ok(verdict);
    }
    match Standing::of(cx)? {
        Standing::Stored { .. } => {}
        Standing::Exempt => return Ok(Verdict::not_applicable("exempt")),
        Standing::NotKnown => return Err(COLUMN_ABSENT),
        Standing::None | Standing::Lapsed { .. } | Standing::ExemptionFails(_) => {
            return Err(if rejected(cx) && rows(cx).next().is_none() { REJECTED_ROWS } else { nothing_filed(cx) });
        }
    }
    if drawn(cx).next().is_some() {
        return Err(Unknown::held_by("deposit.not_replenished"));
    }
    let kept = in_force(cx)?;
    let sums: Option<Vec<Fen>> = kept.iter().map(|row| row.amount.get()).collect();
    let stored: Fen = sums.ok_or(COLUMN_ABSENT)?.into_iter().sum();
    let required = required(cx, &kept)?;
    let clear = || facts(Verdict::clear(), cx, &required, stored);
    let tolerance = cx.law.fen("deposit.tolerance", cx.as_of)?;
    let short = required.sum - stored;
    if short <= tolerance {
        return Ok(clear());
    }
    // A row nobody can date yet may hold the rest.
    if kept.len() < rows(cx).count() && rows(cx).any(|row| matches!(Standing::of_row(cx, row), Ok(Standing::NotKnown))) {
        return Err(COLUMN_ABSENT);
    }
    if rejected(cx) {
        return Err(REJECTED_ROWS);
    }
    let Some(due) = due(cx, &kept)? else { return Ok(clear().fact("not_due", "not_started")) };
    if cx.as_of <= due {
        return Ok(clear().due(due).amount(short));
    }
    let verdict = Verdict::breach(Severity::Notice).due(due).amount(short).party(cx.facts.general_contractor());
    Ok(facts(verdict, cx, &required, stored))
}

fn facts(verdict: Verdict, cx: &CheckContext, required: &Required, stored: Fen) -> Verdict {
    verdict
        .fact("as_of", cx.as_of)
        .fact("base", required.base)
        .fact("base_of", required.base_of)
        .fact("ratio_ppm", required.ratio_ppm)
        .fact("ratio_of", required.ratio_of)
        .fact("capped", required.capped)
        .fact("required", required.sum)
        .fact("stored", stored)
}
