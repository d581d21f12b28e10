//! A cell of a column that decides something: absent, empty, or given.

use serde::{Deserialize, Serialize};

/// "Column absent" is not known; "column there, cell empty" has not happened (rules.md §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Field<T> {
    /// The source has no such column: nothing is known.
    #[default]
    Absent,
    /// The column is there and the cell is empty: it has not happened.
    Empty,
    Given(T),
}

impl<T> Field<T> {
    pub fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Empty => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    pub fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Empty => Field::Empty,
            Self::Given(value) => Field::Given(f(value)),
        }
    }

    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Absent => Field::Absent,
            Self::Empty => Field::Empty,
            Self::Given(value) => Field::Given(value),
        }
    }
}

impl<T: Copy> Field<T> {
    /// The value itself, for small types.
    pub fn get(&self) -> Option<T> {
        self.given().copied()
    }
}
