//! HTML tables, as web systems hand them out under the name `.xls` (file-formats.md §14, quirk 2).
//!
//! Tags are read one by one, without a tree: each `<table>` is a worksheet, nested ones too. Formats of Excel (`mso-number-format`,
//! `x:num`) are ignored: what the page shows counts.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::grid::{Budget, GridBuilder};
use super::{Limits, Worksheet, decode};
use crate::FileProblem;

/// Nested deeper than this it is no page that somebody made.
const MOST_NESTED: usize = 32;

pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    let text = decode::decode_declared(bytes)?;
    let mut budget = Budget::new(limits);
    let mut page = Page { tables: Vec::new(), open: Vec::new(), skipped: None, before: Text::default(), cells: 0, limits };
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(text.as_ref(), emitter) {
        match token {
            Ok(Token::StartTag(tag)) => page.start(&tag)?,
            Ok(Token::EndTag(tag)) => page.end(&tag.name),
            Ok(Token::String(text)) => page.text(&String::from_utf8_lossy(&text))?,
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    while !page.open.is_empty() {
        page.close_table();
    }
    page.worksheets(&mut budget)
}

struct Page<'l> {
    /// In the order in which they begin; `None` while open.
    tables: Vec<Option<Table>>,
    open: Vec<(usize, Table)>,
    /// Inside an element whose text nobody sees.
    skipped: Option<Vec<u8>>,
    /// Text since the last table: titles of the next.
    before: Text,
    /// Cells so far, so that the page cannot outgrow the limit before it is built.
    cells: u64,
    limits: &'l Limits,
}

#[derive(Default)]
struct Table {
    titles: Vec<String>,
    cells: Vec<Cell>,
    row: Option<u32>,
    rows: u32,
    column: u32,
    /// Down to which row (not in it) a cell from above reaches, for each column.
    taken: Vec<u32>,
    current: Option<Cell>,
}

struct Cell {
    at: [u32; 2],
    span: [u32; 2],
    text: Text,
}

