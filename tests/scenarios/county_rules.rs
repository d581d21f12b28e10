//! Every rule of the catalogue: its breaches are found, its near misses are not, to the day and the fen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value;

use crate::support::{County, Database, Key, Planted, assert_figures, assert_same, key_of, problems, synthetic};

const AS_OF: &str = "2024-12-20";
/// What falls due on the day the county is looked at is a breach the day after.
const NEXT_DAY: &str = "2024-12-21";
const FIGURES: [&str; 6] = ["severity", "due", "since", "amount_fen", "workers", "detail_of"];
const FORMATS: [&str; 4] = ["mixed", "csv-utf8", "xlsx", "csv-gbk"];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn catalogue(county: &County) -> BTreeSet<String> {
    let rules = county.anxin(&["--format", "json", "rules", "list"]).done().json();
    rules.iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}

/// Every rule is broken somewhere and nearly broken somewhere else.
fn nothing_is_left_out(planted: &Planted, rules: &BTreeSet<String>, which: &str) {
    let broken: BTreeSet<String> = planted.keys_on(day(AS_OF)).into_iter().map(|key| key.0).collect();
    assert!(broken.is_subset(rules), "{which}: {broken:?}");
    let nearly: BTreeSet<String> = planted.near.iter().map(|(rule, _)| rule.clone()).collect();
    for rule in rules {
        assert!(broken.contains(rule), "{which}: no breach of {rule} is planted");
        assert!(nearly.contains(rule), "{which}: no near miss of {rule} is planted");
    }
    let standing: BTreeSet<(String, String)> = planted.keys_on(day(AS_OF)).into_iter().map(|key| (key.0, key.1)).collect();
    let both: Vec<_> = planted.near.intersection(&standing).collect();
    assert!(both.is_empty(), "{which}: breach and near miss at once: {both:?}");
}

fn seed_shows_exactly_what_was_planted(seed: usize) {
    let format = FORMATS[seed % FORMATS.len()];
    let which = format!("seed {seed}, {format}");
    let made = synthetic(&["--scenario", "county-rules", "--seed", &seed.to_string(), "--files", format]);
    let county = County::new(Database::Sqlite);
    nothing_is_left_out(&made.planted, &catalogue(&county), &which);
    county.import(&[&made.inbox]);

    let findings = county.check(AS_OF);
    let breaches: Vec<Value> = findings.iter().filter(|f| f["outcome"] == "breach").cloned().collect();
    assert_same(&breaches.iter().map(key_of).collect(), &made.planted.keys_on(day(AS_OF)), &which);
    assert_figures(&breaches, &made.planted, day(AS_OF), &which, &FIGURES);
    let standing: Vec<Value> = made.planted.standing_on(day(AS_OF)).into_iter().cloned().collect();
    assert_eq!(problems(&breaches), problems(&standing), "{which}");
    what_cannot_be_judged_is_unknown(&findings, &made.planted, &which);

    let next_day = county.breaches(NEXT_DAY).iter().map(key_of).collect();
    assert_same(&next_day, &made.planted.keys_on(day(NEXT_DAY)), &format!("{which}, the day after"));
}

fn what_cannot_be_judged_is_unknown(findings: &[Value], planted: &Planted, which: &str) {
    let outcomes: BTreeMap<Key, &Value> = findings.iter().map(|f| (key_of(f), &f["outcome"])).collect();
    let unknown = planted.unknown_on(day(AS_OF));
    assert!(!unknown.is_empty(), "{which}: nothing unknown is planted");
    for planted in unknown {
        assert_eq!(outcomes.get(&key_of(planted)), Some(&&Value::from("unknown")), "{which}: {planted}");
    }
}

macro_rules! each {
    ($($name:ident, $seeds:expr;)*) => {
        $(#[test]
        fn $name() {
            $seeds.for_each(seed_shows_exactly_what_was_planted);
        })*
    };
}

// Each test is a process of its own, so that two cores share the twenty counties.
each! {
    every_rule_finds_its_faults_and_no_others_in_seeds_1_to_5, 1..=5;
    every_rule_finds_its_faults_and_no_others_in_seeds_6_to_10, 6..=10;
    every_rule_finds_its_faults_and_no_others_in_seeds_11_to_15, 11..=15;
    every_rule_finds_its_faults_and_no_others_in_seeds_16_to_20, 16..=20;
}
