//! Everything known of one project: its current sheets, decoded.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::sheet::{
    Account, AttendanceLine, Board, Body, ContractLine, Contractor, Deposit, Inspection, Lead, LedgerLine, PayoutLine, PayrollLine,
    ProcessSettlement, Project, RosterLine, Team, Who, WorkerSettlement,
};
use model::{AccountNo, Dossier, PersonKey, ProjectCode, Sheet, SheetHead, Table};
use sqlx::AssertSqlSafe;

use crate::db::{boxed, micros, time};
use crate::encode::decode;
use crate::error::query;
use crate::sheets::{COUNTY, name_key};
use crate::versions::{Moment, Versions, until};
use crate::{Store, StoreError};

const CODES_NOW: &str =
    "select distinct project_code from placement where dataset = 'project' and is_current and project_code <> '' order by project_code";
const CODES_THEN: &str = "select distinct project_code from placement where dataset = 'project' and received_at <= $1 and project_code <> '' order by project_code";
const SHEETS: &str = "select p.project_code, p.dataset, p.month, p.part, p.received_at, p.is_current, \
     s.source, s.received_at, s.file, s.worksheet, b.body from placement p \
     join sheet s on s.sheet_id = p.sheet_id join sheet_body b on b.hash = s.hash \
     where (p.project_code = $1 or (p.project_code = '' and p.dataset = 'lead'))";
const ORDER: &str = " order by p.dataset, p.month, p.part, p.received_at, p.uploaded_on, p.rank, p.sheet_id";
const SHARED: &str = "select distinct a.account_no from account_ref a \
     join account_ref b on b.account_no = a.account_no and b.project_code <> a.project_code \
     where a.project_code = $1 order by a.account_no";

type SheetRow = (String, String, String, String, i64, bool, String, i64, String, String, Vec<u8>);

impl Store {
    /// Codes of all projects with a row of their own, sorted.
    pub async fn project_codes(&self, known_at: Option<DateTime<Utc>>) -> Result<Vec<ProjectCode>, StoreError> {
        let what = "列出项目";
        let codes: Vec<String> = match known_at {
            None => on_either!(self, |pool| sqlx::query_scalar(CODES_NOW).fetch_all(pool).await).map_err(query(what))?,
            Some(at) => {
                on_either!(self, |pool| sqlx::query_scalar(CODES_THEN).bind(micros(at)).fetch_all(pool).await).map_err(query(what))?
            }
        };
        codes.iter().map(|code| ProjectCode::parse(code).ok_or_else(|| StoreError::content("项目编码"))).collect()
    }

    /// `None` when the project has no row of its own. `known_at` hides what was received later.
    ///
    /// County-wide leads are in it as far as they name the project's general contractor.
    pub async fn load_dossier(&self, code: &ProjectCode, known_at: Moment) -> Result<Option<Dossier>, StoreError> {
        Ok(self.load_dossiers(code, &[known_at]).await?.pop().flatten())
    }

    /// The same at each of several moments. What was known at more than one of them is read and decoded once, and shared.
    pub async fn load_dossiers(&self, code: &ProjectCode, moments: &[Moment]) -> Result<Vec<Option<Dossier>>, StoreError> {
        boxed(self.load_dossiers_now(code, moments)).await
    }

    async fn load_dossiers_now(&self, code: &ProjectCode, moments: &[Moment]) -> Result<Vec<Option<Dossier>>, StoreError> {
        let filed = self.versions(code, moments).await?.open(moments, Filed::of)?;
        let mut dossiers: Vec<Option<Dossier>> = (0..moments.len()).map(|moment| fill(filed.at(moment))).collect();
        let mut known: Vec<(Moment, &mut Dossier)> =
            moments.iter().zip(&mut dossiers).filter_map(|(moment, dossier)| Some((*moment, dossier.as_mut()?))).collect();
        if known.is_empty() {
            return Ok(dossiers);
        }
        let shared: Vec<String> =
            on_either!(self, |pool| sqlx::query_scalar(SHARED).bind(code.as_str()).fetch_all(pool).await).map_err(query("读取账户对照"))?;
        let shared: Vec<AccountNo> = shared.iter().filter_map(|account| AccountNo::parse(account)).collect();
        for (_, dossier) in &mut known {
            dossier.shared_accounts.clone_from(&shared);
        }
        self.fill_identified(code, &mut known).await?;
        boxed(self.fill_elsewhere(code, &mut known)).await?;
        let persons: BTreeSet<PersonKey> = known.iter().flat_map(|(_, dossier)| persons(dossier)).collect();
        let labels = Arc::new(self.person_labels(&persons).await?);
        for (_, dossier) in &mut known {
            dossier.persons = Arc::clone(&labels);
        }
        Ok(dossiers)
    }

