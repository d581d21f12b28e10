//! The checks before any work, in the order of §9: `appid`, fields, clock, nonce, signature, method, `data`, project.

use chrono::{Duration, NaiveDateTime};
use platform::{Family, Form, Method, decrypt, method};
use serde_json::Value;

use super::credentials::CORP_KEY;
use super::queue::Memory;
use super::table::Row;
use super::{Platform, Profile};

/// How far a timestamp may be from the server's clock; a neighbouring interface publishes it (§2).
const WINDOW: Duration = Duration::minutes(6);

/// Why a call is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    AppId,
    Timestamp,
    Nonce,
    Sign,
    Corpsign,
    /// Not opened here: a dataset left out.
    NotOpened,
    RateLimit,
    Busy,
    UnknownSerial,
    /// Uploaded before; only the labour gateway says so at once.
    Duplicate(String),
    PersonExists(String),
    /// A parameter, with the platform's words for it.
    Field(String),
    Missing(String),
}

impl Refusal {
    pub fn code(&self, family: Family) -> i64 {
        match (self, family) {
            (Self::AppId | Self::Timestamp | Self::Nonce | Self::Field(_) | Self::Missing(_) | Self::Busy, Family::National) => -1,
            (Self::Sign | Self::Corpsign, Family::National) => -2,
            (Self::NotOpened, Family::National) => -3,
            (Self::RateLimit, Family::National) => -5,
            (Self::UnknownSerial, Family::National) | (Self::AppId, Family::Labour) => 1001,
            (Self::Duplicate(_) | Self::PersonExists(_), Family::National) => 9999,
            (Self::PersonExists(_), Family::Labour) => 1086,
            (Self::Sign | Self::Corpsign, Family::Labour) => 1003,
            (Self::Missing(_), Family::Labour) => 2001,
            (Self::Timestamp | Self::Nonce | Self::NotOpened | Self::Field(_) | Self::Busy, Family::Labour) => 2003,
            (Self::RateLimit, Family::Labour) => 2005,
            (Self::UnknownSerial, Family::Labour) => 2006,
            (Self::Duplicate(_), Family::Labour) => 2007,
        }
    }

    pub fn message(&self) -> String {
        match self {
            Self::AppId => "请求参数无效:appid无效!".to_owned(),
            Self::Timestamp => "请求参数无效:timestamp与服务器时间相差超过6分钟!".to_owned(),
            Self::Nonce => "请求参数无效:nonce已使用过!".to_owned(),
            Self::Sign => "签名校验失败!".to_owned(),
            Self::Corpsign => "签名校验失败:corpsign无效!".to_owned(),
            Self::NotOpened => "没有该接口的调用权限!".to_owned(),
            Self::RateLimit => "调用次数超过限制!".to_owned(),
            Self::Busy => "请求过于频繁,请稍后再试!".to_owned(),
            Self::UnknownSerial => "[requestSerialCode]参数值不正确!".to_owned(),
            Self::Missing(field) => format!("[{field}]不能为空!"),
            Self::Duplicate(text) | Self::PersonExists(text) | Self::Field(text) => text.clone(),
        }
    }
}

/// A call that passed the gate.
pub struct Call {
    /// Index of the caller's project.
    pub site: usize,
    pub method: &'static Method,
    pub data: Row,
}

pub fn pass(platform: &Platform, form: &Form, memory: &mut Memory) -> Result<Call, Refusal> {
    let app_id = form.get("appid").unwrap_or_default();
    let site = platform.credentials.iter().position(|known| known.project == app_id).ok_or(Refusal::AppId)?;
    for field in ["method", "version", "format", "timestamp", "nonce", "data", "sign"] {
        form.get(field).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::Missing(field.to_owned()))?;
    }
    let timestamp = form.get("timestamp").unwrap_or_default();
    let now = platform.now();
    let sent = NaiveDateTime::parse_from_str(timestamp, "%Y%m%d%H%M%S").map_err(|_| Refusal::Timestamp)?;
    if (now - sent).abs() > WINDOW {
        return Err(Refusal::Timestamp);
    }
    if !memory.take_nonce(app_id, form.get("nonce").unwrap_or_default(), now, WINDOW * 2) {
        return Err(Refusal::Nonce);
    }
    let secret = &platform.credentials[site].secret;
    if !form.is_signed_with(secret) {
        return Err(Refusal::Sign);
    }
    let vendor = form.get("corpsign").map(|value| decrypt(value, secret));
    if platform.options.profile == Profile::CorpsignRequired && vendor != Some(Ok(format!("{CORP_KEY}{timestamp}"))) {
        return Err(Refusal::Corpsign);
    }
    let method = known(platform, form.get("method").unwrap_or_default())?;
    let Ok(Value::Object(data)) = serde_json::from_str(form.get("data").unwrap_or_default()) else {
        return Err(Refusal::Field("请求参数无效:data不是JSON对象!".to_owned()));
    };
    let named = platform::Record::new(&data).text("projectCode");
    if let Some(code) = named.filter(|code| *code != platform.sites[site].code && !memory.owns(site, code)) {
        return Err(Refusal::Field(format!("请求参数无效:projectCode {code} 不属于该appid!")));
    }
    Ok(Call { site, method, data })
}

/// The method under its own name or that of the labour gateway.
fn known(platform: &Platform, name: &str) -> Result<&'static Method, Refusal> {
    let name = match (platform.options.profile, name) {
        (Profile::Labour, "Async") => "AsyncHandleResult.Query",
        (Profile::Labour, "Team.SysNo") => "Team.Query",
        (_, name) => name,
    };
    let found = method(name).filter(|found| platform.options.extensions || !found.is_extension());
    found.ok_or_else(|| Refusal::Field("请求参数无效:method无效!".to_owned()))
}
