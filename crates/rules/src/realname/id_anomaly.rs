//! realname.id_anomaly: identity numbers that cannot be right, one person on two sites at once, children at work.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months};
use model::identifier::{IdentityKind, normalise_identity};
use model::sheet::{ProjectStatus, Who};
use model::{Dataset, Date, Finding, Month, PersonKey, Severity};
use serde::Serialize;
use serde_json::Value;

use super::attended;
use crate::facts::Pid;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct IdAnomaly;

static META: Meta = Meta {
    id: "realname.id_anomaly",
    name: "身份信息异常",
    since: "0.1.0",
    explain: include_str!("id_anomaly.md"),
    // Each register is judged by itself: a child at work is found without any roster.
    needs: &[],
    basis: &["条例第28条", "国令364号第2条", "国令364号第6条"],
    articles: &["《保障农民工工资支付条例》第二十八条", "《禁止使用童工规定》（国务院令第364号）第二条、第六条"],
    consequence: "使用未满16周岁未成年人的，依照《禁止使用童工规定》第六条，按每使用一名童工每月5000元处以罚款。",
    remedy: "核对所列人员的身份证件，更正实名登记信息；未满16周岁的立即停止用工并送回监护人。",
    parameters: &["realname.age_min", "realname.age_max"],
    rests_on: &[],
};

/// Kinds of anomaly, in the order of the letter.
const KINDS: [(&str, &str); 5] = [
    ("under_age", "上岗时未满法定最低年龄"),
    ("bad_check", "证件号码校验不符"),
    ("two_names", "同一证件号码登记了不同姓名"),
    ("two_sites", "同一天在两个项目都有整日考勤"),
    ("over_age", "超过本地规定的年龄上限"),
];

/// What is wrong with one person.
#[derive(Debug, Default, Serialize)]
struct Anomaly {
    why: BTreeSet<&'static str>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    names: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    days: BTreeSet<Date>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    projects: BTreeSet<String>,
    /// First day worked under age, or last day worked over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    worked_on: Option<Date>,
}

type Anomalies = BTreeMap<Pid, Anomaly>;

impl Rule for IdAnomaly {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let counts = finding.facts.get("counts");
        let count = |kind: &str| counts.and_then(|counts| counts.get(kind)).and_then(Value::as_u64);
        let parts = KINDS.iter().filter_map(|(kind, words)| Some(format!("{words}{}人", count(kind)?)));
        format!("项目人员中{}", parts.collect::<Vec<_>>().join("，"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let registers = Registers::of(cx);
    let mut anomalies = Anomalies::new();
    registers.numbers(&mut anomalies);
    two_sites(cx, &mut anomalies);
    let ages = ages(cx, &registers, &mut anomalies);
    if !anomalies.is_empty() {
        return Ok(breach(cx, &registers, anomalies));
    }
    ages?;
    for (missing, empty) in [(Dataset::Roster, cx.dossier.rosters.is_empty()), (Dataset::Attendance, cx.dossier.attendance.is_empty())] {
        if empty {
            return Err(Unknown::missing(missing));
        }
    }
    if registers.rejected > 0 {
        return Err(REJECTED_ROWS);
    }
    // Numbers behind asterisks cannot be looked at.
    if !registers.readable {
        return Err(COLUMN_ABSENT);
    }
    Ok(Verdict::clear().fact("persons_checked", registers.persons.len()))
}

fn breach(cx: &CheckContext, registers: &Registers, anomalies: Anomalies) -> Verdict {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for kind in anomalies.values().flat_map(|anomaly| &anomaly.why) {
        *counts.entry(kind).or_default() += 1;
    }
    let severity = if counts.contains_key("under_age") { Severity::Escalate } else { Severity::Notice };
    let employers = anomalies.keys().flat_map(|pid| registers.employers(*pid));
    let verdict = Verdict::breach(severity).workers(anomalies.len()).party(cx.facts.employer_at_fault(employers));
    let first = anomalies.values().filter_map(|anomaly| anomaly.days.first().copied().into_iter().chain(anomaly.worked_on).min()).min();
    let verdict = if let Some(first) = first { verdict.since(first) } else { verdict };
    verdict.fact("counts", counts).fact("persons", cx.facts.persons(anomalies))
}

/// What roster and attendance say of each person with a number.
struct Registers<'a> {
    persons: BTreeMap<Pid, Entry<'a>>,
    rejected: u32,
    /// Some line gives a number that can be looked at, or there is no line.
    readable: bool,
}

#[derive(Default)]
struct Entry<'a> {
    bad_check: bool,
    /// As compared → as written.
    names: BTreeMap<String, &'a str>,
    employers: BTreeSet<&'a str>,
}

impl<'a> Registers<'a> {
    fn of(cx: &CheckContext<'a>) -> Self {
        let mut registers = Self { persons: BTreeMap::new(), rejected: 0, readable: false };
        let (mut lines, people) = (0_usize, cx.facts.people());
        for (table, pids) in cx.dossier.rosters.iter().zip(&people.roster) {
            registers.rejected += table.head.rejected;
            lines += table.lines.len();
            for (line, pid) in table.lines.iter().zip(pids) {
                registers.note(*pid, &line.who, line.employer.given().map(String::as_str).or(table.head.employer.as_deref()));
            }
        }
        let known = cx.dossier.attendance.iter().zip(&people.attendance);
        for (table, pids) in known.filter(|(table, _)| table.month.is_none_or(|month| month <= Month::of(cx.as_of))) {
            registers.rejected += table.head.rejected;
            lines += table.lines.len();
            for (line, pid) in table.lines.iter().zip(pids) {
                registers.note(*pid, &line.who, table.head.employer.as_deref());
            }
        }
        registers.readable |= lines == 0;
        registers
    }

