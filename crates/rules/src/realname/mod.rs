//! 实名制: contract before entry, complete roster.

use crate::law::Declared;

/// Dated figures of the family, in `config/rules/realname.toml`.
pub static PARAMETERS: &[Declared] = &[];
