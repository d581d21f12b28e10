//! What people and programs read: tables in Chinese, or one JSON object a line.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use model::{Finding, Outcome, Severity};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum Format {
    /// 表格
    #[default]
    Table,
    /// 每行一个 JSON 对象
    Json,
}

/// One JSON object a line on standard output.
pub fn json_line(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    write_all(&line)
}

/// A reader that went away (`| head`) is not an error.
pub fn write_all(bytes: &[u8]) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(bytes) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

pub fn line(text: &str) -> anyhow::Result<()> {
    write_all(format!("{text}\n").as_bytes())
}

pub fn table(heads: &[&str], rows: Vec<Vec<String>>) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_header(heads);
    for row in rows {
        table.add_row(row);
    }
    line(&table.to_string())
}

pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Breach => "违规",
        Outcome::Clear => "正常",
        Outcome::Unknown => "无法判断",
    }
}

pub fn severity(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Notice) => "提示",
        Some(Severity::Order) => "责令改正",
        Some(Severity::Escalate) => "立即处理",
        None => "",
    }
}

/// Why an outcome is not known, in Chinese.
pub fn unknown_reason(finding: &Finding) -> String {
    let mut parts = Vec::new();
    if !finding.missing.is_empty() {
        let names: Vec<&str> = finding.missing.iter().map(|d| d.chinese()).collect();
        parts.push(format!("缺少{}", names.join("、")));
    }
    if let Some(rule) = &finding.held_by {
        let name = rules::find(rule).map_or(rule.as_str(), |r| r.meta().name);
        parts.push(format!("先处理“{name}”"));
    }
    match finding.reason.as_deref() {
        None => {}
        Some("law_gap") => parts.push("当时没有生效的标准".to_owned()),
        Some("calendar_gap") => parts.push("缺少该年节假日表".to_owned()),
        Some("rejected_rows") => parts.push("有行被退回，表不完整".to_owned()),
        Some("column_absent") => parts.push("来源没有这一栏".to_owned()),
        Some(other) => parts.push(other.to_owned()),
    }
    parts.join("；")
}
