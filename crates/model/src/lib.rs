//! The words of the domain: ids, money, months, working days, identifiers, sheets, facts' raw material, findings, documents.
//!
//! Refuses: input and output, the system clock, formats of other systems, thresholds.

pub mod calendar;
pub mod clock;
pub mod coverage;
pub mod dataset;
pub mod document;
pub mod dossier;
pub mod field;
pub mod finding;
pub mod identifier;
pub mod ids;
pub mod money;
pub mod month;
pub mod sheet;
mod suppression;

pub use calendar::Calendar;
pub use clock::{Clock, FixedClock, SystemClock};
pub use coverage::{Asked, Coverage, Delivered};
pub use dataset::Dataset;
pub use dossier::{AttendedElsewhere, CardElsewhere, Dossier, Elsewhere, Identification, PersonLabel, Table};
pub use field::Field;
pub use finding::{Finding, FindingKey, Outcome, Party, PartyRole, Severity, UsedParameter};
pub use ids::{AccountNo, BatchId, CardKey, DocumentId, PersonKey, ProjectCode};
pub use money::Fen;
pub use month::Month;
pub use sheet::{Body, Place, Sheet, SheetHead};
pub use suppression::Suppression;

/// A civil date in the county's time zone.
pub type Date = chrono::NaiveDate;
