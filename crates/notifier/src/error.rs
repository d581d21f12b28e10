//! What can go wrong between a decided letter and a mail at the server.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum NotifierError {
    #[error(transparent)]
    Typeset(#[from] typeset::TypesetError),
    #[error("邮件模板填写出错")]
    Template(#[from] askama::Error),
    #[error("电子表格写出出错")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("电子邮件地址 `{address}` 写法不对（{place}）；应为 name@example.gov.cn 或 名称 <name@example.gov.cn>")]
    Address {
        place: &'static str,
        address: String,
        #[source]
        cause: lettre::address::AddressError,
    },
    #[error("邮件无法组装")]
    Compose(#[from] lettre::error::Error),
    #[error("配置表 [mail] 有误：{0}")]
    Config(String),
    #[error("读不了 {what} {}；请检查路径和读取权限", path.display())]
    Read {
        what: &'static str,
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("口令文件 {} 其他用户也能读取；请执行 chmod 600 {}", path.display(), path.display())]
    PasswordFileMode { path: PathBuf },
    #[error("邮件写不进目录 {}；请检查目录权限和剩余空间", path.display())]
    Write {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("证书文件 {} 不是可用的 PEM 证书", path.display())]
    Certificate {
        path: PathBuf,
        #[source]
        cause: lettre::transport::smtp::Error,
    },
    #[error("邮件服务器连接参数有误")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

impl NotifierError {
    /// Whether the next scheduled run may succeed with nobody intervening.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Write { .. } => true,
            Self::Store(cause) => cause.is_transient(),
            Self::Smtp(cause) => !cause.is_permanent() && !cause.is_client(),
            Self::Typeset(cause) => cause.is_transient(),
            Self::Template(_)
            | Self::Workbook(_)
            | Self::Address { .. }
            | Self::Compose(_)
            | Self::Config(_)
            | Self::Read { .. }
            | Self::PasswordFileMode { .. }
            | Self::Certificate { .. } => false,
        }
    }
}
