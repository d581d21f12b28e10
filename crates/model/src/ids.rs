//! One type per kind of id, so that one cannot be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// `None` when nothing but separators is left after normalising.
            pub fn parse(raw: &str) -> Option<Self> {
                let text = Self::normalise(raw);
                (!text.is_empty()).then_some(Self(text))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// Project code as the county writes it (`99999920240101001`); upper case, no blanks.
    ProjectCode
);
text_id!(
    /// Number of a company account, without blanks and dashes (file-formats.md §16.3).
    AccountNo
);

impl ProjectCode {
    fn normalise(raw: &str) -> String {
        raw.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
    }
}

impl AccountNo {
    fn normalise(raw: &str) -> String {
        raw.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
    }

    /// The last four characters, as findings and mails show the account.
    pub fn tail(&self) -> &str {
        let at = self.0.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        &self.0[at..]
    }
}

macro_rules! key_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:02x}{:02x}…)"), self.0[0], self.0[1])
            }
        }
    };
}

key_id!(
    /// Keyed hash of a normalised identity number. Says nothing to anybody without the data key.
    PersonKey
);
key_id!(
    /// Keyed hash of a bank card number.
    CardKey
);

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// One received file or answer.
    BatchId
);
row_id!(
    /// One letter, numbered or not; the `N` of `anxin documents show N`.
    DocumentId
);
