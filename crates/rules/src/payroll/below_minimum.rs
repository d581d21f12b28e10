//! payroll.below_minimum: wages that fall short of the minimum for the days attended.

use std::collections::{BTreeMap, BTreeSet};

use model::sheet::{Hundredths, PayrollLine, ProjectStatus, WorkUnit};
use model::{Dataset, Fen, Field, Finding, Month, Severity};
use serde::Serialize;

use super::no_quantity_basis::no_sheet;
use super::paid::{self, Doubts};
use super::sheets::accused;
use crate::facts::{AMBIGUOUS, MonthFacts, Pid, Presence, Worker};
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct BelowMinimum;

static META: Meta = Meta {
    id: "payroll.below_minimum",
    name: "低于最低工资标准",
    since: "0.1.0",
    explain: include_str!("below_minimum.md"),
    needs: &[Dataset::Payroll, Dataset::Attendance],
    basis: &["监察条例第26条", "劳动合同法第85条"],
    articles: &["《劳动保障监察条例》第二十六条", "《中华人民共和国劳动合同法》第八十五条"],
    consequence: "逾期不支付的，依照《劳动保障监察条例》第二十六条、《中华人民共和国劳动合同法》第八十五条，责令支付差额，并按照应付金额50%以上1倍以下的标准向工人加付赔偿金。",
    remedy: "逐人核对出勤和应发工资，低于最低工资标准的补足差额并通过专户发放；工资表中有加班工资、津贴的，分项列明。",
    parameters: &[
        "payroll.minimum_monthly",
        "payroll.minimum_hourly",
        "payroll.minimum_month_days",
        "payroll.minimum_excluded",
        "payroll.tolerance",
    ],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// Words of `payroll.minimum_excluded`.
const OVERTIME: &str = "加班工资";
const BONUS: &str = "奖金补贴";

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Shortfall {
    /// Wages that count.
    wage_fen: Fen,
    /// The least for the days or hours.
    minimum_fen: Fen,
    short_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<String>,
}

impl Rule for BelowMinimum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let (workers, amount) = (finding.workers.unwrap_or_default(), finding.amount_fen.map(say::money).unwrap_or_default());
        let (monthly, hourly) = (say::money_fact(finding, "monthly_minimum_fen"), say::money_fact(finding, "hourly_minimum_fen"));
        format!("{month}有{workers}人的工资按出勤折算低于当时的最低工资标准（每月{monthly}，每小时{hourly}），差额合计{amount}")
    }
}

/// A least sum for so many hundredths of days or hours.
#[derive(Clone, Copy)]
struct Least {
    sum: Fen,
    per: i64,
}

impl Least {
    fn is_missed(self, wage: Fen, time: Hundredths) -> bool {
        i128::from(wage.0) * i128::from(self.per) < i128::from(self.sum.0) * i128::from(time)
    }

    /// The least sum for the time in full fen, and what lacks to it.
    fn short(self, wage_fen: Fen, time: Hundredths) -> Shortfall {
        let product = i128::from(self.sum.0) * i128::from(time);
        let least = (product + i128::from(self.per) - 1) / i128::from(self.per.max(1));
        let minimum_fen = Fen(i64::try_from(least).unwrap_or(i64::MAX));
        Shortfall { wage_fen, minimum_fen, short_fen: minimum_fen - wage_fen, days: None, hours: None }
    }
}

struct Standard {
    monthly: Least,
    hourly: Least,
    without_overtime: bool,
    without_bonus: bool,
}

impl Standard {
    /// A standard that changes within a month binds from the next.
    fn of(cx: &CheckContext, month: Month) -> Result<Self, Unknown> {
        let on = month.first_day();
        let excluded = cx.law.words("payroll.minimum_excluded", on)?;
        let without = |word: &str| excluded.iter().any(|w| w == word);
        let days = i64::from(cx.law.count("payroll.minimum_month_days", on)?);
        Ok(Self {
            monthly: Least { sum: cx.law.fen("payroll.minimum_monthly", on)?, per: days },
            hourly: Least { sum: cx.law.fen("payroll.minimum_hourly", on)?, per: 100 },
            without_overtime: without(OVERTIME),
            without_bonus: without(BONUS),
        })
    }
}

/// What the month's payrolls say of one person.
#[derive(Default)]
struct Pay {
    gross: Fen,
    overtime: Fen,
    bonus: Fen,
    hours: Option<Hundredths>,
    /// Some line is not paid by the hour.
    not_hourly: bool,
    gross_not_known: Option<&'static str>,
    sheets: BTreeSet<usize>,
}

