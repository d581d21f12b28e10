//! One worksheet copied: same rows, same columns, faulty cells coloured, so that it can be mended and imported as it is.
//!
//! Texts are written as texts whatever they begin with, and never become formulas. Digits that a worksheet has lost stay lost:
//! they are written so that they are refused again until somebody mends them.

use chrono::{Datelike, NaiveDateTime, NaiveTime, Timelike};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, IgnoreError, Note, Worksheet as Target, XlsxError,
};

use super::places::{Marks, Places};
use super::{Page, Room};
use crate::SavedMapping;
use crate::heading;
use crate::layout::Shape;
use crate::locate::Located;
use crate::reader;
use crate::report::SheetReport;
use crate::table::{Cell, Worksheet, mac_moment, number_text};
use crate::templates;

const FAULT: Color = Color::RGB(0x00FF_9999);
const NOTE: Color = Color::RGB(0x00FF_F2CC);
/// Rows that decide how wide columns are.
const MEASURED: u32 = 200;
/// Chinese characters are cut off in rows of the usual 15 points.
const ROW_HEIGHT: f64 = 18.0;
/// Characters that can be read in the width of a page.
const PRINTED_WIDTH: f64 = 220.0;
/// Of a worksheet, from 0.
const LAST_ROW: u32 = 1_048_575;

/// A worksheet as it was read.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    pub worksheet: &'s Worksheet<'s>,
    pub mapping: Option<&'s SavedMapping>,
    pub report: &'s SheetReport,
}

pub fn write(to: &mut Target, name: String, source: Source<'_>, room: &mut Room) -> Result<Page, XlsxError> {
    let Source { worksheet: from, mapping, report } = source;
    to.set_name(&name)?;
    let located = reader::recognise(from, mapping).ok();
    let headings = first_rows(from, located.as_ref().map_or(0, |l| l.row + l.height));
    let places = Places { located: located.as_ref(), headings: &headings };
    let (faults, marks) = places.of(&name, report);
    let (rows, cells) = size(from);
    let short = rows > room.rows || cells > room.cells;
    let mut copy = Copy {
        to,
        room,
        codes: located.as_ref().map(|l| columns(l, templates::is_code)).unwrap_or_default(),
        days: located.as_ref().map(|l| columns(l, templates::is_day)).unwrap_or_default(),
        heading_start: places.heading_row(),
        heading_end: places.heading_end(),
        widths: Vec::new(),
        shift: u16::from(short),
        short,
    };
    let mut page = Page { name, faults, short, omitted: 0 };
    if short {
        copy.faulty_rows(from, &marks, &mut page)?;
    } else {
        copy.all_rows(from, &marks)?;
    }
    copy.finish()?;
    Ok(page)
}

fn first_rows<'w>(from: &'w Worksheet<'w>, count: usize) -> Vec<Vec<Cell<'w>>> {
    let (mut rows, mut cells, mut first) = (from.rows(), Vec::new(), Vec::new());
    while first.len() < count && rows.next(&mut cells) {
        first.push(cells.clone());
    }
    first
}

fn size(from: &Worksheet<'_>) -> (u32, u64) {
    let (mut rows, mut cells, mut count, mut all) = (from.rows(), Vec::new(), 0, 0);
    while rows.next(&mut cells) {
        count += 1;
        all += cells.len() as u64;
    }
    (count, all)
}

/// Columns of the worksheet that hold what is asked for, from 0.
fn columns(located: &Located, are: fn(&Shape, usize) -> bool) -> Vec<usize> {
    let mapping = &located.mapping;
    (0..mapping.at.len()).filter(|column| are(mapping.shape, *column)).filter_map(|column| mapping.at[column]).collect()
}

struct Copy<'t, 'r> {
    to: &'t mut Target,
    room: &'r mut Room,
    /// Columns of identities, cards, accounts and codes.
    codes: Vec<usize>,
    /// Columns of days and moments.
    days: Vec<usize>,
    heading_start: u32,
    heading_end: u32,
    widths: Vec<f64>,
    /// Columns in front of the sender's own.
    shift: u16,
    short: bool,
}

/// Colour and border of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Heading,
    Note,
    Fault,
}

