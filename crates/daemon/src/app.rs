//! Wiring: configuration, clock, data key and store, opened once per command.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use model::{Clock, Coverage, Date};
use notifier::Typist;
use store::{Store, Vault};

use crate::config::Config;

/// What every job and command works with.
pub struct App {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub data_dir: PathBuf,
    pub store: Store,
}

impl App {
    /// Opens the data directory and the store; shows a new data key once.
    pub async fn open(config: Config, clock: Arc<dyn Clock>, data_dir: PathBuf) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&data_dir).with_context(|| {
            format!("建不了数据目录 {}；请检查上级目录是否存在、是否可写，或用 --data-dir 换一个目录", data_dir.display())
        })?;
        let (vault, created) = Vault::open_or_create(&data_dir)?;
        if created {
            announce_key(&vault, &data_dir);
        }
        let url = store_url(&config, &data_dir)?;
        let store = Store::connect(&url, &data_dir, Arc::new(vault)).await?;
        Ok(Self { config, clock, data_dir, store })
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The civil date in the county's zone.
    pub fn today(&self) -> Date {
        self.day_of(self.now())
    }

    pub fn day_of(&self, at: DateTime<Utc>) -> Date {
        at.with_timezone(&self.config.zone).date_naive()
    }

    /// What was delivered, as known at a moment. A gateway the configuration no longer names is not awaited.
    pub async fn coverage(&self, known_at: Option<DateTime<Utc>>) -> anyhow::Result<Coverage> {
        let mut coverage = self.store.coverage(known_at).await?;
        coverage.asked.retain(|asked| self.config.file.platform.iter().any(|platform| platform.source == asked.source));
        Ok(coverage)
    }

    /// Loads the fonts; takes a while, so only commands that write letters call it.
    pub fn typist(&self) -> anyhow::Result<Typist> {
        Ok(Typist::new(self.config.file.office.clone(), &self.config.file.font_dirs)?)
    }

    /// Where copies of reports for people go.
    pub fn reports_dir(&self) -> PathBuf {
        self.data_dir.join("reports")
    }
}

fn announce_key(vault: &Vault, data_dir: &std::path::Path) {
    eprintln!("已生成数据密钥：{}", data_dir.join("data.key").display());
    eprintln!("    {}", vault.key_text());
    eprintln!(
        "请现在就抄录或复制一份，放在这台服务器以外的安全处。没有它，已存的身份证号、银行卡号、原始文件和文书都无法读出。此密钥不再显示。"
    );
}

/// `sqlite` without path means the data directory's own file.
fn store_url(config: &Config, data_dir: &std::path::Path) -> anyhow::Result<String> {
    let settings = &config.file.store;
    let given = match (&settings.url, &settings.url_file) {
        (Some(url), _) => Some(url.clone()),
        (None, Some(path)) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("读不了 [store] url_file 指定的文件 {}；请检查路径和权限", path.display()))?
                .trim()
                .to_owned(),
        ),
        (None, None) => None,
    };
    Ok(match given.as_deref() {
        None | Some("sqlite") => format!("sqlite:{}", data_dir.join("anxin.sqlite").display()),
        Some(url) => url.to_owned(),
    })
}
