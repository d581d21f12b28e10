//! What the one fault or near miss of a small project asks of it; the rest is left to chance.

use model::Date;

use crate::world::OwnerKind;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a demand of its own")]
pub struct Setting {
    pub amount: Option<i64>,
    /// Too short for the account duty.
    pub short: bool,
    pub no_account: bool,
    pub planned: bool,
    pub signed: Option<Date>,
    pub permit: Option<Date>,
    pub no_permit: bool,
    pub start: Option<Date>,
    pub ends: Option<Date>,
    pub completed: Option<Date>,
    pub suspended: Option<Date>,
    pub opened: Option<Date>,
    /// Funding day and pay-day.
    pub days: Option<(u32, u32)>,
    pub heads: Option<u32>,
    pub owner: Option<OwnerKind>,
    pub cash: Option<bool>,
    /// Owner, contractor and place are those of the project before.
    pub twin: bool,
}
