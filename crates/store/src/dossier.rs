//! Everything known of one project: its current sheets, decoded.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::sheet::{Body, Project, Who};
use model::{AccountNo, Dossier, Month, PersonKey, ProjectCode, Sheet, SheetHead, Table};

use crate::db::{boxed, micros, time};
use crate::encode::decode;
use crate::error::query;
use crate::sheets::{COUNTY, name_key};
use crate::{Store, StoreError};

const CODES_NOW: &str =
    "select distinct project_code from placement where dataset = 'project' and is_current and project_code <> '' order by project_code";
const CODES_THEN: &str = "select distinct project_code from placement where dataset = 'project' and received_at <= $1 and project_code <> '' order by project_code";
const SHEETS_NOW: &str = "select p.project_code, s.source, s.received_at, s.file, s.worksheet, b.body from placement p \
     join sheet s on s.sheet_id = p.sheet_id join sheet_body b on b.hash = s.hash \
     where p.is_current and (p.project_code = $1 or (p.project_code = '' and p.dataset = 'lead')) \
     order by p.dataset, p.month, p.part, p.received_at, p.uploaded_on, p.rank";
const SHEETS_THEN: &str = "select p.project_code, s.source, s.received_at, s.file, s.worksheet, b.body \
     from (select project_code, dataset, month, part, sheet_id, received_at, uploaded_on, rank, \
     row_number() over (partition by project_code, dataset, month, part \
     order by received_at desc, uploaded_on desc, rank desc, sheet_id desc) as place \
     from placement where received_at <= $2 and (project_code = $1 or (project_code = '' and dataset = 'lead'))) p \
     join sheet s on s.sheet_id = p.sheet_id join sheet_body b on b.hash = s.hash where p.place = 1 \
     order by p.dataset, p.month, p.part, p.received_at, p.uploaded_on, p.rank";
const SHARED: &str = "select distinct a.account_no from account_ref a \
     join account_ref b on b.account_no = a.account_no and b.project_code <> a.project_code \
     where a.project_code = $1 order by a.account_no";

type SheetRow = (String, String, i64, String, String, Vec<u8>);

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
    pub async fn load_dossier(&self, code: &ProjectCode, known_at: Option<DateTime<Utc>>) -> Result<Option<Dossier>, StoreError> {
        boxed(self.load_dossier_now(code, known_at)).await
    }

    async fn load_dossier_now(&self, code: &ProjectCode, known_at: Option<DateTime<Utc>>) -> Result<Option<Dossier>, StoreError> {
        let what = "读取项目的表";
        let rows: Vec<SheetRow> = match known_at {
            None => on_either!(self, |pool| sqlx::query_as(SHEETS_NOW).bind(code.as_str()).fetch_all(pool).await).map_err(query(what))?,
            Some(at) => on_either!(self, |pool| sqlx::query_as(SHEETS_THEN).bind(code.as_str()).bind(micros(at)).fetch_all(pool).await)
                .map_err(query(what))?,
        };
        let mut filling = Filling::default();
        for row in rows {
            filling.take(row)?;
        }
        let Some(mut dossier) = filling.finish() else { return Ok(None) };
        let shared: Vec<String> =
            on_either!(self, |pool| sqlx::query_scalar(SHARED).bind(code.as_str()).fetch_all(pool).await).map_err(query("读取账户对照"))?;
        dossier.shared_accounts = shared.iter().filter_map(|account| AccountNo::parse(account)).collect();
        dossier.identified = self.identifications(code, known_at).await?;
        dossier.elsewhere = boxed(self.elsewhere(&dossier, known_at)).await?;
        dossier.persons = self.person_labels(&persons(&dossier)).await?;
        Ok(Some(dossier))
    }
}

/// A dossier whose project row may still be to come.
#[derive(Default)]
struct Filling {
    newest: Option<(DateTime<Utc>, Project)>,
    sources: BTreeSet<String>,
    tables: Vec<Raw>,
}

/// A sheet whose lines have not found their list yet.
struct Raw {
    /// Not about one project: its lines are chosen once the contractor is known.
    county: bool,
    source: String,
    received_at: DateTime<Utc>,
    month: Option<Month>,
    part: String,
    head: SheetHead,
    body: Body,
}

impl Filling {
    fn take(&mut self, row: SheetRow) -> Result<(), StoreError> {
        let (code, source, received_at, file, worksheet, body) = row;
        let Sheet { month, part, head, body, .. } = decode(&body)?;
        let head = SheetHead { file, worksheet, ..head };
        let received_at = time(received_at)?;
        if let Body::Project(mut lines) = body {
            if code != COUNTY
                && let Some(project) = lines.pop()
            {
                self.sources.insert(source);
                if self.newest.as_ref().is_none_or(|(at, _)| *at <= received_at) {
                    self.newest = Some((received_at, project));
                }
            }
            return Ok(());
        }
        self.tables.push(Raw { county: code == COUNTY, source, received_at, month, part, head, body });
        Ok(())
    }

    fn finish(self) -> Option<Dossier> {
        let (_, project) = self.newest?;
        let contractor = project.contractor_name.as_deref().map(name_key).unwrap_or_default();
        let mut dossier = Dossier::new(project);
        dossier.sources = self.sources.into_iter().collect();
        for Raw { county, source, received_at, month, part, head, body } in self.tables {
            macro_rules! put {
                ($list:ident, $lines:expr) => {
                    dossier.$list.push(Table { source, received_at, month, part, head, lines: $lines })
                };
            }
            match body {
                // Taken before.
                Body::Project(_) => {}
                Body::Contractor(lines) => put!(contractors, lines),
                Body::Team(lines) => put!(teams, lines),
                Body::Deposit(lines) => put!(deposits, lines),
                Body::Account(lines) => put!(accounts, lines),
                Body::Ledger(lines) => put!(ledgers, lines),
                Body::Roster(lines) => put!(rosters, lines),
                Body::Contract(lines) => put!(contracts, lines),
                Body::Attendance(lines) => put!(attendance, lines),
                Body::Payroll(lines) => put!(payrolls, lines),
                Body::Payout(lines) => put!(payouts, lines),
                Body::Board(lines) => put!(boards, lines),
                Body::WorkerSettlement(lines) => put!(worker_settlements, lines),
                Body::ProcessSettlement(lines) => put!(process_settlements, lines),
                Body::Inspection(lines) => put!(inspections, lines),
                Body::Lead(mut lines) => {
                    if county {
                        lines.retain(|lead| lead.company.as_deref().map(name_key).is_some_and(|name| name == contractor));
                    }
                    if !county || !lines.is_empty() {
                        put!(leads, lines);
                    }
                }
            }
        }
        Some(dossier)
    }
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