impl Look {
    fn format(self) -> Format {
        let format = Format::new();
        match self {
            Self::Plain => format,
            Self::Heading => format
                .set_bold()
                .set_text_wrap()
                .set_background_color("#E8EDF4")
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::Center),
            Self::Note => format.set_background_color(NOTE).set_border(FormatBorder::Thin),
            Self::Fault => format.set_background_color(FAULT).set_border(FormatBorder::Medium).set_border_color("#C00000"),
        }
    }
}

impl Copy<'_, '_> {
    /// The whole worksheet, row by row and column by column as it was.
    fn all_rows(&mut self, from: &Worksheet<'_>, marks: &Marks) -> Result<(), XlsxError> {
        for column in self.codes.clone() {
            if let Ok(column) = u16::try_from(column) {
                self.to.set_column_format(column, &Format::new().set_num_format("@"))?;
            }
        }
        let merges = from.grid().map(crate::table::Grid::merges).unwrap_or_default();
        for [top, left, bottom, right] in merges.iter().copied().filter(|m| m[2] < self.heading_end) {
            if let (Ok(left), Ok(right)) = (u16::try_from(left), u16::try_from(right)) {
                // Ranges that overlap another are left out; the cells themselves come below.
                let _ = self.to.merge_range(top, left, bottom, right, "", &Look::Heading.format());
            }
        }
        let (mut rows, mut cells, mut number) = (from.rows(), Vec::new(), 0);
        while rows.next(&mut cells) {
            self.row(number, number, &cells, marks)?;
            number += 1;
        }
        self.to.set_freeze_panes(self.heading_end, 0)?;
        Ok(())
    }

    /// Titles, headings and faulty rows, each with its number in the file. Headings stand in quotation marks, so that these few
    /// rows are never taken for the whole table.
    fn faulty_rows(&mut self, from: &Worksheet<'_>, marks: &Marks, page: &mut Page) -> Result<(), XlsxError> {
        let told = "本页太大，只列出退回的行。请按第一列的行号在原文件中改正，再把原文件整份提供；本页改了也不能代替原文件。";
        self.to.write_string_with_format(0, 0, told, &Format::new().set_bold().set_font_color("#C00000"))?;
        let (mut rows, mut cells, mut number, mut next) = (from.rows(), Vec::new(), 0, 1);
        let mut moved = std::collections::HashMap::new();
        while rows.next(&mut cells) {
            let faulty = marks.range((number, 0)..(number + 1, 0)).next().is_some();
            if number < self.heading_end || faulty {
                if self.room.cells >= cells.len() as u64 && next <= self.room.rows {
                    self.to.write_number(next, 0, f64::from(number + 1))?;
                    self.row(number, next, &cells, marks)?;
                    moved.insert(number, next);
                    next += 1;
                } else {
                    page.omitted += 1;
                }
            }
            number += 1;
        }
        for fault in &mut page.faults {
            fault.cell = fault.cell.and_then(|(row, column)| Some((*moved.get(&row)?, column + self.shift)));
        }
        Ok(())
    }

