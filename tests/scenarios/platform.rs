//! The mock platform against a client that knows nothing but the description of the interface.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::{Answer, Gateway, binary, synthetic};

const COUNTY: [&str; 4] = ["--seed", "5", "--workers", "3,5"];

#[test]
fn a_client_written_from_the_description_pulls_what_the_files_hold() {
    let files = synthetic(&[COUNTY.as_slice(), &["--files", "csv-utf8"]].concat());
    let gateway = Gateway::start(&COUNTY);
    let seen = gateway.client("compare", &[files.inbox.to_str().expect("a path in UTF-8")]).done().json().remove(0);
    assert_eq!(seen["differences"], serde_json::json!([]));
    for (what, least) in [("projects", 47), ("workers", 100), ("payroll_lines", 1_000), ("punches", 100), ("ledger_rows", 500)] {
        assert!(seen[what].as_u64().is_some_and(|count| count >= least), "{what}: {seen}");
    }
}

#[test]
fn such_a_client_uploads_and_polls_to_success() {
    let gateway = Gateway::start(&[COUNTY.as_slice(), &["--today", "2024-12-20"]].concat());
    let seen = gateway.client("upload", &[]).done().json().remove(0);
    assert_eq!(seen["states"], serde_json::json!([0, 20]));
    assert_eq!(seen["workers"], serde_json::json!(["999999199001010016"]));
    assert_eq!(seen["entry"], "2024-12-01 00:00:00");
    assert_eq!((seen["punches"].as_u64(), seen["paid"].as_u64()), (Some(2), Some(260)));
    let refused = seen["refused"].as_array().expect("two refusals");
    assert!(refused[0].as_str().is_some_and(|text| text.contains("已存在班组编号为:")), "{refused:?}");
    assert!(refused[1].as_str().is_some_and(|text| text.contains("[payMonth]不能大于今天!")), "{refused:?}");
}

#[test]
fn with_a_clock_six_minutes_off_nothing_is_answered() {
    let gateway = Gateway::start(&[COUNTY.as_slice(), &["--clock-skew", "400"]].concat());
    gateway.client("upload", &[]).ended(1).says(&["-1", "timestamp"]);
}

#[test]
fn its_secrets_are_private_and_it_ends_when_asked() {
    let gateway = Gateway::start(&COUNTY);
    let mode = std::fs::metadata(&gateway.credentials).expect("written before the address").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    gateway.running.terminate();
    gateway.running.end().done();
}

#[test]
fn what_it_does_not_know_it_says_with_what_there_is() {
    for (arguments, said) in [
        (["--fault", "slow,slower"], "没有故障 `slower`；可用：slow、5xx、html"),
        (["--profile", "provincial"], "没有网关 `provincial`；可用：national、labour、corpsign-required"),
        (["--flags", "yes"], "没有写法 `yes`；可用：int、bool"),
    ] {
        let output = Command::new(binary()).args(["simulate", "serve", "--port", "0"]).args(arguments).output().expect("the binary starts");
        Answer::of(output).ended(2).says(&[said]);
    }
}
