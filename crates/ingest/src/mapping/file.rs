//! The mapping file as written, and what may be wrong with it.

use std::collections::BTreeMap;

use encoding_rs::{Encoding as Codec, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use model::{Dataset, ProjectCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::{Assigned, Origin, SavedMapping, SavedTable, Side, key};
use crate::layout::{SHAPES, Shape};

/// `mappings/来源.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MappingFile {
    /// 文本文件的编码。
    pub(super) encoding: Option<Encoding>,
    /// 表头同时有这些列的表，按指定的种类读。
    pub(super) force: Vec<Force>,
    /// 各种表。
    pub(super) table: BTreeMap<Dataset, TableFile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Force {
    pub dataset: Dataset,
    pub headings: Spanned<Vec<String>>,
}

/// 一种表。
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TableFile {
    /// 表头 = 标准列。
    pub columns: BTreeMap<String, Spanned<String>>,
    /// 不读的表头。
    pub ignore: Vec<Spanned<String>>,
    /// 表头 = 单位。
    pub units: BTreeMap<String, Unit>,
    /// 所有行都属于这个项目。
    pub project_code: Option<Spanned<String>>,
    /// 项目只认一处。
    pub project_from: Option<Spanned<Origin>>,
    /// 月份只认一处。
    pub month_from: Option<Spanned<Origin>>,
    /// 借方是支出还是收入。
    pub debit: Option<Spanned<Side>>,
    /// 几小时为一天。
    pub day_hours: Option<Spanned<u32>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Unit {
    #[serde(rename = "元")]
    Yuan,
    #[serde(rename = "万元")]
    TenThousand,
    #[serde(rename = "天")]
    Days,
    #[serde(rename = "小时")]
    Hours,
    #[serde(rename = "%")]
    Percent,
}

impl Unit {
    pub fn text(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::TenThousand => "万元",
            Self::Days => "天",
            Self::Hours => "小时",
            Self::Percent => "%",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "gb18030")]
    Gb18030,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

impl Encoding {
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    pub fn codec(self) -> &'static Codec {
        match self {
            Self::Utf8 => UTF_8,
            Self::Gb18030 => GB18030,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
        }
    }

    pub fn without_bom(self, bytes: &[u8]) -> &[u8] {
        match Codec::for_bom(bytes) {
            Some((codec, length)) if codec == self.codec() => &bytes[length..],
            _ => bytes,
        }
    }
}

/// What is wrong, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingMistake {
    pub line: usize,
    pub key: String,
    pub what: String,
    pub mend: String,
}

/// Looks for mistakes that are none of the TOML.
struct Checker<'t> {
    text: &'t str,
    mistakes: Vec<MappingMistake>,
}

impl Checker<'_> {
    fn mistake(&mut self, at: usize, key: &str, what: String, mend: impl Into<String>) {
        let line = self.text[..at.min(self.text.len())].matches('\n').count() + 1;
        self.mistakes.push(MappingMistake { line, key: key.to_owned(), what, mend: mend.into() });
    }

    fn table(&mut self, dataset: Dataset, file: &TableFile) -> SavedTable {
        let shape = shape(dataset);
        let mut table =
            SavedTable { units: file.units.iter().map(|(heading, unit)| (key(heading), unit.text())).collect(), ..SavedTable::default() };
        for (heading, canonical) in &file.columns {
            let Some(column) = shape.columns.iter().position(|c| c.canonical == canonical.get_ref()) else {
                let known: Vec<&str> = shape.columns.iter().map(|c| c.canonical).collect();
                let what = format!("{}没有叫“{}”的标准列", dataset.chinese(), canonical.get_ref());
                self.mistake(canonical.span().start, heading, what, format!("可用的标准列：{}", known.join("、")));
                continue;
            };
            if table.columns.insert(key(heading), Assigned::To(column)).is_some() {
                self.mistake(canonical.span().start, heading, "同一个表头写了两次".to_owned(), "请删去多余的一个");
            }
        }
        for heading in &file.ignore {
            if table.columns.insert(key(heading.get_ref()), Assigned::Ignored).is_some() {
                let what = format!("“{}”既写了对应的列，又写了不读", heading.get_ref());
                self.mistake(heading.span().start, "ignore", what, "请删去其中一处");
            }
        }
        self.choices(shape, file, &mut table);
        table
    }

    fn choices(&mut self, shape: &Shape, file: &TableFile, table: &mut SavedTable) {
        let kind = shape.dataset.chinese();
        if let Some(code) = &file.project_code {
            table.project_code = ProjectCode::parse(code.get_ref());
            if table.project_code.is_none() || shape.project.is_none() {
                self.mistake(code.span().start, "project_code", format!("不是项目编码，或{kind}不按项目分"), "请核对，或删去这一行");
            }
        }
        if let Some(origin) = &file.project_from {
            table.project_from = Some(*origin.get_ref());
            if shape.project.is_none() || file.project_code.is_some() {
                let what = format!("{kind}不按项目分，或已经写了 project_code");
                self.mistake(origin.span().start, "project_from", what, "请删去这一行");
            }
        }
        if let Some(origin) = &file.month_from {
            table.month_from = Some(*origin.get_ref());
            if shape.month.is_none() {
                self.mistake(origin.span().start, "month_from", format!("{kind}不按月份分"), "请删去这一行");
            }
        }
        if let Some(side) = &file.debit {
            table.debit = Some(*side.get_ref());
            if shape.dataset != Dataset::Ledger {
                self.mistake(side.span().start, "debit", format!("{kind}没有借方"), "只用于 [table.ledger]，请删去这一行");
            }
        }
        if let Some(hours) = &file.day_hours {
            table.day_hours = Some(*hours.get_ref());
            if !(1..=24).contains(hours.get_ref()) {
                self.mistake(
                    hours.span().start,
                    "day_hours",
                    format!("一天不会是 {} 小时", hours.get_ref()),
                    "请写 1 至 24 的整数，例如 8",
                );
            }
        }
    }
}

pub(super) fn shape(dataset: Dataset) -> &'static Shape {
    SHAPES.iter().copied().find(|shape| shape.dataset == dataset).unwrap_or(SHAPES[0])
}

impl MappingFile {
    /// The mapping ready for use.
    ///
    /// # Errors
    /// Every mistake, with its line in `text`, from which the file was read.
    pub fn settle(self, text: &str) -> Result<SavedMapping, Vec<MappingMistake>> {
        let mut checker = Checker { text, mistakes: Vec::new() };
        let mut force = Vec::new();
        for entry in &self.force {
            let headings: Vec<String> = entry.headings.get_ref().iter().map(|heading| key(heading)).collect();
            if headings.len() < 2 {
                checker.mistake(
                    entry.headings.span().start,
                    "headings",
                    "至少要写两个表头".to_owned(),
                    "只写一个表头，别的表也会被认成这一种",
                );
            }
            force.push((entry.dataset, headings));
        }
        let tables: BTreeMap<Dataset, SavedTable> =
            self.table.iter().map(|(dataset, file)| (*dataset, checker.table(*dataset, file))).collect();
        if !checker.mistakes.is_empty() {
            checker.mistakes.sort_by_key(|mistake| mistake.line);
            return Err(checker.mistakes);
        }
        let identity = crate::hash::hex(&Sha256::digest(text.as_bytes())[..8]);
        Ok(SavedMapping { identity, force, tables, file: self })
    }
}