    fn note(&mut self, pid: Pid, who: &'a Who, employer: Option<&'a str>) {
        // Passports and the like have no check and are a number all the same.
        self.readable |= matches!(who.identity, IdentityKind::Valid | IdentityKind::BadCheck | IdentityKind::Other);
        if who.person.is_none() {
            return;
        }
        let entry = self.persons.entry(pid).or_default();
        entry.bad_check |= who.identity == IdentityKind::BadCheck;
        entry.employers.extend(employer.filter(|name| !name.trim().is_empty()));
        // The same person month after month, mostly spelt alike.
        if entry.names.values().any(|written| *written == who.name) {
            return;
        }
        if let Some(name) = comparable(&who.name) {
            let written = entry.names.entry(name).or_insert(&who.name);
            *written = (*written).min(&who.name);
        }
    }

    fn numbers(&self, anomalies: &mut Anomalies) {
        for (pid, entry) in &self.persons {
            if entry.bad_check {
                anomalies.entry(*pid).or_default().why.insert("bad_check");
            }
            if entry.names.len() > 1 {
                let anomaly = anomalies.entry(*pid).or_default();
                anomaly.why.insert("two_names");
                anomaly.names = entry.names.values().map(|name| (*name).to_owned()).collect();
            }
        }
    }

    fn employers(&self, pid: Pid) -> Vec<Option<&'a str>> {
        let known = self.persons.get(&pid).into_iter().flat_map(|entry| &entry.employers);
        let known: Vec<Option<&str>> = known.map(|name| Some(*name)).collect();
        if known.is_empty() { vec![None] } else { known }
    }
}

/// Blanks, width and the dot in names of minorities tell nobody apart; a name with characters hidden or lost is no other name.
fn comparable(name: &str) -> Option<String> {
    let mut text = normalise_identity(name);
    text.retain(|c| !matches!(c, '·' | '•' | '・' | '．' | '.' | '‧'));
    let lost = text.contains(['*', '?', '□', '\u{fffd}']) || text.chars().any(|c| matches!(c, '\u{e000}'..='\u{f8ff}'));
    (!text.is_empty() && !lost).then_some(text)
}

/// A whole day here and a whole day there; half days fit into one day, hours are not known.
fn two_sites(cx: &CheckContext, anomalies: &mut Anomalies) {
    let persons = cx.facts.people().persons.iter().zip(0..);
    let pids: BTreeMap<PersonKey, Pid> = persons.filter_map(|(person, pid)| Some((person.key?, pid))).collect();
    for other in &cx.dossier.elsewhere.attendance {
        let Some(pid) = pids.get(&other.person).filter(|_| other.project != cx.dossier.project.code) else { continue };
        // The mask of the own worker ends at the as-of day.
        let both = cx.facts.month(other.month).worker(*pid).map_or(0, |worker| worker.whole) & other.whole_days;
        if both != 0 {
            let anomaly = anomalies.entry(*pid).or_default();
            anomaly.why.insert("two_sites");
            anomaly.projects.insert(other.project.as_str().to_owned());
            anomaly.days.extend(
                other.month.first_day().iter_days().take(31).filter(|day| other.month.contains(*day) && both & 1 << day.day0() != 0),
            );
        }
    }
}

/// Ages on the days worked, for numbers whose birth date can be trusted.
fn ages(cx: &CheckContext, registers: &Registers, anomalies: &mut Anomalies) -> Result<(), Unknown> {
    let mut gap = Ok(());
    for (person, pid) in cx.facts.people().persons.iter().zip(0..) {
        let label = person.key.and_then(|key| cx.dossier.persons.get(&key));
        let Some(born) = label.and_then(|label| label.born_on) else { continue };
        let Some((first, last)) = attended(cx, pid).min().zip(attended(cx, pid).max()) else { continue };
        if registers.persons.get(&pid).is_some_and(|entry| entry.bad_check) {
            continue;
        }
        let limits = cx.law.count("realname.age_min", first).and_then(|min| Ok((min, cx.law.count("realname.age_max", last)?)));
        let (min, max) = match limits {
            Ok(limits) => limits,
            Err(why) => {
                gap = Err(why);
                continue;
            }
        };
        let birthday = |years: u32| born.checked_add_months(Months::new(12 * years));
        if birthday(min).is_some_and(|of_age| first < of_age) {
            let anomaly = anomalies.entry(pid).or_default();
            anomaly.why.insert("under_age");
            anomaly.worked_on = Some(first);
        } else if max > 0 && birthday(max).is_some_and(|limit| last > limit) {
            let anomaly = anomalies.entry(pid).or_default();
            anomaly.why.insert("over_age");
            anomaly.worked_on = Some(last);
        }
    }
    gap
}
