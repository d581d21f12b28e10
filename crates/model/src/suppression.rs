//! An exemption: a finding, or a rule on a project, that an officer sets aside for a time, with the reason.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Date, Finding, Month, ProjectCode};

/// Set aside up to and with `until`; the finding itself stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// 0 before it is stored.
    pub id: i64,
    pub project: ProjectCode,
    pub rule: String,
    /// `None`: all months.
    pub period: Option<Month>,
    /// `None`: whatever the finding is about.
    pub subject: Option<String>,
    /// Last day.
    pub until: Date,
    /// Code of the officer.
    pub officer: String,
    pub reason: String,
    pub created_at: DateTime<Utc>,
}

impl Suppression {
    pub fn covers(&self, finding: &Finding) -> bool {
        self.rule == finding.rule
            && self.project == finding.project
            && self.period.is_none_or(|period| finding.period == Some(period))
            && self.subject.as_ref().is_none_or(|subject| finding.subject.as_ref() == Some(subject))
    }
}
