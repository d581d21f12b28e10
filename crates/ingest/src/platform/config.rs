//! What an admin says of a gateway, and the secrets file beside the configuration.

use std::path::{Path, PathBuf};

use model::{Month, ProjectCode};
use platform::{Family, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::Fault;

/// 平台接口：全国建筑工人管理服务信息平台一类的网关，到点自动拉取。
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformConfig {
    /// 数据来源的名称，写进证据。
    pub source: String,
    /// 接口地址，例如 `http://jzgr.mohurd.gov.cn:81/open.api`。
    pub url: String,
    /// 接口种类：`national`（全国平台及市级网关）、`labour`（人社网关）、`corpsign`（要求软件商签名的网关）。
    #[serde(default)]
    pub profile: Profile,
    /// 网关是否提供本系统的扩展接口（专户、流水、代发、保证金、告示牌、结清）；真正的全国平台没有，必须为 false。
    #[serde(default)]
    pub extensions: bool,
    /// 密钥文件（TOML，权限 0600）：每个项目的 appid 和 secret。
    pub credentials: PathBuf,
    /// 从哪个月开始拉取，例如 `2024-01`；不写则从 11 个月以前开始。
    #[schemars(with = "Option<String>")]
    pub since: Option<Month>,
    /// 考勤每次重新拉取最近几天，工地常有迟报。
    #[serde(default = "days")]
    pub again_days: u32,
    /// 工资、代发、流水每次重新拉取最近几个月。
    #[serde(default = "months")]
    pub again_months: u32,
    /// 每页行数，平台规定不超过 50。
    #[serde(default = "page_size")]
    pub page_size: u32,
    /// 同时进行的调用数。
    #[serde(default = "concurrency")]
    pub concurrency: u32,
    /// 每秒最多调用几次；0 为不限。
    #[serde(default = "per_second")]
    pub calls_per_second: u32,
    /// 一次调用最多等几秒。
    #[serde(default = "timeout")]
    pub timeout_seconds: u32,
    /// 网络出错、频率超限、网关故障时最多重试几次。
    #[serde(default = "retries")]
    pub retries: u32,
    /// 一次应答最大多少 MB，超过的拒收。
    #[serde(default = "answer_mb")]
    pub answer_mb: u32,
    /// https 网关使用自签证书时，信任的根证书文件（PEM）。
    pub ca_file: Option<PathBuf>,
}

fn days() -> u32 {
    7
}

fn months() -> u32 {
    2
}

fn page_size() -> u32 {
    platform::PAGE_SIZE_MAX
}

fn concurrency() -> u32 {
    4
}

fn per_second() -> u32 {
    20
}

fn timeout() -> u32 {
    30
}

fn retries() -> u32 {
    4
}

fn answer_mb() -> u32 {
    32
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    #[default]
    National,
    Labour,
    Corpsign,
}

impl Profile {
    pub(super) fn family(self) -> Family {
        match self {
            Self::National | Self::Corpsign => Family::National,
            Self::Labour => Family::Labour,
        }
    }

    /// `appid`, as this family spells it.
    pub(super) fn app_id_field(self) -> &'static str {
        match self {
            Self::National | Self::Corpsign => "appid",
            Self::Labour => "appId",
        }
    }
}

impl PlatformConfig {
    /// What cannot work, in Chinese.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let url = reqwest::Url::parse(&self.url);
        if !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            mistakes.push(format!("url = `{}` 不是 http(s) 地址", self.url));
        }
        if self.source.trim().is_empty() {
            mistakes.push("source 不能为空".to_owned());
        }
        if self.page_size == 0 || self.page_size > platform::PAGE_SIZE_MAX {
            mistakes.push(format!("page_size = {} 应当在 1 到 {} 之间", self.page_size, platform::PAGE_SIZE_MAX));
        }
        for (key, value) in [("concurrency", self.concurrency), ("timeout_seconds", self.timeout_seconds), ("answer_mb", self.answer_mb)] {
            if value == 0 {
                mistakes.push(format!("{key} 应当大于 0"));
            }
        }
        mistakes
    }
}

/// Who one project is to the gateway.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub project: ProjectCode,
    pub app_id: String,
    pub secret: Secret,
}

/// The secrets file.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub(super) projects: Vec<Access>,
    /// 软件商标识, for `corpsign`.
    pub(super) corp_key: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    corp_key: Option<String>,
    #[serde(default)]
    project: Vec<WrittenProject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenProject {
    code: String,
    appid: Option<String>,
    secret: String,
}

impl Credentials {
    /// Codes of the projects there are secrets for.
    #[must_use]
    pub fn projects(&self) -> Vec<ProjectCode> {
        self.projects.iter().map(|access| access.project.clone()).collect()
    }

    /// Reads the file; refuses one that others can read. No message holds any of its text.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        use std::os::unix::fs::PermissionsExt;
        let shown = path.display();
        let unread = |cause: std::io::Error| Fault::lasting(format!("读不了密钥文件 `{shown}`（{cause}）"), "请检查路径和权限");
        let mode = std::fs::metadata(path).map_err(unread)?.permissions().mode();
        if mode & 0o077 != 0 {
            let what = format!("密钥文件 `{shown}` 的权限是 {:03o}，别人也能读", mode & 0o777);
            return Err(Fault::lasting(what, format!("请执行 chmod 600 {shown}")));
        }
        let text = std::fs::read_to_string(path).map_err(unread)?;
        let written: Written = toml::from_str(&text).map_err(|cause| {
            let line = cause.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Fault::lasting(format!("密钥文件 `{shown}` 第 {line} 行写法不对"), "每个项目一段 [[project]]，写 code、appid、secret 三项")
        })?;
        let mut projects = Vec::new();
        for (at, one) in written.project.into_iter().enumerate() {
            let code = ProjectCode::parse(&one.code)
                .ok_or_else(|| Fault::lasting(format!("密钥文件 `{shown}` 第 {} 个项目没有编码", at + 1), "请写 code = \"项目编码\""))?;
            let app_id = one.appid.unwrap_or_else(|| code.to_string());
            projects.push(Access { project: code, app_id, secret: Secret::new(one.secret) });
        }
        if projects.is_empty() {
            return Err(Fault::lasting(format!("密钥文件 `{shown}` 里没有项目"), "每个项目一段 [[project]]，写 code、appid、secret 三项"));
        }
        Ok(Self { projects, corp_key: written.corp_key.map(Secret::new) })
    }
}
