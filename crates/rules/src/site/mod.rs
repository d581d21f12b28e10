//! 现场与合同: notice board, settlement during construction, the owner's guarantee.

pub mod board_incomplete;
pub mod board_missing;
pub mod payment_guarantee_missing;
pub mod settlement_overdue;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[
    &board_missing::BoardMissing,
    &board_incomplete::BoardIncomplete,
    &settlement_overdue::SettlementOverdue,
    &payment_guarantee_missing::PaymentGuaranteeMissing,
];

/// Dated figures of the family, in `config/rules/site.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("site.board_days", Unit::Wd),
    declared("site.board_photo_months", Unit::Mo),
    declared("site.board_items", Unit::Words),
    declared("site.board_update_days", Unit::Wd),
    declared("site.settlement_days", Unit::Cd),
    declared("site.settlement_paid_share", Unit::Ppm),
    declared("site.payment_guarantee_days", Unit::Wd),
    declared("site.payment_guarantee_exempt_kinds", Unit::Words),
];
