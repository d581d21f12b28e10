//! What a pull says to people and other programs.

use model::{Dataset, ProjectCode};
use serde::Serialize;

use super::client::Usage;
use super::fault::Fault;
use crate::ImportReport;

/// One thing that was not pulled. Neither secrets nor personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotPulled {
    /// Null: of the endpoint as a whole.
    pub project: Option<ProjectCode>,
    pub dataset: Option<Dataset>,
    /// Month or day, where the unit is one.
    pub unit: Option<String>,
    pub what: String,
    pub mend: String,
}

impl NotPulled {
    pub fn whole(fault: &Fault) -> Self {
        Self { project: None, dataset: None, unit: None, what: fault.what.clone(), mend: fault.mend.clone() }
    }
}

/// All of a pull from one endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullReport {
    pub source: String,
    /// Units (project × dataset × month) that are complete.
    pub units: usize,
    pub rows: u64,
    pub not_pulled: Vec<NotPulled>,
    /// What was pulled with doubts: rows of another project, identities that could not be decrypted …
    pub notes: Vec<NotPulled>,
    pub usage: Usage,
    pub import: ImportReport,
}

impl PullReport {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), ..Self::default() }
    }

    pub(super) fn add(&mut self, imported: ImportReport) {
        self.import.files.extend(imported.files);
        self.import.placed += imported.placed;
        self.import.waiting = imported.waiting;
    }

    /// Rows kept and rejected by the import.
    #[must_use]
    pub fn rows_kept(&self) -> (u64, u64) {
        let sheets = self.import.files.iter().flat_map(|file| &file.sheets);
        sheets.fold((0, 0), |(kept, rejected), sheet| (kept + u64::from(sheet.kept), rejected + u64::from(sheet.rejected)))
    }

    /// Whether a person should look at it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_pulled.is_empty() && !self.import.has_rejects()
    }
}
