//! The worksheet to fill in.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note,
    Worksheet, XlsxError,
};

use super::guide;
use super::{Filled, Kind, Need, Template};

/// Rows that lists and formats of choice reach over.
const LAST_ROW: u32 = 9_999;

pub fn write(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    sheet.set_name(template.name)?;
    let columns = template.columns();
    for (at, column) in (0_u16..).zip(&columns) {
        write_column(sheet, at, column)?;
    }
    sheet.set_row_height(0, 36)?;
    // The heading stays in sight, and so do the columns up to the name of the worker or thing.
    sheet.set_freeze_panes(1, if template.behind_days.is_some() { 7 } else { 2 })?;
    sheet.set_default_row_height(18);
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?;
    if template.behind_days.is_some() {
        // A3: 31 days side by side.
        sheet.set_paper_size(8).set_print_fit_to_pages(1, 0);
    } else if columns.len() <= 20 {
        sheet.set_print_fit_to_pages(1, 0);
    }
    Ok(())
}

fn write_column(sheet: &mut Worksheet, at: u16, column: &Filled) -> Result<(), XlsxError> {
    let format = cell_format(column.kind);
    sheet.set_column_width(at, width(column))?;
    sheet.set_column_format(at, &format)?;
    sheet.write_string_with_format(0, at, &column.heading, &heading_format(column.need))?;
    sheet.insert_note(0, at, &note(column))?;
    write_example(sheet, at, column, &format.set_font_color("#7F7F7F").set_italic())?;
    if let Some(choice) = choice(column)? {
        sheet.add_data_validation(1, at, LAST_ROW, at, &choice)?;
    }
    Ok(())
}

/// What must be filled is dark, so that it shows on a black and white print too.
fn heading_format(need: Need) -> Format {
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin);
    match need {
        Need::Must => format.set_background_color("#C00000").set_font_color("#FFFFFF"),
        Need::Case => format.set_background_color("#FFE699"),
        Need::May => format.set_background_color("#E8EDF4"),
    }
}

fn cell_format(kind: Kind) -> Format {
    let format = Format::new();
    match kind {
        // Text everywhere but in dates and numbers: a team called 3-1 is no date.
        Kind::Text | Kind::Code | Kind::Month | Kind::Words(_) | Kind::Suggest(_) | Kind::Trade => format.set_num_format("@"),
        Kind::Date => format.set_num_format("yyyy-mm-dd"),
        Kind::Moment => format.set_num_format("yyyy-mm-dd hh:mm:ss"),
        Kind::Money => format.set_num_format("#,##0.00"),
        Kind::Share => format.set_num_format("0.00%"),
        Kind::Number => format,
    }
}

fn width(column: &Filled) -> f64 {
    let least = match column.kind {
        Kind::Code if column.example.len() > 15 => 21.0,
        Kind::Code | Kind::Date => 12.0,
        Kind::Moment => 20.0,
        Kind::Money => 14.0,
        Kind::Suggest(_) if column.heading.ends_with('日') && column.heading.chars().count() <= 3 => 5.0,
        _ => 9.0,
    };
    // Long headings are wrapped into two or three lines.
    let heading = guide::columns_of(&column.heading);
    let wanted = if heading > 24.0 { heading / 2.0 } else { heading + 2.0 };
    wanted.max(guide::columns_of(column.example) + 2.0).max(least).clamp(5.0, 46.0)
}

fn note(column: &Filled) -> Note {
    let mut text = format!("【{}】{}。", column.need.chinese(), column.kind.chinese());
    for (label, more) in [("", column.hint), ("例：", shown_example(column))] {
        if !more.is_empty() {
            text.push('\n');
            text.push_str(label);
            text.push_str(more);
        }
    }
    Note::new(text).add_author_prefix(false).set_width(260).set_height(96)
}

/// Shares are kept as numbers and shown as percentages.
pub fn shown_example(column: &Filled) -> &'static str {
    match (column.kind, column.example) {
        (Kind::Share, "0.2") => "20%",
        (Kind::Share, "0.015") => "1.5%",
        (_, example) => example,
    }
}

fn write_example(sheet: &mut Worksheet, at: u16, column: &Filled, format: &Format) -> Result<(), XlsxError> {
    let text = column.example;
    if text.is_empty() {
        return Ok(());
    }
    match column.kind {
        Kind::Date | Kind::Moment => sheet.write_datetime_with_format(1, at, ExcelDateTime::parse_from_str(text)?, format)?,
        Kind::Money | Kind::Number | Kind::Share => match text.parse::<f64>() {
            Ok(number) => sheet.write_number_with_format(1, at, number, format)?,
            Err(_) => sheet.write_string_with_format(1, at, text, format)?,
        },
        _ => sheet.write_string_with_format(1, at, text, format)?,
    };
    Ok(())
}

/// The drop-down list, or the check of a date.
fn choice(column: &Filled) -> Result<Option<DataValidation>, XlsxError> {
    let choice = DataValidation::new();
    Ok(Some(match column.kind {
        Kind::Words(words) => choice
            .allow_list_strings(words)?
            .set_error_title("不在列表中")?
            .set_error_message(format!("请从下拉列表选择：{}", words.join("、")))?,
        Kind::Suggest(words) => choice.allow_list_strings(words)?.show_error_message(false),
        Kind::Trade => choice.allow_list_formula(Formula::new(guide::trades_range())).show_error_message(false),
        Kind::Date | Kind::Moment => choice
            .allow_date(DataValidationRule::GreaterThan(ExcelDateTime::from_ymd(1990, 1, 1)?))
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("不像日期")?
            .set_error_message("请填写日期，例如 2024-03-01")?,
        _ => return Ok(None),
    }))
}
