//! The outbox against a real mail server: `tests/servers/smtp.sh start DIR` prints what `ANXIN_TEST_SMTP` must hold.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use model::FixedClock;
use notifier::notices::samples;
use notifier::{MailConfig, MailKind, MailTls, Recipient, RecipientRole, Typist, compose, send_due};
use serde::Deserialize;
use store::{NewLetter, Store, Vault};

#[derive(Deserialize)]
struct Server {
    host: String,
    port: u16,
    tls_port: u16,
    user: String,
    password_file: PathBuf,
    ca_file: PathBuf,
    maildir: PathBuf,
}

fn server() -> Server {
    let text = std::env::var("ANXIN_TEST_SMTP")
        .expect("ANXIN_TEST_SMTP is not set: run tests/run, or put the line printed by `tests/servers/smtp.sh start DIR` into it");
    serde_json::from_str(&text).expect("ANXIN_TEST_SMTP is the JSON line of tests/servers/smtp.sh")
}

impl Server {
    fn config(&self) -> MailConfig {
        let mut config = files(Path::new("unused"));
        config.kind = MailKind::Smtp;
        config.relay = Some(self.host.clone());
        config.port = Some(self.port);
        config.user = Some(self.user.clone());
        config.password_file = Some(self.password_file.clone());
        config.ca_file = Some(self.ca_file.clone());
        config.timeout_s = 10;
        config
    }

    /// Mails in the maildir that carry one of the ids; the server delivers a moment after it has answered.
    async fn delivered(&self, ids: &BTreeSet<String>, wanted: usize) -> Vec<String> {
        let mut found = Vec::new();
        for _ in 0..200 {
            found = std::fs::read_dir(self.maildir.join("new"))
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
                .filter(|mail| ids.iter().any(|id| mail.contains(id.as_str())))
                .collect();
            if found.len() >= wanted {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        found
    }
}

fn files(dir: &Path) -> MailConfig {
    let mut config: MailConfig = toml::from_str("from = '测试县人社局 <anxin@example.gov.cn>'").unwrap();
    dir.clone_into(&mut config.dir);
    config
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 12, 20, 1, 0, 0).unwrap()
}

struct Office {
    store: Store,
    ids: BTreeSet<String>,
    dir: tempfile::TempDir,
}

impl Office {
    /// A store with one letter and a mail to each address.
    async fn with_mails(uid: &str, config: &MailConfig, addresses: &[String]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (vault, _) = Vault::open_or_create(dir.path()).unwrap();
        let url = format!("sqlite:{}", dir.path().join("anxin.sqlite").display());
        let store = Store::connect(&url, dir.path(), Arc::new(vault)).await.unwrap();
        let (_, mut document) = samples::risk_notices().remove(1);
        document.uid = format!("{uid}-{}", std::process::id());
        let rendered = Typist::new(samples::office(), &[]).unwrap().letter(&document).unwrap();
        let mut mails = Vec::new();
        for address in addresses {
            let recipient = Recipient { name: "测试监察员".to_owned(), email: address.clone(), role: RecipientRole::Inspector };
            mails.push(compose(&document, &rendered, &samples::office(), config, &recipient, now()).unwrap());
        }
        let ids = mails.iter().map(|mail| mail.message_id.clone()).collect();
        store.record_letter(NewLetter { document, number: None, files: rendered.files, mails, at: now() }).await.unwrap().unwrap();
        Self { store, ids, dir }
    }
}

fn addresses(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("officer{n}@example.gov.cn")).collect()
}

