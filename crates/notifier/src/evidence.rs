//! The workbooks: evidence of one letter, and the list of problems for the head.
//!
//! Every text is written as a text cell, so that nothing received from outside can become a formula.

use model::document::{Document, DocumentItem, DocumentKind};
use model::{Date, Fen, Finding, Month, Severity};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};
use serde_json::Value;

use crate::NotifierError;
use crate::config::Office;
use crate::labels::{Cell, Detail, fact, months, parameter, subject};
use crate::notices::{severity_chinese, sorted_items};

/// One problem of the 问题清单: all findings of one rule in one project.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub project: String,
    pub project_name: String,
    pub rule: String,
    /// 中文名 of the rule.
    pub title: String,
    /// 责任单位
    pub party: String,
    pub severity: Severity,
    pub since: Option<Date>,
    pub due: Option<Date>,
    pub months: Vec<Month>,
    pub amount: Option<Fen>,
    pub workers: Option<u32>,
    pub facts: String,
    /// Numbers of the letters it stands in.
    pub documents: Vec<String>,
}

/// A worksheet with its formats; columns are declared once.
pub(crate) struct Table<'a> {
    sheet: &'a mut Worksheet,
    text: Format,
    wrapped: Format,
    money: Format,
    number: Format,
    date: Format,
    columns: u16,
    row: u32,
}

impl<'a> Table<'a> {
    /// Frozen header row; `columns` are headings with widths in characters.
    pub(crate) fn new(sheet: &'a mut Worksheet, name: &str, columns: &[(String, f64)]) -> Result<Self, NotifierError> {
        let header = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
            .set_background_color("#E8EDF4")
            .set_border(FormatBorder::Thin);
        sheet.set_name(name)?;
        let mut count = 0;
        for (title, width) in columns {
            sheet.set_column_width(count, *width)?;
            sheet.write_string_with_format(0, count, title, &header)?;
            count += 1;
        }
        sheet.set_row_height(0, 24)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?.set_print_fit_to_pages(1, 0);
        let top = || Format::new().set_align(FormatAlign::Top);
        Ok(Self {
            sheet,
            // "@": identities and codes stay text even after an edit.
            text: top().set_num_format("@"),
            wrapped: top().set_num_format("@").set_text_wrap(),
            money: top().set_num_format("#,##0.00"),
            number: top(),
            date: top().set_num_format("yyyy-mm-dd"),
            columns: count,
            row: 0,
        })
    }

    pub(crate) fn next_row(&mut self) {
        self.row += 1;
    }

    pub(crate) fn text(&mut self, column: u16, text: &str) -> Result<(), NotifierError> {
        if !text.is_empty() {
            let format = if text.chars().count() > 24 { &self.wrapped } else { &self.text };
            // Excel holds 32,767 characters in a cell.
            let text: String = text.chars().take(32_000).collect();
            self.sheet.write_string_with_format(self.row, column, &text, format)?;
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "fen below 2^53 are exact in the cell; more than 90 trillion yuan do not occur")]
    fn money(&mut self, column: u16, amount: Option<Fen>) -> Result<(), NotifierError> {
        if let Some(amount) = amount {
            self.sheet.write_number_with_format(self.row, column, amount.0 as f64 / 100.0, &self.money)?;
        }
        Ok(())
    }

    pub(crate) fn number(&mut self, column: u16, number: Option<f64>) -> Result<(), NotifierError> {
        if let Some(number) = number {
            self.sheet.write_number_with_format(self.row, column, number, &self.number)?;
        }
        Ok(())
    }

    pub(crate) fn date(&mut self, column: u16, date: Option<Date>) -> Result<(), NotifierError> {
        if let Some(date) = date {
            self.sheet.write_datetime_with_format(self.row, column, excel_date(date)?, &self.date)?;
        }
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), NotifierError> {
        match cell {
            Cell::Empty => Ok(()),
            Cell::Text(text) => self.text(column, text),
            Cell::Money(fen) => self.money(column, Some(*fen)),
            Cell::Number(number) => self.number(column, Some(*number)),
        }
    }

    pub(crate) fn finish(self) -> Result<(), NotifierError> {
        self.sheet.autofilter(0, 0, self.row.max(1), self.columns.saturating_sub(1))?;
        Ok(())
    }
}

fn columns(list: &[(&str, f64)]) -> Vec<(String, f64)> {
    list.iter().map(|(title, width)| ((*title).to_owned(), *width)).collect()
}

fn excel_date(date: Date) -> Result<ExcelDateTime, NotifierError> {
    Ok(ExcelDateTime::parse_from_str(&date.format("%Y-%m-%d").to_string())?)
}

pub(crate) fn new_workbook(title: &str, created: Date) -> Result<Workbook, NotifierError> {
    let mut workbook = Workbook::new();
    let created = excel_date(created)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_author("Anxin").set_creation_datetime(&created));
    Ok(workbook)
}

