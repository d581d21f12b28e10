//! 工资保证金.

use crate::law::Declared;

/// Dated figures of the family, in `config/rules/deposit.toml`.
pub static PARAMETERS: &[Declared] = &[];
