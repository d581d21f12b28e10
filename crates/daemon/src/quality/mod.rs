//! Quality of what is delivered, by project and source. The numbers are those of platform.data_quality: the same rule, asked
//! under a law without limits, so that it tells what it counts and not only what is too much.

mod gather;
mod lists;

use model::{Dataset, Date, Month, Outcome, ProjectCode};
use serde::Serialize;

pub use gather::gather;
pub use lists::lists;

/// The report of a day.
#[derive(Debug, Clone, Default)]
pub struct Quality {
    pub projects: Vec<ProjectQuality>,
    pub sources: Vec<SourceQuality>,
    pub datasets: Vec<DatasetQuality>,
    pub files: Vec<FileQuality>,
}

/// What concerns a project as a whole.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectQuality {
    pub project: ProjectCode,
    pub project_name: String,
    /// Of platform.data_quality under the law in force; null: its status is not one that is looked at.
    pub outcome: Option<Outcome>,
    /// Why nothing is known, in Chinese.
    pub reason: Option<String>,
    /// The last full month, and the heads in it.
    pub month: Option<Month>,
    pub roster_heads: Option<u32>,
    pub attended_heads: Option<u32>,
    /// Payrolls whose total row does not fit, and statements whose balance has a gap.
    pub unbalanced_payrolls: u32,
    pub unbalanced_ledgers: u32,
}

/// Rows of one source.
#[derive(Debug, Clone, Serialize)]
pub struct SourceQuality {
    /// Null: of worksheets about several projects.
    pub project: Option<ProjectCode>,
    pub project_name: String,
    pub source: String,
    /// Of the current tables: read or refused.
    pub rows: u32,
    pub rejected: u32,
    /// Of them: identity numbers that have lost digits.
    pub damaged: u32,
    /// Of them: persons who stand there more than once.
    pub duplicate: u32,
}

/// One dataset of one source.
#[derive(Debug, Clone, Serialize)]
pub struct DatasetQuality {
    pub project: ProjectCode,
    pub project_name: String,
    pub source: String,
    pub dataset: Dataset,
    /// Day of the newest receipt.
    pub received_on: Date,
    /// Newest day the project's data speak of; null: the dataset has none.
    pub newest: Option<Date>,
    /// Until when newer data should have come.
    pub due: Option<Date>,
    pub days_late: u32,
    /// Lines kept whose identity number identifies nobody.
    pub bad_check: u32,
    pub masked: u32,
    pub digest: u32,
    pub without_number: u32,
}

/// A file of which nothing was kept and that was not sent again.
#[derive(Debug, Clone, Serialize)]
pub struct FileQuality {
    pub source: String,
    /// Long numbers in it are hidden.
    pub file: String,
    pub received_on: Date,
    pub rejected: u32,
}

impl Quality {
    /// What the owner of a source is told: its own rows, and of the projects what its data are part of.
    #[must_use]
    pub fn of_source(&self, source: &str) -> Self {
        let datasets: Vec<DatasetQuality> = self.datasets.iter().filter(|line| line.source == source).cloned().collect();
        let delivers = |project: &ProjectCode, wanted: &[Dataset]| {
            datasets.iter().any(|line| line.project == *project && wanted.contains(&line.dataset))
        };
        let projects = self.projects.iter().filter(|line| datasets.iter().any(|d| d.project == line.project)).map(|line| {
            let heads = delivers(&line.project, &[Dataset::Roster, Dataset::Attendance]);
            ProjectQuality {
                month: line.month.filter(|_| heads),
                roster_heads: line.roster_heads.filter(|_| heads),
                attended_heads: line.attended_heads.filter(|_| heads),
                unbalanced_payrolls: if delivers(&line.project, &[Dataset::Payroll]) { line.unbalanced_payrolls } else { 0 },
                unbalanced_ledgers: if delivers(&line.project, &[Dataset::Ledger]) { line.unbalanced_ledgers } else { 0 },
                // The judgement is that of all sources together.
                outcome: None,
                reason: None,
                ..line.clone()
            }
        });
        Self {
            projects: projects.collect(),
            sources: self.sources.iter().filter(|line| line.source == source).cloned().collect(),
            files: self.files.iter().filter(|line| line.source == source).cloned().collect(),
            datasets,
        }
    }

    /// Whether there is nothing to mend. Heads differ a little everywhere.
    pub fn is_in_order(&self) -> bool {
        let balanced =
            |line: &ProjectQuality| line.unbalanced_payrolls + line.unbalanced_ledgers == 0 && line.roster_heads == line.attended_heads;
        let current = |line: &DatasetQuality| line.days_late + line.bad_check + line.masked + line.digest + line.without_number == 0;
        self.files.is_empty()
            && self.projects.iter().all(balanced)
            && self.sources.iter().all(|line| line.rejected + line.damaged + line.duplicate == 0)
            && self.datasets.iter().all(current)
    }
}