/// Evidence of one letter, with the date its file says it was made: what was found, who is concerned, on which figures it rests.
pub(crate) fn workbook(document: &Document, created: Date) -> Result<Vec<u8>, NotifierError> {
    let mut workbook = new_workbook(&format!("{}证据明细", document.kind.chinese()), created)?;
    let items = sorted_items(document);
    problems_sheet(workbook.add_worksheet(), document, &items)?;
    persons_sheet(workbook.add_worksheet(), &items)?;
    grounds_sheet(workbook.add_worksheet(), document, &items)?;
    if items.iter().flat_map(|item| &item.findings).any(|f| !other_lists(f).is_empty()) {
        lists_sheet(workbook.add_worksheet(), &items)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn period_text(finding: &Finding) -> String {
    finding.period.map(|m| m.to_string()).unwrap_or_default()
}

fn problems_sheet(sheet: &mut Worksheet, document: &Document, items: &[&DocumentItem]) -> Result<(), NotifierError> {
    let headings = [
        ("序号", 6.0),
        ("项目编码", 21.0),
        ("项目名称", 30.0),
        ("责任单位", 28.0),
        ("问题", 26.0),
        ("规则编号", 26.0),
        ("等级", 10.0),
        ("所属期间", 10.0),
        ("对象", 16.0),
        ("具体情况", 60.0),
        ("金额（元）", 16.0),
        ("金额大写", 34.0),
        ("涉及人数", 10.0),
        ("应于", 12.0),
        ("违反起始日", 12.0),
        ("法律依据", 46.0),
        ("应当", 40.0),
    ];
    let mut table = Table::new(sheet, "问题汇总", &columns(&headings))?;
    let mut n = 0.0;
    for item in items {
        for (at, finding) in item.findings.iter().enumerate() {
            table.next_row();
            n += 1.0;
            table.number(0, Some(n))?;
            table.text(1, document.project.as_str())?;
            table.text(2, &document.project_name)?;
            table.text(3, &document.addressee.name)?;
            table.text(4, &item.title)?;
            table.text(5, &item.rule)?;
            table.text(6, severity_chinese(finding.severity.unwrap_or(item.severity), document.kind))?;
            table.text(7, &period_text(finding))?;
            table.text(8, &finding.subject.as_deref().map(subject).unwrap_or_default())?;
            table.text(9, item.facts.get(at).map(String::as_str).unwrap_or_default())?;
            table.money(10, finding.amount_fen)?;
            table.text(11, &finding.amount_fen.map(Fen::capital).unwrap_or_default())?;
            table.number(12, finding.workers.filter(|n| *n > 0).map(f64::from))?;
            table.date(13, finding.due)?;
            table.date(14, finding.since)?;
            table.text(15, &item.articles.join("；"))?;
            table.text(16, &item.remedy)?;
        }
    }
    table.finish()
}

fn persons_of(finding: &Finding) -> &[Value] {
    crate::notices::persons(finding)
}

/// Lists of objects other than the persons: account entries, contracts and the like.
fn other_lists(finding: &Finding) -> Vec<(&str, &[Value])> {
    let is_list = |values: &&Vec<Value>| values.iter().any(Value::is_object);
    let lists = finding.facts.iter().filter(|(key, _)| *key != "persons");
    lists.filter_map(|(key, value)| Some((key.as_str(), value.as_array().filter(is_list)?.as_slice()))).collect()
}

/// One sheet for tables of different columns: the columns of all, in order of first appearance.
fn joined(details: &[Detail]) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for title in details.iter().flat_map(|detail| &detail.columns) {
        if !titles.contains(title) {
            titles.push(title.clone());
        }
    }
    titles
}

fn write_details(sheet: &mut Worksheet, name: &str, lead: &[(&str, f64)], parts: &[(Vec<String>, Detail)]) -> Result<(), NotifierError> {
    let details: Vec<Detail> = parts.iter().map(|(_, detail)| detail.clone()).collect();
    let titles = joined(&details);
    let mut headings = columns(lead);
    headings.extend(titles.iter().map(|title| (title.clone(), if title == "证件号码" { 22.0 } else { 16.0 })));
    let mut table = Table::new(sheet, name, &headings)?;
    for (lead_texts, detail) in parts {
        for row in &detail.rows {
            table.next_row();
            let mut column = 0;
            for text in lead_texts {
                table.text(column, text)?;
                column += 1;
            }
            for title in &titles {
                if let Some(at) = detail.columns.iter().position(|own| own == title) {
                    table.cell(column, &row[at])?;
                }
                column += 1;
            }
        }
    }
    table.finish()
}

fn persons_sheet(sheet: &mut Worksheet, items: &[&DocumentItem]) -> Result<(), NotifierError> {
    let mut parts = Vec::new();
    for item in items {
        for finding in item.findings.iter().filter(|f| !persons_of(f).is_empty()) {
            parts.push((vec![item.title.clone(), period_text(finding)], Detail::of(persons_of(finding))));
        }
    }
    write_details(sheet, "人员明细", &[("问题", 28.0), ("所属期间", 10.0)], &parts)
}

fn lists_sheet(sheet: &mut Worksheet, items: &[&DocumentItem]) -> Result<(), NotifierError> {
    let mut parts = Vec::new();
    for item in items {
        for finding in &item.findings {
            for (key, list) in other_lists(finding) {
                parts.push((vec![item.title.clone(), period_text(finding), fact(key, &Value::Null).0], Detail::of(list)));
            }
        }
    }
    write_details(sheet, "其他明细", &[("问题", 28.0), ("所属期间", 10.0), ("内容", 16.0)], &parts)
}

/// Parameters, legal grounds and single figures of every finding.
fn grounds_sheet(sheet: &mut Worksheet, document: &Document, items: &[&DocumentItem]) -> Result<(), NotifierError> {
    let headings =
        [("问题", 28.0), ("规则编号", 26.0), ("所属期间", 10.0), ("类别", 10.0), ("名称", 34.0), ("取值", 40.0), ("施行日期", 12.0)];
    let mut table = Table::new(sheet, "依据与参数", &columns(&headings))?;
    let mut line = |item: Option<(&DocumentItem, &str)>, kind: &str, name: &str, value: &Cell, from: Option<Date>| {
        table.next_row();
        if let Some((item, period)) = item {
            table.text(0, &item.title)?;
            table.text(1, &item.rule)?;
            table.text(2, period)?;
        }
        table.text(3, kind)?;
        table.text(4, name)?;
        table.cell(5, value)?;
        table.date(6, from)
    };
    line(None, "文书", "数据截至", &Cell::Text(document.dated.to_string()), None)?;
    line(None, "文书", "期限", &Cell::Text(document.due.to_string()), None)?;
    line(None, "文书", "期限怎样计算", &Cell::Text(document.due_counted.clone()), None)?;
    for item in items {
        for finding in &item.findings {
            let period = period_text(finding);
            for basis in &finding.basis {
                line(Some((item, &period)), "依据", basis, &Cell::Empty, None)?;
            }
            for (name, used) in &finding.parameters {
                let (name, value) = parameter(name, &used.value);
                line(Some((item, &period)), "参数", &name, &value, used.from)?;
            }
            let lists = other_lists(finding);
            for (key, value) in &finding.facts {
                if key != "persons" && !lists.iter().any(|(list, _)| list == key) {
                    let (name, value) = fact(key, value);
                    line(Some((item, &period)), "数据", &name, &value, None)?;
                }
            }
        }
    }
    table.finish()
}

/// 问题清单: one row a problem, newest first.
pub fn problem_list(problems: &[Problem], office: &Office, on: Date) -> Result<Vec<u8>, NotifierError> {
    let mut workbook = new_workbook(&format!("{}农民工工资支付问题清单", office.name), on)?;
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by(|a, b| {
        let newest = b.since.cmp(&a.since);
        newest.then(b.severity.cmp(&a.severity)).then_with(|| (&a.project, &a.rule).cmp(&(&b.project, &b.rule)))
    });
    let headings = [
        ("序号", 6.0),
        ("项目编码", 21.0),
        ("项目名称", 32.0),
        ("问题", 26.0),
        ("责任单位", 30.0),
        ("等级", 10.0),
        ("违反起始日", 12.0),
        ("应于", 12.0),
        ("所属月份", 22.0),
        ("月数", 7.0),
        ("金额（元）", 16.0),
        ("涉及人数", 10.0),
        ("具体情况", 60.0),
        ("文书", 32.0),
        ("规则编号", 26.0),
    ];
    let sheet = workbook.add_worksheet();
    sheet.set_header(format!("&C{}农民工工资支付问题清单（{on}）", office.name.replace('&', "&&")));
    let mut table = Table::new(sheet, "问题清单", &columns(&headings))?;
    let mut n = 0.0;
    for problem in sorted {
        table.next_row();
        n += 1.0;
        table.number(0, Some(n))?;
        table.text(1, &problem.project)?;
        table.text(2, &problem.project_name)?;
        table.text(3, &problem.title)?;
        table.text(4, &problem.party)?;
        table.text(5, severity_chinese(problem.severity, DocumentKind::RectificationOrder))?;
        table.date(6, problem.since)?;
        table.date(7, problem.due)?;
        table.text(8, &months(&problem.months))?;
        table.number(9, u32::try_from(problem.months.len()).ok().filter(|n| *n > 0).map(f64::from))?;
        table.money(10, problem.amount)?;
        table.number(11, problem.workers.map(f64::from))?;
        table.text(12, &problem.facts)?;
        table.text(13, &problem.documents.join("；"))?;
        table.text(14, &problem.rule)?;
    }
    table.finish()?;
    Ok(workbook.save_to_buffer()?)
}
