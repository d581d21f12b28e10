//! The list of rules, in the order of the catalogue; a test walks the shelf and compares.

use crate::law::{Declared, Unit};
use crate::rule::Rule;
use crate::{account, deposit, duty, payroll, platform, realname, site};

pub static CATALOGUE: &[&dyn Rule] = &[
    &deposit::unpaid::Unpaid,                            // deposit.unpaid
    &account::not_opened::NotOpened,                     // account.not_opened
    &account::funding_late::FundingLate,                 // account.funding_late
    &account::funding_short::FundingShort,               // account.funding_short
    &payroll::bank_mismatch::BankMismatch,               // payroll.bank_mismatch
    &payroll::no_quantity_basis::NoQuantityBasis,        // payroll.no_quantity_basis
    &payroll::ledger_incomplete::LedgerIncomplete,       // payroll.ledger_incomplete
    &realname::no_contract::NoContract,                  // realname.no_contract
    &realname::record_incomplete::RecordIncomplete,      // realname.record_incomplete
    &platform::not_connected::NotConnected,              // platform.not_connected
    &platform::payroll_not_uploaded::PayrollNotUploaded, // platform.payroll_not_uploaded
    &platform::data_quality::DataQuality,                // platform.data_quality
    &site::board_missing::BoardMissing,                  // site.board_missing
    &site::settlement_overdue::SettlementOverdue,        // site.settlement_overdue
];

pub fn find(id: &str) -> Option<&'static dyn Rule> {
    CATALOGUE.iter().copied().find(|rule| rule.meta().id == id)
}

/// Every parameter that must stand in `config/rules/*.toml`, with its unit.
pub fn declared() -> Vec<Declared> {
    let families = [
        duty::PARAMETERS,
        deposit::PARAMETERS,
        account::PARAMETERS,
        payroll::PARAMETERS,
        realname::PARAMETERS,
        platform::PARAMETERS,
        site::PARAMETERS,
    ];
    let mut declared: Vec<Declared> = families.concat();
    declared.extend(CORRECT_IN.iter().map(|name| Declared { name, unit: Unit::Wd }));
    declared
}

/// Working days to correct (the catalogue's "Correct in°"), one for each rule.
static CORRECT_IN: &[&str] = &[
    "deposit.unpaid.correct_in",
    "account.not_opened.correct_in",
    "account.funding_late.correct_in",
    "account.funding_short.correct_in",
    "payroll.bank_mismatch.correct_in",
    "payroll.no_quantity_basis.correct_in",
    "payroll.ledger_incomplete.correct_in",
    "realname.no_contract.correct_in",
    "realname.record_incomplete.correct_in",
    "platform.data_quality.correct_in",
    "platform.not_connected.correct_in",
    "site.board_missing.correct_in",
    "site.settlement_overdue.correct_in",
    "platform.payroll_not_uploaded.correct_in",
];
