//! realname.not_registered: somebody attended, or stands on a payroll or in a payout, who is not on the roster.

use std::collections::{BTreeMap, BTreeSet};

use model::sheet::{ProjectStatus, RosterLine};
use model::{Dataset, Date, Field, Finding, Severity};
use serde::Serialize;

use super::{attended, roster_gaps};
use crate::facts::{AMBIGUOUS, Pid};
use crate::rule::{CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct NotRegistered;

static META: Meta = Meta {
    id: "realname.not_registered",
    name: "未实名登记进场",
    since: "0.1.0",
    explain: include_str!("not_registered.md"),
    needs: &[Dataset::Roster],
    basis: &["条例第28条", "条例第55条第3项"],
    articles: &["《保障农民工工资支付条例》第二十八条、第五十五条第三项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "立即为所列工人办理实名登记并录入花名册，未登记的不得进场施工。",
    parameters: &["realname.registration_grace", "realname.visitor_words", "realname.visitor_days"],
    rests_on: &[],
};

#[derive(Debug, Serialize)]
struct Unregistered {
    first_seen: Date,
    /// `attendance`, `payroll` or `payout`.
    seen_in: &'static str,
    /// `not_on_roster`, or `not_yet` where the roster has a later day or none.
    why: &'static str,
    registered_on: Option<Date>,
}

/// What a person's traces on the project come to.
struct Seen<'a> {
    first: Date,
    /// `attendance`, `payroll` or `payout`.
    sheet: &'static str,
    employers: BTreeSet<&'a str>,
}

impl Rule for NotRegistered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        format!("有{}人已在项目考勤、列入工资表或者代发工资，但花名册中没有实名登记", finding.workers.unwrap_or_default())
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    if cx.dossier.rosters.iter().all(|table| table.lines.is_empty()) {
        return Err(if roster_gaps(cx) > 0 { REJECTED_ROWS } else { Unknown::missing(Dataset::Roster) });
    }
    let seen = seen(cx)?;
    let mut faulty: Vec<(Pid, Unregistered)> = Vec::new();
    let mut employers = Vec::new();
    let (mut earliest, mut unknown, mut late) = (None::<Date>, None::<Unknown>, 0_usize);
    for (pid, person) in &seen {
        match registration(cx, *pid) {
            Registration::Known => {}
            Registration::On(day) => late += usize::from(last_in_time(cx, person.first).is_ok_and(|due| day > due)),
            Registration::NotYet(registered_on) => match last_in_time(cx, person.first) {
                Ok(due) if cx.as_of <= due => {}
                Ok(due) => {
                    earliest = Some(earliest.map_or(due, |known| known.min(due)));
                    employers.extend(person.employers.iter().map(|name| Some(*name)));
                    employers.extend(person.employers.is_empty().then_some(None));
                    let why = if cx.facts.roster_of(*pid).next().is_some() { "not_yet" } else { "not_on_roster" };
                    let (first_seen, seen_in) = (person.first, person.sheet);
                    faulty.push((*pid, Unregistered { first_seen, seen_in, why, registered_on }));
                }
                Err(why) => unknown = unknown.or(Some(why)),
            },
            // Roster rows nobody could read may be this very person's.
            Registration::NotKnown => unknown = unknown.or(Some(REJECTED_ROWS)),
        }
    }
    if let Some(due) = earliest {
        let party = cx.facts.employer_at_fault(employers);
        let verdict = Verdict::breach(Severity::Order).due(due).workers(faulty.len()).party(party);
        return Ok(verdict.fact("persons", cx.facts.persons(faulty)));
    }
    if let Some(why) = unknown {
        return Err(why);
    }
    if cx.dossier.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    if unread(cx) {
        return Err(REJECTED_ROWS);
    }
    Ok(Verdict::clear().fact("seen", seen.len()).fact("registered_late", late))
}

fn last_in_time(cx: &CheckContext, first: Date) -> Result<Date, Unknown> {
    cx.plus_working_days(first, cx.law.count("realname.registration_grace", first)?)
}

enum Registration {
    /// On the roster; the day is not recorded.
    Known,
    On(Date),
    /// No row, or one that counts from a later day, or whose day of registration is empty.
    NotYet(Option<Date>),
    NotKnown,
}

fn registration(cx: &CheckContext, pid: Pid) -> Registration {
    let days: Vec<Field<Date>> = cx.facts.roster_of(pid).map(|(_, row)| registered_on(row)).collect();
    if days.is_empty() {
        return if roster_gaps(cx) > 0 { Registration::NotKnown } else { Registration::NotYet(None) };
    }
    let first = days.iter().filter_map(Field::get).min();
    match first {
        Some(day) if day <= cx.as_of => Registration::On(day),
        _ if days.contains(&Field::Absent) => Registration::Known,
        later => Registration::NotYet(later),
    }
}

