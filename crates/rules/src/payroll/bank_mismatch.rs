//! payroll.bank_mismatch: what the payroll says and what the bank paid differ for somebody.

use model::sheet::{PayFailure, ProjectStatus};
use model::{Dataset, Fen, Finding, Month, Party, Severity};
use serde::Serialize;

use super::paid::{self, Doubts};
use crate::facts::{MonthFacts, Pid, Worker};
use crate::payday::PayWindow;
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct BankMismatch;

static META: Meta = Meta {
    id: "payroll.bank_mismatch",
    name: "工资表与银行代发明细不一致",
    since: "0.1.0",
    explain: include_str!("bank_mismatch.md"),
    needs: &[Dataset::Payroll, Dataset::Payout],
    basis: &["条例第31条", "条例第55条第1项", "条例第56条第1项"],
    articles: &["《保障农民工工资支付条例》第三十一条", "《保障农民工工资支付条例》第五十五条第一项、第五十六条第一项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条、第五十六条，可以责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "逐人核对工资表与银行代发结果，少发、失败未补发的立即通过专户补发，多发或不在工资表中的说明原因并附凭证。",
    parameters: &["payroll.tolerance", "payroll.window", "payroll.retry", "payroll.bank_fee_words"],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Compared {
    net_fen: Fen,
    paid_fen: Fen,
    difference_fen: Fen,
    why: &'static str,
    /// Only where the bank refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<PayFailure>,
}

impl Rule for BankMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let (net, paid) = (say::money_fact(finding, "payroll_net_fen"), say::money_fact(finding, "paid_fen"));
        let workers = finding.workers.unwrap_or_default();
        let difference = finding.amount_fen.map(say::money).unwrap_or_default();
        format!("{month}工资表实发合计{net}，银行代发成功{paid}，截至{}有{workers}人不一致，差额合计{difference}", say::due(finding))
    }
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    let status = cx.facts.status_in(month);
    let empty = paid::is_empty(facts);
    if !matches!(status, ProjectStatus::Active | ProjectStatus::Completed) || (empty && status == ProjectStatus::Completed) {
        return Ok(None);
    }
    let window = cx.pay_window(month)?;
    if cx.as_of <= window.end {
        return Err(Unknown::because("window_open"));
    }
    if !facts.has_payroll() {
        // Nobody attended and nothing was paid: nothing to compare. Else the missing sheet is the cause.
        let nothing = empty && paid::nobody_came(facts);
        return if nothing { Ok(None) } else { Err(paid::without_payroll(cx, month, Unknown::missing(Dataset::Payroll))) };
    }
    if !facts.has_payout() {
        return no_payout(cx, month, facts, window).map(Some);
    }
    compare(cx, month, facts, window).map(Some)
}

fn no_payout(cx: &CheckContext, month: Month, facts: &MonthFacts, window: PayWindow) -> Result<Verdict, Unknown> {
    paid::nothing_paid(cx, month, window)?;
    let unpaid: Vec<&Worker> = facts.workers.iter().filter(|worker| worker.net > Fen::ZERO).collect();
    if unpaid.is_empty() {
        return Ok(Verdict::clear().due(window.end));
    }
    let verdict = breach(cx, facts, window, unpaid.iter().map(|worker| (*worker, "no_payout")).collect());
    Ok(verdict.fact("ledger_shows_no_wage_debit", true))
}

fn compare(cx: &CheckContext, month: Month, facts: &MonthFacts, window: PayWindow) -> Result<Verdict, Unknown> {
    let tolerance = cx.law.fen("payroll.tolerance", month.last_day())?;
    let doubts = Doubts::of(cx, facts);
    let mut faulty: Vec<(&Worker, &'static str)> = Vec::new();
    let mut unclear: Vec<&'static str> = Vec::new();
    // Money that came back under a name several people have may be anybody's of them, however well all seems to agree.
    for worker in facts.workers.iter().filter(|worker| !agrees(worker, tolerance) || worker.unclear_return) {
        match doubts.difference(cx, month, worker)? {
            Some(reason) => unclear.push(reason),
            None => faulty.push((worker, why(worker))),
        }
    }
    if !faulty.is_empty() {
        return Ok(breach(cx, facts, window, faulty).fact("unclear_workers", unclear.len()));
    }
    // Lines that fit several people leave the comparison open even where everybody else agrees.
    if facts.payroll_gaps.ambiguous + facts.payout_gaps.ambiguous > 0 {
        unclear.push("ambiguous_name");
    }
    if let Some(reason) = unclear.into_iter().min() {
        return Err(Unknown::because(reason));
    }
    let late = facts.workers.iter().filter_map(|worker| worker.paid_to).max().map_or(0, |day| (day - window.end).num_days().max(0));
    Ok(Verdict::clear().due(window.end).fact("payroll_net_fen", facts.net).fact("paid_fen", facts.paid).fact("days_late", late))
}

/// Net against what the bank paid; an advance shown as deduction may have gone through the bank too.
/// With every person within the tolerance, the totals differ by no more than tolerance × lines.
fn agrees(worker: &Worker, tolerance: Fen) -> bool {
    let within = |owed: Fen| (owed - worker.paid).abs() <= tolerance;
    within(worker.net) || (worker.advance > Fen::ZERO && within(worker.net + worker.advance))
}

fn why(worker: &Worker) -> &'static str {
    if worker.lines == 0 {
        "not_on_payroll"
    } else if worker.paid > worker.net {
        "paid_more"
    } else {
        paid::shortfall(worker)
    }
}

fn breach(cx: &CheckContext, facts: &MonthFacts, window: PayWindow, faulty: Vec<(&Worker, &'static str)>) -> Verdict {
    let amount: Fen = faulty.iter().map(|(worker, _)| (worker.net - worker.paid).abs()).sum();
    let party = party(cx, facts, &faulty);
    let workers = faulty.len();
    let persons = cx.facts.persons(faulty.into_iter().map(|(worker, why)| {
        let difference_fen = worker.net - worker.paid;
        let failure = worker.failure.filter(|_| why == "failed");
        (worker.pid, Compared { net_fen: worker.net, paid_fen: worker.paid, difference_fen, why, failure })
    }));
    Verdict::breach(Severity::Notice)
        .due(window.end)
        .amount(amount)
        .workers(workers)
        .party(party)
        .fact("pay_day", window.pay_day)
        .fact("payroll_workers", facts.workers.iter().filter(|worker| worker.lines > 0).count())
        .fact("payroll_net_fen", facts.net)
        .fact("paid_fen", facts.paid)
        .fact("persons", persons)
}

/// Employers of the sheets the faulty stand on; who stands on none is the general contractor's matter.
fn party(cx: &CheckContext, facts: &MonthFacts, faulty: &[(&Worker, &'static str)]) -> Option<Party> {
    if faulty.iter().any(|(worker, _)| worker.lines == 0) {
        return cx.facts.general_contractor();
    }
    let at_fault = |pid: &Pid| faulty.binary_search_by_key(pid, |(worker, _)| worker.pid).is_ok();
    let sheets = facts.payrolls.iter().filter(|at| cx.facts.people().payroll[**at].iter().any(at_fault));
    cx.facts.employer_at_fault(sheets.map(|at| cx.dossier.payrolls[*at].head.employer.as_deref()))
}
