//! Where finished mails go: a directory of `.eml` files, or a mail server.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use store::OutboxMail;

use crate::NotifierError;
use crate::config::{MailConfig, MailKind, MailTls};

/// Timeouts a whole delivery may take: connect, greeting, TLS, login, three commands, data.
const COMMANDS_PER_MAIL: u32 = 4;
/// A connection nobody uses is closed before servers usually do it (300 s in RFC 5321).
const IDLE: Duration = Duration::from_secs(20);

/// Why a mail did not go out, in Chinese, without addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server cannot be reached or refuses everybody: no use in trying other mails now.
    Server(String),
    /// This mail was put off; try again.
    Later(String),
    /// This mail will never be taken as it is.
    Refused(String),
}

impl Failure {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Server(text) | Self::Later(text) | Self::Refused(text) => text,
        }
    }
}

pub(crate) enum Channel {
    Files(PathBuf),
    Smtp(Smtp),
}

pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    limit: Duration,
}

impl Channel {
    pub(crate) fn open(config: &MailConfig) -> Result<Self, NotifierError> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            return Err(NotifierError::Config(mistakes.join("；")));
        }
        match config.kind {
            MailKind::Files => Ok(Self::Files(config.dir.clone())),
            MailKind::Smtp => Ok(Self::Smtp(Smtp::open(config)?)),
        }
    }

    /// Whether the way out is open at all; asked once before a round.
    pub(crate) async fn probe(&self) -> Result<(), Failure> {
        match self {
            Self::Files(dir) => fs::create_dir_all(dir).map_err(|cause| Failure::Server(unwritable(dir, &cause))),
            Self::Smtp(smtp) => smtp.probe().await,
        }
    }

    /// Hands one mail over; what the other side answered.
    pub(crate) async fn send(&self, mail: &OutboxMail) -> Result<String, Failure> {
        match self {
            Self::Files(dir) => {
                let (dir, mail) = (dir.clone(), mail.clone());
                let write = move || write_file(&dir, &mail).map_err(|cause| Failure::Server(unwritable(&dir, &cause)));
                tokio::task::spawn_blocking(write).await.unwrap_or_else(|_| Err(Failure::Later("写文件的线程中断".to_owned())))
            }
            Self::Smtp(smtp) => smtp.send(mail).await,
        }
    }

    pub(crate) async fn close(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.transport.shutdown().await;
        }
    }
}

fn unwritable(dir: &Path, cause: &std::io::Error) -> String {
    format!("邮件写不进目录 {}（{cause}）；请检查目录权限和剩余空间", dir.display())
}

/// Durable and repeatable: the name follows from the Message-ID, so that a repeat overwrites itself.
fn write_file(dir: &Path, mail: &OutboxMail) -> std::io::Result<String> {
    let name: String = mail
        .message_id
        .trim_matches(['<', '>'])
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.@".contains(c) { c } else { '_' })
        .collect();
    let path = dir.join(format!("{name}.eml"));
    let partial = dir.join(format!(".{name}.part"));
    let mut file = fs::File::create(&partial)?;
    file.write_all(&mail.mime)?;
    file.sync_all()?;
    fs::rename(&partial, &path)?;
    fs::File::open(dir)?.sync_all()?;
    Ok(format!("已写入 {name}.eml"))
}

