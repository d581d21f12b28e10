//! A rule that got the same answers from two laws says the same under both: replay judges it once then.

use std::collections::BTreeSet;

use model::{Calendar, Date, Finding, Outcome, Severity};

use super::monotone::moved;
use super::{Case, cases_of, shipped_calendar, shipped_law};
use crate::catalogue::CATALOGUE;
use crate::check::{findings, windows};
use crate::facts::{Facts, Reading};
use crate::law::{Law, LawView};
use crate::rule::{CheckContext, Rule};

/// What replay looks at.
type Said = Vec<(String, Outcome, Option<Severity>, Option<Date>)>;

fn said(found: Vec<Finding>) -> Said {
    found.into_iter().map(|finding| (finding.key().to_string(), finding.outcome, finding.severity, finding.due)).collect()
}

/// What the rule says under the law of the case, and whether the other law answered differently.
fn beside(case: &Case, rule: &dyn Rule, other: &Law, calendar: &Calendar) -> (Said, bool) {
    let project = &case.dossier.project;
    let (law, of_windows) = (LawView::beside(&case.law, other, project), LawView::beside(&case.law, other, project));
    let reading = Reading::of(&case.dossier);
    let window_of = windows(&case.dossier, &of_windows, calendar);
    let facts = Facts::of(&reading, case.as_of, &window_of);
    let context = CheckContext { facts: &facts, dossier: &case.dossier, coverage: &case.coverage, law: &law, calendar, as_of: case.as_of };
    let found = said(findings(rule, &context));
    (found, law.differs() || of_windows.differs())
}

#[test]
fn where_two_laws_answer_alike_a_rule_says_the_same_under_both() {
    let (law, calendar) = (shipped_law(), shipped_calendar());
    let (mut alike, mut different, mut wrong) = (0, 0, BTreeSet::new());
    for rule in CATALOGUE.iter().copied() {
        let figures: Vec<&str> = law.parameters().map(|p| p.name.as_str()).filter(|name| rule.meta().uses(name)).collect();
        for case in cases_of(rule.meta().id, &law) {
            for figure in &figures {
                let Some(figure) = case.law.find(figure) else { continue };
                for value in moved(figure).into_iter().rev().step_by(3) {
                    let other = case.law.with(value);
                    let (before, differs) = beside(&case, rule, &other, &calendar);
                    if differs {
                        different += 1;
                        continue;
                    }
                    alike += 1;
                    let after = crate::check::check_with(&[rule], &case.dossier, &case.coverage, &other, &calendar, case.as_of);
                    if said(after) != before {
                        wrong.insert(format!("{} {}: {}", rule.meta().id, figure.name, case.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(alike > 1000 && different > 1000, "{alike} alike, {different} different");
}
