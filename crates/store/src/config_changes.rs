//! The passport of each figure: who changed it when, from what to what. Rows are only added.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::db::{json, micros, text, time};
use crate::error::query;
use crate::{Store, StoreError};

const LATEST: &str = "select c.name, c.after_json from config_change c where c.config_change_id = \
     (select max(d.config_change_id) from config_change d where d.name = c.name)";
const LIST: &str = "select changed_at, changed_by, file, name, before_json, after_json, sha256 from config_change \
     where ($1 = '' or name = $1) order by config_change_id";

/// One edit of one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigChange {
    pub at: DateTime<Utc>,
    /// Who the file belonged to when the program read it.
    pub by: String,
    pub file: String,
    /// Name of the figure.
    pub name: String,
    /// `null`: it was not there, or the program had never looked.
    pub before: Value,
    pub after: Value,
    /// Of the whole file as it was read.
    pub sha256: Vec<u8>,
}

type Row = (i64, String, String, String, String, String, Vec<u8>);

impl Store {
    /// The last recorded value of each figure.
    pub async fn config_values(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        let rows: Vec<(String, String)> =
            on_either!(self, |pool| sqlx::query_as(LATEST).fetch_all(pool).await).map_err(query("读取标准的变更记录"))?;
        rows.into_iter().map(|(name, after)| Ok((name, parse(&after)?))).collect()
    }

    /// Adds edits; all or none.
    pub async fn record_config_changes(&self, changes: &[ConfigChange]) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(changes.len());
        for change in changes {
            rows.push((change, json(&change.before)?, json(&change.after)?));
        }
        let mut tx = self.begin().await?;
        insert_rows!(
            &mut tx,
            "写入标准的变更记录",
            "insert into config_change (changed_at, changed_by, file, name, before_json, after_json, sha256) ",
            "",
            rows,
            |bind, row| {
                bind.push_bind(micros(row.0.at))
                    .push_bind(text(&row.0.by))
                    .push_bind(text(&row.0.file))
                    .push_bind(text(&row.0.name))
                    .push_bind(&row.1)
                    .push_bind(&row.2)
                    .push_bind(&row.0.sha256[..])
            }
        );
        tx.commit().await
    }

    /// The history of one figure, or of all (`None`); oldest first.
    pub async fn config_changes(&self, name: Option<&str>) -> Result<Vec<ConfigChange>, StoreError> {
        let name = name.unwrap_or_default();
        let rows: Vec<Row> =
            on_either!(self, |pool| sqlx::query_as(LIST).bind(name).fetch_all(pool).await).map_err(query("读取标准的变更记录"))?;
        rows.into_iter()
            .map(|(at, by, file, name, before, after, sha256)| {
                Ok(ConfigChange { at: time(at)?, by, file, name, before: parse(&before)?, after: parse(&after)?, sha256 })
            })
            .collect()
    }
}

fn parse(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::content("标准的变更记录"))
}