impl Smtp {
    fn open(config: &MailConfig) -> Result<Self, NotifierError> {
        let relay = config.relay.clone().unwrap_or_default();
        let timeout = Duration::from_secs(u64::from(config.timeout_s));
        let tls = match config.tls {
            MailTls::None => Tls::None,
            MailTls::Starttls => Tls::Required(tls_parameters(config, &relay)?),
            MailTls::Tls => Tls::Wrapper(tls_parameters(config, &relay)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay)
            .port(config.port())
            .tls(tls)
            .timeout(Some(timeout))
            // One connection carries about 23 mails a second (two writes wait for a delayed ACK); several carry as many times more.
            .pool_config(PoolConfig::new().max_size(config.connections).idle_timeout(IDLE));
        if let (Some(user), Some(path)) = (&config.user, &config.password_file) {
            builder = builder.credentials(Credentials::new(user.clone(), read_password(path)?));
        }
        let from: lettre::message::Mailbox =
            config.from.parse().map_err(|cause| NotifierError::Address { place: "[mail] from", address: config.from.clone(), cause })?;
        Ok(Self { transport: builder.build(), from: from.email, limit: timeout * COMMANDS_PER_MAIL })
    }

    async fn probe(&self) -> Result<(), Failure> {
        match tokio::time::timeout(self.limit, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(Failure::Server("邮件服务器没有按协议应答".to_owned())),
            Ok(Err(cause)) => Err(Failure::Server(describe(&cause))),
            Err(_) => Err(Failure::Server("邮件服务器超时未应答".to_owned())),
        }
    }

    async fn send(&self, mail: &OutboxMail) -> Result<String, Failure> {
        let recipient: Address = mail.recipient.parse().map_err(|_| Failure::Refused("收件地址写法不对".to_owned()))?;
        let envelope = Envelope::new(Some(self.from.clone()), vec![recipient]).map_err(|_| Failure::Refused("没有收件地址".to_owned()))?;
        match tokio::time::timeout(self.limit, self.transport.send_raw(&envelope, &mail.mime)).await {
            Ok(Ok(response)) => {
                let lines: Vec<&str> = response.message().collect();
                Ok(format!("{} {}", response.code(), lines.join(" ")))
            }
            Ok(Err(cause)) => Err(classify(&cause)),
            Err(_) => Err(Failure::Server("邮件服务器超时未应答".to_owned())),
        }
    }
}

/// 421, 530, 534, 535, 538 concern the whole server or the login; other 4xx and 5xx this mail alone; no code: the connection broke.
fn classify(cause: &SmtpError) -> Failure {
    let text = describe(cause);
    match cause.status().map(|code| code.to_string()).as_deref() {
        Some("421" | "454" | "530" | "534" | "535" | "538") => Failure::Server(text),
        Some(code) if code.starts_with('5') => Failure::Refused(text),
        Some(_) => Failure::Later(text),
        None if cause.is_client() || cause.is_response() => Failure::Later(text),
        None => Failure::Server(text),
    }
}

fn describe(cause: &SmtpError) -> String {
    use std::error::Error;
    let code = cause.status().map(|code| code.to_string());
    let mut detail: Vec<String> = Vec::new();
    let mut source: Option<&dyn Error> = cause.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        // A cause often repeats what the error above it has said already.
        if !detail.iter().any(|known| known.contains(&text)) {
            detail.push(text);
        }
        source = inner.source();
    }
    let detail = detail.join("：");
    let what = match code.as_deref() {
        Some("530" | "534" | "535" | "538") => "邮件服务器不接受登录，请检查 user 和 password_file",
        Some("421" | "454") => "邮件服务器暂时停止服务",
        Some("552" | "523") => "邮件服务器嫌邮件过大",
        Some(code) if code.starts_with('5') => "邮件服务器拒收",
        Some(_) => "邮件服务器暂缓接收",
        None if cause.is_timeout() => "邮件服务器超时未应答",
        None if detail.contains("CaUsedAsEndEntity") => "邮件服务器用根证书（CA:TRUE）作自己的证书，请为它另签一张服务器证书",
        None if cause.is_tls() || detail.contains("certificate") => "与邮件服务器的加密连接建立不起来，请检查 tls、ca_file 和服务器证书",
        None if cause.is_client() => "邮件服务器的功能不合要求，请检查 tls 和 port",
        None => "连不上邮件服务器，请检查 relay、port 和网络",
    };
    let detail = without_addresses(&detail);
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    if detail.is_empty() { format!("{what}{code}") } else { format!("{what}（{}）", format!("{code} {detail}").trim()) }
}

/// Servers repeat the recipient in their answer; errors are logged and shown.
fn without_addresses(text: &str) -> String {
    text.split(' ').map(|word| if word.contains('@') { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

fn tls_parameters(config: &MailConfig, relay: &str) -> Result<TlsParameters, NotifierError> {
    let mut builder = TlsParameters::builder(relay.to_owned());
    if let Some(path) = &config.ca_file {
        let pem = fs::read(path).map_err(|cause| NotifierError::Read { what: "证书文件", path: path.clone(), cause })?;
        let certificate = Certificate::from_pem(&pem).map_err(|cause| NotifierError::Certificate { path: path.clone(), cause })?;
        builder = builder.add_root_certificate(certificate);
    }
    Ok(builder.build()?)
}

/// First line of the file; nobody but its owner may read it.
fn read_password(path: &Path) -> Result<String, NotifierError> {
    let failed = |cause| NotifierError::Read { what: "口令文件", path: path.to_owned(), cause };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(NotifierError::PasswordFileMode { path: path.to_owned() });
        }
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_without_addresses() {
        assert_eq!(without_addresses("550 5.1.1 <nobody@example.gov.cn>: unknown user"), "550 5.1.1 … unknown user");
    }

    #[test]
    fn a_password_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        fs::write(&path, "geheim\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read_password(&path), Err(NotifierError::PasswordFileMode { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read_password(&path).unwrap(), "geheim");
    }
}
