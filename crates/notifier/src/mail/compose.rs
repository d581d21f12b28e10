//! A rendered letter becomes a finished mail. The same letter, recipient and time give the same bytes.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, Header, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use model::document::{Document, Recipient};
use store::{DocumentFile, NewMail};

use crate::NotifierError;
use crate::config::{MailConfig, Office};
use crate::letter::Rendered;
use crate::notices::{self, MailContext};

/// Composes the mail of one letter to one recipient. Its key and Message-ID follow from letter, state and recipient:
/// a repeat after a crash is the same mail, the issued order is another one than its draft.
pub fn compose(
    document: &Document,
    rendered: &Rendered,
    office: &Office,
    config: &MailConfig,
    recipient: &Recipient,
    at: DateTime<Utc>,
) -> Result<NewMail, NotifierError> {
    let from = mailbox("[mail] from", &config.from)?;
    let to_address = recipient.email.trim();
    let to = Mailbox::new(Some(recipient.name.clone()), address("收件人", to_address)?);

    let hash = recipient_hash(document, to_address);
    let message_id = format!("<{}.{hash}@{}>", document.uid, from.email.domain());
    let attachments = rendered.files.iter().map(|file| file.name.clone()).collect();
    let context = MailContext::new(document, office, &recipient.name, attachments);
    let text = notices::notice(document.kind).mail(&context, recipient.role)?;

    let mut builder = Message::builder()
        .from(from)
        .to(to)
        .subject(&text.subject)
        .date(SystemTime::from(at))
        .message_id(Some(message_id.clone()))
        .header(AutoSubmitted);
    if let Some(reply_to) = &config.reply_to {
        builder = builder.reply_to(mailbox("[mail] reply_to", reply_to)?);
    }
    let mut mixed = multipart(MultiPartKind::Mixed, &hash, "m").multipart(
        multipart(MultiPartKind::Alternative, &hash, "a").singlepart(SinglePart::plain(text.text)).singlepart(SinglePart::html(text.html)),
    );
    for file in &rendered.files {
        mixed = mixed.singlepart(attachment(file));
    }
    let mime = builder.multipart(mixed)?.formatted();
    Ok(NewMail {
        key: format!("{}/{hash}", document.uid),
        message_id,
        recipient: to_address.to_owned(),
        subject: text.subject,
        mime,
        not_before: at,
    })
}

/// Says nothing of the address to somebody who sees only the id.
fn recipient_hash(document: &Document, email: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [document.uid.as_str(), document.status.code(), &email.to_lowercase()] {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// lettre would choose a random boundary; bodies are encoded, so this one cannot occur in them.
pub(super) fn multipart(kind: MultiPartKind, hash: &str, level: &str) -> lettre::message::MultiPartBuilder {
    MultiPart::builder().kind(kind).boundary(format!("=_anxin_{hash}_{level}"))
}

pub(super) fn attachment(file: &DocumentFile) -> SinglePart {
    SinglePart::builder()
        .header(NamedType::new(&file.media_type, &file.name))
        .header(ContentDisposition::attachment(&file.name))
        .header(ContentTransferEncoding::Base64)
        .body(file.bytes.clone())
}

pub(super) fn mailbox(place: &'static str, text: &str) -> Result<Mailbox, NotifierError> {
    text.trim().parse().map_err(|cause| NotifierError::Address { place, address: text.to_owned(), cause })
}

pub(super) fn address(place: &'static str, text: &str) -> Result<lettre::Address, NotifierError> {
    text.parse().map_err(|cause| NotifierError::Address { place, address: text.to_owned(), cause })
}

/// `Content-Type` with the file's name in it (RFC 2047): older clients do not read the one of `Content-Disposition` (RFC 2231).
#[derive(Debug, Clone)]
struct NamedType(HeaderValue);

impl NamedType {
    fn new(media_type: &str, file: &str) -> Self {
        let mut carrier = Headers::new();
        carrier.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("X"), file.to_owned()));
        let line = carrier.to_string();
        let encoded = line.trim_start_matches("X:").trim();
        let value = format!("{media_type};\r\n name=\"{encoded}\"");
        Self(HeaderValue::dangerous_new_pre_encoded(Self::name(), format!("{media_type}; name=\"{file}\""), value))
    }
}

