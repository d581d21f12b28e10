//! What can go wrong with the store, in the words the office reads: what, where, how to mend it.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("数据密钥文件 {path} 的权限是 {mode:o}，别人也能读；请执行 chmod 600 {path}")]
    KeyMode { path: String, mode: u32 },
    #[error("读不了数据密钥文件 {path}；请检查文件的所有者和权限")]
    KeyRead {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("数据密钥文件 {path} 的内容不是密钥（应为 64 位十六进制字符）；请放回当初备份的那一份")]
    KeyText { path: String },
    #[error("已有数据，却找不到数据密钥文件 {path}；没有它什么也读不出来，请放回当初备份的那一份")]
    KeyMissing { path: String },
    #[error("数据密钥与数据库不符（数据库要 {expected}，密钥文件是 {found}）；请放回与本数据库一起备份的 data.key")]
    KeyMismatch { expected: String, found: String },
    #[error("{what}解不开：数据密钥不符，或内容已损坏")]
    Sealed { what: &'static str },
    #[error("写不进 {path}；请检查该目录是否存在、运行本程序的用户能否写入")]
    NotWritable {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("写 {path} 时磁盘已满；请腾出空间后重试，已收到的数据没有丢")]
    DiskFull { path: String },
    #[error("读写 {path} 出错")]
    File {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("数据库地址 {url} 看不懂；请写成 sqlite:文件路径 或 postgres://用户@主机/库名")]
    Url { url: String },
    #[error("打不开数据库文件 {path}；请检查所在目录是否存在、能否写入")]
    OpenSqlite {
        path: String,
        #[source]
        cause: sqlx::Error,
    },
    #[error("连不上数据库 {server}；请检查地址、用户名、口令和 PostgreSQL 是否在运行")]
    Unreachable {
        server: String,
        #[source]
        cause: sqlx::Error,
    },
    #[error("数据库是用更新版本的程序建立的（迁移 {version}），本程序太旧；请安装新版本")]
    NewerData { version: i64 },
    #[error("数据库的迁移 {version} 与本程序所带的内容不同；请换回原来的程序版本或恢复备份")]
    ChangedMigration { version: i64 },
    #[error("升级数据库结构未成功")]
    Migrate {
        #[source]
        cause: sqlx::migrate::MigrateError,
    },
    #[error("已有一个 anxin 在使用这份数据（{what}）；同一份数据只能有一个常驻程序，请先停掉另一个")]
    AlreadyRunning { what: String },
    #[error("数据库磁盘已满，{what}没有完成；请腾出空间后重试，已收到的数据没有丢")]
    DatabaseFull { what: &'static str },
    #[error("数据库正被别的程序占用，{what}没有完成；稍后会再试")]
    Busy {
        what: &'static str,
        #[source]
        cause: sqlx::Error,
    },
    #[error("与数据库的连接中断，{what}没有完成；稍后会再试")]
    Disconnected {
        what: &'static str,
        #[source]
        cause: sqlx::Error,
    },
    #[error("数据库不让写入，{what}没有完成；请检查数据库文件和所在目录的权限")]
    ReadOnly {
        what: &'static str,
        #[source]
        cause: sqlx::Error,
    },
    #[error("数据库文件已损坏，{what}没有完成；请停下程序，用备份恢复")]
    Damaged {
        what: &'static str,
        #[source]
        cause: sqlx::Error,
    },
    #[error("{what}时数据库出错")]
    Query {
        what: &'static str,
        #[source]
        cause: sqlx::Error,
    },
    #[error("{what}的内容读不懂；数据可能已损坏，或由更新版本的程序写入")]
    Content { what: String },
    #[error("文号 {series}〔{year}〕{n}号 不能用：应接着用 {expected}号；请重新取号")]
    Number { series: String, year: i32, n: u32, expected: u32 },
    #[error("存档 {hash} 的内容与登记的校验值不符；存档文件已损坏，请从备份恢复")]
    ArchiveDamaged { hash: String },
    #[error("内部任务中断，{what}没有完成")]
    Interrupted { what: &'static str },
}

impl StoreError {
    /// Whether the next scheduled run may succeed with nobody intervening.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Busy { .. } | Self::Disconnected { .. } | Self::Number { .. } | Self::Interrupted { .. } => {
                true
            }
            Self::KeyMode { .. }
            | Self::KeyRead { .. }
            | Self::KeyText { .. }
            | Self::KeyMissing { .. }
            | Self::KeyMismatch { .. }
            | Self::Sealed { .. }
            | Self::NotWritable { .. }
            | Self::DiskFull { .. }
            | Self::File { .. }
            | Self::Url { .. }
            | Self::OpenSqlite { .. }
            | Self::NewerData { .. }
            | Self::ChangedMigration { .. }
            | Self::Migrate { .. }
            | Self::AlreadyRunning { .. }
            | Self::DatabaseFull { .. }
            | Self::ReadOnly { .. }
            | Self::Damaged { .. }
            | Self::Query { .. }
            | Self::Content { .. }
            | Self::ArchiveDamaged { .. } => false,
        }
    }

    /// A failed file operation.
    pub(crate) fn file(path: &Path, cause: io::Error) -> Self {
        let path = path.display().to_string();
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path, cause },
            _ => Self::File { path, cause },
        }
    }

    pub(crate) fn content(what: impl Into<String>) -> Self {
        Self::Content { what: what.into() }
    }
}

