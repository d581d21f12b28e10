//! Facts about the database itself.

use crate::error::query;
use crate::{Store, StoreError};

const CLAIM: &str = "insert into meta (name, value) values ($1, $2) on conflict (name) do nothing";
const FIND: &str = "select value from meta where name = $1";

impl Store {
    /// Writes a value unless there is one, and gives the one that stands.
    pub(crate) async fn claim_meta(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let standing: Option<String> =
            on_either!(self, |pool| sqlx::query_scalar(FIND).bind(name).fetch_optional(pool).await).map_err(query("读取库信息"))?;
        if let Some(standing) = standing {
            return Ok(standing);
        }
        on_either!(self, |pool| sqlx::query(CLAIM).bind(name).bind(value).execute(pool).await.map(|_| ())).map_err(query("写入库信息"))?;
        on_either!(self, |pool| sqlx::query_scalar(FIND).bind(name).fetch_one(pool).await).map_err(query("读取库信息"))
    }
}
