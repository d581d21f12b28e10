//! 工资保证金.

pub mod unpaid;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[&unpaid::Unpaid];

/// Dated figures of the family, in `config/rules/deposit.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("deposit.days", Unit::Wd),
    declared("deposit.exemption_sum", Unit::Fen),
    declared("deposit.exemption_lookback", Unit::Mo),
    declared("deposit.notice_lead", Unit::Wd),
];
