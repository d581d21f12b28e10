//! What a rule says of a project: breach, clear or unknown, with everything needed to say it again.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Dataset, Date, Fen, Month, ProjectCode};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Breach,
    Clear,
    /// Data missing or stale. Never an accusation.
    Unknown,
}

/// What follows from a breach; ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 风险提示函
    Notice,
    /// 限期改正指令书 (draft)
    Order,
    /// A person at once; internal mail only
    Escalate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    Owner,
    GeneralContractor,
    Subcontractor,
}

impl PartyRole {
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Owner => "建设单位",
            Self::GeneralContractor => "施工总承包单位",
            Self::Subcontractor => "分包单位",
        }
    }
}

/// To whom the fault is put: the addressee of the letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Party {
    pub role: PartyRole,
    pub name: String,
    /// 统一社会信用代码, where known.
    pub code: Option<String>,
}

/// A dated value a finding rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsedParameter {
    pub value: serde_json::Value,
    /// The day the value came into force; `None` for a policy choice without date.
    pub from: Option<Date>,
}

/// One line of `anxin check --format json` (design.md §6). Field order is the order of the keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub project: ProjectCode,
    pub period: Option<Month>,
    pub subject: Option<String>,
    pub outcome: Outcome,
    pub severity: Option<Severity>,
    /// First day of the breach: the day after `due`.
    pub since: Option<Date>,
    pub due: Option<Date>,
    /// The money in question (difference, shortfall, unpaid sum).
    pub amount_fen: Option<Fen>,
    pub workers: Option<u32>,
    pub basis: Vec<String>,
    pub parameters: BTreeMap<String, UsedParameter>,
    pub facts: serde_json::Map<String, serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub upcoming: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_of: Option<String>,
    /// First and last month an `unknown` speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<[Month; 2]>,
    /// Datasets an `unknown` lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Dataset>,
    /// Why an `unknown` is one, where no dataset is missing (`law_gap`, `calendar_gap`, `column_absent`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What makes a finding the same finding on another day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    pub rule: String,
    pub project: ProjectCode,
    pub period: Option<Month>,
    pub subject: Option<String>,
}

impl Finding {
    pub fn key(&self) -> FindingKey {
        FindingKey { rule: self.rule.clone(), project: self.project.clone(), period: self.period, subject: self.subject.clone() }
    }

    /// A breach that counts as a problem of its own (rules.md §6, "a problem, counted").
    pub fn is_problem(&self) -> bool {
        self.outcome == Outcome::Breach && self.detail_of.is_none()
    }
}

/// `rule/project[/period][/subject]`: the text form, also what `anxin explain FINDING` takes.
impl fmt::Display for FindingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.rule, self.project)?;
        if let Some(period) = self.period {
            write!(f, "/{period}")?;
        }
        if let Some(subject) = &self.subject {
            write!(f, "/{subject}")?;
        }
        Ok(())
    }
}
