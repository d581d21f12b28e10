//! An edit of the rules over the past of the whole county, as it was known on each day and as it is known now. Only reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use casework::ProjectFile;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use model::{Coverage, Date, ProjectCode};
use rules::Rule;
use rules::facts::Reading;
use rules::replay::{Difference, Edit, Known, replay};
use store::Store;

use super::check::each_project;
use crate::app::App;

/// What counts as known on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// What had been received by the end of that day.
    Then,
    /// Everything received up to now.
    Now,
}

impl View {
    pub const ALL: [Self; 2] = [Self::Then, Self::Now];

    pub fn code(self) -> &'static str {
        match self {
            Self::Then => "then",
            Self::Now => "now",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Self::Then => "按当天已收到的数据",
            Self::Now => "按现在已收到的数据",
        }
    }
}

/// Everything that differs, by project, rule, month and subject.
#[derive(Default)]
pub struct Replayed {
    differences: BTreeMap<View, Vec<Difference>>,
    pub projects: BTreeMap<ProjectCode, ProjectFile>,
}

impl Replayed {
    pub fn of(&self, view: View) -> impl Iterator<Item = &Difference> {
        self.differences.get(&view).into_iter().flatten()
    }
}

/// What all projects share.
struct Past {
    edit: Edit,
    rules: Vec<&'static dyn Rule>,
    days: (Date, Date),
    /// Newest first-known day up to a given one → coverage as known at its end.
    coverage_then: BTreeMap<Date, Coverage>,
    coverage_now: Coverage,
    zone: chrono_tz::Tz,
}

impl Past {
    /// The last moment of a civil day.
    fn end_of(&self, day: Date) -> DateTime<Utc> {
        end_of(day, self.zone)
    }
}

fn end_of(day: Date, zone: chrono_tz::Tz) -> DateTime<Utc> {
    let next = (day + Days::new(1)).and_time(NaiveTime::MIN);
    let next = next.and_local_timezone(zone).earliest().map_or_else(|| next.and_utc(), |at| at.to_utc());
    next - TimeDelta::microseconds(1)
}

/// Runs the edit over the days `from` to `to`.
pub async fn replay_county(app: &App, edit: &Edit, (from, to): (Date, Date)) -> anyhow::Result<Replayed> {
    let mut replayed = Replayed::default();
    let rules = edit.rules();
    if rules.is_empty() {
        return Ok(replayed);
    }
    let arrivals = app.store.arrivals(from).await?;
    let zone = app.config.zone;
    let mut coverage_then = BTreeMap::new();
    for day in arrivals.days().into_iter().chain([from]).filter(|day| *day <= to) {
        coverage_then.insert(day, app.coverage(Some(end_of(day, zone))).await?);
    }
    let coverage_now = app.coverage(None).await?;
    let past = Arc::new(Past { edit: edit.clone(), rules, days: (from, to), coverage_then, coverage_now, zone });
    let codes = app.store.project_codes(None).await?;
    let done = each_project(&app.store, &codes, |store, code| {
        let came: BTreeSet<Date> = arrivals.projects.get(&code).into_iter().flatten().chain(&arrivals.county).copied().collect();
        let past = Arc::clone(&past);
        async move { replay_project(&store, &past, &code, &came).await }
    })
    .await?;
    for (code, (file, [then, now])) in done {
        replayed.projects.insert(code, file);
        replayed.differences.entry(View::Then).or_default().extend(then);
        replayed.differences.entry(View::Now).or_default().extend(now);
    }
    Ok(replayed)
}

async fn replay_project(
    store: &Store,
    past: &Past,
    code: &ProjectCode,
    came: &BTreeSet<Date>,
) -> anyhow::Result<Option<(ProjectFile, [Vec<Difference>; 2])>> {
    let (from, to) = past.days;
    let days: BTreeSet<Date> = came.iter().copied().chain([from]).filter(|day| *day <= to).collect();
    let moments: Vec<_> = days.iter().map(|day| Some(past.end_of(*day))).chain([None]).collect();
    let mut dossiers = store.load_dossiers(code, &moments).await?;
    let Some(now) = dossiers.pop().flatten() else { return Ok(None) };
    let reading = Reading::of(&now);
    let then: BTreeMap<Date, Option<Reading>> =
        days.into_iter().zip(dossiers.iter().map(|known| known.as_ref().map(Reading::of))).collect();
    let as_now = replay(&past.edit, &past.rules, past.days, [], |_| Some(Known { reading: &reading, coverage: &past.coverage_now }));
    let as_then = replay(&past.edit, &past.rules, past.days, past.coverage_then.keys().copied(), |day| {
        let (_, reading) = then.range(..=day).next_back()?;
        let (_, coverage) = past.coverage_then.range(..=day).next_back()?;
        Some(Known { reading: reading.as_ref()?, coverage })
    });
    let contractors = now.contractors.iter().flat_map(|table| table.lines.iter().cloned()).collect();
    Ok(Some((ProjectFile { project: now.project.clone(), contractors }, [as_then, as_now])))
}