impl Header for NamedType {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Type")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(HeaderValue::new(Self::name(), text.to_owned())))
    }

    fn display(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// RFC 3834: no vacation replies, please.
#[derive(Debug, Clone)]
pub(super) struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use model::document::RecipientRole;

    use super::*;
    use crate::Typist;
    use crate::notices::samples;
    use chrono::TimeZone;
    use model::document::DocumentStatus;

    fn config() -> MailConfig {
        toml::from_str("from = '测试县人社局 <anxin@example.gov.cn>'").unwrap()
    }

    fn composed(document: &Document, email: &str, role: RecipientRole) -> NewMail {
        let typist = Typist::new(samples::office(), &[]).expect("fonts-noto-cjk is installed");
        let rendered = typist.letter(document).unwrap();
        let recipient = Recipient { name: "测试<监察员>".to_owned(), email: email.to_owned(), role };
        let at = Utc.with_ymd_and_hms(2024, 12, 20, 1, 2, 3).unwrap();
        compose(document, &rendered, &samples::office(), &config(), &recipient, at).unwrap()
    }

    #[test]
    fn the_same_mail_is_the_same_bytes_and_another_recipient_another_key() {
        let (_, document) = samples::risk_notices().remove(0);
        let first = composed(&document, "a@example.gov.cn", RecipientRole::Inspector);
        assert!(first == composed(&document, "a@example.gov.cn", RecipientRole::Inspector));
        let other = composed(&document, "b@example.gov.cn", RecipientRole::Party);
        assert_ne!((&first.key, &first.message_id), (&other.key, &other.message_id));
    }

    #[test]
    fn headers_are_plain_ascii_and_carry_id_date_and_automatic_mark() {
        let (_, document) = samples::risk_notices().remove(0);
        let mail = composed(&document, "a@example.gov.cn", RecipientRole::Inspector);
        let text = String::from_utf8(mail.mime.clone()).unwrap();
        assert!(text.is_ascii());
        assert!(text.contains("Auto-Submitted: auto-generated"));
        assert!(text.contains("Date: Fri, 20 Dec 2024 01:02:03 +0000"));
        assert!(text.contains(&format!("Message-ID: {}", mail.message_id)));
        assert!(mail.message_id.starts_with(&format!("<{}.", document.uid)) && mail.message_id.ends_with("@example.gov.cn>"));
        assert!(text.contains("filename*0*=utf-8''") || text.contains("filename*=utf-8''"), "RFC 2231 file names");
        assert!(text.lines().all(|line| line.len() <= 998));
    }

    #[test]
    fn an_issued_order_is_another_mail_than_its_draft() {
        let (_, mut document) = samples::orders().remove(0);
        let draft = composed(&document, "a@example.gov.cn", RecipientRole::Inspector);
        document.status = DocumentStatus::Issued;
        let issued = composed(&document, "a@example.gov.cn", RecipientRole::Inspector);
        assert_ne!(draft.key, issued.key);
        assert!(draft.subject.contains("待核实") && !issued.subject.contains("待核实"));
    }

    #[test]
    fn the_department_is_told_whether_it_only_gets_a_copy() {
        let (_, mut document) = samples::risk_notices().remove(0);
        let mut told = |is_referral| {
            document.authority = Some(model::document::Authority { name: "测试县水利局".to_owned(), is_referral });
            let context = MailContext::new(&document, &samples::office(), "测试县水利局", Vec::new());
            let mail = |role| notices::notice(document.kind).mail(&context, role).unwrap();
            (mail(RecipientRole::Authority), mail(RecipientRole::Inspector))
        };
        let (copy, _) = told(false);
        assert!(copy.subject.starts_with("【抄送】") && copy.text.contains("现抄送贵单位") && copy.html.contains("现抄送贵单位"));
        let (referral, inspector) = told(true);
        assert!(referral.subject.starts_with("【移送】") && referral.text.contains("移送贵单位依法处理"), "{}", referral.text);
        assert!(!referral.subject.contains("回复") && referral.html.contains("依职责核查处理"));
        assert!(inspector.text.contains("不由我局责令改正"), "{}", inspector.text);
    }

    #[test]
    fn html_is_escaped() {
        let (_, mut document) = samples::risk_notices().remove(0);
        document.project_name = "<b>甲</b>&乙".to_owned();
        let context = MailContext::new(&document, &samples::office(), "丙", Vec::new());
        let text = notices::notice(document.kind).mail(&context, RecipientRole::Party).unwrap();
        assert!(text.html.contains("&#60;b&#62;甲") || text.html.contains("&lt;b&gt;甲"), "{}", text.html);
        assert!(!text.html.contains("<b>甲"));
        assert!(text.text.contains("<b>甲</b>&乙"));
    }

    #[test]
    fn a_wrong_address_is_named_without_a_crash() {
        let (_, document) = samples::risk_notices().remove(0);
        let rendered = Rendered { files: Vec::new(), pages: 0, warnings: Vec::new() };
        let recipient = Recipient { name: "甲".to_owned(), email: "nobody".to_owned(), role: RecipientRole::Party };
        let at = Utc.with_ymd_and_hms(2024, 12, 20, 1, 2, 3).unwrap();
        let error = compose(&document, &rendered, &samples::office(), &config(), &recipient, at).unwrap_err();
        assert!(error.to_string().contains("nobody") && !error.is_transient(), "{error}");
    }
}
