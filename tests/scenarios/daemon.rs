//! `anxin run` as a service.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::support::{County, Database, project};

fn with_one_project(database: Database) -> County {
    let county = County::new(database);
    let inbox = county.data_dir().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    project("99999920240101001", "测试县安置房一期").write_csv(&inbox, "项目.csv");
    county
}

#[test]
fn a_round_missed_before_the_start_is_caught_up_and_sigterm_ends_it_well() {
    for database in Database::BOTH {
        let county = with_one_project(database);
        let mut daemon = county.start(&["-v", "run"]);
        daemon.until("the first round", || {
            let runs = county.anxin(&["--format", "json", "doctor"]).json();
            runs.iter().any(|check| check["check"] == "send" && check["detail"].as_str().unwrap().contains("最近一次"))
        });
        daemon.terminate();
        let answer = daemon.end().done();
        assert!(answer.err.contains("daemon stopped"), "{}", answer.err);
    }
}

#[test]
fn a_second_daemon_or_round_on_the_same_data_is_refused() {
    for database in Database::BOTH {
        let county = with_one_project(database);
        let socket = Notified::listen(&county);
        let mut command = county.command(&["run"]);
        command.env("NOTIFY_SOCKET", socket.path());
        let daemon = crate::support::Running::start(&mut command);
        socket.await_ready();
        for words in [["run"], ["once"]] {
            county.anxin(&words).ended(1).says(&["已有一个 anxin"]);
        }
        daemon.terminate();
        daemon.end().done();
    }
}

#[test]
fn systemd_is_told_when_the_daemon_is_ready() {
    let county = with_one_project(Database::Sqlite);
    let socket = Notified::listen(&county);
    let mut command = county.command(&["run"]);
    command.env("NOTIFY_SOCKET", socket.path());
    let daemon = crate::support::Running::start(&mut command);
    socket.await_ready();
    daemon.terminate();
    daemon.end().done();
}

#[test]
fn logs_are_json_where_the_configuration_says_so() {
    let county = with_one_project(Database::Sqlite);
    county.configure(|config| {
        let mut log = toml::Table::new();
        log.insert("format".to_owned(), "json".into());
        config.insert("log".to_owned(), log.into());
    });
    // The first command also shows the new data key, which is no log line.
    county.anxin(&["once"]).done();
    let answer = county.anxin(&["-v", "once"]).done();
    assert!(!answer.err.is_empty());
    for line in answer.err.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

/// The socket of a service manager.
struct Notified {
    socket: UnixDatagram,
    path: std::path::PathBuf,
}

impl Notified {
    fn listen(county: &County) -> Self {
        let path = county.desk().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket can be made");
        socket.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout can be set");
        Self { socket, path }
    }

    fn path(&self) -> &std::path::Path {
        &self.path
    }

    #[track_caller]
    fn await_ready(&self) {
        let mut said = [0; 4096];
        let length = self.socket.recv(&mut said).expect("the daemon says that it is ready");
        let text = String::from_utf8_lossy(&said[..length]).into_owned();
        assert!(text.lines().any(|line| line == "READY=1"), "{text}");
    }
}
