//! All units of one project, as tables ready for import.

use std::collections::BTreeMap;

use model::{Dataset, Date, Month, ProjectCode};
use platform::{Method, Record, decrypt, method};
use serde_json::{Value, json};
use store::Pull;

use super::client::Endpoint;
use super::config::Access;
use super::fault::{Class, Fault};
use super::keep::Keep;
use super::plan::Plan;
use super::report::NotPulled;
use super::rows::{Known, Table, table};
use super::unit::{Ask, Row, Unit};
use crate::hash::hex;
use crate::import::Bytes;

/// The most bytes of one unit, far above a month of the largest site.
const MOST_BYTES: u64 = 128 << 20;
/// After so many failures of the line in a row the project is left for the next round.
const GIVE_UP_AFTER: u32 = 3;

pub(super) struct Harvest {
    pub(super) project: ProjectCode,
    pub(super) tables: Vec<Bytes>,
    pub(super) complete: Vec<Pull>,
    pub(super) rows: u64,
    pub(super) not_pulled: Vec<NotPulled>,
    pub(super) notes: Vec<NotPulled>,
}

struct Puller<'e> {
    endpoint: &'e Endpoint,
    plan: &'e Plan,
    keep: &'e Keep,
    access: &'e Access,
    /// Names that rows of people lack on this wire.
    known: Known,
    done: Harvest,
    /// The gateway refuses the project as a whole, or answers nothing for it.
    given_up: Option<Fault>,
    /// Failures of the line in a row.
    failed: u32,
}

pub(super) async fn pull_project(endpoint: &Endpoint, plan: &Plan, keep: &Keep, access: &Access) -> Harvest {
    let project = access.project.clone();
    let done = Harvest { project, tables: Vec::new(), complete: Vec::new(), rows: 0, not_pulled: Vec::new(), notes: Vec::new() };
    let mut puller = Puller { endpoint, plan, keep, access, known: Known::default(), done, given_up: None, failed: 0 };
    puller.master().await;
    puller.people().await;
    puller.money().await;
    puller.done
}

