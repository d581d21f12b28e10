//! 实名制: contract before entry, complete roster.

pub mod no_contract;
pub mod record_incomplete;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[&no_contract::NoContract, &record_incomplete::RecordIncomplete];

/// Dated figures of the family, in `config/rules/realname.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("realname.accept_work_agreement", Unit::Bool),
    declared("realname.contract_grace", Unit::Cd),
    declared("realname.roster_fields", Unit::Words),
    declared("realname.roster_fields_other", Unit::Words),
    declared("realname.other_industries", Unit::Words),
    declared("realname.roster_missing_limit", Unit::Ppm),
];
