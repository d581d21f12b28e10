//! 风险提示函: tells what data show and asks to check and answer. Not a finding, not a penalty.

use askama::Template;
use model::document::DocumentKind;

use super::{MailContext, MailText, Notice};
use crate::{NotifierError, RecipientRole};

pub struct RiskNotice;

#[derive(Template)]
#[template(path = "risk_notice/subject.txt", escape = "none")]
struct Subject<'a> {
    c: &'a MailContext,
    to_authority: bool,
}

#[derive(Template)]
#[template(path = "risk_notice/body.txt", escape = "none")]
struct Text<'a> {
    c: &'a MailContext,
    to_party: bool,
    to_authority: bool,
}

#[derive(Template)]
#[template(path = "risk_notice/body.html")]
struct Html<'a> {
    c: &'a MailContext,
    to_party: bool,
    to_authority: bool,
}

impl Notice for RiskNotice {
    fn kind(&self) -> DocumentKind {
        DocumentKind::RiskNotice
    }

    fn template(&self) -> (&'static str, &'static str) {
        ("risk_notice.typ", include_str!("letter.typ"))
    }

    fn mail(&self, c: &MailContext, role: RecipientRole) -> Result<MailText, NotifierError> {
        let (to_party, to_authority) = (role == RecipientRole::Party, role == RecipientRole::Authority);
        Ok(MailText {
            subject: Subject { c, to_authority }.render()?.trim().to_owned(),
            text: Text { c, to_party, to_authority }.render()?,
            html: Html { c, to_party, to_authority }.render()?,
        })
    }
}
