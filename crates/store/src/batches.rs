//! Batches: received files and answers with everything read from them, written at once or not at all.

use model::BatchId;

use crate::db::{Tx, boxed, json, micros, text};
use crate::error::query;
use crate::sheets::{self, SheetRow};
use crate::workers::{CardRow, PersonRow};
use crate::{NewBatch, NewReject, PutBatch, Store, StoreError, placing, rejects, workers};

const FIND: &str = "select batch_id from batch where sha256 = $1 and mapping = $2 and reader = $3";
const INSERT: &str = "insert into batch (source, file, received_at, received_on, sha256, mapping, reader, size, archived, report) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (sha256, mapping, reader) do nothing returning batch_id";
const LAST_SHEET: &str = "select coalesce(max(sheet_id), 0) from sheet";

/// A batch packed and sealed, ready for the transaction.
struct Prepared {
    batch: NewBatch,
    archived: bool,
    sheets: Vec<SheetRow>,
    rejects: Vec<(Vec<u8>, NewReject)>,
}

/// All batches of one call, with the people of all of them.
struct Ready {
    batches: Vec<Prepared>,
    people: Vec<PersonRow>,
    cards: Vec<CardRow>,
}

impl Store {
    /// Whether the same bytes were read with the same mapping by the same reader before.
    pub async fn find_batch(&self, sha256: &[u8; 32], mapping: &str, reader: u32) -> Result<Option<BatchId>, StoreError> {
        let id: Option<i64> = on_either!(self, |pool| {
            sqlx::query_scalar(FIND).bind(&sha256[..]).bind(mapping).bind(i64::from(reader)).fetch_optional(pool).await
        })
        .map_err(query("查找已导入的文件"))?;
        Ok(id.map(BatchId))
    }

    /// Stores all batches in one transaction, places what can be placed, and returns after the commit. The received bytes
    /// are in the archive, on disk, before the transaction commits.
    pub async fn put_batches(&self, batches: Vec<NewBatch>) -> Result<Vec<PutBatch>, StoreError> {
        boxed(self.put_batches_now(batches)).await
    }

    async fn put_batches_now(&self, batches: Vec<NewBatch>) -> Result<Vec<PutBatch>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let store = self.clone();
        let prepared = tokio::task::spawn_blocking(move || store.prepare(batches));
        let Ready { batches, people, cards } = prepared.await.map_err(|_| StoreError::Interrupted { what: "准备写入" })??;
        let mut tx = self.begin().await?;
        workers::put_persons(&mut tx, &self.vault, people).await?;
        workers::put_cards(&mut tx, &self.vault, cards).await?;
        let mut next_id: i64 = in_tx!(&mut tx, |conn| sqlx::query_scalar(LAST_SHEET).fetch_one(conn).await).map_err(query("写入批次"))?;
        next_id += 1;
        let mut put = Vec::with_capacity(batches.len());
        let mut new = Vec::new();
        for Prepared { batch, archived, sheets, rejects } in batches {
            let Some(id) = insert(&mut tx, &batch, archived).await? else {
                put.push(PutBatch { batch: BatchId(standing(&mut tx, &batch).await?), unchanged: true });
                continue;
            };
            new.extend(sheets::insert(&mut tx, id, &mut next_id, sheets).await?);
            rejects::insert(&mut tx, id, rejects).await?;
            put.push(PutBatch { batch: BatchId(id), unchanged: false });
        }
        placing::place(&mut tx, new).await?;
        tx.commit().await?;
        Ok(put)
    }

    /// Everything that needs the processor rather than the database.
    fn prepare(&self, batches: Vec<NewBatch>) -> Result<Ready, StoreError> {
        let (people, cards) = workers::gather(&batches);
        let mut prepared = Vec::with_capacity(batches.len());
        for mut batch in batches {
            let archived = !batch.content.is_empty();
            if archived {
                self.write_archive(&batch.sha256, &batch.content)?;
            }
            let sheets = sheets::prepare(&mut batch)?;
            let rejects = std::mem::take(&mut batch.rejects);
            let rejects = rejects.into_iter().map(|reject| (self.vault.seal(reject.value.as_bytes()), reject)).collect();
            prepared.push(Prepared { batch, archived, sheets, rejects });
        }
        Ok(Ready { batches: prepared, people, cards })
    }
}

async fn insert(tx: &mut Tx, batch: &NewBatch, archived: bool) -> Result<Option<i64>, StoreError> {
    let report = json(&batch.report)?;
    in_tx!(tx, |conn| {
        sqlx::query_scalar(INSERT)
            .bind(text(&batch.source))
            .bind(text(&batch.file))
            .bind(micros(batch.received_at))
            .bind(batch.received_on.to_string())
            .bind(&batch.sha256[..])
            .bind(&batch.mapping)
            .bind(i64::from(batch.reader))
            .bind(i64::try_from(batch.content.len()).unwrap_or(i64::MAX))
            .bind(archived)
            .bind(&report)
            .fetch_optional(conn)
            .await
    })
    .map_err(query("写入批次"))
}

async fn standing(tx: &mut Tx, batch: &NewBatch) -> Result<i64, StoreError> {
    in_tx!(tx, |conn| {
        sqlx::query_scalar(FIND).bind(&batch.sha256[..]).bind(&batch.mapping).bind(i64::from(batch.reader)).fetch_one(conn).await
    })
    .map_err(query("查找已导入的文件"))
}
