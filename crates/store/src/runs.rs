//! Runs of jobs, with what they reported.

use chrono::{DateTime, Utc};

use crate::db::{json, micros, text, time};
use crate::error::query;
use crate::{JobRun, Store, StoreError};

const START: &str = "insert into job_run (job, started_at) values ($1, $2) returning run_id";
const FINISH: &str = "update job_run set finished_at = $2, ok = $3, report = $4 where run_id = $1";
const LAST: &str = "select run_id, job, started_at, finished_at, ok, report from job_run where job = $1 order by run_id desc limit 1";
const LIST: &str = "select run_id, job, started_at, finished_at, ok, report from job_run order by run_id desc limit $1";

type Row = (i64, String, i64, Option<i64>, Option<bool>, Option<String>);

impl Store {
    pub async fn start_run(&self, job: &str, at: DateTime<Utc>) -> Result<i64, StoreError> {
        on_either!(self, |pool| sqlx::query_scalar(START).bind(text(job)).bind(micros(at)).fetch_one(pool).await)
            .map_err(query("登记作业开始"))
    }

    pub async fn finish_run(&self, id: i64, at: DateTime<Utc>, ok: bool, report: &serde_json::Value) -> Result<(), StoreError> {
        let report = json(report)?;
        on_either!(self, |pool| sqlx::query(FINISH).bind(id).bind(micros(at)).bind(ok).bind(&report).execute(pool).await.map(|_| ()))
            .map_err(query("登记作业结束"))
    }

    /// The newest run of a job, finished or not.
    pub async fn last_run(&self, job: &str) -> Result<Option<JobRun>, StoreError> {
        let row: Option<Row> =
            on_either!(self, |pool| sqlx::query_as(LAST).bind(job).fetch_optional(pool).await).map_err(query("读取作业记录"))?;
        row.map(run).transpose()
    }

    /// Newest first.
    pub async fn list_runs(&self, limit: u32) -> Result<Vec<JobRun>, StoreError> {
        let rows: Vec<Row> =
            on_either!(self, |pool| sqlx::query_as(LIST).bind(i64::from(limit)).fetch_all(pool).await).map_err(query("读取作业记录"))?;
        rows.into_iter().map(run).collect()
    }
}

fn run((id, job, started_at, finished_at, ok, report): Row) -> Result<JobRun, StoreError> {
    let report = report.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| StoreError::content("作业记录"))?;
    Ok(JobRun { id, job, started_at: time(started_at)?, finished_at: finished_at.map(time).transpose()?, ok, report })
}
