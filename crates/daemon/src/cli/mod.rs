//! The command line (design.md §6). Exit status: 0 done; 1 could not do it; 2 wrong usage or configuration;
//! 3 done, but rows were rejected.

mod check;
mod config_check;
mod demo;
mod doctor;
mod documents;
mod explain;
mod import;
mod once;
mod outbox;
mod report;
mod review;
mod rules_list;
mod rules_replay;
mod simulate;
mod simulate_serve;
mod suppress;
mod templates;
mod usage;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use clap::{Args, Parser, Subcommand};
use model::{Clock, FixedClock, SystemClock};

use crate::app::App;
use crate::config::{Config, LogFormat, Mistake};
use crate::output::Format;
use crate::{jobs::Job, schedule};

pub const DONE: u8 = 0;
pub const FAILED: u8 = 1;
pub const WRONG_USAGE: u8 = 2;
pub const ROWS_REJECTED: u8 = 3;

/// 安薪：农民工工资“一金三制”监测
#[derive(Debug, Parser)]
#[command(name = "anxin", version, disable_help_subcommand = true, subcommand_help_heading = "命令", next_help_heading = "选项")]
#[command(help_template = "{about}\n\n用法：{usage}\n\n{all-args}")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// 配置文件；rules/ 和 calendar/ 在它旁边
    #[arg(long, global = true, value_name = "文件", default_value = "config/anxin.toml")]
    pub config: PathBuf,
    /// 数据目录
    #[arg(long, global = true, value_name = "目录", default_value = "var")]
    pub data_dir: PathBuf,
    /// 日志更详细；可重复
    #[arg(short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// 输出格式
    #[arg(long, global = true, value_enum, value_name = "格式", default_value = "table", hide_possible_values = false)]
    pub format: Format,
    /// 模拟当前时间（RFC 3339 或日期）；只在配置 [clock] simulated = true 时可用
    #[arg(long, global = true, value_name = "时间")]
    pub now: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 常驻运行：按定时导入、核查、拟文书、发送
    Run,
    /// 现在就跑一轮（或只跑指定的任务）
    Once {
        /// 任务；不写则依次全部执行
        #[arg(value_name = "任务", value_enum)]
        jobs: Vec<Job>,
    },
    /// 导入文件或目录
    Import(import::ImportArgs),
    /// 核查并列出违规和无法判断的事项
    Check(check::CheckArgs),
    /// 规则清单与说明
    Rules {
        #[command(subcommand)]
        command: rules_list::RulesCommand,
    },
    /// 说明一项结论是怎么得出的
    Explain(explain::ExplainArgs),
    /// 文书
    Documents {
        #[command(subcommand)]
        command: documents::DocumentsCommand,
    },
    /// 发件箱
    Outbox {
        #[command(subcommand)]
        command: outbox::OutboxCommand,
    },
    /// 报表
    Report {
        #[command(subcommand)]
        command: report::ReportCommand,
    },
    /// 列出没有证件号码、又对得上几个人的行；由监察员认定是谁，以后照此比对
    Review(review::ReviewArgs),
    /// 豁免：监察员写明理由和期限，暂不处理一项结论或一个项目的一条规则
    Suppress(suppress::SuppressArgs),
    /// 操作记录
    Audit,
    /// 配置
    Config {
        #[command(subcommand)]
        command: config_check::ConfigCommand,
    },
    /// 演示：生成一个模拟县，导入、核查、写出文书并发送到目录
    Demo(demo::DemoArgs),
    /// 模拟数据
    Simulate {
        #[command(subcommand)]
        command: simulate::SimulateCommand,
    },
    /// 把空白的数据模板（XLSX）写到目录
    Templates(templates::TemplatesArgs),
    /// 体检：所需条件是否齐备，各任务是否按时运行
    Doctor,
}

/// Usage and configuration mistakes, told apart from "could not do it".
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

pub fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(with_edited(std::env::args_os())) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage::report(&error)),
    };
    if cli.global.format == Format::Xlsx && !matches!(cli.command, Command::Report { .. }) {
        eprintln!("错误：--format xlsx 只用于 anxin report；请改为 table 或 json");
        return ExitCode::from(WRONG_USAGE);
    }
    match run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{}", chain(&error));
            ExitCode::from(if error.downcast_ref::<Usage>().is_some() { WRONG_USAGE } else { FAILED })
        }
    }
}

/// What `rules replay` calls `--config` is the edited copy, not the configuration the program runs on.
pub const EDITED: &str = "edited-config";

fn with_edited(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let (mut rules, mut replay) = (false, false);
    args.map(move |arg| {
        let text = arg.to_string_lossy().into_owned();
        if replay && (text == "--config" || text.starts_with("--config=")) {
            return OsString::from(text.replacen("--config", &format!("--{EDITED}"), 1));
        }
        replay |= rules && text == "replay";
        rules |= text == "rules";
        arg
    })
}

