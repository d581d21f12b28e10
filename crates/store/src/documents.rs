//! Letters: content and files sealed, numbers without gaps, mails written in the transaction that decided them.

use std::collections::BTreeMap;

use model::document::{Document, DocumentKind};
use model::{DocumentId, Finding, FindingKey, ProjectCode};

use crate::db::{Tx, boxed, count, day, json, micros, text, time};
use crate::error::query;
use crate::{AllocatedNumber, DocumentFile, NewLetter, Store, StoreError, StoredDocument, Told, ToldSet, audit, outbox};

const TOLD: &str = "select f.rule, f.project_code, f.period, f.subject, d.addressee, d.kind, d.dated from document_finding f \
     join document d on d.document_id = f.document_id";
const HIGHEST: &str = "select coalesce(max(n), 0) from document_number where series = $1 and year = $2";
const INSERT: &str = "insert into document (uid, kind, status, number, project_code, addressee, dated, due, content_sealed, created_at) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning document_id";
const FIND_UID: &str = "select document_id from document where uid = $1";
const NUMBER: &str = "insert into document_number (series, year, n, document_id) values ($1, $2, $3, $4)";
const LIST: &str = "select document_id, content_sealed, created_at from document order by document_id";
const FIND: &str = "select document_id, content_sealed, created_at from document where document_id = $1";
const FILE_NAMES: &str = "select document_id, name, media_type from document_file order by document_id, position";
const FILES: &str = "select name, media_type, bytes_sealed from document_file where document_id = $1 order by position";

/// Key of the finding in four columns, addressee, kind, day.
type ToldRow = (String, String, String, Option<String>, String, String, String);

impl Store {
    /// Every finding that stands in a letter, and whose.
    pub async fn told(&self) -> Result<ToldSet, StoreError> {
        let rows: Vec<ToldRow> = on_either!(self, |pool| sqlx::query_as(TOLD).fetch_all(pool).await).map_err(query("读取已发文书"))?;
        rows.into_iter()
            .map(|(rule, project, period, subject, addressee, kind, dated)| {
                let damaged = || StoreError::content("文书");
                let project = ProjectCode::parse(&project).ok_or_else(damaged)?;
                let period = if period.is_empty() { None } else { Some(period.parse().map_err(|_| damaged())?) };
                let key = FindingKey { rule, project, period, subject };
                Ok(Told { key, addressee, kind: parse_kind(&kind).ok_or_else(damaged)?, dated: day(&dated)? })
            })
            .collect()
    }

    /// The number after the highest one used; it is taken only by [`Store::record_letter`].
    pub async fn next_number(&self, series: &str, year: i32) -> Result<u32, StoreError> {
        let highest: i64 = on_either!(self, |pool| sqlx::query_scalar(HIGHEST).bind(series).bind(i64::from(year)).fetch_one(pool).await)
            .map_err(query("取文号"))?;
        Ok(count(highest) + 1)
    }

    /// Document, findings, number, files, mails and audit row in one transaction. `None`, and nothing written, when a
    /// document of that uid exists. A number that does not follow the highest one is refused.
    pub async fn record_letter(&self, letter: NewLetter) -> Result<Option<DocumentId>, StoreError> {
        boxed(self.record_letter_now(letter)).await
    }

    async fn record_letter_now(&self, letter: NewLetter) -> Result<Option<DocumentId>, StoreError> {
        let mut tx = self.begin().await?;
        let uid = &letter.document.uid;
        let standing: Option<i64> =
            in_tx!(&mut tx, |conn| sqlx::query_scalar(FIND_UID).bind(uid).fetch_optional(conn).await).map_err(query("写入文书"))?;
        if standing.is_some() {
            return Ok(None);
        }
        if let Some(number) = &letter.number {
            check_number(&mut tx, number).await?;
        }
        let id = self.insert_document(&mut tx, &letter).await?;
        if let Some(number) = &letter.number {
            take_number(&mut tx, number, id).await?;
        }
        put_findings(&mut tx, id, &letter.document).await?;
        let files: Vec<(i64, &DocumentFile, Vec<u8>)> =
            (0..).zip(&letter.files).map(|(at, file)| (at, file, self.vault.seal(&file.bytes))).collect();
        insert_rows!(
            &mut tx,
            "写入文书附件",
            "insert into document_file (document_id, position, name, media_type, bytes_sealed) ",
            "",
            files,
            |bind, row| bind.push_bind(id).push_bind(row.0).push_bind(text(&row.1.name)).push_bind(&row.1.media_type).push_bind(&row.2[..])
        );
        outbox::insert(&mut tx, &self.vault, Some(id), letter.at, &letter.mails).await?;
        let document = &letter.document;
        let detail = serde_json::json!({
            "kind": document.kind.code(), "number": document.number, "addressee": document.addressee.name,
            "items": document.items.len(), "mails": letter.mails.len(),
        });
        audit::insert(&mut tx, letter.at, "anxin", "document.recorded", &format!("document/{id}"), &detail).await?;
        tx.commit().await?;
        Ok(Some(DocumentId(id)))
    }

