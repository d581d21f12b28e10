//! XLS workbooks (BIFF in a compound file), checked and rebuilt before the library sees them.
//!
//! The library trusts chains of sectors, sizes and formulas: a damaged file makes it panic or reserve without bound. So the stream
//! is taken out by a crate that checks the container, its records are looked over, and it is handed on in a new container.

use std::collections::HashSet;
use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{CellErrorType, Data, Reader, SheetType, SheetVisible, Xls, XlsError};

use super::grid::{Budget, GridBuilder};
use super::value::{from_number, moment_cell, number_cell};
use super::{Cell, Limits, UNCOMPUTED, Worksheet, encrypted};
use crate::FileProblem;

const DIMENSIONS: u16 = 0x0200;
const FORMULA: u16 = 0x0006;
const MUL_RK: u16 = 0x00BD;
const PASSWORD: u16 = 0x002F;
const BEGIN: u16 = 0x0809;
/// Says where in the stream a worksheet begins.
const SHEET: u16 = 0x0085;
/// Records of one cell: they begin with row and column.
const CELLS: [u16; 8] = [FORMULA, 0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, MUL_RK];
/// Cells of the square around the filled ones; the library holds all of them. An .xls has at most 65,536 rows.
const MOST_SQUARE: u64 = 8_000_000;

pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    let mut stream = workbook_stream(bytes, limits)?;
    neutralise(&mut stream, limits)?;
    let container = contain(&stream).ok_or_else(not_a_workbook)?;
    drop(stream);
    // Inside a record the library still indexes without checking.
    let opened = catch_unwind(AssertUnwindSafe(|| Xls::new(Cursor::new(container.as_slice()))));
    let mut book = match opened {
        Ok(Ok(book)) => book,
        Ok(Err(XlsError::Password)) => return Err(encrypted()),
        Ok(Err(_)) | Err(_) => return Err(not_a_workbook()),
    };
    let (mut worksheets, mut budget) = (Vec::new(), Budget::new(limits));
    for sheet in book.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let Ok(range) = book.worksheet_range(&sheet.name) else { continue };
        let mut to = GridBuilder::new(&sheet.name, &mut budget);
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let (row, column) = (top.saturating_add(number(row)), left.saturating_add(number(column)));
            match value {
                Data::Empty => {}
                Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => to.put_text(row, column, text)?,
                Data::Int(number) => to.put(row, column, from_number(*number, book.has_1904_epoch()))?,
                Data::Float(number) => to.put(row, column, number_cell(*number, book.has_1904_epoch()))?,
                Data::Bool(value) => to.put(row, column, Cell::Bool(*value))?,
                Data::DateTime(moment) => to.put(row, column, moment_cell(moment))?,
                Data::Error(CellErrorType::GettingData) => to.put(row, column, Cell::Error(UNCOMPUTED.to_owned()))?,
                Data::Error(error) => to.put(row, column, Cell::Error(error.to_string()))?,
            }
        }
        for merge in book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
            to.merge(merge.start.0, merge.start.1, merge.end.0, merge.end.1)?;
        }
        worksheets.push(to.finish(Some(sheet.name), sheet.visible != SheetVisible::Visible)?);
    }
    if worksheets.is_empty() { Err(not_a_workbook()) } else { Ok(worksheets) }
}

fn workbook_stream(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, FileProblem> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| not_a_workbook())?;
    // A password turns an .xlsx into the container of an .xls.
    if file.exists("/EncryptedPackage") {
        return Err(encrypted());
    }
    if file.exists("/WordDocument") {
        return Err(FileProblem::new("这是 Word 文档，不是表格", "请把其中的表格复制到 Excel，另存为 .xlsx 后重新提供"));
    }
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name)).ok_or_else(not_a_workbook)?;
    let stream = file.open_stream(name).map_err(|_| not_a_workbook())?;
    if stream.len() > limits.file_bytes.min(bytes.len() as u64) {
        return Err(not_a_workbook());
    }
    let mut content = Vec::new();
    stream.take(limits.file_bytes).read_to_end(&mut content).map_err(|_| not_a_workbook())?;
    Ok(content)
}

/// The library takes version 4 containers without small streams for empty ones.
fn contain(stream: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).ok()?;
    file.create_stream("/Workbook").ok()?.write_all(stream).ok()?;
    file.flush().ok()?;
    Some(file.into_inner().into_inner())
}

