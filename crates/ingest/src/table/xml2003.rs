//! SpreadsheetML 2003: the XML that many systems hand out under the name `.xls` (file-formats.md §14, quirk 2).

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::grid::{Budget, GridBuilder};
use super::value::iso_moment;
use super::{Cell, Limits, Worksheet, decode, xml};
use crate::FileProblem;

pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    let text = decode::decode_declared(bytes)?;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let (mut worksheets, mut budget) = (Vec::new(), Budget::new(limits));
    loop {
        match reader.read_event().map_err(xml::damaged)? {
            Event::Start(tag) if tag.local_name().as_ref() == "Worksheet" => {
                let name = xml::attribute(&tag, "Name").unwrap_or_default();
                worksheets.push(Sheet::new(&name, &mut budget).read(&mut reader, name)?);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if worksheets.is_empty() {
        return Err(FileProblem::new("XML 表格里没有工作表", "请确认文件内容后重新提供"));
    }
    Ok(worksheets)
}

struct Sheet<'b, 'l> {
    to: GridBuilder<'b, 'l>,
    next_row: u32,
    row: u32,
    column: u32,
    /// Columns right of the open cell that it is merged over.
    covered: u32,
    /// Type of the open `Data`.
    data: Option<String>,
    text: String,
    in_comment: bool,
    in_visible: bool,
    hidden: bool,
}

impl<'b, 'l> Sheet<'b, 'l> {
    fn new(name: &str, budget: &'b mut Budget<'l>) -> Self {
        Self {
            to: GridBuilder::new(name, budget),
            next_row: 0,
            row: 0,
            column: 0,
            covered: 0,
            data: None,
            text: String::new(),
            in_comment: false,
            in_visible: false,
            hidden: false,
        }
    }

    fn read(mut self, reader: &mut Reader<&[u8]>, name: String) -> Result<Worksheet<'static>, FileProblem> {
        loop {
            match reader.read_event().map_err(xml::damaged)? {
                Event::Start(tag) => self.start(&tag)?,
                Event::Text(text) if self.listens() => self.text.push_str(&text.xml10_content()),
                Event::CData(text) if self.listens() => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) if self.listens() => xml::push_entity(&mut self.text, &entity)?,
                Event::End(tag) if tag.local_name().as_ref() == "Worksheet" => return self.to.finish(Some(name), self.hidden),
                Event::End(tag) => self.end(tag.local_name().as_ref())?,
                Event::Eof => return Err(xml::damaged("没有写完")),
                _ => {}
            }
        }
    }

    fn listens(&self) -> bool {
        self.data.is_some() && !self.in_comment || self.in_visible
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), FileProblem> {
        let index = || xml::number(tag, "Index").map(|at| at.saturating_sub(1));
        match tag.local_name().as_ref() {
            "Row" => {
                self.row = index().unwrap_or(self.next_row);
                // A row of mere format may stand for several.
                self.next_row = self.row.saturating_add(1).saturating_add(xml::number(tag, "Span").unwrap_or(0));
                self.column = 0;
            }
            "Cell" => {
                self.column = index().unwrap_or(self.column);
                let across = xml::number(tag, "MergeAcross").unwrap_or(0);
                let down = xml::number(tag, "MergeDown").unwrap_or(0);
                self.to.merge(self.row, self.column, self.row.saturating_add(down), self.column.saturating_add(across))?;
                self.covered = across;
            }
            "Comment" => self.in_comment = true,
            "Data" if !self.in_comment => {
                self.data = Some(xml::attribute(tag, "Type").unwrap_or_default());
                self.text.clear();
            }
            "Visible" => {
                self.in_visible = true;
                self.text.clear();
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), FileProblem> {
        match name {
            // The covered cells are not written.
            "Cell" => self.column = self.column.saturating_add(1).saturating_add(self.covered),
            "Comment" => self.in_comment = false,
            "Visible" => {
                self.in_visible = false;
                self.hidden |= matches!(self.text.trim(), "SheetHidden" | "SheetVeryHidden");
            }
            "Data" if !self.in_comment => {
                let kind = self.data.take().unwrap_or_default();
                self.to.put(self.row, self.column, value(&kind, std::mem::take(&mut self.text)))?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn value(kind: &str, text: String) -> Cell<'static> {
    let trimmed = text.trim();
    match kind {
        "Number" => trimmed.parse().ok().filter(|n: &f64| n.is_finite()).map(Cell::Number),
        "DateTime" => iso_moment(trimmed).map(Cell::Moment),
        "Boolean" => Some(Cell::Bool(trimmed == "1" || trimmed.eq_ignore_ascii_case("true"))),
        "Error" => Some(Cell::Error(trimmed.to_owned())),
        _ => None,
    }
    .unwrap_or(Cell::Text(Cow::Owned(text)))
}