    async fn insert_document(&self, tx: &mut Tx, letter: &NewLetter) -> Result<i64, StoreError> {
        let document = &letter.document;
        let content = self.vault.seal(json(document)?.as_bytes());
        in_tx!(tx, |conn| {
            sqlx::query_scalar(INSERT)
                .bind(&document.uid)
                .bind(document.kind.code())
                .bind(document.status.code())
                .bind(&document.number)
                .bind(document.project.as_str())
                .bind(text(&document.addressee.name))
                .bind(document.dated.to_string())
                .bind(document.due.to_string())
                .bind(&content[..])
                .bind(micros(letter.at))
                .fetch_one(conn)
                .await
        })
        .map_err(query("写入文书"))
    }

    /// All documents in the order they were made; their files without bytes.
    pub async fn list_documents(&self) -> Result<Vec<StoredDocument>, StoreError> {
        let what = "列出文书";
        let rows: Vec<(i64, Vec<u8>, i64)> = on_either!(self, |pool| sqlx::query_as(LIST).fetch_all(pool).await).map_err(query(what))?;
        let names: Vec<(i64, String, String)> =
            on_either!(self, |pool| sqlx::query_as(FILE_NAMES).fetch_all(pool).await).map_err(query(what))?;
        let mut files: BTreeMap<i64, Vec<DocumentFile>> = BTreeMap::new();
        for (id, name, media_type) in names {
            files.entry(id).or_default().push(DocumentFile { name, media_type, bytes: Vec::new() });
        }
        rows.into_iter().map(|row| self.stored_document(row, |id| files.remove(&id).unwrap_or_default())).collect()
    }

    /// With the bytes of its files.
    pub async fn find_document(&self, id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
        let what = "读取文书";
        let row: Option<(i64, Vec<u8>, i64)> =
            on_either!(self, |pool| sqlx::query_as(FIND).bind(id.0).fetch_optional(pool).await).map_err(query(what))?;
        let Some(row) = row else { return Ok(None) };
        let rows: Vec<(String, String, Vec<u8>)> =
            on_either!(self, |pool| sqlx::query_as(FILES).bind(id.0).fetch_all(pool).await).map_err(query(what))?;
        let mut files = Vec::with_capacity(rows.len());
        for (name, media_type, sealed) in rows {
            files.push(DocumentFile { name, media_type, bytes: self.vault.open(&sealed)? });
        }
        self.stored_document(row, |_| files).map(Some)
    }

    fn stored_document(
        &self,
        (id, sealed, created_at): (i64, Vec<u8>, i64),
        files: impl FnOnce(i64) -> Vec<DocumentFile>,
    ) -> Result<StoredDocument, StoreError> {
        let mut document: Document = serde_json::from_slice(&self.vault.open(&sealed)?).map_err(|_| StoreError::content("文书"))?;
        document.id = DocumentId(id);
        Ok(StoredDocument { document, files: files(id), created_at: time(created_at)? })
    }
}

/// Numbers follow one another: only the one after the highest is free.
async fn check_number(tx: &mut Tx, number: &AllocatedNumber) -> Result<(), StoreError> {
    let AllocatedNumber { series, year, n } = number;
    let highest: i64 = in_tx!(tx, |conn| sqlx::query_scalar(HIGHEST).bind(series).bind(i64::from(*year)).fetch_one(conn).await)
        .map_err(query("取文号"))?;
    let expected = count(highest) + 1;
    if *n == expected { Ok(()) } else { Err(StoreError::Number { series: series.clone(), year: *year, n: *n, expected }) }
}

async fn take_number(tx: &mut Tx, number: &AllocatedNumber, document_id: i64) -> Result<(), StoreError> {
    in_tx!(tx, |conn| {
        let insert = sqlx::query(NUMBER).bind(&number.series).bind(i64::from(number.year)).bind(i64::from(number.n)).bind(document_id);
        insert.execute(conn).await.map(|_| ())
    })
    .map_err(query("取文号"))
}

async fn put_findings(tx: &mut Tx, document_id: i64, document: &Document) -> Result<(), StoreError> {
    let keys: BTreeMap<String, FindingKey> =
        document.items.iter().flat_map(|item| &item.findings).map(Finding::key).map(|key| (text(&key.to_string()), key)).collect();
    let keys: Vec<(String, FindingKey)> = keys.into_iter().collect();
    insert_rows!(
        tx,
        "写入文书所列问题",
        "insert into document_finding (document_id, finding_key, rule, project_code, period, subject) ",
        "",
        keys,
        |bind, row| {
            bind.push_bind(document_id)
                .push_bind(&row.0)
                .push_bind(&row.1.rule)
                .push_bind(row.1.project.as_str())
                .push_bind(row.1.period.map(|month| month.to_string()).unwrap_or_default())
                .push_bind(row.1.subject.as_deref().map(text))
        }
    );
    Ok(())
}

fn parse_kind(code: &str) -> Option<DocumentKind> {
    [DocumentKind::RiskNotice, DocumentKind::RectificationOrder].into_iter().find(|kind| kind.code() == code)
}
