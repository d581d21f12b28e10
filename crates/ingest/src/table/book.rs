//! Workbooks as grids, bounded by content and by named limits (file-formats.md §14, quirks 6, 10, 12, 25).

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Range, Reader, SheetType, SheetVisible, Xls, Xlsx, XlsxError};
use chrono::{Duration, NaiveDate, NaiveDateTime};

use super::{Cell, Content, Worksheet};
use crate::FileProblem;

/// Beyond these a worksheet is not a table anybody keeps by hand; they bound memory.
const MAX_COLUMNS: u32 = 1_024;
const MAX_CELLS: usize = 20_000_000;
const MAX_TEXT: usize = 32_767;
/// Rows of one merged range that are filled.
const MAX_MERGED_ROWS: u32 = 10_000;

/// A worksheet in memory, up to its last filled row.
#[derive(Debug, Default)]
pub struct Grid {
    rows: Vec<Vec<Cell<'static>>>,
    /// Merged ranges: first row, first column, last row, last column, from 0.
    merges: Vec<[u32; 4]>,
}

impl Grid {
    pub fn row(&self, at: usize) -> Option<&[Cell<'static>]> {
        self.rows.get(at).map(Vec::as_slice)
    }

    /// Copies the text of merged heading cells into every column they reach over.
    pub fn spread<'a>(&'a self, row: usize, cells: &mut Vec<Cell<'a>>) {
        let at = u32::try_from(row).unwrap_or(u32::MAX);
        for [top, left, bottom, right] in &self.merges {
            let Some(Cell::Text(text)) = self.row(*top as usize).and_then(|r| r.get(*left as usize)) else { continue };
            if *top <= at && at <= *bottom && *right < MAX_COLUMNS {
                let right = *right as usize;
                if cells.len() <= right {
                    cells.resize(right + 1, Cell::Empty);
                }
                for cell in &mut cells[*left as usize..=right] {
                    if *cell == Cell::Empty {
                        *cell = Cell::Text(Cow::Borrowed(text));
                    }
                }
            }
        }
    }

    fn set(&mut self, row: u32, column: u32, cell: Cell<'static>) {
        let (row, column) = (row as usize, column as usize);
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
    }

    /// Forward fill inside vertical merges only: one team name over many rows.
    fn fill_down(&mut self) {
        for [top, left, bottom, right] in self.merges.clone() {
            let Some(cell) = self.rows.get(top as usize).and_then(|r| r.get(left as usize)).filter(|c| !c.is_blank()).cloned() else {
                continue;
            };
            if left == right && bottom - top < MAX_MERGED_ROWS {
                let last = bottom.min(u32::try_from(self.rows.len()).unwrap_or(u32::MAX).saturating_sub(1));
                for row in top + 1..=last {
                    self.set(row, left, cell.clone());
                }
            }
        }
    }
}

pub fn read(bytes: &[u8]) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    if bytes.starts_with(b"PK") { read_xlsx(bytes) } else { read_xls(bytes) }
}

fn read_xlsx(bytes: &[u8]) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let sheets = book.sheets_metadata().to_vec();
    let mut worksheets = Vec::new();
    for sheet in sheets {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let hidden = sheet.visible != SheetVisible::Visible;
        let grid = read_worksheet(&mut book, &sheet.name)?;
        worksheets.push(Worksheet { name: Some(sheet.name), hidden, content: Content::Grid(grid) });
    }
    if worksheets.is_empty() {
        Err(FileProblem::new("工作簿里没有工作表", "请确认文件内容后重新提供"))
    } else {
        Ok(worksheets)
    }
}

fn read_worksheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Grid, FileProblem> {
    let damaged =
        |error: XlsxError| FileProblem::new(format!("工作表“{name}”已损坏（{error}）"), "请用 Excel 或 WPS 打开后另存为新文件再提供");
    let mut grid = Grid::default();
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(grid),
        Err(error) => return Err(damaged(error)),
    };
    let mut count = 0_usize;
    while let Some(found) = cells.next_cell().map_err(damaged)? {
        let (row, column) = found.get_position();
        let cell = match found.get_value() {
            DataRef::Empty => continue,
            DataRef::SharedString(text) => text_cell(text, name, row)?,
            DataRef::String(text) => text_cell(text, name, row)?,
            DataRef::Int(number) => Cell::Number(to_float(*number)),
            DataRef::Float(number) => Cell::Number(*number),
            DataRef::Bool(value) => Cell::Bool(*value),
            DataRef::DateTime(moment) => moment_cell(moment),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(Cow::Owned(text.clone())),
            DataRef::Error(error) => Cell::Error(error.to_string()),
        };
        if cell.is_blank() {
            continue;
        }
        count += 1;
        check_size(name, row, column, count + grid.rows.len())?;
        grid.set(row, column, cell);
    }
    drop(cells);
    for merge in book.merge_cells_by_sheet_name(name).unwrap_or_default() {
        grid.merges.push([merge.start.0, merge.start.1, merge.end.0, merge.end.1]);
    }
    grid.fill_down();
    Ok(grid)
}

