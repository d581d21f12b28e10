//! What officers set aside for a time. Rows are only added, and marked when withdrawn.

use chrono::{DateTime, Utc};
use model::{Date, Month, ProjectCode, Suppression};
use serde_json::json;

use crate::db::{day, micros, text, time};
use crate::error::query;
use crate::{Store, StoreError, audit};

const INSERT: &str = "insert into suppression (project_code, rule, period, subject, until, officer, reason, created_at) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "select suppression_id, project_code, rule, period, subject, until, officer, reason, created_at from suppression \
     where withdrawn_at is null and until >= $1 order by until, suppression_id";
const WITHDRAW: &str = "update suppression set withdrawn_at = $2, withdrawn_by = $3 where suppression_id = $1 and withdrawn_at is null";

type Row = (i64, String, String, String, Option<String>, String, String, String, i64);

impl Store {
    /// Remembers an exemption, with its audit row.
    pub async fn suppress(&self, new: &Suppression) -> Result<(), StoreError> {
        let period = new.period.map(|month| month.to_string()).unwrap_or_default();
        let (officer, reason) = (text(&new.officer), text(&new.reason));
        let subject = new.subject.as_deref().map(text);
        let mut tx = self.begin().await?;
        in_tx!(&mut tx, |conn| {
            let row = sqlx::query(INSERT).bind(new.project.as_str()).bind(text(&new.rule)).bind(&period).bind(&subject);
            let row = row.bind(new.until.to_string()).bind(&officer).bind(&reason).bind(micros(new.created_at));
            row.execute(conn).await.map(|_| ())
        })
        .map_err(query("写入豁免"))?;
        let detail = json!({ "rule": new.rule, "period": period, "subject": new.subject, "until": new.until, "reason": reason });
        audit::insert(&mut tx, new.created_at, &officer, "finding.suppress", new.project.as_str(), &detail).await?;
        tx.commit().await
    }

    /// Those that hold on a day, by their last day.
    pub async fn suppressions(&self, on: Date) -> Result<Vec<Suppression>, StoreError> {
        let rows: Vec<Row> =
            on_either!(self, |pool| sqlx::query_as(LIST).bind(on.to_string()).fetch_all(pool).await).map_err(query("读取豁免"))?;
        rows.into_iter()
            .map(|(id, project, rule, period, subject, until, officer, reason, created_at)| {
                let project = ProjectCode::parse(&project).ok_or_else(|| StoreError::content("项目编码"))?;
                let month = || period.parse::<Month>().map_err(|_| StoreError::content("月份"));
                let period = if period.is_empty() { None } else { Some(month()?) };
                Ok(Suppression { id, project, rule, period, subject, until: day(&until)?, officer, reason, created_at: time(created_at)? })
            })
            .collect()
    }

    /// Ends an exemption before its day; false when there is none that holds under this id.
    pub async fn withdraw_suppression(&self, id: i64, officer: &str, reason: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let (officer, reason) = (text(officer), text(reason));
        let mut tx = self.begin().await?;
        let ended = in_tx!(&mut tx, |conn| {
            sqlx::query(WITHDRAW).bind(id).bind(micros(at)).bind(&officer).execute(conn).await.map(|done| done.rows_affected())
        })
        .map_err(query("撤回豁免"))?;
        if ended > 0 {
            let detail = json!({ "reason": reason });
            audit::insert(&mut tx, at, &officer, "finding.unsuppress", &id.to_string(), &detail).await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }
}
