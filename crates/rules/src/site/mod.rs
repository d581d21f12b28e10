//! 现场与合同: notice board, settlement during construction.

use crate::law::Declared;

/// Dated figures of the family, in `config/rules/site.toml`.
pub static PARAMETERS: &[Declared] = &[];
