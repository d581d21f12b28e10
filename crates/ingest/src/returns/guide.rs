//! The page 退回说明: what was kept, what is to be mended and where, what to do next. None of its rows may look like a heading row.

use model::Date;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Url, Worksheet, XlsxError, utility};

use super::places::note_text;
use super::{Fault, Page};
use crate::report::FileReport;
use crate::templates::guide::{LINE, lines};

pub const NAME: &str = "退回说明";
/// Faults listed one by one; all of them are coloured where they stand.
const MOST_LISTED: usize = 5_000;

const STEPS: &[&str] = &[
    "1. 点下面清单里的单元格，就会跳到要改的地方。红色格子必须改；浅黄色的表头是提示，请看一看。",
    "2. 鼠标停在有颜色的格子上，会显示哪里不对、怎么改。",
    "3. 直接在本文件里改。不要改表头，不要删列；没有问题的行也请留着，因为整份表会取代前一次。",
    "4. 改完保存，把本文件原样发回。颜色和批注不用清除，这一页也不用删。",
];

struct Writer<'s> {
    sheet: &'s mut Worksheet,
    row: u32,
    cell: Format,
    head: Format,
    bold: Format,
    wrapped: Format,
    link: Format,
}

pub fn write(sheet: &mut Worksheet, report: &FileReport, pages: &[Page], received_on: Date) -> Result<(), XlsxError> {
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::VerticalCenter).set_border(FormatBorder::Thin).set_num_format("@");
    let mut writer = Writer {
        sheet,
        row: 0,
        head: cell.clone().set_bold().set_background_color("#E8EDF4"),
        link: cell.clone().set_font_color("#0563C1").set_underline(rust_xlsxwriter::FormatUnderline::Single),
        cell,
        bold: Format::new().set_bold().set_font_size(12),
        wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    writer.sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    for (column, width) in [(0, 22.0), (1, 12.0), (2, 18.0), (3, 24.0), (4, 46.0), (5, 46.0)] {
        writer.sheet.set_column_width(column, width)?;
    }
    let title = Format::new().set_bold().set_font_size(16);
    writer.sheet.write_string_with_format(0, 0, "退回说明", &title)?;
    writer.row = 1;
    writer.file(report, received_on)?;
    if pages.iter().any(|page| !page.faults.is_empty() && !page.short) {
        writer.heading("怎么办")?;
        for step in STEPS {
            writer.line(step)?;
        }
    }
    for page in pages.iter().filter(|page| page.short) {
        writer.line(&format!("“{}”太大，本文件只列出退回的行。请按行号在原文件中改正，再把原文件整份提供。", page.name))?;
        if page.omitted > 0 {
            writer.line(&format!("还有 {} 行没有列出；请先改正已列出的，类似的一并改正。", page.omitted))?;
        }
    }
    writer.faults(pages)?;
    writer.notes(report)
}

