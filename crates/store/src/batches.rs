//! Batches: received files and answers with everything read from them, written at once or not at all.

use model::BatchId;

use crate::db::{Tx, boxed, json, micros, text};
use crate::error::query;
use crate::sheets::{self, SheetRow};
use crate::{NewBatch, NewCard, NewPerson, NewReject, PutBatch, Store, StoreError, placing, rejects, workers};

const FIND: &str = "select batch_id from batch where sha256 = $1 and mapping = $2 and reader = $3";
const INSERT: &str = "insert into batch (source, file, received_at, received_on, sha256, mapping, reader, size, archived, report) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (sha256, mapping, reader) do nothing returning batch_id";
const LAST_SHEET: &str = "select coalesce(max(sheet_id), 0) from sheet";

/// A batch packed and sealed, its bytes in the archive: all that needs the processor is done.
pub struct PreparedBatch {
    batch: NewBatch,
    size: usize,
    sheets: Vec<SheetRow>,
    rejects: Vec<(Vec<u8>, NewReject)>,
}

impl PreparedBatch {
    /// Hash of the received bytes and name of the mapping: with the reader, what makes a batch the same batch.
    pub fn identity(&self) -> ([u8; 32], &str) {
        (self.batch.sha256, &self.batch.mapping)
    }

    /// The received bytes, when they are no longer needed here: their memory serves for the next file.
    pub fn take_content(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.batch.content)
    }
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

    /// Packs and seals a batch, and writes its bytes into the archive, durably. Works on the calling thread: it is the part
    /// of storing that several threads can do side by side.
    pub fn prepare_batch(&self, mut batch: NewBatch) -> Result<PreparedBatch, StoreError> {
        let size = batch.content.len();
        if size > 0 {
            self.write_archive(&batch.sha256, &batch.content)?;
        }
        let sheets = sheets::prepare(&mut batch)?;
        let rejects = std::mem::take(&mut batch.rejects);
        let rejects = rejects.into_iter().map(|reject| (self.vault.seal(reject.value.as_bytes()), reject)).collect();
        Ok(PreparedBatch { batch, size, sheets, rejects })
    }

    /// Stores all batches in one transaction, places what can be placed, and returns after the commit. The received bytes
    /// are in the archive, on disk, before the transaction commits.
    pub async fn put_batches(&self, batches: Vec<NewBatch>) -> Result<Vec<PutBatch>, StoreError> {
        let store = self.clone();
        let prepared = tokio::task::spawn_blocking(move || batches.into_iter().map(|batch| store.prepare_batch(batch)).collect());
        let prepared: Result<Vec<_>, _> = prepared.await.map_err(|_| StoreError::Interrupted { what: "准备写入" })?;
        self.put_prepared(prepared?, Vec::new(), Vec::new()).await
    }

    /// As [`Store::put_batches`], for batches prepared elsewhere; `persons` and `cards` are known besides those of the batches.
    pub async fn put_prepared(
        &self,
        batches: Vec<PreparedBatch>,
        persons: Vec<NewPerson>,
        cards: Vec<NewCard>,
    ) -> Result<Vec<PutBatch>, StoreError> {
        boxed(self.put_now(batches, persons, cards)).await
    }

    async fn put_now(
        &self,
        mut batches: Vec<PreparedBatch>,
        mut persons: Vec<NewPerson>,
        mut cards: Vec<NewCard>,
    ) -> Result<Vec<PutBatch>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        for prepared in &mut batches {
            persons.append(&mut prepared.batch.persons);
            cards.append(&mut prepared.batch.cards);
        }
        let mut tx = self.begin().await?;
        workers::put_persons(&mut tx, &self.vault, persons).await?;
        workers::put_cards(&mut tx, &self.vault, cards).await?;
        let mut next_id: i64 = in_tx!(&mut tx, |conn| sqlx::query_scalar(LAST_SHEET).fetch_one(conn).await).map_err(query("写入批次"))?;
        next_id += 1;
        let mut put = Vec::with_capacity(batches.len());
        let mut new = Vec::new();
        for prepared in batches {
            let Some(id) = insert(&mut tx, &prepared).await? else {
                put.push(PutBatch { batch: BatchId(standing(&mut tx, &prepared.batch).await?), unchanged: true });
                continue;
            };
            new.extend(sheets::insert(&mut tx, id, &mut next_id, prepared.sheets).await?);
            rejects::insert(&mut tx, id, prepared.rejects).await?;
            put.push(PutBatch { batch: BatchId(id), unchanged: false });
        }
        placing::place(&mut tx, new).await?;
        tx.commit().await?;
        Ok(put)
    }
}

async fn insert(tx: &mut Tx, prepared: &PreparedBatch) -> Result<Option<i64>, StoreError> {
    let batch = &prepared.batch;
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
            .bind(i64::try_from(prepared.size).unwrap_or(i64::MAX))
            .bind(prepared.size > 0)
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
