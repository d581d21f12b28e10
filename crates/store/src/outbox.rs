//! Mails: written with the decision, sent afterwards, kept with every failure. One mail per key, for ever.

use chrono::{DateTime, Utc};
use model::DocumentId;

use crate::db::{Tx, count, micros, text, time};
use crate::error::query;
use crate::{NewMail, OutboxMail, Store, StoreError, Vault};

const DUE: &str = "select mail_id, document_id, mail_key, message_id, recipient, subject, mime_sealed, created_at, attempts, \
     next_attempt_at, sent_at, last_error from outbox where sent_at is null and next_attempt_at <= $1 \
     order by created_at, mail_id limit $2";
const LIST: &str = "select mail_id, document_id, mail_key, message_id, recipient, subject, mime_sealed, created_at, attempts, \
     next_attempt_at, sent_at, last_error from outbox order by created_at, mail_id";
const KNOWN: &str = "select count(*) from outbox where mail_key = $1";
const SENT: &str = "update outbox set sent_at = $2, attempted_at = $2, answer = $3, attempts = attempts + 1, last_error = null \
     where mail_id = $1 and sent_at is null";
const FAILED: &str = "update outbox set attempted_at = $2, last_error = $3, next_attempt_at = $4, attempts = attempts + 1 \
     where mail_id = $1 and sent_at is null";
const HOLD: &str = "update outbox set last_error = $2, next_attempt_at = $3 where document_id = $1 and sent_at is null";
const RETRY: &str = "update outbox set next_attempt_at = $1 where sent_at is null and next_attempt_at > $1";

type Row = (i64, Option<i64>, String, String, String, String, Vec<u8>, i64, i64, i64, Option<i64>, Option<String>);

/// A mail whose key exists already is not written again.
pub(crate) async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    document: Option<i64>,
    at: DateTime<Utc>,
    mails: &[NewMail],
) -> Result<(), StoreError> {
    let rows: Vec<(&NewMail, Vec<u8>)> = mails.iter().map(|mail| (mail, vault.seal(&mail.mime))).collect();
    insert_rows!(
        tx,
        "写入待发邮件",
        "insert into outbox (document_id, mail_key, message_id, recipient, subject, mime_sealed, created_at, attempts, next_attempt_at) ",
        " on conflict (mail_key) do nothing",
        rows,
        |bind, row| {
            let (mail, sealed) = row;
            bind.push_bind(document)
                .push_bind(&mail.key)
                .push_bind(&mail.message_id)
                .push_bind(text(&mail.recipient))
                .push_bind(text(&mail.subject))
                .push_bind(&sealed[..])
                .push_bind(micros(at))
                .push_bind(0_i64)
                .push_bind(micros(mail.not_before))
        }
    );
    Ok(())
}

impl Store {
    /// Mails that belong to no document (digests); in one transaction, known keys left alone.
    pub async fn put_mails(&self, at: DateTime<Utc>, mails: &[NewMail]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert(&mut tx, &self.vault, None, at, mails).await?;
        tx.commit().await
    }

    /// Whether a mail of this key was ever decided.
    pub async fn knows_mail(&self, key: &str) -> Result<bool, StoreError> {
        let count: i64 = on_either!(self, |pool| sqlx::query_scalar(KNOWN).bind(key).fetch_one(pool).await).map_err(query("查找邮件"))?;
        Ok(count > 0)
    }

    /// Unsent mails whose time has come, oldest first.
    pub async fn due_mails(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<OutboxMail>, StoreError> {
        let rows: Vec<Row> = on_either!(self, |pool| sqlx::query_as(DUE).bind(micros(now)).bind(i64::from(limit)).fetch_all(pool).await)
            .map_err(query("读取待发邮件"))?;
        rows.into_iter().map(|row| self.mail(row)).collect()
    }

    pub async fn mark_sent(&self, id: i64, at: DateTime<Utc>, answer: &str) -> Result<(), StoreError> {
        on_either!(self, |pool| sqlx::query(SENT).bind(id).bind(micros(at)).bind(text(answer)).execute(pool).await.map(|_| ()))
            .map_err(query("登记邮件已发"))
    }

    pub async fn mark_failed(&self, id: i64, at: DateTime<Utc>, error: &str, next_attempt_at: DateTime<Utc>) -> Result<(), StoreError> {
        on_either!(self, |pool| {
            let update = sqlx::query(FAILED).bind(id).bind(micros(at)).bind(text(error)).bind(micros(next_attempt_at));
            update.execute(pool).await.map(|_| ())
        })
        .map_err(query("登记邮件未发出"))
    }

    /// Keeps the unsent mails of a document back for a while; no attempt is counted. Gives how many there are.
    pub async fn hold_mails(&self, document: DocumentId, reason: &str, until: DateTime<Utc>) -> Result<u64, StoreError> {
        on_either!(self, |pool| {
            let update = sqlx::query(HOLD).bind(document.0).bind(text(reason)).bind(micros(until));
            update.execute(pool).await.map(|done| done.rows_affected())
        })
        .map_err(query("暂缓邮件"))
    }

    /// Sent and unsent, oldest first.
    pub async fn list_mails(&self) -> Result<Vec<OutboxMail>, StoreError> {
        let rows: Vec<Row> = on_either!(self, |pool| sqlx::query_as(LIST).fetch_all(pool).await).map_err(query("列出邮件"))?;
        rows.into_iter().map(|row| self.mail(row)).collect()
    }

    /// Makes every unsent mail due now; gives how many were waiting.
    pub async fn retry_mails(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        on_either!(self, |pool| sqlx::query(RETRY).bind(micros(now)).execute(pool).await.map(|done| done.rows_affected()))
            .map_err(query("重发邮件"))
    }

    fn mail(&self, row: Row) -> Result<OutboxMail, StoreError> {
        let (id, document, key, message_id, recipient, subject, sealed, created_at, attempts, next_attempt_at, sent_at, last_error) = row;
        Ok(OutboxMail {
            id,
            document: document.map(DocumentId),
            key,
            message_id,
            recipient,
            subject,
            mime: self.vault.open(&sealed)?,
            created_at: time(created_at)?,
            attempts: count(attempts),
            next_attempt_at: time(next_attempt_at)?,
            sent_at: sent_at.map(time).transpose()?,
            last_error,
        })
    }
}
