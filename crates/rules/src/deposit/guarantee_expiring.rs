//! The last guarantee of works not finished ends within a month.

use chrono::Months;
use model::sheet::ProjectStatus;
use model::{Dataset, Finding, Severity};

use super::guarantees::{Held, held};
use super::standing::{Standing, rejected, subject};
use crate::rule::{CALENDAR_GAP, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct GuaranteeExpiring;

static META: Meta = Meta {
    id: "deposit.guarantee_expiring",
    name: "保函即将到期",
    since: "0.1.0",
    explain: include_str!("guarantee_expiring.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["65号第17条"],
    articles: &["《工程建设领域农民工工资保证金规定》第十七条"],
    consequence: "到期未续保或者更换的，视为未提供保函，依据《保障农民工工资支付条例》第五十五条第二项处理。",
    remedy: "在保函到期前续开或者更换保函，或者改存现金，并把凭证报送人力资源和社会保障局。",
    parameters: &[
        "deposit.expiry_lead",
        "deposit.second_reminder",
        "deposit.return_notice",
        "deposit.exemption_sum",
        "deposit.exemption_lookback",
        "deposit.record_lookback",
    ],
    rests_on: &[],
};

impl Rule for GuaranteeExpiring {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let again = if say::text_fact(finding, "reminder") == "2" { "（再次提醒）" } else { "" };
        let (to, as_of) = (say::date_fact(finding, "valid_to"), say::date_fact(finding, "as_of"));
        format!("项目提交的工资保证金保函将于{to}到期{again}；截至{as_of}，保证金尚不能退还，未见续保或者更换")
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if !still_needed(cx)? {
        return Ok(Verdict::not_applicable("status"));
    }
    let (row, to) = match held(cx)? {
        Held::Settled(verdict) => return Ok(*verdict),
        Held::Guarantee(row, to) => (row, to),
    };
    if cx.as_of > to {
        return Ok(Verdict::not_applicable("expired").fact("valid_to", to));
    }
    // Guarantee dates follow the bank's own dates and never roll.
    let lead = to.checked_sub_months(Months::new(cx.law.count("deposit.expiry_lead", to)?)).ok_or(CALENDAR_GAP)?;
    if cx.as_of < lead {
        return Ok(Verdict::clear().fact("valid_to", to));
    }
    if let Standing::Exempt = Standing::of(cx)? {
        return Ok(Verdict::not_applicable("exempt"));
    }
    if rejected(cx) {
        return Err(REJECTED_ROWS);
    }
    let second = cx.law.count("deposit.second_reminder", to)?;
    // A year without calendar only hides the second reminder, not the expiry.
    let again = cx.minus_working_days(to, second).is_ok_and(|day| cx.as_of >= day);
    let mut verdict = Verdict::breach(Severity::Notice)
        .due(to)
        .since(lead)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("valid_to", to)
        .fact("reminder", if again { 2 } else { 1 });
    verdict.subject = subject(row);
    if let Some(amount) = row.amount.get() {
        verdict = verdict.amount(amount);
    }
    Ok(verdict)
}

/// Works not finished; finished ones until the public notice before the return has run.
fn still_needed(cx: &CheckContext) -> Result<bool, Unknown> {
    Ok(match (cx.facts.status_today(), cx.dossier.project.complete_on.get()) {
        (ProjectStatus::Active | ProjectStatus::Suspended, _) => true,
        (ProjectStatus::Completed, Some(day)) => cx.as_of <= cx.plus_calendar_days(day, cx.law.count("deposit.return_notice", day)?)?,
        _ => false,
    })
}
