//! Opening a store: the right key, one daemon, newer data.

use std::sync::Arc;

use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use store::{Store, StoreError, Vault};

use crate::support::*;

async fn run(county: &County, sql: &'static str) {
    if county.is_postgres() {
        PgConnection::connect(&county.url).await.unwrap().execute(sql).await.unwrap();
    } else {
        SqliteConnection::connect(&county.url).await.unwrap().execute(sql).await.unwrap();
    }
}

on_both! {
    async fn data_survive_a_restart(county: &County) {
        county.receive(T1, vec![project(1, "甲")]).await;
        assert_eq!(county.again().await.project_codes(None).await.unwrap(), [code(1)]);
    }

    async fn another_key_is_refused_and_a_key_made_by_mistake_is_taken_back(county: &County) {
        let elsewhere = tempfile::tempdir().unwrap();
        let (vault, created) = Vault::open_or_create(elsewhere.path()).unwrap();
        assert!(created);
        let error = Store::connect(&county.url, elsewhere.path(), Arc::new(vault)).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::KeyMissing { .. }), "{error}");
        assert!(!elsewhere.path().join("data.key").exists());

        Vault::open_or_create(elsewhere.path()).unwrap();
        let (vault, created) = Vault::open_or_create(elsewhere.path()).unwrap();
        assert!(!created);
        let error = Store::connect(&county.url, elsewhere.path(), Arc::new(vault)).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::KeyMismatch { .. }), "{error}");
        assert!(error.to_string().contains("data.key"));
        assert!(elsewhere.path().join("data.key").exists(), "a key that was there before is never touched");
    }

    async fn a_second_daemon_is_refused_until_the_first_ends(county: &County) {
        let other = county.again().await;
        let held = county.store.lock_daemon().await.unwrap();
        let error = other.lock_daemon().await.map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("已有一个 anxin"), "{error}");
        drop(held);
        // PostgreSQL notices the end of a session a moment later.
        let mut freed = other.lock_daemon().await;
        for _ in 0..1000 {
            if freed.is_ok() { break; }
            tokio::task::yield_now().await;
            freed = other.lock_daemon().await;
        }
        assert!(freed.is_ok());
    }

    async fn data_of_a_newer_program_are_refused(county: &County) {
        if county.is_postgres() {
            run(county, "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
                 values (29990101000000, 'later', now(), true, '\\x00', 0)").await;
        } else {
            run(county, "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
                 values (29990101000000, 'later', '2999-01-01', true, x'00', 0)").await;
        }
        let error = Store::connect(&county.url, county.dir.path(), county.vault.clone()).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::NewerData { version: 29_990_101_000_000 }), "{error}");
    }
}

#[tokio::test]
async fn sqlite_is_set_up_for_safety_and_large_bodies() {
    let county = County::sqlite().await;
    let mut connection = SqliteConnection::connect(&county.url).await.unwrap();
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut connection).await.unwrap();
    let page: i64 = sqlx::query_scalar("pragma page_size").fetch_one(&mut connection).await.unwrap();
    assert_eq!((mode.as_str(), page), ("wal", 16384));
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_explained() {
    let dir = tempfile::tempdir().unwrap();
    let vault = || Arc::new(Vault::open_or_create(dir.path()).unwrap().0);
    let error = Store::connect("mysql://x", dir.path(), vault()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::Url { .. }), "{error}");
    let error = Store::connect("postgres://anxin:secret@127.0.0.1:9/x", dir.path(), vault()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }) && error.is_transient(), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    let blocked = dir.path().join("file");
    std::fs::write(&blocked, b"").unwrap();
    let error = Store::connect("sqlite:x.db", &blocked.join("data"), vault()).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains(&*blocked.to_string_lossy()), "{error}");
}
