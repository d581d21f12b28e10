//! The mock platform as a process.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Answer, Running, binary, repository};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A file nobody else may read.
pub fn write_secret(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).expect("a file can be written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("its mode can be set");
}

/// `anxin simulate serve`, ended when dropped.
pub struct Gateway {
    pub running: Running,
    /// Where clients post to.
    pub address: String,
    pub credentials: PathBuf,
    _dir: tempfile::TempDir,
}

impl Gateway {
    /// On a port of its own, with its credentials in a file.
    pub fn start(options: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let credentials = dir.path().join("credentials.toml");
        let mut command = Command::new(binary());
        command.args(["simulate", "serve", "--port", "0", "--credentials"]).arg(&credentials).args(options).current_dir(dir.path());
        let mut running = Running::start(&mut command);
        let line: serde_json::Value = serde_json::from_str(&running.line()).expect("the address as JSON");
        let address = line["address"].as_str().expect("an address").to_owned();
        Self { running, address, credentials, _dir: dir }
    }

    /// The credentials of some projects only, in a file of their own.
    pub fn credentials_of(&self, projects: std::ops::Range<usize>) -> (PathBuf, Vec<String>) {
        let text = std::fs::read_to_string(&self.credentials).expect("the credentials are there");
        let mut all: toml::Table = text.parse().expect("the credentials are TOML");
        let some: Vec<toml::Value> = all["project"].as_array().expect("projects")[projects].to_vec();
        let codes = some.iter().map(|project| project["code"].as_str().expect("a code").to_owned()).collect();
        all.insert("project".to_owned(), some.into());
        let path = self.credentials.with_file_name(format!("some-{}.toml", COUNT.fetch_add(1, Ordering::Relaxed)));
        write_secret(&path, &all.to_string());
        (path, codes)
    }

    /// Calls answered so far.
    pub fn calls(&self) -> u64 {
        let host = self.address.trim_start_matches("http://").trim_end_matches("/open.api");
        let mut stream = std::net::TcpStream::connect(host).expect("the mock listens");
        write!(stream, "GET /counts HTTP/1.0\r\nhost: {host}\r\n\r\n").expect("it takes a request");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("it answers");
        let body = text.split_once("\r\n\r\n").expect("a head and a body").1;
        let counts: serde_json::Value = serde_json::from_str(body).expect("counts as JSON");
        counts["calls"].as_u64().expect("a number of calls")
    }

    /// Runs the client written from the description.
    pub fn client(&self, what: &str, more: &[&str]) -> Answer {
        let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
        let mut command = Command::new(python);
        command.arg(repository().join("tests/platform/client.py")).arg(what).arg(&self.address).arg(&self.credentials).args(more);
        Answer::of(command.output().expect("Python starts"))
    }
}
