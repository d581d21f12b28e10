//! A special account was opened and not filed with the authority in time.

use model::sheet::ProjectStatus;
use model::{Dataset, Date, Finding, Severity};

use super::by_account::{each_account_or_none, happened, tail};
use crate::facts::SpecialAccount;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct NotFiled;

static META: Meta = Meta {
    id: "account.not_filed",
    name: "专用账户未备案",
    since: "0.1.0",
    explain: include_str!("not_filed.md"),
    needs: &[Dataset::Project, Dataset::Account],
    basis: &["53号第6条", "渝人社发〔2022〕45号", "条例第55条第1项"],
    articles: &[
        "《工程建设领域农民工工资专用账户管理暂行办法》第六条",
        "《重庆市工程建设领域农民工工资专用账户管理实施细则》（渝人社发〔2022〕45号）",
        "《保障农民工工资支付条例》第五十五条第一项",
    ],
    consequence: "逾期不改正的，属于未按规定使用专用账户，依据《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "持开户资料和三方协议到工程建设主管部门办理专用账户备案，并报送备案凭证。",
    parameters: &["account.file_days", "account.filing_authority"],
    rests_on: &["account.not_opened"],
};

impl Rule for NotFiled {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        if cx.facts.status_today() != ProjectStatus::Active {
            return vec![Verdict::not_applicable("status")];
        }
        each_account_or_none(cx, |account| judge(cx, account))
    }

    fn tell(&self, finding: &Finding) -> String {
        format!(
            "尾号{}的农民工工资专用账户于{}开立，应于{}前（开立之日起{}日内，期满日遇休息日顺延）向{}备案；截至{}，未见备案日期",
            tail(finding.subject.as_deref()),
            say::date_fact(finding, "opened_on"),
            say::due(finding),
            say::text_fact(finding, "days"),
            say::text_fact(finding, "authority"),
            say::date_fact(finding, "as_of"),
        )
    }
}

fn judge(cx: &CheckContext, account: &SpecialAccount) -> Result<Verdict, Unknown> {
    if account.is_closed_on(cx.as_of) {
        return Ok(Verdict::not_applicable("account_closed"));
    }
    let filed = happened(cx, account.row.filed_on)?;
    let opened = account.row.opened_on.get();
    if let Some(filed) = filed {
        let verdict = Verdict::clear().fact("filed_on", filed);
        // Filed is filed, even where the day it was due cannot be found.
        return Ok(match opened.ok_or(COLUMN_ABSENT).and_then(|opened| due(cx, opened)) {
            Ok((_, due)) if filed > due => verdict.due(due).fact("days_late", (filed - due).num_days()),
            Ok((_, due)) => verdict.due(due),
            Err(_) => verdict,
        });
    }
    let opened = opened.ok_or(COLUMN_ABSENT)?;
    let (days, due) = due(cx, opened)?;
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due).fact("opened_on", opened));
    }
    let authority = cx.law.words("account.filing_authority", opened)?.join("、");
    Ok(Verdict::breach(Severity::Notice)
        .due(due)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("opened_on", opened)
        .fact("days", days)
        .fact("authority", authority))
}

fn due(cx: &CheckContext, opened: Date) -> Result<(u32, Date), Unknown> {
    let days = cx.law.count("account.file_days", opened)?;
    Ok((days, cx.plus_calendar_days(opened, days)?))
}
