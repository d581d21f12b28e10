//! One county: configuration, data directory, clock, database, and the commands run against them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use super::postgres::FreshDatabase;
use super::{Answer, Mailbox, Running, binary, repository};

/// The moment the synthetic county is looked at.
const NOW: &str = "2024-12-20T09:00:00+08:00";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct County {
    home: TempDir,
    database: Option<FreshDatabase>,
    now: RefCell<String>,
    /// Part of every mail address of this county: the mail server is shared.
    pub mark: String,
}

impl County {
    /// An empty county at [`NOW`] whose mails become files.
    pub fn new(database: Database) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let database = (database == Database::Postgres).then(FreshDatabase::create);
        let mark = format!("c{}x{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let county = Self { home, database, now: RefCell::new(NOW.to_owned()), mark };
        for part in ["rules", "calendar"] {
            let to = county.config_dir().join(part);
            std::fs::create_dir_all(&to).expect("a folder can be made");
            for entry in std::fs::read_dir(repository().join("config").join(part)).expect("config/ is in the repository").flatten() {
                std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a file can be copied");
            }
        }
        county.write_config(&county.first_config());
        county
    }

    /// As [`County::new`], but mails go to the mail server of `tests/run`.
    pub fn with_mail_server(database: Database) -> Self {
        let county = Self::new(database);
        county.configure(|config| {
            config.insert("mail".to_owned(), Mailbox::open().table().into());
        });
        county
    }

    fn first_config(&self) -> toml::Table {
        let text = format!(
            r#"
            [office]
            name = "测试县人力资源和社会保障局"
            contact = "劳动保障监察大队"
            phone = "10000000000"
            address = "测试县测试路 1 号"

            [mail]
            from = "测试县人社局 <anxin@county.example>"
            kind = "files"

            [[officer]]
            code = "C1"
            name = "测试监察员一"
            email = "officer-{mark}@county.example"

            [routing]
            default = "C1"

            [clock]
            simulated = true

            [[folder]]
            source = "folder"
            dir = "inbox"
            "#,
            mark = self.mark
        );
        let mut config: toml::Table = text.parse().expect("the test configuration is TOML");
        if let Some(database) = &self.database {
            let file = self.home.path().join("database-url");
            std::fs::write(&file, &database.url).expect("a file can be written");
            let mut store = toml::Table::new();
            store.insert("url_file".to_owned(), file.display().to_string().into());
            config.insert("store".to_owned(), store.into());
        }
        config
    }

    pub fn config_dir(&self) -> PathBuf {
        self.home.path().join("config")
    }

    pub fn config_file(&self) -> PathBuf {
        self.config_dir().join("anxin.toml")
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("var")
    }

    /// A folder for files of the test.
    pub fn desk(&self) -> PathBuf {
        let path = self.home.path().join("desk");
        std::fs::create_dir_all(&path).expect("a folder can be made");
        path
    }

    fn write_config(&self, config: &toml::Table) {
        std::fs::write(self.config_file(), config.to_string()).expect("the configuration can be written");
    }

    /// Changes the configuration.
    pub fn configure(&self, change: impl FnOnce(&mut toml::Table)) {
        let text = std::fs::read_to_string(self.config_file()).expect("the configuration is there");
        let mut config: toml::Table = text.parse().expect("the test configuration is TOML");
        change(&mut config);
        self.write_config(&config);
    }

    /// Sets one key of table `[mail]`.
    pub fn set_mail(&self, key: &str, value: impl Into<toml::Value>) {
        self.configure(|config| {
            config["mail"].as_table_mut().expect("[mail]").insert(key.to_owned(), value.into());
        });
    }

    /// Pulls from a gateway as source `folder`, which is then what the files of a county come from too. `more` is TOML.
    pub fn pull_from(&self, address: &str, credentials: &Path, more: &str) {
        let text = format!(
            "source = \"folder\"\nurl = \"{address}\"\nextensions = true\ncredentials = \"{}\"\nconcurrency = 4\ncalls_per_second = 0\n",
            credentials.display()
        );
        let mut platform: toml::Table = text.parse().expect("TOML");
        platform.extend(more.parse::<toml::Table>().expect("TOML"));
        self.configure(|config| {
            config.remove("folder");
            config.insert("platform".to_owned(), vec![toml::Value::from(platform)].into());
        });
    }

    /// The report of one pull.
    #[track_caller]
    pub fn pull(&self) -> Value {
        self.anxin(&["--format", "json", "once", "pull"]).done().json().remove(0)["report"]["sources"][0].clone()
    }

    /// Sets the clock of the commands that follow.
    pub fn at(&self, now: &str) {
        now.clone_into(&mut self.now.borrow_mut());
    }

    /// The binary with this county's configuration, data and clock.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.arg("--config").arg(self.config_file()).arg("--data-dir").arg(self.data_dir());
        command.args(["--now", &self.now.borrow()]).args(words).stdin(Stdio::null()).env_remove("RUST_LOG");
        command
    }

    pub fn anxin(&self, words: &[&str]) -> Answer {
        Answer::of(self.command(words).output().expect("the binary starts"))
    }

    pub fn start(&self, words: &[&str]) -> Running {
        Running::start(&mut self.command(words))
    }

    /// Imports paths; rejected rows are no failure here.
    #[track_caller]
    pub fn import(&self, paths: &[&Path]) -> Vec<Value> {
        let answer = self.import_answer(paths);
        assert!(matches!(answer.status, Some(0 | 3)), "{}", answer.said());
        answer.json()
    }

    pub fn import_answer(&self, paths: &[&Path]) -> Answer {
        let mut words = vec!["--format", "json", "import"];
        words.extend(paths.iter().map(|path| path.to_str().expect("paths of tests are UTF-8")));
        self.anxin(&words)
    }

    /// Puts all files of a folder where the daemon looks.
    pub fn deliver(&self, inbox: &Path) {
        let link = self.data_dir().join("inbox");
        std::fs::create_dir_all(self.data_dir()).expect("a folder can be made");
        std::os::unix::fs::symlink(inbox, link).expect("a link can be made");
    }

    /// All findings of a day, clear ones too, as printed.
    #[track_caller]
    pub fn check(&self, as_of: &str) -> Vec<Value> {
        self.anxin(&["--format", "json", "check", "--all", "--as-of", as_of]).done().json()
    }

    #[track_caller]
    pub fn breaches(&self, as_of: &str) -> Vec<Value> {
        self.check(as_of).into_iter().filter(|finding| finding["outcome"] == "breach").collect()
    }

    #[track_caller]
    pub fn round(&self) -> Answer {
        self.anxin(&["once"]).done()
    }

    #[track_caller]
    pub fn documents(&self) -> Vec<Value> {
        self.anxin(&["--format", "json", "documents", "list"]).done().json()
    }

    #[track_caller]
    pub fn outbox(&self) -> Vec<Value> {
        self.anxin(&["--format", "json", "outbox", "list"]).done().json()
    }
}
