//! An exemption on file that cannot be.

use model::sheet::{Deposit, ProjectStatus};
use model::{Dataset, Finding, Severity};

use super::exemption::{Claim, claim, is_exemption};
use super::standing::{Standing, not_bound, nothing_filed, rejected, rows, unpaid_stands};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct ExemptionUnsupported;

static META: Meta = Meta {
    id: "deposit.exemption_unsupported",
    name: "免存条件不成立",
    since: "0.1.0",
    explain: include_str!("exemption_unsupported.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["65号第11条", "65号第12条"],
    articles: &["《工程建设领域农民工工资保证金规定》第十一条", "《工程建设领域农民工工资保证金规定》第十二条"],
    consequence: super::CONSEQUENCE,
    remedy: "存入工资保证金或者提交有效保函；认为符合免存条件的，书面说明理由并附证明材料。",
    parameters: &[],
    rests_on: &["deposit.unpaid"],
};

impl Rule for ExemptionUnsupported {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let why = match say::text_fact(finding, "exemption_fails").as_str() {
            "contract_sum" => format!("合同额{}已达到免存标准的上限，不属于可以免存的范围", say::money_fact(finding, "contract_amount")),
            "arrears" => "签约前规定期限内，施工总承包单位有欠薪线索，且未被认定为不属实".to_owned(),
            _ => "免存理由为连续三年无欠薪，但施工总承包单位同期其他项目没有实名制和专用账户接入平台的记录".to_owned(),
        };
        format!("项目工资保证金登记为免存；截至{}核对，{why}", say::date_fact(finding, "as_of"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if let Some(verdict) = not_bound(cx, &[ProjectStatus::Active]) {
        return Ok(verdict);
    }
    if rows(cx).next().is_none() {
        return Err(if rejected(cx) { REJECTED_ROWS } else { nothing_filed(cx) });
    }
    let claims: Vec<&Deposit> = rows(cx).filter(|row| is_exemption(row)).collect();
    if claims.is_empty() {
        return Ok(Verdict::not_applicable("no_exemption"));
    }
    let standing = Standing::of(cx)?;
    if let Standing::Stored { .. } = standing {
        return Ok(Verdict::not_applicable("stored"));
    }
    let mut open = None;
    for row in claims {
        match claim(cx, row)? {
            // One good ground is enough.
            Claim::Holds => return Ok(Verdict::clear().fact("exempt", true)),
            Claim::Open(why) => open = Some(why),
            Claim::Fails(_) => {}
        }
    }
    if let Some(why) = open {
        return Err(why);
    }
    match standing {
        Standing::ExemptionFails(why) => breach(cx, why),
        // A deposit of which it is not known whether it holds.
        _ => Err(COLUMN_ABSENT),
    }
}

fn breach(cx: &CheckContext, why: &'static str) -> Result<Verdict, Unknown> {
    if rejected(cx) {
        return Err(REJECTED_ROWS);
    }
    let verdict = Verdict::breach(Severity::Notice)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("exemption_fails", why)
        .fact("contract_amount", cx.dossier.project.contract_amount.get());
    // Before the deposit is due the false ground stands by itself.
    Ok(if unpaid_stands(cx) { verdict.detail_of("deposit.unpaid") } else { verdict })
}
