//! Job `check`: sheets → facts → findings for every project, and the state of each finding over time.

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::ProjectFile;
use chrono::{DateTime, Utc};
use model::{Coverage, Date, Finding, Outcome, ProjectCode};
use serde_json::json;
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

/// One project looked at; `None` when it is gone meanwhile.
type Looked = anyhow::Result<Option<(ProjectFile, Vec<Finding>)>>;

/// Checks the named projects (all when empty), in order of project code.
pub async fn check_county(app: &App, codes: &[ProjectCode], as_of: Date, known_at: Option<DateTime<Utc>>) -> anyhow::Result<Checked> {
    let coverage = Arc::new(app.store.coverage(known_at).await?);
    let rules = Arc::new((app.config.law.clone(), app.config.calendar.clone()));
    let mut tasks: JoinSet<Looked> = JoinSet::new();
    let mut done: BTreeMap<ProjectCode, (ProjectFile, Vec<Finding>)> = BTreeMap::new();
    for code in codes {
        while tasks.len() >= PARALLEL {
            collect(&mut tasks, &mut done).await?;
        }
        let (store, code, coverage, rules) = (app.store.clone(), code.clone(), Arc::clone(&coverage), Arc::clone(&rules));
        tasks.spawn(async move { check_project(&store, &code, &coverage, &rules, as_of, known_at).await });
    }
    while !tasks.is_empty() {
        collect(&mut tasks, &mut done).await?;
    }
    let mut checked = Checked { findings: Vec::new(), projects: BTreeMap::new() };
    for (code, (file, findings)) in done {
        checked.findings.extend(findings);
        checked.projects.insert(code, file);
    }
    Ok(checked)
}

async fn check_project(
    store: &store::Store,
    code: &ProjectCode,
    coverage: &Coverage,
    rules: &(rules::Law, model::Calendar),
    as_of: Date,
    known_at: Option<DateTime<Utc>>,
) -> Looked {
    let Some(dossier) = store.load_dossier(code, known_at).await? else { return Ok(None) };
    let findings = rules::check(&dossier, coverage, &rules.0, &rules.1, as_of);
    let contractors = dossier.contractors.into_iter().flat_map(|table| table.lines).collect();
    Ok(Some((ProjectFile { project: dossier.project, contractors }, findings)))
}

async fn collect(tasks: &mut JoinSet<Looked>, done: &mut BTreeMap<ProjectCode, (ProjectFile, Vec<Finding>)>) -> anyhow::Result<()> {
    if let Some(joined) = tasks.join_next().await
        && let Some((file, findings)) = joined??
    {
        done.insert(file.project.code.clone(), (file, findings));
    }
    Ok(())
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
    let saved = app.store.save_findings(app.today(), &current).await?;
    let text = format!(
        "核查：{} 个项目，问题 {problems} 个，无法判断 {unknown} 项（新出现 {}，已消除 {}）",
        codes.len(),
        saved.opened,
        saved.cleared
    );
    let detail =
        json!({ "projects": codes.len(), "problems": problems, "unknown": unknown, "opened": saved.opened, "cleared": saved.cleared });
    Ok(JobReport { job: Job::Check, text, ok: true, detail })
}
