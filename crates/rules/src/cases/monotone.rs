//! A figure moved to the milder side never accuses anybody more: on every worked case, and on made counties.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use model::{Calendar, Outcome, Severity};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::directions::{DIRECTIONS, Direction, EXCEPT, UNMOVED, ZERO_IS_OFF};
use super::properties::{county, made};
use super::{Case, cases_of, shipped_calendar, shipped_law};
use crate::catalogue::{CATALOGUE, declared};
use crate::law::{Law, Parameter, Unit, Value};
use crate::rule::{CALENDAR_GAP, Rule};

/// Gravest severity by period and subject.
type Breaches = BTreeMap<String, Severity>;

type Pair = (&'static dyn Rule, &'static str);

fn is_number(figure: &str) -> bool {
    let words = |unit: Unit| matches!(unit, Unit::Bool | Unit::Words);
    declared().iter().any(|declared| declared.name == figure && !words(declared.unit))
}

/// Every rule of the family with every number it looks up itself.
fn pairs(family: &str) -> Vec<Pair> {
    let rules = CATALOGUE.iter().copied().filter(|rule| rule.meta().id.starts_with(family));
    rules.flat_map(|rule| rule.meta().parameters.iter().filter(|figure| is_number(figure)).map(move |figure| (rule, *figure))).collect()
}

fn direction((rule, figure): Pair) -> Direction {
    let exception = EXCEPT.iter().find(|(id, name, _)| *id == rule.meta().id && *name == figure).map(|(_, _, direction)| *direction);
    let general = || DIRECTIONS.iter().find(|(name, _)| *name == figure).map(|(_, direction)| *direction);
    exception.or_else(general).unwrap_or_else(|| panic!("{figure} has no direction"))
}

/// The figure with smaller and larger values, ascending.
pub(super) fn moved(figure: &Parameter) -> Vec<Parameter> {
    let far = match figure.unit {
        Unit::Fen => 1_000_000,
        Unit::Ppm => 100_000,
        Unit::Cd => 40,
        _ => 5,
    };
    let changes: [&dyn Fn(i64) -> i64; 6] = [&|_| 0, &|v| (v - 1).max(0), &|v| v, &|v| v + 1, &|v| v * 2, &|v| v * 3 + far];
    let mut all: Vec<Parameter> = Vec::new();
    for change in changes {
        let mut other = figure.clone();
        let numbers =
            || other.values.iter().filter_map(|dated| if let Value::Number(number) = dated.value { Some(change(number)) } else { None });
        if ZERO_IS_OFF.contains(&figure.name.as_str()) && numbers().any(|number| number == 0) {
            continue;
        }
        for dated in &mut other.values {
            if let Value::Number(number) = &mut dated.value {
                *number = change(*number);
            }
        }
        all.push(other);
    }
    let numbers = |figure: &Parameter| -> Vec<Option<i64>> {
        figure.values.iter().map(|dated| if let Value::Number(number) = dated.value { Some(number) } else { None }).collect()
    };
    all.sort_by_key(numbers);
    all.dedup_by_key(|figure| numbers(figure));
    all
}

/// `None` where a due date fell into a year without calendar: what is not known there says nothing of the figure.
fn breaches(case: &Case, rule: &'static dyn Rule, law: &Law, calendar: &Calendar) -> Option<Breaches> {
    let found = crate::check::check_with(&[rule], &case.dossier, &case.coverage, law, calendar, case.as_of);
    if found.iter().any(|finding| finding.reason.as_deref() == CALENDAR_GAP.reason) {
        return None;
    }
    let mut breaches = Breaches::new();
    for finding in found.into_iter().filter(|finding| finding.outcome == Outcome::Breach) {
        // A contract and the group it was split from are one fault under two names.
        let subject = finding.subject.filter(|_| rule.meta().id != "account.not_opened");
        let gravest = breaches.entry(format!("{:?} {subject:?}", finding.period)).or_insert(Severity::Notice);
        *gravest = (*gravest).max(finding.severity.expect("a breach has a severity"));
    }
    Some(breaches)
}

/// A breach the other does not have, or a graver one.
fn accuses_more(now: &Breaches, before: &Breaches) -> bool {
    now.iter().any(|(key, severity)| before.get(key).is_none_or(|known| known < severity))
}

/// What is wrong with the figure on this case; and whether it moved anything.
fn judge(case: &Case, pair: Pair, calendar: &Calendar, wrong: &mut BTreeSet<String>) -> bool {
    let (rule, figure) = pair;
    let (mut last, mut any): (Option<Breaches>, bool) = (None, false);
    for value in moved(case.law.find(figure).expect("a declared figure")) {
        let shown = format!("{:?}", value.values.iter().map(|dated| &dated.value).collect::<Vec<_>>());
        let Some(now) = breaches(case, rule, &case.law.with(value), calendar) else { continue };
        if let Some(before) = &last {
            let (more, fewer) = (accuses_more(&now, before), accuses_more(before, &now));
            any |= more || fewer;
            let fault = match direction(pair) {
                Direction::Raise => more,
                Direction::Lower => fewer,
                Direction::Fact => more || fewer,
                Direction::Neither(_) => false,
            };
            if fault {
                wrong.insert(format!("{} {figure} up to {shown}: {}", rule.meta().id, case.name));
            }
        }
        last = Some(now);
    }
    any
}

