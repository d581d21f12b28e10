//! The last guarantee of works not finished has run out and nothing took its place.

use model::sheet::ProjectStatus;
use model::{Dataset, Finding, Outcome, Severity};

use super::guarantees::{Held, held};
use super::standing::{Standing, not_bound, rejected, subject};
use super::unpaid;
use crate::rule::{CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct GuaranteeExpired;

static META: Meta = Meta {
    id: "deposit.guarantee_expired",
    name: "保函已失效",
    since: "0.1.0",
    explain: include_str!("guarantee_expired.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["条例第55条第2项", "65号第17条"],
    articles: &["《保障农民工工资支付条例》第五十五条第二项", "《工程建设领域农民工工资保证金规定》第十七条"],
    consequence: super::CONSEQUENCE,
    remedy: "立即续开或者更换保函，或者改存现金，并把凭证报送人力资源和社会保障局。",
    parameters: &[],
    rests_on: &["deposit.unpaid"],
};

impl Rule for GuaranteeExpired {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let (to, as_of) = (say::date_fact(finding, "valid_to"), say::date_fact(finding, "as_of"));
        format!("项目提交的工资保证金保函已于{to}到期失效；截至{as_of}，工程尚未完工，未见续保、更换保函或者改存现金")
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if let Some(verdict) = not_bound(cx, &[ProjectStatus::Active, ProjectStatus::Suspended]) {
        return Ok(verdict);
    }
    let (row, to) = match held(cx)? {
        Held::Settled(verdict) => return Ok(*verdict),
        Held::Guarantee(row, to) => (row, to),
    };
    if cx.as_of <= to {
        return Ok(Verdict::clear().fact("valid_to", to));
    }
    if let Standing::Exempt = Standing::of(cx)? {
        return Ok(Verdict::not_applicable("exempt"));
    }
    if rejected(cx) {
        return Err(REJECTED_ROWS);
    }
    let mut verdict =
        Verdict::breach(Severity::Order).due(to).party(cx.facts.general_contractor()).fact("as_of", cx.as_of).fact("valid_to", to);
    verdict.subject = subject(row);
    if let Some(amount) = row.amount.get() {
        verdict = verdict.amount(amount);
    }
    Ok(match unpaid::judge(cx) {
        Ok(unpaid) if unpaid.outcome == Outcome::Breach => verdict.detail_of("deposit.unpaid"),
        // The day the deposit is due has not come.
        Ok(unpaid) => Verdict { due: unpaid.due, ..Verdict::clear().fact("valid_to", to).fact("not_due", true) },
        // From when the deposit was due cannot be found; that the guarantee ran out can.
        Err(_) => verdict,
    })
}
