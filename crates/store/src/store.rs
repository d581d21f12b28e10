//! Signatures while the bodies are being written.
#![expect(clippy::unused_async, reason = "bodies follow")]
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::{BatchId, Coverage, Date, DocumentId, Dossier, Finding, FindingKey, ProjectCode};

use crate::{
    AuditRow, JobRun, NewBatch, NewLetter, OutboxMail, Placed, PutBatch, SavedFindings, StoreError, StoredDocument, StoredFinding,
    StoredReject, ToldSet, Vault,
};

#[derive(Clone)]
pub struct Store;
pub struct DaemonLock;

impl Store {
    pub async fn connect(_url: &str, _data_dir: &Path, _vault: Arc<Vault>) -> Result<Self, StoreError> {
        unimplemented!()
    }
    pub fn vault(&self) -> &Vault {
        unimplemented!()
    }
    pub async fn lock_daemon(&self) -> Result<DaemonLock, StoreError> {
        unimplemented!()
    }
    pub async fn find_batch(&self, _sha256: &[u8; 32], _mapping: &str, _reader: u32) -> Result<Option<BatchId>, StoreError> {
        unimplemented!()
    }
    pub async fn put_batches(&self, _batches: Vec<NewBatch>) -> Result<Vec<PutBatch>, StoreError> {
        unimplemented!()
    }
    pub async fn place_pending(&self) -> Result<Placed, StoreError> {
        unimplemented!()
    }
    pub async fn read_archive(&self, _sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        unimplemented!()
    }
    pub async fn list_rejects(&self, _received_since: Option<Date>) -> Result<Vec<StoredReject>, StoreError> {
        unimplemented!()
    }
    pub async fn project_codes(&self, _known_at: Option<DateTime<Utc>>) -> Result<Vec<ProjectCode>, StoreError> {
        unimplemented!()
    }
    pub async fn load_dossier(&self, _code: &ProjectCode, _known_at: Option<DateTime<Utc>>) -> Result<Option<Dossier>, StoreError> {
        unimplemented!()
    }
    pub async fn coverage(&self, _known_at: Option<DateTime<Utc>>) -> Result<Coverage, StoreError> {
        unimplemented!()
    }
    pub async fn save_findings(&self, _on: Date, _findings: &[Finding]) -> Result<SavedFindings, StoreError> {
        unimplemented!()
    }
    pub async fn open_findings(&self) -> Result<Vec<StoredFinding>, StoreError> {
        unimplemented!()
    }
    pub async fn find_finding(&self, _key: &FindingKey) -> Result<Option<StoredFinding>, StoreError> {
        unimplemented!()
    }
    pub async fn told(&self) -> Result<ToldSet, StoreError> {
        unimplemented!()
    }
    pub async fn next_number(&self, _series: &str, _year: i32) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn record_letter(&self, _letter: NewLetter) -> Result<Option<DocumentId>, StoreError> {
        unimplemented!()
    }
    pub async fn list_documents(&self) -> Result<Vec<StoredDocument>, StoreError> {
        unimplemented!()
    }
    pub async fn find_document(&self, _id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
        unimplemented!()
    }
    pub async fn due_mails(&self, _now: DateTime<Utc>, _limit: u32) -> Result<Vec<OutboxMail>, StoreError> {
        unimplemented!()
    }
    pub async fn mark_sent(&self, _id: i64, _at: DateTime<Utc>, _answer: &str) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn mark_failed(&self, _id: i64, _at: DateTime<Utc>, _error: &str, _next_attempt_at: DateTime<Utc>) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn list_mails(&self) -> Result<Vec<OutboxMail>, StoreError> {
        unimplemented!()
    }
    pub async fn retry_mails(&self, _now: DateTime<Utc>) -> Result<u64, StoreError> {
        unimplemented!()
    }
    pub async fn start_run(&self, _job: &str, _at: DateTime<Utc>) -> Result<i64, StoreError> {
        unimplemented!()
    }
    pub async fn finish_run(&self, _id: i64, _at: DateTime<Utc>, _ok: bool, _report: &serde_json::Value) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn last_run(&self, _job: &str) -> Result<Option<JobRun>, StoreError> {
        unimplemented!()
    }
    pub async fn audit(
        &self,
        _at: DateTime<Utc>,
        _actor: &str,
        _act: &str,
        _subject: &str,
        _detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn list_audit(&self, _limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        unimplemented!()
    }
}
