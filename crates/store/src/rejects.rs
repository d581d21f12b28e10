//! Rows that could not be read: kept, counted, shown; the value sealed.

use model::{BatchId, Date};

use crate::db::{Tx, count, day, text};
use crate::error::query;
use crate::placing::parse_dataset;
use crate::{NewReject, Store, StoreError, StoredReject};

pub(crate) async fn insert(tx: &mut Tx, batch_id: i64, rejects: Vec<(Vec<u8>, NewReject)>) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "写入读不懂的行",
        "insert into reject (batch_id, dataset, worksheet, row_no, column_name, value_sealed, reason, mend) ",
        "",
        rejects,
        |bind, row| {
            let (sealed, reject) = row;
            bind.push_bind(batch_id)
                .push_bind(reject.dataset.map(model::Dataset::code))
                .push_bind(text(&reject.worksheet))
                .push_bind(i64::from(reject.row))
                .push_bind(text(&reject.column))
                .push_bind(&sealed[..])
                .push_bind(text(&reject.reason))
                .push_bind(text(&reject.mend))
        }
    );
    Ok(())
}

const LIST: &str = "select b.batch_id, b.source, b.file, b.received_on, r.dataset, r.worksheet, r.row_no, r.column_name, r.value_sealed, \
     r.reason, r.mend from reject r join batch b on b.batch_id = r.batch_id where b.received_on >= $1 order by r.reject_id";

type Row = (i64, String, String, String, Option<String>, String, i64, String, Vec<u8>, String, String);

impl Store {
    /// Rejects of batches received on `received_since` or later, oldest first.
    pub async fn list_rejects(&self, received_since: Option<Date>) -> Result<Vec<StoredReject>, StoreError> {
        let since = received_since.map(|day| day.to_string()).unwrap_or_default();
        let rows: Vec<Row> =
            on_either!(self, |pool| sqlx::query_as(LIST).bind(&since).fetch_all(pool).await).map_err(query("列出读不懂的行"))?;
        rows.into_iter()
            .map(|(batch, source, file, received_on, dataset, worksheet, row, column, sealed, reason, mend)| {
                let value = String::from_utf8(self.vault.open(&sealed)?).map_err(|_| StoreError::content("读不懂的行"))?;
                let dataset = dataset.as_deref().map(parse_dataset).transpose()?;
                let reject = NewReject { worksheet, row: count(row), column, value, reason, mend, dataset };
                Ok(StoredReject { batch: BatchId(batch), source, file, received_on: day(&received_on)?, reject })
            })
            .collect()
    }
}
