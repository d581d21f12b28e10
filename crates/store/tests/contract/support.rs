//! A county of its own for every test, and sheets to put into it.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use model::sheet::{
    Account, AccountStatus, Body, Lead, LedgerLine, PayResult, PayoutLine, PayrollLine, Project, ProjectStatus, RosterLine, Who,
};
use model::{AccountNo, Date, Fen, Field, Month, Place, ProjectCode, Sheet, SheetHead, identifier};
use sqlx::{Connection, Executor, PgConnection};
use store::{NewBatch, NewPerson, PutBatch, Store, Vault};

/// Runs a statement of the contract on both databases.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($county:ident: $type:ty) $body:block)*) => {
        $(
            mod $name {
                use super::*;
                $(#[$doc])*
                async fn holds($county: $type) $body

                #[test]
                fn on_sqlite() {
                    $crate::support::run(Box::pin(async { holds(&$crate::support::County::sqlite().await).await }));
                }

                #[test]
                fn on_postgres() {
                    $crate::support::run(Box::pin(async { holds(&$crate::support::County::postgres().await).await }));
                }
            }
        )*
    };
}
pub(crate) use on_both;

/// One runtime for all kinds of futures: the compiler need not make it anew for every test.
pub fn run(test: Pin<Box<dyn Future<Output = ()> + '_>>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

pub struct County {
    pub store: Store,
    pub url: String,
    pub vault: Arc<Vault>,
    pub dir: tempfile::TempDir,
    database: Option<Database>,
}

/// A database that goes when the test ends.
struct Database {
    server: String,
    name: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("drop database if exists {} with (force)", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Ok(mut admin) = PgConnection::connect(&server).await {
                    let _ = admin.execute(sqlx::AssertSqlSafe(drop)).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

impl County {
    pub async fn sqlite() -> Self {
        Self::sqlite_in(tempfile::tempdir().unwrap()).await
    }

    async fn sqlite_in(dir: tempfile::TempDir) -> Self {
        let url = format!("sqlite:{}", dir.path().join("anxin.db").display());
        Self::open(dir, url, None).await
    }

    pub async fn postgres() -> Self {
        Self::postgres_in(tempfile::tempdir().unwrap()).await
    }

    async fn postgres_in(dir: tempfile::TempDir) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("ANXIN_TEST_POSTGRES").expect("set ANXIN_TEST_POSTGRES to the address of a PostgreSQL server for tests");
        let name = format!("anxin_contract_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&server).await.expect("ANXIN_TEST_POSTGRES answers");
        admin.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        Self::open(dir, url, Some(Database { server, name })).await
    }

    /// An empty county of the same kind, with the same key.
    pub async fn twin(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy(self.dir.path().join("data.key"), dir.path().join("data.key")).unwrap();
        if self.is_postgres() { Self::postgres_in(dir).await } else { Self::sqlite_in(dir).await }
    }

    async fn open(dir: tempfile::TempDir, url: String, database: Option<Database>) -> Self {
        let (vault, _) = Vault::open_or_create(dir.path()).unwrap();
        let vault = Arc::new(vault);
        let store = Store::connect(&url, dir.path(), vault.clone()).await.unwrap();
        Self { store, url, vault, dir, database }
    }

    pub fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// The same data opened a second time, as another process would.
    pub async fn again(&self) -> Store {
        Store::connect(&self.url, self.dir.path(), self.vault.clone()).await.unwrap()
    }

    /// Stores sheets as one received file of their own.
    pub async fn receive(&self, at: &str, sheets: Vec<Sheet>) -> PutBatch {
        self.store.put_batches(vec![self.batch("folder", at, sheets)]).await.unwrap()[0]
    }

    /// A file with these sheets and the people in them; its hash follows from the sheets.
    pub fn batch(&self, source: &str, at: &str, sheets: Vec<Sheet>) -> NewBatch {
        let received_at = moment(at);
        NewBatch {
            source: source.to_owned(),
            file: "inbox/file.csv".to_owned(),
            received_at,
            received_on: received_at.date_naive(),
            sha256: *blake3::hash(format!("{source} {at} {sheets:?}").as_bytes()).as_bytes(),
            mapping: "default".to_owned(),
            reader: 1,
            content: Vec::new(),
            report: serde_json::json!({"rows": 1}),
            sheets,
            persons: (0..9).map(|n| self.person(n)).collect(),
            cards: Vec::new(),
            rejects: Vec::new(),
        }
    }

    pub fn person(&self, n: u32) -> NewPerson {
        let id = identity(n);
        NewPerson { key: self.vault.person_key(&id), masked: identifier::mask(&id), name: format!("工人{n}"), id_number: id }
    }

    pub fn who(&self, n: u32) -> Who {
        let person = Some(self.vault.person_key(&identity(n)));
        Who { person, identity: identifier::IdentityKind::Valid, name: format!("工人{n}"), card: None, row: n + 2 }
    }

    pub fn roster(&self, place: Place, people: &[u32]) -> Sheet {
        let line = |n: &u32| RosterLine {
            who: self.who(*n),
            id_given: Field::Given(()),
            employer: Field::Absent,
            team: Field::Absent,
            phone: Field::Absent,
            trade: Field::Absent,
            role: Field::Absent,
            is_leader: Field::Absent,
            card_given: Field::Absent,
            card_bank: None,
            entry_on: Field::Given(day("2024-03-01")),
            exit_on: Field::Empty,
            on_site: Field::Absent,
            has_contract: Field::Absent,
            has_insurance: Field::Absent,
            trained_on: Field::Absent,
            registered_on: Field::Absent,
        };
        sheet(place, None, "", Body::Roster(people.iter().map(line).collect()))
    }

    pub fn payroll(&self, place: Place, month: &str, part: &str, net: i64) -> Sheet {
        let line = PayrollLine {
            who: self.who(1),
            id_given: Field::Given(()),
            team: None,
            trade: Field::Absent,
            work_unit: Field::Absent,
            days: Field::Absent,
            hours: Field::Absent,
            day_rate: Field::Absent,
            hour_rate: Field::Absent,
            pieces: Field::Absent,
            piece_rate: Field::Absent,
            base: Field::Absent,
            overtime: Field::Absent,
            bonus: Field::Absent,
            gross: Field::Absent,
            advance: Field::Absent,
            deduction: Field::Absent,
            net: Fen(net),
            phone: Field::Absent,
            signed: Field::Absent,
            paid_on: Field::Absent,
            pay_mode: Field::Absent,
            wage_slip: Field::Absent,
            back_pay: Field::Absent,
            back_pay_month: Field::Absent,
            remark: None,
        };
        sheet(place, Some(month), part, Body::Payroll(vec![line]))
    }

    pub fn payout(&self, place: Place, month: &str, amount: i64) -> Sheet {
        let line = PayoutLine {
            who: self.who(1),
            bank: None,
            amount: Fen(amount),
            paid_on: Some(day("2024-04-10")),
            result: PayResult::Success,
            fail_reason: None,
            serial: None,
            remark: None,
            account: None,
        };
        sheet(place, Some(month), "batch-1", Body::Payout(vec![line]))
    }
}

/// An invented identity number with a right check character.
pub fn identity(n: u32) -> String {
    let mut id = format!("9999991990{:02}{:02}{:03}", n % 12 + 1, n / 12 % 28 + 1, n % 1000);
    id.push(char::from(identifier::resident_check(id.as_bytes())));
    id
}

pub fn sheet(place: Place, month: Option<&str>, part: &str, body: Body) -> Sheet {
    let head = SheetHead { file: "inbox/file.csv".to_owned(), worksheet: "表一".to_owned(), ..SheetHead::default() };
    Sheet { place, month: month.map(|month| month.parse::<Month>().unwrap()), part: part.to_owned(), head, body }
}

pub fn project(n: u32, name: &str) -> Sheet {
    let mut line = Project::bare(code(n), name.to_owned(), ProjectStatus::Active);
    line.contractor_name = Some("测试建工（集团）有限公司".to_owned());
    sheet(Place::Code(code(n)), None, "", Body::Project(vec![line]))
}

pub fn accounts(place: Place, numbers: &[&str]) -> Sheet {
    let line = |number: &&str| Account {
        row: 2,
        number: account(number),
        name: "测试专户".to_owned(),
        bank: None,
        opened_on: Field::Absent,
        tripartite: Field::Absent,
        tripartite_on: Field::Absent,
        status: AccountStatus::Normal,
        closed_on: Field::Absent,
        balance: Field::Absent,
        balance_on: Field::Absent,
        total_in: Field::Absent,
        total_out: Field::Absent,
        kind: Field::Absent,
        filed_on: Field::Absent,
        close_notice_from: Field::Absent,
    };
    sheet(place, None, "", Body::Account(numbers.iter().map(line).collect()))
}

pub fn ledger(number: &str, part: &str, project: Option<ProjectCode>) -> Sheet {
    let line = LedgerLine {
        row: 2,
        date: day("2024-04-02"),
        time: None,
        credit: Fen(100),
        debit: Fen(0),
        balance: None,
        counter_name: None,
        counter_account: None,
        text: "人工费".to_owned(),
        serial: None,
        batch_no: None,
        nature: Field::Absent,
        project,
    };
    sheet(Place::Account(account(number)), None, part, Body::Ledger(vec![line]))
}

pub fn leads(place: Place, companies: &[&str]) -> Sheet {
    let line = |company: &&str| Lead {
        row: 2,
        number: "L-1".to_owned(),
        received_on: None,
        source: None,
        company: Some((*company).to_owned()),
        workers: Field::Absent,
        amount: Field::Absent,
        state: None,
        closed_on: Field::Absent,
        result: Field::Absent,
    };
    sheet(place, None, "", Body::Lead(companies.iter().map(line).collect()))
}

pub fn code(n: u32) -> ProjectCode {
    ProjectCode::parse(&format!("99999920240101{n:03}")).unwrap()
}

pub fn at(n: u32) -> Place {
    Place::Code(code(n))
}

pub fn account(number: &str) -> AccountNo {
    AccountNo::parse(number).unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Files below a folder.
pub fn files_below(dir: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// First, second and third moment of a test.
pub const T1: &str = "2024-04-01T02:00:00Z";
pub const T2: &str = "2024-04-02T02:00:00Z";
pub const T3: &str = "2024-04-03T02:00:00Z";
