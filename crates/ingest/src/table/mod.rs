//! From received bytes to rows of cells. Kind by first bytes, never by extension (file-formats.md §14, quirks 1–3, 10–12).
//!
//! Refuses to repair: bytes that do not decode, or a file of another kind, are a problem of the file.

mod archive;
mod decode;
mod grid;
mod html;
mod kind;
#[cfg(test)]
mod kinds;
mod limits;
mod ods;
mod package;
mod text;
mod value;
mod xls;
mod xlsx;
mod xml;
mod xml2003;

use std::borrow::Cow;

use chrono::NaiveDateTime;

use crate::FileProblem;
pub use archive::{Archive, Entry, EntryContent, is_archive};
pub use grid::Grid;
use kind::Kind;
pub use limits::Limits;
use package::Package;
pub use text::TextRows;
pub use value::{mac_moment, serial_moment};

/// One cell as the file holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
    /// A number of a workbook that counts days from 1904, large enough to be a day of our time.
    MacNumber(f64),
    Moment(NaiveDateTime),
    Bool(bool),
    /// `#REF!`, `#N/A` …
    Error(String),
}

impl Cell<'_> {
    /// Nothing but blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(is_invisible),
            _ => false,
        }
    }

    /// As a person sees it, for headings, titles and reports.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text.trim_matches(is_invisible)),
            Self::Number(number) | Self::MacNumber(number) => Cow::Owned(number_text(*number)),
            Self::Moment(moment) if moment.time() == chrono::NaiveTime::MIN => Cow::Owned(moment.date().to_string()),
            Self::Moment(moment) => Cow::Owned(moment.to_string()),
            Self::Bool(value) => Cow::Borrowed(if *value { "TRUE" } else { "FALSE" }),
            Self::Error(text) => Cow::Borrowed(text),
        }
    }

    /// The same cell, independent of the file.
    pub fn to_owned_cell(&self) -> Cell<'static> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(text) => Cell::Text(Cow::Owned(text.to_string())),
            Self::Number(number) => Cell::Number(*number),
            Self::MacNumber(number) => Cell::MacNumber(*number),
            Self::Moment(moment) => Cell::Moment(*moment),
            Self::Bool(value) => Cell::Bool(*value),
            Self::Error(error) => Cell::Error(error.clone()),
        }
    }
}

/// What stands in for the value of a formula that was never computed.
pub const UNCOMPUTED: &str = "（公式没有保存计算结果）";

/// Blanks of every kind, zero-width characters and direction marks.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2060}')
}

/// Shortest decimal text of a number, without exponent.
pub fn number_text(number: f64) -> String {
    format!("{number}")
}

/// One table of a file: a worksheet, or the whole of a text file.
pub struct Worksheet<'a> {
    /// `None` in text files.
    pub name: Option<String>,
    pub hidden: bool,
    pub content: Content<'a>,
}

pub enum Content<'a> {
    Text { text: &'a str, delimiter: &'static str },
    Grid(Grid),
}

impl<'a> Worksheet<'a> {
    pub fn rows(&'a self) -> Rows<'a> {
        match &self.content {
            Content::Text { text, delimiter } => Rows::Text(TextRows::new(text, delimiter)),
            Content::Grid(grid) => Rows::Grid { grid, at: 0 },
        }
    }

    /// Named as the pages of explanation in templates and return sheets are, and in many workbooks of others.
    pub fn is_guide(&self) -> bool {
        self.name
            .as_deref()
            .is_some_and(|name| ["填写说明", "字段填写说明", "退回说明", "说明", "封面"].iter().any(|guide| name.starts_with(guide)))
    }

    /// Merged ranges that reach over several columns, as the heading rows need them.
    pub fn grid(&self) -> Option<&Grid> {
        match &self.content {
            Content::Text { .. } => None,
            Content::Grid(grid) => Some(grid),
        }
    }
}

/// The rows of a worksheet in order.
pub enum Rows<'a> {
    Text(TextRows<'a>),
    Grid { grid: &'a Grid, at: usize },
}

impl<'a> Rows<'a> {
    /// Fills `cells` with the next row; false at the end.
    pub fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> bool {
        match self {
            Self::Text(rows) => rows.next(cells),
            Self::Grid { grid, at } => {
                cells.clear();
                let Some(row) = grid.row(*at) else { return false };
                *at += 1;
                cells.extend(row.iter().map(borrow));
                true
            }
        }
    }
}

fn borrow<'a>(cell: &'a Cell<'static>) -> Cell<'a> {
    match cell {
        Cell::Text(text) => Cell::Text(Cow::Borrowed(text)),
        other => other.clone(),
    }
}

/// What a file turned out to hold.
pub enum Contents {
    /// Decoded text; borrowed where the bytes already were UTF-8.
    Text,
    Book(Vec<Worksheet<'static>>),
}

/// Reads a workbook, or says that the bytes are text.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Contents, FileProblem> {
    let worksheets = match kind::kind(bytes) {
        Kind::Text => return Ok(Contents::Text),
        Kind::Empty => return Err(FileProblem::new("文件是空的", "请确认导出是否成功后重新提供")),
        Kind::Other(what, mend) => return Err(FileProblem::new(what, mend)),
        Kind::Compound => xls::read(bytes, limits)?,
        Kind::Html => html::read(bytes, limits)?,
        Kind::Xml2003 => xml2003::read(bytes, limits)?,
        Kind::Zip => {
            let mut zip = package::open(bytes)?;
            match package::package(&mut zip) {
                Package::Xlsx => xlsx::read(bytes, &mut zip, limits)?,
                Package::Ods => ods::read(&mut zip, limits)?,
                Package::Archive => return Err(FileProblem::new("这是压缩包，不是表格", "请先解压，再导入其中的文件")),
                Package::Other(what) => {
                    return Err(FileProblem::new(format!("这是{what}，不是能读取的表格"), "请用 Excel 或 WPS 另存为 .xlsx 后重新提供"));
                }
            }
        }
    };
    Ok(Contents::Book(worksheets))
}

/// A workbook of any kind that asks for a password.
fn encrypted() -> FileProblem {
    FileProblem::new("文件有打开密码，无法读取", "请去掉密码后另存，再重新提供")
}

/// Decodes text strictly: BOM, then UTF-8, then GB18030.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileProblem> {
    decode::decode(bytes)
}

/// Text as a worksheet; `score` says how much a row looks like a heading row.
pub fn text_worksheet<'a>(text: &'a str, score: &dyn Fn(&[Cell<'_>]) -> usize, limits: &Limits) -> Result<Worksheet<'a>, FileProblem> {
    let delimiter = text::sniff(text, score);
    text::check(text, delimiter, limits)?;
    Ok(Worksheet { name: None, hidden: false, content: Content::Text { text, delimiter } })
}
