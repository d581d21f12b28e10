mod uploads;

use std::collections::BTreeSet;
use std::slice::from_ref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::{Dataset, FixedClock};
use platform::{Answer, Family, Kind, Record, Request, Secret, columns, corpsign, decrypt};
use serde_json::{Value, json};

use super::{Fault, Platform, Profile, ServeOptions};
use crate::files::attendance::punches;
use crate::files::{county as county_tables, grid::Cell, site as tables};
use crate::{Options, Scenario};

fn noon() -> DateTime<Utc> {
    "2024-12-20T12:00:00+08:00".parse().expect("a time")
}

fn options() -> ServeOptions {
    let county = Options { seed: 3, scenario: Scenario::County2024, workers: Some((4, 6)), ..Options::default() };
    ServeOptions { county, ..ServeOptions::default() }
}

/// A caller with the credentials of one project.
struct Caller {
    platform: Platform,
    at: usize,
    nonce: std::cell::Cell<u32>,
}

impl Caller {
    fn of(options: ServeOptions) -> Self {
        let platform = Platform::new(options, Arc::new(FixedClock(noon())));
        let at = platform.sites.iter().position(|site| site.has_people() && site.account.is_some()).expect("such a project");
        Self { platform, at, nonce: std::cell::Cell::new(0) }
    }

    fn code(&self) -> String {
        self.platform.sites[self.at].code.clone()
    }

    fn secret(&self) -> &Secret {
        &self.platform.credentials()[self.at].secret
    }

