//! 监控预警平台: connection, upload, quality of what arrives.

mod balance;
pub mod data_quality;
mod identities;
pub mod not_connected;
pub mod payroll_not_uploaded;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[&not_connected::NotConnected, &payroll_not_uploaded::PayrollNotUploaded, &data_quality::DataQuality];

/// Dated figures of the family, in `config/rules/platform.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("platform.connect_days", Unit::Wd),
    declared("platform.upload_days", Unit::Wd),
    declared("platform.upload_needs_account_duty", Unit::Bool),
    declared("platform.attendance_age", Unit::Cd),
    declared("platform.payroll_age", Unit::Cd),
    declared("platform.ledger_age", Unit::Cd),
    declared("platform.rejected_limit", Unit::Ppm),
    declared("platform.rejected_days", Unit::Cd),
    declared("platform.heads_limit", Unit::Ppm),
    declared("platform.feed_stale", Unit::Cd),
];
