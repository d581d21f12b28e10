//! 工资支付: payrolls against the bank, their basis, their completeness.

pub mod bank_mismatch;
pub mod ledger_incomplete;
pub mod no_quantity_basis;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[&bank_mismatch::BankMismatch, &no_quantity_basis::NoQuantityBasis, &ledger_incomplete::LedgerIncomplete];

/// Dated figures of the family, in `config/rules/payroll.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("payroll.pay_in_same_month", Unit::Bool),
    declared("payroll.window", Unit::Wd),
    declared("payroll.tolerance", Unit::Fen),
    declared("payroll.retry", Unit::Wd),
    declared("payroll.bank_fee_words", Unit::Words),
    declared("payroll.basis_tolerance", Unit::Ppm),
    declared("payroll.basis_exempt_roles", Unit::Words),
    declared("payroll.ledger_fields", Unit::Words),
    declared("payroll.ledger_missing_limit", Unit::Ppm),
    declared("payroll.ledger_retention", Unit::Mo),
    declared("payroll.in_kind_words", Unit::Words),
    declared("payroll.no_wage_slip_words", Unit::Words),
];
