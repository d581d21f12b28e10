//! Gateways that stopped to answer: a fault on our or their side. The administrator is told, never a firm.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, TimeDelta};
use ingest::{Credentials, PlatformConfig};
use model::{Dataset, Date, ProjectCode};
use notifier::{InternalMail, compose_internal};

use crate::app::App;

/// How long a held letter waits before it is looked at again.
const HOLD: TimeDelta = TimeDelta::hours(1);
/// What is named in a mail; the count says how many there are.
const NAMED: usize = 20;

/// Last complete answer (`None`: never one) → projects and datasets.
type Silent = BTreeMap<Option<Date>, BTreeMap<ProjectCode, BTreeSet<Dataset>>>;

/// Writes one mail for each source and day since which something is silent; gives what nobody could be told.
pub(super) async fn tell(app: &App) -> anyhow::Result<Vec<String>> {
    let mut untold = Vec::new();
    for (platform, silent) in all_silent(app).await? {
        for (since, projects) in silent {
            let what = said(platform, since, &projects);
            let Some(admin) = &app.config.file.mail.admin else {
                untold.push(format!("{what}没有写明管理员邮箱（[mail] admin），没有通知到人"));
                continue;
            };
            let since = since.map_or_else(|| "never".to_owned(), |day| day.to_string());
            let key = format!("feed/{}/{since}", platform.source);
            let subject = format!("【数据中断】平台接口 {} 停止应答", platform.source);
            let text = format!(
                "管理员：\n\n{what}\n\n靠这些数据的核查现在是“无法判断”，不会据此向单位发函。请检查网络、密钥文件和平台；每一项的原因见 anxin once pull 的输出。恢复以后不用补做什么，下一轮会补取。\n\n{}",
                list(&projects)
            );
            let mail = InternalMail { key: &key, name: "管理员", email: admin, subject: &subject, text: &text, attachments: &[] };
            app.store.put_mails(app.now(), &[compose_internal(&mail, &app.config.file.mail, app.now())?]).await?;
        }
    }
    Ok(untold)
}

/// Letters decided and not sent yet whose rules rest on what has fallen silent since: they wait for it. Gives how many mails do.
pub(super) async fn hold(app: &App) -> anyhow::Result<u64> {
    let mut late: BTreeMap<ProjectCode, BTreeMap<Dataset, String>> = BTreeMap::new();
    for (platform, silent) in all_silent(app).await? {
        for (since, projects) in silent {
            let since = since.map_or_else(String::new, |day| format!("自 {day} "));
            let reason = format!("来源 {}{since}起没有更新，恢复后再发", platform.source);
            for (project, datasets) in projects {
                late.entry(project).or_default().extend(datasets.into_iter().map(|dataset| (dataset, reason.clone())));
            }
        }
    }
    let mut held = 0;
    if late.is_empty() {
        return Ok(held);
    }
    for stored in app.store.list_documents().await? {
        let Some(late) = late.get(&stored.document.project) else { continue };
        let mut needs = stored.document.items.iter().filter_map(|item| rules::find(&item.rule)).flat_map(|rule| {
            // As the check reads it: a rule that names none rests on all.
            let needs = rule.meta().needs;
            if needs.is_empty() { Dataset::ALL } else { needs }
        });
        let Some(reason) = needs.find_map(|dataset| late.get(dataset)) else { continue };
        held += app.store.hold_mails(stored.document.id, reason, app.now() + HOLD).await?;
    }
    Ok(held)
}

/// What every gateway is silent of; nothing where no value says how long is too long.
async fn all_silent(app: &App) -> anyhow::Result<Vec<(&PlatformConfig, Silent)>> {
    let mut all = Vec::new();
    if let Some(stale) = app.config.law.count("platform.feed_stale", app.today()) {
        for platform in &app.config.file.platform {
            all.push((platform, silent(app, platform, stale).await?));
        }
    }
    Ok(all)
}

async fn silent(app: &App, platform: &PlatformConfig, stale: u32) -> anyhow::Result<Silent> {
    let mut last: BTreeMap<(ProjectCode, Dataset), Date> = BTreeMap::new();
    for pull in app.store.pulls(&platform.source).await? {
        let on = last.entry((pull.project, pull.dataset)).or_insert(pull.pulled_on);
        *on = (*on).max(pull.pulled_on);
    }
    let mut silent = Silent::new();
    // Without a secrets file the job says so itself.
    // All that was ever pulled is awaited then.
    let pulled = || last.keys().map(|(project, _)| project.clone()).collect();
    let wanted: Vec<ProjectCode> = Credentials::load(&platform.credentials).map_or_else(|_| pulled(), |credentials| credentials.projects());
    for project in &wanted {
        if !last.keys().any(|(known, _)| known == project) {
            silent.entry(None).or_default().entry(project.clone()).or_default();
        }
    }
    for ((project, dataset), on) in last {
        if on + Days::new(stale.into()) < app.today() && wanted.contains(&project) {
            silent.entry(Some(on)).or_default().entry(project).or_default().insert(dataset);
        }
    }
    Ok(silent)
}

fn said(platform: &PlatformConfig, since: Option<Date>, projects: &BTreeMap<ProjectCode, BTreeSet<Dataset>>) -> String {
    let since = since.map_or_else(|| "从来没有取到过".to_owned(), |day| format!("自 {day} 以后没有取到"));
    format!("平台接口 {}：{} 个项目的数据{since}。", platform.source, projects.len())
}

fn list(projects: &BTreeMap<ProjectCode, BTreeSet<Dataset>>) -> String {
    let line = |(project, datasets): (&ProjectCode, &BTreeSet<Dataset>)| {
        let names: Vec<&str> = datasets.iter().map(|dataset| dataset.chinese()).collect();
        format!("{project}：{}\n", if names.is_empty() { "全部".to_owned() } else { names.join("、") })
    };
    let mut text: String = projects.iter().take(NAMED).map(line).collect();
    if projects.len() > NAMED {
        text.push_str(&format!("……共 {} 个项目\n", projects.len()));
    }
    text
}
