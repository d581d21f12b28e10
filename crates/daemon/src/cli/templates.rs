//! `anxin templates DIR`.

use std::path::PathBuf;

use crate::cli::DONE;
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct TemplatesArgs {
    /// 目录；已有同名文件时不写
    #[arg(value_name = "目录")]
    dir: PathBuf,
}

pub fn run(args: &TemplatesArgs, format: Format) -> anyhow::Result<u8> {
    let files = ingest::write_templates(&args.dir)?;
    match format {
        Format::Json => {
            for file in &files {
                output::json_line(&serde_json::json!({ "file": file.display().to_string() }))?;
            }
        }
        Format::Table | Format::Xlsx => {
            for file in &files {
                output::line(&file.display().to_string())?;
            }
            output::line(&format!("已写出 {} 个空白模板；怎么填见每个文件里的“填写说明”", files.len()))?;
        }
    }
    Ok(DONE)
}
