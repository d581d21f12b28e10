//! Anxin's client against the mock platform and against a gateway somebody else wrote.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Chance, County, Database, Gateway, Running, repository, synthetic, write_secret};

const COUNTY: [&str; 6] = ["--seed", "3", "--scenario", "county-random", "--workers", "8,12"];
const DAY: &str = "2024-12-20";
/// Enough to have faults of many kinds, few enough to be quick.
const PROJECTS: usize = 10;

fn gateway(more: &[&str]) -> Gateway {
    Gateway::start(&[COUNTY.as_slice(), &["--today", DAY], more].concat())
}

type Key = (String, String, String, String);

fn keyed(findings: Vec<Value>) -> BTreeMap<Key, Value> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings.into_iter().map(|f| ((text(&f["rule"]), text(&f["project"]), text(&f["period"]), text(&f["subject"])), f)).collect()
}

/// What the wire, or the part that was pulled, does not carry: half days, the day a contract was signed, the total row of a sheet.
fn is_explained(key: &Key, pulled: &Value, filed: &Value) -> bool {
    let outcomes = (pulled["outcome"].as_str(), filed["outcome"].as_str());
    match key.0.as_str() {
        "realname.no_contract" => pulled["outcome"] == "unknown" && pulled["reason"] == "column_absent",
        "platform.data_quality" => {
            outcomes == (Some("clear"), Some("breach")) && filed["facts"]["items"][0]["item"] == "payroll_unbalanced"
        }
        "payroll.no_quantity_basis" | "payroll.late" | "payroll.attendance_gap" => outcomes == (Some("breach"), Some("breach")),
        // What is clear counts other projects of the same contractor, which were not pulled.
        _ => outcomes == (Some("clear"), Some("clear")),
    }
}

