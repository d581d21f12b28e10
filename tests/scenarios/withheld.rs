//! A dataset that has not come is never held against anybody.

use crate::support::{County, Database, key_of, synthetic};

const AS_OF: &str = "2024-12-20";

fn withheld(dataset: &str) {
    let made = synthetic(&["--without", dataset]);
    let county = County::new(Database::Sqlite);
    let rules = county.anxin(&["--format", "json", "rules", "list"]).done().json();
    let dependent: Vec<&str> = rules
        .iter()
        .filter(|rule| rule["needs"].as_array().unwrap().iter().any(|need| need == dataset))
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert!(!dependent.is_empty(), "no rule needs {dataset}");

    county.deliver(&made.inbox);
    county.round();
    for finding in county.check(AS_OF).iter().filter(|f| dependent.contains(&f["rule"].as_str().unwrap())) {
        assert_ne!(finding["outcome"], "breach", "without {dataset}: {finding}");
    }
    for document in county.documents() {
        for item in document["items"].as_array().unwrap() {
            assert!(!dependent.contains(&item["rule"].as_str().unwrap()), "without {dataset}: a letter speaks of {item}");
        }
    }
    let unknown = county.check(AS_OF);
    let unknown = unknown.iter().filter(|f| f["outcome"] == "unknown" && dependent.contains(&f["rule"].as_str().unwrap()));
    let said = unknown.filter(|f| f["missing"].as_array().is_some_and(|list| list.iter().any(|m| m == dataset))).map(key_of).count();
    assert!(said > 0, "without {dataset}, no dependent rule says that it is missing");
}

macro_rules! each {
    ($($name:ident, $dataset:literal;)*) => {
        $(#[test]
        fn $name() {
            withheld($dataset);
        })*
    };
}

each! {
    without_payroll_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "payroll";
    without_ledger_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "ledger";
    without_attendance_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "attendance";
    without_payouts_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "payout";
    without_roster_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "roster";
    without_deposits_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "deposit";
    without_accounts_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "account";
    without_boards_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "board";
    without_process_settlements_dependent_rules_are_unknown_and_no_letter_speaks_of_them, "process_settlement";
}

/// The roster's own 否 still decides (rules.md §6, "Contract"); nothing else does.
#[test]
fn without_contracts_nobody_is_accused_but_where_the_roster_itself_says_no() {
    let made = synthetic(&["--without", "contract"]);
    let county = County::new(Database::Sqlite);
    county.import(&[&made.inbox]);
    let findings = county.check(AS_OF);
    let of_rule: Vec<_> = findings.iter().filter(|f| f["rule"] == "realname.no_contract").collect();
    assert!(of_rule.iter().any(|f| f["outcome"] == "unknown" && f["missing"][0] == "contract"));
    for breach in of_rule.iter().filter(|f| f["outcome"] == "breach") {
        for person in breach["facts"]["persons"].as_array().unwrap() {
            assert_eq!(person["why"], "roster_says_no", "{breach}");
        }
    }
}
