//! Letters: who is told what, on which ground, until when.

use serde::{Deserialize, Serialize};

use crate::{Date, DocumentId, Finding, Party, ProjectCode, Severity};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 风险提示函
    RiskNotice,
    /// 限期改正指令书; a draft until officers issue it
    RectificationOrder,
}

impl DocumentKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::RiskNotice => "risk_notice",
            Self::RectificationOrder => "rectification_order",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Self::RiskNotice => "风险提示函",
            Self::RectificationOrder => "限期改正指令书",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// 待核实: drafted by the daemon; no number, no effect.
    Draft,
    /// Numbered and recorded for sending.
    Issued,
}

impl DocumentStatus {
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Self::Draft => "待核实（草稿）",
            Self::Issued => "已发出",
        }
    }
}

/// One problem in a letter: all findings of one rule, told once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentItem {
    pub rule: String,
    /// 中文名 of the rule.
    pub title: String,
    pub severity: Severity,
    /// What was found, one sentence a finding, plain Chinese, identities masked.
    pub facts: Vec<String>,
    /// 法律依据, `《…》第…条`.
    pub articles: Vec<String>,
    /// What to do, plain Chinese.
    pub remedy: String,
    /// Consequence of not correcting in time.
    pub consequence: String,
    /// Working days to correct.
    pub correct_in_wd: u32,
    pub findings: Vec<Finding>,
}

/// One letter to one addressee about one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// 0 until stored.
    pub id: DocumentId,
    /// Derived from project, addressee, kind and the findings told: the same letter has the same uid after a crash.
    pub uid: String,
    pub kind: DocumentKind,
    pub status: DocumentStatus,
    /// `垫人社监提〔2024〕1号`; `None` while a draft.
    pub number: Option<String>,
    pub project: ProjectCode,
    pub project_name: String,
    pub addressee: Party,
    pub addressee_address: Option<String>,
    pub severity: Severity,
    pub items: Vec<DocumentItem>,
    /// The civil day of the run: date of the letter and as-of date of its facts.
    pub dated: Date,
    /// Reply or correction date.
    pub due: Date,
    /// How the due date was counted, in Chinese.
    pub due_counted: String,
    /// 劳资专管员 of the project and phone, for the addressee's side.
    pub wage_officer: Option<String>,
    pub wage_officer_phone: Option<String>,
    /// 行业工程建设主管部门 that gets a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
}

/// 抄送 or 移送.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    pub name: String,
    /// It deals with the problems; the bureau orders nothing (rules.md §2.8, "Not competent").
    pub is_referral: bool,
}

/// Why somebody gets the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientRole {
    /// The officer responsible for the project.
    Inspector,
    /// The unit the letter is addressed to.
    Party,
    /// The industry's department, which gets a copy or to which the problems are referred.
    Authority,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub name: String,
    pub email: String,
    pub role: RecipientRole,
}
