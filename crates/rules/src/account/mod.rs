//! 专用账户: whether it is opened, and funded on time and in full.

use crate::law::Declared;

/// Dated figures of the family, in `config/rules/account.toml` (those of the account duty stand in `duty.rs`).
pub static PARAMETERS: &[Declared] = &[];
