//! payroll.late: somebody worked in the month and was not paid by the pay-day.

use std::collections::BTreeSet;

use model::sheet::{PayFailure, ProjectStatus};
use model::{Dataset, Date, Fen, Finding, Month, Severity};
use serde::Serialize;

use super::attended;
use super::not_via_account::paid_in_hand;
use super::paid::{self, Doubts};
use crate::facts::{MonthFacts, Worker};
use crate::payday::PayWindow;
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct Late;

static META: Meta = Meta {
    id: "payroll.late",
    name: "未按月足额支付工资",
    since: "0.1.0",
    explain: include_str!("late.md"),
    needs: &[Dataset::Payroll, Dataset::Payout, Dataset::Attendance],
    basis: &["条例第12条", "条例第13条", "条例第14条", "条例第30条", "条例第53条", "监察条例第26条"],
    articles: &[
        "《保障农民工工资支付条例》第十二条、第十三条、第十四条、第三十条",
        "《保障农民工工资支付条例》第五十三条、《劳动保障监察条例》第二十六条",
    ],
    consequence: "逾期不支付的，依照《劳动保障监察条例》第二十六条，责令按照应付金额50%以上1倍以下的标准向工人加付赔偿金；分包单位拖欠的，由施工总承包单位先行清偿。",
    remedy: "立即通过农民工工资专用账户足额支付所列工人的工资，分包单位不支付的由施工总承包单位先行清偿，并报送银行代发凭证。",
    parameters: &[
        "payroll.late_notice",
        "payroll.late_order",
        "payroll.late_entry_days",
        "payroll.piece_cycle",
        "payroll.outsider_words",
        "payroll.managers_excluded",
        "payroll.season",
        "payroll.season_days",
        "payroll.season_late_order",
        "payroll.window",
        "payroll.tolerance",
        "payroll.retry",
        "payroll.bank_fee_words",
        "payroll.outside_words",
    ],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Unpaid {
    days: String,
    /// Only where a payroll says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    net_fen: Option<Fen>,
    paid_fen: Fen,
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<PayFailure>,
}

/// What the month shows of one person.
enum Standing {
    Paid,
    /// Not owed by this month, or not yet.
    NotDue,
    Unclear(&'static str),
    /// The pay-day that was missed.
    Unpaid(Date),
}

impl Rule for Late {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let amount = finding.amount_fen.map(|fen| format!("，工资表实发合计{}", say::money(fen))).unwrap_or_default();
        let (due, workers) = (say::due(finding), finding.workers.unwrap_or_default());
        format!("{month}的工资应在{due}前支付，至检查之日有{workers}名当月有考勤的工人没有银行代发成功记录{amount}")
    }
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    let status = cx.facts.status_in(month);
    let runs = matches!(status, ProjectStatus::Active | ProjectStatus::Completed);
    if !runs || (paid::is_empty(facts) && status == ProjectStatus::Completed) || paid::nobody_came(facts) {
        return Ok(None);
    }
    let window = cx.pay_window(month)?;
    if cx.as_of <= window.pay_day {
        return Ok(Some(Verdict::clear().due(window.pay_day)));
    }
    if facts.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    if !facts.has_payout() {
        if cx.as_of <= window.end {
            return Err(Unknown::because("window_open"));
        }
        let proof = paid::nothing_paid(cx, month, window);
        proof.map_err(|why| if facts.has_payroll() { why } else { paid::without_payroll(cx, month, why) })?;
    }
    person_by_person(cx, month, facts, window).map(Some)
}

fn person_by_person(cx: &CheckContext, month: Month, facts: &MonthFacts, window: PayWindow) -> Result<Verdict, Unknown> {
    let doubts = Doubts::of(cx, facts);
    let mut unpaid: Vec<(&Worker, Date)> = Vec::new();
    let mut unclear: Vec<&'static str> = Vec::new();
    for worker in facts.workers.iter().filter(|worker| worker.mask != 0) {
        match standing(cx, month, worker, &doubts)? {
            Standing::Paid | Standing::NotDue => {}
            Standing::Unclear(reason) => unclear.push(reason),
            Standing::Unpaid(pay_day) => unpaid.push((worker, pay_day)),
        }
    }
    if !unpaid.is_empty() {
        return breach(cx, facts, window, &unpaid).map(|verdict| verdict.fact("unclear_workers", unclear.len()));
    }
    // Who stands on a line nobody could read or assign may be unpaid as well.
    if facts.attendance_gaps.any() {
        unclear.push(if facts.attendance_gaps.rejected > 0 { "rejected_rows" } else { "ambiguous_name" });
    }
    if let Some(reason) = unclear.into_iter().min() {
        return Err(Unknown::because(reason));
    }
    let paid_to = facts.workers.iter().filter(|worker| worker.mask != 0).filter_map(|worker| worker.paid_to).max();
    let late = paid_to.map_or(0, |day| (day - window.pay_day).num_days().max(0));
    Ok(Verdict::clear().due(window.pay_day).fact("attended_workers", facts.attended).fact("days_late", late))
}

fn standing(cx: &CheckContext, month: Month, worker: &Worker, doubts: &Doubts) -> Result<Standing, Unknown> {
    let tolerance = cx.law.fen("payroll.tolerance", month.last_day())?;
    if (is_paid(worker, tolerance) && !worker.unclear_return) || paid_in_hand(cx, month, worker.pid)? {
        return Ok(Standing::Paid);
    }
    if (worker.lines > 0 && worker.net <= tolerance) || (worker.lines == 0 && attended::is_outsider(cx, month, worker.pid)?) {
        return Ok(Standing::NotDue);
    }
    let later = attended::months_later(cx, month, worker)?.cast_signed();
    let months = month.next().through(month.plus(later));
    if months.clone().any(|later| cx.facts.month(later).worker(worker.pid).is_some_and(|w| w.paid > Fen::ZERO)) {
        return Ok(Standing::Paid);
    }
    let window = cx.pay_window(month.plus(later))?;
    let notice = cx.law.count("payroll.late_notice", window.pay_day)?;
    if cx.as_of < cx.plus_working_days(window.pay_day, notice)? {
        return Ok(Standing::NotDue);
    }
    if let Some(reason) = doubts.unpaid(cx, month, worker)? {
        return Ok(Standing::Unclear(reason));
    }
    if worker.pending > Fen::ZERO && cx.as_of <= window.end {
        return Ok(Standing::Unclear("window_open"));
    }
    let back = paid::back_pay(cx, month, worker.pid)?;
    Ok(if back.paid > Fen::ZERO {
        Standing::Paid
    } else if back.unnamed {
        Standing::Unclear("back_pay_without_month")
    } else {
        Standing::Unpaid(window.pay_day)
    })
}

/// Something arrived, and what the bank refused was repeated. Who got less than the payroll says, without any refusal,
/// is the matter of payroll.bank_mismatch.
fn is_paid(worker: &Worker, tolerance: Fen) -> bool {
    let refused = worker.failed + worker.returned + worker.pending;
    worker.paid > Fen::ZERO && (refused == Fen::ZERO || worker.paid >= worker.net - tolerance)
}

fn breach(cx: &CheckContext, facts: &MonthFacts, window: PayWindow, unpaid: &[(&Worker, Date)]) -> Result<Verdict, Unknown> {
    let due = unpaid.iter().map(|(_, pay_day)| *pay_day).min().unwrap_or(window.pay_day);
    let days = if cx.in_season(due)? { "payroll.season_late_order" } else { "payroll.late_order" };
    let order_from = cx.plus_working_days(due, cx.law.count(days, due)?)?;
    let severity = if cx.as_of >= order_from { Severity::Order } else { Severity::Notice };
    let on_payroll = || unpaid.iter().map(|(worker, _)| worker).filter(|worker| worker.lines > 0);
    let persons = cx.facts.persons(unpaid.iter().map(|(worker, _)| {
        let why = paid::shortfall(worker);
        let numbers = Unpaid {
            days: say::hundredths(worker.days),
            net_fen: (worker.lines > 0).then_some(worker.net),
            paid_fen: worker.paid,
            why,
            failure: worker.failure.filter(|_| why == "failed"),
        };
        (worker.pid, numbers)
    }));
    let pids: BTreeSet<_> = unpaid.iter().map(|(worker, _)| worker.pid).collect();
    let verdict = Verdict::breach(severity)
        .due(due)
        .workers(unpaid.len())
        .party(paid::party_of(cx, facts, &pids))
        .fact("pay_day_agreed", window.agreed)
        .fact("order_from", order_from)
        .fact("attended_workers", facts.attended)
        .fact("persons", persons);
    let verdict = if facts.has_payout() { verdict } else { verdict.fact("ledger_shows_no_wage_debit", true) };
    Ok(if on_payroll().next().is_some() { verdict.amount(on_payroll().map(|worker| worker.net - worker.paid).sum()) } else { verdict })
}
