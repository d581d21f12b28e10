//! Cells that say less than they should in rows that are kept all the same: what they leave open is not known, and told.

use std::borrow::Cow;
use std::cell::RefCell;

use crate::cell::{compact, date};
use crate::report::Note;
use crate::row::RowFault;
use crate::table::{Cell, number_text};

/// Cells that say less than a date, in rows that are kept without them.
#[derive(Default)]
pub struct Doubts {
    /// Of the row that is being read.
    row: RefCell<Vec<Note>>,
    /// Of rows that were kept; one for each column.
    kept: RefCell<Vec<Note>>,
}

impl Doubts {
    /// Something doubtful in a row; once for each column.
    pub fn add(&self, row: u32, RowFault { column, value, reason, mend, .. }: RowFault) {
        let mut doubts = self.row.borrow_mut();
        if doubts.iter().all(|known| known.column != column) {
            doubts.push(Note { row: Some(row), count: 1, column, value, what: reason, mend });
        }
    }

    /// The row has been read: what was doubtful in it is told only where the row is kept.
    pub fn settle(&self, is_kept: bool) {
        let mut kept = self.kept.borrow_mut();
        for note in self.row.borrow_mut().drain(..).filter(|_| is_kept) {
            match kept.iter_mut().find(|known| known.column == note.column && known.what == note.what) {
                Some(known) => known.count += 1,
                None => kept.push(note),
            }
        }
    }

    pub fn take(&self) -> Vec<Note> {
        std::mem::take(&mut self.kept.borrow_mut())
    }
}

/// `2025年12月`, `2025-12`, `202512`: a month and no day of it.
pub fn is_month_only(cell: &Cell<'_>) -> bool {
    let shown = match cell {
        Cell::Text(raw) => Cow::Borrowed(raw.as_ref()),
        Cell::Number(number) if (199_001.0..=210_012.0).contains(number) => Cow::Owned(number_text(*number)),
        _ => return false,
    };
    let text = compact(&shown);
    let text = text.trim_end_matches('份');
    let is_month = |year: u32, month: u32| (1990..=2100).contains(&year) && (1..=12).contains(&month);
    match date::numbers(text).as_deref() {
        Some([year, month]) => is_month(*year, *month),
        Some([both]) if text.len() == 6 => is_month(both / 100, both % 100),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_without_its_day_is_told_from_a_date() {
        for written in ["2025年12月", "2025-12", "2025.12", "2025/12", "202512", "2025年12月份", "２０２５年１２月"] {
            assert!(is_month_only(&Cell::Text(written.into())), "{written}");
        }
        assert!(is_month_only(&Cell::Number(202_512.0)));
        for written in ["2025-12-01", "2025-13", "20251201", "12月", "2025", "2025年", "45352", "长期", ""] {
            assert!(!is_month_only(&Cell::Text(written.into())), "{written}");
        }
        assert!(!is_month_only(&Cell::Number(45_352.0)));
    }
}
