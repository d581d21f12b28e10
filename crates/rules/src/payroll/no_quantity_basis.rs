//! payroll.no_quantity_basis: wages without measured work behind them.

use std::collections::HashMap;

use model::sheet::{PayrollLine, ProjectStatus, WorkUnit, WorkerRole};
use model::{Dataset, Fen, Field, Finding, Month, Severity};
use serde::Serialize;

use super::sheets::accused;
use crate::facts::{AMBIGUOUS, Listed, MonthFacts, PaidLine, Pid, Presence, sorted};
use crate::platform::payroll_not_uploaded;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct NoQuantityBasis;

static META: Meta = Meta {
    id: "payroll.no_quantity_basis",
    name: "缺乏工作量计量依据",
    since: "0.1.0",
    explain: include_str!("no_quantity_basis.md"),
    needs: &[Dataset::Payroll, Dataset::Attendance],
    basis: &["条例第31条", "条例第56条第1项"],
    articles: &["《保障农民工工资支付条例》第三十一条", "《保障农民工工资支付条例》第五十六条第一项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "按月考核工人工作量：计件的补齐数量、单价并与应发工资核对一致，计时的补齐出勤天数（工时）和单价，随工资表提交当月工程进度材料。",
    parameters: &["payroll.basis_tolerance", "payroll.basis_exempt_roles"],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Lacking {
    why: Why,
    /// All wages of the month.
    gross_fen: Fen,
    /// Quantity × price against gross, for piece work.
    #[serde(skip_serializing_if = "is_zero")]
    difference_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    payroll_days: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attended_days: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(sum: &Fen) -> bool {
    *sum == Fen::ZERO
}

/// By weight: the first of several is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    NoQuantity,
    NoPrice,
    UnlikeGross,
    MoreThanAttended,
}

/// What a line says of its basis.
enum Basis {
    There,
    Lacks(Why),
    /// Quantity × price differs from the gross wage by so much.
    Unlike(Fen),
    NotKnown,
}

impl Rule for NoQuantityBasis {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        match finding.workers.unwrap_or_default() {
            0 => format!("{month}工资表没有随附当月工程进度材料"),
            workers => format!("{month}工资表中有{workers}人的工资缺少工作量计量依据（数量、单价不全，或与应发工资、考勤不符）"),
        }
    }
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active {
        return Ok(None);
    }
    if !facts.has_payroll() {
        return no_sheet(cx, month);
    }
    let tolerance = cx.law.ppm("payroll.basis_tolerance", month.last_day())?;
    let exempt = cx.law.words("payroll.basis_exempt_roles", month.last_day())?;
    let mut found = Found::default();
    let mut trades = Trades { words: exempt, known: HashMap::new() };
    for paid in facts.payroll_lines(cx.dossier, cx.facts.people()) {
        let line = paid.line;
        if is_exempt(cx, line, paid.pid, &mut trades) {
            continue;
        }
        match basis(line, tolerance) {
            Basis::There => {}
            Basis::Lacks(why) => found.person(cx, facts, paid, why, Fen::ZERO),
            Basis::Unlike(difference) => found.person(cx, facts, paid, Why::UnlikeGross, difference),
            Basis::NotKnown => found.not_known = true,
        }
        if line.work_unit.get() != Some(WorkUnit::Piece) && (line.days.is_given() || line.hours.is_given()) {
            against_attendance(cx, facts, month, paid, &mut found);
        }
    }
    let unattached = |at: &&usize| cx.dossier.payrolls[**at].head.progress_attached.get() == Some(false);
    let without_progress: Vec<usize> = facts.payrolls.iter().filter(unattached).copied().collect();
    if found.persons.is_empty() && without_progress.is_empty() {
        return found.clear_or_unknown(cx, facts).map(Some);
    }
    Ok(Some(found.breach(cx, &without_progress)))
}

/// The missing sheet counts once, under its own rule.
pub(super) fn no_sheet(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    let nobody = facts.mask == 0 && !facts.attendance.is_empty() && !facts.attendance_gaps.any();
    if nobody || cx.as_of <= payroll_not_uploaded::due(cx, month)? {
        return Ok(None);
    }
    let missing = Unknown::missing(Dataset::Payroll);
    Err(if payroll_not_uploaded::is_breach(cx, month) { missing.and_held_by(payroll_not_uploaded::ID) } else { missing })
}

/// Trades already looked at: a sheet names few of them, often.
struct Trades<'a> {
    words: &'a [String],
    known: HashMap<&'a str, bool>,
}

impl<'a> Trades<'a> {
    fn is_exempt(&mut self, trade: &'a Field<String>) -> bool {
        let Some(trade) = trade.given() else { return false };
        let words = self.words;
        *self.known.entry(trade).or_insert_with(|| words.iter().any(|word| trade.contains(word.as_str())))
    }
}

/// Monthly staff: the contract wage is the basis.
fn is_exempt<'a>(cx: &CheckContext<'a>, line: &'a PayrollLine, pid: Pid, trades: &mut Trades<'a>) -> bool {
    line.work_unit.get() == Some(WorkUnit::Month)
        || trades.is_exempt(&line.trade)
        || (pid != AMBIGUOUS
            && cx.facts.roster_of(pid).any(|(_, row)| row.role.get() == Some(WorkerRole::Manager) || trades.is_exempt(&row.trade)))
}

