//! Sending: the real server, and servers that are down, refuse or keep silent.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Answer, County, Database, Mail, Mailbox, Manner, Relay, account, project};

const CODE: &str = "99999920240101001";

/// A county with one project without account: one letter, one mail to the inspector.
fn one_letter(county: County) -> County {
    let inbox = county.data_dir().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    project(CODE, "测试县安置房一期").write_csv(&inbox, "项目.csv");
    let other = "99999920240101002";
    account(other, "2024-02-05").write_csv(&inbox, "专户.csv");
    project(other, "测试县学校").write_csv(&inbox, "项目二.csv");
    county
}

#[track_caller]
fn round(county: &County) -> Answer {
    let answer = county.anxin(&["once"]);
    assert!(matches!(answer.status, Some(0)), "{}", answer.said());
    answer
}

/// Waits until the server has delivered as many mails.
fn delivered(county: &County, count: usize) -> Vec<Mail> {
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    loop {
        let mails = Mailbox::open().delivered(&county.mark);
        if mails.len() >= count {
            return mails;
        }
        assert!(std::time::Instant::now() < deadline, "{} of {count} mails were delivered", mails.len());
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
}

fn ids(mails: &[Value]) -> BTreeSet<String> {
    mails.iter().map(|mail| mail["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned()).collect()
}

fn arrived_ids(mails: &[Mail]) -> BTreeSet<String> {
    mails.iter().map(|mail| mail.message_id.trim_matches(['<', '>']).to_owned()).collect()
}

#[test]
fn the_mail_server_gets_each_letter_with_pdf_and_evidence_once() {
    for database in Database::BOTH {
        let county = one_letter(County::with_mail_server(database));
        round(&county);
        let outbox = county.outbox();
        assert!(!outbox.is_empty() && outbox.iter().all(|mail| mail["status"] == "sent"), "{outbox:?}");
        let mails = delivered(&county, outbox.len());
        assert_eq!(arrived_ids(&mails), ids(&outbox));
        for mail in &mails {
            for part in ["application/pdf", "spreadsheetml", "text/plain", "text/html"] {
                assert!(mail.raw.contains(part), "{part} is missing");
            }
        }
        round(&county);
        assert_eq!(county.outbox(), outbox);
        assert_eq!(delivered(&county, outbox.len()).len(), outbox.len());
    }
}

#[test]
fn a_connection_encrypted_from_the_start_works_too() {
    let county = one_letter(County::with_mail_server(Database::Sqlite));
    county.set_mail("tls", "tls");
    county.set_mail("port", Mailbox::open().tls_port());
    round(&county);
    assert!(county.outbox().iter().all(|mail| mail["status"] == "sent"), "{:?}", county.outbox());
}

/// Sends against a bad server, then against the good one after the waiting time.
fn recovers(prepare: impl FnOnce(&County), said: &[&str]) {
    let county = one_letter(County::with_mail_server(Database::Sqlite));
    let good = Mailbox::open().table();
    prepare(&county);
    let answer = round(&county);
    assert!(answer.said().contains("未发出"), "{}", answer.said());
    let failed = county.outbox();
    assert!(!failed.is_empty());
    for mail in &failed {
        assert_eq!(mail["status"], "failed", "{mail}");
        let error = mail["last_error"].as_str().unwrap();
        assert!(said.iter().any(|part| error.contains(part)), "{error}");
        assert!(error.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "not in Chinese: {error}");
    }
    county.configure(|config| {
        config.insert("mail".to_owned(), good.into());
    });
    county.anxin(&["outbox", "retry"]).done();
    round(&county);
    let sent = county.outbox();
    assert!(sent.iter().all(|mail| mail["status"] == "sent"), "{sent:?}");
    assert_eq!(ids(&sent), ids(&failed));
    assert_eq!(arrived_ids(&delivered(&county, sent.len())), ids(&sent));
}

#[test]
fn mails_wait_while_the_server_is_down() {
    recovers(|county| county.set_mail("port", i64::from(Relay::nobody())), &["连"]);
}

#[test]
fn mails_wait_while_the_server_refuses_the_login() {
    recovers(
        |county| {
            let file = county.desk().join("wrong-password");
            std::fs::write(&file, "wrong\n").unwrap();
            std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            county.set_mail("password_file", file.to_str().unwrap());
        },
        &["登录", "口令", "密码", "拒"],
    );
}

#[test]
fn mails_wait_while_the_server_refuses_the_recipient() {
    let relay = Relay::start(Manner::Refusing);
    recovers(move |county| plain(county, relay.port), &["拒", "收件", "550"]);
}

#[test]
fn mails_wait_while_the_server_says_nothing() {
    let relay = Relay::start(Manner::Silent);
    recovers(
        move |county| {
            plain(county, relay.port);
            county.set_mail("timeout_s", 1);
        },
        &["超时", "没有应答", "应答", "秒"],
    );
}

/// Points the county to an unencrypted server on this machine.
fn plain(county: &County, port: u16) {
    county.configure(|config| {
        let mail = config["mail"].as_table_mut().unwrap();
        for key in ["user", "password_file", "ca_file"] {
            mail.remove(key);
        }
        mail.insert("relay".to_owned(), "127.0.0.1".into());
        mail.insert("port".to_owned(), i64::from(port).into());
        mail.insert("tls".to_owned(), "none".into());
    });
}

#[test]
fn a_server_with_a_certificate_nobody_vouches_for_gets_no_mail() {
    let county = one_letter(County::with_mail_server(Database::Sqlite));
    county.configure(|config| {
        config["mail"].as_table_mut().unwrap().remove("ca_file");
    });
    round(&county);
    assert!(county.outbox().iter().all(|mail| mail["status"] == "failed"), "{:?}", county.outbox());
    assert!(Mailbox::open().delivered(&county.mark).is_empty());
}

#[test]
fn without_a_server_each_mail_becomes_a_file() {
    let county = one_letter(County::new(Database::Sqlite));
    round(&county);
    let outbox = county.outbox();
    let mut files = Vec::new();
    let mut folders = vec![county.data_dir()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "eml") {
                files.push(Mail::parse(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()));
            }
        }
    }
    assert!(!outbox.is_empty());
    assert_eq!(arrived_ids(&files), ids(&outbox));
    assert_eq!(files.len(), outbox.len());
}
