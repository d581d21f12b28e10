//! Mails that go with the letters: what wants a person of the office at once, exemptions about to end, quality to owners of data.

use std::collections::BTreeMap;

use casework::{Officer, ProjectFile, officer_for};
use model::{Date, Finding, FindingKey, Outcome, ProjectCode, Severity, Suppression};
use notifier::{InternalMail, compose_internal};
use store::NewMail;

use crate::app::App;

/// Working days before the last day of an exemption on which its officer is reminded.
const REMIND_WD: u32 = 5;

/// What the letters of a run rest on, as far as these mails need it.
pub struct Run<'a> {
    pub findings: &'a [Finding],
    pub projects: &'a BTreeMap<ProjectCode, ProjectFile>,
    pub suppressions: &'a [Suppression],
    pub open_since: &'a BTreeMap<FindingKey, Date>,
}

/// Writes the mails that are new; gives how many were decided and whom could not be told.
pub async fn tell(app: &App, run: &Run<'_>) -> anyhow::Result<Vec<String>> {
    let mut mails = Vec::new();
    let mut untold = Vec::new();
    escalations(app, run, &mut mails, &mut untold)?;
    endings(app, run, &mut mails, &mut untold)?;
    match super::owners::mails(app).await {
        Ok(more) => mails.extend(more),
        // The office's own mails go out all the same.
        Err(error) => untold.push(format!("数据质量邮件没有拟出：{error:#}")),
    }
    app.store.put_mails(app.now(), &mails).await?;
    Ok(untold)
}

fn mail(app: &App, key: &str, officer: &Officer, subject: &str, text: &str) -> anyhow::Result<NewMail> {
    let mail = InternalMail { key, name: &officer.name, email: &officer.email, subject, text, attachments: &[] };
    Ok(compose_internal(&mail, &app.config.file.mail, app.now())?)
}

/// One mail for each finding that wants a person at once, when it opens.
fn escalations(app: &App, run: &Run, mails: &mut Vec<NewMail>, untold: &mut Vec<String>) -> anyhow::Result<()> {
    let urgent = run.findings.iter().filter(|f| f.outcome == Outcome::Breach && f.severity == Some(Severity::Escalate));
    for finding in urgent {
        let Some(file) = run.projects.get(&finding.project) else { continue };
        let Some(officer) = officer_for(&app.config.casework, &file.project) else {
            untold.push(format!("{}：需要立即处理，但没有监察员负责本项目；请在配置 [routing] 中写明 default", finding.key()));
            continue;
        };
        let telling = rules::telling(finding, &app.config.law);
        let since = run.open_since.get(&finding.key()).copied().unwrap_or_else(|| app.today());
        let text = format!(
            "{}：\n\n以下事项需要立即由人处理，程序没有就此发出文书。\n\n项目：{}（{}）\n事项：{}\n情况：{}。\n依据：{}\n\n查看计算过程和所用数据：anxin explain {}\n",
            officer.name,
            file.project.name,
            finding.project,
            telling.title,
            telling.facts,
            telling.articles.join("、"),
            finding.key()
        );
        let subject = format!("【立即处理】{}：{}", file.project.name, telling.title);
        mails.push(mail(app, &format!("escalate/{}/{since}", finding.key()), officer, &subject, &text)?);
    }
    Ok(())
}

/// The officer of an exemption is told before it ends.
fn endings(app: &App, run: &Run, mails: &mut Vec<NewMail>, untold: &mut Vec<String>) -> anyhow::Result<()> {
    for exempt in run.suppressions {
        // Without a holiday table the reminder comes a week ahead.
        let remind = app.config.calendar.minus_working_days(exempt.until, REMIND_WD);
        let remind = remind.unwrap_or_else(|| exempt.until - chrono::Days::new(7));
        if app.today() < remind {
            continue;
        }
        let file = run.projects.get(&exempt.project);
        let named = app.config.casework.officers.iter().find(|officer| officer.code == exempt.officer);
        let Some(officer) = named.or_else(|| officer_for(&app.config.casework, &file?.project)) else {
            untold.push(format!("{} 的豁免（编号 {}）即将届满，但没有可通知的监察员", exempt.project, exempt.id));
            continue;
        };
        let title = rules::find(&exempt.rule).map_or(exempt.rule.as_str(), |rule| rule.meta().name);
        let still = run.findings.iter().any(|f| f.outcome == Outcome::Breach && exempt.covers(f));
        let state = if still {
            "所豁免的问题现在仍然存在，届满后将照常拟出文书"
        } else {
            "所豁免的问题现在没有出现"
        };
        let name = file.map_or("", |file| file.project.name.as_str());
        let text = format!(
            "{}：\n\n您对项目 {name}（{}）“{title}”的豁免将于 {} 届满。\n理由：{}\n{state}。\n\n需要延长的，请再次执行 anxin suppress 并写明新的期限和理由。\n",
            officer.name, exempt.project, exempt.until, exempt.reason
        );
        let subject = format!("【豁免即将届满】{name}：{title}（{}）", exempt.until);
        mails.push(mail(app, &format!("suppression/{}", exempt.id), officer, &subject, &text)?);
    }
    Ok(())
}
