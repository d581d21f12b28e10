//! platform.payroll_not_uploaded: people attended in a month and no payroll was uploaded in time.

use model::coverage::Until;
use model::sheet::{PayrollLine, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Month, Severity, Table};

use crate::account::is_bound;
use crate::rule::{CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct PayrollNotUploaded;

pub const ID: &str = "platform.payroll_not_uploaded";

static META: Meta = Meta {
    id: ID,
    name: "未及时上传工资表",
    since: "0.1.0",
    explain: include_str!("payroll_not_uploaded.md"),
    needs: &[Dataset::Payroll, Dataset::Attendance],
    basis: &["条例第38条", "条例第39条", "条例第31条", "53号第4章", "条例第56条第1项"],
    articles: &[
        "《保障农民工工资支付条例》第三十一条、第三十八条、第三十九条",
        "《工程建设领域农民工工资专用账户管理暂行办法》（人社部发〔2021〕53号）第四章",
        "《保障农民工工资支付条例》第五十六条第一项",
    ],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "督促用工单位编制并经工人签字确认当月工资表，由总承包单位审核后上传监控预警平台；确无用工的，上传无用工说明。",
    parameters: &[
        "platform.upload_days",
        "platform.upload_needs_account_duty",
        "payroll.pay_in_same_month",
        "account.contract_floor",
        "account.period_floor",
        "account.period_floor_days",
        "account.split_window",
    ],
    rests_on: &[],
};

impl Rule for PayrollNotUploaded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let workers = finding.workers.unwrap_or_default();
        format!("{month}有{workers}人考勤，当月工资表最迟应在{}上传，至检查之日平台仍没有", crate::say::due(finding))
    }
}

/// Last day for the upload: pay-day + n working days; without an agreed pay-day the last working day of M + 1.
pub fn due(cx: &CheckContext, month: Month) -> Result<Date, Unknown> {
    let (pay_day, agreed) = cx.pay_day(month)?;
    if !agreed {
        return Ok(pay_day);
    }
    cx.plus_working_days(pay_day, cx.law.count("platform.upload_days", month.last_day())?)
}

/// Whether the missing payroll of a month is a breach: the cause other rules refer to.
pub fn is_breach(cx: &CheckContext, month: Month) -> bool {
    cx.answer(|cx| matches!(judge(cx, month), Ok(Some(verdict)) if verdict.outcome == model::Outcome::Breach))
}

pub fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active {
        return Ok(None);
    }
    if cx.law.flag("platform.upload_needs_account_duty", month.last_day())? && !is_bound(cx)? {
        return Ok(Some(Verdict::not_applicable("no_account_duty")));
    }
    let due = due(cx, month)?;
    let sheets = || facts.payrolls.iter().map(|at| &cx.dossier.payrolls[*at]);
    if let Some(uploaded) = sheets().filter(|table| is_uploaded(table)).map(|table| uploaded_on(table)).min() {
        return Ok(Some(in_time_or_late(uploaded, due)));
    }
    if cx.as_of <= due {
        return Ok(Some(Verdict::clear().due(due)));
    }
    if facts.mask == 0 {
        return nobody_seen(cx, month, due);
    }
    let (code, sources) = (&cx.dossier.project.code, cx.facts.sources_of(Dataset::Payroll));
    let others = cx.coverage.for_others(Dataset::Payroll, code, &sources, Until::Month(month));
    // A gateway that has not been asked since says nothing of what was uploaded since.
    let answered = cx.coverage.all_answered(Dataset::Payroll, code, &sources, Until::Received { month, on: due });
    if !(facts.has_payroll() || others && answered) {
        return Err(Unknown::missing(Dataset::Payroll));
    }
    // Lines that fit several people are people all the same.
    let attended = facts.attended + facts.attendance_gaps.ambiguous;
    let verdict = Verdict::breach(Severity::Notice).due(due).workers(attended as usize).party(cx.facts.general_contractor());
    Ok(Some(verdict.fact("attended_workers", attended).fact("days_late", (cx.as_of - due).num_days())))
}

/// Nobody attended: nothing to upload, if the attendance is really there.
fn nobody_seen(cx: &CheckContext, month: Month, due: Date) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if facts.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    if facts.attendance_gaps.any() {
        return Err(REJECTED_ROWS);
    }
    Ok(Some(Verdict::clear().due(due).fact("attended_workers", 0).fact("as_of", cx.as_of)))
}

fn in_time_or_late(uploaded: Option<Date>, due: Date) -> Verdict {
    let late = uploaded.map_or(0, |day| (day - due).num_days().max(0));
    Verdict::clear().due(due).fact("uploaded_on", uploaded).fact("days_late", late)
}

/// Column there and cell empty: the sheet is known but was not uploaded.
fn is_uploaded(table: &Table<PayrollLine>) -> bool {
    table.head.uploaded_on != Field::Empty
}

/// Without an upload date the day of preparation counts as "not before".
fn uploaded_on(table: &Table<PayrollLine>) -> Option<Date> {
    table.head.uploaded_on.get().or(table.head.prepared_on.get())
}
