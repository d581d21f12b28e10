//! What an edit of the law would have changed: the rules it touches, run over past days under both texts.
//!
//! Not every day is looked at: the first and the last, every Monday, every day on which the caller knows that data came, and
//! the day after every due date the rules themselves name. A change that falls on none of them is seen up to six days late.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Weekday};
use model::{Calendar, Coverage, Date, Finding, FindingKey, Outcome};

use crate::catalogue::CATALOGUE;
use crate::check::{judge, windows};
use crate::facts::{Facts, Reading};
use crate::law::{Law, LawView};
use crate::rule::Rule;

/// Figures by which sheets and payments find their month: all rules rest on them.
const EVERYWHERE: [&str; 2] = ["payroll.window", "payroll.pay_in_same_month"];

/// Two versions of law and calendar.
#[derive(Debug, Clone)]
pub struct Edit {
    pub before: Law,
    pub after: Law,
    pub calendar_before: Calendar,
    pub calendar_after: Calendar,
}

impl Edit {
    /// Names of the figures that differ in value, date, source or scope, sorted.
    pub fn changed(&self) -> Vec<&str> {
        let names: BTreeSet<&str> = self.before.parameters().chain(self.after.parameters()).map(|p| p.name.as_str()).collect();
        let values = |law: &Law, name: &str| law.find(name).map(|p| p.values.clone());
        names.into_iter().filter(|name| values(&self.before, name) != values(&self.after, name)).collect()
    }

    /// Whether sheets and payments may find another month.
    fn moves_windows(&self) -> bool {
        self.calendar_before != self.calendar_after || self.changed().iter().any(|name| EVERYWHERE.contains(name))
    }

    /// The rules whose findings can differ; correction periods only stand in letters.
    pub fn rules(&self) -> Vec<&'static dyn Rule> {
        if self.moves_windows() {
            return CATALOGUE.clone();
        }
        let changed = self.changed();
        CATALOGUE.iter().copied().filter(|rule| changed.iter().any(|name| rule.meta().uses(name))).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A breach under the edited law only.
    Gained,
    /// A breach under the law of today only.
    Lost,
    /// A breach under both, with another severity.
    Severity,
}

/// One finding that differs, from the first to the last day looked at on which it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub change: Change,
    pub first: Date,
    pub last: Date,
    /// As it stood on `first` under the law that finds it (under the edited one for a change of severity).
    pub finding: Finding,
}

/// What was known of a project on one day.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub reading: &'a Reading<'a>,
    pub coverage: &'a Coverage,
}

/// All that differs for one project between two days, both included.
///
/// `known` gives what was known on a day (`None`: the project was not known yet); `arrivals` are the days on which that changes.
pub fn replay<'a>(
    edit: &Edit,
    rules: &[&dyn Rule],
    (from, to): (Date, Date),
    arrivals: impl IntoIterator<Item = Date>,
    known: impl Fn(Date) -> Option<Known<'a>>,
) -> Vec<Difference> {
    let mut days: BTreeSet<Date> = from.iter_days().take_while(|day| *day <= to).filter(|day| day.weekday() == Weekday::Mon).collect();
    days.extend([from, to]);
    days.extend(arrivals.into_iter().filter(|day| (from..=to).contains(day)));
    let moves_windows = edit.moves_windows();
    let mut found: BTreeMap<(FindingKey, Change), Difference> = BTreeMap::new();
    while let Some(day) = days.pop_first() {
        let Some(known) = known(day) else { continue };
        let (before, after) = both(edit, moves_windows, rules, known, day);
        let falls = before.iter().chain(&after).filter_map(|f| f.due?.succ_opt());
        days.extend(falls.filter(|next| *next > day && *next <= to));
        for (change, finding) in differences(before, after) {
            let difference = Difference { change, first: day, last: day, finding };
            found.entry((difference.finding.key(), change)).and_modify(|known| known.last = day).or_insert(difference);
        }
    }
    found.into_values().collect()
}

/// What both laws find on one day. Facts hold no figure: unless windows move, one set of them serves both.
fn both(edit: &Edit, moves_windows: bool, rules: &[&dyn Rule], known: Known, day: Date) -> (Vec<Finding>, Vec<Finding>) {
    let Known { reading, coverage } = known;
    let project = &reading.dossier.project;
    let (before, after) = (LawView::new(&edit.before, project), LawView::new(&edit.after, project));
    let window_of = windows(reading.dossier, &before, &edit.calendar_before);
    let facts = Facts::of(reading, day, &window_of);
    let found = judge(rules, &facts, coverage, &before, &edit.calendar_before);
    let window_of = windows(reading.dossier, &after, &edit.calendar_after);
    let moved = moves_windows.then(|| Facts::of(reading, day, &window_of));
    (found, judge(rules, moved.as_ref().unwrap_or(&facts), coverage, &after, &edit.calendar_after))
}

fn differences(before: Vec<Finding>, after: Vec<Finding>) -> Vec<(Change, Finding)> {
    let breaches = |findings: Vec<Finding>| -> BTreeMap<FindingKey, Finding> {
        findings.into_iter().filter(|f| f.outcome == Outcome::Breach).map(|f| (f.key(), f)).collect()
    };
    let (mut before, after) = (breaches(before), breaches(after));
    let mut differences = Vec::new();
    for (key, finding) in after {
        match before.remove(&key) {
            None => differences.push((Change::Gained, finding)),
            Some(known) if known.severity != finding.severity => differences.push((Change::Severity, finding)),
            Some(_) => {}
        }
    }
    differences.extend(before.into_values().map(|finding| (Change::Lost, finding)));
    differences
}
