//! Files that counties hand over, read into sheets: every row is kept, rejected with a reason, or recognised as no data.
//!
//! Refuses to guess: what is not certain is asked for in plain Chinese.

mod cell;
mod claims;
mod classify;
mod context;
#[cfg(test)]
mod corpus;
mod days;
mod direction;
mod doubts;
mod error;
mod files;
#[cfg(test)]
mod fixtures;
mod fold;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod gather;
mod hash;
mod heading;
mod hints;
mod import;
mod intake;
mod joined;
mod layout;
mod lines;
mod locate;
mod mapping;
mod naming;
mod notes;
mod people;
mod pipe;
mod platform;
mod reader;
mod report;
mod returns;
#[cfg(test)]
mod round_trip;
mod row;
#[cfg(test)]
mod seen_templates;
#[cfg(test)]
mod slips;
mod stacked;
#[cfg(test)]
mod stacked_tables;
#[cfg(test)]
mod statements;
mod table;
mod templates;
mod titled;
mod totals;
#[cfg(test)]
mod understanding;
mod units;
mod watched;

pub use cell::hide_numbers;
pub use error::IngestError;
pub use import::{ImportOptions, Progress, READER, import_found, import_paths};
pub use mapping::{MappingFile, MappingMistake, SavedMapping, mapping_text};
pub use platform::{Credentials, Fault, NotPulled, PlatformConfig, Profile, PullReport, Usage, pull_platform};
pub use report::{FileProblem, FileReport, ImportReport, Note, Reject, SheetReport};
pub use returns::{ReturnError, write_returns};
pub use table::Limits;
pub use templates::{TemplateError, write_templates};
pub use watched::{Aside, Look, Watched};
