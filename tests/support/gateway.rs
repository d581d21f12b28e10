//! The mock platform as a process.

use std::path::PathBuf;
use std::process::Command;

use super::{Answer, Running, binary, repository};

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

    /// Runs the client written from the description.
    pub fn client(&self, what: &str, more: &[&str]) -> Answer {
        let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
        let mut command = Command::new(python);
        command.arg(repository().join("tests/platform/client.py")).arg(what).arg(&self.address).arg(&self.credentials).args(more);
        Answer::of(command.output().expect("Python starts"))
    }
}
