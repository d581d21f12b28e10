//! `anxin import PATH…`.

use std::path::PathBuf;

use ingest::{FileReport, ImportReport, Note};

use crate::app::App;
use crate::cli::{DONE, FAILED, ROWS_REJECTED, Usage, parse_time};
use crate::config::{is_within, mappings};
use crate::jobs;
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// 文件或目录
    #[arg(required = true, value_name = "路径")]
    paths: Vec<PathBuf>,
    /// 数据来源的名称
    #[arg(long, value_name = "名称", default_value = "folder")]
    source: String,
    /// 把本次用到的表头对应关系存为配置目录中的 mappings/来源.toml，以后这个来源按它读
    #[arg(long)]
    save_mapping: bool,
    /// 把退回表写到这个目录：发来的表，标出错处和改法，可直接改好再导入（含完整号码，请注意保管）
    #[arg(long, value_name = "目录", conflicts_with = "no_archive")]
    returns: Option<PathBuf>,
    /// 模拟收到的时间；只在配置 [clock] simulated = true 时可用
    #[arg(long, value_name = "时间")]
    received_at: Option<String>,
    /// 不保存原始文件（只用于量测速度；证据将无法复算到原文件）
    #[arg(long, hide = true)]
    no_archive: bool,
}

pub async fn run(app: &App, args: &ImportArgs, format: Format) -> anyhow::Result<u8> {
    let received_at = match &args.received_at {
        None => app.now(),
        Some(_) if !app.config.file.clock.simulated => {
            return Err(Usage("--received-at 只在配置 [clock] simulated = true 时可用".to_owned()).into());
        }
        Some(text) => parse_time(text, app.config.zone)?,
    };
    for path in &args.paths {
        if !path.exists() {
            return Err(Usage(format!("找不到 {}；请检查路径", path.display())).into());
        }
    }
    if args.save_mapping && !mappings::is_file_name(&args.source) {
        return Err(
            Usage(format!("来源“{}”不能用作文件名，存不了对应关系；请用 --source 换一个不含 / \\ : 等符号的名称", args.source)).into()
        );
    }
    if let Some(returns) = &args.returns
        && let Some(path) = args.paths.iter().find(|path| is_within(returns, path))
    {
        return Err(Usage(format!(
            "退回表的目录 {} 在要导入的 {} 里面，下次会被当作收到的表；请换一个目录",
            returns.display(),
            path.display()
        ))
        .into());
    }
    let options = jobs::import_options(app, &args.source, received_at, !args.no_archive);
    let report = jobs::import_paths(app, &args.paths, &options).await?;
    let returned = match &args.returns {
        Some(dir) => ingest::write_returns(&app.store, &report.files, dir, &options).await?,
        None => Vec::new(),
    };
    match format {
        Format::Json => {
            json(&report)?;
            for path in &returned {
                output::json_line(&serde_json::json!({ "returned": path.display().to_string() }))?;
            }
        }
        Format::Table | Format::Xlsx => {
            text(&report)?;
            for path in &returned {
                output::line(&format!("退回表：{}", path.display()))?;
            }
        }
    }
    if args.save_mapping {
        save_mapping(app, &args.source, &report, format)?;
    }
    let nothing_read = !report.files.is_empty() && report.files.iter().all(|file| file.error.is_some());
    Ok(match report.has_rejects() {
        true if nothing_read => FAILED,
        true => ROWS_REJECTED,
        false => DONE,
    })
}

fn save_mapping(app: &App, source: &str, report: &ImportReport, format: Format) -> anyhow::Result<()> {
    let saved_at = app.now().with_timezone(&app.config.zone).format("%Y-%m-%d %H:%M").to_string();
    let before = app.config.mappings.get(source);
    let text = ingest::mapping_text(source, before.map(AsRef::as_ref), report, &saved_at);
    // A mapping that cannot be read would keep every command from starting.
    let readable = toml::from_str::<ingest::MappingFile>(&text).ok().is_some_and(|file| file.settle(&text).is_ok());
    anyhow::ensure!(readable, "这次用到的对应关系写不成一份配置，没有保存；请把导入的文件交给开发者");
    let (path, is_new) = mappings::save(&app.config.dir, source, &text)?;
    if !is_new {
        eprintln!("对应关系 {} 没有变化", path.display());
        return Ok(());
    }
    let kept = if before.is_some() { "；原来的文件留作 .bak" } else { "" };
    let told = format!("对应关系已存为 {}{kept}。以后导入来源“{source}”的文件时按它读", path.display());
    match format {
        Format::Json => eprintln!("{told}"),
        Format::Table | Format::Xlsx => output::line(&told)?,
    }
    Ok(())
}

