//! Blank workbooks for those who hand over data by hand: canonical headings, lists to choose from, an example and an explanation.
//!
//! The example row is never data: its project code can be no project's, and the importer skips every row with it as `example`
//! and says so. Left in, overwritten or deleted, the workbook imports alike; a row filled in over it that keeps the code is told
//! of, not lost silently. A word such as 示例 would not do, since real projects may be called so.

mod content;
pub mod guide;
mod labour;
mod master;
mod page;

use std::path::{Path, PathBuf};

use model::Dataset;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use content::Entry;
pub use content::is_example_code;
pub use content::{Kind, Need};

use crate::cell::offered;
use crate::layout::{SHAPES, Shape};

/// Name of the workbook that holds all templates.
const ALL: &str = "全部模板";

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("{} 中已有 {}；没有写出任何文件。请换一个目录，或先移走这些文件", dir.display(), names.join("、"))]
    Exists { dir: PathBuf, names: Vec<String> },
    #[error("写不了 {path}；请检查目录是否可写、磁盘是否已满")]
    Write {
        path: String,
        #[source]
        cause: std::io::Error,
    },
    #[error("模板没有做成；请把这条消息交给开发者")]
    Make(#[from] XlsxError),
}

/// One table to fill in.
pub struct Template {
    name: &'static str,
    pub dataset: Dataset,
    columns: &'static [Entry],
    /// Columns behind those of the days, where there are any.
    behind_days: Option<&'static [Entry]>,
}

const fn table(name: &'static str, dataset: Dataset, columns: &'static [Entry]) -> Template {
    Template { name, dataset, columns, behind_days: None }
}

/// In the order of [`Dataset::ALL`]; attendance comes in two forms. A name must say nothing of a project or month.
pub static TEMPLATES: &[Template] = &[
    table("项目清单", Dataset::Project, master::PROJECT),
    table("参建单位", Dataset::Contractor, master::CONTRACTOR),
    table("班组名单", Dataset::Team, master::TEAM),
    table("工资保证金", Dataset::Deposit, master::DEPOSIT),
    table("工资专用账户", Dataset::Account, master::ACCOUNT),
    table("专户流水", Dataset::Ledger, labour::LEDGER),
    table("实名制花名册", Dataset::Roster, labour::ROSTER),
    table("劳动合同", Dataset::Contract, labour::CONTRACT),
    table("考勤明细", Dataset::Attendance, labour::PUNCHES),
    Template { name: "考勤表", dataset: Dataset::Attendance, columns: labour::MATRIX, behind_days: Some(labour::MATRIX_END) },
    table("工资表", Dataset::Payroll, labour::PAYROLL),
    table("银行代发明细", Dataset::Payout, labour::PAYOUT),
    table("维权信息告示牌", Dataset::Board, master::BOARD),
    table("退场工资结清", Dataset::WorkerSettlement, labour::WORKER_SETTLEMENT),
    table("施工过程结算", Dataset::ProcessSettlement, master::PROCESS_SETTLEMENT),
    table("检查记录", Dataset::Inspection, master::INSPECTION),
    table("欠薪线索", Dataset::Lead, master::LEAD),
];

/// A column of a worksheet: one of the shape, or a day.
pub struct Filled {
    pub heading: String,
    pub need: Need,
    pub kind: Kind,
    example: &'static str,
    hint: &'static str,
    aliases: &'static [&'static str],
}

impl Template {
    fn shape(&self) -> &'static Shape {
        SHAPES[self.dataset as usize]
    }

    pub fn columns(&self) -> Vec<Filled> {
        let of = |entry: &'static Entry| {
            let column = entry.of(self.shape());
            Filled {
                heading: column.canonical.to_owned(),
                need: entry.need,
                kind: entry.kind,
                example: entry.example,
                hint: entry.hint,
                aliases: column.aliases,
            }
        };
        let mut columns: Vec<Filled> = self.columns.iter().map(of).collect();
        if let Some(behind) = self.behind_days {
            columns.extend((1..=31).map(|day| Filled {
                heading: format!("{day}日"),
                need: Need::Case,
                kind: Kind::Suggest(offered::DAY_MARKS),
                example: example_mark(day),
                hint: "√ 全天，半 半天，× 缺勤；也可一律填天数，或一律填小时数",
                aliases: &[],
            }));
            columns.extend(behind.iter().map(of));
        }
        columns
    }
}

/// Whether a column of a dataset holds identities, cards, accounts or codes, whose digits a worksheet must not take for a number.
pub fn is_code(shape: &Shape, column: usize) -> bool {
    shape.columns[column].secret || is_kind(shape, column, |kind| matches!(kind, Kind::Code))
}

/// Whether a column of a dataset holds days or moments.
pub fn is_day(shape: &Shape, column: usize) -> bool {
    is_kind(shape, column, |kind| matches!(kind, Kind::Date | Kind::Moment))
}

fn is_kind(shape: &Shape, column: usize, is: fn(&Kind) -> bool) -> bool {
    let of_dataset = TEMPLATES.iter().filter(|template| template.dataset == shape.dataset);
    of_dataset.flat_map(|template| template.columns).any(|entry| entry.column == column && is(&entry.kind))
}

/// 21 whole days and a half of March 2024, whose first Sunday is the third.
fn example_mark(day: u32) -> &'static str {
    match day {
        30 => "半",
        3 | 10 | 17 | 24 | 31 => "×",
        1..=26 => "√",
        _ => "",
    }
}

/// Writes one workbook for each table and one with all of them; overwrites nothing.
///
/// # Errors
/// One of the files is there already, or cannot be written.
pub fn write_templates(dir: &Path) -> Result<Vec<PathBuf>, TemplateError> {
    let failed = |path: &Path, cause| TemplateError::Write { path: path.display().to_string(), cause };
    std::fs::create_dir_all(dir).map_err(|cause| failed(dir, cause))?;
    let mut books: Vec<(PathBuf, &[Template])> =
        TEMPLATES.iter().map(|one| (dir.join(format!("{}模板.xlsx", one.name)), std::slice::from_ref(one))).collect();
    books.push((dir.join(format!("{ALL}.xlsx")), TEMPLATES));
    let there = books.iter().filter(|(path, _)| path.symlink_metadata().is_ok());
    let names: Vec<String> = there.filter_map(|(path, _)| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    if !names.is_empty() {
        return Err(TemplateError::Exists { dir: dir.to_owned(), names });
    }
    for (path, templates) in &books {
        let bytes = workbook(templates)?;
        let written = std::fs::File::create_new(path).and_then(|mut file| std::io::Write::write_all(&mut file, &bytes));
        written.map_err(|cause| failed(path, cause))?;
    }
    Ok(books.into_iter().map(|(path, _)| path).collect())
}

fn workbook(templates: &[Template]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same program writes the same bytes.
    let made = ExcelDateTime::from_ymd(2024, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_author("Anxin").set_creation_datetime(&made));
    for template in templates {
        page::write(workbook.add_worksheet(), template)?;
    }
    guide::write(workbook.add_worksheet(), templates)?;
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests;
