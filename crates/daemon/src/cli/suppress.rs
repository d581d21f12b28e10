//! `anxin suppress`: an officer sets a finding, or a rule on a project, aside for a time.

use model::{Date, Month, ProjectCode, Suppression};
use serde_json::json;

use crate::app::App;
use crate::cli::{DONE, Usage};
use crate::jobs::named_projects;
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct SuppressArgs {
    /// 规则（如 payroll.late，配合 --project），或一项结论（规则/项目[/月份][/对象]）；不写则列出现有的豁免
    #[arg(value_name = "规则或结论", requires = "officer", requires = "reason", requires = "until")]
    what: Option<String>,
    /// 项目编码
    #[arg(long, value_name = "项目编码")]
    project: Option<String>,
    /// 豁免的最后一天
    #[arg(long, value_name = "日期", value_parser = super::parse_date)]
    until: Option<Date>,
    /// 作出决定的监察员（配置中的编码）
    #[arg(long, value_name = "编码")]
    officer: Option<String>,
    /// 理由，写进操作记录
    #[arg(long, value_name = "文字")]
    reason: Option<String>,
    /// 提前撤回一项豁免（列表中的编号）
    #[arg(long, value_name = "编号", conflicts_with = "what", requires = "officer", requires = "reason")]
    withdraw: Option<i64>,
}

pub async fn run(app: &App, args: &SuppressArgs, format: Format) -> anyhow::Result<u8> {
    let (officer, reason) = (args.officer.as_deref().unwrap_or_default(), args.reason.as_deref().unwrap_or_default().trim());
    if args.what.is_none() && args.withdraw.is_none() {
        return list(app, format).await;
    }
    if !app.config.casework.officers.iter().any(|known| known.code == officer) {
        return Err(Usage(format!("配置中没有编码为 `{officer}` 的监察员；请对照 anxin.toml 的 [[officer]]")).into());
    }
    if reason.is_empty() {
        return Err(Usage("请写明理由（--reason）".to_owned()).into());
    }
    if let Some(id) = args.withdraw {
        if !app.store.withdraw_suppression(id, officer, reason, app.now()).await? {
            return Err(Usage(format!("没有编号为 {id} 的有效豁免；请用 anxin suppress 查看")).into());
        }
        output::line(&format!("已撤回豁免 {id}；下次核查照常处理"))?;
        return Ok(DONE);
    }
    let new = suppression(app, args, officer, reason).await?;
    app.store.suppress(&new).await?;
    output::line(&format!(
        "已豁免至 {}：{} {}；期间不再拟文书、不计入问题，届满前提醒监察员",
        new.until,
        new.project,
        rules::find(&new.rule).map_or(new.rule.as_str(), |rule| rule.meta().name)
    ))?;
    Ok(DONE)
}

async fn suppression(app: &App, args: &SuppressArgs, officer: &str, reason: &str) -> anyhow::Result<Suppression> {
    let mut parts = args.what.as_deref().unwrap_or_default().split('/');
    let rule = parts.next().unwrap_or_default().to_owned();
    if rules::find(&rule).is_none() {
        return Err(Usage(format!("没有规则 `{rule}`；用 anxin rules list 查看")).into());
    }
    let project = match (parts.next(), args.project.as_deref()) {
        (Some(named), Some(other)) if named != other => {
            return Err(Usage(format!("结论写的项目 `{named}` 与 --project `{other}` 不同")).into());
        }
        (Some(named), _) | (None, Some(named)) => named,
        (None, None) => return Err(Usage("请用 --project 写明项目编码".to_owned()).into()),
    };
    let project: ProjectCode = named_projects(app, Some(project), None).await?.remove(0);
    let (mut period, mut subject) = (None, None);
    for part in parts {
        match part.parse::<Month>() {
            Ok(month) if period.is_none() => period = Some(month),
            _ => subject = Some(subject.map_or_else(|| part.to_owned(), |earlier: String| format!("{earlier}/{part}"))),
        }
    }
    let until = args.until.ok_or_else(|| Usage("请用 --until 写明豁免的最后一天".to_owned()))?;
    if until < app.today() {
        return Err(Usage(format!("豁免的最后一天 {until} 已经过去")).into());
    }
    Ok(Suppression {
        id: 0,
        project,
        rule,
        period,
        subject,
        until,
        officer: officer.to_owned(),
        reason: reason.to_owned(),
        created_at: app.now(),
    })
}

async fn list(app: &App, format: Format) -> anyhow::Result<u8> {
    let list = app.store.suppressions(app.today()).await?;
    if format == Format::Json {
        for s in &list {
            output::json_line(&json!({
                "id": s.id, "project": s.project, "rule": s.rule, "period": s.period, "subject": s.subject, "until": s.until,
                "officer": s.officer, "reason": s.reason, "created_at": s.created_at,
            }))?;
        }
        return Ok(DONE);
    }
    let rows = list
        .iter()
        .map(|s| {
            let about: Vec<String> = s.period.map(|m| m.to_string()).into_iter().chain(s.subject.clone()).collect();
            let name = rules::find(&s.rule).map_or(s.rule.clone(), |rule| rule.meta().name.to_owned());
            vec![s.id.to_string(), s.project.to_string(), name, about.join(" "), s.until.to_string(), s.officer.clone(), s.reason.clone()]
        })
        .collect();
    output::table(&["编号", "项目", "事项", "月份或对象", "至", "监察员", "理由"], rows)?;
    Ok(DONE)
}