    fn form(&self, method: &str, data: &Value, change: impl FnOnce(&mut Request<'_>)) -> String {
        self.nonce.set(self.nonce.get() + 1);
        let (code, nonce, data) = (self.code(), format!("n{}", self.nonce.get()), data.to_string());
        let mut request = Request {
            method,
            version: "1.0",
            app_id: &code,
            app_id_field: "appid",
            nonce: &nonce,
            timestamp: "20241220120000",
            data: &data,
            corpsign: None,
        };
        change(&mut request);
        request.body(self.secret())
    }

    fn raw(&self, body: &str) -> Answer {
        let reply = self.platform.exchange(body.as_bytes());
        assert_eq!(reply.status, 200);
        Answer::parse(&reply.body).expect("an answer")
    }

    fn call(&self, method: &str, data: Value) -> Answer {
        let mut data = data;
        if let Some(object) = data.as_object_mut() {
            object.entry("projectCode").or_insert_with(|| self.code().into());
        }
        self.raw(&self.form(method, &data, |_| {}))
    }

    /// Every row, page by page, as text, in the order it came.
    fn all(&self, method: &str, query: &Value) -> Vec<String> {
        let mut rows = Vec::new();
        for index in 0.. {
            let mut query = query.clone();
            query["pageIndex"] = index.into();
            query["pageSize"] = 50.into();
            let answer = self.call(method, query);
            assert_eq!(answer.kind(Family::National), Kind::Ok, "{method}: {}", answer.message);
            let page = answer.page();
            rows.extend(page.rows.iter().map(|row| Value::Object(row.object().clone()).to_string()));
            if index + 1 >= page.pages.expect("a number of pages") {
                return rows;
            }
        }
        rows
    }
}

#[test]
fn every_heading_of_the_files_has_a_field_name() {
    let caller = Caller::of(options());
    for site in &caller.platform.sites {
        let mut grids = county_tables::tables(from_ref(site));
        grids.extend([tables::roster(site), tables::contracts(site), tables::ledger(site), punches(site)]);
        grids.extend(site.months.iter().map(|paid| tables::payroll(site, paid, 0)));
        grids.extend(site.batches.iter().map(|batch| tables::payout(site, batch)));
        for grid in grids.iter().filter(|grid| !matches!(grid.dataset, Dataset::Inspection | Dataset::Lead)) {
            for head in &grid.heads {
                assert!(columns(grid.dataset).iter().any(|column| column.heading == *head), "{}: {head}", grid.dataset);
            }
        }
    }
}

#[test]
fn extension_rows_carry_what_the_files_carry() {
    let caller = Caller::of(options());
    let site = &caller.platform.sites[caller.at];
    let paid: i64 = site.months.iter().filter(|m| !m.missing).flat_map(|m| &m.lines).map(|line| line.net).sum();
    let mut sum = 0.0;
    let rows = caller.all("WagePayroll.Query", &json!({}));
    for row in &rows {
        let row: Value = serde_json::from_str(row).expect("an object");
        sum += row["net"].as_f64().expect("a number");
        let id = decrypt(row["idNumber"].as_str().expect("text"), caller.secret()).expect("sealed with the caller's secret");
        assert!(id.starts_with("999999"));
    }
    #[expect(clippy::cast_precision_loss, reason = "a test's sums")]
    let paid = paid as f64 / 100.0;
    assert!((sum - paid).abs() < 0.005, "{sum} {paid}");
    let ledger = tables::ledger(site);
    assert_eq!(caller.all("WageAccountTransaction.Query", &json!({})).len(), ledger.rows.len());
    let half = caller.all("WageAccountTransaction.Query", &json!({"startDate": "2024-07-01", "endDate": "2024-12-31"})).len();
    assert!(half > 0 && half < ledger.rows.len());
    let batches: usize = site.batches.iter().map(|batch| batch.lines.len()).sum();
    assert_eq!(caller.all("WagePayout.Query", &json!({})).len(), batches);
    for method in ["ProjectRegister.Query", "WageAccount.Query"] {
        assert_eq!(caller.all(method, &json!({})).len(), 1, "{method}");
    }
}

#[test]
fn national_rows_of_a_month_are_those_of_the_county() {
    let caller = Caller::of(options());
    let site = &caller.platform.sites[caller.at];
    let known = site.workers.iter().filter(|worker| worker.on_roster).count();
    assert_eq!(caller.all("ProjectWorker.Query", &json!({})).len(), known);
    assert_eq!(caller.all("Team.Query", &json!({})).len(), site.teams.len());
    assert_eq!(caller.all("ProjectSubContractor.Query", &json!({})).len(), site.firms.len());
    let pulled: usize = (1..=31).map(|day| caller.all("WorkerAttendance.Query", &json!({"date": format!("2024-10-{day:02}")})).len()).sum();
    let october =
        |cells: &Vec<Cell>| cells.iter().any(|cell| matches!(cell, Cell::Stamp(day, _) if day.to_string().starts_with("2024-10")));
    assert_eq!(pulled, punches(site).rows.iter().filter(|cells| october(cells)).count());
    assert!(pulled > 0);
    let lines: usize = caller
        .all("Payroll.Query", &json!({"payMonth": "2024-09"}))
        .iter()
        .map(|row| serde_json::from_str::<Value>(row).expect("an object")["detailList"].as_array().map_or(0, Vec::len))
        .sum();
    let september = site.months.iter().find(|m| m.month.to_string() == "2024-09").map_or(0, |m| m.lines.len());
    assert_eq!(lines, september);
    assert!(lines > 0);
}

#[test]
fn refusals_come_in_the_order_of_the_checklist() {
    let caller = Caller::of(options());
    let data = json!({"projectCode": caller.code(), "pageIndex": 0, "pageSize": 50});
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("unknown appid", caller.form("Team.Query", &data, |r| (r.app_id, r.timestamp) = ("999999", "x")), "-1", "appid无效"),
        ("late timestamp", caller.form("Team.Query", &data, |r| r.timestamp = "20241220115359"), "-1", "timestamp"),
        ("used nonce", caller.form("Team.Query", &data, |r| r.nonce = "n1"), "-1", "nonce"),
        ("bad sign", caller.form("Team.Query", &data, |_| {}).replace("version=1.0", "version=1.1"), "-2", "签名"),
        ("unknown method", caller.form("Team.Guess", &json!([]), |_| {}), "-1", "method无效"),
        ("data is no object", caller.form("Team.Query", &json!([]), |_| {}), "-1", "data"),
        ("another project", caller.form("Team.Query", &json!({"projectCode": "99999919990101001"}), |_| {}), "-1", "projectCode"),
        ("no day", caller.form("WorkerAttendance.Query", &data, |_| {}), "-1", "[date]不能为空!"),
        ("large page", caller.form("Team.Query", &json!({"projectCode": caller.code(), "pageSize": 51}), |_| {}), "-1", "[pageSize]"),
        ("unknown serial", caller.form("AsyncHandleResult.Query", &json!({"requestSerialCode": "x"}), |_| {}), "1001", "requestSerialCode"),
    ];
    assert_eq!(caller.raw(&caller.form("CheckSign.Query", &json!({}), |r| r.nonce = "n1")).code, "0");
    for (what, body, code, message) in cases {
        let answer = caller.raw(&body);
        assert_eq!(answer.code, code, "{what}: {}", answer.message);
        assert!(answer.message.contains(message), "{what}: {}", answer.message);
    }
}