    async fn versions(&self, code: &ProjectCode, moments: &[Moment]) -> Result<Versions<Arrived>, StoreError> {
        let code = code.as_str();
        let rows: Vec<SheetRow> = match until(moments) {
            None => {
                let now = format!("{SHEETS} and p.is_current{ORDER}");
                on_either!(self, |pool| sqlx::query_as(AssertSqlSafe(now)).bind(code).fetch_all(pool).await)
            }
            Some(until) => {
                let ever = format!("{SHEETS} and (p.is_current or p.received_at <= $2){ORDER}");
                on_either!(self, |pool| sqlx::query_as(AssertSqlSafe(ever)).bind(code).bind(until).fetch_all(pool).await)
            }
        }
        .map_err(query("读取项目的表"))?;
        let mut versions = Versions::new();
        for (code, dataset, month, part, placed, is_current, source, received_at, file, worksheet, body) in rows {
            let arrived = Arrived { county: code == COUNTY, source, received_at, file, worksheet, body };
            versions.push((code, dataset, month, part), placed, is_current, arrived);
        }
        Ok(versions)
    }
}

/// A version of a sheet as it stands in the store.
struct Arrived {
    county: bool,
    source: String,
    received_at: i64,
    file: String,
    worksheet: String,
    body: Vec<u8>,
}

/// The dossier of what was known at one moment.
fn fill<'f>(known: impl Iterator<Item = &'f Filed>) -> Option<Dossier> {
    let known: Vec<&Filed> = known.collect();
    let rows = known.iter().filter_map(|filed| if let Filed::Project(row) = filed { Some(row) } else { None });
    let mut sources = BTreeSet::new();
    let mut newest: Option<&ProjectRow> = None;
    for row in rows {
        sources.insert(row.source.clone());
        if newest.is_none_or(|known| known.received_at <= row.received_at) {
            newest = Some(row);
        }
    }
    let project = newest?.project.clone();
    let contractor = project.contractor_name.as_deref().map(name_key).unwrap_or_default();
    let mut dossier = Dossier::new(project);
    dossier.sources = sources.into_iter().collect();
    for filed in known {
        filed.put(&mut dossier, &contractor);
    }
    Some(dossier)
}

struct ProjectRow {
    source: String,
    received_at: DateTime<Utc>,
    project: Project,
}

/// Declares a sheet as it goes into its list of the dossier.
macro_rules! filed {
    ($($body:ident($line:ident) => $list:ident),*) => {
        enum Filed {
            Project(Box<ProjectRow>),
            /// Not about one project: its lines are chosen once the contractor is known.
            County(Box<Table<Lead>>),
            /// Says nothing of the project.
            Nothing,
            $($body(Arc<Table<$line>>),)*
        }

        impl Filed {
            fn of(arrived: Arrived) -> Result<Self, StoreError> {
                let Arrived { county, source, received_at, file, worksheet, body } = arrived;
                let Sheet { month, part, head, body, .. } = decode(&body)?;
                let (received_at, head) = (time(received_at)?, SheetHead { file, worksheet, ..head });
                Ok(match body {
                    Body::Project(mut lines) => match lines.pop() {
                        Some(project) if !county => Self::Project(Box::new(ProjectRow { source, received_at, project })),
                        _ => Self::Nothing,
                    },
                    Body::Lead(lines) if county => Self::County(Box::new(Table { source, received_at, month, part, head, lines })),
                    $(Body::$body(lines) => Self::$body(Arc::new(Table { source, received_at, month, part, head, lines })),)*
                })
            }

            fn put(&self, dossier: &mut Dossier, contractor: &str) {
                match self {
                    Self::Project(_) | Self::Nothing => {}
                    Self::County(table) => {
                        let ours = |lead: &&Lead| lead.company.as_deref().map(name_key).is_some_and(|name| name == contractor);
                        let lines: Vec<Lead> = table.lines.iter().filter(ours).cloned().collect();
                        if !lines.is_empty() {
                            let Table { source, received_at, month, part, head, lines: _ } = table.as_ref();
                            let (source, part, head) = (source.clone(), part.clone(), head.clone());
                            dossier.leads.push(Arc::new(Table { source, received_at: *received_at, month: *month, part, head, lines }));
                        }
                    }
                    $(Self::$body(table) => dossier.$list.push(Arc::clone(table)),)*
                }
            }
        }
    };
}

filed! {
    Contractor(Contractor) => contractors, Team(Team) => teams, Deposit(Deposit) => deposits, Account(Account) => accounts,
    Ledger(LedgerLine) => ledgers, Roster(RosterLine) => rosters, Contract(ContractLine) => contracts,
    Attendance(AttendanceLine) => attendance, Payroll(PayrollLine) => payrolls, Payout(PayoutLine) => payouts,
    Board(Board) => boards, WorkerSettlement(WorkerSettlement) => worker_settlements,
    ProcessSettlement(ProcessSettlement) => process_settlements, Inspection(Inspection) => inspections, Lead(Lead) => leads
}

/// Everybody named in the sheets, and those under whom cards of theirs stand elsewhere.
fn persons(dossier: &Dossier) -> BTreeSet<PersonKey> {
    let mut persons = BTreeSet::new();
    let mut add = |who: &Who| persons.extend(who.person);
    dossier.rosters.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.contracts.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.attendance.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.payrolls.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.payouts.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.worker_settlements.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    persons.extend(dossier.teams.iter().flat_map(|table| &table.lines).filter_map(|line| line.leader_id));
    persons.extend(dossier.project.wage_officer_id);
    persons.extend(dossier.elsewhere.cards.iter().map(|card| card.person));
    persons.extend(dossier.identified.iter().filter_map(|settled| settled.person));
    persons
}
