//! realname.no_wage_officer: nobody is in post as wage officer, one person serves too many projects, or stays away.

use std::sync::Arc;

use chrono::Datelike;
use model::sheet::{Project, ProjectStatus, WorkerRole};
use model::{Date, Finding, Month, PersonKey, ProjectCode, Severity};

use super::attended;
use crate::facts::{Pid, StatusHistory};
use crate::rule::{CALENDAR_GAP, COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct NoWageOfficer;

static META: Meta = Meta {
    id: "realname.no_wage_officer",
    name: "未配备劳资专管员",
    since: "0.1.0",
    explain: include_str!("no_wage_officer.md"),
    needs: &[model::Dataset::Project],
    basis: &["条例第28条", "条例第56条第2项"],
    articles: &["《保障农民工工资支付条例》第二十八条、第五十六条第二项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "在项目部配备到岗履职的劳资专管员，并更新项目信息和告示牌。",
    parameters: &["realname.officer_projects", "realname.officer_small_works", "realname.officer_absent"],
    rests_on: &[],
};

impl Rule for NoWageOfficer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let text = |key| say::text_fact(finding, key);
        match text("fault").as_str() {
            "not_named" => "项目没有登记劳资专管员".to_owned(),
            "not_yet" => format!("登记的劳资专管员{}才到岗，此前项目没有劳资专管员", say::date_fact(finding, "officer_from")),
            "left" => format!("登记的劳资专管员已于{}离岗，未见接任人员", say::date_fact(finding, "officer_to")),
            "absent" => format!(
                "劳资专管员最近一次考勤为{}，此后项目有人考勤的{}个工作日内均未到岗",
                say::date_fact(finding, "last_seen"),
                text("absent_days")
            ),
            "never_seen" => format!("劳资专管员在花名册中，但项目有人考勤的{}个工作日内从未考勤", text("absent_days")),
            _ => format!("劳资专管员同时在{}个在建项目任职，超过{}个", text("projects_count"), text("limit")),
        }
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let project = &cx.dossier.project;
    if project.wage_officer.is_absent() {
        return Err(COLUMN_ABSENT);
    }
    if project.wage_officer.given().is_none_or(|name| name.trim().is_empty()) {
        return Ok(since_start(cx, breach(cx, "not_named")));
    }
    match post(project, cx.as_of) {
        Post::NotYet(from) => return Ok(since_start(cx, breach(cx, "not_yet").fact("officer_from", from))),
        Post::Left(to) => return Ok(breach(cx, "left").fact("officer_to", to).due(to)),
        Post::Held => {}
    }
    // Number and attendance tell whether he serves elsewhere and comes; a name alone could be anybody's.
    let Some(officer) = project.wage_officer_id else {
        return Ok(Verdict::clear().fact("not_checked", "officer_id"));
    };
    let shared = shared(cx, officer)?;
    if let Some(verdict) = shared {
        return Ok(verdict);
    }
    presence(cx, officer)
}

fn breach(cx: &CheckContext, fault: &str) -> Verdict {
    Verdict::breach(Severity::Notice).party(cx.facts.general_contractor()).fact("fault", fault)
}

fn since_start(cx: &CheckContext, verdict: Verdict) -> Verdict {
    let started = cx.facts.started_on().filter(|day| *day <= cx.as_of);
    if let Some(day) = started { verdict.since(day) } else { verdict }
}

enum Post {
    Held,
    NotYet(Date),
    Left(Date),
}

/// 在岗起止 on a day. Without a first day the name holds; the last day itself is still served.
fn post(project: &Project, on: Date) -> Post {
    match (project.officer_from.get(), project.officer_to.get()) {
        (_, Some(to)) if to < on => Post::Left(to),
        (Some(from), _) if from > on => Post::NotYet(from),
        _ => Post::Held,
    }
}

/// The same person, by identity number, in post on too many active projects.
fn shared(cx: &CheckContext, officer: PersonKey) -> Result<Option<Verdict>, Unknown> {
    let limit = cx.law.count("realname.officer_projects", cx.as_of)?;
    let small = cx.law.fen("realname.officer_small_works", cx.as_of)?;
    // Very small works may share an officer where the local rule says so: they do not count.
    let is_small = |project: &Project| project.contract_amount.get().is_some_and(|sum| sum < small);
    let own = &cx.dossier.project;
    if is_small(own) {
        return Ok(None);
    }
    let serves = |other: &&Arc<Project>| {
        other.wage_officer_id == Some(officer)
            && other.code != own.code
            && !is_small(other)
            && matches!(post(other, cx.as_of), Post::Held)
            && StatusHistory::of(other, cx.as_of).on(cx.as_of) == ProjectStatus::Active
    };
    let mut codes: Vec<&ProjectCode> = cx.dossier.elsewhere.projects.iter().filter(serves).map(|other| &other.code).collect();
    codes.push(&own.code);
    codes.sort_unstable();
    codes.dedup();
    if codes.len() <= limit as usize {
        return Ok(None);
    }
    let codes: Vec<&str> = codes.into_iter().map(ProjectCode::as_str).collect();
    let verdict = breach(cx, "shared").fact("projects_count", codes.len()).fact("limit", limit);
    Ok(Some(verdict.fact("projects", codes)))
}

/// Away on more working days running than allowed, of those on which others were there.
fn presence(cx: &CheckContext, officer: PersonKey) -> Result<Verdict, Unknown> {
    let not_recorded = || Ok(Verdict::clear().fact("not_checked", "officer_attendance"));
    let persons = &cx.facts.people().persons;
    let Some(pid) = persons.iter().position(|person| person.key == Some(officer)).and_then(|at| Pid::try_from(at).ok()) else {
        return not_recorded();
    };
    let seen = attended(cx, pid).max();
    let Some(from) = seen.or_else(|| expected_from(cx, pid)) else { return not_recorded() };
    let from = cx.dossier.project.officer_from.get().and_then(|first| first.pred_opt()).map_or(from, |before| before.max(from));
    let limit = cx.law.count("realname.officer_absent", from)?;
    let days = days_away(cx, from)?;
    let verdict = || Verdict::clear().fact("last_seen", seen).fact("absent_days", days.len());
    let Some(last_in_time) = days.get((limit as usize).saturating_sub(1)).filter(|_| days.len() > limit as usize) else {
        return Ok(verdict());
    };
    same_sheets_came(cx, pid, seen, cx.facts.last_attendance())?;
    let fault = if seen.is_some() { "absent" } else { "never_seen" };
    Ok(breach(cx, fault).fact("last_seen", seen).fact("absent_days", days.len()).due(*last_in_time))
}

/// On the roster and never seen: managers are expected to punch only where one of them does.
fn expected_from(cx: &CheckContext, officer: Pid) -> Option<Date> {
    let manager = |pid: Pid| cx.facts.roster_of(pid).any(|(_, row)| row.role.get() == Some(WorkerRole::Manager));
    let others = (0..Pid::try_from(cx.facts.people().persons.len()).ok()?).filter(|pid| *pid != officer && manager(*pid));
    let punched = others.filter_map(|pid| attended(cx, pid).min()).min()?;
    let entered = cx.facts.roster_of(officer).filter_map(|(_, row)| row.entry_on.get()).min()?;
    punched.max(entered).pred_opt()
}

/// Working days after a day on which the site worked: closed, suspended and holiday days are nobody's absence.
fn days_away(cx: &CheckContext, from: Date) -> Result<Vec<Date>, Unknown> {
    let mut days = Vec::new();
    for day in from.iter_days().skip(1).take_while(|day| *day <= cx.as_of) {
        let worked = cx.facts.month(Month::of(day)).mask & 1 << day.day0() != 0;
        if worked && cx.facts.status.on(day) == ProjectStatus::Active && cx.calendar.is_working_day(day).ok_or(CALENDAR_GAP)? {
            days.push(day);
        }
    }
    Ok(days)
}

/// Who is not on a sheet that was not read in full, or whose own sheet has not come, may have been there.
fn same_sheets_came(cx: &CheckContext, officer: Pid, seen: Option<Date>, last: Option<Date>) -> Result<(), Unknown> {
    let (Some(seen), Some(last)) = (seen.or(cx.facts.first_attendance()), last) else { return Ok(()) };
    let parts = |month: Month| cx.facts.month(month).attendance.iter().map(|at| &cx.dossier.attendance[*at]);
    let pids = &cx.facts.people().attendance;
    let own: Vec<&str> = cx
        .facts
        .month(Month::of(seen))
        .attendance
        .iter()
        .filter(|at| pids[**at].contains(&officer))
        .map(|at| cx.dossier.attendance[*at].part.as_str())
        .collect();
    for month in Month::of(seen).through(Month::of(last)) {
        if cx.facts.month(month).attendance_gaps.any() {
            return Err(REJECTED_ROWS);
        }
        if !own.is_empty() && !parts(month).any(|table| own.contains(&table.part.as_str())) {
            return Err(Unknown::missing(model::Dataset::Attendance));
        }
    }
    Ok(())
}