/// Takes away what the library would reserve memory or work for without need, and refuses cells too far apart.
fn neutralise(stream: &mut [u8], limits: &Limits) -> Result<(), FileProblem> {
    let word = |bytes: &[u8], at: usize| bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let (mut at, mut square) = (0, None::<[u64; 4]>);
    let (mut begins, mut sheets) = (HashSet::new(), Vec::new());
    while let (Some(kind), Some(length)) = (word(stream, at), word(stream, at + 2)) {
        let Some(data) = stream.get_mut(at + 4..at + 4 + usize::from(length)) else { break };
        let from = at;
        at += 4 + data.len();
        match kind {
            BEGIN => {
                square = None;
                begins.insert(from);
            }
            SHEET => sheets.extend(data.first_chunk().map(|at| u32::from_le_bytes(*at) as usize)),
            // Behind it everything is encrypted.
            PASSWORD => return Err(encrypted()),
            // Declared extents are a promise only; zero makes an empty one.
            DIMENSIONS => data.fill(0),
            FORMULA if data.len() >= 22 => {
                mark_uncomputed(data);
                data[20..22].fill(0);
            }
            _ => {}
        }
        if !CELLS.contains(&kind) {
            continue;
        }
        let (Some(row), Some(first)) = (word(data, 0), word(data, 2)) else { continue };
        // A run of cells that ends before it begins holds none.
        let last = if kind == MUL_RK { word(data, data.len().saturating_sub(2)).map_or(first, |last| last.max(first)) } else { first };
        if u32::from(last) >= limits.columns {
            return Err(FileProblem::new(
                format!("有一张工作表第 {} 行超过 {} 列", u32::from(row) + 1, limits.columns),
                "请删去表格右侧多余的内容后重新提供",
            ));
        }
        let (row, first, last) = (u64::from(row), u64::from(first), u64::from(last));
        let [top, left, bottom, right] = square.get_or_insert([row, first, row, last]);
        (*top, *left, *bottom, *right) = ((*top).min(row), (*left).min(first), (*bottom).max(row), (*right).max(last));
        if (*bottom - *top + 1) * (*right - *left + 1) > MOST_SQUARE.min(limits.cells) {
            return Err(FileProblem::new(
                "有一张工作表的单元格相隔太远，或内容太多",
                "请删去表格之外的零散内容，或另存为 .xlsx 后重新提供",
            ));
        }
    }
    // Read from the middle of a record, its bytes would be records nobody has looked over.
    if sheets.iter().any(|sheet| !begins.contains(sheet)) {
        return Err(not_a_workbook());
    }
    Ok(())
}

/// A sum or product whose result is an empty text was never computed: the library would take it for an empty cell.
///
/// It becomes the error that says "not there yet", which no program stores.
fn mark_uncomputed(formula: &mut [u8]) {
    let Some((head, tokens)) = formula.split_at_mut_checked(22) else { return };
    let length = usize::from(u16::from_le_bytes([head[20], head[21]]));
    let empty_text = head[6] == 3 && head[12..14] == [0xFF, 0xFF];
    if empty_text && tokens.get(..length).is_some_and(makes_number) {
        head[6..14].copy_from_slice(&[2, 0, GETTING_DATA, 0, 0, 0, 0xFF, 0xFF]);
    }
}

const GETTING_DATA: u8 = 0x2B;

/// Whether the last token of a formula, which decides its kind, is arithmetic or a function of numbers.
fn makes_number(tokens: &[u8]) -> bool {
    /// COUNT, SUM, AVERAGE, MIN, MAX, ABS, INT, ROUND, PRODUCT, ROUNDUP, ROUNDDOWN, SUMPRODUCT, SUMIF.
    const NUMBERS: [u16; 13] = [0, 4, 5, 6, 7, 24, 25, 27, 183, 212, 213, 228, 345];
    let function = |at: usize| tokens.get(at..at + 2).is_some_and(|id| NUMBERS.contains(&u16::from_le_bytes([id[0], id[1]])));
    match tokens {
        // + - * / ^, and the short form of SUM.
        [.., _, 0x03..=0x07] | [.., 0x19, 0x10, _, _] => true,
        [.., 0x22 | 0x42 | 0x62, _, _, _] | [.., 0x21 | 0x41 | 0x61, _, _] => function(tokens.len() - 2),
        _ => false,
    }
}

fn not_a_workbook() -> FileProblem {
    FileProblem::new("打不开这个 .xls 文件：已损坏，或不是 Excel 表格", "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新提供")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of the stream.
    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    #[test]
    fn a_worksheet_that_begins_inside_a_record_is_refused_before_anything_is_reserved() {
        const UNKNOWN: u16 = 0x7777;
        let begin = record(BEGIN, &[0x00, 0x06, 0x05, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        // Extents of 2^48 cells, hidden in a record that nobody reads.
        let extents = [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0];
        let hidden = record(UNKNOWN, &record(DIMENSIONS, &extents));
        let sheet = |position: usize| {
            let position = u32::try_from(position).unwrap().to_le_bytes();
            record(SHEET, &[&position[..], &[0, 0, 1, 0, b'a']].concat())
        };
        let end = record(0x000A, &[]);
        let before = begin.len() + sheet(0).len() + end.len();
        for (position, worksheet, is_sound) in [(before, &begin, true), (before + 4, &hidden, false)] {
            let stream = [&begin[..], &sheet(position), &end, worksheet, &end].concat();
            let read = read(&contain(&stream).unwrap(), &Limits::default());
            assert_eq!(read.is_ok(), is_sound, "{position}: {:?}", read.err());
        }
    }

    #[test]
    fn a_run_of_cells_that_ends_before_it_begins_is_survived() {
        let begin = record(BEGIN, &[0x00, 0x06, 0x05, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let end = record(0x000A, &[]);
        // Row 0, from column 9 to column 2.
        let run = record(MUL_RK, &[0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
        let sheet = |position: u32| record(SHEET, &[&position.to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat());
        let before = u32::try_from(begin.len() + sheet(0).len() + end.len()).unwrap();
        let stream = [&begin[..], &sheet(before), &end, &begin, &run, &end].concat();
        let read = read(&contain(&stream).unwrap(), &Limits::default());
        assert!(read.is_err() || read.is_ok_and(|book| book.len() <= 1));
    }
}
