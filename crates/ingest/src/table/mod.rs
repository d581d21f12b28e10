//! From received bytes to rows of cells. Kind by first bytes, never by extension (file-formats.md §14, quirks 1–3, 10–12).
//!
//! Refuses to repair: bytes that do not decode, or a file of another kind, are a problem of the file.

mod book;
mod decode;
mod text;

use std::borrow::Cow;

use chrono::NaiveDateTime;

use crate::FileProblem;
pub use book::{Grid, serial_moment};
pub use text::TextRows;

/// One cell as the file holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
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
            Self::Number(number) => Cow::Owned(number_text(*number)),
            Self::Moment(moment) if moment.time() == chrono::NaiveTime::MIN => Cow::Owned(moment.date().to_string()),
            Self::Moment(moment) => Cow::Owned(moment.to_string()),
            Self::Bool(value) => Cow::Borrowed(if *value { "TRUE" } else { "FALSE" }),
            Self::Error(text) => Cow::Borrowed(text),
        }
    }
}

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
pub fn open(bytes: &[u8]) -> Result<Contents, FileProblem> {
    match kind(bytes) {
        Kind::Text => Ok(Contents::Text),
        Kind::Book => book::read(bytes).map(Contents::Book),
        Kind::Empty => Err(FileProblem::new("文件是空的", "请确认导出是否成功后重新提供")),
        Kind::Other(what, mend) => Err(FileProblem::new(what, mend)),
    }
}

/// Decodes text strictly: BOM, then UTF-8, then GB18030.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileProblem> {
    decode::decode(bytes)
}

/// Text as a worksheet; `score` says how much a row looks like a heading row.
pub fn text_worksheet<'a>(text: &'a str, score: &dyn Fn(&[Cell<'_>]) -> usize) -> Worksheet<'a> {
    Worksheet { name: None, hidden: false, content: Content::Text { text, delimiter: text::sniff(text, score) } }
}

enum Kind {
    Text,
    Book,
    Empty,
    Other(&'static str, &'static str),
}

fn kind(bytes: &[u8]) -> Kind {
    const TABLE: &str = "请在 Excel 或 WPS 中另存为 .xlsx 或 .csv 后重新提供";
    let head = &bytes[..bytes.len().min(4096)];
    let starts = |magic: &[u8]| head.starts_with(magic);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        Kind::Empty
    } else if starts(b"PK\x03\x04") || starts(&[0xD0, 0xCF, 0x11, 0xE0]) {
        Kind::Book
    } else if starts(b"%PDF") {
        Kind::Other("这是 PDF 文件，不是表格", "请向对方索取电子表格（.xlsx 或 .csv），不要扫描件")
    } else if starts(b"PK") || starts(b"Rar!") || starts(b"7z\xBC\xAF") || starts(&[0x1F, 0x8B]) {
        Kind::Other("这是压缩包（或空的压缩包），不是表格", "请先解压，再导入其中的文件")
    } else if starts(b"\x89PNG") || starts(b"\xFF\xD8\xFF") || starts(b"GIF8") || starts(b"BM") && head.contains(&0) {
        Kind::Other("这是图片，不是表格", "请向对方索取电子表格（.xlsx 或 .csv）")
    } else if looks_like_markup(head) {
        Kind::Other("这是网页或 XML 格式的表格", TABLE)
    } else if !starts(&[0xFF, 0xFE]) && !starts(&[0xFE, 0xFF]) && head.contains(&0) {
        Kind::Other("这不是能识别的表格文件", TABLE)
    } else {
        Kind::Text
    }
}

fn looks_like_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let lower = head[..head.len().min(256)].to_ascii_lowercase();
    [&b"<?xml"[..], b"<html", b"<!doctype", b"<table", b"<meta", b"<style", b"<head", b"<body"].iter().any(|tag| lower.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn the_kind_follows_the_first_bytes() {
        assert!(matches!(kind(b"a,b\n1,2\n"), Kind::Text));
        assert!(matches!(kind(b"\xFF\xFEa\0"), Kind::Text));
        assert!(matches!(kind(b"PK\x03\x04..."), Kind::Book));
        assert!(matches!(kind(b" \r\n"), Kind::Empty));
        for other in [&b"%PDF-1.7"[..], b"<html><table>", b"\xEF\xBB\xBF<?xml version", b"\x89PNG\r\n", b"\x1F\x8B\x08", b"a\0b"] {
            assert!(matches!(kind(other), Kind::Other(..)), "{other:?}");
        }
    }
}
