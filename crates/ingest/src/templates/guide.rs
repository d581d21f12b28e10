//! The page 填写说明: how to fill in the tables, in plain Chinese. None of its rows may look like a heading row.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::page::shown_example;
use super::{Need, Template};
use crate::cell::words;

pub const NAME: &str = "填写说明";
/// Column of the list of trades, which is too long to stand in a cell.
const TRADES_COLUMN: u16 = 7;
const TRADES_LETTER: char = 'H';

/// Height of a line of text, in points: Chinese characters are cut off in the usual 15.
pub const LINE: f64 = 18.0;

const RULES: &[&str] = &[
    "1. 从第 2 行开始填写，一行一条。第 2 行是示例（灰色斜体），可以删去，也可以留着：项目编码为 99999900000000000 的行一律按示例跳过，不会当作真实数据。",
    "2. 表头不要改名、不要合并。可以调整各列的先后，也可以删去用不到的选填列；表头上方可以加标题行。",
    "3. 表头为红底白字的必填，黄底的视情况填写，灰底的选填。鼠标停在表头上会显示说明和例子。",
    "4. 证件号码、银行卡号、账号、编码、电话各列已设为文本。从别处复制时请用“选择性粘贴 → 数值”，不要变成数字，否则后几位会丢失，该行会被退回。",
    "5. 没有的内容空着，不要填 0；金额单位为元（表头注明万元的除外）；日期填到日，例如 2024-03-01。",
    "6. 不要在表中间插入合计行；合计可以放在最后一行，第一列写“合计”。",
    "7. 填好后整份提供。退回的行会注明原因和改法，改好后把整份表再提供一次，会取代前一次。",
];

pub fn write(sheet: &mut Worksheet, templates: &[Template]) -> Result<(), XlsxError> {
    sheet.set_name(NAME)?;
    let (title, wrapped) = (Format::new().set_bold().set_font_size(16), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let section = Format::new().set_bold().set_font_size(12);
    for (column, width) in [(0, 30.0), (1, 9.0), (2, 46.0), (3, 34.0), (4, 46.0)] {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string_with_format(0, 0, "填写说明", &title)?;
    let mut row = 1;
    for rule in RULES {
        sheet.merge_range(row, 0, row, 4, rule, &wrapped)?;
        sheet.set_row_height(row, lines(rule, 165.0) * LINE)?;
        row += 1;
    }
    for template in templates {
        row += 1;
        sheet.write_string_with_format(row, 0, format!("《{}》各列", template.name), &section)?;
        row = write_columns(sheet, row + 1, template)?;
    }
    if templates.iter().any(has_trades) {
        write_trades(sheet)?;
    }
    // The list of trades stands beside what is printed.
    sheet.set_print_area(0, 0, row, 4)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn write_columns(sheet: &mut Worksheet, first: u32, template: &Template) -> Result<u32, XlsxError> {
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::VerticalCenter).set_border(FormatBorder::Thin);
    let head = cell.clone().set_bold().set_background_color("#E8EDF4");
    let must = cell.clone().set_bold().set_font_color("#C00000");
    let mut row = first;
    for (column, text) in (0_u16..).zip(["列名称", "要求", "怎么填", "例子", "也认得的写法"]) {
        sheet.write_string_with_format(row, column, text, &head)?;
    }
    sheet.set_row_height(row, LINE)?;
    for column in template.columns() {
        let day = column.heading.trim_end_matches('日');
        // One row says it for all days.
        if template.behind_days.is_some() && day.parse::<u32>().is_ok_and(|day| day > 1) {
            continue;
        }
        row += 1;
        // In quotation marks: a row with two headings could be taken for a heading row.
        let heading = if day == "1" { "“1日”至“31日”".to_owned() } else { format!("“{}”", column.heading) };
        let how = if column.hint.is_empty() { column.kind.chinese() } else { format!("{}。{}", column.kind.chinese(), column.hint) };
        let aliases: Vec<String> = column.aliases.iter().map(|alias| format!("“{alias}”")).collect();
        let aliases = aliases.concat();
        let height = lines(&how, 44.0).max(lines(&aliases, 44.0)).max(lines(&heading, 28.0)).max(lines(column.example, 32.0));
        sheet.set_row_height(row, height * LINE)?;
        sheet.write_string_with_format(row, 0, &heading, &cell)?;
        sheet.write_string_with_format(row, 1, column.need.chinese(), if column.need == Need::Must { &must } else { &cell })?;
        for (at, text) in [(2, how.as_str()), (3, shown_example(&column)), (4, &aliases)] {
            sheet.write_string_with_format(row, at, text, &cell)?;
        }
    }
    Ok(row + 1)
}

fn has_trades(template: &Template) -> bool {
    template.columns().iter().any(|column| matches!(column.kind, super::Kind::Trade))
}

fn write_trades(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_column_width(TRADES_COLUMN, 26)?;
    sheet.write_string_with_format(0, TRADES_COLUMN, "可选的工种（也可另写）", &Format::new().set_bold())?;
    for (row, (_, name)) in (1..).zip(words::TRADES) {
        sheet.write_string(row, TRADES_COLUMN, *name)?;
    }
    Ok(())
}

/// Where the list of trades stands, for drop-down lists on other pages.
pub fn trades_range() -> String {
    format!("={NAME}!${TRADES_LETTER}$2:${TRADES_LETTER}${}", words::TRADES.len() + 1)
}

/// Width of a text in columns of a worksheet: ideographs take two.
pub fn columns_of(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() || matches!(c, '“' | '”') { 1.0 } else { 2.0 }).sum()
}

/// Lines a text takes when wrapped.
pub fn lines(text: &str, width: f64) -> f64 {
    (columns_of(text) / width).ceil().max(1.0)
}
