//! What an edit of the law would have changed: the rules it touches, run over past days under both texts.
//!
//! Not every day is looked at: the first and the last, every Monday, every day on which the caller knows that data came, and
//! the day after every due date the rules themselves name. A change that falls on none of them is seen up to six days late.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Weekday};
use model::{Calendar, Coverage, Date, Finding, FindingKey, Outcome};

use crate::catalogue::CATALOGUE;
use crate::check::{findings, windows};
use crate::facts::{Facts, Reading};
use crate::law::{Law, LawView};
use crate::rule::{CheckContext, Rule};

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
        let differ = |name: &&str| self.before.find(name).map(|p| &p.values) != self.after.find(name).map(|p| &p.values);
        names.into_iter().filter(differ).collect()
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
        let Day { before, after, dues } = both(edit, moves_windows, rules, known, day);
        let falls = dues.into_iter().filter_map(|due| due.succ_opt());
        days.extend(falls.filter(|next| *next > day && *next <= to));
        for (change, finding) in differences(before, after) {
            let difference = Difference { change, first: day, last: day, finding };
            found.entry((difference.finding.key(), change)).and_modify(|known| known.last = day).or_insert(difference);
        }
    }
    found.into_values().collect()
}

/// What both laws find on one day, where they can differ.
///
/// Each rule is judged under the law of today first. Did the edited law answer all it asked alike, it says the same: of that
/// only the due dates matter, and it is not judged again.
fn both(edit: &Edit, moves_windows: bool, rules: &[&dyn Rule], known: Known, day: Date) -> Day {
    let Known { reading, coverage } = known;
    let project = &reading.dossier.project;
    let calendars_differ = edit.calendar_before != edit.calendar_after;
    let (before, after) = (LawView::beside(&edit.before, &edit.after, project), LawView::new(&edit.after, project));
    // Facts hold no figure but the windows by which payments without a month find theirs.
    let windows_before = LawView::beside(&edit.before, &edit.after, project);
    let window_before = windows(reading.dossier, &windows_before, &edit.calendar_before);
    let window_after = windows(reading.dossier, &after, &edit.calendar_after);
    let facts = Facts::of(reading, day, &window_before);
    let moved = LazyCell::new(|| Facts::of(reading, day, &window_after));
    let context = |facts, law, calendar| CheckContext { facts, dossier: reading.dossier, coverage, law, calendar, as_of: day };
    let today = context(&facts, &before, &edit.calendar_before);
    let mut found = Day::default();
    for rule in rules {
        before.rejoin();
        let said = findings(*rule, &today);
        found.dues.extend(said.iter().filter_map(|f| f.due));
        if calendars_differ || before.differs() || windows_before.differs() {
            let facts = if moves_windows { &*moved } else { &facts };
            let said_then = findings(*rule, &context(facts, &after, &edit.calendar_after));
            found.dues.extend(said_then.iter().filter_map(|f| f.due));
            found.before.extend(said);
            found.after.extend(said_then);
        }
    }
    found
}

/// Findings of the rules on which two laws did not give the same answers, and all due dates.
#[derive(Default)]
struct Day {
    before: Vec<Finding>,
    after: Vec<Finding>,
    dues: Vec<Date>,
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
