//! The numbers of the report, project by project.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Calendar, Coverage, Dataset, Date, Dossier, Finding, Month, Outcome, ProjectCode};
use rules::facts::{Facts, Reading};
use rules::law::{Dated, LawView, Value};
use rules::{CheckContext, Law};
use serde_json::Value as Json;

use super::{DatasetQuality, FileQuality, ProjectQuality, Quality, SourceQuality};
use crate::app::App;
use crate::jobs::each_project;
use crate::output;

const RULE: &str = "platform.data_quality";
/// Longer ago than any sheet: everything that still counts is counted.
const EVER_DAYS: i64 = 36_500;

/// Law and calendar, the law without limits beside the one in force.
struct Ground {
    law: Law,
    unlimited: Law,
    calendar: Calendar,
    zone: chrono_tz::Tz,
}

/// The report of the named projects; what belongs to no project is in it when `whole` is asked for.
pub async fn gather(app: &App, codes: &[ProjectCode], as_of: Date, whole: bool) -> anyhow::Result<Quality> {
    let coverage = Arc::new(app.coverage(None).await?);
    let ground = Arc::new(Ground {
        law: app.config.law.clone(),
        unlimited: unlimited(&app.config.law),
        calendar: app.config.calendar.clone(),
        zone: app.config.zone,
    });
    let done = each_project(&app.store, codes, |store, code| {
        let (coverage, ground) = (Arc::clone(&coverage), Arc::clone(&ground));
        async move { Ok(store.load_dossier(&code, None).await?.map(|dossier| project(&dossier, &coverage, &ground, as_of))) }
    })
    .await?;
    let mut quality = Quality::default();
    for one in done.into_values() {
        quality.projects.extend(one.projects);
        quality.sources.extend(one.sources);
        quality.datasets.extend(one.datasets);
    }
    for refused in app.store.refused_persons().await? {
        let (damaged, duplicate) = (count(refused.damaged), count(refused.duplicate));
        let line = quality.sources.iter_mut().find(|line| line.project == refused.project && line.source == refused.source);
        match (line, &refused.project) {
            (Some(line), _) => (line.damaged, line.duplicate) = (damaged, duplicate),
            (None, None) if whole => quality.sources.push(SourceQuality {
                project: None,
                project_name: String::new(),
                source: refused.source,
                rows: 0,
                rejected: 0,
                damaged,
                duplicate,
            }),
            _ => {}
        }
    }
    if whole {
        quality.files = app.store.refused_files().await?.into_iter().map(file).collect();
    }
    Ok(quality)
}