#[tokio::test]
async fn every_mail_arrives_once_however_often_the_job_runs() {
    let server = server();
    for (uid, port, tls) in [("starttls", server.port, MailTls::Starttls), ("tls", server.tls_port, MailTls::Tls)] {
        let mut config = server.config();
        (config.port, config.tls) = (Some(port), tls);
        let office = Office::with_mails(uid, &config, &addresses(20)).await;
        let clock = FixedClock(now());
        let report = send_due(&office.store, &config, &clock).await.unwrap();
        assert_eq!((report.sent, report.failed, report.waiting), (20, 0, 0), "{uid}: {report:?}");
        let report = send_due(&office.store, &config, &clock).await.unwrap();
        assert_eq!((report.sent, report.failed), (0, 0), "{uid}");
        let mails = server.delivered(&office.ids, 20).await;
        assert_eq!(mails.len(), 20, "{uid}");
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_every_mail_and_says_why() {
    let server = server();
    let mut config = server.config();
    let office = Office::with_mails("password", &config, &addresses(3)).await;
    let wrong = office.dir.path().join("wrong");
    std::fs::write(&wrong, "wrong\n").unwrap();
    std::fs::set_permissions(&wrong, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    config.password_file = Some(wrong);
    let report = send_due(&office.store, &config, &FixedClock(now())).await.unwrap();
    assert_eq!((report.sent, report.failed), (0, 3), "{report:?}");
    assert!(report.server.as_deref().is_some_and(|text| text.contains("password_file")), "{report:?}");
    let mails = office.store.list_mails().await.unwrap();
    assert!(mails.iter().all(|mail| mail.sent_at.is_none() && mail.last_error.is_some()));
}

#[tokio::test]
async fn without_the_private_certificate_nothing_is_sent_in_the_clear() {
    let server = server();
    let mut config = server.config();
    config.ca_file = None;
    let office = Office::with_mails("certificate", &config, &addresses(1)).await;
    let report = send_due(&office.store, &config, &FixedClock(now())).await.unwrap();
    assert_eq!((report.sent, report.failed), (0, 1));
    assert!(report.server.as_deref().is_some_and(|text| text.contains("ca_file")), "{report:?}");
}

#[tokio::test]
async fn a_server_that_is_down_keeps_the_mails_which_go_out_when_it_is_back() {
    let server = server();
    let good = server.config();
    let mut down = good.clone();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    down.port = Some(listener.local_addr().unwrap().port());
    drop(listener);
    let office = Office::with_mails("down", &good, &addresses(4)).await;
    let report = send_due(&office.store, &down, &FixedClock(now())).await.unwrap();
    assert_eq!((report.sent, report.failed, report.refused), (0, 4, 0), "{report:?}");
    let report = send_due(&office.store, &good, &FixedClock(now() + TimeDelta::seconds(299))).await.unwrap();
    assert_eq!((report.sent, report.waiting), (0, 4), "not due yet");
    let report = send_due(&office.store, &good, &FixedClock(now() + TimeDelta::seconds(300))).await.unwrap();
    assert_eq!((report.sent, report.failed, report.waiting), (4, 0, 0), "{report:?}");
    assert_eq!(server.delivered(&office.ids, 4).await.len(), 4);
}

#[tokio::test]
async fn a_server_that_never_answers_ends_the_attempt_within_its_timeout() {
    let server = server();
    let mut silent = server.config();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    silent.port = Some(listener.local_addr().unwrap().port());
    silent.timeout_s = 1;
    let office = Office::with_mails("silent", &silent, &addresses(3)).await;
    let started = std::time::Instant::now();
    let report = send_due(&office.store, &silent, &FixedClock(now())).await.unwrap();
    assert!(started.elapsed().as_secs() < 10);
    assert_eq!((report.sent, report.failed), (0, 3), "{report:?}");
}

#[tokio::test]
async fn a_mail_the_server_refuses_for_good_waits_for_a_person_and_stops_no_other() {
    let server = server();
    let config = server.config();
    let list = ["good@example.gov.cn".to_owned(), "refused@nowhere.invalid".to_owned()];
    let office = Office::with_mails("refused", &config, &list).await;
    let answering = Refusing::start(&server);
    let mut through = config.clone();
    (through.relay, through.port, through.tls) = (Some("127.0.0.1".to_owned()), Some(answering.port), MailTls::None);
    (through.user, through.password_file, through.ca_file) = (None, None, None);
    let report = send_due(&office.store, &through, &FixedClock(now())).await.unwrap();
    assert_eq!((report.sent, report.failed, report.refused), (1, 1, 1), "{report:?}");
    let refused = office.store.list_mails().await.unwrap().into_iter().find(|mail| mail.sent_at.is_none()).unwrap();
    let error = refused.last_error.unwrap();
    assert!(error.contains("550") && error.contains("outbox retry") && !error.contains('@'), "{error}");
    let later = FixedClock(now() + TimeDelta::days(400));
    assert_eq!(send_due(&office.store, &through, &later).await.unwrap().failed, 0, "no automatic repeat");
}

/// A server that refuses one domain: the real one takes every address.
struct Refusing {
    port: u16,
}

impl Refusing {
    fn start(_: &Server) -> Self {
        use std::io::{BufRead, BufReader, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let mut writer = stream.try_clone().unwrap();
                    let mut in_data = false;
                    writer.write_all(b"220 test\r\n").unwrap();
                    for line in BufReader::new(stream).lines().map_while(Result::ok) {
                        let answer: &[u8] = match line.split(' ').next().unwrap_or_default() {
                            "." if in_data => {
                                in_data = false;
                                b"250 queued\r\n"
                            }
                            _ if in_data => continue,
                            "EHLO" => b"250 test\r\n",
                            "RCPT" if line.contains("nowhere.invalid") => b"550 5.1.1 <refused@nowhere.invalid> unknown\r\n",
                            "DATA" => {
                                in_data = true;
                                b"354 go\r\n"
                            }
                            _ => b"250 ok\r\n",
                        };
                        if writer.write_all(answer).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { port }
    }
}

#[tokio::test]
async fn files_are_written_once_each_and_a_repeat_overwrites_itself() {
    let dir = tempfile::tempdir().unwrap();
    let config = files(&dir.path().join("mail"));
    let office = Office::with_mails("files", &config, &addresses(3)).await;
    let report = send_due(&office.store, &config, &FixedClock(now())).await.unwrap();
    assert_eq!((report.sent, report.failed), (3, 0));
    let names: BTreeSet<_> = std::fs::read_dir(&config.dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(send_due(&office.store, &config, &FixedClock(now())).await.unwrap().sent, 0);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_keeps_the_mails() {
    let dir = tempfile::tempdir().unwrap();
    let blocked = dir.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let config = files(&blocked.join("mail"));
    let office = Office::with_mails("blocked", &config, &addresses(2)).await;
    let report = send_due(&office.store, &config, &FixedClock(now())).await.unwrap();
    assert_eq!((report.sent, report.failed), (0, 2));
    assert!(report.server.is_some_and(|text| text.contains("目录")));
}
