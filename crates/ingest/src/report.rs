//! What an import says to people and to other programs (rules.md §6, "Import as JSON").

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::{Dataset, Month};
use serde::Serialize;

use crate::cell::FaultKind;
use crate::classify::Class;
use crate::notes::unlisted_rows;
use crate::row::RowFault;
use crate::table::Limits;

/// Why a whole file could not be read, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileProblem {
    pub what: Cow<'static, str>,
    pub mend: Cow<'static, str>,
}

impl FileProblem {
    pub fn new(what: impl Into<Cow<'static, str>>, mend: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }
}

/// All of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    pub files: Vec<FileReport>,
    /// Sheets that had waited for their project and were placed.
    pub placed: u64,
    pub waiting: Vec<store::Waiting>,
}

impl ImportReport {
    /// Whether anything was refused: exit status 3.
    #[must_use]
    pub fn has_rejects(&self) -> bool {
        self.files.iter().any(FileReport::has_rejects)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReport {
    pub file: String,
    /// Place among the files that were given, an archive being one.
    pub slot: usize,
    /// SHA-256 of the bytes, in hexadecimal; empty when they could not be read at all.
    pub sha256: String,
    /// The same bytes had been read before.
    pub unchanged: bool,
    pub error: Option<FileProblem>,
    /// What is in it is not known yet: it could not be opened, is still being written, or the reader failed. It is read again.
    pub unsettled: bool,
    pub sheets: Vec<SheetReport>,
}

impl FileReport {
    /// Whether anything of it was refused.
    #[must_use]
    pub fn has_rejects(&self) -> bool {
        self.error.is_some() || self.sheets.iter().any(|sheet| sheet.rejected > 0 || !sheet.rejects.is_empty())
    }
}

/// One worksheet, or a whole text file. Serialises to the JSON line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SheetReport {
    pub file: String,
    /// Name of the worksheet; empty in text files.
    pub sheet: String,
    /// Null: not read (hidden, or no heading that is known).
    pub dataset: Option<Dataset>,
    pub projects: Vec<String>,
    pub months: Vec<Month>,
    pub rows: u32,
    pub kept: u32,
    pub rejected: u32,
    /// Rows recognised as not data.
    pub other: u32,
    pub other_kinds: BTreeMap<&'static str, u32>,
    pub unchanged: bool,
    /// Canonical heading → heading as in the file, or where else the value came from.
    pub mapping: BTreeMap<String, String>,
    /// Heading → canonical column, for a saved mapping.
    #[serde(skip)]
    pub assigned: Vec<(String, &'static str)>,
    pub rejects: Vec<Reject>,
    /// Why it was not read, what was decided on the way, what is kept but says too little.
    pub notes: Vec<Note>,
    /// Identities of the lines by kind (`valid`, `bad_check`, `masked`, `digest`, `other`, `missing`) and those of rejected rows
    /// (`damaged`, `duplicate`); only what occurs.
    pub identities: BTreeMap<&'static str, u32>,
}

impl SheetReport {
    /// Without the rejected rows one by one, which the store keeps apart with sealed values.
    #[must_use]
    pub fn summary(&self) -> Self {
        Self {
            file: self.file.clone(),
            sheet: self.sheet.clone(),
            projects: self.projects.clone(),
            months: self.months.clone(),
            other_kinds: self.other_kinds.clone(),
            mapping: self.mapping.clone(),
            assigned: Vec::new(),
            rejects: Vec::new(),
            notes: self.notes.clone(),
            identities: self.identities.clone(),
            ..*self
        }
    }
}

/// What the sender is told although no row was refused for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Note {
    /// First row it was met in; null: it concerns the worksheet as a whole.
    pub row: Option<u32>,
    /// Rows it concerns; 0 for the worksheet as a whole.
    pub count: u32,
    pub column: String,
    /// Text of the cell, as far as it may be shown.
    pub value: String,
    pub what: Cow<'static, str>,
    /// Empty where nothing has to be done.
    pub mend: Cow<'static, str>,
}

impl Note {
    pub fn whole(what: impl Into<Cow<'static, str>>, mend: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), mend: mend.into(), ..Self::default() }
    }

    /// `第 5 行等 3 行`; empty where it concerns the worksheet as a whole.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.row, self.count) {
            (Some(row), 0..=1) => format!("第 {row} 行"),
            (Some(row), count) => format!("第 {row} 行等 {count} 行"),
            (None, _) => String::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    pub row: u32,
    pub column: String,
    pub value: String,
    pub reason: Cow<'static, str>,
    pub mend: Cow<'static, str>,
}

/// Counts of a worksheet: kept + rejected + other = rows, always.
#[derive(Debug, Default)]
pub struct Tally {
    /// Faults listed at most.
    most: usize,
    /// Rejected rows that are counted only.
    unlisted: u32,
    pub rows: u32,
    pub kept: u32,
    pub rejected: u32,
    pub other: BTreeMap<&'static str, u32>,
    pub rejects: Vec<Reject>,
    pub projects: BTreeSet<String>,
    pub months: BTreeSet<Month>,
    pub notes: Vec<Note>,
    pub identities: BTreeMap<&'static str, u32>,
}

impl Tally {
    pub fn new(limits: &Limits) -> Self {
        Self { most: limits.rejects as usize, ..Self::default() }
    }

    pub fn other(&mut self, class: Class) {
        self.skipped(class.code());
    }

    pub fn skipped(&mut self, kind: &'static str) {
        self.rows += 1;
        *self.other.entry(kind).or_default() += 1;
    }

    pub fn kept(&mut self) {
        self.rows += 1;
        self.kept += 1;
    }

    pub fn reject(&mut self, row: u32, fault: RowFault) {
        self.rows += 1;
        self.rejected += 1;
        match fault.kind {
            FaultKind::Cell => {}
            FaultKind::Damaged => self.identity("damaged"),
            FaultKind::Duplicate => self.identity("duplicate"),
        }
        if self.rejects.len() < self.most {
            self.rejects.push(Reject { row, column: fault.column, value: fault.value, reason: fault.reason, mend: fault.mend });
        } else {
            self.unlisted += 1;
        }
    }

    pub fn identity(&mut self, kind: &'static str) {
        *self.identities.entry(kind).or_default() += 1;
    }

    pub fn finish(mut self, report: &mut SheetReport) {
        if self.unlisted > 0 {
            self.notes.push(unlisted_rows(self.unlisted));
        }
        report.other = self.other.values().sum();
        assert_eq!(self.kept + self.rejected + report.other, self.rows, "every row of the worksheet is counted once");
        report.rows = self.rows;
        report.kept = self.kept;
        report.rejected = self.rejected;
        report.other_kinds = self.other;
        report.rejects = self.rejects;
        report.projects = self.projects.into_iter().collect();
        report.months = self.months.into_iter().collect();
        report.notes = self.notes;
        report.identities = self.identities;
    }
}