fn file(refused: store::RefusedFile) -> FileQuality {
    let name = refused.file.rsplit(['/', '\\']).next().unwrap_or(&refused.file);
    FileQuality {
        file: ingest::hide_numbers(name).into_owned(),
        source: refused.source,
        received_on: refused.received_on,
        rejected: count(refused.rejected),
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The law under which the rule tells every number it has.
fn unlimited(law: &Law) -> Law {
    [("platform.rejected_limit", -1), ("platform.heads_limit", -1), ("platform.rejected_days", EVER_DAYS)].into_iter().fold(
        law.clone(),
        |law, (name, value)| match law.find(name).cloned() {
            Some(mut parameter) => {
                let value = Value::Number(value);
                parameter.values = vec![Dated { from: None, value, source: String::new(), scope: rules::law::Scope::default() }];
                law.with(parameter)
            }
            None => law,
        },
    )
}

fn project(dossier: &Dossier, coverage: &Coverage, ground: &Ground, as_of: Date) -> Quality {
    let judged = |law: &Law| {
        let rule = rules::find(RULE)?;
        rules::check::check_with(&[rule], dossier, coverage, law, &ground.calendar, as_of).into_iter().next()
    };
    let (told, counted) = (judged(&ground.law), judged(&ground.unlimited));
    let looked_at = told.as_ref().is_some_and(|finding| !finding.facts.contains_key("not_applicable"));
    let items = counted.as_ref().and_then(|finding| finding.facts.get("items")).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let heads = item(items, "heads_differ").next();
    let number = |item: Option<&Json>, key: &str| item.and_then(|item| item[key].as_u64()).map(count);
    let name = &dossier.project.name;
    let projects = vec![ProjectQuality {
        project: dossier.project.code.clone(),
        project_name: name.clone(),
        outcome: told.as_ref().filter(|_| looked_at).map(|finding| finding.outcome),
        reason: told.as_ref().filter(|finding| finding.outcome == Outcome::Unknown).map(output::unknown_reason),
        month: heads.and_then(|heads| heads["month"].as_str()).and_then(|month| month.parse::<Month>().ok()),
        roster_heads: number(heads, "roster"),
        attended_heads: number(heads, "attended"),
        unbalanced_payrolls: number(item(items, "payroll_unbalanced").next(), "sheets").unwrap_or(0),
        unbalanced_ledgers: number(item(items, "ledger_unbalanced").next(), "sheets").unwrap_or(0),
    }];
    let sources = item(items, "rejected_rows").map(|item| SourceQuality {
        project: Some(dossier.project.code.clone()),
        project_name: name.clone(),
        source: item["source"].as_str().unwrap_or_default().to_owned(),
        rows: number(Some(item), "rows").unwrap_or(0),
        rejected: number(Some(item), "rejected").unwrap_or(0),
        damaged: 0,
        duplicate: 0,
    });
    let sources = sources.collect();
    Quality { projects, sources, datasets: datasets(dossier, coverage, ground, as_of, counted.as_ref()), files: Vec::new() }
}

fn item<'i>(items: &'i [Json], name: &'i str) -> impl Iterator<Item = &'i Json> {
    items.iter().filter(move |item| item["item"] == name)
}

/// One line for each source and dataset, with the newest day and the identities that the rule counts.
fn datasets(dossier: &Dossier, coverage: &Coverage, ground: &Ground, as_of: Date, counted: Option<&Finding>) -> Vec<DatasetQuality> {
    let view = LawView::new(&ground.law, &dossier.project);
    let window_of = |month: Month| {
        rules::payday::pay_window(&dossier.project, &view, &ground.calendar, month).ok().map(|window| (window.pay_day, window.end))
    };
    let reading = Reading::of(dossier);
    let facts = Facts::of(&reading, as_of, &window_of);
    let cx = CheckContext { facts: &facts, dossier, coverage, law: &view, calendar: &ground.calendar, as_of };
    let identities = counted.and_then(|finding| finding.facts.get("identities")).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let of = |source: &str, dataset: Dataset, key: &str| {
        let line = identities.iter().find(|line| line["source"] == source && line["dataset"] == dataset.code());
        line.and_then(|line| line[key].as_u64()).map_or(0, count)
    };
    received(dossier, ground)
        .into_iter()
        .map(|((source, dataset), received_on)| {
            let (newest, due) = newest(&cx, dataset);
            DatasetQuality {
                project: dossier.project.code.clone(),
                project_name: dossier.project.name.clone(),
                dataset,
                received_on,
                newest,
                due,
                days_late: due.map_or(0, |due| u32::try_from((as_of - due).num_days()).unwrap_or(0)),
                bad_check: of(source, dataset, "bad_check"),
                masked: of(source, dataset, "masked"),
                digest: of(source, dataset, "digest"),
                without_number: of(source, dataset, "without_number"),
                source: source.to_owned(),
            }
        })
        .collect()
}

/// The newest day of the datasets that age, and until when newer ones should have come; as the rule counts both.
fn newest(cx: &CheckContext, dataset: Dataset) -> (Option<Date>, Option<Date>) {
    let (newest, limit) = match dataset {
        Dataset::Attendance => (cx.facts.last_attendance(), "platform.attendance_age"),
        Dataset::Payroll => {
            let sheets = cx.facts.months().values().flat_map(|month| &month.payrolls);
            (sheets.filter_map(|at| cx.dossier.payrolls[*at].head.uploaded_on.get()).max(), "platform.payroll_age")
        }
        Dataset::Ledger => (cx.facts.ledger.covered_until(), "platform.ledger_age"),
        _ => return (None, None),
    };
    let is_active = cx.facts.status_today() == model::sheet::ProjectStatus::Active;
    let due = newest.filter(|_| is_active).and_then(|newest| cx.plus_calendar_days(newest, cx.law.count(limit, cx.as_of).ok()?).ok());
    (newest, due)
}

/// Day of the newest receipt of each source and dataset.
fn received<'d>(dossier: &'d Dossier, ground: &Ground) -> BTreeMap<(&'d str, Dataset), Date> {
    let mut received: BTreeMap<(&str, Dataset), Date> = BTreeMap::new();
    macro_rules! see {
        ($($dataset:ident: $tables:ident),*) => {
            $(for table in &dossier.$tables {
                let day = table.received_at.with_timezone(&ground.zone).date_naive();
                let newest = received.entry((table.source.as_str(), Dataset::$dataset)).or_insert(day);
                *newest = day.max(*newest);
            })*
        };
    }
    see!(
        Contractor: contractors, Team: teams, Deposit: deposits, Account: accounts, Ledger: ledgers, Roster: rosters,
        Contract: contracts, Attendance: attendance, Payroll: payrolls, Payout: payouts, Board: boards,
        WorkerSettlement: worker_settlements, ProcessSettlement: process_settlements
    );
    received
}
