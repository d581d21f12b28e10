//! One file per dataset: its columns with aliases, what it is recognised by, and how a row becomes a line (file-formats.md §1–13, §18).

pub mod account;
pub mod attendance;
pub mod board;
pub mod contract;
pub mod contractor;
pub mod deposit;
pub mod inspection;
pub mod lead;
pub mod ledger;
pub mod payout;
pub mod payroll;
pub mod process_settlement;
pub mod project;
pub mod roster;
pub mod team;
pub mod worker_settlement;

use std::hash::{DefaultHasher, Hash, Hasher};

use model::{Body, Dataset, Month, Place, SheetHead};

use crate::people::People;
use crate::row::{Row, RowResult};

/// A canonical column.
pub struct Column {
    pub canonical: &'static str,
    pub aliases: &'static [&'static str],
    /// What one unit of a plain number means, in yuan: 10,000 where the canonical unit is 万元.
    pub factor: i64,
    /// Holds identities, cards or accounts: shown masked.
    pub secret: bool,
}

/// What the reader must know of a dataset before it reads a row.
pub struct Shape {
    pub dataset: Dataset,
    pub columns: &'static [Column],
    /// One of each group must be among the headings for the table to be of this kind.
    pub needs: &'static [&'static [usize]],
    /// One of each group must be there for its rows to be of use.
    pub required: &'static [&'static [usize]],
    /// Columns without which its rows are kept, and the sender is told what they are needed for.
    pub wanted: &'static [usize],
    /// Columns that tell this table from others.
    pub marks: &'static [usize],
    /// Columns that say whom or what a row is about.
    pub subjects: &'static [usize],
    /// Columns that hold its sums.
    pub amounts: &'static [usize],
    /// Column the project code and name stand in, for titles and file names.
    pub project: Option<(usize, usize)>,
    /// Column of the month, for titles and file names.
    pub month: Option<usize>,
    /// Column of the team, for worksheet names.
    pub team: Option<usize>,
    /// Column of the employer, for titles.
    pub employer: Option<usize>,
    /// Day columns 1 … 31 may stand among the headings.
    pub takes_days: bool,
}

/// Which sheet a line belongs to (rules.md §6, "Sheets").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub place: Place,
    pub month: Option<Month>,
    pub employer: Option<String>,
    pub team: Option<String>,
    /// Further part: batch, account, number, date.
    pub part: Option<String>,
}

impl Key {
    pub fn of(place: Place) -> Self {
        Self { place, month: None, employer: None, team: None, part: None }
    }

    /// `employer|team`, or the further part.
    pub fn part_text(&self) -> String {
        match &self.part {
            Some(part) => part.clone(),
            None if self.employer.is_none() && self.team.is_none() => String::new(),
            None => format!("{}|{}", self.employer.as_deref().unwrap_or_default(), self.team.as_deref().unwrap_or_default()),
        }
    }
}

/// How rows of a dataset become lines.
pub trait Layout {
    type Line: Send + 'static;

    /// Columns that decide the sheet: rows alike in them belong together. Empty: every row is asked.
    const KEY_COLUMNS: &'static [usize] = &[];

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, Self::Line)>;

    /// The line alone, where the sheet is known.
    fn line(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<Self::Line> {
        Self::read(row, people).map(|(_, line)| line)
    }

    /// What stands above the lines, read from the first row of a sheet.
    fn head(row: &Row<'_, '_>, key: &Key, head: &mut SheetHead) -> RowResult<()> {
        let _ = (row, key, head);
        Ok(())
    }

    /// What makes two lines of a sheet the same thing, where it may stand there only once; see [`fingerprint`].
    fn once(line: &Self::Line) -> Option<u64> {
        let _ = line;
        None
    }

    /// Takes a second row of the same thing into the first one; false when it does not belong there.
    fn join(known: &mut Self::Line, row: &Row<'_, '_>, line: &Self::Line) -> bool {
        let _ = (known, row, line);
        false
    }

    fn row_of(line: &Self::Line) -> u32;

    fn wrap(lines: Vec<Self::Line>) -> Body;
}

/// A short stand-in for the things that make a line what it is.
pub fn fingerprint(things: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    things.hash(&mut hasher);
    hasher.finish()
}

macro_rules! columns {
    ($($name:ident $(@$flag:ident)? = $canonical:literal $([$($alias:literal),* $(,)?])?;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Col { $($name),* }

        impl From<Col> for usize {
            fn from(col: Col) -> usize { col as usize }
        }

        pub const COLUMNS: &[$crate::layout::Column] = &[$($crate::layout::Column {
            canonical: $canonical,
            aliases: &[$($($alias),*)?],
            factor: $crate::layout::columns!(@factor $($flag)?),
            secret: $crate::layout::columns!(@secret $($flag)?),
        }),*];
    };
    (@factor wan) => { 10_000 };
    (@factor $($flag:ident)?) => { 1 };
    (@secret secret) => { true };
    (@secret $($flag:ident)?) => { false };
}

/// Positions of columns as a list.
macro_rules! at {
    ($($name:ident),* $(,)?) => { &[$(Col::$name as usize),*] };
}

use at;
use columns;

/// Every dataset, in the order of [`Dataset::ALL`].
pub static SHAPES: &[&Shape] = &[
    &project::SHAPE,
    &contractor::SHAPE,
    &team::SHAPE,
    &deposit::SHAPE,
    &account::SHAPE,
    &ledger::SHAPE,
    &roster::SHAPE,
    &contract::SHAPE,
    &attendance::SHAPE,
    &payroll::SHAPE,
    &payout::SHAPE,
    &board::SHAPE,
    &worker_settlement::SHAPE,
    &process_settlement::SHAPE,
    &inspection::SHAPE,
    &lead::SHAPE,
];

#[cfg(test)]
pub fn shape_of(dataset: Dataset) -> &'static Shape {
    SHAPES.iter().copied().find(|shape| shape.dataset == dataset).expect("every dataset has a shape; a test says so")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use model::Dataset;

    use super::SHAPES;
    use crate::heading::normalise;

    #[test]
    fn every_dataset_has_a_shape_in_order() {
        assert_eq!(SHAPES.iter().map(|s| s.dataset).collect::<Vec<_>>(), Dataset::ALL);
    }

    #[test]
    fn no_heading_stands_for_two_columns_of_a_dataset() {
        for shape in SHAPES {
            let mut seen: HashMap<String, &str> = HashMap::new();
            for column in shape.columns {
                for name in column.aliases.iter().chain([&column.canonical]) {
                    if let Some(other) = seen.insert(normalise(name).base, column.canonical) {
                        assert_eq!(other, column.canonical, "{name} in {:?}", shape.dataset);
                    }
                }
            }
        }
    }

    #[test]
    fn every_canonical_heading_is_understood_by_its_own_dataset() {
        for shape in SHAPES {
            for (at, column) in shape.columns.iter().enumerate() {
                assert_eq!(crate::heading::find(shape, &normalise(column.canonical).base).map(|f| f.0), Some(at), "{}", column.canonical);
            }
        }
    }
}
