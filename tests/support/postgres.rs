//! A database of its own on the PostgreSQL server of `tests/run`.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct FreshDatabase {
    name: String,
    pub url: String,
}

impl FreshDatabase {
    pub fn create() -> Self {
        let name = format!("anxin_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        psql(&format!("create database {name}"));
        let (base, _) = server().rsplit_once('/').map(|(base, rest)| (base.to_owned(), rest.to_owned())).expect("postgres://…/…");
        Self { url: format!("{base}/{name}"), name }
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        psql(&format!("drop database if exists {} with (force)", self.name));
    }
}

fn server() -> String {
    std::env::var("ANXIN_TEST_POSTGRES").expect("ANXIN_TEST_POSTGRES: run tests/run, or tests/servers/postgres.sh start DIR")
}

fn psql(sql: &str) {
    let done = Command::new("psql").args(["-q", "-X", "-d", &server(), "-c", sql]).output().expect("psql is installed with PostgreSQL");
    assert!(done.status.success() || std::thread::panicking(), "{}", String::from_utf8_lossy(&done.stderr));
}
