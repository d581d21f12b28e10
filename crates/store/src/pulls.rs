//! What was asked of gateways, completely, and when: data that did not change are as fresh as the last answer.

use chrono::{DateTime, Utc};
use model::{Month, ProjectCode};

use crate::db::{boxed, day, micros, text};
use crate::error::query;
use crate::placing::parse_dataset;
use crate::{Pull, Store, StoreError};

const RECORD: &str = "insert into pull (source, project_code, dataset, month, pulled_on, pulled_at, row_count) values ($1, $2, $3, $4, $5, $6, $7) \
     on conflict (source, project_code, dataset, month, pulled_on) do update set pulled_at = excluded.pulled_at, row_count = excluded.row_count";
const LAST: &str = "select project_code, dataset, month, max(pulled_on), max(row_count) from pull where source = $1 \
     group by project_code, dataset, month order by project_code, dataset, month";

impl Store {
    /// Records units that are complete and stored.
    pub async fn record_pulls(&self, source: &str, at: DateTime<Utc>, pulls: &[Pull]) -> Result<(), StoreError> {
        boxed(async {
            let mut tx = self.begin().await?;
            for pull in pulls {
                let month = pull.month.map(|month| month.to_string()).unwrap_or_default();
                in_tx!(&mut tx, |conn| {
                    sqlx::query(RECORD)
                        .bind(text(source))
                        .bind(pull.project.as_str())
                        .bind(pull.dataset.code())
                        .bind(&month)
                        .bind(pull.pulled_on.to_string())
                        .bind(micros(at))
                        .bind(i64::try_from(pull.rows).unwrap_or(i64::MAX))
                        .execute(conn)
                        .await
                        .map(|_| ())
                })
                .map_err(query("登记拉取"))?;
            }
            tx.commit().await
        })
        .await
    }

    /// The last complete pull of every unit of a source.
    pub async fn pulls(&self, source: &str) -> Result<Vec<Pull>, StoreError> {
        let rows: Vec<(String, String, String, String, i64)> =
            on_either!(self, |pool| sqlx::query_as(LAST).bind(source).fetch_all(pool).await).map_err(query("查找已拉取的数据"))?;
        let pull = |(project, dataset, month, on, rows): (String, String, String, String, i64)| {
            let month: Option<Month> =
                if month.is_empty() { None } else { Some(month.parse().map_err(|_| StoreError::content("月份"))?) };
            Ok(Pull {
                project: ProjectCode::parse(&project).ok_or_else(|| StoreError::content("项目编码"))?,
                dataset: parse_dataset(&dataset)?,
                month,
                pulled_on: day(&on)?,
                rows: u64::try_from(rows).unwrap_or_default(),
            })
        };
        rows.into_iter().map(pull).collect()
    }
}
