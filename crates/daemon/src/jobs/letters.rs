//! Job `letters`: decides, renders and records the letters of the run; each letter with its mails is one transaction.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Draft, Situation};
use model::document::{Document, DocumentKind};
use model::{Finding, Severity};
use notifier::{Problem, Rendered, Typist};
use serde_json::json;
use store::{AllocatedNumber, NewLetter};

use super::{Job, JobReport, check_county, internal};
use crate::app::App;

/// Distinct (project, rule) with a breach that is not a detail of another (rules.md §6, "a problem, counted").
pub fn count_problems(findings: &[Finding]) -> usize {
    findings.iter().filter(|f| f.is_problem()).map(|f| (&f.project, &f.rule)).collect::<BTreeSet<_>>().len()
}

/// What the summary table of `once` and `demo` shows.
pub struct ProblemSummary {
    pub letters: BTreeMap<DocumentKind, u32>,
    pub mails: u32,
}

pub(super) async fn run(app: &App) -> anyhow::Result<JobReport> {
    let codes = app.store.project_codes(None).await?;
    let checked = check_county(app, &codes, app.today(), None).await?;
    let told = app.store.told().await?;
    let open_since = app.store.open_findings().await?.into_iter().map(|open| (open.finding.key(), open.first_seen)).collect();
    let suppressions = app.store.suppressions(app.today()).await?;
    let run =
        internal::Run { findings: &checked.findings, projects: &checked.projects, suppressions: &suppressions, open_since: &open_since };
    let untold = internal::tell(app, &run).await?;
    let (exempt, findings): (Vec<Finding>, Vec<Finding>) =
        checked.findings.iter().cloned().partition(|f| suppressions.iter().any(|s| s.covers(f)));
    let exempt = count_problems(&exempt);
    let situation = Situation {
        findings: &findings,
        projects: &checked.projects,
        told: &told,
        open_since: &open_since,
        law: &app.config.law,
        calendar: &app.config.calendar,
        today: app.today(),
    };
    let plan = casework::plan(&situation, &app.config.casework);
    let mut summary = ProblemSummary { letters: BTreeMap::new(), mails: 0 };
    let mut warnings = BTreeSet::new();
    if !plan.drafts.is_empty() {
        let typist = app.typist()?;
        for draft in plan.drafts {
            record(app, &typist, draft, &mut summary, &mut warnings).await?;
        }
    }
    let list = write_problem_list(app, &findings, &checked.projects).await?;
    let count = |kind| summary.letters.get(&kind).copied().unwrap_or(0);
    let (notices, orders) = (count(DocumentKind::RiskNotice), count(DocumentKind::RectificationOrder));
    let mut text =
        format!("文书：新发风险提示函 {notices} 份，新拟限期改正指令书草稿 {orders} 份，邮件 {} 封；问题清单 {list}", summary.mails);
    for held in &plan.held {
        tracing::warn!(project.code = %held.project, "a letter is held: {}", held.reason);
        text.push_str(&format!("\n  暂未拟出：{} {}", held.project, held.reason));
    }
    if plan.escalated > 0 {
        text.push_str(&format!("\n  需要立即由人处理的问题 {} 项，已发内部邮件，见问题清单", plan.escalated));
    }
    if exempt > 0 {
        text.push_str(&format!("\n  豁免期间的问题 {exempt} 个，没有拟文书；用 anxin suppress 查看"));
    }
    for reason in &untold {
        tracing::warn!("an internal mail has no recipient: {reason}");
        text.push_str(&format!("\n  未能通知：{reason}"));
    }
    for warning in &warnings {
        text.push_str(&format!("\n  提醒：{warning}"));
    }
    let detail = json!({
        "risk_notices": notices, "order_drafts": orders, "mails": summary.mails, "held": plan.held.len(),
        "escalated": plan.escalated, "exempt": exempt, "untold": untold, "warnings": warnings, "problem_list": list,
    });
    Ok(JobReport { job: Job::Letters, text, ok: plan.held.is_empty() && untold.is_empty(), detail })
}

