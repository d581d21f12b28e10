//! `anxin config check`.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::{DONE, Global, load_config};
use crate::config::File;
use crate::output;

#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// 检查配置，一次列出所有错误
    Check,
    /// 把配置文件的 JSON Schema 写到目录，编辑器据此补全和检查
    Schema {
        /// 目录；默认为配置文件旁边的 schema
        #[arg(value_name = "目录")]
        dir: Option<PathBuf>,
    },
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
