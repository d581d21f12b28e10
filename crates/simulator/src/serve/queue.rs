//! What the server remembers: nonces, counts, uploads and the outcomes of asynchronous writes (§4.2).

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDateTime};
use platform::{AsyncState, Record};
use serde::Serialize;

use super::table::Row;

/// `GET /counts`.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Counts {
    pub calls: u64,
    /// Calls by the method they named.
    pub methods: BTreeMap<String, u64>,
    /// Answers by code; `http` stands for those that were no envelope.
    pub answers: BTreeMap<String, u64>,
    pub faults: BTreeMap<&'static str, u64>,
}

/// An uploaded row, its secret fields plain.
struct Upload {
    site: usize,
    object: &'static str,
    row: Row,
}

struct Ticket {
    site: usize,
    polls: u32,
    outcome: Result<String, String>,
}

#[derive(Default)]
pub struct Memory {
    pub counts: Counts,
    nonces: BTreeMap<(String, String), NaiveDateTime>,
    uploads: Vec<Upload>,
    tickets: BTreeMap<String, Ticket>,
    issued: u64,
}

/// What makes an uploaded row the same as one that is there (§10); none: every upload is a row of its own.
fn natural_key(object: &str) -> &'static [&'static str] {
    match object {
        "Corp" => &["corpCode"],
        "Project" => &["projectCode"],
        "ProjectSubContractor" => &["projectCode", "corpCode"],
        "Team" => &["teamSysNo"],
        "ProjectWorker" => &["projectCode", "idCardType", "idCardNumber"],
        "WorkerAttendance" => &["projectCode", "idCardType", "idCardNumber", "date"],
        _ => &[],
    }
}

pub fn is_same(object: &str, one: &Row, other: &Row) -> bool {
    let keys = natural_key(object);
    let text = |row: &Row, key: &str| Record::new(row).text(key);
    !keys.is_empty() && keys.iter().all(|key| text(one, key) == text(other, key))
}

impl Memory {
    /// False when this `appid` used the nonce within the window.
    pub fn take_nonce(&mut self, app_id: &str, nonce: &str, now: NaiveDateTime, window: Duration) -> bool {
        if self.nonces.len() > 100_000 {
            self.nonces.retain(|_, taken| (now - *taken).abs() <= window);
        }
        let before = self.nonces.insert((app_id.to_owned(), nonce.to_owned()), now);
        before.is_none_or(|taken| (now - taken).abs() > window)
    }

    /// A number never given before.
    pub fn issue(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    pub fn keep(&mut self, site: usize, object: &'static str, row: Row) {
        self.uploads.push(Upload { site, object, row });
    }

    /// Whether the project was added by this caller.
    pub fn owns(&self, site: usize, code: &str) -> bool {
        self.of(site, "Project").any(|row| Record::new(row).text("projectCode").as_deref() == Some(code))
    }

    fn of(&self, site: usize, object: &str) -> impl Iterator<Item = &Row> {
        self.uploads.iter().filter(move |upload| upload.site == site && upload.object == object).map(|upload| &upload.row)
    }

    /// The county's rows with what was uploaded laid over and added.
    pub fn merged(&self, site: usize, object: &str, mut rows: Vec<Row>) -> Vec<Row> {
        for upload in self.of(site, object) {
            match rows.iter_mut().find(|row| is_same(object, row, upload)) {
                Some(row) => row.extend(upload.iter().map(|(key, value)| (key.clone(), value.clone()))),
                None => rows.push(upload.clone()),
            }
        }
        rows
    }

    /// Serial code `<object>-<verb>-yyyyMMddHH-<node>-<seq>` under which the outcome can be asked for.
    pub fn accept(&mut self, site: usize, prefix: &str, now: NaiveDateTime, outcome: Result<String, String>) -> String {
        let serial = format!("{prefix}-{}-1-{:04}", now.format("%Y%m%d%H"), self.issue());
        self.tickets.insert(serial.clone(), Ticket { site, polls: 0, outcome });
        serial
    }

    /// The first poll always finds it pending.
    pub fn poll(&mut self, site: usize, serial: &str) -> Option<(AsyncState, String)> {
        let ticket = self.tickets.get_mut(serial).filter(|ticket| ticket.site == site)?;
        ticket.polls += 1;
        Some(match &ticket.outcome {
            _ if ticket.polls == 1 => (AsyncState::Pending, String::new()),
            Ok(result) => (AsyncState::Succeeded, result.clone()),
            Err(reason) => (AsyncState::Failed, reason.clone()),
        })
    }
}