fn read_xls(bytes: &[u8]) -> Result<Vec<Worksheet<'static>>, FileProblem> {
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| {
        // A password turns an .xlsx into the container of an .xls.
        let locked = error.to_string().contains("password") || matches!(Xlsx::new(Cursor::new(bytes)), Err(XlsxError::Password));
        if locked { encrypted() } else { not_a_workbook() }
    })?;
    let mut worksheets = Vec::new();
    for sheet in book.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let Ok(range) = book.worksheet_range(&sheet.name) else { continue };
        let mut grid = Grid::default();
        fill_from_range(&mut grid, &range, &sheet.name)?;
        for merge in book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
            grid.merges.push([merge.start.0, merge.start.1, merge.end.0, merge.end.1]);
        }
        grid.fill_down();
        let hidden = sheet.visible != SheetVisible::Visible;
        worksheets.push(Worksheet { name: Some(sheet.name), hidden, content: Content::Grid(grid) });
    }
    if worksheets.is_empty() { Err(not_a_workbook()) } else { Ok(worksheets) }
}

fn fill_from_range(grid: &mut Grid, range: &Range<Data>, name: &str) -> Result<(), FileProblem> {
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let (row, column) = (top + u32::try_from(row).unwrap_or(u32::MAX), left + u32::try_from(column).unwrap_or(u32::MAX));
        let cell = match value {
            Data::Empty => continue,
            Data::String(text) => text_cell(text, name, row)?,
            Data::Int(number) => Cell::Number(to_float(*number)),
            Data::Float(number) => Cell::Number(*number),
            Data::Bool(value) => Cell::Bool(*value),
            Data::DateTime(moment) => moment_cell(moment),
            Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(Cow::Owned(text.clone())),
            Data::Error(error) => Cell::Error(error.to_string()),
        };
        if !cell.is_blank() {
            check_size(name, row, column, grid.rows.len())?;
            grid.set(row, column, cell);
        }
    }
    Ok(())
}

fn text_cell(text: &str, sheet: &str, row: u32) -> Result<Cell<'static>, FileProblem> {
    if text.len() > MAX_TEXT * 4 {
        return Err(FileProblem::new(
            format!("工作表“{sheet}”第 {} 行有超过 {MAX_TEXT} 字的单元格", row + 1),
            "请删去该单元格中多余的内容后重新提供",
        ));
    }
    if text.contains('\u{fffd}') {
        return Err(FileProblem::new(
            format!("工作表“{sheet}”第 {} 行含有已损坏的文字（替换符 �），原文在导出时已丢失", row + 1),
            "请从原系统重新导出，不要经过会改变编码的软件",
        ));
    }
    Ok(Cell::Text(Cow::Owned(text.to_owned())))
}

fn check_size(name: &str, row: u32, column: u32, cells: usize) -> Result<(), FileProblem> {
    if column >= MAX_COLUMNS {
        Err(FileProblem::new(format!("工作表“{name}”第 {} 行超过 {MAX_COLUMNS} 列", row + 1), "请删去表格右侧多余的内容后重新提供"))
    } else if cells > MAX_CELLS || row as usize > MAX_CELLS {
        Err(FileProblem::new(format!("工作表“{name}”超过 {MAX_CELLS} 个单元格"), "请按月份或项目分成几个文件后重新提供"))
    } else {
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a whole number beyond 2^53 is refused later as a destroyed identity")]
fn to_float(number: i64) -> f64 {
    number as f64
}

/// A serial number shown as a date; 1900 system with its 29 February, or 1904.
fn moment_cell(moment: &ExcelDateTime) -> Cell<'static> {
    if moment.is_duration() {
        return Cell::Number(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    match date.and_then(|d| d.and_hms_opt(u32::from(hour), u32::from(minute), u32::from(second))) {
        Some(moment) => Cell::Moment(moment),
        None => Cell::Number(moment.as_f64()),
    }
}

/// A serial number of the 1900 system as a moment.
pub fn serial_moment(serial: f64) -> Option<NaiveDateTime> {
    // 1990 to 2100: smaller numbers are counts, larger ones are codes.
    if !(32_874.0..73_415.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let seconds = (serial * 86_400.0).round() as i64;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?.checked_add_signed(Duration::seconds(seconds))
}

fn unreadable(error: &XlsxError) -> FileProblem {
    let text = error.to_string().to_lowercase();
    if text.contains("password") {
        encrypted()
    } else if text.contains("not found") || text.contains("filenotfound") {
        FileProblem::new("这是压缩包或其他文档，不是 Excel 工作簿", "压缩包请先解压再导入；WPS 或 ODS 表格请另存为 .xlsx")
    } else {
        FileProblem::new("Excel 工作簿已损坏，打不开", "请用 Excel 或 WPS 打开后另存为新文件再提供")
    }
}

fn encrypted() -> FileProblem {
    FileProblem::new("工作簿有打开密码，无法读取", "请去掉密码后另存，再重新提供")
}

fn not_a_workbook() -> FileProblem {
    FileProblem::new(
        "打不开这个 .xls 文件：可能加了密码、已损坏，或不是 Excel 表格",
        "请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 后重新提供",
    )
}
