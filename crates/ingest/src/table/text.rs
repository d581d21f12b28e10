//! Delimited text as rows: RFC 4180 quoting, several delimiters, no allocation per cell on lines without quotes.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

use super::{Cell, Limits};
use crate::FileProblem;

const DELIMITERS: [&str; 5] = [",", "\t", ";", "|", "，"];
/// Rows looked at to find delimiter and heading.
const SNIFFED: usize = 30;

/// Rows of a text. Every record counts, blank lines too; the line end at the end of the text starts no row.
pub struct TextRows<'a> {
    rest: &'a str,
    delimiter: &'static str,
    /// Most exports have none, and then no line is searched for one.
    quotes: bool,
}

impl<'a> TextRows<'a> {
    pub fn new(text: &'a str, delimiter: &'static str) -> Self {
        Self { rest: text, delimiter, quotes: memchr(b'"', text.as_bytes()).is_some() }
    }

    /// The next line without its end, when no quote is in it, and the bytes to [`Self::skip`] for it.
    pub fn plain_line(&self) -> Option<(&'a str, usize)> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let end = memchr(b'\n', bytes).unwrap_or(bytes.len());
        if self.quotes && memchr(b'"', &bytes[..end]).is_some() {
            return None;
        }
        let line = &self.rest[..end];
        Some((line.strip_suffix('\r').unwrap_or(line), (end + 1).min(bytes.len())))
    }

    pub fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    pub fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> bool {
        cells.clear();
        if self.rest.is_empty() {
            return false;
        }
        if let Some((line, end)) = self.plain_line() {
            self.skip(end);
            split_plain(line, self.delimiter, cells);
        } else if !self.quoted(cells) {
            // A quote that is never closed is a character, or it would swallow the rest of the file.
            cells.clear();
            let end = memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let line = &self.rest[..end];
            self.rest = &self.rest[(end + 1).min(self.rest.len())..];
            split_plain(line.strip_suffix('\r').unwrap_or(line), self.delimiter, cells);
        }
        true
    }

    /// A record with quoted cells; false when a quote is not closed, with nothing consumed.
    fn quoted(&mut self, cells: &mut Vec<Cell<'a>>) -> bool {
        let text = self.rest;
        let mut at = 0;
        loop {
            let rest = &text[at..];
            if let Some(inner) = rest.strip_prefix('"') {
                let Some((value, used)) = quoted_cell(inner) else { return false };
                // What follows a closing quote up to the delimiter belongs to the cell (`"a"b`).
                let after = &inner[used..];
                let tail = plain_end(after, self.delimiter);
                let value = if tail == 0 { value } else { Cow::Owned(format!("{value}{}", after[..tail].trim_end_matches('\r'))) };
                cells.push(text_cell(value));
                at += 1 + used + tail;
            } else {
                let end = plain_end(rest, self.delimiter);
                cells.push(text_cell(Cow::Borrowed(rest[..end].trim_end_matches('\r'))));
                at += end;
            }
            if text[at..].starts_with(self.delimiter) {
                at += self.delimiter.len();
            } else {
                self.rest = &text[(at + 1).min(text.len())..];
                return true;
            }
        }
    }
}

/// Value of a quoted cell behind its opening quote, and the bytes up to and with the closing quote.
fn quoted_cell(inner: &str) -> Option<(Cow<'_, str>, usize)> {
    let bytes = inner.as_bytes();
    let mut doubled = false;
    let mut at = 0;
    loop {
        at += memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) == Some(&b'"') {
            doubled = true;
            at += 2;
        } else {
            break;
        }
    }
    let value = &inner[..at];
    Some((if doubled { Cow::Owned(value.replace("\"\"", "\"")) } else { Cow::Borrowed(value) }, at + 1))
}

/// Bytes up to the next delimiter or line end.
fn plain_end(text: &str, delimiter: &str) -> usize {
    let line = memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    memmem::find(&text.as_bytes()[..line], delimiter.as_bytes()).unwrap_or(line)
}

fn split_plain<'a>(line: &'a str, delimiter: &str, cells: &mut Vec<Cell<'a>>) {
    let mut from = 0;
    if let [byte] = delimiter.as_bytes() {
        for at in memchr_iter(*byte, line.as_bytes()) {
            cells.push(text_cell(Cow::Borrowed(&line[from..at])));
            from = at + 1;
        }
    } else {
        for at in memmem::find_iter(line.as_bytes(), delimiter.as_bytes()) {
            cells.push(text_cell(Cow::Borrowed(&line[from..at])));
            from = at + delimiter.len();
        }
    }
    cells.push(text_cell(Cow::Borrowed(&line[from..])));
}

