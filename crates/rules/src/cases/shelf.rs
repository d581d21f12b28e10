//! Walks the shelf: every rule has its three files and its line, and every worked case comes out as written.

use std::collections::BTreeSet;

use model::{Finding, Outcome};
use toml::{Table, Value};

use super::{cases_of, row, shipped_calendar, shipped_law, source_dir};
use crate::catalogue::{self, CATALOGUE};
use crate::check::telling;

const HEADINGS: [&str; 5] = ["## 查什么", "## 为什么", "## 依据", "## 不算的情形", "## 怎么改"];

/// Files of a family folder that are no rules.
const NO_RULES: [&str; 1] = ["mod"];

#[test]
fn every_worked_case_comes_out_as_written() {
    let (law, calendar) = (shipped_law(), shipped_calendar());
    let only = std::env::var("RULE").unwrap_or_default();
    let mut failures = Vec::new();
    for rule in CATALOGUE.iter().copied().filter(|rule| rule.meta().id.contains(&only)) {
        for case in cases_of(rule.meta().id, &law) {
            let findings = case.check(rule, &calendar);
            if let Err(what) = compare(&case.expect, &findings) {
                let printed: Vec<String> = findings.iter().map(|f| serde_json::to_string(f).unwrap()).collect();
                failures.push(format!("{} `{}`: {what}\n    {}", rule.meta().id, case.name, printed.join("\n    ")));
            }
            for finding in findings.iter().filter(|f| f.outcome == Outcome::Breach) {
                let told = telling(finding, &law);
                assert!(!told.facts.is_empty() && told.correct_in_wd > 0, "{}: {told:?}", rule.meta().id);
            }
        }
    }
    assert!(failures.is_empty(), "{} cases differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rule_on_the_shelf_has_its_files_and_its_line() {
    let families = ["deposit", "account", "payroll", "realname", "platform", "site"];
    let mut on_shelf = Vec::new();
    for family in families {
        for entry in std::fs::read_dir(source_dir().join(family)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if path.extension().is_some_and(|e| e == "md") {
                on_shelf.push(format!("{family}.{name}"));
            } else if path.extension().is_some_and(|e| e == "toml") {
                assert!(path.with_extension("md").exists(), "{} has no .md", path.display());
            } else if !NO_RULES.contains(&name.as_str()) && std::fs::read_to_string(&path).unwrap().contains("impl Rule for") {
                assert!(path.with_extension("md").exists(), "{} has no .md", path.display());
                assert!(path.with_extension("toml").exists(), "{} has no worked cases", path.display());
            }
        }
    }
    for id in &on_shelf {
        assert!(catalogue::find(id).is_some(), "{id} has no line in the catalogue");
    }
    assert_eq!(CATALOGUE.len(), on_shelf.len(), "a rule of the catalogue has no .md");
}

#[test]
fn every_rule_explains_itself_and_names_its_parameters() {
    let law = shipped_law();
    for rule in CATALOGUE.iter() {
        let meta = rule.meta();
        let mut at = 0;
        for heading in HEADINGS {
            let found = meta.explain[at..].find(heading).unwrap_or_else(|| panic!("{}: no `{heading}`, or out of order", meta.id));
            at += found + heading.len();
        }
        assert!(meta.explain.contains(meta.name), "{}: the explanation does not name it", meta.id);
        assert!(!meta.basis.is_empty() && meta.articles.iter().all(|a| a.starts_with('《')), "{}: articles", meta.id);
        assert!(law.find(&format!("{}.correct_in", meta.id)).is_some(), "{}: no correction period", meta.id);
        for name in meta.parameters {
            assert!(law.find(name).is_some(), "{}: parameter {name}", meta.id);
        }
    }
    for declared in catalogue::declared().iter().filter(|d| !d.name.ends_with(".correct_in")) {
        assert!(CATALOGUE.iter().any(|rule| rule.meta().parameters.contains(&&*declared.name)), "no rule names {}", declared.name);
    }
}

/// A replay of an edited figure runs the rules that name it.
#[test]
fn every_rule_names_the_figures_it_uses() {
    let (law, calendar) = (shipped_law(), shipped_calendar());
    let mut unnamed = BTreeSet::new();
    for rule in CATALOGUE.iter().copied() {
        let used: BTreeSet<&str> =
            law.of_rule(rule.meta().id).iter().filter_map(|p| p.name.split_once('.').map(|(_, rest)| rest)).collect();
        let named = |key: &str| used.contains(key);
        for case in cases_of(rule.meta().id, &law) {
            let used = case.check(rule, &calendar).into_iter().flat_map(|f| f.parameters.into_keys());
            unnamed.extend(used.filter(|key| !named(key)).map(|key| format!("{}: {key}", rule.meta().id)));
        }
    }
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}

#[test]
fn the_manual_in_the_documents_is_the_one_of_the_program() {
    let path = source_dir().join("../../../docs/rules.md");
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == crate::manual(&shipped_law()), "docs/rules.md is out of date: anxin rules manual > docs/rules.md");
}

