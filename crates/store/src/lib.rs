//! The only SQL: everything received, found, written and sent, on SQLite or PostgreSQL.
//!
//! Refuses: judging, parsing of foreign files, the clock. Numbers that identify a person are sealed with the data key
//! before they are written; they can be read again only by somebody who holds the key file.

#[macro_use]
mod db;
mod archive;
mod arrivals;
mod audit;
mod batches;
mod config_changes;
mod connect;
mod coverage;
mod documents;
mod dossier;
mod elsewhere;
mod encode;
mod error;
mod findings;
mod identifications;
mod lock;
mod meta;
mod migrations;
mod outbox;
mod placing;
mod pulls;
mod quality;
mod records;
mod rejects;
mod runs;
mod sheets;
mod suppressions;
mod vault;
mod versions;
mod workers;

pub use arrivals::Arrivals;
pub use batches::PreparedBatch;
pub use config_changes::ConfigChange;
pub use db::Store;
pub use error::StoreError;
pub use lock::DaemonLock;
pub use quality::{RefusedFile, RefusedPersons};
pub use records::*;
pub use vault::Vault;
