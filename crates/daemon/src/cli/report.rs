//! `anxin report …`: reports for people, as a table, JSON lines or a workbook.

use std::path::{Path, PathBuf};

use anyhow::Context;
use notifier::{List, ListCell, lists_workbook};
use serde::Serialize;

use crate::app::App;
use crate::cli::{DONE, Usage};
use crate::jobs::named_projects;
use crate::output::{self, Format};
use crate::quality::{Quality, gather, lists};

#[derive(Debug, clap::Subcommand)]
pub enum ReportCommand {
    /// 数据质量：各项目、各来源退回的行、损坏的号码、重复的人、对不上的人数和合计、数据新旧
    Quality(QualityArgs),
}

#[derive(Debug, clap::Args)]
pub struct QualityArgs {
    /// 只看一个项目
    #[arg(long, value_name = "项目编码")]
    project: Option<String>,
    /// 写到这个文件；--format xlsx 时必须写
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
}

pub async fn run(app: &App, command: &ReportCommand, format: Format) -> anyhow::Result<u8> {
    let ReportCommand::Quality(args) = command;
    let codes = named_projects(app, args.project.as_deref(), None).await?;
    let quality = gather(app, &codes, app.today(), args.project.is_none()).await?;
    let shown = match (format, &args.out) {
        (Format::Xlsx, None) => return Err(Usage("--format xlsx 要用 --out 写明文件，例如 --out 数据质量.xlsx".to_owned()).into()),
        (Format::Xlsx, Some(_)) => lists_workbook("数据质量报告", &lists(&quality), app.today())?,
        (Format::Json, _) => json_lines(&quality)?,
        (Format::Table, _) => tables(&lists(&quality)).into_bytes(),
    };
    match &args.out {
        Some(path) => {
            write(path, &shown)?;
            output::line(&format!("已写到 {}", path.display()))?;
        }
        None => output::write_all(&shown)?,
    }
    Ok(DONE)
}

/// In whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("写不了 {}；请检查目录是否存在、是否可写", path.display());
    let mut partial = path.to_owned().into_os_string();
    partial.push(".part");
    std::fs::write(&partial, bytes).with_context(cannot)?;
    std::fs::rename(&partial, path).with_context(cannot)
}

/// Each line says by `kind` what it is of.
fn json_lines(quality: &Quality) -> anyhow::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for line in &quality.projects {
        json_line(&mut lines, "project", line)?;
    }
    for line in &quality.sources {
        json_line(&mut lines, "source", line)?;
    }
    for line in &quality.datasets {
        json_line(&mut lines, "dataset", line)?;
    }
    for line in &quality.files {
        json_line(&mut lines, "file", line)?;
    }
    Ok(lines)
}

fn json_line(lines: &mut Vec<u8>, kind: &str, line: &impl Serialize) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Line<'l, L> {
        kind: &'l str,
        #[serde(flatten)]
        line: &'l L,
    }
    serde_json::to_writer(&mut *lines, &Line { kind, line })?;
    lines.push(b'\n');
    Ok(())
}

fn tables(lists: &[List]) -> String {
    let mut text = String::new();
    for list in lists.iter().filter(|list| !list.rows.is_empty()) {
        let heads: Vec<&str> = list.columns.iter().map(|(title, _)| *title).collect();
        let rows = list.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        text.push_str(&format!("{}\n{}\n\n", list.name, output::table_text(&heads, rows)));
    }
    if text.is_empty() { "还没有数据\n".to_owned() } else { text }
}

fn shown(cell: &ListCell) -> String {
    match cell {
        ListCell::Empty => String::new(),
        ListCell::Text(text) => text.clone(),
        ListCell::Number(number) => number.to_string(),
        ListCell::Date(date) => date.to_string(),
    }
}
