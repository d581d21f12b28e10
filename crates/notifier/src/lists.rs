//! Plain tables as a workbook: reports that belong to no letter.

use model::Date;

use crate::NotifierError;
use crate::evidence::{Table, new_workbook};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListCell {
    Empty,
    Text(String),
    Number(u32),
    Date(Date),
}

/// One worksheet.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    pub name: &'static str,
    /// Headings with widths in characters.
    pub columns: Vec<(&'static str, f32)>,
    pub rows: Vec<Vec<ListCell>>,
}

/// The same lists on the same day give the same bytes.
pub fn lists_workbook(title: &str, lists: &[List], created: Date) -> Result<Vec<u8>, NotifierError> {
    let mut workbook = new_workbook(title, created)?;
    for list in lists {
        let columns: Vec<(String, f64)> = list.columns.iter().map(|(title, width)| ((*title).to_owned(), f64::from(*width))).collect();
        let mut table = Table::new(workbook.add_worksheet(), list.name, &columns)?;
        for row in &list.rows {
            table.next_row();
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    ListCell::Empty => {}
                    ListCell::Text(text) => table.text(column, text)?,
                    ListCell::Number(number) => table.number(column, Some(f64::from(*number)))?,
                    ListCell::Date(date) => table.date(column, Some(*date))?,
                }
            }
        }
        table.finish()?;
    }
    Ok(workbook.save_to_buffer()?)
}
