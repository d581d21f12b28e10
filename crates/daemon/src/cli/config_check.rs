//! `anxin config check`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use serde_json::json;
use store::ConfigChange;

use crate::app::App;
use crate::cli::{DONE, Global, load_config};
use crate::config::File;
use crate::output::{self, Format};

#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// 检查配置，一次列出所有错误
    Check,
    /// 标准的变更记录：谁、何时、从什么改成什么
    History {
        /// 标准的名称，如 account.contract_floor；不写则列出全部
        #[arg(value_name = "名称")]
        name: Option<String>,
    },
    /// 把配置文件的 JSON Schema 写到目录，编辑器据此补全和检查
    Schema {
        /// 目录；默认为配置文件旁边的 schema
        #[arg(value_name = "目录")]
        dir: Option<PathBuf>,
    },
}

impl ConfigCommand {
    /// Whether it looks at the county's data, not only at the files.
    pub fn needs_data(&self) -> bool {
        matches!(self, Self::History { .. })
    }
}

pub fn run(command: &ConfigCommand, global: &Global) -> anyhow::Result<u8> {
    match command {
        ConfigCommand::Check => {
            let config = load_config(global)?;
            let years: Vec<String> = config.calendar.years().map(|y| y.to_string()).collect();
            output::line(&format!(
                "配置无误：{} 项标准，节假日表 {} 年，监察员 {} 位，收件目录 {} 个，对应关系 {} 个",
                config.law.parameters().count(),
                years.join("、"),
                config.casework.officers.len(),
                config.file.folder.len(),
                config.mappings.len()
            ))?;
            let today = super::clock(&config, global)?.now().with_timezone(&config.zone).date_naive();
            let remarks = config.law.remarks(today);
            if !remarks.is_empty() {
                output::line(&format!("提醒 {} 处（不影响运行）：", remarks.len()))?;
                for remark in remarks {
                    output::line(&format!("  {remark}"))?;
                }
            }
            Ok(DONE)
        }
        // Runs with the data (`history`).
        ConfigCommand::History { .. } => Ok(DONE),
        ConfigCommand::Schema { dir } => {
            let beside = global.config.parent().unwrap_or(Path::new(".")).join("schema");
            let dir = dir.clone().unwrap_or(beside);
            std::fs::create_dir_all(&dir).with_context(|| format!("建不了目录 {}", dir.display()))?;
            for (name, text) in schemas()? {
                let path = dir.join(name);
                std::fs::write(&path, text).with_context(|| format!("写不出 {}", path.display()))?;
                output::line(&path.display().to_string())?;
            }
            Ok(DONE)
        }
    }
}

/// `config history`: one line for each edit, oldest first.
pub async fn history(app: &App, name: Option<&str>, format: Format) -> anyhow::Result<u8> {
    let changes = app.store.config_changes(name).await?;
    if format == Format::Json {
        for change in &changes {
            let mut sha256 = String::new();
            for byte in &change.sha256 {
                write!(sha256, "{byte:02x}")?;
            }
            output::json_line(&json!({
                "at": change.at, "by": change.by, "file": change.file, "name": change.name, "before": change.before,
                "after": change.after, "sha256": sha256,
            }))?;
        }
        return Ok(DONE);
    }
    let shown = |value: &serde_json::Value| if value.is_null() { "（无）".to_owned() } else { value.to_string() };
    let row = |change: &ConfigChange| {
        let at = change.at.with_timezone(&app.config.zone).format("%Y-%m-%d %H:%M").to_string();
        vec![at, change.by.clone(), change.name.clone(), shown(&change.before), shown(&change.after)]
    };
    output::table(&["时间", "文件属主", "标准", "原值", "新值"], changes.iter().map(row).collect())?;
    Ok(DONE)
}

/// File names and texts: of `anxin.toml`, and of a file of `rules/`.
fn schemas() -> anyhow::Result<[(&'static str, String); 2]> {
    let text = |schema: &serde_json::Value| serde_json::to_string_pretty(schema).map(|text| text + "\n");
    let file = schemars::schema_for!(File);
    Ok([("anxin.schema.json", text(file.as_value())?), ("rules.schema.json", text(&rules::law::schema())?)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_beside_the_example_are_those_of_the_program() {
        for (name, text) in schemas().unwrap() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/schema").join(name);
            let there = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(there == text, "{name} 已过时，请运行 anxin config schema config/schema");
        }
    }
}
