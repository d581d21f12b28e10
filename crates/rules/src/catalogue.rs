//! The list of rules, in the order of the catalogue; a test walks the shelf and compares.

use crate::law::{Declared, Unit};
use crate::rule::Rule;
use crate::{account, deposit, duty, payroll, platform, realname, site};

pub static CATALOGUE: &[&dyn Rule] = &[
    &platform::payroll_not_uploaded::PayrollNotUploaded, // platform.payroll_not_uploaded
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
static CORRECT_IN: &[&str] = &["platform.payroll_not_uploaded.correct_in"];