async fn record(
    app: &App,
    typist: &Typist,
    draft: Draft,
    summary: &mut ProblemSummary,
    warnings: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    let Draft { mut document, recipients } = draft;
    let number = allocate(app, &mut document).await?;
    let rendered: Rendered = typist.letter(&document)?;
    warnings.extend(rendered.warnings.iter().cloned());
    let mut mails = Vec::new();
    for recipient in &recipients {
        mails.push(notifier::compose(&document, &rendered, &app.config.file.office, &app.config.file.mail, recipient, app.now())?);
    }
    let count = u32::try_from(mails.len())?;
    let kind = document.kind;
    let letter = NewLetter { document, number, files: rendered.files, mails, at: app.now() };
    if app.store.record_letter(letter).await?.is_some() {
        *summary.letters.entry(kind).or_default() += 1;
        summary.mails += count;
    }
    Ok(())
}

/// Notices are numbered when decided; orders only when officers issue them.
async fn allocate(app: &App, document: &mut Document) -> anyhow::Result<Option<AllocatedNumber>> {
    if document.kind != DocumentKind::RiskNotice {
        return Ok(None);
    }
    let year = chrono::Datelike::year(&document.dated);
    let series = document.kind.code().to_owned();
    let n = app.store.next_number(&series, year).await?;
    document.number = Some(casework::series_number(&app.config.casework.letters.notice_number, year, n));
    Ok(Some(AllocatedNumber { series, year, n }))
}

/// 问题清单 of the run as a file for the head; overwritten by a later run of the same day.
async fn write_problem_list(
    app: &App,
    findings: &[Finding],
    projects: &BTreeMap<model::ProjectCode, casework::ProjectFile>,
) -> anyhow::Result<String> {
    let mut letters: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for stored in app.store.list_documents().await? {
        let document = &stored.document;
        let label = document.number.clone().unwrap_or_else(|| format!("{}（草稿 {}）", document.kind.chinese(), document.id));
        for item in &document.items {
            letters.entry((document.project.to_string(), item.rule.clone())).or_default().push(label.clone());
        }
    }
    let mut grouped: BTreeMap<(&model::ProjectCode, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.is_problem()) {
        grouped.entry((&finding.project, &finding.rule)).or_default().push(finding);
    }
    let problems: Vec<Problem> = grouped
        .into_iter()
        .map(|((code, rule), list)| {
            let project = projects.get(code).map(|file| &file.project);
            let first = rules::telling(list[0], &app.config.law);
            let documents = letters.get(&(code.to_string(), rule.to_owned())).cloned().unwrap_or_default();
            problem(project, &first.title, &list, &first.facts, documents)
        })
        .collect();
    let dir = app.reports_dir();
    std::fs::create_dir_all(&dir)?;
    let path = dir.join(format!("问题清单-{}.xlsx", app.today()));
    let bytes = notifier::problem_list(&problems, &app.config.file.office, app.today())?;
    let partial = path.with_extension("xlsx.part");
    std::fs::write(&partial, bytes)?;
    std::fs::rename(&partial, &path)?;
    Ok(path.display().to_string())
}

fn problem(project: Option<&model::sheet::Project>, title: &str, list: &[&Finding], facts: &str, documents: Vec<String>) -> Problem {
    let first = list[0];
    Problem {
        project: first.project.to_string(),
        project_name: project.map(|p| p.name.clone()).unwrap_or_default(),
        rule: first.rule.clone(),
        title: title.to_owned(),
        party: first.party.as_ref().map(|p| p.name.clone()).unwrap_or_default(),
        severity: list.iter().filter_map(|f| f.severity).max().unwrap_or(Severity::Notice),
        since: list.iter().filter_map(|f| f.since).min(),
        due: list.iter().filter_map(|f| f.due).min(),
        months: list.iter().filter_map(|f| f.period).collect(),
        amount: list.iter().filter_map(|f| f.amount_fen).reduce(|a, b| a + b),
        workers: list.iter().filter_map(|f| f.workers).max(),
        facts: facts.to_owned(),
        documents,
    }
}
