//! What a mail says: finished values, the same for text and HTML.

use model::Fen;
use model::document::{Document, DocumentKind, DocumentStatus};

use super::context::{item_amount, severity_chinese, sorted_items};
use crate::config::Office;
use crate::labels::{chinese_date, months};

/// Characters of a project's name in a subject line; clients cut longer ones anyway.
const SHORT_NAME: usize = 24;
/// Facts of one problem told in the mail; the rest stand in the letter.
const MAX_FACTS: usize = 3;

pub struct MailContext {
    pub office: String,
    pub contact: String,
    pub phone: String,
    pub report_to: String,
    pub recipient: String,
    pub is_draft: bool,
    /// Empty for a draft.
    pub number: String,
    pub project_name: String,
    pub project_short: String,
    pub project_code: String,
    pub addressee: String,
    pub addressee_role: &'static str,
    pub wage_officer: String,
    pub as_of: String,
    pub due: String,
    pub due_counted: String,
    /// The industry's department, where it gets a copy; may be empty.
    pub copy_to: String,
    /// It deals with the problems instead of the bureau.
    pub is_referral: bool,
    pub items: Vec<MailItem>,
    pub attachments: Vec<String>,
}

pub struct MailItem {
    pub title: String,
    pub severity: &'static str,
    /// `涉及2024年3月至5月；12人；1,234.50元`; may be empty.
    pub figures: String,
    pub facts: Vec<String>,
    pub more_facts: usize,
    pub remedy: String,
}

/// A mail without its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl MailContext {
    pub fn new(document: &Document, office: &Office, recipient: &str, attachments: Vec<String>) -> Self {
        let wage_officer = match (&document.wage_officer, &document.wage_officer_phone) {
            (Some(name), Some(phone)) => format!("{name}，电话{phone}"),
            (Some(name), None) => name.clone(),
            (None, _) => "未登记".to_owned(),
        };
        Self {
            office: office.name.clone(),
            contact: office.contact.clone(),
            phone: office.phone.clone(),
            report_to: office.report_to().to_owned(),
            recipient: recipient.to_owned(),
            is_draft: document.status == DocumentStatus::Draft,
            number: document.number.clone().unwrap_or_default(),
            project_name: document.project_name.clone(),
            project_short: shortened(&document.project_name, SHORT_NAME),
            project_code: document.project.to_string(),
            addressee: document.addressee.name.clone(),
            addressee_role: document.addressee.role.chinese(),
            wage_officer,
            as_of: chinese_date(document.dated),
            due: chinese_date(document.due),
            due_counted: document.due_counted.clone(),
            copy_to: document.authority.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
            is_referral: document.authority.as_ref().is_some_and(|a| a.is_referral),
            items: sorted_items(document).into_iter().map(|item| MailItem::new(item, document.kind)).collect(),
            attachments,
        }
    }
}

impl MailItem {
    fn new(item: &model::document::DocumentItem, kind: DocumentKind) -> Self {
        let periods: Vec<_> = item.findings.iter().filter_map(|f| f.period).collect();
        let mut figures = Vec::new();
        if !periods.is_empty() {
            figures.push(format!("涉及{}", months(&periods)));
        }
        if let Some(workers) = item.findings.iter().filter_map(|f| f.workers).max().filter(|n| *n > 0) {
            figures.push(if periods.len() > 1 { format!("一个月最多{workers}人") } else { format!("{workers}人") });
        }
        if let Some(amount) = item_amount(item) {
            figures.push(format!("{}元", Fen::yuan(amount)));
        }
        Self {
            title: item.title.clone(),
            severity: severity_chinese(item.severity, kind),
            figures: figures.join("；"),
            facts: item.facts.iter().take(MAX_FACTS).cloned().collect(),
            more_facts: item.facts.len().saturating_sub(MAX_FACTS),
            remedy: item.remedy.clone(),
        }
    }
}

pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}