impl Puller<'_> {
    /// Datasets without months.
    async fn master(&mut self) {
        let own = [if self.endpoint.config.extensions {
            ("ProjectRegister.Query", Dataset::Project)
        } else {
            ("Project.Query", Dataset::Project)
        }];
        let national = [("ProjectSubContractor.Query", Dataset::Contractor)];
        let extended = [
            ("WageAccount.Query", Dataset::Account),
            ("WageDeposit.Query", Dataset::Deposit),
            ("NoticeBoard.Query", Dataset::Board),
            ("WorkerSettlement.Query", Dataset::WorkerSettlement),
        ];
        let extended = if self.endpoint.config.extensions { &extended[..] } else { &[] };
        for (name, dataset) in own.into_iter().chain(national).chain(extended.iter().copied()) {
            if let Some(rows) = self.ask(name, dataset, &[]).await {
                self.put(dataset, None, rows);
            }
        }
    }

    /// Teams and workers first: what follows names people by their numbers alone.
    async fn people(&mut self) {
        let teams = self.ask("Team.Query", Dataset::Team, &[]).await;
        let workers = self.ask("ProjectWorker.Query", Dataset::Roster, &[]).await;
        for row in teams.iter().flat_map(|rows| &rows.0) {
            self.known.team(Record::new(row));
        }
        for row in workers.iter().flat_map(|rows| &rows.0) {
            self.known.worker(Record::new(row), &self.access.secret);
        }
        let complete = teams.is_some() && workers.is_some();
        for (dataset, rows) in [(Dataset::Team, teams), (Dataset::Roster, workers)] {
            if let Some(rows) = rows {
                self.put(dataset, None, rows);
            }
        }
        if !complete {
            // Without teams their sheets would stand beside the ones that are there, instead of in their place.
            let fault = self.given_up.clone().unwrap_or_else(|| Fault::passing("班组或花名册没有取到，依靠它们的数据本轮不取"));
            for dataset in [Dataset::Contract, Dataset::Attendance, Dataset::Payroll] {
                self.fail(dataset, None, &fault);
            }
            return;
        }
        if let Some(rows) = self.ask("WorkerContract.Query", Dataset::Contract, &[]).await {
            self.put(Dataset::Contract, None, rows);
        }
        for month in self.plan.months(&self.access.project, Dataset::Attendance) {
            self.attendance(month).await;
        }
        let payroll = if self.endpoint.config.extensions { "WagePayroll.Query" } else { "Payroll.Query" };
        self.by_month(payroll, Dataset::Payroll).await;
    }

    async fn money(&mut self) {
        if !self.endpoint.config.extensions {
            return;
        }
        self.by_month("WagePayout.Query", Dataset::Payout).await;
        for month in self.plan.months(&self.access.project, Dataset::Ledger) {
            let (from, to) = (month.first_day().to_string(), month.last_day().min(self.plan.today).to_string());
            let days = [("startDate", from.as_str()), ("endDate", to.as_str())];
            if let Some(rows) = self.ask("WageAccountTransaction.Query", Dataset::Ledger, &days).await {
                self.put(Dataset::Ledger, Some(month), rows);
            }
        }
    }

    async fn by_month(&mut self, name: &str, dataset: Dataset) {
        for month in self.plan.months(&self.access.project, dataset) {
            let text = month.to_string();
            if let Some(rows) = self.ask(name, dataset, &[("payMonth", &text)]).await {
                self.put(dataset, Some(month), rows);
            }
        }
    }

    /// A month of attendance from its days: those that may change are asked for, the others kept since they were.
    async fn attendance(&mut self, month: Month) {
        let shelf = self.keep.days(&self.access.project);
        let (mut rows, mut answers, mut asked, mut raw) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for day in super::days(month, self.plan.today) {
            let name = day.to_string();
            let kept = shelf.get(&name).and_then(|bytes| read_day(&bytes)).filter(|(rows, _)| is_readable(rows, self.access));
            let had = kept.as_ref().map_or(0, |(rows, _)| rows.len());
            if let Some((of_day, hash)) = kept.filter(|_| !self.plan.may_change(day)) {
                rows.extend(of_day);
                answers.push(hash);
            } else if let Some(unit) = self.pull("WorkerAttendance.Query", Dataset::Attendance, &[("date", &name)]).await {
                if unit.rows.is_empty() && had > 0 {
                    self.fail(Dataset::Attendance, Some(name), &emptied(had as u64));
                    return;
                }
                raw.extend(unit.raw);
                asked.push((name, unit.rows));
            } else {
                // A month with holes would take the place of one without.
                return;
            }
        }
        if !asked.is_empty() {
            let Some(hash) = self.archive(Dataset::Attendance, &month.to_string(), &raw) else { return };
            for (day, of_day) in asked {
                if let Err(cause) = shelf.put(&day, json!({ "rows": of_day, "answers": hash }).to_string().as_bytes()) {
                    tracing::warn!(error = %cause, "a day of attendance could not be kept");
                }
                rows.extend(of_day);
            }
            answers.push(hash);
        }
        answers.sort_unstable();
        answers.dedup();
        self.put(Dataset::Attendance, Some(month), (rows, answers));
        if !super::days(month, month.last_day()).any(|day| self.plan.may_change(day)) {
            for day in super::days(month, self.plan.today) {
                shelf.remove(&day.to_string());
            }
        }
    }

    /// Rows of a unit with the hash of its archived answers; `None` where it could not be pulled, which is told.
    async fn ask(&mut self, name: &str, dataset: Dataset, query: &[(&str, &str)]) -> Option<(Vec<Row>, Vec<String>)> {
        let unit = self.pull(name, dataset, query).await?;
        let hash = self.archive(dataset, query.first().map_or("", |(_, value)| value), &unit.raw)?;
        Some((unit.rows, vec![hash]))
    }

    /// Rows of the project itself.
    async fn pull(&mut self, name: &str, dataset: Dataset, query: &[(&str, &str)]) -> Option<Unit> {
        let method: &Method = method(name).expect("methods asked for stand in the table");
        let detail = query.first().map(|(_, value)| (*value).to_owned());
        if let Some(fault) = self.given_up.clone() {
            self.fail(dataset, detail, &fault);
            return None;
        }
        let code = self.access.project.to_string();
        let mut keys = vec![("projectCode", code.as_str())];
        keys.extend_from_slice(query);
        let shelf = self.keep.pages(&self.access.project, &format!("{name}@{}", detail.as_deref().unwrap_or("all")));
        let (endpoint, access) = (self.endpoint, self.access);
        let ask = Ask { endpoint, access, method, query: &keys, shelf, most_bytes: MOST_BYTES };
        match ask.pull().await {
            Ok(mut unit) => {
                self.failed = 0;
                if let Some(total) = unit.short_of {
                    let what = format!("平台说有 {total} 行，几次都只取到 {} 行", unit.rows.len());
                    if unit.rows.is_empty() {
                        self.fail(dataset, detail, &Fault::passing(what));
                        return None;
                    }
                    self.note(dataset, detail, what, "请与平台核对");
                }
                unit.rows = self.own_rows(dataset, query, unit.rows)?;
                self.done.rows += unit.rows.len() as u64;
                Some(unit)
            }
            Err(fault) => {
                self.fail(dataset, detail, &fault);
                self.failed += u32::from(fault.class == Class::Passing);
                if fault.class == Class::Credential || self.failed >= GIVE_UP_AFTER {
                    self.given_up = Some(fault);
                }
                None
            }
        }
    }

    fn archive(&mut self, dataset: Dataset, unit: &str, raw: &[u8]) -> Option<String> {
        match self.keep.archive(raw) {
            Ok(hash) => Some(hex(&hash)),
            Err(error) => {
                self.fail(dataset, Some(unit.to_owned()), &Fault::passing(format!("应答没有存进档案（{error}）")));
                None
            }
        }
    }

    /// A gateway that answers with rows of another project, day or month than was asked for is not believed. `None` where no
    /// row is left.
    fn own_rows(&mut self, dataset: Dataset, query: &[(&str, &str)], rows: Vec<Row>) -> Option<Vec<Row>> {
        let project = self.access.project.clone();
        let asked = |row: &Row| {
            let record = Record::new(row);
            let of_project = record.text("projectCode").is_none_or(|code| ProjectCode::parse(&code).as_ref() == Some(&project));
            let same = |key: &str, value: &str| record.text(key).is_none_or(|given| given.starts_with(value));
            of_project && query.iter().filter(|(key, _)| matches!(*key, "date" | "payMonth")).all(|(key, value)| same(key, value))
        };
        let any = !rows.is_empty();
        let (own, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(asked);
        let unit = query.first().map(|(_, value)| (*value).to_owned());
        if !others.is_empty() {
            let what = format!("平台答了别的项目或别的日期、月份的 {} 行，没有收下", others.len());
            if own.is_empty() && any {
                self.fail(dataset, unit, &Fault::lasting(what, "请联系平台维护单位核对 appid 与项目的对应"));
                return None;
            }
            self.note(dataset, unit, what, "请联系平台维护单位核对 appid 与项目的对应");
        }
        Some(own)
    }

    /// A table for the import, and the unit as complete.
    fn put(&mut self, dataset: Dataset, month: Option<Month>, (rows, answers): (Vec<Row>, Vec<String>)) {
        let project = self.access.project.clone();
        let Table { content, lines, numbers, unreadable } = table(dataset, &rows, &self.known, self.access, month);
        let count = lines as u64;
        let before = self.plan.rows_before(&project, dataset, month);
        if count == 0 && before > 0 {
            self.fail(dataset, month.map(|month| month.to_string()), &emptied(before));
            return;
        }
        if unreadable > 0 && unreadable == numbers {
            let fault = Fault::lasting("所有证件号和卡号都解不开，没有采用", "请核对密钥文件中的 secret 是否已经更换");
            self.fail(dataset, month.map(|month| month.to_string()), &fault);
            return;
        }
        if unreadable > 0 {
            let mend = "请核对密钥文件中的 secret；个别行的，请平台重新登记";
            self.note(dataset, month.map(|m| m.to_string()), format!("{unreadable} 个证件号或卡号解不开，按没有号码处理"), mend);
        }
        let unit = Pull { project, dataset, month, pulled_on: Date::default(), rows: count };
        if count > 0 {
            let path = path_of(&self.endpoint.config.source, &unit);
            self.done.tables.push(Bytes { path, content, answers });
        }
        self.done.complete.push(unit);
    }

    fn fail(&mut self, dataset: Dataset, unit: Option<String>, fault: &Fault) {
        let project = Some(self.access.project.clone());
        let (what, mend) = (fault.what.clone(), fault.mend.clone());
        self.done.not_pulled.push(NotPulled { project, dataset: Some(dataset), unit, what, mend });
    }

    fn note(&mut self, dataset: Dataset, unit: Option<String>, what: String, mend: &str) {
        let project = Some(self.access.project.clone());
        self.done.notes.push(NotPulled { project, dataset: Some(dataset), unit, what, mend: mend.to_owned() });
    }
}

/// The name a unit's table is imported under.
pub(super) fn path_of(source: &str, unit: &Pull) -> String {
    let month = unit.month.map(|month| format!("_{month}")).unwrap_or_default();
    format!("{source}/{}/{}{month}.csv", unit.project, unit.dataset.code())
}

/// What was there does not vanish at once: an answer without rows is a fault of the gateway until somebody says otherwise.
fn emptied(before: u64) -> Fault {
    Fault::passing(format!("上次有 {before} 行，这次一行也没有，没有采用"))
}

/// Kept as they came: after the secret was changed they must be asked for anew.
fn is_readable(rows: &[Row], access: &Access) -> bool {
    rows.first().is_none_or(|row| Record::new(row).text("idCardNumber").is_none_or(|sealed| decrypt(&sealed, &access.secret).is_ok()))
}

fn read_day(bytes: &[u8]) -> Option<(Vec<Row>, String)> {
    let kept: BTreeMap<String, Value> = serde_json::from_slice(bytes).ok()?;
    let rows = kept.get("rows")?.as_array()?.iter().filter_map(|row| row.as_object().cloned()).collect();
    Some((rows, kept.get("answers")?.as_str()?.to_owned()))
}
