//! What goes into the store and what comes out of it.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use model::document::{Document, DocumentKind};
use model::{BatchId, CardKey, Dataset, Date, DocumentId, Finding, FindingKey, Month, PersonKey, ProjectCode, Sheet};

/// One received file or answer, read.
#[derive(Debug, Clone)]
pub struct NewBatch {
    pub source: String,
    /// Path as given.
    pub file: String,
    pub received_at: DateTime<Utc>,
    /// Civil day of the receipt in the county's zone.
    pub received_on: Date,
    pub sha256: [u8; 32],
    /// Name of the column mapping it was read with.
    pub mapping: String,
    /// Version of the reader.
    pub reader: u32,
    /// The bytes as received; empty: do not archive.
    pub content: Vec<u8>,
    pub report: serde_json::Value,
    pub sheets: Vec<Sheet>,
    pub persons: Vec<NewPerson>,
    pub cards: Vec<NewCard>,
    pub rejects: Vec<NewReject>,
}

/// Its `Debug` shows the mask only.
#[derive(Clone)]
pub struct NewPerson {
    pub key: PersonKey,
    pub id_number: String,
    pub masked: String,
    pub name: String,
}

/// Its `Debug` shows the mask only.
#[derive(Clone)]
pub struct NewCard {
    pub key: CardKey,
    pub number: String,
    pub masked: String,
}

impl fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewPerson({})", self.masked)
    }
}

impl fmt::Debug for NewCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewCard({})", self.masked)
    }
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReject {
    pub worksheet: String,
    pub row: u32,
    pub column: String,
    /// Masked by the reader.
    pub value: String,
    pub reason: String,
    pub mend: String,
    pub dataset: Option<Dataset>,
}

/// A kept reject and the batch it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReject {
    pub batch: BatchId,
    pub source: String,
    pub file: String,
    pub received_on: Date,
    pub reject: NewReject,
}

/// A project on whose current rosters a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSite {
    pub project: ProjectCode,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// What became of a [`NewBatch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutBatch {
    pub batch: BatchId,
    /// The same bytes, mapping and reader were stored before: nothing was written.
    pub unchanged: bool,
}

/// What [`crate::Store::place_pending`] did and left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// Sheets that waited before and have found their project.
    pub placed: u64,
    pub waiting: Vec<Waiting>,
}

/// A sheet whose project is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    pub dataset: Dataset,
    /// What the file says of the project, as written.
    pub place: String,
    pub file: String,
    pub rows: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SavedFindings {
    pub opened: u32,
    pub still: u32,
    pub cleared: u32,
    /// Not found, but not yet on enough days to be closed.
    pub clearing: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredFinding {
    pub finding: Finding,
    pub first_seen: Date,
    pub last_seen: Date,
    /// Day of the run that no longer found it.
    pub cleared_on: Option<Date>,
}

/// A finding that stands in a letter to somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Told {
    pub key: FindingKey,
    /// Name of the addressee.
    pub addressee: String,
    pub kind: DocumentKind,
    /// Day of the letter.
    pub dated: Date,
}

pub type ToldSet = BTreeSet<Told>;

#[derive(Debug, Clone)]
pub struct NewLetter {
    pub document: Document,
    pub number: Option<AllocatedNumber>,
    pub files: Vec<DocumentFile>,
    pub mails: Vec<NewMail>,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocatedNumber {
    pub series: String,
    pub year: i32,
    pub n: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFile {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocument {
    /// With its `id`.
    pub document: Document,
    /// In lists without bytes.
    pub files: Vec<DocumentFile>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// One mail per key, for ever.
    pub key: String,
    pub message_id: String,
    pub recipient: String,
    pub subject: String,
    /// The finished mail.
    pub mime: Vec<u8>,
    pub not_before: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMail {
    pub id: i64,
    pub document: Option<DocumentId>,
    pub key: String,
    pub message_id: String,
    pub recipient: String,
    pub subject: String,
    pub mime: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub attempts: u32,
    pub next_attempt_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct JobRun {
    pub id: i64,
    pub job: String,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    /// `None` while it runs or when it never ended.
    pub ok: Option<bool>,
    pub report: Option<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub act: String,
    pub subject: String,
    pub detail: serde_json::Value,
}

/// One unit of a gateway, asked for completely: a dataset of a project, with its month where it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pull {
    pub project: ProjectCode,
    pub dataset: Dataset,
    pub month: Option<Month>,
    /// Civil day of the answer.
    pub pulled_on: Date,
    pub rows: u64,
}
