//! No special account although the contract is large and long enough and the time to open one is over.

use model::sheet::ProjectStatus;
use model::{Dataset, Date, Finding, Outcome, Severity};

use super::{Duty, Standing, absence_is_known, closed_early, duty, split, standing};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct NotOpened;

pub const ID: &str = "account.not_opened";

static META: Meta = Meta {
    id: ID,
    name: "未开设专用账户",
    since: "0.1.0",
    explain: include_str!("not_opened.md"),
    needs: &[Dataset::Project, Dataset::Account],
    basis: &["条例第26条", "53号第6条", "渝人社发〔2022〕45号", "条例第55条第1项"],
    articles: &[
        "《保障农民工工资支付条例》第二十六条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第六条",
        "《重庆市工程建设领域农民工工资专用账户管理实施细则》（渝人社发〔2022〕45号）",
        "《保障农民工工资支付条例》第五十五条第一项",
    ],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款；情节严重的，给予施工单位限制承接新工程、降低资质等级、吊销资质证书等处罚。",
    remedy: "在项目所在地银行开立农民工工资专用账户，与建设单位、银行签订三方协议，并报送开户资料。",
    parameters: &[
        "account.contract_floor",
        "account.period_floor",
        "account.period_floor_days",
        "account.open_days",
        "account.notice_lead",
        "account.close_notice_days",
        "account.split_window",
        "payroll.season",
        "payroll.season_days",
    ],
    rests_on: &[],
};

impl Rule for NotOpened {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| if runs(cx) { judge(cx) } else { Ok(Verdict::not_applicable("status")) })
    }

    fn tell(&self, finding: &Finding) -> String {
        if finding.subject.is_some() {
            let parts = finding.facts.get("parts").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
            return format!(
                "项目施工合同额{}，与同一建设单位、同一施工总承包单位、同一地点的其他合同共{parts}份合计{}，于{}达到应开设专用账户的标准，应于{}前开设农民工工资专用账户；截至{}，未见专用账户登记",
                say::money_fact(finding, "contract_amount"),
                say::money_fact(finding, "parts_amount"),
                say::date_fact(finding, "duty_from"),
                say::due(finding),
                say::date_fact(finding, "as_of"),
            );
        }
        format!(
            "项目施工合同额{}，合同于{}签订，按规定应于{}前（签订之日起{}日内，期满日遇休息日顺延）开设农民工工资专用账户；截至{}，未见专用账户登记",
            say::money_fact(finding, "contract_amount"),
            say::date_fact(finding, "signed_on"),
            say::due(finding),
            say::text_fact(finding, "days"),
            say::date_fact(finding, "as_of"),
        )
    }
}

/// The states of the project in which the lack of an account is told.
pub fn runs(cx: &CheckContext) -> bool {
    matches!(cx.facts.status_today(), ProjectStatus::Active | ProjectStatus::Planned)
}

/// Whether the rule tells a breach, so that rules about what follows from it wait.
pub fn stands(cx: &CheckContext) -> bool {
    runs(cx) && judge(cx).is_ok_and(|verdict| verdict.outcome == Outcome::Breach)
}

/// The account duty whatever the status of the project: the rules on funding lean on it.
pub fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    match duty(cx) {
        Ok(Duty::NotBound) => {
            let Some(group) = split::group(cx)? else { return alone(cx) };
            let days = cx.law.count("account.open_days", group.reached_on)?;
            let due = cx.plus_calendar_days(group.reached_on, days)?;
            let verdict = match standing(cx) {
                Standing::Open { since } => opened(since, Some(due)),
                standing => not_open(cx, standing, (group.reached_on, days, due))?,
            };
            Ok(verdict.subject(group.subject).fact("parts", group.parts).fact("parts_amount", group.total))
        }
        _ => alone(cx),
    }
}

/// The contract by itself.
fn alone(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let duty = duty(cx);
    let standing = standing(cx);
    if let Standing::Open { since } = standing {
        let due = match duty {
            Ok(Duty::Bound { due, .. }) => Some(due),
            _ => None,
        };
        return Ok(opened(since, due));
    }
    match duty? {
        Duty::NotBound => Ok(Verdict::not_applicable("no_account_duty")),
        Duty::NotSigned => Ok(Verdict::clear().fact("not_due", "not_signed")),
        Duty::Bound { signed, days, due } => not_open(cx, standing, (signed, days, due)),
    }
}

fn opened(since: Option<Date>, due: Option<Date>) -> Verdict {
    let verdict = Verdict::clear().fact("opened_on", since);
    match (due, since) {
        (Some(due), Some(on)) if on > due => verdict.due(due).fact("days_late", (on - due).num_days()),
        (Some(due), _) => verdict.due(due),
        (None, _) => verdict,
    }
}

/// `from`: the day the duty arose, with the days it gives and the last of them.
fn not_open(cx: &CheckContext, standing: Standing, (from, days, due): (Date, u32, Date)) -> Result<Verdict, Unknown> {
    match standing {
        Standing::OpeningUnknown => return Err(COLUMN_ABSENT),
        // Closed lawfully (contractor or bank replaced), an account is simply not there any more.
        Standing::Closed { .. } if closing_in_question(cx) => return Err(Unknown::held_by(closed_early::ID)),
        Standing::Closed { .. } | Standing::Open { .. } | Standing::Missing { .. } => {}
    }
    let due = match last_closing(cx) {
        Some(closed) if closed > from => due.max(cx.plus_calendar_days(closed, days)?),
        _ => due,
    };
    let project = &cx.dossier.project;
    let signed = project.contract_signed_on.get();
    if cx.as_of <= due {
        let lead = cx.lead_time("account.notice_lead", from, due)?;
        let soon = cx.as_of >= cx.minus_working_days(due, lead)?;
        let verdict = Verdict::clear().due(due).fact("signed_on", signed);
        return Ok(if soon { verdict.upcoming() } else { verdict });
    }
    if standing == (Standing::Missing { any_row: false }) && !absence_is_known(cx, due) {
        return Err(Unknown::missing(Dataset::Account));
    }
    Ok(Verdict::breach(Severity::Order)
        .due(due)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("signed_on", signed)
        .fact("duty_from", from)
        .fact("days", days)
        .fact("contract_amount", project.contract_amount.get())
        .fact("contract_start", project.contract_start.get())
        .fact("contract_end", project.contract_end.get())
        .fact("duration_days", project.duration_days.get()))
}

/// Whether some closing is a fault of its own, or may be.
fn closing_in_question(cx: &CheckContext) -> bool {
    !closed_early::runs(cx) || cx.facts.accounts.iter().any(|account| closed_early::in_question(cx, account))
}

/// After a lawful closing the time to open another account runs anew.
fn last_closing(cx: &CheckContext) -> Option<Date> {
    cx.facts.accounts.iter().filter_map(|account| account.row.closed_on.get()).filter(|closed| *closed <= cx.as_of).max()
}
