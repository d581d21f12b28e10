//! 现场与合同: notice board, settlement during construction.

pub mod board_missing;
pub mod settlement_overdue;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[&board_missing::BoardMissing, &settlement_overdue::SettlementOverdue];

/// Dated figures of the family, in `config/rules/site.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("site.board_days", Unit::Wd),
    declared("site.board_photo_months", Unit::Mo),
    declared("site.settlement_days", Unit::Cd),
    declared("site.settlement_paid_share", Unit::Ppm),
];
