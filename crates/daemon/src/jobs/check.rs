//! Job `check`: sheets → facts → findings for every project, and the state of each finding over time.

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::ProjectFile;
use chrono::{DateTime, Utc};
use model::{Coverage, Date, Finding, Outcome, ProjectCode};
use serde_json::json;
use store::Store;
use tokio::task::JoinSet;

use super::{Job, JobReport};
use crate::app::App;

/// Projects looked at side by side. Checking is bound by two cores; a few more hide the waits for the database.
const PARALLEL: usize = 4;

/// Findings of the county and what letters need of each project.
pub struct Checked {
    pub findings: Vec<Finding>,
    pub projects: BTreeMap<ProjectCode, ProjectFile>,
}

/// Checks the named projects (all when empty), in order of project code.
pub async fn check_county(app: &App, codes: &[ProjectCode], as_of: Date, known_at: Option<DateTime<Utc>>) -> anyhow::Result<Checked> {
    let coverage = Arc::new(app.coverage(known_at).await?);
    let rules = Arc::new((app.config.law.clone(), app.config.calendar.clone()));
    let done = each_project(&app.store, codes, |store, code| {
        let (coverage, rules) = (Arc::clone(&coverage), Arc::clone(&rules));
        async move { check_project(&store, &code, &coverage, &rules, as_of, known_at).await }
    })
    .await?;
    let mut checked = Checked { findings: Vec::new(), projects: BTreeMap::new() };
    for (code, (file, findings)) in done {
        checked.findings.extend(findings);
        checked.projects.insert(code, file);
    }
    Ok(checked)
}

async fn check_project(
    store: &Store,
    code: &ProjectCode,
    coverage: &Coverage,
    rules: &(rules::Law, model::Calendar),
    as_of: Date,
    known_at: Option<DateTime<Utc>>,
) -> anyhow::Result<Option<(ProjectFile, Vec<Finding>)>> {
    let Some(dossier) = store.load_dossier(code, known_at).await? else { return Ok(None) };
    let findings = rules::check(&dossier, coverage, &rules.0, &rules.1, as_of);
    let contractors = dossier.contractors.iter().flat_map(|table| table.lines.iter().cloned()).collect();
    Ok(Some((ProjectFile { project: dossier.project, contractors }, findings)))
}

/// Looks at projects side by side; what is `None` is left out.
pub async fn each_project<T, F>(
    store: &Store,
    codes: &[ProjectCode],
    look: impl Fn(Store, ProjectCode) -> F,
) -> anyhow::Result<BTreeMap<ProjectCode, T>>
where
    T: Send + 'static,
    F: Future<Output = anyhow::Result<Option<T>>> + Send + 'static,
{
    let mut tasks: JoinSet<anyhow::Result<Option<(ProjectCode, T)>>> = JoinSet::new();
    let mut done = BTreeMap::new();
    for code in codes {
        while tasks.len() >= PARALLEL {
            done.extend(tasks.join_next().await.transpose()?.transpose()?.flatten());
        }
        let (code, looking) = (code.clone(), look(store.clone(), code.clone()));
        tasks.spawn(async move { Ok(looking.await?.map(|found| (code, found))) });
    }
    while let Some(joined) = tasks.join_next().await {
        done.extend(joined??);
    }
    Ok(done)
}

/// The project named on the command line, or all.
pub async fn named_projects(app: &App, project: Option<&str>, known_at: Option<DateTime<Utc>>) -> anyhow::Result<Vec<ProjectCode>> {
    let all = app.store.project_codes(known_at).await?;
    let Some(text) = project else { return Ok(all) };
    let wanted = ProjectCode::parse(text).filter(|code| all.contains(code));
    wanted.map(|code| vec![code]).ok_or_else(|| anyhow::anyhow!("没有项目 `{text}`；项目编码以已导入的项目清单为准"))
}

pub(super) async fn run(app: &App) -> anyhow::Result<JobReport> {
    let codes = app.store.project_codes(None).await?;
    let checked = check_county(app, &codes, app.today(), None).await?;
    let current: Vec<Finding> = checked.findings.into_iter().filter(|f| f.outcome != Outcome::Clear).collect();
    let problems = super::letters::count_problems(&current);
    let unknown = current.iter().filter(|f| f.outcome == Outcome::Unknown).count();
    let saved = app.store.save_findings(app.today(), &current, app.config.casework.letters.close_after_clear_days).await?;
    let text = format!(
        "核查：{} 个项目，问题 {problems} 个，无法判断 {unknown} 项（新出现 {}，已消除 {}{}）",
        codes.len(),
        saved.opened,
        saved.cleared,
        if saved.clearing > 0 { format!("，待再次核查确认消除 {}", saved.clearing) } else { String::new() },
    );
    let detail = json!({
        "projects": codes.len(), "problems": problems, "unknown": unknown, "opened": saved.opened, "cleared": saved.cleared,
        "clearing": saved.clearing,
    });
    Ok(JobReport { job: Job::Check, text, ok: true, detail })
}
