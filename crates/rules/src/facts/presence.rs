//! Whether something is there, whatever it is.

use model::{Fen, Field};

/// A [`Field`] without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Given,
    /// The column is there, the cell is empty.
    Empty,
    /// No such column: not known.
    Absent,
}

impl<T> From<&Field<T>> for Presence {
    fn from(field: &Field<T>) -> Self {
        match field {
            Field::Given(_) => Self::Given,
            Field::Empty => Self::Empty,
            Field::Absent => Self::Absent,
        }
    }
}

impl Presence {
    /// One of several will do: given if any is, not known if no column is there at all.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Given, _) | (_, Self::Given) => Self::Given,
            (Self::Empty, _) | (_, Self::Empty) => Self::Empty,
            (Self::Absent, Self::Absent) => Self::Absent,
        }
    }

    /// A text that is blank is no text.
    pub fn of_text(field: &Field<String>) -> Self {
        match field {
            Field::Given(text) if text.trim().is_empty() => Self::Empty,
            other => other.into(),
        }
    }

    /// Zero is no sum.
    pub fn of_sum(field: Field<Fen>) -> Self {
        if field == Field::Given(Fen::ZERO) { Self::Empty } else { (&field).into() }
    }

    /// Zero is no quantity.
    pub fn of_number<N: PartialEq + Default>(field: &Field<N>) -> Self {
        if field.given().is_some_and(|n| *n == N::default()) { Self::Empty } else { field.into() }
    }

    pub fn of_name(name: &str) -> Self {
        if name.trim().is_empty() { Self::Empty } else { Self::Given }
    }
}
