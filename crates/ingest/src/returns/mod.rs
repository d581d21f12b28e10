//! Return sheets: the sender's own tables with the faulty cells coloured and explained, ready to be mended and sent back.
//!
//! They hold the sender's full numbers, so they are written only where the operator asks for them, readable by nobody else.

mod folder;
mod guide;
mod page;
mod places;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

pub use folder::{ReturnError, write_returns};
pub(crate) use places::note_text;

use crate::ImportOptions;
use crate::report::FileReport;
use crate::table::Worksheet;

/// Cells of all worksheets together; a workbook of so many is built in about 200 MB.
const MOST_CELLS: u64 = 1_000_000;
/// A worksheet with more rows is given back without the rows that are in order.
const MOST_ROWS: u32 = 50_000;
/// Comments of a workbook; beyond them cells are coloured, and listed as far as the list reaches.
const MOST_COMMENTS: usize = 10_000;

/// A fault where the sender finds it in the return sheet.
struct Fault {
    worksheet: String,
    /// Row and column from 0; none when the worksheet is not there.
    cell: Option<(u32, u16)>,
    /// Row in the file as received.
    row: u32,
    column: String,
    value: String,
    reason: String,
    mend: String,
}

/// What became of one worksheet.
struct Page {
    name: String,
    faults: Vec<Fault>,
    /// Only titles and faulty rows.
    short: bool,
    /// Faulty rows there was no room for.
    omitted: u32,
}

/// What is left of the limits of one return sheet.
struct Room {
    cells: u64,
    comments: usize,
    rows: u32,
}

impl Room {
    fn new() -> Self {
        Self { cells: MOST_CELLS, comments: MOST_COMMENTS, rows: MOST_ROWS }
    }
}

/// The return sheet of a file; of one that cannot be opened, the page of explanation alone.
fn return_sheet(bytes: Option<&[u8]>, report: &FileReport, options: &ImportOptions) -> Result<Vec<u8>, XlsxError> {
    return_sheet_within(bytes, report, options, Room::new())
}

fn return_sheet_within(bytes: Option<&[u8]>, report: &FileReport, options: &ImportOptions, mut room: Room) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same file received on the same day gives the same bytes.
    let made = ExcelDateTime::parse_from_str(&options.received_on.format("%Y-%m-%d").to_string())?;
    workbook.set_properties(&DocProperties::new().set_author("Anxin").set_creation_datetime(&made));
    workbook.add_worksheet().set_name(guide::NAME)?;
    let (mut pages, mut failed, mut at) = (Vec::new(), None, 0);
    let mapping = options.mapping.as_deref();
    if let Some(bytes) = bytes {
        let mut copy = |worksheet: &Worksheet<'_>| {
            let of_this = report.sheets.get(at);
            at += 1;
            let Some(sheet) = of_this.filter(|_| failed.is_none() && is_copied(worksheet)) else { return };
            let name = free_name(worksheet.name.as_deref(), &pages);
            match page::write(workbook.add_worksheet(), name, page::Source { worksheet, mapping, report: sheet }, &mut room) {
                Ok(page) => pages.push(page),
                Err(error) => failed = Some(error),
            }
        };
        // A file that cannot be opened has its problem in the report already.
        let _ = crate::reader::each_worksheet(bytes, &options.limits, mapping, &mut copy);
    }
    if let Some(error) = failed {
        return Err(error);
    }
    guide::write(workbook.worksheet_from_index(0)?, report, &pages, options.received_on)?;
    workbook.save_to_buffer()
}

/// Hidden worksheets were not read, and a page of explanation is written anew.
fn is_copied(worksheet: &Worksheet<'_>) -> bool {
    !worksheet.hidden && worksheet.name.as_deref().is_none_or(|name| !name.starts_with(guide::NAME))
}

/// A name that a workbook takes, nearest to the worksheet's own: it may say the month or the team.
fn free_name(own: Option<&str>, pages: &[Page]) -> String {
    let allowed: String = own.unwrap_or("数据").chars().filter(|c| !matches!(c, '*' | '?' | ':' | '[' | ']' | '\\' | '/')).collect();
    let allowed = allowed.trim_matches('\'');
    // Excel counts UTF-16 units.
    let cut = |most: usize| {
        let mut units = 0;
        let fits = |c: &char| {
            units += c.len_utf16();
            units <= most
        };
        allowed.chars().take_while(fits).collect::<String>()
    };
    let taken = |name: &str| {
        let lower = name.to_lowercase();
        name.is_empty() || lower == guide::NAME || pages.iter().any(|page| page.name.to_lowercase() == lower)
    };
    let whole = cut(31);
    if !taken(&whole) {
        return whole;
    }
    (2..=pages.len() + 3).map(|n| format!("{}（{n}）", cut(24))).find(|name| !taken(name)).unwrap_or(whole)
}

#[cfg(test)]
mod tests;
