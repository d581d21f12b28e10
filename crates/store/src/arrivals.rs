//! On which days something came: the days on which what was known changed.

use std::collections::{BTreeMap, BTreeSet};

use model::{Date, ProjectCode};

use crate::db::day;
use crate::error::query;
use crate::sheets::{COUNTY, shown_code};
use crate::{Store, StoreError};

const ARRIVALS: &str = "select distinct p.project_code, s.received_on from placement p join sheet s on s.sheet_id = p.sheet_id \
     where s.received_on > $1 order by p.project_code, s.received_on";

/// Civil days of receipt, by project; what is not about one project stands under `county`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrivals {
    pub projects: BTreeMap<ProjectCode, BTreeSet<Date>>,
    pub county: BTreeSet<Date>,
}

impl Arrivals {
    /// Every day on which anything came for anybody.
    pub fn days(&self) -> BTreeSet<Date> {
        self.projects.values().flatten().chain(&self.county).copied().collect()
    }
}

impl Store {
    /// Days after `since` on which sheets came.
    pub async fn arrivals(&self, since: Date) -> Result<Arrivals, StoreError> {
        let since = since.to_string();
        let rows: Vec<(String, String)> =
            on_either!(self, |pool| sqlx::query_as(ARRIVALS).bind(&since).fetch_all(pool).await).map_err(query("查找数据收到的日期"))?;
        let mut arrivals = Arrivals::default();
        for (code, received) in rows {
            let received = day(&received)?;
            if code == COUNTY {
                arrivals.county.insert(received);
            } else {
                arrivals.projects.entry(shown_code(&code)?).or_default().insert(received);
            }
        }
        Ok(arrivals)
    }
}
