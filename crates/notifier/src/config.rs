//! Tables `[office]` and `[mail]` of the configuration. The doc comments are the manual.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// 发函机关：印在文书和邮件上的信息。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// 发函机关全称，与印章一致。
    pub name: String,
    /// 联系人或者承办科室。
    pub contact: String,
    /// 联系电话。
    pub phone: String,
    /// 办公地址。
    pub address: String,
    /// 书面报告送交何处；不写则为办公地址。
    #[serde(default)]
    pub report_to: Option<String>,
    /// 责令改正文书的名称，各地叫法不同。
    #[serde(default = "default_order_title")]
    pub order_title: String,
}

fn default_order_title() -> String {
    "劳动保障监察限期改正指令书".to_owned()
}

impl Office {
    /// Where the written report goes.
    pub fn report_to(&self) -> &str {
        self.report_to.as_deref().unwrap_or(&self.address)
    }
}

/// 邮件怎样送出。
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailKind {
    /// 每封邮件写成一个 .eml 文件，不联网。
    #[default]
    Files,
    /// 交给邮件服务器。
    Smtp,
}

/// 与邮件服务器的连接怎样加密。
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// 先明文连接再升级为加密（端口通常为 587）；升级不成即不发送。
    #[default]
    Starttls,
    /// 从一开始就加密（端口通常为 465）。
    Tls,
    /// 不加密；只允许用于本机的邮件服务器。
    None,
}

/// 邮件。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// `files`：每封写成一个 .eml 文件；`smtp`：交给邮件服务器。
    #[serde(default)]
    pub kind: MailKind,
    /// 发件人，例如 `垫江县人社局 <anxin@example.gov.cn>`。
    pub from: String,
    /// 回复地址；不写则回复给发件人。
    #[serde(default)]
    pub reply_to: Option<String>,
    /// kind = "files" 时 .eml 文件写到哪个目录；不写则为数据目录中的 mail。
    #[serde(default = "default_dir")]
    pub dir: PathBuf,
    /// 管理员的邮箱：来源停止更新等本机或平台的故障告诉他，不发给单位。
    #[serde(default)]
    pub admin: Option<String>,
    /// 邮件服务器的主机名。
    #[serde(default)]
    pub relay: Option<String>,
    /// 邮件服务器的端口；不写则 starttls 用 587，tls 用 465，none 用 25。
    #[serde(default)]
    pub port: Option<u16>,
    /// 加密方式：`starttls`、`tls`、`none`（仅限本机）。
    #[serde(default)]
    pub tls: MailTls,
    /// 登录名；不写则不登录。
    #[serde(default)]
    pub user: Option<String>,
    /// 存放登录口令的文件，权限应为 600；口令不写在配置里。
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// 单位自建证书机构的根证书（PEM）；公共证书机构签发的不用写。
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// 等待邮件服务器应答的秒数，超过即算本次未发出。
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u32,
    /// 同时与邮件服务器建立的连接数。
    #[serde(default = "default_connections")]
    pub connections: u32,
    /// 一封邮件被服务器暂缓接收多少天后不再自动重试；之后留在发件箱，等人处理（anxin outbox retry）。服务器连不上的时间不算放弃。
    #[serde(default = "default_give_up_after_d")]
    pub give_up_after_d: u32,
    /// 第一次未发出后隔多少秒再试；以后每次加倍。
    #[serde(default = "default_retry_first_s")]
    pub retry_first_s: u32,
    /// 两次尝试之间最长隔多少秒。
    #[serde(default = "default_retry_max_s")]
    pub retry_max_s: u32,
}

fn default_dir() -> PathBuf {
    PathBuf::from("mail")
}

fn default_timeout_s() -> u32 {
    30
}

fn default_connections() -> u32 {
    8
}

fn default_give_up_after_d() -> u32 {
    5
}

fn default_retry_first_s() -> u32 {
    300
}

fn default_retry_max_s() -> u32 {
    6 * 3600
}

impl MailConfig {
    /// Everything wrong with the table, in Chinese; empty when it can be used.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut wrong = |is_wrong: bool, text: String| {
            if is_wrong {
                mistakes.push(text);
            }
        };
        let is_mailbox = |text: &str| text.parse::<lettre::message::Mailbox>().is_ok();
        wrong(!is_mailbox(&self.from), format!("from = \"{}\" 不是邮件地址；应为 名称 <name@example.gov.cn>", self.from));
        if let Some(reply_to) = &self.reply_to {
            wrong(!is_mailbox(reply_to), format!("reply_to = \"{reply_to}\" 不是邮件地址；应为 name@example.gov.cn"));
        }
        wrong(self.timeout_s == 0, "timeout_s = 0：至少 1 秒".to_owned());
        wrong(!(1..=100).contains(&self.connections), format!("connections = {}：应在 1 至 100 之间", self.connections));
        wrong(
            self.retry_first_s == 0 || self.retry_max_s < self.retry_first_s,
            format!("retry_first_s = {}、retry_max_s = {}：前者至少 1，后者不得小于前者", self.retry_first_s, self.retry_max_s),
        );
        if self.kind == MailKind::Smtp {
            let relay = self.relay.as_deref().unwrap_or_default();
            wrong(relay.is_empty(), "kind = \"smtp\" 时必须写 relay（邮件服务器的主机名）".to_owned());
            wrong(
                self.tls == MailTls::None && !relay.is_empty() && !is_loopback(relay),
                format!("tls = \"none\" 只允许用于本机（localhost、127.0.0.1），不能用于 {relay}；请改为 \"starttls\" 或 \"tls\""),
            );
            wrong(self.user.is_some() != self.password_file.is_some(), "user 和 password_file 要么都写，要么都不写".to_owned());
        }
        mistakes
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            MailTls::Starttls => 587,
            MailTls::Tls => 465,
            MailTls::None => 25,
        })
    }
}

/// Whether a mail can be sent there.
pub fn is_address(text: &str) -> bool {
    text.trim().parse::<lettre::Address>().is_ok()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> MailConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_smallest_table_writes_files() {
        let config = parsed("from = '测试县人社局 <anxin@example.gov.cn>'");
        assert_eq!((config.kind, config.dir.to_str(), config.mistakes()), (MailKind::Files, Some("mail"), vec![]));
    }

    #[test]
    fn all_mistakes_are_told_together() {
        let config = parsed("kind = 'smtp'\nfrom = 'nobody'\nrelay = 'mail.example.gov.cn'\ntls = 'none'\nuser = 'u'\ntimeout_s = 0");
        let mistakes = config.mistakes();
        for key in ["from", "tls", "password_file", "timeout_s"] {
            assert!(mistakes.iter().any(|m| m.contains(key)), "{key}: {mistakes:?}");
        }
    }

    #[test]
    fn an_unencrypted_server_is_accepted_on_this_machine_only() {
        for (relay, allowed) in
            [("localhost", true), ("127.0.0.1", true), ("::1", true), ("10.0.0.1", false), ("localhost.example.com", false)]
        {
            let config = parsed(&format!("kind = 'smtp'\nfrom = 'a@example.gov.cn'\nrelay = '{relay}'\ntls = 'none'"));
            assert_eq!(config.mistakes().is_empty(), allowed, "{relay}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<MailConfig>("from = 'a@example.gov.cn'\npasword_file = 'x'").is_err());
    }
}
