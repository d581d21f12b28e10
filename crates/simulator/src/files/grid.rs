//! Tables before they are dressed: canonical headings (file-formats.md) over typed cells.

use model::{Dataset, Date, Month};

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    None,
    Text(String),
    Word(&'static str),
    /// Fen.
    Money(i64),
    /// Hundredths of days.
    Days(i64),
    /// Thousandths of pieces.
    Pieces(i64),
    Int(i64),
    Date(Date),
    Month(Month),
    /// A day and the minute of it.
    Stamp(Date, u32),
    Flag(bool),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(text.to_owned()) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Date> for Cell {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// Money that may be missing.
pub fn money(fen: Option<i64>) -> Cell {
    fen.map_or(Cell::None, Cell::Money)
}

/// Money that is left out when nothing.
pub fn some_money(fen: i64) -> Cell {
    if fen == 0 { Cell::None } else { Cell::Money(fen) }
}

#[derive(Debug, Clone)]
pub struct Grid {
    pub dataset: Dataset,
    /// What an unhelpful clerk would call the sheet.
    pub name: String,
    /// Name of the project, where the grid is about one.
    pub project: String,
    pub month: Option<Month>,
    pub employer: String,
    pub heads: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
    /// Lines above the table: key and value.
    pub preamble: Vec<(&'static str, String)>,
    /// A total row must be written in every format, saying so much too much of 实发工资.
    pub total_off: i64,
    /// Attendance matrix: its title must carry project and month.
    pub wide: bool,
}

impl Grid {
    pub fn new(dataset: Dataset, name: &str, heads: Vec<&'static str>) -> Self {
        Self {
            dataset,
            name: name.to_owned(),
            project: String::new(),
            month: None,
            employer: String::new(),
            heads,
            rows: Vec::new(),
            preamble: Vec::new(),
            total_off: 0,
            wide: false,
        }
    }

    /// Takes columns out that say the same in every row, or that a layout does not have.
    pub fn without(mut self, columns: &[&str]) -> Self {
        let keep: Vec<bool> = self.heads.iter().map(|h| !columns.contains(h)).collect();
        let filter = |at: &usize| keep[*at];
        self.heads = (0..self.heads.len()).filter(filter).map(|at| self.heads[at]).collect();
        for row in &mut self.rows {
            let mut at = 0;
            row.retain(|_| {
                at += 1;
                keep[at - 1]
            });
        }
        self
    }
}