#[test]
fn files_and_the_platform_give_the_same_findings_on_both_databases() {
    let options = [COUNTY.as_slice(), &["--files", "csv-utf8", "--without", "inspection,lead,process_settlement"]].concat();
    let made = synthetic(&options);
    let gateway = gateway(&[]);
    let (credentials, codes) = gateway.credentials_of(0..PROJECTS);
    let filed = County::new(Database::Sqlite);
    // Lists of the whole county, and the folders of these projects.
    let lists = std::fs::read_dir(&made.inbox).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let folders = (1..=PROJECTS).map(|number| made.inbox.join(format!("{number:02}")));
    let paths: Vec<_> = lists.chain(folders).collect();
    filed.import(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let of_them = |findings: Vec<Value>| findings.into_iter().filter(|f| codes.iter().any(|code| f["project"] == **code)).collect();
    let filed = keyed(of_them(filed.check(DAY)));
    let mut both = Vec::new();
    for database in Database::BOTH {
        let county = County::new(database);
        county.pull_from(&gateway.address, &credentials, "since = \"2024-01\"");
        let report = county.pull();
        assert_eq!(
            (&report["not_pulled"], &report["rejected"], &report["notes"]),
            (&Value::from(Vec::<Value>::new()), &0.into(), &Value::from(Vec::<Value>::new()))
        );
        both.push(county.check(DAY));
    }
    assert_eq!(both[0], both[1]);
    let pulled = keyed(both.remove(0));
    assert_eq!(pulled.keys().collect::<Vec<_>>(), filed.keys().collect::<Vec<_>>());
    let differ: Vec<_> =
        pulled.iter().filter(|(key, finding)| filed[*key] != **finding && !is_explained(key, finding, &filed[*key])).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    let same = pulled.iter().filter(|(key, finding)| filed[*key] == **finding && finding["outcome"] == "breach").count();
    assert!(same > 5, "{same} breaches are the same");
}

#[test]
fn with_the_national_methods_alone_rules_say_what_they_lack() {
    let gateway = gateway(&["--no-extensions"]);
    let county = County::new(Database::Sqlite);
    let (credentials, _) = gateway.credentials_of(0..6);
    county.pull_from(&gateway.address, &credentials, "since = \"2024-10\"\nextensions = false");
    let report = county.pull();
    assert_eq!(report["not_pulled"], Value::from(Vec::<Value>::new()));
    let findings = county.check(DAY);
    let of = |rule: &str| {
        findings.iter().filter(|f| f["rule"] == rule).map(|f| (f["outcome"].clone(), f["missing"].clone())).collect::<Vec<_>>()
    };
    for (rule, dataset) in [
        ("account.not_opened", "account"),
        ("deposit.unpaid", "deposit"),
        ("site.board_missing", "board"),
        ("payroll.bank_mismatch", "payout"),
    ] {
        let said = of(rule);
        assert!(
            !said.is_empty() && said.iter().all(|(outcome, missing)| outcome == "unknown" && missing.to_string().contains(dataset)),
            "{rule}: {said:?}"
        );
    }
    assert!(findings.iter().any(|f| f["rule"] == "payroll.below_minimum" && f["outcome"] != "unknown"), "wages are there");
}

/// Everything but when it was received.
fn state(county: &County) -> Vec<Value> {
    county.check(DAY)
}

#[test]
fn under_every_fault_what_can_be_had_is_had_and_nothing_twice() {
    let sound = gateway(&[]);
    let (credentials, codes) = sound.credentials_of(0..3);
    let since = "since = \"2024-11\"\nretries = 6";
    let wanted = County::new(Database::Sqlite);
    wanted.pull_from(&sound.address, &credentials, since);
    wanted.pull();
    let wanted = state(&wanted);
    for fault in ["slow", "5xx", "html", "truncated", "rate-limit", "busy", "duplicate-pages", "shifting-pages"] {
        let gateway = gateway(&["--fault", fault, "--fault-rate", "10", "--slow", "50"]);
        let county = County::new(Database::Sqlite);
        county.pull_from(&gateway.address, &credentials, since);
        let mut report = county.pull();
        for _ in 0..3 {
            if report["not_pulled"].as_array().is_some_and(Vec::is_empty) {
                break;
            }
            report = county.pull();
        }
        assert_eq!(report["not_pulled"], Value::from(Vec::<Value>::new()), "{fault}");
        assert_eq!(state(&county), wanted, "{fault}");
    }
    for (fault, told) in [
        ("rows-null", "没有给"),
        ("redirect", "转到别的地址"),
        ("oversized", "超过"),
        ("wrong-project", "别的项目"),
        ("bad-decrypt", "解不开"),
        ("expired-nonce", "平台拒绝"),
    ] {
        let gateway = gateway(&["--fault", fault, "--fault-rate", "10"]);
        let county = County::new(Database::Sqlite);
        county.pull_from(&gateway.address, &credentials, &format!("{since}\nanswer_mb = 1"));
        let report = county.pull();
        assert!(report.to_string().contains(told), "{fault}: {report}");
        assert!(report["kept"].as_u64().is_some_and(|kept| kept > 100), "{fault}: {report}");
        let others = county.check(DAY).iter().filter(|f| !codes.iter().any(|code| f["project"] == *code)).count();
        assert_eq!(others, 0, "{fault}: only the projects of the credentials are there");
    }
}

#[test]
fn one_wrong_secret_stops_no_other_project() {
    let gateway = gateway(&[]);
    let (credentials, codes) = gateway.credentials_of(0..3);
    let text = std::fs::read_to_string(&credentials).unwrap();
    let mut all: toml::Table = text.parse().unwrap();
    all["project"][1]["secret"] = "ffffffffffffffffffffffffffffff00".into();
    write_secret(&credentials, &all.to_string());
    let county = County::new(Database::Sqlite);
    county.pull_from(&gateway.address, &credentials, "since = \"2024-12\"");
    let report = county.pull();
    let missed = report["not_pulled"].as_array().unwrap();
    assert!(
        !missed.is_empty() && missed.iter().all(|one| one["project"] == codes[1] && one["mend"].as_str().unwrap().contains("secret")),
        "{missed:?}"
    );
    let projects: std::collections::BTreeSet<String> =
        county.check(DAY).iter().map(|f| f["project"].as_str().unwrap().to_owned()).collect();
    assert_eq!(projects, [codes[0].clone(), codes[2].clone()].into());
    std::fs::set_permissions(&credentials, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(county.pull().to_string().contains("chmod 600"));
}

#[test]
fn a_second_pull_asks_little_and_changes_nothing() {
    let gateway = gateway(&[]);
    let (credentials, _) = gateway.credentials_of(0..2);
    let county = County::new(Database::Sqlite);
    county.pull_from(&gateway.address, &credentials, "since = \"2024-06\"");
    county.pull();
    let (first, before) = (gateway.calls(), state(&county));
    county.pull();
    let second = gateway.calls() - first;
    assert!(second * 3 < first, "{second} calls after {first}");
    assert_eq!(state(&county), before);
}

/// `ANXIN_TEST_KILLS` kills (default 4).
#[test]
fn a_pull_killed_at_random_moments_comes_to_the_same_end() {
    let kills: u32 = std::env::var("ANXIN_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let gateway = gateway(&["--latency", "2"]);
    let (credentials, _) = gateway.credentials_of(0..4);
    let since = "since = \"2024-10\"";
    let wanted = County::new(Database::Sqlite);
    wanted.pull_from(&gateway.address, &credentials, since);
    let began = std::time::Instant::now();
    wanted.pull();
    let whole = began.elapsed();
    let county = County::new(Database::Sqlite);
    county.pull_from(&gateway.address, &credentials, since);
    let mut chance = Chance::new();
    for _ in 0..kills {
        let mut running = county.start(&["once", "pull"]);
        running.kill_after(whole.mul_f64(f64::from(u32::try_from(chance.below(1000)).unwrap()) / 1000.0) + Duration::from_millis(20));
    }
    assert_eq!(county.pull()["not_pulled"], Value::from(Vec::<Value>::new()));
    assert_eq!(state(&county), state(&wanted));
}

#[test]
fn a_source_that_stops_makes_its_rules_unknown_and_tells_the_admin() {
    let gateway = gateway(&[]);
    let (credentials, codes) = gateway.credentials_of(0..6);
    let county = County::new(Database::Sqlite);
    county.pull_from(&gateway.address, &credentials, "since = \"2024-06\"\nretries = 0\ntimeout_seconds = 1");
    county.set_mail("admin", "admin@county.example");
    county.pull();
    // Decided, and the mail server takes nothing.
    county.set_mail("kind", "smtp");
    county.set_mail("relay", "127.0.0.1");
    county.set_mail("port", 9);
    county.set_mail("tls", "none");
    county.anxin(&["once", "check", "letters", "send"]);
    let unsent = county.outbox().iter().filter(|mail| mail["status"] != "sent").count();
    assert!(unsent > 0);
    county.set_mail("kind", "files");
    let breaches = |day: &str| county.breaches(day).len();
    assert!(breaches(DAY) > 0, "{codes:?}");
    gateway.running.terminate();
    std::thread::sleep(Duration::from_millis(500));
    county.at("2024-12-23T09:00:00+08:00");
    county.anxin(&["once", "pull"]).done().says(&["没有取到", "平台"]);
    assert!(breaches("2024-12-23") > 0, "three days without an answer are no silence yet");
    county.at("2024-12-24T09:00:00+08:00");
    county.anxin(&["once"]).done();
    assert_eq!(breaches("2024-12-24"), 0);
    let stale = county.check("2024-12-24").iter().filter(|f| f["reason"] == "feed_stale").count();
    assert!(stale > 20, "{stale}");
    let mails: Vec<String> = county.outbox().iter().map(|mail| format!("{} {}", mail["recipient"], mail["subject"])).collect();
    assert_eq!(mails.iter().filter(|mail| mail.contains("admin@county.example") && mail.contains("folder")).count(), 1, "{mails:?}");
    let held: Vec<Value> = county.outbox().into_iter().filter(|mail| mail["status"] != "sent").collect();
    assert_eq!(held.len(), unsent, "no letter goes out on data that may have been put right since");
    assert!(
        held.iter().all(|mail| mail["last_error"].as_str().is_some_and(|why| why.contains("来源 folder自 2024-12-20 起没有更新"))),
        "{held:?}"
    );
    county.anxin(&["once"]).done();
    assert_eq!(county.outbox().len(), mails.len(), "told once");
    // Who gives the gateway up says so by taking it out of the configuration.
    county.configure(|config| {
        config.remove("platform");
    });
    assert!(!county.breaches("2024-12-24").is_empty(), "it is awaited no more");
}

#[test]
fn no_secret_and_no_number_stands_in_any_log() {
    let gateway = gateway(&["--fault", "5xx,truncated,bad-decrypt", "--fault-rate", "5"]);
    let (credentials, _) = gateway.credentials_of(0..3);
    let county = County::new(Database::Sqlite);
    county.pull_from(&gateway.address, &credentials, "since = \"2024-11\"");
    let said = county.anxin(&["-vvv", "once", "pull"]).said();
    let secrets: toml::Table = std::fs::read_to_string(&credentials).unwrap().parse().unwrap();
    for project in secrets["project"].as_array().unwrap() {
        assert!(!said.contains(project["secret"].as_str().unwrap()));
    }
    let number = |word: &str| matches!(word.len(), 18 | 19) && word.starts_with("999999") && word[6..8] != *"20";
    let shown: Vec<&str> = said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| number(word)).collect();
    assert!(shown.is_empty(), "{shown:?}");
}

#[test]
fn it_pulls_from_a_gateway_somebody_else_wrote() {
    let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
    let platform = repository().join("tests/platform");
    let mut command = Command::new(python);
    command.arg(platform.join("server.py")).arg(platform.join("county.json"));
    let mut server = Running::start(&mut command);
    let line: Value = serde_json::from_str(&server.line()).unwrap();
    let data: Value = serde_json::from_str(&std::fs::read_to_string(platform.join("county.json")).unwrap()).unwrap();
    let county = County::new(Database::Sqlite);
    let mut text = String::new();
    for project in data["projects"].as_array().unwrap() {
        let (appid, secret) = (&project["appid"], &project["secret"]);
        text += &format!("[[project]]\ncode = {appid}\nappid = {appid}\nsecret = {secret}\n");
    }
    let credentials = county.desk().join("secrets.toml");
    write_secret(&credentials, &text);
    let extended = data.to_string().contains("ProjectRegister.Query");
    county.pull_from(line["address"].as_str().unwrap(), &credentials, &format!("since = \"2024-09\"\nextensions = {extended}"));
    let report = county.pull();
    assert_eq!(report["rejected"], 0, "{report}");
    assert!(report["kept"].as_u64().is_some_and(|kept| kept > 5), "{report}");
    let projects: std::collections::BTreeSet<String> =
        county.check(DAY).iter().map(|f| f["project"].as_str().unwrap().to_owned()).collect();
    assert_eq!(projects.len(), data["projects"].as_array().unwrap().len(), "{report}");
}
