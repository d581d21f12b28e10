//! The list of letters. A kind of document is a folder: letter, subject, mail text, and the context that fills them.

mod context;
mod mail;
pub mod rectification_order;
pub mod risk_notice;
pub mod samples;

pub use context::LetterContext;
pub(crate) use context::{persons, severity_chinese, sorted_items};
pub use mail::{MailContext, MailText};

use model::document::DocumentKind;

use crate::{NotifierError, RecipientRole};

/// One kind of letter.
pub trait Notice: Sync {
    fn kind(&self) -> DocumentKind;

    /// File name and text of the letter's template.
    fn template(&self) -> (&'static str, &'static str);

    /// Subject, text and HTML of the mail that carries it.
    fn mail(&self, context: &MailContext, role: RecipientRole) -> Result<MailText, NotifierError>;
}

pub static NOTICES: &[&dyn Notice] = &[&risk_notice::RiskNotice, &rectification_order::RectificationOrder];

/// Blocks both letters use.
pub const COMMON: &[(&str, &str)] = &[("common.typ", include_str!("common.typ")), ("draft_mark.typ", include_str!("draft_mark.typ"))];

/// The notice of a kind; every kind has one.
pub fn notice(kind: DocumentKind) -> &'static dyn Notice {
    match kind {
        DocumentKind::RiskNotice => &risk_notice::RiskNotice,
        DocumentKind::RectificationOrder => &rectification_order::RectificationOrder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_under_its_own_kind() {
        for listed in NOTICES {
            assert_eq!(notice(listed.kind()).template().0, listed.template().0);
        }
    }
}