/// `path` as an error closure for `map_err`.
pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let path = PathBuf::from(path);
    move |cause| StoreError::file(&path, cause)
}

/// A failed statement; `what` says in Chinese what was attempted.
pub(crate) fn query(what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |cause| match &cause {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            StoreError::Disconnected { what, cause }
        }
        sqlx::Error::Database(database) => match classify(database.code().as_deref().unwrap_or_default()) {
            Trouble::Full => StoreError::DatabaseFull { what },
            Trouble::Busy => StoreError::Busy { what, cause },
            Trouble::Gone => StoreError::Disconnected { what, cause },
            Trouble::ReadOnly => StoreError::ReadOnly { what, cause },
            Trouble::Damaged => StoreError::Damaged { what, cause },
            Trouble::Other => StoreError::Query { what, cause },
        },
        _ => StoreError::Query { what, cause },
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    Full,
    Busy,
    Gone,
    ReadOnly,
    Damaged,
    Other,
}

/// SQLite gives (extended) result codes as decimal numbers, PostgreSQL five-character SQLSTATEs.
fn classify(code: &str) -> Trouble {
    if code.len() == 5 {
        return match (&code[..2], code) {
            (_, "53100") => Trouble::Full,
            (_, "55P03" | "40001" | "40P01") => Trouble::Busy,
            (_, "25006") => Trouble::ReadOnly,
            (_, "XX001" | "XX002") => Trouble::Damaged,
            ("08" | "53" | "57", _) => Trouble::Gone,
            _ => Trouble::Other,
        };
    }
    match code.parse::<i32>().map(|code| code & 0xff) {
        Ok(13) => Trouble::Full,
        Ok(5 | 6) => Trouble::Busy,
        Ok(8 | 14) => Trouble::ReadOnly,
        Ok(10 | 11 | 26) => Trouble::Damaged,
        _ => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        assert_eq!(classify("13"), Trouble::Full);
        assert_eq!(classify("517"), Trouble::Busy, "extended code of busy");
        assert_eq!(classify("53100"), Trouble::Full);
        assert_eq!(classify("57P01"), Trouble::Gone);
        assert_eq!(classify("1555"), Trouble::Other, "a broken constraint");
        assert_eq!(classify("26"), Trouble::Damaged);
    }

    #[test]
    fn a_full_disk_is_named_as_such() {
        let error = StoreError::file(Path::new("var/x"), io::Error::from(io::ErrorKind::StorageFull));
        assert!(error.to_string().contains("磁盘已满"));
        assert!(!error.is_transient());
    }
}
