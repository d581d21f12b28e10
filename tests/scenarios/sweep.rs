//! Every day of two months against the hand-derived dates.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::support::{County, Database, Key, key_of, synthetic};

#[test]
fn every_day_of_november_and_december_agrees_with_the_planted_dates() {
    every_day_agrees(&[]);
}

/// In both a statement goes on after a gap in its balances.
#[test]
fn every_day_of_two_random_counties_agrees_with_the_planted_dates() {
    for seed in ["2", "5"] {
        every_day_agrees(&["--scenario", "county-random", "--seed", seed, "--workers", "12,30"]);
    }
}

fn every_day_agrees(words: &[&str]) {
    let made = synthetic(words);
    let county = County::new(Database::Sqlite);
    county.import(&[&made.inbox]);
    let first: NaiveDate = "2024-11-01".parse().unwrap();
    let mut wrong = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= "2024-12-31".parse().unwrap()) {
        let found: BTreeSet<Key> = county.breaches(&day.to_string()).iter().map(key_of).collect();
        let planted = made.planted.keys_on(day);
        for key in planted.difference(&found) {
            wrong.push(format!("{day} planted, not found: {key:?}"));
        }
        for key in found.difference(&planted) {
            wrong.push(format!("{day} found, not planted: {key:?}"));
        }
    }
    assert!(wrong.is_empty(), "{words:?}\n{}", wrong.join("\n"));
}
