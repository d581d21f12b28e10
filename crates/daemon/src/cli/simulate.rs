//! `anxin simulate`.

use std::path::PathBuf;

use model::Dataset;
use simulator::{Format, Options, Scenario};

use super::simulate_serve::{self, ServeArgs};
use crate::cli::{DONE, Global, Usage};
use crate::output;

#[derive(Debug, clap::Subcommand)]
pub enum SimulateCommand {
    /// 把模拟县写成文件：目录/inbox 是要导入的文件，目录/planted.json 是埋下的问题
    Write(WriteArgs),
    /// 模拟平台：把同一个模拟县放在“全国建筑工人管理服务信息平台”式的接口后面，供客户端和上传程序对接
    Serve(Box<ServeArgs>),
}

/// Which county.
#[derive(Debug, clap::Args)]
pub struct CountyArgs {
    /// 种子；同一种子得到同样的县
    #[arg(long, default_value_t = 1, value_name = "数")]
    seed: u64,
    /// 场景：county-2024、county-random 或 county-rules（每条规则都有问题和差一点的情形）
    #[arg(long, default_value = "county-2024", value_name = "名称")]
    scenario: String,
    /// 每个项目的工人数：最少,最多
    #[arg(long, value_name = "数,数")]
    workers: Option<String>,
    /// 不提供哪些数据（代码，逗号分隔，如 payroll,ledger）
    #[arg(long, value_name = "数据", value_delimiter = ',')]
    without: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct WriteArgs {
    /// 目录
    #[arg(value_name = "目录")]
    dir: PathBuf,
    #[command(flatten)]
    county: CountyArgs,
    /// 文件格式：mixed、csv-utf8、csv-gbk、xlsx
    #[arg(long, default_value = "mixed", value_name = "格式")]
    files: String,
}

pub async fn run(command: &SimulateCommand, global: &Global) -> anyhow::Result<u8> {
    let args = match command {
        SimulateCommand::Write(args) => args,
        SimulateCommand::Serve(args) => return simulate_serve::run(args, global).await,
    };
    let format = Format::from_name(&args.files).ok_or_else(|| unknown("文件格式", &args.files, &Format::ALL.map(|(name, _)| name)))?;
    let written = simulator::write(&args.dir, &Options { format, ..args.county.options()? })?;
    output::line(&format!("已写出 {} 个文件到 {}", written.files, args.dir.join("inbox").display()))?;
    Ok(DONE)
}

impl CountyArgs {
    pub fn options(&self) -> anyhow::Result<Options> {
        let scenario =
            Scenario::from_name(&self.scenario).ok_or_else(|| unknown("场景", &self.scenario, &Scenario::ALL.map(|(name, _)| name)))?;
        let codes: Vec<&str> = Dataset::ALL.iter().map(|dataset| dataset.code()).collect();
        let without = self.without.iter().map(|code| Dataset::from_code(code).ok_or_else(|| unknown("数据", code, &codes)));
        let workers = self.workers.as_deref().map(range).transpose()?;
        Ok(Options { seed: self.seed, scenario, format: Format::default(), without: without.collect::<Result<_, _>>()?, workers })
    }
}

pub fn unknown(what: &str, given: &str, known: &[&str]) -> Usage {
    Usage(format!("没有{what} `{given}`；可用：{}", known.join("、")))
}

fn range(text: &str) -> Result<(u32, u32), Usage> {
    let parsed = text.split_once(',').and_then(|(least, most)| Some((least.trim().parse().ok()?, most.trim().parse().ok()?)));
    parsed
        .filter(|(least, most)| *least >= 1 && least <= most)
        .ok_or_else(|| Usage(format!("--workers `{text}` 应当写成 最少,最多，例如 60,250")))
}