fn json(report: &ImportReport) -> anyhow::Result<()> {
    for file in &report.files {
        if let Some(problem) = &file.error {
            output::json_line(&serde_json::json!({ "file": file.file, "error": { "what": problem.what, "mend": problem.mend } }))?;
        }
        for sheet in &file.sheets {
            output::json_line(sheet)?;
        }
    }
    Ok(())
}

/// Rejected rows shown per sheet on a terminal; the JSON form and the store have all.
const SHOWN_REJECTS: usize = 20;

fn text(report: &ImportReport) -> anyhow::Result<()> {
    for file in &report.files {
        file_text(file)?;
    }
    for waiting in &report.waiting {
        output::line(&format!(
            "等待归位：{} 的{}（{}，{} 行）；导入相应的项目清单或专用账户表后自动归位",
            waiting.file,
            waiting.dataset.chinese(),
            waiting.place,
            waiting.rows
        ))?;
    }
    let (kept, rejected) = report
        .files
        .iter()
        .flat_map(|f| &f.sheets)
        .fold((0_u64, 0_u64), |(kept, rejected), sheet| (kept + u64::from(sheet.kept), rejected + u64::from(sheet.rejected)));
    output::line(&format!("共 {} 个文件，保留 {kept} 行，退回 {rejected} 行", report.files.len()))
}

fn file_text(file: &FileReport) -> anyhow::Result<()> {
    if let Some(problem) = &file.error {
        output::line(&format!("{}：读不了：{}。{}", file.file, problem.what, problem.mend))?;
    }
    for sheet in &file.sheets {
        let name = if sheet.sheet.is_empty() { file.file.clone() } else { format!("{}〔{}〕", file.file, sheet.sheet) };
        let same = if sheet.unchanged { "（与已导入的相同，未重复导入）" } else { "" };
        let dataset = sheet.dataset.map_or("未识别", model::Dataset::chinese);
        output::line(&format!(
            "{name}：{dataset}，共 {} 行，保留 {}，退回 {}，非数据行 {}{same}",
            sheet.rows, sheet.kept, sheet.rejected, sheet.other
        ))?;
        for note in &sheet.notes {
            output::line(&format!("    提示：{}", note_text(note)))?;
        }
        for reject in sheet.rejects.iter().take(SHOWN_REJECTS) {
            output::line(&format!("    第 {} 行 {} `{}`：{}；{}", reject.row, reject.column, reject.value, reject.reason, reject.mend))?;
        }
        if sheet.rejects.len() > SHOWN_REJECTS {
            output::line(&format!("    … 另有 {} 处，用 --format json 查看全部", sheet.rejects.len() - SHOWN_REJECTS))?;
        }
    }
    Ok(())
}

/// `第 5 行等 3 行 交易状态 `部分成功`：…；…`
fn note_text(note: &Note) -> String {
    let place = Some(note.place()).filter(|place| !place.is_empty()).map(|place| place + " ").unwrap_or_default();
    let value = if note.value.is_empty() { String::new() } else { format!(" `{}`", note.value) };
    let of = format!("{place}{}{value}", note.column);
    let of = of.trim_end();
    let colon = if of.is_empty() { "" } else { "：" };
    let mend = if note.mend.is_empty() { String::new() } else { format!("；{}", note.mend) };
    format!("{of}{colon}{}{mend}", note.what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_where_what_and_how_to_mend() {
        let note = Note {
            row: Some(5),
            count: 3,
            column: "交易状态".to_owned(),
            value: "部分成功".to_owned(),
            what: "无法识别".into(),
            mend: "请改为“成功”".into(),
        };
        assert_eq!(note_text(&note), "第 5 行等 3 行 交易状态 `部分成功`：无法识别；请改为“成功”");
        let whole = Note { what: "隐藏的工作表，没有读取".into(), ..Note::default() };
        assert_eq!(note_text(&whole), "隐藏的工作表，没有读取");
    }
}
