//! Findings of runs: what is open, since when, and when it was last seen.

use std::collections::BTreeMap;

use model::{Date, Finding, FindingKey, Outcome};

use crate::db::{Tx, boxed, day, json, text};
use crate::error::query;
use crate::{SavedFindings, Store, StoreError, StoredFinding};

const OPEN: &str = "select finding_key, outcome, content, first_seen, first_breach, last_seen, cleared_on from finding \
     where cleared_on is null order by finding_key";
const FIND: &str =
    "select finding_key, outcome, content, first_seen, first_breach, last_seen, cleared_on from finding where finding_key = $1";
const CLEAR_DAYS: &str = "select finding_key, clear_days, clear_seen from finding where cleared_on is null and clear_days > 0";
const CLEAR: &str = "update finding set cleared_on = $2, clear_days = $3, clear_seen = $4 where finding_key = $1 and cleared_on is null";

type Row = (String, String, String, String, Option<String>, String, Option<String>);

/// A finding as it will stand.
struct New<'a> {
    key: String,
    finding: &'a Finding,
    content: String,
    first_seen: String,
    first_breach: Option<String>,
    last_seen: String,
}

impl Store {
    /// Takes the breaches and unknowns of a run: those not open before are opened, open ones that are missing on `clear_days` days in
    /// a row are cleared (rules.md §2.8, "Flapping data"). A clear finding among them counts as missing. The same run saved again
    /// changes nothing.
    pub async fn save_findings(&self, on: Date, findings: &[Finding], clear_days: u32) -> Result<SavedFindings, StoreError> {
        boxed(self.save_findings_now(on, findings, clear_days)).await
    }

    async fn save_findings_now(&self, on: Date, findings: &[Finding], clear_days: u32) -> Result<SavedFindings, StoreError> {
        let mut tx = self.begin().await?;
        let rows: Vec<Row> = in_tx!(&mut tx, |conn| sqlx::query_as(OPEN).fetch_all(conn).await).map_err(query("读取问题"))?;
        let mut open: BTreeMap<String, Row> = rows.into_iter().map(|row| (row.0.clone(), row)).collect();
        let mut saved = SavedFindings::default();
        let mut new: BTreeMap<String, New<'_>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.outcome != Outcome::Clear) {
            let key = text(&finding.key().to_string());
            if new.contains_key(&key) {
                continue;
            }
            let before = open.remove(&key);
            saved.opened += u32::from(before.is_none());
            saved.still += u32::from(before.is_some());
            new.insert(key.clone(), stand(key, finding, before.as_ref(), on)?);
        }
        let seen: Vec<(String, i64, Option<String>)> =
            in_tx!(&mut tx, |conn| sqlx::query_as(CLEAR_DAYS).fetch_all(conn).await).map_err(query("读取问题"))?;
        let seen: BTreeMap<String, (i64, Option<String>)> = seen.into_iter().map(|(key, days, last)| (key, (days, last))).collect();
        let today = on.to_string();
        for key in open.keys() {
            let (days, last) = seen.get(key).cloned().unwrap_or_default();
            // A second look at the same day, or at an earlier one, is no further day.
            let is_new = last.is_none_or(|last| last < today);
            let days = days + i64::from(is_new);
            let is_cleared = days >= i64::from(clear_days);
            saved.cleared += u32::from(is_cleared);
            saved.clearing += u32::from(!is_cleared);
            if is_new || is_cleared {
                let cleared_on = is_cleared.then(|| today.clone());
                in_tx!(&mut tx, |conn| sqlx::query(CLEAR)
                    .bind(key)
                    .bind(&cleared_on)
                    .bind(days)
                    .bind(&today)
                    .execute(conn)
                    .await
                    .map(|_| ()))
                .map_err(query("了结问题"))?;
            }
        }
        write(&mut tx, new.into_values().collect()).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Breaches and unknowns of the last run, and those not yet clear on enough days to be closed; in the order of their keys.
    pub async fn open_findings(&self) -> Result<Vec<StoredFinding>, StoreError> {
        let rows: Vec<Row> = on_either!(self, |pool| sqlx::query_as(OPEN).fetch_all(pool).await).map_err(query("读取问题"))?;
        rows.into_iter().map(stored).collect()
    }

    /// Open or cleared.
    pub async fn find_finding(&self, key: &FindingKey) -> Result<Option<StoredFinding>, StoreError> {
        let row: Option<Row> = on_either!(self, |pool| sqlx::query_as(FIND).bind(text(&key.to_string())).fetch_optional(pool).await)
            .map_err(query("读取问题"))?;
        row.map(stored).transpose()
    }
}

fn stand<'a>(key: String, finding: &'a Finding, before: Option<&Row>, on: Date) -> Result<New<'a>, StoreError> {
    let today = on.to_string();
    let first_breach = before.and_then(|row| row.4.clone()).or_else(|| (finding.outcome == Outcome::Breach).then(|| today.clone()));
    Ok(New {
        key,
        finding,
        content: json(finding)?,
        first_seen: before.map_or_else(|| today.clone(), |row| row.3.clone()),
        first_breach,
        last_seen: before.map_or_else(|| today.clone(), |row| row.5.clone().max(today.clone())),
    })
}

async fn write(tx: &mut Tx, rows: Vec<New<'_>>) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "写入问题",
        "insert into finding (finding_key, rule, project_code, period, subject, outcome, severity, content, first_seen, first_breach, \
         last_seen, cleared_on) ",
        " on conflict (finding_key) do update set outcome = excluded.outcome, severity = excluded.severity, content = excluded.content, \
         first_seen = excluded.first_seen, first_breach = excluded.first_breach, last_seen = excluded.last_seen, cleared_on = null, clear_days = 0, clear_seen = null",
        rows,
        |bind, row| {
            let finding = row.finding;
            bind.push_bind(&row.key)
                .push_bind(&finding.rule)
                .push_bind(finding.project.as_str())
                .push_bind(finding.period.map(|month| month.to_string()).unwrap_or_default())
                .push_bind(finding.subject.as_deref().map(text))
                .push_bind(outcome_code(finding.outcome))
                .push_bind(finding.severity.map(severity_code))
                .push_bind(&row.content)
                .push_bind(&row.first_seen)
                .push_bind(&row.first_breach)
                .push_bind(&row.last_seen)
                .push_bind(None::<String>)
        }
    );
    Ok(())
}

fn stored(row: Row) -> Result<StoredFinding, StoreError> {
    let (_, _, content, first_seen, first_breach, last_seen, cleared_on) = row;
    let finding: Finding = serde_json::from_str(&content).map_err(|_| StoreError::content("问题"))?;
    // An unknown that turned into a breach is a breach since that day.
    let first = first_breach.filter(|_| finding.outcome == Outcome::Breach).unwrap_or(first_seen);
    let cleared_on = cleared_on.as_deref().map(day).transpose()?;
    Ok(StoredFinding { finding, first_seen: day(&first)?, last_seen: day(&last_seen)?, cleared_on })
}

fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Breach => "breach",
        Outcome::Clear => "clear",
        Outcome::Unknown => "unknown",
    }
}

fn severity_code(severity: model::Severity) -> &'static str {
    match severity {
        model::Severity::Notice => "notice",
        model::Severity::Order => "order",
        model::Severity::Escalate => "escalate",
    }
}
