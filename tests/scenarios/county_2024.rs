//! The synthetic county: what is found is what was planted, exactly.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value;

use crate::support::{County, Database, Key, assert_figures, assert_same, key_of, problems, synthetic};

const AS_OF: &str = "2024-12-20";

fn day() -> NaiveDate {
    AS_OF.parse().unwrap()
}

fn by_rule(keys: &BTreeSet<Key>) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut rules: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (rule, project, _, _) in keys {
        rules.entry(rule).or_default().insert(project);
    }
    rules
}

const DATES: [&str; 3] = ["severity", "due", "since"];
const FIGURES: [&str; 5] = ["severity", "due", "since", "amount_fen", "workers"];

/// Share of breach, clear and unknown per rule.
fn print_shares(findings: &[Value]) {
    let mut shares: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for finding in findings {
        let counts = shares.entry(finding["rule"].as_str().unwrap()).or_default();
        *counts.entry(finding["outcome"].as_str().unwrap()).or_default() += 1;
    }
    for (rule, counts) in shares {
        println!("{rule}: {counts:?}");
    }
}

fn the_county_report_is_found_again(database: Database) {
    let made = synthetic(&[]);
    let county = County::new(database);
    county.import(&[&made.inbox]);
    let findings = county.check(AS_OF);
    print_shares(&findings);
    let breaches: Vec<Value> = findings.iter().filter(|f| f["outcome"] == "breach").cloned().collect();
    let found: BTreeSet<Key> = breaches.iter().map(key_of).collect();
    assert_same(&found, &made.planted.keys_on(day()), "county-2024");
    assert_figures(&breaches, &made.planted, day(), "county-2024", &FIGURES);
    let projects = by_rule(&found);
    assert_eq!(projects["deposit.unpaid"].len(), 1);
    assert_eq!(projects["account.not_opened"].len(), 16);
    assert_eq!(projects["account.funding_late"].len(), 11);
    assert_eq!(projects["platform.payroll_not_uploaded"], projects["account.funding_late"]);
    assert_eq!(problems(&breaches), 93);
}

#[test]
fn the_county_report_is_found_again_on_sqlite() {
    the_county_report_is_found_again(Database::Sqlite);
}

#[test]
fn the_county_report_is_found_again_on_postgresql() {
    the_county_report_is_found_again(Database::Postgres);
}

fn ten_seeds_show_exactly_what_was_planted(scenario: &str) {
    for seed in 1..=10 {
        let seed = seed.to_string();
        // Few workers keep twenty counties affordable; the faults planted are as many.
        let made = synthetic(&["--seed", &seed, "--scenario", scenario, "--workers", "12,20"]);
        let county = County::new(Database::Sqlite);
        county.import(&[&made.inbox]);
        let breaches = county.breaches(AS_OF);
        let which = format!("{scenario}, seed {seed}");
        assert_eq!(u64::try_from(problems(&breaches)).unwrap(), made.planted.problems, "{which}");
        assert_same(&breaches.iter().map(key_of).collect(), &made.planted.keys_on(day()), &which);
        // Two faults of a project may fall on one month; what they come to together is not in the list.
        assert_figures(&breaches, &made.planted, day(), &which, &DATES);
    }
}

#[test]
fn ten_seeds_of_the_reported_county_show_exactly_what_was_planted() {
    ten_seeds_show_exactly_what_was_planted("county-2024");
}

#[test]
fn ten_seeds_of_other_counties_show_exactly_what_was_planted() {
    ten_seeds_show_exactly_what_was_planted("county-random");
}

#[test]
fn what_is_unknown_on_complete_data_says_why() {
    let made = synthetic(&[]);
    let county = County::new(Database::Sqlite);
    county.import(&[&made.inbox]);
    for finding in county.check(AS_OF).iter().filter(|f| f["outcome"] == "unknown") {
        let says = |key: &str| finding[key].is_string() || finding[key].as_array().is_some_and(|list| !list.is_empty());
        assert!(says("missing") || says("reason") || says("held_by"), "{finding}");
        assert!(finding["severity"].is_null(), "{finding}");
    }
}

#[test]
fn the_same_data_checked_twice_gives_the_same_bytes() {
    let made = synthetic(&[]);
    let county = County::new(Database::Sqlite);
    county.import(&[&made.inbox]);
    let words = ["--format", "json", "check", "--all", "--as-of", AS_OF];
    assert_eq!(county.anxin(&words).done().out, county.anxin(&words).done().out);
}
