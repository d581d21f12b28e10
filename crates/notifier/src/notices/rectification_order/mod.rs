//! 限期改正指令书: drafted by the daemon, without effect until two officers verify, sign and serve it.

use askama::Template;
use model::document::DocumentKind;

use super::{MailContext, MailText, Notice};
use crate::{NotifierError, RecipientRole};

pub struct RectificationOrder;

#[derive(Template)]
#[template(path = "rectification_order/subject.txt", escape = "none")]
struct Subject<'a> {
    c: &'a MailContext,
}

#[derive(Template)]
#[template(path = "rectification_order/body.txt", escape = "none")]
struct Text<'a> {
    c: &'a MailContext,
    to_party: bool,
}

#[derive(Template)]
#[template(path = "rectification_order/body.html")]
struct Html<'a> {
    c: &'a MailContext,
    to_party: bool,
}

impl Notice for RectificationOrder {
    fn kind(&self) -> DocumentKind {
        DocumentKind::RectificationOrder
    }

    fn template(&self) -> (&'static str, &'static str) {
        ("rectification_order.typ", include_str!("letter.typ"))
    }

    fn mail(&self, c: &MailContext, role: RecipientRole) -> Result<MailText, NotifierError> {
        let to_party = role == RecipientRole::Party;
        Ok(MailText {
            subject: Subject { c }.render()?.trim().to_owned(),
            text: Text { c, to_party }.render()?,
            html: Html { c, to_party }.render()?,
        })
    }
}