    /// Row `number` of the file as row `at` of the copy, both from 0.
    fn row(&mut self, number: u32, at: u32, cells: &[Cell<'_>], marks: &Marks) -> Result<(), XlsxError> {
        self.room.cells = self.room.cells.saturating_sub(cells.len() as u64);
        let heading = (self.heading_start..self.heading_end).contains(&number);
        let empty = Cell::Empty;
        let marked = marks.range((number, 0)..(number + 1, 0)).map(|((_, column), _)| usize::from(*column) + 1).max().unwrap_or(0);
        for column in 0..cells.len().max(marked) {
            let cell = cells.get(column).unwrap_or(&empty);
            let Ok(source) = u16::try_from(column) else { break };
            let mark = marks.get(&(number, source));
            let look = match mark {
                Some(mark) if mark.grave => Look::Fault,
                Some(_) => Look::Note,
                None if heading && !cell.is_blank() => Look::Heading,
                None => Look::Plain,
            };
            let target = source + self.shift;
            self.cell((at, target), column, cell, look)?;
            if at < self.heading_end + MEASURED {
                self.measure(usize::from(target), cell, heading);
            }
            if let Some(mark) = mark.filter(|_| self.room.comments > 0) {
                self.room.comments -= 1;
                let text: String = mark.texts.join("\n\n").chars().take(2_000).collect();
                let lines = text.lines().map(|line| line.chars().count() / 20 + 1).sum::<usize>();
                let height = u32::try_from(lines * 17 + 12).unwrap_or(400).min(400);
                self.to.insert_note(at, target, &Note::new(text).add_author_prefix(false).set_width(290).set_height(height))?;
            }
        }
        Ok(())
    }

    fn cell(&mut self, (row, column): (u32, u16), source: usize, cell: &Cell<'_>, look: Look) -> Result<(), XlsxError> {
        let format = look.format();
        let text = format.clone().set_num_format("@");
        match cell {
            Cell::Empty if look == Look::Plain => {}
            Cell::Empty => {
                self.to.write_blank(row, column, &text)?;
            }
            Cell::Text(own) if self.short && heading::is_known(own) => {
                self.to.write_string_with_format(row, column, format!("“{own}”"), &text)?;
            }
            Cell::Text(own) => {
                // What a cell of Excel holds.
                let own: String = own.chars().take(32_767).collect();
                self.to.write_string_with_format(row, column, own, &text)?;
            }
            // The copy counts days from 1900.
            Cell::MacNumber(number) if self.days.contains(&source) => {
                let moment = mac_moment(*number).map_or(Cell::Number(*number), Cell::Moment);
                return self.cell((row, column), source, &moment, look);
            }
            Cell::Number(number) | Cell::MacNumber(number) if self.codes.contains(&source) => {
                let own = if number.abs() >= 1e15 { lost_digits(*number) } else { number_text(*number) };
                self.to.write_string_with_format(row, column, own, &text)?;
            }
            Cell::Number(number) | Cell::MacNumber(number) => {
                self.to.write_number_with_format(row, column, *number, &format)?;
            }
            Cell::Moment(moment) => match excel_moment(moment) {
                Some(value) => {
                    let midnight = moment.time() == NaiveTime::MIN;
                    let format = format.set_num_format(if midnight { "yyyy-mm-dd" } else { "yyyy-mm-dd hh:mm:ss" });
                    self.to.write_datetime_with_format(row, column, value, &format)?;
                }
                None => {
                    self.to.write_string_with_format(row, column, cell.shown(), &text)?;
                }
            },
            Cell::Bool(value) => {
                self.to.write_boolean_with_format(row, column, *value, &format)?;
            }
            // An error stays an error, or a text such as #REF! would be taken for a name.
            Cell::Error(_) => {
                self.to.write_formula_with_format(row, column, Formula::new("=NA()").set_result("#N/A"), &format)?;
            }
        }
        Ok(())
    }

    fn measure(&mut self, column: usize, cell: &Cell<'_>, heading: bool) {
        if self.widths.len() <= column {
            self.widths.resize(column + 1, 8.0);
        }
        let shown = cell.shown();
        let wide: f64 = shown.chars().take(60).map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>() + 2.0;
        // Titles above the table are wider than their column.
        if heading || wide <= 42.0 {
            self.widths[column] = self.widths[column].max(if heading { wide.min(20.0) } else { wide });
        }
    }

    fn finish(self) -> Result<(), XlsxError> {
        for (column, width) in (0_u16..).zip(&self.widths) {
            self.to.set_column_width(column, *width)?;
        }
        // Numbers kept as texts are so on purpose; Excel need not warn of each.
        let last = u16::try_from(self.widths.len()).unwrap_or(u16::MAX);
        self.to.ignore_error_range(0, 0, LAST_ROW, last, IgnoreError::NumberStoredAsText)?;
        self.to.set_default_row_height(ROW_HEIGHT);
        self.to.set_landscape().set_paper_size(9);
        // Wider tables would be too small to read on one page.
        if self.widths.iter().sum::<f64>() < PRINTED_WIDTH {
            self.to.set_print_fit_to_pages(1, 0);
        }
        Ok(())
    }
}

/// `4.13026E+17`, as a worksheet shows what it has destroyed: the importer refuses it again.
fn lost_digits(number: f64) -> String {
    format!("{number:.5E}").replace('E', "E+")
}

/// `None` outside the years a worksheet knows.
fn excel_moment(moment: &NaiveDateTime) -> Option<ExcelDateTime> {
    let (year, month, day) = (u16::try_from(moment.year()).ok()?, u8::try_from(moment.month()).ok()?, u8::try_from(moment.day()).ok()?);
    let date = ExcelDateTime::from_ymd(year, month, day).ok()?;
    let minute = u8::try_from(moment.minute()).ok()?;
    date.and_hms(u16::try_from(moment.hour()).ok()?, minute, f64::from(moment.second())).ok()
}
