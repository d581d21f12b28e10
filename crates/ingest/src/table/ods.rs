//! ODS workbooks, read as a stream: rows and cells that repeat by the million are counted before they are made.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::grid::{Budget, GridBuilder};
use super::value::iso_moment;
use super::{Cell, Limits, Worksheet, encrypted, package, xml};
use crate::FileProblem;

pub fn read(zip: &mut ZipArchive<Cursor<&[u8]>>, limits: &Limits) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    package::check_expansion(zip, limits)?;
    if let Ok(entry) = zip.by_name("META-INF/manifest.xml") {
        let mut manifest = Vec::new();
        entry.take(16 << 20).read_to_end(&mut manifest).map_err(xml::damaged)?;
        if memchr::memmem::find(&manifest, b"encryption-data").is_some() {
            return Err(encrypted());
        }
    }
    let content = zip.by_name("content.xml").map_err(|_| xml::damaged("没有内容"))?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
    let (mut worksheets, mut budget) = (Vec::new(), Budget::new(limits));
    let (mut buffer, mut styles, mut hidden) = (Vec::new(), HashSet::new(), None);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(xml::damaged)? {
            Event::Start(tag) => match tag.name().as_ref() {
                "style:style" => hidden = xml::attribute(&tag, "name"),
                "style:table-properties" if xml::attribute(&tag, "display").as_deref() == Some("false") => styles.extend(hidden.take()),
                "table:dde-links" | "table:tracked-changes" => skip(&mut reader, &tag)?,
                "table:table" => {
                    let name = xml::attribute(&tag, "name").unwrap_or_default();
                    let hidden = xml::attribute(&tag, "style-name").is_some_and(|style| styles.contains(&style));
                    let table = Table::new(GridBuilder::new(&name, &mut budget));
                    worksheets.push(table.read(&mut reader, name, hidden)?);
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    if worksheets.is_empty() {
        return Err(FileProblem::new("工作簿里没有工作表", "请确认文件内容后重新提供"));
    }
    Ok(worksheets)
}

/// Reads past an element.
fn skip<R: std::io::BufRead>(reader: &mut Reader<R>, tag: &BytesStart<'_>) -> Result<(), FileProblem> {
    let end = tag.to_end().into_owned();
    reader.read_to_end_into(end.name(), &mut Vec::new()).map_err(xml::damaged)?;
    Ok(())
}

struct Table<'b, 'l> {
    to: GridBuilder<'b, 'l>,
    row: u32,
    row_repeat: u32,
    column: u32,
    /// Filled cells of the open row: first column, how often, value.
    cells: Vec<(u32, u32, Cell<'static>)>,
    open: Option<OpenCell>,
}

#[derive(Default)]
struct OpenCell {
    repeat: u32,
    span: [u32; 2],
    kind: String,
    value: Option<String>,
    text: String,
    paragraphs: u32,
    in_paragraph: bool,
}

impl<'b, 'l> Table<'b, 'l> {
    fn new(to: GridBuilder<'b, 'l>) -> Self {
        Self { to, row: 0, row_repeat: 1, column: 0, cells: Vec::new(), open: None }
    }

    fn read<R: std::io::BufRead>(mut self, reader: &mut Reader<R>, name: String, hidden: bool) -> Result<Worksheet<'static>, FileProblem> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(xml::damaged)? {
                Event::Start(tag) => match tag.name().as_ref() {
                    "office:annotation" | "table:shapes" | "draw:frame" | "table:detective" => skip(reader, &tag)?,
                    _ => self.start(&tag),
                },
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::CData(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let mut text = String::new();
                    xml::push_entity(&mut text, &entity)?;
                    self.text(&text);
                }
                Event::End(tag) => match tag.name().as_ref() {
                    "table:table" => return self.to.finish(Some(name), hidden),
                    "table:table-row" => self.end_row()?,
                    "table:table-cell" | "table:covered-table-cell" => self.end_cell()?,
                    "text:p" => self.paragraph(false),
                    _ => {}
                },
                Event::Eof => return Err(xml::damaged("没有写完")),
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        let times = |name: &str| xml::number(tag, name).unwrap_or(1).max(1);
        match tag.name().as_ref() {
            "table:table-row" => {
                self.row_repeat = times("number-rows-repeated");
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let kind = tag.attributes().with_checks(false).flatten().find(|a| a.key.as_ref() == "calcext:value-type");
                let is_error = kind.is_some_and(|kind| kind.value == "error");
                let kind = if is_error { "error".to_owned() } else { xml::attribute(tag, "value-type").unwrap_or_default() };
                let value = ["value", "date-value", "time-value", "boolean-value", "string-value"];
                self.open = Some(OpenCell {
                    repeat: times("number-columns-repeated"),
                    span: [times("number-rows-spanned"), times("number-columns-spanned")],
                    kind,
                    value: value.iter().find_map(|name| xml::attribute(tag, name)),
                    ..OpenCell::default()
                });
            }
            "text:p" => self.paragraph(true),
            "text:s" => {
                let most = self.to.limits().cell_chars;
                self.text(&" ".repeat(xml::number(tag, "c").unwrap_or(1).min(u32::try_from(most).unwrap_or(u32::MAX)) as usize));
            }
            "text:tab" => self.text("\t"),
            "text:line-break" => self.text("\n"),
            _ => {}
        }
    }

    fn paragraph(&mut self, begins: bool) {
        if let Some(cell) = &mut self.open {
            cell.in_paragraph = begins;
            if begins {
                if cell.paragraphs > 0 {
                    cell.text.push('\n');
                }
                cell.paragraphs += 1;
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.open.as_mut().filter(|cell| cell.in_paragraph) {
            cell.text.push_str(text);
        }
    }

    fn end_cell(&mut self) -> Result<(), FileProblem> {
        let Some(cell) = self.open.take() else { return Ok(()) };
        let (column, [down, across]) = (self.column, cell.span);
        self.column = column.saturating_add(cell.repeat);
        if down > 1 || across > 1 {
            self.to.merge(self.row, column, self.row.saturating_add(down - 1), column.saturating_add(across - 1))?;
        }
        let repeat = cell.repeat;
        let value = value(cell);
        if !value.is_blank() {
            self.cells.push((column, repeat, value));
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), FileProblem> {
        if !self.cells.is_empty() {
            let cells = std::mem::take(&mut self.cells);
            for row in self.row..self.row.saturating_add(self.row_repeat) {
                for (first, repeat, cell) in &cells {
                    for column in *first..first.saturating_add(*repeat) {
                        self.to.put(row, column, cell.clone())?;
                    }
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeat);
        self.row_repeat = 1;
        Ok(())
    }
}

fn value(cell: OpenCell) -> Cell<'static> {
    let raw = cell.value.as_deref().unwrap_or_default();
    match cell.kind.as_str() {
        "error" => Some(Cell::Error(cell.text.clone())),
        "float" | "currency" | "percentage" => raw.parse().ok().filter(|n: &f64| n.is_finite()).map(Cell::Number),
        "date" => iso_moment(raw).map(Cell::Moment),
        "time" => day_part(raw).map(Cell::Number),
        "boolean" => Some(Cell::Bool(raw == "true")),
        _ => None,
    }
    .unwrap_or_else(|| Cell::Text(Cow::Owned(if cell.text.is_empty() && cell.kind == "string" { raw.to_owned() } else { cell.text })))
}

/// `PT08H30M00S` as a part of a day, as the other workbooks hold it.
fn day_part(text: &str) -> Option<f64> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S').filter(|s| !s.is_empty()).unwrap_or("0");
    let number = |text: &str| text.parse::<f64>().ok();
    Some((number(hours)? * 3_600.0 + number(minutes)? * 60.0 + number(seconds)?) / 86_400.0)
}
