//! All rules on one project: findings in stable order, and their words for letters.

use std::collections::BTreeMap;

use model::{Calendar, Coverage, Dataset, Date, Dossier, Finding, Month, Outcome};
use serde_json::{Map, Value, json};

use crate::catalogue::CATALOGUE;
use crate::facts::{Facts, Reading};
use crate::law::{Law, LawView};
use crate::payday::pay_window;
use crate::rule::{CheckContext, Meta, Rule, Verdict};

/// All three outcomes, in the order of the catalogue, then period, then subject.
pub fn check(dossier: &Dossier, coverage: &Coverage, law: &Law, calendar: &Calendar, as_of: Date) -> Vec<Finding> {
    check_with(&CATALOGUE, dossier, coverage, law, calendar, as_of)
}

/// The same for some rules only.
pub fn check_with(
    rules: &[&dyn Rule],
    dossier: &Dossier,
    coverage: &Coverage,
    law: &Law,
    calendar: &Calendar,
    as_of: Date,
) -> Vec<Finding> {
    let reading = Reading::of(dossier);
    let view = LawView::new(law, &dossier.project);
    let window_of = windows(dossier, &view, calendar);
    let facts = Facts::of(&reading, as_of, &window_of);
    judge(rules, &facts, coverage, &view, calendar)
}

/// When the wages of a month are due and until when they are awaited, as facts ask for it.
pub(crate) fn windows<'a>(dossier: &'a Dossier, law: &'a LawView, calendar: &'a Calendar) -> impl Fn(Month) -> Option<(Date, Date)> {
    move |month| pay_window(&dossier.project, law, calendar, month).ok().map(|window| (window.pay_day, window.end))
}

/// What some rules say of facts under a law.
pub(crate) fn judge(rules: &[&dyn Rule], facts: &Facts, coverage: &Coverage, law: &LawView, calendar: &Calendar) -> Vec<Finding> {
    let cx = CheckContext { facts, dossier: facts.dossier, coverage, law, calendar, as_of: facts.as_of };
    rules.iter().flat_map(|rule| findings(*rule, &cx)).collect()
}

/// What one rule says.
pub(crate) fn findings(rule: &dyn Rule, cx: &CheckContext) -> Vec<Finding> {
    let meta = rule.meta();
    // The project's own row is always there: without it there is no dossier.
    let never: Vec<Dataset> = meta.needs.iter().copied().filter(|d| *d != Dataset::Project && !cx.coverage.ever(*d)).collect();
    if !never.is_empty() {
        let mut finding = finding(meta, cx, Verdict::clear());
        finding.outcome = Outcome::Unknown;
        finding.missing = never;
        finding.months = is_monthly(meta.id).then(|| judged_range(cx));
        return vec![finding];
    }
    let silent = silent(meta, cx);
    if !silent.is_empty() {
        let mut finding = finding(meta, cx, Verdict::clear());
        finding.outcome = Outcome::Unknown;
        finding.missing = silent;
        finding.reason = Some("feed_stale".to_owned());
        finding.months = is_monthly(meta.id).then(|| judged_range(cx));
        return vec![finding];
    }
    let (unknowns, known): (Vec<Verdict>, Vec<Verdict>) = rule.evaluate(cx).into_iter().partition(|v| v.outcome == Outcome::Unknown);
    let mut findings: Vec<Finding> = known.into_iter().map(|verdict| finding(meta, cx, verdict)).collect();
    let mut by_subject: BTreeMap<Option<String>, Vec<Verdict>> = BTreeMap::new();
    for verdict in unknowns {
        by_subject.entry(verdict.subject.clone()).or_default().push(verdict);
    }
    findings.extend(by_subject.into_values().map(|verdicts| merged(meta, cx, verdicts)));
    findings.sort_by(|a, b| (a.period, &a.subject).cmp(&(b.period, &b.subject)));
    findings
}

/// Datasets the rule needs that a gateway has stopped to deliver for the project: what would put it right may have been missed.
/// Without a value in force nothing is held back.
fn silent(meta: &Meta, cx: &CheckContext) -> Vec<Dataset> {
    if cx.coverage.asked.is_empty() {
        return Vec::new();
    }
    let Ok(stale) = cx.law.count("platform.feed_stale", cx.as_of) else { return Vec::new() };
    let silent = |dataset: &Dataset| {
        let sources = cx.facts.sources_of(*dataset);
        cx.coverage.silent_since(*dataset, &cx.dossier.project.code, &sources, cx.as_of, stale).is_some()
    };
    // A rule about what arrives rests on all of it.
    let needs = if meta.needs.is_empty() { Dataset::ALL } else { meta.needs };
    needs.iter().copied().filter(silent).collect()
}

fn judged_range(cx: &CheckContext) -> [Month; 2] {
    let mut months = cx.facts.months_judged(cx.coverage);
    let last = Month::of(cx.as_of);
    [months.next().unwrap_or(last), last]
}

/// Rules whose findings carry a month (rules.md §6, "grain").
pub fn is_monthly(id: &str) -> bool {
    matches!(id, "account.funding_late" | "account.funding_short" | "platform.payroll_not_uploaded")
        || (id.starts_with("payroll.") && id != "payroll.arrears")
}

