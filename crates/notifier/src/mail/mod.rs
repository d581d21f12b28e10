//! Mails: composed as finished MIME, handed to a server or written as files.

mod compose;
mod internal;
mod transport;

pub use compose::compose;
pub use internal::{InternalMail, compose_internal, internal_key};
pub(crate) use transport::{Channel, Failure};
