//! Who may use the data: one daemon at a time, one migration at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use sqlx::{Connection, PgConnection};

use crate::db::Pools;
use crate::error::{at, query};
use crate::{Store, StoreError};

/// Held while the daemon runs; the system takes it back when the process ends, however it ends.
pub struct DaemonLock {
    _file: File,
    _session: Option<PgConnection>,
}

impl Store {
    /// Refuses a second daemon on the same data directory or the same PostgreSQL database.
    pub async fn lock_daemon(&self) -> Result<DaemonLock, StoreError> {
        let path = self.data_dir.join("daemon.lock");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::AlreadyRunning { what: format!("数据目录 {}", self.data_dir.display()) });
            }
            Err(TryLockError::Error(cause)) => return Err(StoreError::file(&path, cause)),
        }
        let session = match &self.pools {
            Pools::Sqlite(_) => None,
            Pools::Postgres(pool) => {
                let what = "登记常驻程序";
                // A connection of its own: the lock lives as long as its session.
                let mut session = PgConnection::connect_with(&pool.connect_options()).await.map_err(query(what))?;
                let taken: bool = sqlx::query_scalar("select pg_try_advisory_lock(4702111234474983746)")
                    .fetch_one(&mut session)
                    .await
                    .map_err(query(what))?;
                if !taken {
                    return Err(StoreError::AlreadyRunning { what: "PostgreSQL 数据库".to_owned() });
                }
                Some(session)
            }
        };
        Ok(DaemonLock { _file: file, _session: session })
    }
}

/// Waits for its turn; the turn ends when the file is dropped.
pub(crate) async fn wait(data_dir: &Path, name: &'static str) -> Result<File, StoreError> {
    let path = data_dir.join(name);
    tokio::task::spawn_blocking(move || {
        let file = open(&path)?;
        file.lock().map_err(at(&path))?;
        Ok(file)
    })
    .await
    .map_err(|_| StoreError::Interrupted { what: "等待升级" })?
}

/// Says early and clearly when the data directory cannot be written.
pub(crate) fn probe(data_dir: &Path) -> Result<(), StoreError> {
    open(&data_dir.join("daemon.lock")).map(|_| ())
}

fn open(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(at(path))
}
