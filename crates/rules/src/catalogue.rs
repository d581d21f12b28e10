//! The list of rules, in the order of the catalogue; a test walks the shelf and compares.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::law::{Declared, Unit};
use crate::rule::Rule;
use crate::{account, deposit, duty, payroll, platform, realname, site};

/// All rules, family by family.
pub static CATALOGUE: LazyLock<Vec<&'static dyn Rule>> =
    LazyLock::new(|| [deposit::RULES, account::RULES, payroll::RULES, realname::RULES, platform::RULES, site::RULES].concat());

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
    // Working days to correct (the catalogue's "Correct in°"), one for each rule.
    declared.extend(CATALOGUE.iter().map(|rule| Declared { name: Cow::Owned(format!("{}.correct_in", rule.meta().id)), unit: Unit::Wd }));
    declared
}