fn text_cell(text: Cow<'_, str>) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// The delimiter under which some row looks most like a heading row; on a tie the one that makes most cells.
pub fn sniff(text: &str, score: &dyn Fn(&[Cell<'_>]) -> usize) -> &'static str {
    if let Some(line) = text.lines().next().and_then(|line| line.trim().strip_prefix("sep="))
        && let Some(known) = DELIMITERS.iter().find(|d| **d == line)
    {
        return known;
    }
    let mut best = (0, 0, DELIMITERS[0]);
    let mut cells = Vec::new();
    for delimiter in DELIMITERS {
        // With a heading of three known names found, no other delimiter can do better.
        if best.0 >= 3 {
            break;
        }
        let mut rows = TextRows::new(text, delimiter);
        for _ in 0..SNIFFED {
            if !rows.next(&mut cells) {
                break;
            }
            let found = (score(&cells), cells.len(), delimiter);
            if (found.0, found.1) > (best.0, best.1) {
                best = found;
            }
        }
    }
    best.2
}

/// Refuses texts with cells or rows beyond the limits, and quotes that would be searched for their ends over and over.
pub fn check(text: &str, delimiter: &'static str, limits: &Limits) -> Result<(), FileProblem> {
    let (mut rows, mut cells) = (TextRows::new(text, delimiter), Vec::new());
    let few = limits.cell_chars.min(limits.columns as usize);
    let (mut line, mut wasted) = (1, 0);
    loop {
        let before = rows.rest;
        let (columns, longest) = if let Some((plain, end)) = rows.plain_line() {
            rows.skip(end);
            // So short a line passes both limits.
            if plain.len() < few {
                line += 1;
                continue;
            }
            (memmem::find_iter(plain.as_bytes(), delimiter.as_bytes()).count() + 1, plain.split(delimiter).map(chars).max())
        } else if rows.next(&mut cells) {
            (cells.len(), cells.iter().map(|c| if let Cell::Text(text) = c { chars(text) } else { 0 }).max())
        } else {
            return Ok(());
        };
        let used = &before[..before.len() - rows.rest.len()];
        if columns > limits.columns as usize {
            let what = format!("第 {line} 行超过 {} 列", limits.columns);
            return Err(FileProblem::new(what, "请确认分隔符和换行是否完整，从原系统重新导出后提供"));
        }
        if longest.is_some_and(|longest| longest > limits.cell_chars) {
            let what = format!("第 {line} 行有超过 {} 字的内容，可能是引号没有成对，或缺少分隔符", limits.cell_chars);
            return Err(FileProblem::new(what, "请检查该行的引号和分隔符，从原系统重新导出后提供"));
        }
        // A quote without end was looked for up to the end of the text, and its line taken as it is.
        if used.bytes().filter(|b| *b == b'"').count() % 2 == 1 {
            wasted += before.len();
            if wasted > WASTED + text.len() {
                return Err(FileProblem::new(format!("第 {line} 行起有许多引号没有成对"), "请从原系统重新导出后提供"));
            }
        }
        line += 1 + memchr_iter(b'\n', used.trim_end_matches('\n').as_bytes()).count();
    }
}

/// Bytes searched in vain for the ends of quotes.
const WASTED: usize = 256 << 20;

fn chars(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cell, Limits, TextRows, check, sniff};

    fn rows(text: &str, delimiter: &'static str) -> Vec<Vec<String>> {
        let (mut source, mut cells, mut all) = (TextRows::new(text, delimiter), Vec::new(), Vec::new());
        while source.next(&mut cells) {
            all.push(cells.iter().map(|c| if let Cell::Text(t) = c { t.to_string() } else { String::new() }).collect());
        }
        all
    }

    #[test]
    fn quotes_line_ends_and_blank_lines() {
        assert_eq!(rows("a,b\r\n\r\n\"x,\"\"y\"\"\n2\",z", ","), [vec!["a", "b"], vec![""], vec!["x,\"y\"\n2", "z"]]);
        assert_eq!(rows("\"a\"b,c\n", ","), [["ab", "c"]]);
        assert_eq!(rows("一，二\n", "，"), [["一", "二"]]);
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_one_line_only() {
        assert_eq!(rows("a,\"b\nc,d\n", ","), [["a", "\"b"], ["c", "d"]]);
    }

    #[test]
    fn the_delimiter_is_found_behind_a_title_full_of_commas() {
        let score = |cells: &[Cell<'_>]| cells.iter().filter(|c| c.shown() == "姓名" || c.shown() == "金额").count();
        assert_eq!(sniff("甲,乙,丙,丁,戊\n姓名|金额\n一|2\n", &score), "|");
        assert_eq!(sniff("sep=;\n姓名;金额\n", &score), ";");
    }

    #[test]
    fn cells_and_rows_beyond_the_limits_are_refused_with_their_line() {
        let limits = Limits { columns: 5, cell_chars: 8, ..Limits::default() };
        let what = |text: &str| check(text, ",", &limits).map_err(|p| p.what.into_owned());
        assert_eq!(what("a,b\n\"x\ny\",测试测试测试测试\n"), Ok(()));
        assert!(what("a,b\n\"x\ny\",1\n1,2,3,4,5,6\n").unwrap_err().contains("第 4 行超过 5 列"));
        assert!(what("a\n\"123456789\"\n").unwrap_err().contains("第 2 行有超过 8 字"));
        assert!(what("a\n123456789\n").unwrap_err().contains("第 2 行有超过 8 字"));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(table in prop::collection::vec(prop::collection::vec("[a\",\n 测]{0,6}", 1..5), 1..8)) {
            let text: String = table
                .iter()
                .map(|row| row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + "\r\n")
                .collect();
            prop_assert_eq!(rows(&text, ","), table);
        }
    }
}
