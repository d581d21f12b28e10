//! Mails to the office's own people: plain text, about no letter.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::{Mailbox, SinglePart};
use store::NewMail;

use super::compose::{AutoSubmitted, address, mailbox};
use crate::NotifierError;
use crate::config::MailConfig;

/// What an officer or the administrator is told.
#[derive(Debug, Clone)]
pub struct InternalMail<'a> {
    /// The same key is mailed once, for ever.
    pub key: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
}

/// The finished mail.
pub fn compose_internal(mail: &InternalMail, config: &MailConfig, at: DateTime<Utc>) -> Result<NewMail, NotifierError> {
    let from = mailbox("[mail] from", &config.from)?;
    let to_address = mail.email.trim();
    let to = Mailbox::new(Some(mail.name.to_owned()), address("收件人", to_address)?);
    let hash = blake3::hash(format!("{}\0{}", mail.key, to_address.to_lowercase()).as_bytes()).to_hex()[..24].to_owned();
    let message_id = format!("<internal.{hash}@{}>", from.email.domain());
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(mail.subject)
        .date(SystemTime::from(at))
        .message_id(Some(message_id.clone()))
        .header(AutoSubmitted)
        .singlepart(SinglePart::plain(mail.text.to_owned()))?;
    Ok(NewMail {
        key: format!("internal/{hash}"),
        message_id,
        recipient: to_address.to_owned(),
        subject: mail.subject.to_owned(),
        mime: message.formatted(),
        not_before: at,
    })
}
