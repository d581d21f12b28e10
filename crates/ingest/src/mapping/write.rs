//! Writes a mapping file: what an import used, what the operator had settled before, and what may be settled.

use std::collections::BTreeMap;
use std::fmt::Write;

use model::Dataset;
use serde::Serialize;

use super::file::{MappingFile, TableFile, shape};
use super::{SavedMapping, key};
use crate::report::ImportReport;

/// A TOML string on one line.
pub(super) fn quoted(text: &str) -> String {
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", one_line.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The word of a choice as the file writes it.
fn word(choice: impl Serialize) -> String {
    serde_json::to_string(&choice).unwrap_or_default()
}

/// The text of `mappings/来源.toml` after an import; settings made by hand are kept, their remarks are not.
pub fn mapping_text(source: &str, saved: Option<&SavedMapping>, report: &ImportReport, saved_at: &str) -> String {
    let none = MappingFile::default();
    let before = saved.map_or(&none, |saved| &saved.file);
    let mut text = format!(
        "# 来源“{source}”的对应关系：这个来源的表按这里读，先于自动识别。\n\
         # {saved_at} 由 anxin import --save-mapping 写成。改完请先运行 anxin config check。\n\
         # 内容一有改动，同样的文件再次导入时就按新的对应关系重读；以前的内容原样写回去则不会，请同时改动一处说明。\n\n"
    );
    match before.encoding {
        Some(encoding) => _ = writeln!(text, "encoding = \"{}\"", encoding.label()),
        None => text.push_str("# encoding = \"gb18030\"    # 文本文件的编码：utf-8、gb18030、utf-16le、utf-16be；不写则自动辨认\n"),
    }
    for force in &before.force {
        let headings: Vec<String> = force.headings.get_ref().iter().map(|heading| quoted(heading)).collect();
        _ = write!(text, "\n[[force]]\ndataset = \"{}\"\nheadings = [{}]\n", force.dataset.code(), headings.join(", "));
    }
    if before.force.is_empty() {
        text.push_str(
            "\n# 认错了种类、或分不清是哪种表的，写明表头同时有哪几列时按哪一种读：\n\
             # [[force]]\n# dataset = \"payroll\"\n# headings = [\"姓名\", \"实发\"]\n",
        );
    }
    let mut columns = used(report);
    let empty = TableFile::default();
    for dataset in Dataset::ALL {
        let settled = before.table.get(dataset);
        let used = columns.remove(dataset).unwrap_or_default();
        if settled.is_some() || !used.is_empty() {
            table(&mut text, *dataset, settled.unwrap_or(&empty), &used);
        }
    }
    text
}

/// Heading → canonical column, as used in the files of an import.
fn used(report: &ImportReport) -> BTreeMap<Dataset, BTreeMap<String, &'static str>> {
    let mut used: BTreeMap<Dataset, BTreeMap<String, &'static str>> = BTreeMap::new();
    for sheet in report.files.iter().flat_map(|file| &file.sheets) {
        let Some(dataset) = sheet.dataset else { continue };
        used.entry(dataset).or_default().extend(sheet.assigned.iter().map(|(heading, canonical)| (heading.clone(), *canonical)));
    }
    used
}

fn table(text: &mut String, dataset: Dataset, settled: &TableFile, used: &BTreeMap<String, &'static str>) {
    _ = writeln!(text, "\n[table.{}]    # {}", dataset.code(), dataset.chinese());
    if settled.ignore.is_empty() {
        text.push_str("# ignore = [\"某列\"]    # 不读的表头\n");
    } else {
        let headings: Vec<String> = settled.ignore.iter().map(|heading| quoted(heading.get_ref())).collect();
        _ = writeln!(text, "ignore = [{}]", headings.join(", "));
    }
    let mut setting = |key: &str, value: Option<String>, example: &str| {
        _ = match value {
            Some(value) => writeln!(text, "{key} = {value}"),
            None => writeln!(text, "# {key} = {example}"),
        };
    };
    let shape = shape(dataset);
    let places = "\"列\"    # 只认一处：列、标题行、工作表名、文件名";
    if shape.project.is_some() {
        let code = settled.project_code.as_ref().map(|code| quoted(code.get_ref()));
        setting("project_code", code, "\"项目编码\"    # 所有行都属于这个项目");
        setting("project_from", settled.project_from.as_ref().map(|origin| word(origin.get_ref())), places);
    }
    if shape.month.is_some() {
        setting("month_from", settled.month_from.as_ref().map(|origin| word(origin.get_ref())), places);
    }
    if dataset == Dataset::Ledger {
        setting(
            "debit",
            settled.debit.as_ref().map(|side| word(side.get_ref())),
            "\"支出\"    # 借方是支出还是收入；不写则按余额的变动判断",
        );
    }
    if matches!(dataset, Dataset::Payroll | Dataset::Attendance) {
        setting("day_hours", settled.day_hours.as_ref().map(|hours| hours.get_ref().to_string()), "8    # 按小时记的，几小时为一天");
    }
    _ = writeln!(text, "\n[table.{}.columns]    # 表头 = 标准列", dataset.code());
    // Headings that are the same but for blanks and width are one.
    let mut columns: BTreeMap<_, (&str, &str)> = BTreeMap::new();
    for (heading, canonical) in used {
        if let Some((_, other)) = columns.get(&key(heading)).filter(|(_, other)| other != canonical) {
            _ = writeln!(text, "# {} = {}    # 各文件的读法不同，也有读作“{other}”的", quoted(heading), quoted(canonical));
        } else {
            columns.insert(key(heading), (heading, canonical));
        }
    }
    for (heading, canonical) in &settled.columns {
        columns.insert(key(heading), (heading, canonical.get_ref()));
    }
    for (heading, canonical) in columns.into_values() {
        _ = writeln!(text, "{} = {}", quoted(heading), quoted(canonical));
    }
    if !settled.units.is_empty() {
        _ = writeln!(text, "\n[table.{}.units]    # 表头 = 单位：元、万元、天、小时、%", dataset.code());
        for (heading, unit) in &settled.units {
            _ = writeln!(text, "{} = \"{}\"", quoted(heading), unit.text());
        }
    }
}
