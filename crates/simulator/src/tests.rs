use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::days::{as_of, date};

fn few(seed: u64) -> Options {
    Options { seed, workers: Some((20, 26)), ..Options::default() }
}

#[test]
fn county_2024_has_the_figures_of_the_report_for_every_seed() {
    for seed in 1..=10 {
        let planted = planted(&few(seed));
        let projects = |rule: &str| planted.summary[rule].projects;
        assert_eq!(planted.problems, 93);
        assert_eq!(projects("account.not_opened"), 16);
        assert_eq!(projects("deposit.unpaid"), 1);
        assert_eq!(projects("account.funding_late"), 11);
        assert_eq!(projects("platform.payroll_not_uploaded"), 11);
        assert_eq!(planted.summary.len(), 14, "each of the fourteen rules finds something");
        assert_eq!(planted.active, 47);
        assert_eq!((planted.notices, planted.orders), (18, 20));
    }
}

#[test]
fn the_same_projects_are_unfunded_and_without_upload() {
    let planted = planted(&few(7));
    let of = |rule: &str| -> Vec<String> {
        planted.problems_on(as_of()).into_iter().filter(|(_, r)| r == rule).map(|(project, _)| project).collect()
    };
    assert_eq!(of("account.funding_late"), of("platform.payroll_not_uploaded"));
}

#[test]
fn other_seeds_and_the_random_county_differ() {
    let random = |seed| planted(&Options { scenario: Scenario::CountyRandom, ..few(seed) });
    assert_ne!(planted(&few(1)).faults, planted(&few(2)).faults);
    let figures: BTreeSet<usize> = (1..=10).map(|seed| random(seed).problems).collect();
    assert!(figures.len() > 5, "{figures:?}");
}

/// The whole catalogue (rules.md §2).
const RULES: usize = 40;

#[test]
fn county_rules_breaks_every_rule_somewhere_and_nearly_breaks_it_elsewhere() {
    for seed in 1..=20 {
        let planted = planted(&Options { scenario: Scenario::CountyRules, ..few(seed) });
        let standing = planted.standing_on(as_of());
        let broken: BTreeSet<&str> = standing.iter().map(|c| c.rule.as_str()).collect();
        let nearly: BTreeSet<&str> = planted.near_misses.iter().map(|n| n.rule.as_str()).collect();
        assert_eq!((broken.len(), nearly.len()), (RULES, RULES), "seed {seed}");
        assert_eq!(broken, nearly, "seed {seed}");
        let keys: BTreeSet<_> = standing.iter().map(|c| (&c.rule, &c.project, c.period, &c.subject)).collect();
        assert_eq!(keys.len(), standing.len(), "seed {seed}: nothing is planted twice");
    }
}

#[test]
fn no_balance_is_negative_and_every_batch_is_one_debit() {
    for seed in 1..=6 {
        for (name, scenario) in Scenario::ALL {
            let (sites, _) = county(&Options { scenario, ..few(seed) });
            for site in sites.iter().filter(|s| !s.ledger.is_empty()) {
                assert!(site.ledger.iter().all(|e| e.balance >= 0), "{name}, seed {seed}, project {}: {:?}", site.no, site.role);
                for batch in site.batches.iter().filter(|b| !b.elsewhere && b.date <= site.ledger_until) {
                    let debit: i64 = site.ledger.iter().filter(|e| e.batch == batch.no).map(|e| -e.amount).sum();
                    assert_eq!(debit, batch.success_sum(), "seed {seed}, batch {}", batch.no);
                }
                let opened = site.account.as_ref().unwrap().opened;
                assert!(site.ledger[0].date >= opened, "seed {seed}, project {}: money before the account was opened", site.no);
            }
        }
    }
}

#[test]
fn payroll_payout_and_attendance_agree_where_nothing_is_planted() {
    let (sites, planted) = county(&few(4));
    let faulty: Vec<&str> = planted.faults.iter().map(|f| f.project.as_str()).collect();
    let near: Vec<&str> = planted.near_misses.iter().map(|n| n.project.as_str()).collect();
    for site in sites.iter().filter(|s| !faulty.contains(&s.code.as_str()) && !near.contains(&s.code.as_str())) {
        for paid in &site.months {
            let batch: BTreeMap<usize, i64> =
                site.batches.iter().filter(|b| b.month == paid.month).flat_map(|b| &b.lines).map(|l| (l.worker, l.amount)).collect();
            for line in &paid.lines {
                assert_eq!(batch.get(&line.worker), Some(&line.net));
                assert_eq!(line.gross - line.advance - line.deduction, line.net);
                assert_eq!(Some(site.workers[line.worker].attended[&paid.month].hundredths()), line.days);
            }
        }
        for worker in &site.workers {
            let first = people::first_attendance(worker);
            assert!(first.is_none_or(|first| worker.contract.is_some_and(|signed| signed <= first)));
        }
    }
}

