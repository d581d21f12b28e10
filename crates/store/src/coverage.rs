//! What was delivered at all, county-wide.

use chrono::{DateTime, Utc};
use model::{Coverage, Delivered};

use crate::db::{day, micros};
use crate::error::query;
use crate::placing::parse_dataset;
use crate::sheets::shown_code;
use crate::{Store, StoreError};

const NOW: &str = "select s.source, p.dataset, p.month, min(p.project_code), max(p.project_code), max(s.received_on) \
     from placement p join sheet s on s.sheet_id = p.sheet_id where p.is_current \
     group by s.source, p.dataset, p.month order by s.source, p.dataset, p.month";
const THEN: &str = "select s.source, p.dataset, p.month, min(p.project_code), max(p.project_code), max(s.received_on) \
     from (select dataset, month, project_code, sheet_id, row_number() over (partition by project_code, dataset, month, part \
     order by received_at desc, uploaded_on desc, rank desc, sheet_id desc) as place from placement where received_at <= $1) p \
     join sheet s on s.sheet_id = p.sheet_id where p.place = 1 \
     group by s.source, p.dataset, p.month order by s.source, p.dataset, p.month";

impl Store {
    /// Sums up all current sheets; `known_at` hides what was received later.
    pub async fn coverage(&self, known_at: Option<DateTime<Utc>>) -> Result<Coverage, StoreError> {
        let what = "汇总已收到的数据";
        let rows: Vec<(String, String, String, String, String, String)> = match known_at {
            None => on_either!(self, |pool| sqlx::query_as(NOW).fetch_all(pool).await).map_err(query(what))?,
            Some(at) => on_either!(self, |pool| sqlx::query_as(THEN).bind(micros(at)).fetch_all(pool).await).map_err(query(what))?,
        };
        let delivered = rows
            .into_iter()
            .map(|(source, dataset, month, lowest, highest, received)| {
                let month = if month.is_empty() { None } else { Some(month.parse().map_err(|_| StoreError::content("月份"))?) };
                Ok(Delivered {
                    source,
                    dataset: parse_dataset(&dataset)?,
                    month,
                    lowest: shown_code(&lowest)?,
                    highest: shown_code(&highest)?,
                    last_received: day(&received)?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Coverage { delivered })
    }
}
