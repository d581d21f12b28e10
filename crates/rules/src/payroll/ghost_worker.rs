//! payroll.ghost_worker: wages for somebody who is not on the roster, had left or did not come; or more than a worker earns.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use model::identifier::IdentityKind;
use model::sheet::{ProjectStatus, RosterLine};
use model::{Dataset, Fen, Finding, Month, Severity};
use serde::Serialize;

use super::names::normal;
use super::no_quantity_basis::no_sheet;
use super::paid::Open;
use super::sheets::accused;
use crate::facts::{AMBIGUOUS, MonthFacts, PaidLine, Pid, Worker};
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct GhostWorker;

static META: Meta = Meta {
    id: "payroll.ghost_worker",
    name: "有工资无考勤/未实名",
    since: "0.1.0",
    explain: include_str!("ghost_worker.md"),
    needs: &[Dataset::Payroll, Dataset::Roster, Dataset::Attendance],
    basis: &["条例第28条", "条例第55条第3项"],
    articles: &["《保障农民工工资支付条例》第二十八条", "《保障农民工工资支付条例》第五十五条第三项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "逐人核实用工和考勤，未实名登记的补办登记，考勤设备停用的附停用记录，虚列的从工资表中更正并说明资金去向。",
    parameters: &["payroll.leaver_window", "payroll.high_month", "payroll.high_year", "payroll.outage_words"],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Ghost {
    why: Why,
    net_fen: Fen,
    /// Days attended in the month.
    days: String,
    /// Net wages of the year up to the month, only where they are the ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    year_fen: Option<Fen>,
}

/// By weight: the first of several is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    NotOnRoster,
    BeforeEntry,
    AfterExit,
    NoAttendance,
    HighMonth,
    HighYear,
}

impl Rule for GhostWorker {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        let roster = Roster::of(cx);
        cx.payroll_months(|month| judge(cx, &roster, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let (workers, amount) = (finding.workers.unwrap_or_default(), finding.amount_fen.map(say::money).unwrap_or_default());
        let count = |key: &str| finding.facts.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default();
        let parts: Vec<String> = [
            ("not_on_roster", "不在花名册"),
            ("outside_stay", "不在进退场期间"),
            ("no_attendance", "当月没有考勤"),
            ("high_pay", "工资明显偏高"),
        ]
        .iter()
        .filter(|(key, _)| count(key) > 0)
        .map(|(key, words)| format!("{words}{}人", count(key)))
        .collect();
        format!("{month}工资表中有{workers}人的工资需要核实（{}），实发合计{amount}", parts.join("、"))
    }
}

/// The rosters, read once for all months.
struct Roster {
    open: Open,
    /// Normalised, where a line without a number asks for them.
    names: OnceCell<HashSet<String>>,
}

impl Roster {
    fn of(cx: &CheckContext) -> Self {
        Self { open: Open::roster(cx), names: OnceCell::new() }
    }

    fn has(&self, cx: &CheckContext, name: &str) -> bool {
        let lines = || cx.dossier.rosters.iter().flat_map(|table| &table.lines);
        self.names.get_or_init(|| lines().map(|row| normal(&row.who.name)).collect()).contains(&normal(name))
    }
}

/// Lines of one person in the month.
#[derive(Default)]
struct Own {
    /// Months the wages are for: 补发 is for an earlier one.
    months: BTreeSet<Month>,
    /// 补发 without saying for which month.
    unnamed: bool,
    sheets: BTreeSet<usize>,
    /// Some line has a number that identifies nobody, or none.
    without_number: bool,
    /// A remark speaks of an outage of the attendance device.
    outage: bool,
}

/// What is to be said of one person.
enum Standing {
    Real,
    Ghost(Why),
    Unclear(&'static str),
    Missing(Dataset),
}

fn judge(cx: &CheckContext, roster: &Roster, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active {
        return Ok(None);
    }
    if !facts.has_payroll() {
        return no_sheet(cx, month);
    }
    let mut ghosts: Vec<(Pid, Ghost)> = Vec::new();
    let mut sheets = BTreeSet::new();
    let mut unclear: Vec<&'static str> = Vec::new();
    let mut missing: BTreeSet<Dataset> = BTreeSet::new();
    for (pid, own) in own_lines(cx, facts, month)? {
        let Some(worker) = facts.worker(pid).filter(|worker| worker.net != Fen::ZERO || worker.gross != Fen::ZERO) else { continue };
        let year = year_to(cx, month, pid);
        let standing = match standing(cx, roster, pid, &own)? {
            ghost @ Standing::Ghost(_) => ghost,
            other => high_pay(cx, month, worker, year)?.map_or(other, Standing::Ghost),
        };
        match standing {
            Standing::Real => {}
            Standing::Unclear(reason) => unclear.push(reason),
            Standing::Missing(dataset) => {
                missing.insert(dataset);
            }
            Standing::Ghost(why) => {
                let year_fen = (why == Why::HighYear).then_some(year);
                ghosts.push((pid, Ghost { why, net_fen: worker.net, days: say::hundredths(worker.days), year_fen }));
                sheets.extend(own.sheets);
            }
        }
    }
    if ghosts.is_empty() {
        return clear(facts, unclear, missing).map(Some);
    }
    let unclear = unclear.len() + facts.payroll_gaps.ambiguous as usize;
    Ok(Some(accused(cx, breach(cx, ghosts).fact("unclear_workers", unclear), sheets)))
}

fn breach(cx: &CheckContext, ghosts: Vec<(Pid, Ghost)>) -> Verdict {
    let count = |of: &[Why]| ghosts.iter().filter(|(_, ghost)| of.contains(&ghost.why)).count();
    Verdict::breach(Severity::Notice)
        .workers(ghosts.len())
        .amount(ghosts.iter().map(|(_, ghost)| ghost.net_fen).sum())
        .fact("not_on_roster", count(&[Why::NotOnRoster]))
        .fact("outside_stay", count(&[Why::BeforeEntry, Why::AfterExit]))
        .fact("no_attendance", count(&[Why::NoAttendance]))
        .fact("high_pay", count(&[Why::HighMonth, Why::HighYear]))
        .fact("persons", cx.facts.persons(ghosts))
}

fn clear(facts: &MonthFacts, mut unclear: Vec<&'static str>, missing: BTreeSet<Dataset>) -> Result<Verdict, Unknown> {
    if facts.payroll_gaps.any() {
        unclear.push(if facts.payroll_gaps.rejected > 0 { "rejected_rows" } else { "ambiguous_name" });
    }
    let reason = unclear.into_iter().min();
    if reason.is_some() || !missing.is_empty() {
        return Err(Unknown { reason, missing: missing.into_iter().collect(), held_by: None });
    }
    Ok(Verdict::clear().fact("payroll_lines", facts.payroll_lines))
}

fn own_lines(cx: &CheckContext, facts: &MonthFacts, month: Month) -> Result<BTreeMap<Pid, Own>, Unknown> {
    let outage = cx.law.words("payroll.outage_words", month.last_day())?;
    let mut all: BTreeMap<Pid, Own> = BTreeMap::new();
    for PaidLine { at, line, pid } in facts.payroll_lines(cx.dossier, cx.facts.people()).filter(|paid| paid.pid != AMBIGUOUS) {
        let own = all.entry(pid).or_default();
        match line.back_pay_month.get() {
            Some(of) => {
                own.months.insert(of);
            }
            None if line.is_back_pay() => own.unnamed = true,
            None => {
                own.months.insert(month);
            }
        }
        own.sheets.insert(at);
        own.without_number |= !matches!(line.who.identity, IdentityKind::Valid | IdentityKind::Other);
        own.outage |= line.remark.as_deref().is_some_and(|remark| outage.iter().any(|word| remark.contains(word.as_str())));
    }
    Ok(all)
}

/// More than a worker earns, by month or by year.
fn high_pay(cx: &CheckContext, month: Month, worker: &Worker, year: Fen) -> Result<Option<Why>, Unknown> {
    if worker.net > cx.law.fen("payroll.high_month", month.last_day())? {
        return Ok(Some(Why::HighMonth));
    }
    Ok((year > cx.law.fen("payroll.high_year", month.last_day())?).then_some(Why::HighYear))
}

/// Net wages of the calendar year up to the month.
fn year_to(cx: &CheckContext, month: Month, pid: Pid) -> Fen {
    let january = month.plus(1 - month.month().cast_signed());
    cx.facts.months().range(january..=month).filter_map(|(_, facts)| facts.worker(pid)).map(|worker| worker.net).sum()
}

fn standing(cx: &CheckContext, roster: &Roster, pid: Pid, own: &Own) -> Result<Standing, Unknown> {
    if cx.dossier.rosters.is_empty() {
        return Ok(Standing::Missing(Dataset::Roster));
    }
    let rows: Vec<&RosterLine> = cx.facts.roster_of(pid).map(|(_, row)| row).collect();
    if rows.is_empty() {
        let doubt = roster.open.reason(pid).or_else(|| {
            // Perhaps somebody of that name on the roster.
            (own.without_number && roster.has(cx, cx.facts.people().name(pid))).then_some("ambiguous_name")
        });
        return Ok(doubt.map_or(Standing::Ghost(Why::NotOnRoster), Standing::Unclear));
    }
    let mut open = own.unnamed.then_some(Standing::Unclear("back_pay_without_month"));
    for month in &own.months {
        match in_month(cx, roster, pid, &rows, *month, own.outage)? {
            Standing::Real => {}
            ghost @ Standing::Ghost(_) => return Ok(ghost),
            other => open = Some(open.unwrap_or(other)),
        }
    }
    Ok(open.unwrap_or(Standing::Real))
}

fn in_month(cx: &CheckContext, roster: &Roster, pid: Pid, rows: &[&RosterLine], month: Month, outage: bool) -> Result<Standing, Unknown> {
    let window = cx.law.count("payroll.leaver_window", month.last_day())?.cast_signed();
    let entered = |row: &RosterLine| row.entry_on.get().is_none_or(|entry| entry <= month.last_day());
    let left = |row: &RosterLine| row.exit_on.get().filter(|exit| *exit <= cx.as_of).map(Month::of);
    let covers = |row: &RosterLine| entered(row) && left(row).is_none_or(|exit| month <= exit.plus(window));
    let stays: Vec<&RosterLine> = rows.iter().copied().filter(|row| covers(row)).collect();
    if stays.is_empty() {
        let why = if rows.iter().any(|row| entered(row)) { Why::AfterExit } else { Why::BeforeEntry };
        return Ok(roster.open.reason(pid).map_or(Standing::Ghost(why), Standing::Unclear));
    }
    let facts = cx.facts.month(month);
    // The last settlement of a leaver, and days that are still to come.
    let leaver = stays.iter().any(|row| left(row).is_some_and(|exit| exit <= month));
    if leaver || month.last_day() > cx.as_of || facts.worker(pid).is_some_and(|worker| worker.mask != 0) {
        return Ok(Standing::Real);
    }
    if facts.attendance.is_empty() {
        return Ok(Standing::Missing(Dataset::Attendance));
    }
    if let Some(reason) = Open::attendance(cx, facts).reason(pid).or(outage.then_some("device_outage")) {
        return Ok(Standing::Unclear(reason));
    }
    let without_exit = |row: &RosterLine| row.exit_on.is_absent() || (!row.exit_on.is_given() && row.on_site.get() == Some(false));
    if stays.iter().any(|row| without_exit(row)) && may_have_left(cx, pid, month, window) {
        return Ok(Standing::Unclear("exit_not_known"));
    }
    Ok(Standing::Ghost(Why::NoAttendance))
}

/// Where the roster does not say when somebody left: seen in the months before, or attendance of them is not there.
fn may_have_left(cx: &CheckContext, pid: Pid, month: Month, window: i32) -> bool {
    let started = cx.facts.started_on().map(Month::of);
    let mut before = month.plus(-window).through(month.plus(-1)).filter(|m| started.is_none_or(|started| *m >= started));
    before.any(|month| {
        let facts = cx.facts.month(month);
        facts.attendance.is_empty() || facts.worker(pid).is_some_and(|worker| worker.mask != 0)
    })
}
