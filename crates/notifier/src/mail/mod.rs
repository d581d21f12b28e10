//! Mails: composed as finished MIME, handed to a server or written as files.

mod compose;
mod transport;

pub use compose::compose;
pub(crate) use transport::{Channel, Failure};
