//! Letters, their evidence, and the mails that carry them: rendered, composed, sent and marked.
//!
//! Refuses: deciding who is told what, numbering, anything not recorded in the store.

mod config;
mod error;
mod evidence;
mod labels;
mod letter;
mod lists;
mod mail;
pub mod notices;
mod outbox;

pub use config::{MailConfig, MailKind, MailTls, Office, is_address};
pub use error::NotifierError;
pub use evidence::{Problem, problem_list};
pub use letter::{Rendered, Typist};
pub use lists::{List, ListCell, lists_workbook};
pub use mail::{InternalMail, compose, compose_internal, internal_key};
pub use model::document::{Recipient, RecipientRole};
pub use outbox::{SendReport, send_due};
