//! Who did what, when: acts of persons and of the daemon. Rows are only added.

use chrono::{DateTime, Utc};

use crate::db::{Tx, json, micros, text, time};
use crate::error::query;
use crate::{AuditRow, Store, StoreError};

const INSERT: &str = "insert into audit (audited_at, actor, act, subject, detail) values ($1, $2, $3, $4, $5)";
const LIST: &str = "select audit_id, audited_at, actor, act, subject, detail from audit order by audit_id desc limit $1";

/// An audit row in the transaction of the act.
pub(crate) async fn insert(
    tx: &mut Tx,
    at: DateTime<Utc>,
    actor: &str,
    act: &str,
    subject: &str,
    detail: &serde_json::Value,
) -> Result<(), StoreError> {
    let detail = json(detail)?;
    in_tx!(tx, |conn| {
        let row = sqlx::query(INSERT).bind(micros(at)).bind(text(actor)).bind(text(act)).bind(text(subject)).bind(&detail);
        row.execute(conn).await.map(|_| ())
    })
    .map_err(query("写入审计记录"))
}

impl Store {
    pub async fn audit(
        &self,
        at: DateTime<Utc>,
        actor: &str,
        act: &str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert(&mut tx, at, actor, act, subject, detail).await?;
        tx.commit().await
    }

    /// Newest first.
    pub async fn list_audit(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows: Vec<(i64, i64, String, String, String, String)> =
            on_either!(self, |pool| sqlx::query_as(LIST).bind(i64::from(limit)).fetch_all(pool).await).map_err(query("读取审计记录"))?;
        rows.into_iter()
            .map(|(id, at, actor, act, subject, detail)| {
                let detail = serde_json::from_str(&detail).map_err(|_| StoreError::content("审计记录"))?;
                Ok(AuditRow { id, at: time(at)?, actor, act, subject, detail })
            })
            .collect()
    }
}
