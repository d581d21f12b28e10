//! `anxin config check`.

use crate::cli::{DONE, Global, load_config};
use crate::output;

#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// 检查配置，一次列出所有错误
    Check,
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
    }
}
