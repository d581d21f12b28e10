//! The only SQL: everything received, found, written and sent, on SQLite or PostgreSQL.
//!
//! Refuses: judging, parsing of foreign files, the clock. Whatever names a person is sealed with the data key
//! before it is written; what comes out of here is decrypted only by somebody who holds the key file.

mod error;
mod records;
mod store;
mod vault;

pub use error::StoreError;
pub use records::*;
pub use store::{DaemonLock, Store};
pub use vault::Vault;
