//! realname.attendance_missing: a site with people on its roster sends no attendance, or that of too few.

use std::collections::BTreeSet;

use chrono::{Datelike, Days};
use model::coverage::Until;
use model::sheet::{ProjectStatus, RosterLine};
use model::{Dataset, Date, Finding, Month, Severity};

use super::record_incomplete::is_active;
use super::roster_gaps;
use crate::facts::{AMBIGUOUS, Pid};
use crate::rule::{CALENDAR_GAP, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct AttendanceMissing;

static META: Meta = Meta {
    id: "realname.attendance_missing",
    name: "考勤数据缺失",
    since: "0.1.0",
    explain: include_str!("attendance_missing.md"),
    needs: &[Dataset::Roster, Dataset::Attendance],
    basis: &["条例第28条", "条例第55条第3项", "建市〔2019〕18号第13条"],
    articles: &["《保障农民工工资支付条例》第二十八条、第五十五条第三项", "《建筑工人实名制管理办法（试行）》（建市〔2019〕18号）第十三条"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "恢复实名制考勤并补传缺失的考勤；停工、放假或者设备故障的，报送停工日期或者故障说明。",
    parameters: &[
        "realname.attendance_days",
        "realname.attendance_window",
        "realname.attendance_share",
        "realname.festival_before",
        "realname.festival_after",
    ],
    rests_on: &[],
};

impl Rule for AttendanceMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let text = |key| say::text_fact(finding, key);
        if text("fault") == "few" {
            return format!(
                "{}至{}的{}个工作日内，花名册在册{}人，有考勤的只有{}人",
                say::date_fact(finding, "window_from"),
                say::due(finding),
                text("window"),
                text("rostered"),
                text("attended"),
            );
        }
        let last = say::date_fact(finding, "last_attendance");
        let from = if last.is_empty() { "开工以来没有考勤".to_owned() } else { format!("最近一次考勤为{last}") };
        format!("花名册在册{}人，{from}，已连续{}个工作日没有考勤数据", text("rostered"), text("days"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    if cx.dossier.rosters.iter().all(|table| table.lines.is_empty()) {
        return Err(if roster_gaps(cx) > 0 { REJECTED_ROWS } else { Unknown::missing(Dataset::Roster) });
    }
    let roster = Roster::of(cx);
    if !roster.anybody(cx.as_of) {
        return if roster_gaps(cx) > 0 { Err(REJECTED_ROWS) } else { Ok(Verdict::not_applicable("nobody_on_roster")) };
    }
    match silent(cx, &roster) {
        Ok(Some(verdict)) => Ok(verdict),
        Ok(None) => Ok(few(cx, &roster)?.unwrap_or_else(|| Verdict::clear().fact("last_attendance", cx.facts.last_attendance()))),
        // What cannot be said of the last days takes nothing from the days before them.
        Err(why) => few(cx, &roster).ok().flatten().ok_or(why),
    }
}

/// Nobody attended on so many working days running. Today is not over.
fn silent(cx: &CheckContext, roster: &Roster) -> Result<Option<Verdict>, Unknown> {
    let last = cx.facts.last_attendance();
    let started = cx.dossier.project.start_on.get().or_else(|| roster.first_entry());
    let from = last.or(started).ok_or_else(|| Unknown::missing(Dataset::Attendance))?;
    let limit = cx.law.count("realname.attendance_days", from)? as usize;
    let mut days = Vec::new();
    for day in from.iter_days().skip(1).take_while(|day| *day < cx.as_of) {
        if counts(cx, roster, day)? {
            days.push(day);
        }
    }
    let Some(due) = days.get(limit.saturating_sub(1)).copied() else { return Ok(None) };
    // Rows that could not be read may be the very days missed.
    if Month::of(from).through(Month::of(cx.as_of)).any(|month| cx.facts.month(month).attendance_gaps.rejected > 0) {
        return Err(REJECTED_ROWS);
    }
    delivered(cx, due)?;
    let rostered = roster.on(cx.as_of, cx.as_of).len();
    let verdict = breach(cx, "silent", due, rostered).fact("last_attendance", last).fact("days", days.len());
    Ok(Some(verdict.workers(rostered)))
}

/// Fewer people than the share of the roster attended in the window that ends with the last attendance.
fn few(cx: &CheckContext, roster: &Roster) -> Result<Option<Verdict>, Unknown> {
    let (Some(first), Some(last), Some(yesterday)) = (cx.facts.first_attendance(), cx.facts.last_attendance(), cx.as_of.pred_opt()) else {
        return Ok(None);
    };
    let end = last.min(yesterday);
    let window = cx.law.count("realname.attendance_window", end)?;
    let share = i128::from(cx.law.ppm("realname.attendance_share", end)?);
    let floor = cx.dossier.project.start_on.get().map_or(first, |start| start.max(first));
    let (mut from, mut left) = (end, window);
    loop {
        left -= u32::from(left > 0 && counts(cx, roster, from)?);
        if left == 0 {
            break;
        }
        from = from.pred_opt().ok_or(CALENDAR_GAP)?;
        if from < floor {
            // Too young for a window.
            return Ok(None);
        }
    }
    let rostered = roster.on(from, end).len();
    let (attended, unread) = seen(cx, from, end);
    let of = |heads: usize| i128::try_from(heads).unwrap_or(i128::MAX);
    if of(attended) * 1_000_000 >= share * of(rostered + roster_gaps(cx)) {
        return Ok(None);
    }
    if of(attended + unread) * 1_000_000 >= share * of(rostered) {
        return Err(REJECTED_ROWS);
    }
    delivered(cx, end)?;
    let verdict = breach(cx, "few", end, rostered).fact("window_from", from).fact("window", window).fact("attended", attended);
    Ok(Some(verdict.workers(rostered.saturating_sub(attended))))
}

fn breach(cx: &CheckContext, fault: &str, due: Date, rostered: usize) -> Verdict {
    let verdict = Verdict::breach(Severity::Notice).due(due).party(cx.facts.general_contractor());
    verdict.fact("fault", fault).fact("as_of", cx.as_of).fact("rostered", rostered)
}

/// The absence of rows is a fault only where the source had brought others' rows by then.
fn delivered(cx: &CheckContext, due: Date) -> Result<(), Unknown> {
    let until = Until::Received { month: Month::of(due), on: due };
    let sources = cx.facts.sources_of(Dataset::Attendance);
    let fed = cx.coverage.for_others(Dataset::Attendance, &cx.dossier.project.code, &sources, until);
    if fed { Ok(()) } else { Err(Unknown::missing(Dataset::Attendance)) }
}

/// A working day in operation, outside the closure around Spring Festival, with somebody on the roster.
fn counts(cx: &CheckContext, roster: &Roster, day: Date) -> Result<bool, Unknown> {
    let works = cx.calendar.is_working_day(day).ok_or(CALENDAR_GAP)?;
    if !works || cx.facts.status.on(day) != ProjectStatus::Active || !roster.anybody(day) {
        return Ok(false);
    }
    let festival = cx.calendar.spring_festival(day.year()).ok_or(CALENDAR_GAP)?;
    let before = Days::new(u64::from(cx.law.count("realname.festival_before", festival)?));
    let after = Days::new(u64::from(cx.law.count("realname.festival_after", festival)?));
    Ok(!(festival - before <= day && day <= festival + after))
}

/// Persons with a day in the window, and lines of its months that may be somebody else's.
fn seen(cx: &CheckContext, from: Date, to: Date) -> (usize, usize) {
    let (mut persons, mut unread) = (BTreeSet::new(), 0);
    for month in Month::of(from).through(Month::of(to)) {
        let facts = cx.facts.month(month);
        let days = from.max(month.first_day()).iter_days().take_while(|day| *day <= to.min(month.last_day()));
        let mask = days.fold(0_u32, |mask, day| mask | 1 << day.day0());
        persons.extend(facts.workers.iter().filter(|worker| worker.mask & mask != 0).map(|worker| worker.pid));
        unread += (facts.attendance_gaps.ambiguous + facts.attendance_gaps.rejected) as usize;
    }
    (persons.len(), unread)
}

/// Lines of the roster with their persons.
struct Roster<'a>(Vec<(Pid, &'a RosterLine)>);

impl<'a> Roster<'a> {
    fn of(cx: &CheckContext<'a>) -> Self {
        let tables = cx.dossier.rosters.iter().zip(&cx.facts.people().roster);
        Self(tables.flat_map(|(table, pids)| pids.iter().copied().zip(&table.lines)).collect())
    }

    fn anybody(&self, day: Date) -> bool {
        self.0.iter().any(|(_, line)| is_active(line, day))
    }

    /// Persons on the roster on both days; who fits several is none of them for certain.
    fn on(&self, from: Date, to: Date) -> BTreeSet<Pid> {
        let there = self.0.iter().filter(|(pid, line)| *pid != AMBIGUOUS && is_active(line, from) && is_active(line, to));
        there.map(|(pid, _)| *pid).collect()
    }

    fn first_entry(&self) -> Option<Date> {
        self.0.iter().filter_map(|(_, line)| line.entry_on.get()).min()
    }
}
