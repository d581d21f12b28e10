//! payroll.attendance_gap: somebody worked in the month and stands on no payroll of it.

use std::collections::BTreeSet;

use model::sheet::ProjectStatus;
use model::{Dataset, Fen, Finding, Month, Outcome, Severity};
use serde::Serialize;

use super::attended;
use super::paid::{self, Doubts};
use crate::facts::{MonthFacts, Worker};
use crate::payday::PayWindow;
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct AttendanceGap;

static META: Meta = Meta {
    id: "payroll.attendance_gap",
    name: "有考勤无工资",
    since: "0.1.0",
    explain: include_str!("attendance_gap.md"),
    needs: &[Dataset::Attendance, Dataset::Payroll],
    basis: &["条例第28条", "条例第30条", "条例第31条", "条例第56条第1项"],
    articles: &["《保障农民工工资支付条例》第二十八条、第三十条、第三十一条", "《保障农民工工资支付条例》第五十六条第一项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "逐人核对考勤与工资表，漏编的补编工资表并经本人签字后通过专户发放；确不应发放工资的，提交书面说明和依据。",
    parameters: &[
        "payroll.gap_min_days",
        "payroll.gap_limit",
        "payroll.gap_order_share",
        "payroll.late_entry_days",
        "payroll.piece_cycle",
        "payroll.outsider_words",
        "payroll.managers_excluded",
        "payroll.window",
        "payroll.retry",
        "payroll.tolerance",
    ],
    rests_on: &["platform.payroll_not_uploaded"],
};

#[derive(Debug, Serialize)]
struct WithoutWage {
    days: String,
}

/// What the month shows of one person.
enum Standing {
    OnPayroll,
    /// Not owed by this month, or not yet.
    NotDue,
    Unclear(&'static str),
    Missing,
}

impl Rule for AttendanceGap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let attended = say::text_fact(finding, "counted_workers");
        format!(
            "{month}有考勤的{attended}人中，{}人不在当月工资表上，也没有当月工资的银行代发成功记录",
            finding.workers.unwrap_or_default()
        )
    }
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active || paid::nobody_came(facts) {
        return Ok(None);
    }
    let window = cx.pay_window(month)?;
    if cx.as_of <= window.end {
        return Err(Unknown::because("window_open"));
    }
    if facts.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    if !facts.has_payroll() {
        // Where everybody who came was paid nobody is missing; who was not may stand on the sheet that did not come.
        let judged = if facts.has_payout() { person_by_person(cx, month, facts, window).ok() } else { None };
        let all_paid = judged.filter(|verdict| verdict.outcome == Outcome::Clear);
        return all_paid.map(Some).ok_or_else(|| paid::without_payroll(cx, month, Unknown::missing(Dataset::Payroll)));
    }
    person_by_person(cx, month, facts, window).map(Some)
}

fn person_by_person(cx: &CheckContext, month: Month, facts: &MonthFacts, window: PayWindow) -> Result<Verdict, Unknown> {
    let doubts = Doubts::of(cx, facts);
    let least = i64::from(cx.law.count("payroll.gap_min_days", month.last_day())?) * 100;
    let mut missing: Vec<&Worker> = Vec::new();
    let mut unclear: Vec<&'static str> = Vec::new();
    let mut counted = 0_usize;
    for worker in facts.workers.iter().filter(|worker| worker.mask != 0 && i64::from(worker.days) >= least) {
        let standing = standing(cx, month, worker, &doubts)?;
        counted += usize::from(!matches!(standing, Standing::NotDue));
        match standing {
            Standing::OnPayroll | Standing::NotDue => {}
            Standing::Unclear(reason) => unclear.push(reason),
            Standing::Missing => missing.push(worker),
        }
    }
    let limit = cx.law.count("payroll.gap_limit", month.last_day())?;
    if missing.len() > limit as usize {
        return breach(cx, month, facts, window, &missing, counted).map(|verdict| verdict.fact("unclear_workers", unclear.len()));
    }
    // Who stands on a line nobody could read or assign may be missing as well.
    if facts.attendance_gaps.any() {
        unclear.push(if facts.attendance_gaps.rejected > 0 { "rejected_rows" } else { "ambiguous_name" });
    }
    if let Some(reason) = unclear.into_iter().min() {
        return Err(Unknown::because(reason));
    }
    Ok(Verdict::clear().due(window.end).fact("counted_workers", counted).fact("without_wage", missing.len()))
}

fn standing(cx: &CheckContext, month: Month, worker: &Worker, doubts: &Doubts) -> Result<Standing, Unknown> {
    // Who was paid without a line is the matter of payroll.bank_mismatch.
    if worker.lines > 0 || worker.paid > Fen::ZERO {
        return Ok(Standing::OnPayroll);
    }
    let passing = attended::only_trained(cx, month, worker) || attended::only_shift_end(cx, month, worker);
    if passing || attended::is_outsider(cx, month, worker.pid)? {
        return Ok(Standing::NotDue);
    }
    let later = attended::months_later(cx, month, worker)?.cast_signed();
    for next in month.next().through(month.plus(later)) {
        if cx.as_of <= cx.pay_window(next)?.end {
            return Ok(Standing::NotDue);
        }
        let facts = cx.facts.month(next);
        if facts.worker(worker.pid).is_some_and(|worker| worker.lines > 0 || worker.paid > Fen::ZERO) {
            return Ok(Standing::OnPayroll);
        }
        if !facts.has_payroll() {
            return Ok(Standing::Unclear("next_payroll_missing"));
        }
        if let Some(reason) = Doubts::of(cx, facts).payroll.reason(worker.pid) {
            return Ok(Standing::Unclear(reason));
        }
    }
    let doubt = doubts.payroll.reason(worker.pid);
    let doubt = if doubt.is_some() { doubt } else { doubts.unpaid(cx, month, worker)? };
    if let Some(reason) = doubt {
        return Ok(Standing::Unclear(reason));
    }
    let back = paid::back_pay(cx, month, worker.pid)?;
    Ok(if back.paid > Fen::ZERO {
        Standing::OnPayroll
    } else if back.unnamed {
        Standing::Unclear("back_pay_without_month")
    } else {
        Standing::Missing
    })
}

fn breach(
    cx: &CheckContext,
    month: Month,
    facts: &MonthFacts,
    window: PayWindow,
    missing: &[&Worker],
    counted: usize,
) -> Result<Verdict, Unknown> {
    let share = cx.law.ppm("payroll.gap_order_share", month.last_day())?;
    let above = missing.len() as i128 * 1_000_000 > i128::from(share) * counted as i128;
    let persons = cx.facts.persons(missing.iter().map(|worker| (worker.pid, WithoutWage { days: say::hundredths(worker.days) })));
    let pids: BTreeSet<_> = missing.iter().map(|worker| worker.pid).collect();
    Ok(Verdict::breach(if above { Severity::Order } else { Severity::Notice })
        .due(window.end)
        .workers(missing.len())
        .party(paid::party_of(cx, facts, &pids))
        .fact("counted_workers", counted)
        .fact("payroll_workers", facts.workers.iter().filter(|worker| worker.lines > 0).count())
        .fact("payouts_known", facts.has_payout())
        .fact("persons", persons))
}
