//! Faults on purpose. Those of a call depend on seed and call number, so that asking again can succeed; those of the
//! data depend on seed and row, so that the same row is always the broken one.

use crate::chance::Chance;

macro_rules! faults {
    ($($name:literal $variant:ident),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($variant),* }

        impl Fault {
            pub const ALL: &[(&str, Self)] = &[$(($name, Self::$variant)),*];
        }
    };
}

faults! {
    "slow" Slow,
    "5xx" ServerError,
    "html" Html,
    "truncated" Truncated,
    "rows-null" RowsNull,
    "data-null" DataNull,
    "duplicate-pages" DuplicatePages,
    "shifting-pages" ShiftingPages,
    "wrong-project" WrongProject,
    "bad-decrypt" BadDecrypt,
    "expired-nonce" ExpiredNonce,
    "rate-limit" RateLimit,
    "busy" Busy,
    "redirect" Redirect,
    "oversized" Oversized,
    "unknown-codes" UnknownCodes,
}

impl Fault {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, fault)| *fault == self).map_or("", |(name, _)| name)
    }
}

pub struct Faults {
    seed: u64,
    chosen: Vec<Fault>,
    percent: u8,
}

impl Faults {
    pub fn new(seed: u64, chosen: Vec<Fault>, percent: u8) -> Self {
        Self { seed, chosen, percent }
    }

    pub fn in_call(&self, fault: Fault, call: u64) -> bool {
        self.strikes(fault, call)
    }

    pub fn in_row(&self, fault: Fault, row: &str) -> bool {
        let label = row.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(byte)));
        self.strikes(fault, label)
    }

    fn strikes(&self, fault: Fault, label: u64) -> bool {
        self.chosen.contains(&fault) && {
            // Every fault draws from a stream of its own.
            let mut chance = Chance::new(self.seed.wrapping_add(1_000 + fault as u64), label);
            chance.percent(i64::from(self.percent))
        }
    }
}