impl Writer<'_> {
    fn file(&mut self, report: &FileReport, received_on: Date) -> Result<(), XlsxError> {
        self.line(&format!("文件：{}", file_name(&report.file)))?;
        // A file that could not be opened is looked at again every day: its page must not change with the day.
        if !report.sha256.is_empty() {
            self.line(&format!("收到：{}", received_on.format("%Y年%-m月%-d日")))?;
        }
        if let Some(problem) = &report.error {
            self.line(&format!("这个文件没有采用：{}。", problem.what))?;
            self.line(&format!("改法：{}。", problem.mend))?;
        }
        let tables = report.sheets.iter().filter(|sheet| sheet.dataset.is_some() || sheet.rejected > 0);
        let (kept, rejected) = tables.clone().fold((0, 0), |(kept, rejected), sheet| (kept + sheet.kept, rejected + sheet.rejected));
        if tables.clone().next().is_some() {
            self.line(&format!("结果：采用 {kept} 行，退回 {rejected} 行。"))?;
        }
        for sheet in tables {
            let name = if sheet.sheet.is_empty() { String::new() } else { format!("“{}”", sheet.sheet) };
            let dataset = sheet.dataset.map_or("没有认出是什么表", model::Dataset::chinese);
            let all = sheet.kept + sheet.rejected;
            self.line(&format!("　　{name}按《{dataset}》读取：数据 {all} 行，采用 {} 行，退回 {} 行。", sheet.kept, sheet.rejected))?;
        }
        Ok(())
    }

    fn line(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet.merge_range(self.row, 0, self.row, 5, text, &self.wrapped)?;
        self.sheet.set_row_height(self.row, lines(text, 160.0) * LINE)?;
        self.row += 1;
        Ok(())
    }

    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        self.sheet.write_string_with_format(self.row, 0, text, &self.bold)?;
        self.row += 1;
        Ok(())
    }

    fn faults(&mut self, pages: &[Page]) -> Result<(), XlsxError> {
        let count: usize = pages.iter().map(|page| page.faults.len()).sum();
        if count == 0 {
            return Ok(());
        }
        self.heading(&format!("要改的地方（{count} 处）"))?;
        for (column, text) in (0_u16..).zip(["在哪张工作表", "点这里跳过去", "在哪一列", "现在写的是", "哪里不对", "怎么改"])
        {
            self.sheet.write_string_with_format(self.row, column, text, &self.head)?;
        }
        self.sheet.set_row_height(self.row, LINE)?;
        self.row += 1;
        for fault in pages.iter().flat_map(|page| &page.faults).take(MOST_LISTED) {
            self.fault(fault)?;
        }
        if count > MOST_LISTED {
            self.line(&format!("另有 {} 处没有列出，都已在各工作表中标成红色。", count - MOST_LISTED))?;
        }
        Ok(())
    }

    fn fault(&mut self, fault: &Fault) -> Result<(), XlsxError> {
        let row = self.row;
        let place = format!("第 {} 行", fault.row);
        self.sheet.write_string_with_format(row, 0, &fault.worksheet, &self.cell)?;
        match fault.cell {
            Some((at, column)) => {
                let address = utility::row_col_to_cell(at, column);
                let target = Url::new(format!("internal:'{}'!{address}", fault.worksheet.replace('\'', "''"))).set_text(&place);
                self.sheet.write_url_with_format(row, 1, target, &self.link)?;
            }
            None => {
                self.sheet.write_string_with_format(row, 1, &place, &self.cell)?;
            }
        }
        // In quotation marks: a cell that holds a heading is none here.
        let value = if fault.value.is_empty() { "（空）".to_owned() } else { format!("“{}”", fault.value) };
        let column = if fault.column.is_empty() { String::new() } else { format!("“{}”", fault.column) };
        for (at, text) in [(2, &column), (3, &value), (4, &fault.reason), (5, &fault.mend)] {
            self.sheet.write_string_with_format(row, at, text, &self.cell)?;
        }
        let height = lines(&fault.reason, 44.0).max(lines(&fault.mend, 44.0)).max(lines(&value, 22.0)).max(lines(&column, 16.0));
        self.sheet.set_row_height(row, height * LINE)?;
        self.row += 1;
        Ok(())
    }

    fn notes(&mut self, report: &FileReport) -> Result<(), XlsxError> {
        let told: Vec<String> = report
            .sheets
            .iter()
            .flat_map(|sheet| {
                let name = if sheet.sheet.is_empty() { String::new() } else { format!("“{}”", sheet.sheet) };
                // Pages of explanation need no remark.
                sheet.notes.iter().filter(|note| !note.mend.is_empty()).map(move |note| {
                    let column = if note.column.is_empty() { String::new() } else { format!("“{}”列：", note.column) };
                    format!("{name}{column}{}", note_text(note).replace('\n', " "))
                })
            })
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        self.heading("请看一看（没有因此退回）")?;
        for text in told {
            self.line(&text)?;
        }
        Ok(())
    }
}

/// The last part of a path: what the sender called it.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
