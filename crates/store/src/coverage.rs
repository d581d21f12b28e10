//! What was delivered at all, county-wide.

use chrono::{DateTime, Utc};
use model::{Asked, Coverage, Delivered, ProjectCode};

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

const ASKED: &str = "select source, dataset, project_code, month, max(pulled_on) from pull where pulled_at <= $1 \
     group by source, dataset, project_code, month order by source, dataset, project_code, month";
/// Units with rows only: an answer without any says nothing of others.
const ANSWERED: &str = "select source, dataset, month, min(project_code), max(project_code), max(pulled_on) from pull \
     where pulled_at <= $1 and row_count > 0 group by source, dataset, month order by source, dataset, month";

impl Store {
    /// Sums up all current sheets; `known_at` hides what was received later.
    pub async fn coverage(&self, known_at: Option<DateTime<Utc>>) -> Result<Coverage, StoreError> {
        let what = "汇总已收到的数据";
        let until = known_at.map_or(i64::MAX, micros);
        let rows: Vec<(String, String, String, String, String, String)> = match known_at {
            None => on_either!(self, |pool| sqlx::query_as(NOW).fetch_all(pool).await).map_err(query(what))?,
            Some(at) => on_either!(self, |pool| sqlx::query_as(THEN).bind(micros(at)).fetch_all(pool).await).map_err(query(what))?,
        };
        let answered: Vec<(String, String, String, String, String, String)> =
            on_either!(self, |pool| sqlx::query_as(ANSWERED).bind(until).fetch_all(pool).await).map_err(query(what))?;
        let mut delivered = rows
            .into_iter()
            .chain(answered)
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
            .collect::<Result<Vec<Delivered>, StoreError>>()?;
        delivered.sort_by(|a, b| (&a.source, a.dataset, a.month, a.last_received).cmp(&(&b.source, b.dataset, b.month, b.last_received)));
        delivered.dedup_by(|newer, older| {
            // Data that did not change are as fresh as the last answer.
            let same = (&newer.source, newer.dataset, newer.month) == (&older.source, older.dataset, older.month);
            if same {
                older.last_received = newer.last_received;
                older.lowest = older.lowest.clone().min(newer.lowest.clone());
                older.highest = older.highest.clone().max(newer.highest.clone());
            }
            same
        });
        Ok(Coverage { delivered, asked: self.asked(until).await? })
    }

    /// The last complete answers of gateways up to a moment.
    async fn asked(&self, until: i64) -> Result<Vec<Asked>, StoreError> {
        let rows: Vec<(String, String, String, String, String)> =
            on_either!(self, |pool| sqlx::query_as(ASKED).bind(until).fetch_all(pool).await).map_err(query("汇总已拉取的数据"))?;
        let asked = |(source, dataset, project, month, on): (String, String, String, String, String)| {
            Ok(Asked {
                source,
                dataset: parse_dataset(&dataset)?,
                project: ProjectCode::parse(&project).ok_or_else(|| StoreError::content("项目编码"))?,
                month: if month.is_empty() { None } else { Some(month.parse().map_err(|_| StoreError::content("月份"))?) },
                on: day(&on)?,
            })
        };
        let mut asked = rows.into_iter().map(asked).collect::<Result<Vec<_>, StoreError>>()?;
        asked.sort_unstable();
        Ok(asked)
    }
}
