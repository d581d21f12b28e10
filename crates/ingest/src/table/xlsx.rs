//! XLSX workbooks, cell by cell and within the limits (file-formats.md §14, quirks 6, 10, 12, 25).

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError, XlsxFormulaMetadata};
use zip::ZipArchive;

use super::grid::{Budget, GridBuilder};
use super::value::{from_number, iso_moment, moment_cell, number_cell};
use super::{Cell, Limits, UNCOMPUTED, Worksheet, encrypted, package};
use crate::FileProblem;

pub fn read(bytes: &[u8], zip: &mut ZipArchive<Cursor<&[u8]>>, limits: &Limits) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    package::check_expansion(zip, limits)?;
    check_string_count(zip)?;
    // The library computes with numbers from the file without checking.
    catch_unwind(AssertUnwindSafe(|| read_book(bytes, limits)))
        .unwrap_or_else(|_| Err(FileProblem::new("Excel 工作簿已损坏：内容自相矛盾", MEND)))
}

fn read_book(bytes: &[u8], limits: &Limits) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let (mut worksheets, mut budget) = (Vec::new(), Budget::new(limits));
    for sheet in book.sheets_metadata().to_vec() {
        if sheet.typ == SheetType::WorkSheet {
            let hidden = sheet.visible != SheetVisible::Visible;
            let builder = GridBuilder::new(&sheet.name, &mut budget);
            worksheets.push(read_worksheet(&mut book, &sheet.name, hidden, builder)?);
        }
    }
    if worksheets.is_empty() {
        return Err(FileProblem::new("工作簿里没有工作表", "请确认文件内容后重新提供"));
    }
    Ok(worksheets)
}

fn read_worksheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    hidden: bool,
    mut to: GridBuilder<'_, '_>,
) -> Result<Worksheet<'static>, FileProblem> {
    let damaged =
        |error: XlsxError| FileProblem::new(format!("工作表“{name}”已损坏（{error}）"), "请用 Excel 或 WPS 打开后另存为新文件再提供");
    let from_1904 = book.has_1904_epoch();
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return to.finish(Some(name.to_owned()), hidden),
        Err(error) => return Err(damaged(error)),
    };
    while let Some(found) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = found.pos;
        match found.value {
            DataRef::Empty => {
                if let Some(formula) = &found.formula {
                    to.put(row, column, uncomputed(formula))?;
                }
            }
            DataRef::SharedString(text) => to.put_text(row, column, text)?,
            DataRef::DateTimeIso(text) => to.put(row, column, iso_moment(&text).map_or(Cell::Text(Cow::Owned(text)), Cell::Moment))?,
            DataRef::String(text) | DataRef::DurationIso(text) => to.put(row, column, Cell::Text(Cow::Owned(text)))?,
            DataRef::Int(number) => to.put(row, column, from_number(number, from_1904))?,
            DataRef::Float(number) => to.put(row, column, number_cell(number, from_1904))?,
            DataRef::Bool(value) => to.put(row, column, Cell::Bool(value))?,
            DataRef::DateTime(moment) => to.put(row, column, moment_cell(&moment))?,
            DataRef::Error(error) => to.put(row, column, Cell::Error(error.to_string()))?,
        }
    }
    drop(cells);
    for merge in book.merge_cells_by_sheet_name(name).unwrap_or_default() {
        to.merge(merge.start.0, merge.start.1, merge.end.0, merge.end.1)?;
    }
    to.finish(Some(name.to_owned()), hidden)
}

/// A formula that no program has computed: its value is known only where it is a text between quotes, as guards are written.
fn uncomputed(formula: &XlsxFormulaMetadata) -> Cell<'static> {
    let text = match formula {
        XlsxFormulaMetadata::Normal { formula } => formula.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')),
        _ => None,
    };
    match text.filter(|text| !text.contains('"')) {
        Some(text) => Cell::Text(Cow::Owned(text.to_owned())),
        None => Cell::Error(UNCOMPUTED.to_owned()),
    }
}

/// Room is made for as many shared strings as the part promises: it must not promise more than it can hold.
fn check_string_count(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), FileProblem> {
    for at in 0..zip.len() {
        let Ok(entry) = zip.by_index(at) else { continue };
        if !entry.name_raw().to_ascii_lowercase().ends_with(b"sharedstrings.xml") {
            continue;
        }
        let (size, mut head) = (entry.size(), Vec::new());
        entry.take(4096).read_to_end(&mut head).map_err(|_| package::damaged())?;
        let head = String::from_utf8_lossy(&head);
        for promised in head.split("uniqueCount").skip(1) {
            let digits: String = promised.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
            if digits.parse::<u64>().is_ok_and(|count| count > size) {
                return Err(FileProblem::new("Excel 工作簿已损坏：文字表的个数与内容不符", MEND));
            }
        }
    }
    Ok(())
}

const MEND: &str = "请用 Excel 或 WPS 打开后另存为新文件再提供";

fn unreadable(error: &XlsxError) -> FileProblem {
    if matches!(error, XlsxError::Password) {
        encrypted()
    } else {
        FileProblem::new(format!("Excel 工作簿已损坏，打不开（{error}）"), MEND)
    }
}
