//! What was refused and still counts: rows of the worksheets that current sheets came from, and files of which nothing was kept.

use std::collections::BTreeMap;

use model::{BatchId, Date, ProjectCode};
use serde_json::Value;

use crate::db::day;
use crate::error::query;
use crate::{Store, StoreError};

// Only batches with rejected rows: the reports of all others need not be read.
const WORKSHEETS: &str = "select distinct p.project_code, s.source, s.batch_id, s.worksheet from placement p \
     join sheet s on s.sheet_id = p.sheet_id where p.is_current and p.project_code <> '' \
     and exists (select 1 from reject r where r.batch_id = s.batch_id) order by s.batch_id, s.worksheet, p.project_code";
const REPORT: &str = "select report from batch where batch_id = $1";
// The same file sent again is the answer to the one before. One that could not be read has a reason and no rows.
const REFUSED: &str = "select b.batch_id, b.source, b.file, b.received_on from batch b \
     where (exists (select 1 from reject r where r.batch_id = b.batch_id) or b.report like '%\"error\":{%') \
     and not exists (select 1 from sheet s where s.batch_id = b.batch_id) \
     and not exists (select 1 from batch n where n.source = b.source and n.file = b.file and n.batch_id > b.batch_id) \
     order by b.batch_id";

/// Rows refused for who they name, by the worksheets of current sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPersons {
    /// `None`: of a worksheet about several projects.
    pub project: Option<ProjectCode>,
    pub source: String,
    /// Identity numbers that have lost digits.
    pub damaged: u64,
    /// Persons who stand there more than once.
    pub duplicate: u64,
}

/// A file of which no row was kept and that was not sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFile {
    pub source: String,
    pub file: String,
    pub received_on: Date,
    pub rejected: u64,
}

impl Store {
    /// Refused persons by project and source; only where there are any.
    pub async fn refused_persons(&self) -> Result<Vec<RefusedPersons>, StoreError> {
        let rows: Vec<(String, String, i64, String)> =
            on_either!(self, |pool| sqlx::query_as(WORKSHEETS).fetch_all(pool).await).map_err(query("汇总退回的人员"))?;
        let mut worksheets: BTreeMap<(i64, String), (String, Vec<String>)> = BTreeMap::new();
        for (project, source, batch, worksheet) in rows {
            worksheets.entry((batch, worksheet)).or_insert_with(|| (source, Vec::new())).1.push(project);
        }
        let mut counts: BTreeMap<(Option<String>, String), (u64, u64)> = BTreeMap::new();
        let mut read: Option<(i64, Value)> = None;
        for ((batch, worksheet), (source, projects)) in worksheets {
            if read.as_ref().is_none_or(|(of, _)| *of != batch) {
                read = Some((batch, self.batch_report(BatchId(batch)).await?));
            }
            let Some(sheet) = read.as_ref().and_then(|(_, report)| sheets(report).find(|sheet| sheet["sheet"] == *worksheet)) else {
                continue;
            };
            // Rejected rows of projects of which nothing was kept stand in the same worksheet.
            let of_one = projects.len() == 1 && sheet["projects"].as_array().is_none_or(|named| named.len() <= 1);
            let project = if of_one { projects.into_iter().next() } else { None };
            let entry = counts.entry((project, source)).or_default();
            entry.0 += sheet["identities"]["damaged"].as_u64().unwrap_or(0);
            entry.1 += sheet["identities"]["duplicate"].as_u64().unwrap_or(0);
        }
        let found = counts.into_iter().filter(|(_, (damaged, duplicate))| damaged + duplicate > 0);
        found
            .map(|((project, source), (damaged, duplicate))| {
                let parse = |code: &String| ProjectCode::parse(code).ok_or_else(|| StoreError::content("项目编码"));
                Ok(RefusedPersons { project: project.as_ref().map(parse).transpose()?, source, damaged, duplicate })
            })
            .collect()
    }

    /// Files of which no row was kept, oldest first.
    pub async fn refused_files(&self) -> Result<Vec<RefusedFile>, StoreError> {
        let rows: Vec<(i64, String, String, String)> =
            on_either!(self, |pool| sqlx::query_as(REFUSED).fetch_all(pool).await).map_err(query("汇总退回的文件"))?;
        let mut files = Vec::with_capacity(rows.len());
        for (batch, source, file, received) in rows {
            let report = self.batch_report(BatchId(batch)).await?;
            let rejected = sheets(&report).filter_map(|sheet| sheet["rejected"].as_u64()).sum();
            files.push(RefusedFile { source, file, received_on: day(&received)?, rejected });
        }
        Ok(files)
    }

    async fn batch_report(&self, batch: BatchId) -> Result<Value, StoreError> {
        let report: String =
            on_either!(self, |pool| sqlx::query_scalar(REPORT).bind(batch.0).fetch_one(pool).await).map_err(query("读取导入的结果"))?;
        serde_json::from_str(&report).map_err(|_| StoreError::content("导入的结果"))
    }
}

fn sheets(report: &Value) -> impl Iterator<Item = &Value> {
    report["sheets"].as_array().into_iter().flatten()
}