enum Standing {
    Met,
    Below(Shortfall),
    Unclear(&'static str),
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    // Days of a month that still runs are not all known.
    if cx.facts.status_in(month) != ProjectStatus::Active || month.last_day() > cx.as_of {
        return Ok(None);
    }
    if !facts.has_payroll() {
        return no_sheet(cx, month);
    }
    let standard = Standard::of(cx, month)?;
    if facts.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    let doubts = Doubts::of(cx, facts);
    let mut below: Vec<(Pid, Shortfall)> = Vec::new();
    let mut sheets = BTreeSet::new();
    let mut unclear: Vec<&'static str> = Vec::new();
    for (pid, pay) in pays(cx, facts, month) {
        let Some(worker) = facts.worker(pid) else { continue };
        let standing = match standing(&standard, &pay, worker) {
            Standing::Below(short) => made_good(cx, &doubts, month, pid, short)?,
            other => other,
        };
        match standing {
            Standing::Met => {}
            Standing::Unclear(reason) => unclear.push(reason),
            Standing::Below(short) => {
                below.push((pid, short));
                sheets.extend(pay.sheets);
            }
        }
    }
    if below.is_empty() {
        return clear(facts, unclear).map(Some);
    }
    let verdict = Verdict::breach(Severity::Notice)
        .workers(below.len())
        .amount(below.iter().map(|(_, short)| short.short_fen).sum())
        .fact("monthly_minimum_fen", standard.monthly.sum)
        .fact("hourly_minimum_fen", standard.hourly.sum)
        .fact("unclear_workers", unclear.len())
        .fact("persons", cx.facts.persons(below));
    Ok(Some(accused(cx, verdict, sheets)))
}

/// More days may stand in what was not read, never fewer: that leaves a shortfall and opens what seems met.
fn clear(facts: &MonthFacts, mut unclear: Vec<&'static str>) -> Result<Verdict, Unknown> {
    for gaps in [facts.payroll_gaps, facts.attendance_gaps] {
        if gaps.any() {
            unclear.push(if gaps.rejected > 0 { "rejected_rows" } else { "ambiguous_name" });
        }
    }
    match unclear.into_iter().min() {
        Some(reason) => Err(Unknown::because(reason)),
        None => Ok(Verdict::clear().fact("payroll_lines", facts.payroll_lines)),
    }
}

/// Wages by person, without those of other months (补发).
fn pays(cx: &CheckContext, facts: &MonthFacts, month: Month) -> BTreeMap<Pid, Pay> {
    let mut pays: BTreeMap<Pid, Pay> = BTreeMap::new();
    for paid in facts.payroll_lines(cx.dossier, cx.facts.people()).filter(|paid| paid.pid != AMBIGUOUS) {
        let line = paid.line;
        if line.back_pay_month.get().is_some_and(|of| of != month) {
            continue;
        }
        let pay = pays.entry(paid.pid).or_default();
        match line.gross {
            Field::Given(gross) => pay.gross += gross,
            Field::Empty => pay.gross_not_known = Some("gross_not_known"),
            Field::Absent => pay.gross_not_known = Some("column_absent"),
        }
        pay.overtime += line.overtime.get().unwrap_or_default();
        pay.bonus += line.bonus.get().unwrap_or_default();
        if let Some(hours) = line.hours.get() {
            *pay.hours.get_or_insert(0) += hours;
        }
        pay.not_hourly |= !is_hourly(line);
        pay.sheets.insert(paid.at);
    }
    pays
}

/// By its 计量方式; without it by the only rate the line has.
fn is_hourly(line: &PayrollLine) -> bool {
    let given = |sum: Field<Fen>| Presence::of_sum(sum) == Presence::Given;
    match line.work_unit.get() {
        Some(unit) => unit == WorkUnit::Hour,
        None => given(line.hour_rate) && !given(line.day_rate) && !given(line.piece_rate),
    }
}

/// The column 奖金补贴 holds bonuses, which are wages, and special allowances, which are none: where it decides, nobody can say.
fn standing(standard: &Standard, pay: &Pay, worker: &Worker) -> Standing {
    if let Some(reason) = pay.gross_not_known {
        return Standing::Unclear(reason);
    }
    let overtime = if standard.without_overtime { pay.overtime } else { Fen::ZERO };
    let bonus = if standard.without_bonus { pay.bonus } else { Fen::ZERO };
    if pay.not_hourly {
        let (least, wage) = (standard.monthly, pay.gross - overtime);
        // Wages without a day of attendance are the matter of payroll.ghost_worker.
        return if worker.days == 0 {
            Standing::Met
        } else if least.is_missed(wage, worker.days) {
            Standing::Below(Shortfall { days: Some(say::hundredths(worker.days)), ..least.short(wage, worker.days) })
        } else if least.is_missed(wage - bonus, worker.days) {
            Standing::Unclear("allowance_not_split")
        } else {
            Standing::Met
        };
    }
    // The hours paid may hold those of overtime, and the hours on site the breaks.
    let least = standard.hourly;
    let Some(hours) = pay.hours.filter(|hours| *hours > 0).or(worker.hours) else { return Standing::Unclear("hours_not_known") };
    if least.is_missed(pay.gross, hours) {
        Standing::Below(Shortfall { hours: Some(say::hundredths(hours)), ..least.short(pay.gross, hours) })
    } else if least.is_missed(pay.gross - overtime - bonus, hours) {
        Standing::Unclear("allowance_not_split")
    } else if worker.hours.is_some_and(|attended| least.is_missed(pay.gross, attended)) {
        Standing::Unclear("hours_differ")
    } else {
        Standing::Met
    }
}

/// Paid later, or perhaps on a line nobody could read.
fn made_good(cx: &CheckContext, doubts: &Doubts, month: Month, pid: Pid, short: Shortfall) -> Result<Standing, Unknown> {
    if let Some(reason) = doubts.payroll.reason(pid) {
        return Ok(Standing::Unclear(reason));
    }
    let back = paid::back_pay(cx, month, pid)?;
    Ok(if back.paid >= short.short_fen {
        Standing::Met
    } else if back.unnamed {
        Standing::Unclear("back_pay_without_month")
    } else {
        Standing::Below(short)
    })
}
