//! Sheets to bytes: CSV in UTF-8 or GBK, and XLSX workbooks.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::dress::{self, Amounts, Dates, Look};
use super::grid::{Cell, Grid};
use crate::SimulatorError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// With the mark that web systems put in front.
    Utf8Bom,
    Gbk,
}

/// One file of the county.
#[derive(Debug)]
pub enum Paper {
    Csv(Encoding, Grid, Look),
    /// Sheets with their looks; a workbook may begin with a sheet that holds no data.
    Xlsx {
        cover: Option<&'static str>,
        sheets: Vec<(Grid, Look)>,
    },
}

impl Paper {
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Csv(..) => "csv",
            Self::Xlsx { .. } => "xlsx",
        }
    }

    pub fn bytes(&self, path: &Path) -> Result<Vec<u8>, SimulatorError> {
        let layout = |cause: &dyn std::fmt::Display| SimulatorError::Layout { path: path.to_owned(), cause: cause.to_string() };
        match self {
            Self::Csv(encoding, grid, look) => csv(*encoding, grid, *look).map_err(|cause| layout(&cause)),
            Self::Xlsx { cover, sheets } => xlsx(*cover, sheets).map_err(|cause| layout(&cause)),
        }
    }
}

fn csv(encoding: Encoding, grid: &Grid, look: Look) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::with_capacity(grid.rows.len() * 120));
    let mut cell = String::new();
    for line in dress::lines(grid, look) {
        if line.is_empty() {
            // A clerk's blank row is a row of empty cells.
            writer.write_record(vec![""; grid.heads.len()])?;
            continue;
        }
        for value in &line {
            dress::text(value, look, &mut cell);
            writer.write_field(&cell)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(match encoding {
        Encoding::Utf8 => bytes,
        Encoding::Utf8Bom => [b"\xef\xbb\xbf".as_slice(), &bytes].concat(),
        Encoding::Gbk => {
            let text = String::from_utf8_lossy(&bytes);
            encoding_rs::GB18030.encode(&text).0.into_owned()
        }
    })
}

struct Formats {
    money: Format,
    date: Format,
    bold: Format,
}

fn xlsx(cover: Option<&'static str>, sheets: &[(Grid, Look)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same county gives the same bytes, so the workbook carries a fixed time.
    let made = ExcelDateTime::from_ymd(2024, 12, 20)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let formats = Formats {
        money: Format::new().set_num_format("#,##0.00"),
        date: Format::new().set_num_format("yyyy-mm-dd"),
        bold: Format::new().set_bold(),
    };
    if let Some(text) = cover {
        let sheet = workbook.add_worksheet();
        sheet.set_name("填表说明")?;
        sheet.write_string(0, 0, text)?;
    }
    for (grid, look) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(&grid.name)?;
        fill(sheet, grid, *look, &formats)?;
    }
    workbook.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, grid: &Grid, look: Look, formats: &Formats) -> Result<(), XlsxError> {
    let mut text = String::new();
    let lines = dress::lines(grid, look);
    let heading = lines.iter().position(|l| l.len() == grid.heads.len()).unwrap_or(0);
    for (row, line) in (0_u32..).zip(&lines) {
        for (column, cell) in (0_u16..).zip(line) {
            match cell {
                Cell::None => {}
                Cell::Money(fen) if look.amounts == Amounts::Native => {
                    #[expect(clippy::cast_precision_loss, reason = "sums of a county stay far below 2^53 fen")]
                    sheet.write_number_with_format(row, column, *fen as f64 / 100.0, &formats.money)?;
                }
                Cell::Days(hundredths) if look.amounts != Amounts::Plain => {
                    #[expect(clippy::cast_precision_loss, reason = "days of a month")]
                    sheet.write_number(row, column, *hundredths as f64 / 100.0)?;
                }
                Cell::Int(number) => {
                    #[expect(clippy::cast_precision_loss, reason = "row numbers and days")]
                    sheet.write_number(row, column, *number as f64)?;
                }
                Cell::Date(date) if look.dates == Dates::Native => {
                    let parts = (chrono::Datelike::year(date), chrono::Datelike::month(date), chrono::Datelike::day(date));
                    let (year, month, day) = (u16::try_from(parts.0), u8::try_from(parts.1), u8::try_from(parts.2));
                    let stamp = ExcelDateTime::from_ymd(year.unwrap_or(1900), month.unwrap_or(1), day.unwrap_or(1))?;
                    sheet.write_datetime_with_format(row, column, &stamp, &formats.date)?;
                }
                Cell::Word(word) if row as usize == heading => {
                    sheet.write_string_with_format(row, column, *word, &formats.bold)?;
                }
                Cell::Word(word) => {
                    sheet.write_string(row, column, *word)?;
                }
                other => {
                    dress::text(other, look, &mut text);
                    sheet.write_string(row, column, &text)?;
                }
            }
        }
        if row == 0 && look.titles && line.len() == 1 && grid.heads.len() > 3 {
            let last = u16::try_from(grid.heads.len()).unwrap_or(u16::MAX) - 1;
            dress::text(&line[0], look, &mut text);
            sheet.merge_range(0, 0, 0, last, &text, &formats.bold)?;
        }
    }
    Ok(())
}
