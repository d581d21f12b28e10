//! `kill -9` at random moments of a round; a normal round afterwards makes it good.
//!
//! `ANXIN_TEST_KILLS` says how many kills per database (default 4).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Chance, County, Database, Mailbox, synthetic};

/// What a county looks like from outside after a round.
#[derive(Debug, PartialEq)]
struct State {
    findings: Vec<Value>,
    letters: Vec<String>,
    mails: Vec<String>,
}

fn state(county: &County) -> State {
    let mut letters: Vec<String> = county
        .documents()
        .iter()
        .map(|d| format!("{} {} {} {} {} {}", d["kind"], d["status"], d["project"], d["addressee"], d["due"], d["items"]))
        .collect();
    letters.sort();
    let outbox = county.outbox();
    assert!(outbox.iter().all(|mail| mail["status"] == "sent"), "{outbox:?}");
    let mut mails: Vec<String> = outbox
        .iter()
        .map(|m| {
            format!("{} {}", m["recipient"].as_str().unwrap().replace(&county.mark, "mark"), without_number(m["subject"].as_str().unwrap()))
        })
        .collect();
    mails.sort();
    State { findings: county.check("2024-12-20"), letters, mails }
}

/// Numbers are given in the order of deciding, which a kill may change.
fn without_number(subject: &str) -> String {
    subject.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[track_caller]
fn assert_numbers_have_no_gap(county: &County) {
    let documents = county.documents();
    let numbers: BTreeSet<&str> = documents.iter().filter_map(|d| d["number"].as_str()).collect();
    let notices = documents.iter().filter(|d| d["kind"] == "risk_notice").count();
    assert_eq!(numbers.len(), notices, "each notice has a number of its own");
    for n in 1..=notices {
        assert!(numbers.iter().any(|number| number.contains(&format!("〕{n}号"))), "{n} is missing in {numbers:?}");
    }
}

/// Each mail of the outbox arrived; one that arrived twice did so under the same Message-ID, with the same bytes from us.
#[track_caller]
fn assert_all_arrived(county: &County) {
    let wanted: BTreeSet<String> = county.outbox().iter().map(|m| bare(m["message_id"].as_str().unwrap())).collect();
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let mails = Mailbox::open().delivered(&county.mark);
        let arrived: BTreeSet<String> = mails.iter().map(|mail| bare(&mail.message_id)).collect();
        if arrived.is_superset(&wanted) {
            assert_eq!(arrived, wanted, "a mail arrived that the outbox does not know");
            let mut copies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for mail in mails {
                let ours =
                    mail.raw.lines().skip_while(|line| !line.to_lowercase().starts_with("message-id:")).collect::<Vec<_>>().join("\n");
                copies.entry(mail.message_id).or_default().insert(ours);
            }
            assert!(copies.values().all(|texts| texts.len() == 1), "copies of one mail differ");
            return;
        }
        assert!(Instant::now() < deadline, "{} of {} mails arrived", arrived.len(), wanted.len());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn bare(message_id: &str) -> String {
    message_id.trim_matches(['<', '>']).to_owned()
}

fn fresh(database: Database, inbox: &Path) -> County {
    let county = County::with_mail_server(database);
    county.deliver(inbox);
    county
}

/// A round; PostgreSQL may need a moment to notice that the killed process is gone.
fn round_after_kill(county: &County) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = county.anxin(&["once"]);
        match answer.status {
            Some(0) => return,
            Some(1) if answer.err.contains("已有一个 anxin") && Instant::now() < deadline => {
                std::thread::park_timeout(Duration::from_millis(50));
            }
            _ => panic!("{}", answer.said()),
        }
    }
}

fn killed_rounds_end_like_an_undisturbed_one(database: Database) {
    let inbox = synthetic(&["--workers", "8,12"]).inbox;
    let kills: usize = std::env::var("ANXIN_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let reference = fresh(database, &inbox);
    let began = Instant::now();
    reference.round();
    let whole = began.elapsed();
    let expected = state(&reference);
    assert!(!expected.mails.is_empty());
    assert_all_arrived(&reference);
    let mut chance = Chance::new();
    let mut killed = 0;
    while killed < kills {
        let county = fresh(database, &inbox);
        let moment = whole.mul_f64(f64::from(u32::try_from(chance.below(1000)).unwrap()) / 1000.0);
        let alive = county.start(&["once"]).kill_after(moment);
        killed += usize::from(alive);
        round_after_kill(&county);
        assert!(state(&county) == expected, "{database:?}, killed after {moment:?}: {:#?}\nexpected {expected:#?}", state(&county));
        assert_numbers_have_no_gap(&county);
        assert_all_arrived(&county);
    }
}

#[test]
fn rounds_killed_at_random_moments_end_like_an_undisturbed_one_on_sqlite() {
    killed_rounds_end_like_an_undisturbed_one(Database::Sqlite);
}

#[test]
fn rounds_killed_at_random_moments_end_like_an_undisturbed_one_on_postgresql() {
    killed_rounds_end_like_an_undisturbed_one(Database::Postgres);
}