fn finding(meta: &Meta, cx: &CheckContext, verdict: Verdict) -> Finding {
    Finding {
        rule: meta.id.to_owned(),
        project: cx.dossier.project.code.clone(),
        period: verdict.period,
        subject: verdict.subject,
        outcome: verdict.outcome,
        severity: verdict.severity,
        since: verdict.since,
        due: verdict.due,
        amount_fen: verdict.amount,
        workers: verdict.workers,
        basis: meta.basis.iter().map(|&text| text.to_owned()).collect(),
        parameters: verdict.parameters,
        facts: verdict.facts,
        party: verdict.party,
        upcoming: verdict.upcoming,
        held_by: verdict.held_by.map(str::to_owned),
        detail_of: verdict.detail_of.map(str::to_owned),
        months: None,
        missing: verdict.missing,
        reason: verdict.reason.map(str::to_owned),
    }
}

/// Reasons by weight: what an officer must mend first stands at the head of a merged `unknown`.
const REASONS: &[&str] = &["law_gap", "calendar_gap", "rejected_rows", "column_absent"];

/// One `unknown` for rule, project and subject: months from first to last, each ground once in `facts.because`.
fn merged(meta: &Meta, cx: &CheckContext, mut verdicts: Vec<Verdict>) -> Finding {
    verdicts.sort_by_key(|verdict| verdict.period);
    let months = verdicts.iter().filter_map(|v| v.period).min().zip(verdicts.iter().filter_map(|v| v.period).max());
    let mut because: Vec<(Ground, Vec<Month>)> = Vec::new();
    for verdict in &verdicts {
        let ground = (verdict.reason, verdict.missing.clone(), verdict.held_by);
        match because.iter_mut().find(|(known, _)| *known == ground) {
            Some((_, months)) => months.extend(verdict.period),
            None => because.push((ground, verdict.period.into_iter().collect())),
        }
    }
    let weight = |reason: &str| REASONS.iter().position(|known| *known == reason).unwrap_or(REASONS.len());
    let mut missing: Vec<Dataset> = verdicts.iter().flat_map(|v| v.missing.iter().copied()).collect();
    missing.sort_unstable();
    missing.dedup();
    let mut one = Verdict::clear();
    one.outcome = Outcome::Unknown;
    one.reason = verdicts.iter().filter_map(|v| v.reason).min_by_key(|reason| weight(reason));
    one.held_by = verdicts.iter().find_map(|v| v.held_by);
    one.missing = missing;
    one.subject.clone_from(&verdicts[0].subject);
    one.due = verdicts.iter().filter_map(|v| v.due).min();
    for verdict in &verdicts {
        one.parameters.extend(verdict.parameters.clone());
    }
    if verdicts.len() == 1 {
        one.facts = std::mem::take(&mut verdicts[0].facts);
    }
    if because.len() > 1 {
        one.facts.insert("because".to_owned(), Value::Array(because.into_iter().map(ground_json).collect()));
    }
    let mut finding = finding(meta, cx, one);
    finding.months = months.map(|(from, to)| [from, to]);
    finding
}

type Ground = (Option<&'static str>, Vec<Dataset>, Option<&'static str>);

fn ground_json(((reason, missing, held_by), months): (Ground, Vec<Month>)) -> Value {
    let mut ground = Map::new();
    if let Some(reason) = reason {
        ground.insert("reason".to_owned(), json!(reason));
    }
    if !missing.is_empty() {
        ground.insert("missing".to_owned(), json!(missing));
    }
    if let Some(rule) = held_by {
        ground.insert("held_by".to_owned(), json!(rule));
    }
    ground.insert("months".to_owned(), json!(months));
    Value::Object(ground)
}

/// A finding in the words of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    pub rule: String,
    /// 中文名
    pub title: String,
    /// One sentence.
    pub facts: String,
    /// `《…》第…条`
    pub articles: Vec<String>,
    pub remedy: String,
    pub consequence: String,
    pub correct_in_wd: u32,
}

/// The words for one finding; a rule that no longer exists keeps its name.
pub fn telling(finding: &Finding, law: &Law) -> Telling {
    let on = finding.since.or(finding.due).or(finding.period.map(Month::last_day));
    let correct_in_wd = law.correct_in(&finding.rule, on);
    let Some(rule) = crate::catalogue::find(&finding.rule) else {
        return Telling {
            rule: finding.rule.clone(),
            title: finding.rule.clone(),
            facts: String::new(),
            articles: finding.basis.clone(),
            remedy: String::new(),
            consequence: String::new(),
            correct_in_wd,
        };
    };
    let meta = rule.meta();
    Telling {
        rule: meta.id.to_owned(),
        title: meta.name.to_owned(),
        facts: rule.tell(finding),
        articles: meta.articles.iter().map(|&text| text.to_owned()).collect(),
        remedy: meta.remedy.to_owned(),
        consequence: meta.consequence.to_owned(),
        correct_in_wd,
    }
}