fn on_worked_cases(family: &str) {
    let (law, calendar) = (shipped_law(), shipped_calendar());
    let (mut wrong, mut still) = (BTreeSet::new(), BTreeSet::new());
    for pair in pairs(family) {
        let cases = cases_of(pair.0.meta().id, &law);
        let moves = cases.iter().filter(|case| judge(case, pair, &calendar, &mut wrong)).count();
        if moves == 0 && matches!(direction(pair), Direction::Raise | Direction::Lower) {
            still.insert((pair.0.meta().id, pair.1));
        }
    }
    assert!(wrong.is_empty(), "{} moves accuse more: {wrong:#?}", wrong.len());
    let known: BTreeSet<(&str, &str)> =
        UNMOVED.iter().map(|(rule, figure, _)| (*rule, *figure)).filter(|(rule, _)| rule.starts_with(family)).collect();
    assert_eq!(still, known, "figures no worked case is moved by");
}

#[test]
fn no_milder_figure_accuses_more_on_deposits() {
    on_worked_cases("deposit.");
}

#[test]
fn no_milder_figure_accuses_more_on_accounts() {
    on_worked_cases("account.");
}

#[test]
fn no_milder_figure_accuses_more_on_payrolls() {
    on_worked_cases("payroll.");
}

#[test]
fn no_milder_figure_accuses_more_on_real_names() {
    on_worked_cases("realname.");
}

#[test]
fn no_milder_figure_accuses_more_on_platform_and_site() {
    on_worked_cases("platform.");
    on_worked_cases("site.");
}

/// What the made counties reach, so that the property is not empty. The other figures are moved by worked cases only.
const COUNTIES_MOVE: &[(&str, &str)] = &[
    ("payroll.bank_mismatch", "payroll.tolerance"),
    ("payroll.below_minimum", "payroll.minimum_month_days"),
    ("payroll.below_minimum", "payroll.minimum_monthly"),
    ("payroll.ghost_worker", "payroll.high_month"),
    ("payroll.ghost_worker", "payroll.high_year"),
    ("payroll.late", "payroll.late_entry_days"),
    ("payroll.late", "payroll.late_order"),
    ("payroll.late", "payroll.tolerance"),
    ("payroll.ledger_incomplete", "payroll.ledger_retention"),
    ("realname.attendance_missing", "realname.attendance_days"),
    ("realname.id_anomaly", "realname.age_min"),
    ("site.board_missing", "site.board_photo_months"),
];

#[test]
fn no_milder_figure_accuses_more_in_made_counties() {
    let calendar = shipped_calendar();
    let (wrong, moving) = (RefCell::new(BTreeSet::new()), RefCell::new(BTreeSet::new()));
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let run = runner.run(&county(), |county| {
        let case = made(&county);
        for pair in pairs("") {
            if judge(&case, pair, &calendar, &mut wrong.borrow_mut()) {
                moving.borrow_mut().insert((pair.0.meta().id, pair.1));
            }
        }
        Ok(())
    });
    run.expect("nothing in it fails");
    let wrong = wrong.into_inner();
    let moving = moving.into_inner();
    assert!(wrong.is_empty(), "{} moves accuse more: {wrong:#?}", wrong.len());
    let still: Vec<_> = COUNTIES_MOVE.iter().filter(|pair| !moving.contains(pair)).collect();
    assert!(still.is_empty(), "the counties no longer move {still:?}");
}

#[test]
fn every_number_has_its_direction_and_no_other() {
    let numbers: BTreeSet<String> = declared()
        .into_iter()
        .map(|declared| declared.name.into_owned())
        .filter(|name| is_number(name) && !name.ends_with(".correct_in"))
        .collect();
    let listed: BTreeSet<String> = DIRECTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(numbers, listed);
    assert_eq!(DIRECTIONS.len(), listed.len(), "a figure stands twice");
    let all = pairs("");
    let known = |rule: &str, figure: &str| all.iter().any(|pair| pair.0.meta().id == rule && pair.1 == figure);
    assert!(EXCEPT.iter().all(|(rule, figure, _)| known(rule, figure)), "an exception for a figure the rule does not use");
    assert!(UNMOVED.iter().all(|(rule, figure, _)| known(rule, figure)), "nothing to move");
    assert!(COUNTIES_MOVE.iter().all(|(rule, figure)| known(rule, figure)), "nothing to move");
}
