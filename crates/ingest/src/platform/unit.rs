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

/// Asks until nothing new comes. `query` are the keys of `data` without paging.
pub(super) async fn pull(
    endpoint: &Endpoint,
    access: &Access,
    method: &Method,
    query: &[(&str, &str)],
    shelf: &Shelf,
    most_bytes: u64,
) -> Result<Unit, Fault> {
    let mut unit = Unit::default();
    let mut seen = HashSet::new();
    for reading in 0..READINGS {
        let total = read_pages(endpoint, access, method, query, (shelf, reading), most_bytes, &mut seen, &mut unit).await?;
        unit.short_of = total.filter(|total| (unit.rows.len() as u64) < *total);
        if unit.short_of.is_none() {
            break;
        }
    }
    Ok(unit)
}

#[expect(clippy::too_many_arguments, reason = "one loop, cut out of one caller")]
async fn read_pages(
    endpoint: &Endpoint,
    access: &Access,
    method: &Method,
    query: &[(&str, &str)],
    (shelf, reading): (&Shelf, u32),
    most_bytes: u64,
    seen: &mut HashSet<[u8; 16]>,
    unit: &mut Unit,
) -> Result<Option<u64>, Fault> {
    let size = endpoint.config.page_size;
    let mut total = None;
    for page in 0..MOST_PAGES {
        let name = format!("{reading}-{page:06}");
        let body = if let Some(body) = shelf.get(&name) {
            body
        } else {
            let (_, body) = endpoint.query(method, &data(query, page, size), access).await?;
            // Without room to keep it the page is only pulled again after a kill.
            if let Err(cause) = shelf.put(&name, &body) {
                tracing::warn!(error = %cause, "a page could not be kept");
            }
            body
        };
        let answer = Answer::parse(&body).map_err(Fault::no_answer)?;
        let found = answer.page();
        let (mut fresh, count) = (0, found.rows.len());
        for row in &found.rows {
            if seen.insert(print_of(row.object())) {
                fresh += 1;
                unit.rows.push(row.object().clone());
            }
        }
        if fresh > 0 || page == 0 {
            unit.raw.extend_from_slice(
                json!({ "method": method.name, "page": page, "body": String::from_utf8_lossy(&body) }).to_string().as_bytes(),
            );
            unit.raw.push(b'\n');
        }
        if unit.raw.len() as u64 > most_bytes {
            let what = format!("一次查询的数据超过 {} MB，没有收下", most_bytes >> 20);
            return Err(Fault::call(what, "请核对平台的数据；确有必要的，调高配置 [limits] 的 file_bytes"));
        }
        total = found.total.or(total);
        let all = total.is_some_and(|total| unit.rows.len() as u64 >= total) && (count as u64) < u64::from(size);
        // A page that repeats what is known tells that paging is ignored, or that rows moved: what follows is asked for no more.
        if count == 0 || all || fresh == 0 && total.is_none() || past_the_end(page, size, total) {
            return Ok(total);
        }
    }
    Ok(total)
}

/// Whether the pages a total asks for are behind us, with one to spare for rows that moved.
fn past_the_end(page: u32, size: u32, total: Option<u64>) -> bool {
    total.is_some_and(|total| u64::from(page) > total.div_ceil(u64::from(size)))
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
