//! One unit: all pages of one query, each row once, going on where an earlier run stopped.

use std::collections::HashSet;

use platform::{Answer, Method};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::client::Endpoint;
use super::config::Access;
use super::fault::Fault;
use super::keep::Shelf;

/// Rows may move between pages while they are read: so often a unit that came out short is read once more.
const READINGS: u32 = 3;
/// Pages in a row without a new row after which nothing more is asked: paging is ignored, or the end was passed.
const STALE_PAGES: u32 = 2;
/// Queries whose answer may be the one row itself, without a list (§4.3).
const SINGLE: [&str; 2] = ["Payroll.Query", "Worker.Query"];
/// No gateway has so many pages of one unit; one that never ends is broken.
const MOST_PAGES: u32 = 200_000;

pub(super) type Row = Map<String, Value>;

/// Rows of a unit, in the order of the pages.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) rows: Vec<Row>,
    /// Answers as received, one JSON text a line.
    pub(super) raw: Vec<u8>,
    /// Fewer rows than the gateway said there were.
    pub(super) short_of: Option<u64>,
}

/// One query of one project.
pub(super) struct Ask<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) access: &'a Access,
    pub(super) method: &'a Method,
    /// Keys of `data` without paging.
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) shelf: Shelf,
    pub(super) most_bytes: u64,
}

impl Ask<'_> {
    /// Asks until nothing new comes. Of several readings the fullest counts.
    pub(super) async fn pull(&self) -> Result<Unit, Fault> {
        let mut best = Unit::default();
        for reading in 0..READINGS {
            let unit = self.read(reading).await?;
            let whole = unit.short_of.is_none();
            if reading == 0 || unit.rows.len() >= best.rows.len() {
                best = unit;
            }
            if whole {
                break;
            }
        }
        Ok(best)
    }

    async fn read(&self, reading: u32) -> Result<Unit, Fault> {
        let size = self.endpoint.config.page_size;
        let (mut unit, mut seen) = (Unit::default(), HashSet::new());
        let (mut total, mut received, mut stale) = (None, 0_u64, 0);
        for page in 0..MOST_PAGES {
            let (answer, body) = self.page(reading, page, size).await?;
            let found = answer.page();
            total = found.total.or(total);
            let count = found.rows.len() as u64;
            self.check(&answer, (page, count), total, received)?;
            received += count;
            // Rows move between pages; two equal rows of one page are two.
            let prints: Vec<[u8; 16]> = found.rows.iter().map(|row| print_of(row.object())).collect();
            let mut fresh = 0;
            for (row, print) in found.rows.iter().zip(&prints) {
                if !seen.contains(print) {
                    fresh += 1;
                    unit.rows.push(row.object().clone());
                }
            }
            seen.extend(prints);
            stale = if fresh == 0 { stale + 1 } else { 0 };
            if fresh > 0 || page == 0 {
                let line = json!({ "method": self.method.name, "page": page, "body": String::from_utf8_lossy(&body) });
                unit.raw.extend_from_slice(line.to_string().as_bytes());
                unit.raw.push(b'\n');
            }
            if unit.raw.len() as u64 > self.most_bytes {
                let what = format!("一次查询的数据超过 {} MB，没有收下", self.most_bytes >> 20);
                return Err(Fault::lasting(what, "请联系平台维护单位核对这项数据"));
            }
            // A total is a hint: it may end the pages where one is not full, and never while new rows come on full ones.
            let all = count < u64::from(size) && total.is_some_and(|total| received >= total);
            if count == 0 || all || stale == STALE_PAGES {
                break;
            }
        }
        unit.short_of = total.filter(|total| received < *total);
        Ok(unit)
    }

    /// Refuses an answer that may be a fault although it says success: no rows where there must be some.
    fn check(&self, answer: &Answer, (page, count): (u32, u64), total: Option<u64>, received: u64) -> Result<(), Fault> {
        let single = SINGLE.contains(&self.method.name);
        if answer.lists_rows() || count > 0 && single {
            return Ok(());
        }
        match total {
            Some(total) if received < total => Err(Fault::passing(format!("平台说有 {total} 行，却有一页没有给"))),
            Some(_) => Ok(()),
            None if count == 0 && page > 0 => Ok(()),
            None => Err(Fault::passing("应答里没有数据（rows）")),
        }
    }

    /// A page as received, now or before an interruption.
    async fn page(&self, reading: u32, page: u32, size: u32) -> Result<(Answer, Vec<u8>), Fault> {
        let name = format!("{reading}-{page:06}");
        if let Some(body) = self.shelf.get(&name) {
            return Ok((Answer::parse(&body).map_err(Fault::no_answer)?, body));
        }
        let (answer, body) = self.endpoint.query(self.method, &data(self.query, page, size), self.access).await?;
        // Without room to keep it the page is only pulled again after a kill.
        if let Err(cause) = self.shelf.put(&name, &body) {
            tracing::warn!(error = %cause, "a page could not be kept");
        }
        Ok((answer, body))
    }
}

/// Text of `data`: sorted keys, no spaces.
fn data(query: &[(&str, &str)], page: u32, size: u32) -> String {
    let mut data: Map<String, Value> = query.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect();
    data.insert("pageIndex".to_owned(), page.into());
    data.insert("pageSize".to_owned(), size.into());
    Value::Object(data).to_string()
}

fn print_of(row: &Row) -> [u8; 16] {
    let digest = Sha256::digest(Value::Object(row.clone()).to_string().as_bytes());
    digest[..16].try_into().expect("a digest has 32 bytes")
}
