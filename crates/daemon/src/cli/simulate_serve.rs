//! `anxin simulate serve`: the mock platform as a process.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use model::{Clock, Date, FixedClock, SystemClock};
use simulator::{GatewayFault, Platform, Profile, ServeOptions};
use tokio::signal::unix::{SignalKind, signal};

use super::simulate::{CountyArgs, unknown};
use crate::cli::{DONE, Global, parse_date, parse_time};
use crate::output;

#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    county: CountyArgs,
    /// 监听地址
    #[arg(long, default_value = "127.0.0.1", value_name = "地址")]
    listen: IpAddr,
    /// 端口；0 表示由系统选一个，启动后打印实际地址
    #[arg(long, default_value_t = 8081, value_name = "端口")]
    port: u16,
    /// 把各项目的 appid 和密钥写到文件（TOML，权限 0600）
    #[arg(long, value_name = "文件")]
    credentials: Option<PathBuf>,
    /// 模拟哪种网关：national、labour 或 corpsign-required
    #[arg(long, default_value = "national", value_name = "名称")]
    profile: String,
    /// 是否标志的写法：int（0/1）或 bool（true/false）
    #[arg(long, default_value = "int", value_name = "写法")]
    flags: String,
    /// 不提供本项目的扩展接口，只有全国平台的接口
    #[arg(long)]
    no_extensions: bool,
    /// pageSize 超过 50 时按 50 处理；不写则拒绝
    #[arg(long)]
    clamp_pages: bool,
    /// 平台的“今天”：此日之后的数据还没有，上传此日之后的数据会被拒绝；不写则是服务器时钟的日期
    #[arg(long, value_name = "日期", value_parser = parse_date)]
    today: Option<Date>,
    /// 服务器时钟比实际快多少秒（可为负）；时间戳相差 6 分钟以上的请求会被拒绝
    #[arg(long, default_value_t = 0, value_name = "秒", allow_negative_numbers = true)]
    clock_skew: i64,
    /// 每次应答的固定延迟
    #[arg(long, default_value_t = 0, value_name = "毫秒")]
    latency: u64,
    /// 故障（可写多个，逗号分隔）：slow、5xx、html、truncated、rows-null、data-null、duplicate-pages、shifting-pages、
    /// wrong-project、bad-decrypt、expired-nonce、rate-limit、busy、redirect、oversized、unknown-codes
    #[arg(long, value_name = "名称", value_delimiter = ',')]
    fault: Vec<String>,
    /// 每一百次请求（或每一百行数据）里有多少次发生故障
    #[arg(long, default_value_t = 20, value_name = "百分数", value_parser = clap::value_parser!(u8).range(0..=100))]
    fault_rate: u8,
    /// 故障 slow 拖延多久
    #[arg(long, default_value_t = 3_000, value_name = "毫秒")]
    slow: u64,
}

pub async fn run(args: &ServeArgs, global: &Global) -> anyhow::Result<u8> {
    let platform = Platform::new(options(args)?, clock(global)?);
    if let Some(path) = &args.credentials {
        write_private(path, &platform.credentials_file())
            .with_context(|| format!("写不了凭据文件 {}；请换一个可写的位置", path.display()))?;
    }
    let address = SocketAddr::new(args.listen, args.port);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("不能在 {address} 上监听；端口可能被占用，可用 --port 0 由系统选一个"))?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let bound = listener.local_addr().context("问不到监听的地址")?;
    output::json_line(&serde_json::json!({ "address": format!("http://{bound}/open.api") }))?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    platform.serve(listener, stop).await.context("模拟平台意外停止")?;
    Ok(DONE)
}

fn options(args: &ServeArgs) -> anyhow::Result<ServeOptions> {
    let profile = Profile::ALL.iter().find(|(name, _)| *name == args.profile).map(|(_, profile)| *profile);
    let profile = profile.ok_or_else(|| unknown("网关", &args.profile, &Profile::ALL.map(|(name, _)| name)))?;
    let boolean_flags = match args.flags.as_str() {
        "int" => false,
        "bool" => true,
        other => return Err(unknown("写法", other, &["int", "bool"]).into()),
    };
    let names: Vec<&str> = GatewayFault::ALL.iter().map(|(name, _)| *name).collect();
    let fault = |name: &String| GatewayFault::from_name(name).ok_or_else(|| unknown("故障", name, &names));
    Ok(ServeOptions {
        county: args.county.options()?,
        profile,
        boolean_flags,
        extensions: !args.no_extensions,
        clamp_pages: args.clamp_pages,
        clock_skew_s: args.clock_skew,
        today: args.today,
        latency_ms: args.latency,
        slow_ms: args.slow,
        faults: args.fault.iter().map(fault).collect::<Result<_, _>>()?,
        fault_percent: args.fault_rate,
    })
}

/// `--now` holds the server's clock still; nothing else of a simulated platform needs it to be configured.
fn clock(global: &Global) -> anyhow::Result<Arc<dyn Clock>> {
    Ok(match &global.now {
        Some(text) => Arc::new(FixedClock(parse_time(text, chrono_tz::Asia::Shanghai)?)),
        None => Arc::new(SystemClock),
    })
}

/// Nobody but the owner may read it, also where the file was there before.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}
