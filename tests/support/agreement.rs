//! What was found against what was planted, said finding by finding.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value;

use super::planted::{Key, Planted, key_of};

/// Says which findings are missing or too many, rule by rule, instead of printing two long sets.
#[track_caller]
pub fn assert_same(found: &BTreeSet<Key>, planted: &BTreeSet<Key>, which: &str) {
    let say = |keys: Vec<&Key>| keys.iter().map(|key| format!("  {key:?}")).collect::<Vec<_>>().join("\n");
    let missing = say(planted.difference(found).collect());
    let extra = say(found.difference(planted).collect());
    assert!(missing.is_empty() && extra.is_empty(), "{which}\nplanted but not found:\n{missing}\nfound but not planted:\n{extra}");
}

/// The figures of each finding of a day, where the planted fault states them.
#[track_caller]
pub fn assert_figures(found: &[Value], planted: &Planted, day: NaiveDate, which: &str, figures: &[&str]) {
    let found: BTreeMap<Key, &Value> = found.iter().map(|f| (key_of(f), f)).collect();
    for planted in planted.standing_on(day) {
        let finding = found[&key_of(planted)];
        for &figure in figures {
            assert!(planted[figure].is_null() || planted[figure] == finding[figure], "{which}: {figure} planted {planted} found {finding}");
        }
        if let (Some(addressee), Some(party)) = (planted["addressee"].as_str(), finding["party"]["name"].as_str()) {
            assert_eq!(addressee, party, "{which}: addressee of {finding}");
        }
    }
}

/// Distinct project and rule; a detail of another rule is no problem of its own.
pub fn problems(found: &[Value]) -> usize {
    let counted = found.iter().filter(|f| f["detail_of"].is_null()).map(key_of).map(|(rule, project, _, _)| (rule, project));
    counted.collect::<BTreeSet<_>>().len()
}