fn basis(line: &PayrollLine, tolerance_ppm: i64) -> Basis {
    if line.gross == Field::Given(Fen::ZERO) {
        return Basis::There;
    }
    let hours = Presence::of_number(&line.hours);
    let days_or_hours = Presence::of_number(&line.days).or(hours);
    let time_rate = Presence::of_sum(line.day_rate).or(Presence::of_sum(line.hour_rate));
    let (count, unit_price) = (Presence::of_number(&line.pieces), Presence::of_sum(line.piece_rate));
    let (quantity, price) = match line.work_unit.get() {
        Some(WorkUnit::Piece) => (count, unit_price),
        Some(WorkUnit::Hour) => (hours, time_rate),
        Some(WorkUnit::Day | WorkUnit::Month) => (days_or_hours, time_rate),
        None if count == Presence::Given && days_or_hours != Presence::Given => (count, unit_price),
        None => (days_or_hours.or(count), time_rate.or(unit_price)),
    };
    match (quantity, price) {
        (Presence::Empty, _) => return Basis::Lacks(Why::NoQuantity),
        (_, Presence::Empty) => return Basis::Lacks(Why::NoPrice),
        (Presence::Absent, _) | (_, Presence::Absent) => return Basis::NotKnown,
        (Presence::Given, Presence::Given) => {}
    }
    let time_work = line.work_unit.get().map_or(days_or_hours == Presence::Given, |unit| unit != WorkUnit::Piece);
    match (line.pieces.get(), line.piece_rate.get(), line.gross.get()) {
        (Some(pieces), Some(rate), Some(gross)) if !time_work => piece_work(line, pieces, rate, gross, tolerance_ppm),
        _ => Basis::There,
    }
}

/// Overtime and bonus come on top of the pieces where the sheet shows them.
fn piece_work(line: &PayrollLine, pieces: i64, rate: Fen, gross: Fen, tolerance_ppm: i64) -> Basis {
    let product = i128::from(pieces) * i128::from(rate.0);
    let computed = Fen(i64::try_from((product + product.signum() * 500) / 1000).unwrap_or(i64::MAX));
    let extras = line.overtime.get().unwrap_or_default() + line.bonus.get().unwrap_or_default();
    let within = |sum: Fen| i128::from((sum - gross).abs().0) * 1_000_000 <= i128::from(gross.abs().0) * i128::from(tolerance_ppm);
    if within(computed) || within(computed + extras) { Basis::There } else { Basis::Unlike((computed - gross).abs()) }
}

/// More days or hours than attended. The attendance must be there, whole, and the month over.
fn against_attendance(cx: &CheckContext, facts: &MonthFacts, month: Month, paid: PaidLine, found: &mut Found) {
    if facts.attendance.is_empty() {
        found.attendance_missing = true;
        return;
    }
    let Some(worker) = facts.worker(paid.pid).filter(|_| month.last_day() <= cx.as_of) else { return };
    let days_over = worker.payroll_days.is_some_and(|days| days > worker.days);
    let hours_over = matches!((worker.payroll_hours, worker.hours), (Some(stated), Some(attended)) if stated > attended);
    if !days_over && !hours_over {
        return;
    }
    if facts.attendance_gaps.any() {
        found.attendance_rejected = true;
        return;
    }
    found.person(cx, facts, paid, Why::MoreThanAttended, Fen::ZERO);
    if let Some((_, lacking)) = found.persons.get_mut(&paid.slot()) {
        lacking.payroll_days = worker.payroll_days.map(decimal);
        lacking.attended_days = Some(decimal(worker.days));
    }
}

fn decimal(hundredths: i32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[derive(Default)]
struct Found {
    persons: Listed<Lacking>,
    sheets: Vec<usize>,
    not_known: bool,
    attendance_missing: bool,
    attendance_rejected: bool,
}

impl Found {
    fn person(&mut self, cx: &CheckContext, facts: &MonthFacts, paid: PaidLine, why: Why, difference: Fen) {
        if !self.sheets.contains(&paid.at) {
            self.sheets.push(paid.at);
        }
        let (_, lacking) = self.persons.entry(paid.slot()).or_insert_with(|| {
            let gross_fen = facts.worker(paid.pid).map_or(paid.line.gross.get().unwrap_or(paid.line.net), |worker| worker.gross);
            let lacking = Lacking { why, gross_fen, difference_fen: Fen::ZERO, payroll_days: None, attended_days: None };
            (paid.label(cx.facts), lacking)
        });
        lacking.why = lacking.why.min(why);
        lacking.difference_fen += difference;
    }

    fn clear_or_unknown(&self, cx: &CheckContext, facts: &MonthFacts) -> Result<Verdict, Unknown> {
        let progress = |wanted: Field<bool>| facts.payrolls.iter().any(|at| cx.dossier.payrolls[*at].head.progress_attached == wanted);
        if self.not_known || progress(Field::Absent) {
            return Err(COLUMN_ABSENT);
        }
        if self.attendance_missing {
            return Err(Unknown::missing(Dataset::Attendance));
        }
        if self.attendance_rejected || facts.payroll_gaps.rejected > 0 {
            return Err(REJECTED_ROWS);
        }
        if progress(Field::Empty) {
            return Err(Unknown::because("progress_not_known"));
        }
        Ok(Verdict::clear().fact("payroll_lines", facts.payroll_lines))
    }

    fn breach(self, cx: &CheckContext, without_progress: &[usize]) -> Verdict {
        let sheets: Vec<usize> = if self.persons.is_empty() { without_progress.to_vec() } else { self.sheets };
        let amount: Fen = self.persons.values().map(|(_, lacking)| lacking.difference_fen).sum();
        let mut verdict = Verdict::breach(Severity::Notice)
            .workers(self.persons.len())
            .fact("sheets_without_progress", without_progress.len())
            .fact("persons", sorted(self.persons.into_values()));
        if amount > Fen::ZERO {
            verdict = verdict.amount(amount);
        }
        accused(cx, verdict, sheets)
    }
}
