//! What stops an import as a whole. What is wrong with one file stands in its report instead.

use std::io;

#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("打不开 {path}；请检查路径是否存在、运行本程序的用户能否读取")]
    Unreachable {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("导入的内容没有存进数据库；已收到的文件没有改动，可以重新导入")]
    Store(#[source] store::StoreError),
    #[error("读文件的线程意外中止；请把出错的文件交给开发者")]
    Stopped(#[source] tokio::task::JoinError),
    #[error("表已存好，但没能归到项目名下；下次导入时会再试")]
    Place(#[source] store::StoreError),
}

impl IngestError {
    /// Whether the next scheduled run may succeed with nobody intervening.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stopped(_) => false,
            Self::Store(cause) | Self::Place(cause) => cause.is_transient(),
        }
    }
}
