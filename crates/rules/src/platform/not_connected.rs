//! A project under the account duty that did not join the monitoring platform in time.

use model::sheet::ProjectStatus;
use model::{Dataset, Date, Field, Finding, Severity};

use crate::account::{Duty, Standing, absence_is_known, duty_of_parts, standing};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct NotConnected;

static META: Meta = Meta {
    id: "platform.not_connected",
    name: "未接入监测预警平台",
    since: "0.1.0",
    explain: include_str!("not_connected.md"),
    needs: &[Dataset::Project, Dataset::Account],
    basis: &["条例第38条", "条例第39条", "53号第4章", "建市〔2019〕18号"],
    articles: &[
        "《保障农民工工资支付条例》第三十八条",
        "《保障农民工工资支付条例》第三十九条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第四章",
        "《建筑工人实名制管理办法（试行）》",
    ],
    consequence: "逾期未接入的，列为重点检查对象；因此未落实用工实名制管理的，依据《保障农民工工资支付条例》第五十五条第三项处理。",
    remedy: "向人力资源和社会保障局申请接入，录入项目、专户、参建单位和人员信息，接通考勤设备和代发银行。",
    parameters: &[
        "platform.connect_days",
        "account.contract_floor",
        "account.period_floor",
        "account.period_floor_days",
        "account.split_window",
        "account.open_days",
    ],
    rests_on: &[],
};

impl Rule for NotConnected {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| match cx.facts.status_today() {
            ProjectStatus::Active => judge(cx),
            _ => Ok(Verdict::not_applicable("status")),
        })
    }

    fn tell(&self, finding: &Finding) -> String {
        let days = say::text_fact(finding, "days");
        let clock = match say::text_fact(finding, "clock").as_str() {
            "account" => format!("专用账户于{}开立，应在其后{days}个工作日内", say::date_fact(finding, "clock_from")),
            _ => format!("合同于{}签订，应在开户期限届满后{days}个工作日内", say::date_fact(finding, "clock_from")),
        };
        format!("项目{clock}（{}前）接入农民工工资支付监控预警平台；截至{}，仍未接入", say::due(finding), say::date_fact(finding, "as_of"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let duty = duty_of_parts(cx);
    if let Ok(Duty::NotBound) = duty {
        return Ok(Verdict::not_applicable("no_account_duty"));
    }
    let connected = match cx.dossier.project.connected_on {
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Given(day) if day <= cx.as_of => Some(day),
        Field::Empty | Field::Given(_) => None,
    };
    if let Some(day) = connected {
        let verdict = Verdict::clear().fact("connected_on", day);
        return Ok(match duty.and_then(|duty| clock(cx, duty)) {
            Ok(Some(clock)) if day > clock.due => verdict.due(clock.due).fact("days_late", (day - clock.due).num_days()),
            Ok(Some(clock)) => verdict.due(clock.due),
            _ => verdict,
        });
    }
    let Some(Clock { kind, from, days, due }) = clock(cx, duty?)? else {
        return Ok(Verdict::clear().fact("not_due", "not_signed"));
    };
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due).fact("clock", kind).fact("clock_from", from));
    }
    Ok(Verdict::breach(Severity::Notice)
        .due(due)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("clock", kind)
        .fact("clock_from", from)
        .fact("days", days))
}

struct Clock {
    kind: &'static str,
    from: Date,
    days: u32,
    due: Date,
}

/// From the opening of the account where there is one, else from the last day on which it had to be opened.
fn clock(cx: &CheckContext, duty: Duty) -> Result<Option<Clock>, Unknown> {
    let Duty::Bound { signed, due: open_due, .. } = duty else { return Ok(None) };
    let (kind, from, start) = match standing(cx) {
        Standing::Open { since: Some(on) } | Standing::Closed { opened: Some(on) } => ("account", on, on),
        Standing::Open { since: None } | Standing::Closed { opened: None } | Standing::OpeningUnknown => return Err(COLUMN_ABSENT),
        // Whoever has no account although it is due cannot thereby put off the platform.
        Standing::Missing { any_row } if any_row || cx.as_of <= open_due || absence_is_known(cx, open_due) => {
            ("contract", signed, open_due)
        }
        Standing::Missing { .. } => return Err(Unknown::missing(Dataset::Account)),
    };
    let days = cx.law.count("platform.connect_days", from)?;
    Ok(Some(Clock { kind, from, days, due: cx.plus_working_days(start, days)? }))
}
