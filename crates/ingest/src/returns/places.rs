//! Where in a worksheet a fault stands: found again by row and heading.

use std::collections::BTreeMap;

use super::Fault;
use crate::locate::Located;
use crate::report::{Note, Reject, SheetReport};
use crate::table::Cell;

/// What is to be said of one cell.
#[derive(Default)]
pub struct Mark {
    /// The row was refused for it.
    pub grave: bool,
    pub texts: Vec<String>,
}

/// Marked cells by row and column, from 0.
pub type Marks = BTreeMap<(u32, u16), Mark>;

pub struct Places<'l> {
    /// `None` where no heading was recognised.
    pub located: Option<&'l Located>,
    /// The rows of the heading.
    pub headings: &'l [Vec<Cell<'l>>],
}

impl Places<'_> {
    /// The row below the heading, from 0.
    pub fn heading_end(&self) -> u32 {
        self.located.map_or(1, |located| u32::try_from(located.row + located.height).unwrap_or(u32::MAX))
    }

    /// The first row of the heading, from 0.
    pub fn heading_row(&self) -> u32 {
        self.located.map_or(0, |located| u32::try_from(located.row).unwrap_or(u32::MAX))
    }

    /// Columns a heading as the report shows it stands for; two where the importer could not choose between them.
    fn columns(&self, shown: &str) -> Vec<u16> {
        let Some(located) = self.located else { return Vec::new() };
        let mapping = &located.mapping;
        let by_heading = mapping.headings.iter().position(|h| h.as_ref().is_some_and(|h| h.0 == shown));
        let by_name = || mapping.shape.columns.iter().position(|c| c.canonical == shown);
        let mapped = by_heading.and_then(|column| mapping.at[column]).or_else(|| by_name().and_then(|column| mapping.at[column]));
        let day = || located.days.columns.iter().find(|(_, day)| format!("{day}日") == shown).map(|(at, _)| *at);
        let found: Vec<usize> = match mapped.or_else(day) {
            Some(at) => vec![at],
            None => self.unclear(shown),
        };
        found.into_iter().filter_map(|at| u16::try_from(at).ok()).collect()
    }

    fn unclear(&self, canonical: &str) -> Vec<usize> {
        let Some(mapping) = self.located.map(|located| &located.mapping) else { return Vec::new() };
        let both = mapping.unclear.iter().find(|u| mapping.shape.columns[u.0].canonical == canonical);
        let Some((_, one, other)) = both else { return Vec::new() };
        let is_one = |cell: &Cell<'_>| [one, other].iter().any(|heading| heading.split('|').any(|part| part == cell.shown()));
        let row = self.headings.iter().find(|row| row.iter().any(is_one));
        row.map(|row| (0..row.len()).filter(|at| is_one(&row[*at])).collect()).unwrap_or_default()
    }

    /// Every fault of a worksheet with its cell, and all marks; notes stand on headings.
    pub fn of(&self, worksheet: &str, report: &SheetReport) -> (Vec<Fault>, Marks) {
        let mut marks = Marks::new();
        let mut faults = Vec::with_capacity(report.rejects.len());
        for reject in &report.rejects {
            let row = reject.row.saturating_sub(1);
            let columns = self.columns(&reject.column);
            let columns = if columns.is_empty() { vec![0] } else { columns };
            for column in &columns {
                let mark = marks.entry((row, *column)).or_default();
                mark.grave = true;
                mark.texts.push(comment(reject));
            }
            faults.push(Fault {
                worksheet: worksheet.to_owned(),
                cell: columns.first().map(|column| (row, *column)),
                row: reject.row,
                column: reject.column.clone(),
                value: reject.value.clone(),
                reason: reject.reason.to_string(),
                mend: reject.mend.to_string(),
            });
        }
        for note in &report.notes {
            let columns = self.columns(&note.column);
            let columns = if columns.is_empty() { vec![0] } else { columns };
            for column in columns {
                marks.entry((self.heading_row(), column)).or_default().texts.push(note_text(note));
            }
        }
        (faults, marks)
    }
}

fn comment(reject: &Reject) -> String {
    let column = if reject.column.is_empty() { String::new() } else { format!("（{}）", reject.column) };
    format!("【退回】{}{column}\n【改法】{}", reject.reason, reject.mend)
}

/// `第 5 行等 3 行“部分成功”：…；…`
pub fn note_text(note: &Note) -> String {
    let place = note.place();
    let value = if note.value.is_empty() { String::new() } else { format!("“{}”", note.value) };
    let colon = if place.is_empty() && value.is_empty() { "" } else { "：" };
    let mend = if note.mend.is_empty() { String::new() } else { format!("\n【改法】{}", note.mend) };
    format!("【提示】{place}{value}{colon}{}{mend}", note.what)
}
