//! 工资支付: payrolls against the bank, their basis, their completeness.

pub mod arrears;
pub mod attendance_gap;
mod attended;
pub mod bank_mismatch;
pub mod below_minimum;
mod bound;
pub mod ghost_worker;
pub mod late;
pub mod ledger_incomplete;
pub mod names;
pub mod no_quantity_basis;
pub mod not_via_account;
pub(crate) mod paid;
pub mod payee_mismatch;
mod sheets;
pub mod unsigned;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[
    &bank_mismatch::BankMismatch,
    &no_quantity_basis::NoQuantityBasis,
    &unsigned::Unsigned,
    &late::Late,
    &not_via_account::NotViaAccount,
    &below_minimum::BelowMinimum,
    &attendance_gap::AttendanceGap,
    &ghost_worker::GhostWorker,
    &payee_mismatch::PayeeMismatch,
    &ledger_incomplete::LedgerIncomplete,
    &arrears::Arrears,
];

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
    declared("payroll.late_notice", Unit::Wd),
    declared("payroll.late_order", Unit::Wd),
    declared("payroll.late_entry_days", Unit::Cd),
    declared("payroll.piece_cycle", Unit::Mo),
    declared("payroll.outsider_words", Unit::Words),
    declared("payroll.managers_excluded", Unit::Bool),
    declared("payroll.season", Unit::Bool),
    declared("payroll.season_days", Unit::Cd),
    declared("payroll.season_late_order", Unit::Wd),
    declared("payroll.outside_words", Unit::Words),
    declared("payroll.cash_limit", Unit::Fen),
    declared("payroll.gap_min_days", Unit::Count),
    declared("payroll.gap_limit", Unit::Count),
    declared("payroll.gap_order_share", Unit::Ppm),
    declared("payroll.crime_one_months", Unit::Mo),
    declared("payroll.crime_one_sum", Unit::Fen),
    declared("payroll.crime_many_workers", Unit::Count),
    declared("payroll.crime_many_sum", Unit::Fen),
    declared("payroll.mass_workers", Unit::Count),
    declared("payroll.lead_verified_words", Unit::Words),
    declared("payroll.lead_refuted_words", Unit::Words),
    declared("payroll.lead_paid_words", Unit::Words),
    declared("payroll.accept_e_signature", Unit::Bool),
    declared("payroll.e_signature_words", Unit::Words),
    declared("payroll.minimum_monthly", Unit::Fen),
    declared("payroll.minimum_hourly", Unit::Fen),
    declared("payroll.minimum_month_days", Unit::Count),
    declared("payroll.minimum_excluded", Unit::Words),
    declared("payroll.leaver_window", Unit::Mo),
    declared("payroll.high_month", Unit::Fen),
    declared("payroll.high_year", Unit::Fen),
    declared("payroll.outage_words", Unit::Words),
    declared("payroll.payee_shortest", Unit::Count),
    declared("payroll.mandate_words", Unit::Words),
];