impl Page<'_> {
    fn start(&mut self, tag: &StartTag<()>) -> Result<(), FileProblem> {
        if self.skipped.is_some() {
            return Ok(());
        }
        match tag.name.as_slice() {
            b"table" => self.open_table()?,
            b"tr" => {
                if let Some((_, table)) = self.open.last_mut() {
                    table.start_row();
                }
            }
            b"td" | b"th" => self.start_cell(tag)?,
            b"br" => self.sink().line(),
            b"p" | b"div" | b"li" | b"h1" | b"h2" | b"h3" | b"h4" | b"caption" => self.sink().block(),
            name @ (b"style" | b"script" | b"title" | b"xml" | b"template") if !tag.self_closing => self.skipped = Some(name.to_vec()),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) {
        if let Some(skipped) = &self.skipped {
            if skipped == name {
                self.skipped = None;
            }
            return;
        }
        match (name, self.open.last_mut()) {
            (b"table", Some(_)) => self.close_table(),
            (b"tr", Some((_, table))) => table.end_row(),
            (b"td" | b"th", Some((_, table))) => table.end_cell(),
            (b"p" | b"div" | b"li" | b"h1" | b"h2" | b"h3" | b"h4" | b"caption", _) => self.sink().block(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) -> Result<(), FileProblem> {
        if self.skipped.is_some() {
            return Ok(());
        }
        let most = self.limits.cell_chars.saturating_mul(4);
        let in_table = !self.open.is_empty();
        let sink = self.sink();
        sink.push(text);
        if sink.text.len() > most {
            if in_table {
                return Err(FileProblem::new("网页表格里有过长的单元格", "请删去该单元格中多余的内容，另存为 .xlsx 后重新提供"));
            }
            // A long article before a table is no title.
            sink.text.clear();
        }
        Ok(())
    }

    /// Where text goes: the open cell, else the titles of the next table. Text between cells is nothing.
    fn sink(&mut self) -> &mut Text {
        match self.open.last_mut() {
            Some((_, Table { current: Some(cell), .. })) => &mut cell.text,
            Some((_, table)) if table.row.is_some() => {
                self.before = Text::default();
                &mut self.before
            }
            _ => &mut self.before,
        }
    }

    fn open_table(&mut self) -> Result<(), FileProblem> {
        if self.open.len() >= MOST_NESTED {
            return Err(FileProblem::new(format!("网页里的表格套了 {MOST_NESTED} 层以上"), "请另存为 .xlsx 后重新提供"));
        }
        let before = std::mem::take(&mut self.before).finish();
        let titles = before.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
        self.open.push((self.tables.len(), Table { titles, ..Table::default() }));
        self.tables.push(None);
        Ok(())
    }

    fn close_table(&mut self) {
        if let Some((at, mut table)) = self.open.pop() {
            table.end_row();
            self.tables[at] = Some(table);
        }
    }

    fn start_cell(&mut self, tag: &StartTag<()>) -> Result<(), FileProblem> {
        let Some((_, table)) = self.open.last_mut() else { return Ok(()) };
        let columns = self.limits.columns;
        let span = |name: &[u8], most: u32| {
            let value = tag.attributes.iter().find(|(key, _)| key.as_slice() == name);
            let value = value.and_then(|(_, value)| std::str::from_utf8(value).ok()?.trim().parse::<u32>().ok());
            value.unwrap_or(1).clamp(1, most)
        };
        // As browsers bound them.
        table.start_cell([span(b"rowspan", 65_534), span(b"colspan", 1_000)], columns);
        self.cells += 1;
        if self.cells > self.limits.cells {
            return Err(FileProblem::new(format!("网页表格超过 {} 个单元格", self.limits.cells), "请按月份或项目分成几个文件后重新提供"));
        }
        Ok(())
    }

    fn worksheets(self, budget: &mut Budget<'_>) -> Result<Vec<Worksheet<'static>>, FileProblem> {
        let tables: Vec<Table> =
            self.tables.into_iter().flatten().filter(|t| t.cells.iter().any(|c| !c.text.text.trim().is_empty())).collect();
        if tables.is_empty() {
            return Err(FileProblem::new(
                "网页里没有表格：表格可能存在同名的“.files”文件夹里，或是系统的登录、报错页面",
                "请打开原系统重新导出，或另存为 .xlsx 后重新提供",
            ));
        }
        let single = tables.len() == 1;
        let mut worksheets = Vec::new();
        for (at, table) in tables.into_iter().enumerate() {
            let name = format!("第{}个表格", at + 1);
            worksheets.push(table.build(GridBuilder::new(&name, budget), (!single).then_some(name.clone()))?);
        }
        Ok(worksheets)
    }
}

impl Table {
    fn start_row(&mut self) {
        self.end_row();
        self.row = Some(self.rows);
        self.rows += 1;
        self.column = 0;
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.row = None;
    }

    fn end_cell(&mut self) {
        if let Some(mut cell) = self.current.take() {
            cell.text = Text { text: std::mem::take(&mut cell.text).finish(), ..Text::default() };
            self.cells.push(cell);
        }
    }

    fn start_cell(&mut self, [down, across]: [u32; 2], columns: u32) {
        self.end_cell();
        if self.row.is_none() {
            self.start_row();
        }
        let row = self.row.unwrap_or_default();
        while self.taken.get(self.column as usize).is_some_and(|until| *until > row) {
            self.column += 1;
        }
        let column = self.column;
        self.column = column.saturating_add(across);
        // Beyond the limit the cell is refused when the table is built.
        let end = self.column.min(columns) as usize;
        if self.taken.len() < end {
            self.taken.resize(end, 0);
        }
        for until in self.taken.iter_mut().take(end).skip(column as usize) {
            *until = row.saturating_add(down);
        }
        self.current = Some(Cell { at: [row, column], span: [down, across], text: Text::default() });
    }

    fn build(self, mut to: GridBuilder<'_, '_>, name: Option<String>) -> Result<Worksheet<'static>, FileProblem> {
        let first = u32::try_from(self.titles.len()).unwrap_or(u32::MAX);
        for (row, title) in (0..first).zip(&self.titles) {
            to.put_text(row, 0, title)?;
        }
        for Cell { at: [row, column], span: [down, across], text } in self.cells {
            let row = row.saturating_add(first);
            to.put_text(row, column, &text.text)?;
            to.merge(row, column, row.saturating_add(down - 1).min(self.rows.saturating_add(first)), column + (across - 1))?;
        }
        to.finish(name, false)
    }
}

/// Text as a page shows it: runs of blanks are one, line ends are where tags put them.
#[derive(Default)]
struct Text {
    text: String,
    /// Blanks since the last visible character, and whether the source broke the line in them.
    gap: Option<bool>,
}

impl Text {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}') {
                self.gap = Some(self.gap.unwrap_or_default() | matches!(c, '\r' | '\n'));
                continue;
            }
            // Excel breaks long Chinese lines in the source; between two ideographs that is no blank.
            if let Some(broken) = self.gap.take()
                && !self.text.is_empty()
                && !self.text.ends_with('\n')
                && !(broken && is_wide(c) && self.text.chars().next_back().is_some_and(is_wide))
            {
                self.text.push(' ');
            }
            self.text.push(c);
        }
    }

    fn line(&mut self) {
        self.gap = None;
        self.text.push('\n');
    }

    fn block(&mut self) {
        self.gap = None;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn finish(self) -> String {
        self.text.trim_end_matches('\n').to_owned()
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
