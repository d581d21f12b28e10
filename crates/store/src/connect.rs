//! Opening a store: address, pool, migrations, fit of the key.

use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgConnection};

use crate::db::{Pools, boxed};
use crate::error::{at, query};
use crate::{Store, StoreError, Vault, lock, migrations};

/// How long a statement waits for another process on the same file.
const BUSY: Duration = Duration::from_secs(30);
/// How long to wait for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);
/// Readers side by side; writers take turns anyway.
const CONNECTIONS: u32 = 8;
/// Rows the thread of a connection may read ahead: fewer turns between threads.
const ROWS_AHEAD: usize = 1_024;

impl Store {
    /// Opens or creates the store at `sqlite:PATH` or `postgres://…`, brings its tables up to date and makes sure that
    /// `vault` is the key of its data. The archive stands in `data_dir`.
    pub async fn connect(url: &str, data_dir: &Path, vault: Arc<Vault>) -> Result<Self, StoreError> {
        boxed(Self::connect_now(url, data_dir, vault)).await
    }

    async fn connect_now(url: &str, data_dir: &Path, vault: Arc<Vault>) -> Result<Self, StoreError> {
        fs::create_dir_all(data_dir).map_err(at(data_dir))?;
        lock::probe(data_dir)?;
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            sqlite(Path::new(path.strip_prefix("//").unwrap_or(path)), data_dir).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres(url).await?
        } else {
            return Err(StoreError::Url { url: without_password(url) });
        };
        let store = Self { pools, vault, data_dir: Arc::new(data_dir.to_owned()) };
        store.check_key().await?;
        boxed(store.enter_earlier_sheets()).await?;
        Ok(store)
    }

    /// Refuses a key that is not the one of the data; a fresh database takes the key as its own.
    async fn check_key(&self) -> Result<(), StoreError> {
        let found = self.vault.fingerprint();
        let expected = self.claim_meta("key_fingerprint", &found).await?;
        if expected == found {
            return Ok(());
        }
        match self.vault.was_created() {
            Some(path) => {
                let path = path.display().to_string();
                self.vault.take_back();
                Err(StoreError::KeyMissing { path })
            }
            None => Err(StoreError::KeyMismatch { expected, found }),
        }
    }
}

async fn sqlite(path: &Path, data_dir: &Path) -> Result<Pools, StoreError> {
    let failed = |cause| match query("打开数据库")(cause) {
        StoreError::Query { cause, .. } | StoreError::ReadOnly { cause, .. } | StoreError::Disconnected { cause, .. } => {
            StoreError::OpenSqlite { path: path.display().to_string(), cause }
        }
        told => told,
    };
    if path.as_os_str().is_empty() {
        return Err(StoreError::Url { url: "sqlite:".to_owned() });
    }
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        fs::create_dir_all(dir).map_err(at(dir))?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(16 * 1024)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .row_buffer_size(ROWS_AHEAD)
        .pragma("mmap_size", (2_u64 << 30).to_string())
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory");
    // Two processes that start together on a new file would both create its tables.
    let turn = lock::wait(data_dir, "migrate.lock").await?;
    let pool =
        SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE).connect_with(options).await.map_err(failed)?;
    migrations::sqlite().run(&pool).await.map_err(migrations::failed)?;
    drop(turn);
    Ok(Pools::Sqlite(pool))
}

async fn postgres(url: &str) -> Result<Pools, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url { url: without_password(url) })?;
    let options = options.application_name("anxin");
    let unreachable = |cause| StoreError::Unreachable { server: without_password(url), cause };
    // A pool would try a server that refuses until its time is up; a first connection says so at once.
    let first = tokio::time::timeout(ACQUIRE, PgConnection::connect_with(&options)).await;
    first.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(unreachable)?;
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE).connect_with(options).await.map_err(unreachable)?;
    migrations::postgres().run(&pool).await.map_err(migrations::failed)?;
    Ok(Pools::Postgres(pool))
}

/// The address without what stands between `:` and `@`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, host)) => format!("{scheme}://{}@{host}", login.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_never_shows_in_an_error() {
        assert_eq!(without_password("postgres://anxin:se:c@ret@db:5432/anxin"), "postgres://anxin@db:5432/anxin");
        assert_eq!(without_password("postgres://db/anxin"), "postgres://db/anxin");
    }
}
