//! The maildir into which the mail server delivers.

use std::path::PathBuf;

use serde_json::Value;

/// One delivered mail.
#[derive(Debug, Clone)]
pub struct Mail {
    pub message_id: String,
    pub recipient: String,
    pub raw: String,
}

/// How to reach the mail server of `tests/run`, and what it delivered.
pub struct Mailbox {
    settings: Value,
}

impl Mailbox {
    pub fn open() -> Self {
        let text = std::env::var("ANXIN_TEST_SMTP").expect("ANXIN_TEST_SMTP: run tests/run, or tests/servers/smtp.sh start DIR");
        Self { settings: serde_json::from_str(&text).expect("a JSON object") }
    }

    fn text(&self, key: &str) -> &str {
        self.settings[key].as_str().expect(key)
    }

    /// Table `[mail]` for this server.
    pub fn table(&self) -> toml::Table {
        let mut table = toml::Table::new();
        let mut set = |key: &str, value: toml::Value| table.insert(key.to_owned(), value);
        set("kind", "smtp".into());
        set("from", "测试县人社局 <anxin@county.example>".into());
        set("relay", self.text("host").into());
        set("port", self.settings["port"].as_i64().expect("port").into());
        set("tls", "starttls".into());
        set("user", self.text("user").into());
        set("password_file", self.text("password_file").into());
        set("ca_file", self.text("ca_file").into());
        table
    }

    pub fn tls_port(&self) -> i64 {
        self.settings["tls_port"].as_i64().expect("tls_port")
    }

    /// What was delivered to addresses with this mark in them, in the order of the file names.
    pub fn delivered(&self, mark: &str) -> Vec<Mail> {
        let new = PathBuf::from(self.text("maildir")).join("new");
        let Ok(entries) = std::fs::read_dir(&new) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let raws = paths.iter().filter_map(|path| std::fs::read(path).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        raws.map(Mail::parse).filter(|mail| mail.recipient.contains(mark)).collect()
    }
}

impl Mail {
    pub fn parse(raw: String) -> Self {
        let header = |name: &str| {
            let head = raw.split("\n\n").next().unwrap_or_default().split("\r\n\r\n").next().unwrap_or_default();
            let lower = format!("{}:", name.to_lowercase());
            let mut lines = head.lines().skip_while(|line| !line.to_lowercase().starts_with(&lower));
            let first = lines.next().map(|line| line[lower.len()..].trim().to_owned()).unwrap_or_default();
            lines.take_while(|line| line.starts_with([' ', '\t'])).fold(first, |text, line| text + line.trim())
        };
        Self { message_id: header("Message-ID"), recipient: header("To"), raw }
    }
}
