//! `mappings/来源.toml`: what was settled for the tables of one source; it comes before what headings say by themselves
//! (file-formats.md §15, 4).

mod file;
#[cfg(test)]
mod tests;
mod write;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use model::{Dataset, ProjectCode};
use unicode_normalization::UnicodeNormalization;

pub use file::{MappingFile, MappingMistake};
pub use write::mapping_text;

use crate::FileProblem;
use crate::context::{FILE, TITLE, WORKSHEET};
use crate::heading::{HeadingCell, Mapping};
use crate::layout::Shape;
use crate::row::Constant;
use crate::table::{Cell, is_invisible};

/// Where a value stands that the mapping gives for all rows.
pub const SAVED: &str = "已保存的对应关系";

/// A mapping without mistakes.
#[derive(Debug, Clone)]
pub struct SavedMapping {
    pub(crate) file: MappingFile,
    /// Of the text it was read from: read with another text, the same bytes may mean another thing.
    pub(crate) identity: String,
    force: Vec<(Dataset, Vec<String>)>,
    tables: BTreeMap<Dataset, SavedTable>,
}

/// What was settled for one kind of table.
#[derive(Debug, Clone, Default)]
pub struct SavedTable {
    columns: HashMap<String, Assigned>,
    units: HashMap<String, &'static str>,
    pub project_code: Option<ProjectCode>,
    pub project_from: Option<Origin>,
    pub month_from: Option<Origin>,
    /// What the debit side of a ledger means.
    pub debit: Option<Side>,
    pub day_hours: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    To(usize),
    Ignored,
}

/// The only place a month or project is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub enum Origin {
    #[serde(rename = "列")]
    Column,
    #[serde(rename = "标题行")]
    Title,
    #[serde(rename = "工作表名")]
    Worksheet,
    #[serde(rename = "文件名")]
    File,
}

impl Origin {
    /// Whether what stands at `origin` is listened to.
    pub fn admits(self, origin: &str) -> bool {
        origin
            == match self {
                Self::Column => "列",
                Self::Title => TITLE,
                Self::Worksheet => WORKSHEET,
                Self::File => FILE,
            }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub enum Side {
    #[serde(rename = "支出")]
    Out,
    #[serde(rename = "收入")]
    In,
}

/// Headings are the same whatever blanks and width they are written with.
fn key(heading: &str) -> String {
    heading.nfkc().filter(|c| !is_invisible(*c)).collect()
}

impl SavedMapping {
    pub fn table(&self, dataset: Dataset) -> Option<&SavedTable> {
        self.tables.get(&dataset)
    }

    /// The kind of table that a heading row with all these headings was said to be.
    pub fn forced(&self, cells: &[HeadingCell<'_>]) -> Option<Dataset> {
        if self.force.is_empty() {
            return None;
        }
        let shown: Vec<String> = cells.iter().map(|cell| key(&cell.shown())).collect();
        self.force.iter().find(|(_, headings)| headings.iter().all(|heading| shown.contains(heading))).map(|(dataset, _)| *dataset)
    }

    /// How many cells of a row are headings that it knows.
    pub fn known(&self, cells: &[Cell<'_>]) -> usize {
        let keys = cells.iter().filter_map(|c| if let Cell::Text(text) = c { Some(key(text)) } else { None });
        keys.filter(|key| self.knows(key)).count()
    }

    fn knows(&self, key: &String) -> bool {
        self.tables.values().any(|table| table.columns.contains_key(key)) || self.force.iter().any(|(_, headings)| headings.contains(key))
    }

    /// Decodes text as it was said to be encoded; `None` where nothing was said.
    pub fn decode<'b>(&self, bytes: &'b [u8]) -> Option<Result<Cow<'b, str>, FileProblem>> {
        let encoding = self.file.encoding?;
        let decoded = encoding.codec().decode_without_bom_handling_and_without_replacement(encoding.without_bom(bytes));
        let text = decoded.filter(|text| !text.contains(['\u{fffd}', '\0']));
        Some(text.ok_or_else(|| {
            FileProblem::new(
                format!("文件中有不符合 {} 编码的字节，而对应关系写明按这种编码读", encoding.label()),
                "请核对对应关系中的 encoding，或请提供方重新导出",
            )
        }))
    }
}

impl SavedTable {
    pub fn assigned(&self, heading: &str) -> Option<Assigned> {
        if self.columns.is_empty() { None } else { self.columns.get(&key(heading)).copied() }
    }

    /// The unit a heading was said to have.
    pub fn unit(&self, heading: &str) -> Option<&'static str> {
        if self.units.is_empty() { None } else { self.units.get(&key(heading)).copied() }
    }

    /// Columns of which it was said that they do not count.
    pub fn leave_out(&self, mapping: &mut Mapping) {
        let mut drop = |column: usize| {
            mapping.at[column] = None;
            mapping.headings[column] = None;
        };
        let shape: &Shape = mapping.shape;
        if let (Some(column), Some(origin)) = (shape.month, self.month_from)
            && origin != Origin::Column
        {
            drop(column);
        }
        if let Some((code, name)) = shape.project {
            if self.project_from.is_some_and(|origin| origin != Origin::Column) {
                drop(code);
                drop(name);
            }
            if self.project_code.is_some() {
                drop(name);
            }
        }
    }

    /// Headings it names for columns that the table then lacks.
    pub fn lacking(&self, mapping: &Mapping) -> Vec<(String, &'static str)> {
        let present: Vec<String> = mapping.headings.iter().flatten().map(|(heading, _)| key(heading)).collect();
        let lacking = self.columns.iter().filter_map(|(heading, assigned)| match assigned {
            Assigned::To(column) if !mapping.has(*column) && !present.contains(heading) => {
                Some((heading.clone(), mapping.shape.columns[*column].canonical))
            }
            _ => None,
        });
        let mut lacking: Vec<_> = lacking.collect();
        lacking.sort();
        lacking
    }

    pub fn project_constant(&self) -> Option<Constant> {
        let code = self.project_code.as_ref()?;
        Some(Constant { cell: Cell::Text(Cow::Owned(code.to_string())), origin: SAVED })
    }
}

/// A source and what was settled for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Saved<'s> {
    pub source: &'s str,
    pub mapping: Option<&'s SavedMapping>,
    /// The only kind of table its folder takes.
    pub only: Option<Dataset>,
    /// Where the projects of its folder are, if a list does not say it.
    pub region: Option<&'s str>,
}

impl<'s> Saved<'s> {
    pub fn table(&self, dataset: Dataset) -> Option<&'s SavedTable> {
        self.mapping?.table(dataset)
    }

    /// The file, as people find it beside `anxin.toml`.
    pub fn file(&self) -> String {
        format!("mappings/{}.toml", if self.source.is_empty() { "来源名称" } else { self.source })
    }

    /// What to write so that one of these headings stands for a column.
    pub fn line(&self, dataset: Dataset, headings: &[&str], canonical: &str) -> String {
        let lines: Vec<String> =
            headings.iter().map(|heading| format!("{} = {}", write::quoted(heading), write::quoted(canonical))).collect();
        format!("在 {} 的 [table.{}.columns] 下写一行 {}", self.file(), dataset.code(), lines.join(" 或 "))
    }

    /// What to write so that a table with these headings is of a kind.
    pub fn force(&self, datasets: &[Dataset]) -> String {
        let codes: Vec<String> = datasets.iter().map(|d| format!("“{}”（{}）", d.code(), d.chinese())).collect();
        format!("在 {} 中写 [[force]]，dataset 取{}，headings 列出这张表的几个表头", self.file(), codes.join("或"))
    }
}