#[test]
fn everybody_on_the_roster_came_in_october_and_november() {
    let (sites, planted) = county(&few(5));
    let planted: Vec<&str> = planted.faults.iter().filter(|f| f.kind == "roster-heads").map(|f| f.project.as_str()).collect();
    for site in sites.iter().filter(|s| s.status == world::Status::Active && !planted.contains(&s.code.as_str())) {
        let active: Vec<&world::Worker> = site.workers.iter().filter(|w| w.exit.is_none()).collect();
        for number in [10, 11] {
            let month = days::month(2024, number);
            let seen = active.iter().filter(|w| w.attended.contains_key(&month)).count();
            assert!((active.len() - seen) * 10 <= active.len(), "project {} in {month}: {seen} of {}", site.no, active.len());
        }
    }
}

/// Longer than two working days nobody is away from a site at work, not even at Spring Festival.
#[test]
fn three_working_days_without_attendance_are_planted_or_filed() {
    let almanac = days::Almanac::new();
    for scenario in [Scenario::County2024, Scenario::CountyRandom] {
        let (sites, planted) = county(&Options { scenario, ..few(6) });
        let stale: Vec<&str> = planted.faults.iter().filter(|f| f.kind == "attendance-stale").map(|f| f.project.as_str()).collect();
        for site in sites.iter().filter(|s| s.status == world::Status::Active && !stale.contains(&s.code.as_str())) {
            let came = |day: model::Date| {
                let of = |w: &world::Worker| w.attended.get(&model::Month::of(day)).is_some_and(|d| d.any() & days::bit(day) != 0);
                site.workers.iter().any(of)
            };
            let mut away = 0;
            for day in site.start.iter_days().take_while(|day| *day <= days::last_day()) {
                let filed = site.suspended.is_some_and(|from| day >= from && site.resumed.is_none_or(|to| day < to));
                if filed || came(day) {
                    away = 0;
                } else if almanac.not_before(day) == day {
                    away += 1;
                }
                assert!(away < 3, "{scenario:?}, project {}: nobody came until {day}", site.no);
            }
        }
    }
}

#[test]
fn before_the_pay_days_of_november_and_december_the_account_holds_the_wages() {
    let almanac = days::Almanac::new();
    let (sites, planted) = county(&few(8));
    let faulty: Vec<&str> = planted.faults.iter().map(|f| f.project.as_str()).collect();
    for site in sites.iter().filter(|s| s.status == world::Status::Active && !s.ledger.is_empty() && !faulty.contains(&s.code.as_str())) {
        for paid in site.months.iter().filter(|m| m.pay_day >= date(2024, 11, 1)) {
            let day = almanac.wd_before(paid.pay_day, 5);
            let balance = site.ledger.iter().rev().find(|e| e.date <= day).map_or(0, |e| e.balance);
            let wages =
                site.months.iter().filter(|m| m.month <= paid.month).rev().take(4).map(|m| m.lines.iter().map(|l| l.net).sum::<i64>());
            // Whether this month's wages are known yet or the months before stand for them.
            let most = wages.max().unwrap_or(0);
            assert!(balance >= most, "project {} ({:?}), {}: {balance} < {most} on {day}", site.no, site.role, paid.month);
        }
    }
}

#[test]
fn what_was_cured_stands_only_between_its_days() {
    let planted = planted(&few(1));
    let late = planted.near_misses.iter().flat_map(|n| &n.other_days).filter(|c| c.until.is_some()).collect::<Vec<_>>();
    assert_eq!(late.len(), 2);
    for breach in late {
        let (since, until) = (breach.since.unwrap(), breach.until.unwrap());
        assert!(since >= date(2024, 11, 1) && since <= until && until < as_of());
        assert!(!breach.stands_on(as_of()));
    }
}

fn files_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_every_format() {
    for (name, format) in Format::ALL {
        let options = Options { format, ..few(3) };
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let written = write(first.path(), &options).unwrap();
        write(second.path(), &options).unwrap();
        assert_eq!(files_of(first.path()), files_of(second.path()), "{name}");
        assert!(written.files < 800, "{name}: {}", written.files);
    }
}

#[test]
fn formats_and_withheld_datasets_do_not_change_what_was_planted() {
    let plain = planted(&few(9));
    assert_eq!(planted(&Options { format: Format::Xlsx, ..few(9) }), plain);
    assert_eq!(planted(&Options { without: vec![Dataset::Ledger], ..few(9) }), plain);
}

#[test]
fn the_published_table_is_what_the_simulator_plants() {
    let page = planted(&Options { seed: 2024, ..Options::default() }).page();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/county-2024.md");
    if std::env::var_os("ANXIN_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == page, "run with ANXIN_WRITE_DOCS=1 to write it anew");
}
