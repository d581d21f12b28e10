//! What the simulator says it planted. The product never reads it.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

/// Rule, project, period, subject.
pub type Key = (String, String, Option<String>, Option<String>);

pub fn key_of(value: &Value) -> Key {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    (text("rule").expect("rule"), text("project").expect("project"), text("period"), text("subject"))
}

/// Every consequence, also those cured before the county is looked at.
pub struct Planted {
    pub consequences: Vec<Value>,
    /// Letters that must come out on the day the county is looked at: project, addressee, `notice` or `order`, items.
    pub letters: Vec<Value>,
    /// Distinct (project, rule) with a breach on that day.
    pub problems: u64,
    /// Rule and project of what looks like a fault and is none.
    pub near: BTreeSet<(String, String)>,
}

impl Planted {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut consequences = Vec::new();
        let whole: Value = serde_json::from_str(&text).expect("planted.json is JSON");
        collect(&whole, &mut consequences);
        assert!(!consequences.is_empty(), "nothing planted");
        let letters = whole["letters"].as_array().expect("letters").clone();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let near = whole["near_misses"].as_array().expect("near misses").iter().map(|n| (text(&n["rule"]), text(&n["project"])));
        Self { consequences, letters, problems: whole["problems"].as_u64().expect("problems"), near: near.collect() }
    }

    /// The breaches that stand on a day.
    pub fn standing_on(&self, day: NaiveDate) -> Vec<&Value> {
        self.of_outcome("breach", day)
    }

    /// What cannot be judged on a day.
    pub fn unknown_on(&self, day: NaiveDate) -> Vec<&Value> {
        self.of_outcome("unknown", day)
    }

    fn of_outcome(&self, outcome: &str, day: NaiveDate) -> Vec<&Value> {
        let date = |value: &Value| value.as_str().map(|text| text.parse::<NaiveDate>().expect("an ISO date"));
        self.consequences
            .iter()
            .filter(|c| c["outcome"] == outcome)
            .filter(|c| date(&c["since"]).is_none_or(|since| since <= day) && date(&c["until"]).is_none_or(|until| day <= until))
            .collect()
    }

    pub fn keys_on(&self, day: NaiveDate) -> BTreeSet<Key> {
        self.standing_on(day).into_iter().map(key_of).collect()
    }
}

fn collect(value: &Value, into: &mut Vec<Value>) {
    match value {
        Value::Object(map) if map.contains_key("rule") && map.contains_key("outcome") && map.contains_key("project") => {
            into.push(value.clone());
        }
        Value::Object(map) => map.values().for_each(|inner| collect(inner, into)),
        Value::Array(list) => list.iter().for_each(|inner| collect(inner, into)),
        _ => {}
    }
}
