//! Mails about no letter: plain text to the office's own people and to those who hand over data.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::{Mailbox, MultiPartKind, SinglePart};
use store::{DocumentFile, NewMail};

use super::compose::{AutoSubmitted, address, attachment, mailbox, multipart};
use crate::NotifierError;
use crate::config::MailConfig;

/// What an officer, the administrator or the owner of a source is told.
#[derive(Debug, Clone)]
pub struct InternalMail<'a> {
    /// The same key is mailed once, for ever.
    pub key: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub attachments: &'a [DocumentFile],
}

/// Key of such a mail in the outbox.
pub fn internal_key(key: &str, email: &str) -> String {
    format!("internal/{}", hash(key, email))
}

/// Says nothing of the address to somebody who sees only the id.
fn hash(key: &str, email: &str) -> String {
    blake3::hash(format!("{key}\0{}", email.trim().to_lowercase()).as_bytes()).to_hex()[..24].to_owned()
}

/// The finished mail.
pub fn compose_internal(mail: &InternalMail, config: &MailConfig, at: DateTime<Utc>) -> Result<NewMail, NotifierError> {
    let from = mailbox("[mail] from", &config.from)?;
    let to_address = mail.email.trim();
    let to = Mailbox::new(Some(mail.name.to_owned()), address("收件人", to_address)?);
    let hash = hash(mail.key, to_address);
    let message_id = format!("<internal.{hash}@{}>", from.email.domain());
    let builder = Message::builder()
        .from(from)
        .to(to)
        .subject(mail.subject)
        .date(SystemTime::from(at))
        .message_id(Some(message_id.clone()))
        .header(AutoSubmitted);
    let text = SinglePart::plain(mail.text.to_owned());
    let message = if mail.attachments.is_empty() {
        builder.singlepart(text)?
    } else {
        let mixed = multipart(MultiPartKind::Mixed, &hash, "m").singlepart(text);
        builder.multipart(mail.attachments.iter().fold(mixed, |mixed, file| mixed.singlepart(attachment(file))))?
    };
    Ok(NewMail {
        key: internal_key(mail.key, to_address),
        message_id,
        recipient: to_address.to_owned(),
        subject: mail.subject.to_owned(),
        mime: message.formatted(),
        not_before: at,
    })
}