/// The error and its causes, each said once.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::from("错误：");
    let mut last = String::new();
    for cause in error.chain() {
        let said = cause.to_string();
        if !last.contains(&said) {
            if !last.is_empty() {
                text.push_str("\n  原因：");
            }
            text.push_str(&said);
            last = said;
        }
    }
    text
}

#[tokio::main]
async fn run(cli: Cli) -> anyhow::Result<u8> {
    let global = cli.global;
    // These need neither configuration nor data.
    match &cli.command {
        Command::Demo(args) => {
            logging(LogFormat::Text, global.verbose);
            return Box::pin(demo::run(args, &global)).await;
        }
        Command::Simulate { command } => return simulate::run(command, &global).await,
        Command::Config { command } if !command.needs_data() => return config_check::run(command, &global),
        Command::Rules { command } if !command.needs_data() => return rules_list::run(command, &global),
        Command::Templates(args) => return templates::run(args, global.format),
        _ => {}
    }
    let mut global = global;
    if let Command::Rules { command: rules_list::RulesCommand::Replay(args) } = &cli.command
        && let Some(current) = args.current()
    {
        global.config.clone_from(current);
    }
    let config = load_config(&global)?;
    // The daemon's log is its only voice; a command speaks for itself and logs what goes wrong.
    let verbose = global.verbose + u8::from(matches!(cli.command, Command::Run));
    logging(config.file.log.format, verbose);
    let clock = clock(&config, &global)?;
    let app = App::open(config, clock, global.data_dir.clone()).await?;
    match cli.command {
        Command::Run => Box::pin(schedule::run(app)).await.map(|()| DONE),
        Command::Once { jobs } => once::run(&app, &jobs, global.format).await,
        Command::Import(args) => import::run(&app, &args, global.format).await,
        Command::Check(args) => check::run(&app, &args, global.format).await,
        Command::Explain(args) => explain::run(&app, &args, global.format).await,
        Command::Documents { command } => documents::run(&app, &command, global.format).await,
        Command::Outbox { command } => outbox::run(&app, &command, global.format).await,
        Command::Report { command } => report::run(&app, &command, global.format).await,
        Command::Review(args) => review::run(&app, &args, global.format).await,
        Command::Suppress(args) => suppress::run(&app, &args, global.format).await,
        Command::Audit => outbox::audit(&app, global.format).await,
        Command::Doctor => doctor::run(&app, global.format).await,
        Command::Config { command: config_check::ConfigCommand::History { name } } => {
            config_check::history(&app, name.as_deref(), global.format).await
        }
        Command::Rules { command: rules_list::RulesCommand::Replay(args) } => rules_replay::run(&app, &args, global.format).await,
        Command::Demo(_) | Command::Simulate { .. } | Command::Config { .. } | Command::Rules { .. } | Command::Templates(_) => Ok(DONE),
    }
}

/// The configuration, or all its mistakes.
pub fn load_config(global: &Global) -> anyhow::Result<Config> {
    Config::load(&global.config, &global.data_dir).map_err(|mistakes| wrong_configuration(&mistakes).into())
}

fn wrong_configuration(mistakes: &[Mistake]) -> Usage {
    let lines: Vec<String> = mistakes.iter().map(|m| format!("  {m}")).collect();
    Usage(format!("配置有 {} 处需要改正：\n{}", mistakes.len(), lines.join("\n")))
}

fn clock(config: &Config, global: &Global) -> anyhow::Result<Arc<dyn Clock>> {
    let Some(text) = &global.now else { return Ok(Arc::new(SystemClock)) };
    if !config.file.clock.simulated {
        return Err(Usage("--now 只在配置 [clock] simulated = true 时可用；正式运行不能改时间".to_owned()).into());
    }
    Ok(Arc::new(FixedClock(parse_time(text, config.zone)?)))
}

/// RFC 3339, `yyyy-MM-dd HH:MM[:SS]` in the county's zone, or a date (then 09:00 in the county's zone).
pub fn parse_time(text: &str, zone: chrono_tz::Tz) -> anyhow::Result<DateTime<chrono::Utc>> {
    if let Ok(time) = DateTime::<FixedOffset>::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| text.parse::<model::Date>().ok().and_then(|day| day.and_hms_opt(9, 0, 0)));
    local
        .and_then(|local| local.and_local_timezone(zone).earliest())
        .map(|time| time.to_utc())
        .ok_or_else(|| Usage(format!("`{text}` 不是时间；例如 2024-12-20 或 2024-12-20T09:00:00+08:00")).into())
}

fn parse_date(text: &str) -> Result<model::Date, String> {
    text.parse().map_err(|_| format!("`{text}` 不是日期；请写成 2024-12-20 的样子"))
}

/// Logs go to standard error; `RUST_LOG` overrides the level.
fn logging(format: LogFormat, verbose: u8) {
    let level = match verbose {
        0 => "warn,sqlx=error",
        1 => "info",
        _ => "debug,sqlx=info",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}
