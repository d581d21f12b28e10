//! The owner gave no guarantee for the project money after the contract was signed, or the guarantee ran out during the works.

use model::identifier::normalise_identity;
use model::sheet::{OwnerKind, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Severity};

use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct PaymentGuaranteeMissing;

static META: Meta = Meta {
    id: "site.payment_guarantee_missing",
    name: "未提供工程款支付担保",
    since: "0.1.0",
    explain: include_str!("payment_guarantee_missing.md"),
    needs: &[Dataset::Project],
    basis: &["条例第24条", "条例第49条", "条例第57条第1项"],
    articles: &[
        "《保障农民工工资支付条例》第二十四条",
        "《保障农民工工资支付条例》第四十九条",
        "《保障农民工工资支付条例》第五十七条第一项",
    ],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十七条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "向施工总承包单位提供（续办）工程款支付担保，并报送担保文件和有效期。",
    parameters: &["site.payment_guarantee_days", "site.payment_guarantee_exempt_kinds"],
    rests_on: &[],
};

/// Ways of writing that there is none.
const NONE: [&str; 14] = ["否", "无", "没有", "未", "未提供", "未办理", "未开具", "不提供", "0", "N", "NO", "×", "✗", "FALSE"];

impl Rule for PaymentGuaranteeMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let (due, as_of) = (say::due(finding), say::date_fact(finding, "as_of"));
        if say::text_fact(finding, "fault") == "expired" {
            return format!("工程款支付担保已于{due}到期，项目仍在建；截至{as_of}未见续保或更换");
        }
        format!(
            "施工合同于{}签订，应在其后{}个工作日内（{due}前）提供工程款支付担保；截至{as_of}未见担保记录",
            say::date_fact(finding, "signed_on"),
            say::text_fact(finding, "days"),
        )
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    if exempt(cx)? {
        return Ok(Verdict::not_applicable("owner_kind"));
    }
    let until = cx.dossier.project.payment_guarantee_to;
    match record(&cx.dossier.project.payment_guarantee, until) {
        Record::Given => given(cx, until),
        Record::None => none(cx),
        Record::NotNeeded => Err(Unknown::because("exemption_possible")),
        Record::NotKnown => Err(COLUMN_ABSENT),
    }
}

/// Kinds of owner the office has exempted (government projects with proof of budget, say).
fn exempt(cx: &CheckContext) -> Result<bool, Unknown> {
    let on = cx.dossier.project.contract_signed_on.get().unwrap_or(cx.as_of);
    let kinds = cx.law.words("site.payment_guarantee_exempt_kinds", on)?;
    if kinds.is_empty() {
        return Ok(false);
    }
    let kind = cx.dossier.project.owner_kind.get().ok_or(COLUMN_ABSENT)?;
    let word = match kind {
        OwnerKind::Government => "政府投资",
        OwnerKind::StateOwned => "国有企业",
        OwnerKind::Private => "社会投资",
    };
    Ok(kinds.iter().any(|exempt| exempt == word))
}

enum Record {
    Given,
    None,
    /// `无需`: on what ground, nobody has said.
    NotNeeded,
    NotKnown,
}

/// 是 or a number; where the cell says nothing, a last day of validity is a record too.
fn record(written: &Field<String>, until: Field<Date>) -> Record {
    let text = written.given().map(|text| normalise_identity(text)).filter(|text| !text.is_empty());
    match text {
        Some(text) if NONE.contains(&text.as_str()) => Record::None,
        Some(text) if text.starts_with("无需") || text.starts_with('免') => Record::NotNeeded,
        Some(_) => Record::Given,
        None if until.is_given() => Record::Given,
        None if written.is_absent() => Record::NotKnown,
        None => Record::None,
    }
}

/// A guarantee on file; dates of guarantees never roll.
fn given(cx: &CheckContext, until: Field<Date>) -> Result<Verdict, Unknown> {
    match until.get() {
        Some(to) if to < cx.as_of => {
            delivered(cx, to)?;
            Ok(breach(cx, "expired", to))
        }
        to => Ok(Verdict::clear().fact("valid_to", to)),
    }
}

fn none(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let signed = match cx.dossier.project.contract_signed_on {
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Given(signed) if signed <= cx.as_of => signed,
        Field::Given(_) | Field::Empty => return Ok(Verdict::clear().fact("not_due", "not_signed")),
    };
    let days = cx.law.count("site.payment_guarantee_days", signed)?;
    let due = cx.plus_working_days(signed, days)?;
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due).fact("signed_on", signed));
    }
    delivered(cx, due)?;
    Ok(breach(cx, "no_guarantee", due).fact("signed_on", signed).fact("days", days))
}

/// A list of projects from before the due date says nothing of what has been handed in since.
fn delivered(cx: &CheckContext, due: Date) -> Result<(), Unknown> {
    let fresh =
        |d: &&model::coverage::Delivered| d.dataset == Dataset::Project && cx.dossier.sources.contains(&d.source) && d.last_received >= due;
    if cx.coverage.delivered.iter().any(|d| fresh(&d)) { Ok(()) } else { Err(Unknown::missing(Dataset::Project)) }
}

fn breach(cx: &CheckContext, fault: &str, due: Date) -> Verdict {
    Verdict::breach(Severity::Notice).due(due).party(cx.facts.owner()).fact("fault", fault).fact("as_of", cx.as_of)
}
