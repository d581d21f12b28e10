//! The binary as a process, and its answers.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than any single command takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(2);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// `anxin` beside the folder of the test executable.
pub fn binary() -> PathBuf {
    let here = std::env::current_exe().expect("a test has an executable");
    let path = here.parent().and_then(Path::parent).expect("target/<profile>/deps").join("anxin");
    assert!(path.is_file(), "{} is missing: run tests/run, or cargo build --release --bin anxin", path.display());
    path
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// What a finished command said.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `None` when a signal ended it.
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Answer {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Self { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "status\n--- output\n{}\n--- errors\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn done(self) -> Self {
        self.ended(0)
    }

    /// Everything a person sees.
    pub fn said(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }

    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        let said = self.said();
        for part in parts {
            assert!(said.contains(part), "`{part}` is not said in:\n{said}");
        }
        self
    }

    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }
}

/// A process under way; killed when dropped.
pub struct Running {
    child: Child,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        Self { child }
    }

    /// Waits until `ready` says so; fails when the process ends first.
    #[track_caller]
    pub fn until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !ready() {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("ended ({status}) before {what}: {}", self.rest().said());
            }
            assert!(Instant::now() < deadline, "{what} did not happen within {PATIENCE:?}");
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// Kills it after a while, unless it ended by itself: then `false`.
    pub fn kill_after(&mut self, delay: Duration) -> bool {
        let deadline = Instant::now() + delay;
        while Instant::now() < deadline {
            if self.child.try_wait().expect("a child can be asked").is_some() {
                return false;
            }
            std::thread::park_timeout(deadline.saturating_duration_since(Instant::now()).min(Duration::from_millis(2)));
        }
        let alive = self.child.try_wait().expect("a child can be asked").is_none();
        let _ = self.child.kill();
        let _ = self.child.wait();
        alive
    }

    /// The next line of its output, without taking more than that.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        let out = self.child.stdout.as_mut().expect("the output is piped");
        while !line.ends_with(b"\n") {
            let mut byte = [0];
            let ended = out.read(&mut byte).expect("a pipe can be read") == 0;
            assert!(!ended, "it ended before it said anything");
            line.push(byte[0]);
        }
        String::from_utf8(line).expect("output is UTF-8")
    }

    pub fn terminate(&self) {
        let sent = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().expect("sh");
        assert!(sent.success());
    }

    /// Asks for the configuration to be read again.
    pub fn hangup(&self) {
        let sent = Command::new("sh").args(["-c", &format!("kill -HUP {}", self.child.id())]).status().expect("sh");
        assert!(sent.success());
    }

    /// Waits for the end.
    #[track_caller]
    pub fn end(mut self) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().expect("a child can be asked").is_none() {
            assert!(Instant::now() < deadline, "still running after {PATIENCE:?}");
            std::thread::park_timeout(LOOK_EVERY);
        }
        self.rest()
    }

    fn rest(&mut self) -> Answer {
        let mut answer = Answer { status: self.child.wait().expect("ended").code(), out: String::new(), err: String::new() };
        if let Some(mut out) = self.child.stdout.take() {
            let _ = out.read_to_string(&mut answer.out);
        }
        if let Some(mut err) = self.child.stderr.take() {
            let _ = err.read_to_string(&mut answer.err);
        }
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