/// 实名登记日期, without that column the day of entry; a row without either is a registration all the same.
fn registered_on(row: &RosterLine) -> Field<Date> {
    match (row.registered_on, row.entry_on) {
        (Field::Absent, Field::Given(entered)) => Field::Given(entered),
        (Field::Absent, _) => Field::Absent,
        (registered, _) => registered,
    }
}

/// Everybody with a trace on the project up to the as-of day, and the first of it.
fn seen<'a>(cx: &CheckContext<'a>) -> Result<BTreeMap<Pid, Seen<'a>>, Unknown> {
    let visitors = visitors(cx)?;
    let mut seen: BTreeMap<Pid, Seen> = BTreeMap::new();
    let mut note = |pid: Pid, first: Date, sheet: &'static str, employer: Option<&'a str>| {
        if pid == AMBIGUOUS || first > cx.as_of {
            return;
        }
        let known = seen.entry(pid).or_insert_with(|| Seen { first, sheet, employers: BTreeSet::new() });
        if first < known.first {
            (known.first, known.sheet) = (first, sheet);
        }
        known.employers.extend(employer);
    };

    for (month, facts) in cx.facts.months() {
        for at in &facts.attendance {
            let (table, pids) = (&cx.dossier.attendance[*at], &cx.facts.people().attendance[*at]);
            for (line, pid) in table.lines.iter().zip(pids).filter(|(line, pid)| line.attended_mask() != 0 && !visitors.contains(pid)) {
                let first = month.day(line.attended_mask().trailing_zeros() + 1);
                note(*pid, first, "attendance", table.head.employer.as_deref());
            }
        }
        // A payroll speaks of the month as a whole: on its last day everybody on it had worked.
        for line in facts.payroll_lines(cx.dossier, cx.facts.people()) {
            note(line.pid, month.last_day(), "payroll", cx.dossier.payrolls[line.at].head.employer.as_deref());
        }
    }
    for (table, pids) in cx.dossier.payouts.iter().zip(&cx.facts.people().payout) {
        for (line, pid) in table.lines.iter().zip(pids) {
            if let Some(day) = line.paid_on {
                note(*pid, day, "payout", None);
            }
        }
    }
    Ok(seen)
}

/// Visitors, drivers, inspectors: by their trade on the sheets, or by the few days they came; nobody on a payroll is one.
fn visitors(cx: &CheckContext) -> Result<BTreeSet<Pid>, Unknown> {
    let words = cx.law.words("realname.visitor_words", cx.as_of)?;
    let few = cx.law.count("realname.visitor_days", cx.as_of)?;
    let mut trades: BTreeMap<Pid, bool> = BTreeMap::new();
    for (table, pids) in cx.dossier.attendance.iter().zip(&cx.facts.people().attendance) {
        for (line, pid) in table.lines.iter().zip(pids).filter(|(line, _)| line.attended_mask() != 0) {
            let visits = line.trade.as_deref().is_some_and(|trade| words.iter().any(|word| word == trade.trim()));
            trades.entry(*pid).and_modify(|all| *all &= visits).or_insert(visits);
        }
    }
    let waged = |pid: &Pid| cx.facts.people().payroll.iter().chain(&cx.facts.people().payout).flatten().any(|paid| paid == pid);
    let brief = |pid: Pid| attended(cx, pid).take(few as usize + 1).count() <= few as usize;
    Ok(trades.into_iter().filter(|(pid, visits)| (*visits || brief(*pid)) && !waged(pid)).map(|(pid, _)| pid).collect())
}

/// Rows of attendance that could not be read, or that fit several people of whom not all are registered.
fn unread(cx: &CheckContext) -> bool {
    if cx.facts.months().values().any(|month| month.attendance_gaps.rejected > 0) {
        return true;
    }
    let people = cx.facts.people();
    let mut open = cx.dossier.attendance.iter().zip(&people.attendance).flat_map(|(table, pids)| table.lines.iter().zip(pids));
    open.any(|(line, pid)| {
        let namesake = |at: &Pid| people.name(*at) == line.who.name;
        let all = 0..Pid::try_from(people.persons.len()).unwrap_or(AMBIGUOUS);
        *pid == AMBIGUOUS && all.filter(namesake).any(|at| cx.facts.roster_of(at).next().is_none())
    })
}