#[test]
fn five_minutes_and_fifty_nine_seconds_are_in_time() {
    let caller = Caller::of(options());
    let body = caller.form("CheckSign.Query", &json!({}), |r| r.timestamp = "20241220115400");
    assert_eq!(caller.raw(&body).code, "0");
    let ahead = Caller::of(ServeOptions { clock_skew_s: 361, ..options() });
    assert_eq!(ahead.call("CheckSign.Query", json!({})).code, "-1");
}

#[test]
fn larger_pages_are_cut_where_asked_for() {
    let caller = Caller::of(ServeOptions { clamp_pages: true, ..options() });
    let answer = caller.call("WagePayroll.Query", json!({"pageSize": 500}));
    assert_eq!((answer.page().size, answer.page().rows.len()), (Some(50), 50));
}

#[test]
fn a_dataset_left_out_and_an_extension_switched_off_say_so() {
    let county = Options { without: vec![Dataset::Payroll], ..options().county };
    let caller = Caller::of(ServeOptions { county, ..options() });
    for method in ["Payroll.Query", "WagePayroll.Query"] {
        assert_eq!(caller.call(method, json!({})).kind(Family::National), Kind::NotAllowed);
    }
    let national = Caller::of(ServeOptions { extensions: false, ..options() });
    assert!(national.call("WagePayroll.Query", json!({})).message.contains("method无效"));
    assert_eq!(national.call("Payroll.Query", json!({})).code, "0");
}

#[test]
fn flags_are_numbers_or_booleans() {
    for (boolean_flags, expected) in [(false, json!(1)), (true, json!(true))] {
        let caller = Caller::of(ServeOptions { boolean_flags, ..options() });
        let answer = caller.call("ProjectWorker.Query", json!({}));
        assert_eq!(answer.page().rows[0].get("hasBuyInsurance"), Some(&expected));
    }
}

#[test]
fn later_days_are_not_there_yet() {
    let today = "2024-06-30".parse().ok();
    let caller = Caller::of(ServeOptions { today, ..options() });
    let whole = Caller::of(options());
    let ledger = |caller: &Caller| caller.all("WageAccountTransaction.Query", &json!({})).len();
    assert!(ledger(&caller) > 0 && ledger(&caller) < ledger(&whole));
    let date = json!({"date": "2024-10-10"});
    assert_eq!(caller.all("WorkerAttendance.Query", &date).len(), 0);
    assert!(!whole.all("WorkerAttendance.Query", &date).is_empty());
}

#[test]
fn the_labour_gateway_has_its_own_codes_and_states() {
    let caller = Caller::of(ServeOptions { profile: Profile::Labour, ..options() });
    let body = caller.form("CheckSign.Query", &json!({}), |r| r.app_id_field = "appId");
    assert_eq!(caller.raw(&body).kind(Family::Labour), Kind::Ok);
    assert_eq!(caller.raw(&body.replace("appId=", "appId=9")).kind(Family::Labour), Kind::BadCredential);
    let firm = caller.platform.sites[caller.at].firms[0].clone();
    let team = json!({"corpCode": firm.code, "corpName": firm.name, "teamName": "测试新班组"});
    let serial = caller.call("Team.Upload", team.clone()).serial().expect("a serial");
    for expected in ["01", "03"] {
        let answer = caller.call("Async", json!({ "requestSerialCode": serial }));
        assert_eq!(answer.data().and_then(|data| data.text("status")).as_deref(), Some(expected));
    }
    assert_eq!(caller.call("Team.Upload", team).kind(Family::Labour), Kind::Duplicate);
}

