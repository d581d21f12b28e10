//! One text of SQL, two databases: pools, transactions and the macros that run a statement on either.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::Date;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::error::query;
use crate::{StoreError, Vault};

/// The store of one county. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    pub(crate) vault: Arc<Vault>,
    pub(crate) data_dir: Arc<PathBuf>,
}

#[derive(Clone)]
pub(crate) enum Pools {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs a statement on the pool of a store, whichever it is.
macro_rules! on_either {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.pools {
            $crate::db::Pools::Sqlite($pool) => $body,
            $crate::db::Pools::Postgres($pool) => $body,
        }
    };
    ($store:expr, |$pool:ident: $db:ident| $body:expr) => {
        match &$store.pools {
            $crate::db::Pools::Sqlite($pool) => {
                type $db = sqlx::Sqlite;
                $body
            }
            $crate::db::Pools::Postgres($pool) => {
                type $db = sqlx::Postgres;
                $body
            }
        }
    };
}

/// Runs a statement inside a transaction, whichever database it is in.
macro_rules! in_tx {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match &mut *$tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::db::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
    ($tx:expr, |$conn:ident: $db:ident| $body:expr) => {
        match &mut *$tx {
            $crate::db::Tx::Sqlite(tx) => {
                type $db = sqlx::Sqlite;
                let $conn = &mut **tx;
                $body
            }
            $crate::db::Tx::Postgres(tx) => {
                type $db = sqlx::Postgres;
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Rows of one multi-row insert. SQLite takes 32,766 bound values, PostgreSQL 65,535; 24 columns stay below both.
pub(crate) const ROWS_PER_INSERT: usize = 1_000;
/// Values of one `in (…)`.
pub(crate) const VALUES_PER_IN: usize = 1_000;

/// Inserts many rows with as few statements as the databases allow.
macro_rules! insert_rows {
    ($tx:expr, $what:literal, $into:literal, $conflict:literal, $rows:expr, |$bind:ident, $row:ident| $push:expr) => {{
        for rows in $rows.chunks($crate::db::ROWS_PER_INSERT) {
            in_tx!($tx, |conn: Db| {
                let mut insert = sqlx::QueryBuilder::<Db>::new($into);
                insert.push_values(rows, |mut $bind, $row| {
                    $push;
                });
                insert.push($conflict);
                insert.build().execute(conn).await.map(|_| ())
            })
            .map_err($crate::error::query($what))?;
        }
    }};
}

/// Keeps a large future behind a pointer: callers, and the compiler at work on them, need not know what it holds.
pub(crate) fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(future)
}

impl Store {
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        let what = "开始写入";
        Ok(match &self.pools {
            // The write lock is taken at once: a reader that turns writer could find itself refused half-way.
            Pools::Sqlite(pool) => Tx::Sqlite(pool.begin_with("begin immediate").await.map_err(query(what))?),
            Pools::Postgres(pool) => {
                let mut tx = pool.begin().await.map_err(query(what))?;
                // Writers take turns here too: ids, current versions and numbers are computed from what is there.
                sqlx::query("select pg_advisory_xact_lock(4702111234474983745)").execute(&mut *tx).await.map_err(query(what))?;
                Tx::Postgres(tx)
            }
        })
    }
}

impl Tx {
    /// Returns only when the database has written it to disk.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(query("提交写入"))
    }
}

pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn time(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| StoreError::content("时间"))
}

pub(crate) fn day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::content("日期"))
}

pub(crate) fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(if n < 0 { 0 } else { u32::MAX })
}

/// Text as both databases take it: PostgreSQL knows no character 0.
pub(crate) fn text(raw: &str) -> String {
    raw.replace('\0', "")
}

pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::content("待写入的记录"))
}
