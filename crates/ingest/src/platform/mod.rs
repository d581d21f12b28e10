//! Source kind `platform`: pulls projects from an `open.api` gateway (platform-api.md) as tables under the canonical headings, which then
//! go the way of every file. One endpoint, project or page that fails stops no other; the report says what was not pulled.

mod client;
mod config;
mod fault;
mod keep;
mod plan;
mod project;
mod report;
mod rows;
mod unit;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use model::{Date, Month};
use store::{Pull, Store};
use tokio::task::JoinSet;

pub use client::Usage;
pub use config::{Credentials, PlatformConfig, Profile};
pub use fault::Fault;
pub use report::{NotPulled, PullReport};

use crate::import::import_bytes;
use crate::{ImportOptions, IngestError};
use client::Endpoint;
use keep::Keep;
use plan::Plan;
use project::{Harvest, pull_project};

/// Pulls every project of the credentials that is due, and imports what came. `folder` keeps half-pulled units between runs.
pub async fn pull_platform(
    store: &Store,
    config: &PlatformConfig,
    credentials: &Credentials,
    folder: &Path,
    options: &ImportOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<PullReport, IngestError> {
    let mut report = PullReport::new(&config.source);
    let endpoint = match Endpoint::new(config, credentials) {
        Ok(endpoint) => Arc::new(endpoint),
        Err(fault) => {
            report.not_pulled.push(NotPulled::whole(&fault));
            return Ok(report);
        }
    };
    let today = options.received_on;
    let known = store.pulls(&config.source).await.map_err(IngestError::Store)?;
    let plan = Arc::new(Plan::new(config, today, known));
    let keep = Keep::new(folder, store.clone(), today);
    let total = credentials.projects.len();
    let mut waiting = credentials.projects.iter();
    let mut running = JoinSet::new();
    let mut done = 0;
    progress(0, total);
    loop {
        while running.len() < config.concurrency.max(1) as usize
            && let Some(access) = waiting.next()
        {
            let (endpoint, plan, keep) = (Arc::clone(&endpoint), Arc::clone(&plan), keep.clone());
            let access = access.clone();
            running.spawn(async move { pull_project(&endpoint, &plan, &keep, &access).await });
        }
        let Some(pulled) = running.join_next().await else { break };
        let pulled = pulled.map_err(IngestError::Stopped)?;
        take(store, options, &keep, pulled, &mut report).await?;
        done += 1;
        progress(done, total);
    }
    keep.tidy();
    report.usage = endpoint.usage();
    if report.usage.clock_off.abs() > client::CLOCK_TOLERATED {
        tracing::warn!(source = config.source, seconds = report.usage.clock_off, "clock of `{}` differs from ours", config.source);
    }
    Ok(report)
}

/// Imports the tables of a project, and records what is complete only when it is stored.
async fn take(store: &Store, options: &ImportOptions, keep: &Keep, pulled: Harvest, report: &mut PullReport) -> Result<(), IngestError> {
    report.not_pulled.extend(pulled.not_pulled);
    report.notes.extend(pulled.notes);
    let imported = import_bytes(store, pulled.tables, options).await?;
    // A table that could not be read is as good as not pulled.
    let unread: BTreeSet<&str> = imported.files.iter().filter(|file| file.error.is_some()).map(|file| file.file.as_str()).collect();
    let read = |unit: &Pull| unit.rows == 0 || !unread.contains(project::path_of(&options.source, unit).as_str());
    let complete = pulled.complete.into_iter().filter(read);
    let pulls: Vec<Pull> = complete.map(|unit| Pull { pulled_on: options.received_on, ..unit }).collect();
    report.units += pulls.len();
    report.rows += pulled.rows;
    store.record_pulls(&options.source, options.received_at, &pulls).await.map_err(IngestError::Store)?;
    keep.forget(&pulled.project);
    report.add(imported);
    Ok(())
}

/// Days of a month up to a day.
fn days(month: Month, to: Date) -> impl Iterator<Item = Date> {
    month.first_day().iter_days().take_while(move |day| month.contains(*day) && *day <= to)
}