#[test]
fn corpsign_is_tolerated_and_demanded_only_where_the_profile_says_so() {
    let key = Secret::new("f".repeat(32));
    for (profile, without) in [(Profile::National, "0"), (Profile::CorpsignRequired, "-2")] {
        let caller = Caller::of(ServeOptions { profile, ..options() });
        assert_eq!(caller.call("CheckSign.Query", json!({})).code, without);
        let corp = corpsign(&key, "20241220120000", caller.secret()).expect("32 characters");
        let data = json!({});
        caller.nonce.set(100);
        let request = Request {
            method: "CheckSign.Query",
            version: "1.1",
            app_id: &caller.code(),
            app_id_field: "appid",
            nonce: "with-corpsign",
            timestamp: "20241220120000",
            data: &data.to_string(),
            corpsign: Some(&corp),
        };
        assert_eq!(caller.raw(&request.body(caller.secret())).code, "0");
    }
}

#[test]
fn shifting_pages_repeat_rows_but_lose_none() {
    let caller = Caller::of(ServeOptions { faults: vec![Fault::ShiftingPages], fault_percent: 100, ..options() });
    let shifted = caller.all("WagePayroll.Query", &json!({}));
    let calm = Caller::of(options()).all("WagePayroll.Query", &json!({}));
    assert!(shifted.len() > calm.len());
    assert_eq!(shifted.iter().collect::<BTreeSet<_>>(), calm.iter().collect::<BTreeSet<_>>());
}

#[test]
fn a_fault_of_a_call_passes_and_one_of_a_row_stays() {
    let codes = |fault: Fault| {
        let caller = Caller::of(ServeOptions { faults: vec![fault], fault_percent: 50, ..options() });
        (0..20).map(|_| caller.call("CheckSign.Query", json!({})).code).collect::<Vec<_>>()
    };
    let limited = codes(Fault::RateLimit);
    assert!(limited.contains(&"-5".to_owned()) && limited.contains(&"0".to_owned()));
    assert_eq!(limited, codes(Fault::RateLimit));
    let caller = Caller::of(ServeOptions { faults: vec![Fault::BadDecrypt], fault_percent: 30, ..options() });
    let unreadable = || -> Vec<bool> {
        let answer = caller.call("WagePayroll.Query", json!({}));
        let sealed = |row: &Record<'_>| row.text("idNumber").expect("a number");
        answer.page().rows.iter().map(|row| decrypt(&sealed(row), caller.secret()).is_err()).collect()
    };
    let first = unreadable();
    assert!(first.contains(&true) && first.contains(&false));
    assert_eq!(first, unreadable());
}

#[test]
fn every_fault_can_be_seen_from_outside() {
    for (name, fault) in Fault::ALL {
        let caller = Caller::of(ServeOptions { faults: vec![*fault], fault_percent: 100, ..options() });
        let data = json!({"projectCode": caller.code(), "pageIndex": 1, "pageSize": 1});
        let reply = caller.platform.exchange(caller.form("ProjectWorker.Query", &data, |_| {}).as_bytes());
        let calm = Caller::of(options());
        let expected = calm.platform.exchange(calm.form("ProjectWorker.Query", &data, |_| {}).as_bytes());
        let differs = reply.body != expected.body || reply.status != expected.status || reply.wait_ms != expected.wait_ms;
        assert!(differs, "{name}");
        assert_eq!(caller.platform.counts().faults.get(name), Some(&1), "{name}");
    }
}

#[test]
fn secrets_differ_between_projects_and_come_from_the_seed() {
    let (one, same) = (Caller::of(options()), Caller::of(options()));
    let text = one.platform.credentials_file();
    assert_eq!(text, same.platform.credentials_file());
    let secrets: BTreeSet<&str> = one.platform.credentials().iter().map(|known| known.secret.expose()).collect();
    assert_eq!(secrets.len(), one.platform.sites.len());
    assert!(secrets.iter().all(|secret| secret.len() == 32));
    assert!(secrets.iter().any(|secret| secret.bytes().any(|b| b.is_ascii_punctuation())));
}
