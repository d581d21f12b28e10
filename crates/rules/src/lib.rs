//! Compliance rules: facts + law in force on the date of the event + today → findings.
//!
//! Refuses: clock, input and output, store. The same input gives the same findings, byte for byte.

pub mod account;
pub mod catalogue;
pub mod check;
pub mod deposit;
pub mod duty;
pub mod evidence;
pub mod facts;
pub mod law;
mod manual;
pub mod payday;
pub mod payroll;
pub mod platform;
pub mod realname;
pub mod replay;
pub mod review;
pub mod rule;
mod say;
pub mod season;
pub mod site;

pub use catalogue::{CATALOGUE, find};
pub use check::{Telling, check, telling};
pub use law::{Law, LawMistake, Parameter, Unit};
pub use manual::manual;
pub use rule::{CheckContext, Meta, Rule, Unknown, Verdict};

#[cfg(test)]
mod cases;