fn compare(expect: &Value, findings: &[Finding]) -> Result<(), String> {
    let heard: Vec<&Finding> = findings.iter().filter(|f| f.outcome != Outcome::Clear).collect();
    let items = match expect {
        Value::String(word) if word == "clear" => {
            return if heard.is_empty() && !findings.is_empty() { Ok(()) } else { Err("expected clear".to_owned()) };
        }
        Value::String(word) if word == "nothing" => {
            return if findings.is_empty() { Ok(()) } else { Err("expected nothing".to_owned()) };
        }
        Value::Array(items) => items,
        other => return Err(format!("expect = {other:?}: \"clear\", \"nothing\" or a list")),
    };
    let mut next = heard.into_iter();
    for item in items {
        let wanted = item.as_table().ok_or("a finding is a table")?;
        if wanted.get("outcome").and_then(Value::as_str) == Some("clear") {
            if !findings.iter().any(|f| f.outcome == Outcome::Clear && differs(wanted, f).is_none()) {
                return Err(format!("no clear finding {wanted}"));
            }
            continue;
        }
        let finding = next.next().ok_or_else(|| format!("missing {wanted}"))?;
        if let Some(what) = differs(wanted, finding) {
            return Err(what);
        }
    }
    next.next().map_or(Ok(()), |more| Err(format!("one more: {}", more.key())))
}

/// The first key that is not as wanted. Only the keys written are compared; `told` are words of the sentence.
fn differs(wanted: &Table, finding: &Finding) -> Option<String> {
    let printed = serde_json::to_value(finding).unwrap();
    wanted.iter().find_map(|(key, value)| match (key.as_str(), value.as_str()) {
        ("told", Some(words)) => {
            let sentence = catalogue::find(&finding.rule).unwrap().tell(finding);
            (!sentence.contains(words)).then(|| format!("`told` is {sentence}, without {words}"))
        }
        _ => difference(key, value, printed.get(key).unwrap_or(&serde_json::Value::Null)),
    })
}

fn difference(key: &str, wanted: &Value, printed: &serde_json::Value) -> Option<String> {
    if let (Value::Table(parts), serde_json::Value::Object(object)) = (wanted, printed) {
        return parts.iter().find_map(|(k, v)| difference(&format!("{key}.{k}"), v, object.get(k).unwrap_or(&serde_json::Value::Null)));
    }
    if let (Value::Array(items), serde_json::Value::Array(list)) = (wanted, printed) {
        if items.len() != list.len() {
            return Some(format!("`{key}` has {} items, not {}", list.len(), items.len()));
        }
        return items.iter().zip(list).find_map(|(v, p)| difference(key, v, p));
    }
    let wanted = json(wanted);
    (wanted != *printed).then(|| format!("`{key}` is {printed}, not {wanted}"))
}

/// `"-"`: null.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::String(text) if text == row::ABSENT => serde_json::Value::Null,
        Value::Datetime(_) => serde_json::json!(row::date(value)),
        other => serde_json::to_value(other).unwrap(),
    }
}
