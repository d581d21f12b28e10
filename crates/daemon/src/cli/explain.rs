//! `anxin explain`: the working of a finding, breach or not.

use model::{Finding, Month};

use crate::app::App;
use crate::cli::{DONE, Usage};
use crate::jobs::{check_county, named_projects};
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// 结论：规则/项目[/月份][/对象]，如 payroll.bank_mismatch/99999920240101001/2024-03
    #[arg(value_name = "结论", conflicts_with_all = ["rule", "project", "month"])]
    finding: Option<String>,
    /// 规则
    #[arg(long, value_name = "规则")]
    rule: Option<String>,
    /// 项目编码
    #[arg(long, value_name = "项目编码")]
    project: Option<String>,
    /// 月份
    #[arg(long, value_name = "月份")]
    month: Option<String>,
    /// 以哪一天为“今天”
    #[arg(long, value_name = "日期", value_parser = super::parse_date)]
    as_of: Option<model::Date>,
}

pub async fn run(app: &App, args: &ExplainArgs, format: Format) -> anyhow::Result<u8> {
    let (rule, project, rest) = wanted(args)?;
    if rules::find(&rule).is_none() {
        return Err(Usage(format!("没有规则 `{rule}`；用 anxin rules list 查看")).into());
    }
    let codes = named_projects(app, Some(&project), None).await?;
    let checked = check_county(app, &codes, args.as_of.unwrap_or_else(|| app.today()), None).await?;
    let fits = |f: &&Finding| f.rule == rule && rest.iter().all(|part| speaks_of(f, part));
    let found: Vec<&Finding> = checked.findings.iter().filter(fits).collect();
    if found.is_empty() {
        output::line("这条规则对该项目在该期间没有结论：不在规则适用的状态或月份之内")?;
        return Ok(DONE);
    }
    for finding in found {
        if format == Format::Json {
            output::json_line(finding)?;
        } else {
            show(app, finding)?;
        }
    }
    Ok(DONE)
}

/// Rule, project and the remaining parts (month, subject).
fn wanted(args: &ExplainArgs) -> anyhow::Result<(String, String, Vec<String>)> {
    if let Some(text) = &args.finding {
        let mut parts = text.split('/').map(str::to_owned);
        if let (Some(rule), Some(project)) = (parts.next(), parts.next()) {
            return Ok((rule, project, parts.collect()));
        }
    } else if let (Some(rule), Some(project)) = (&args.rule, &args.project) {
        return Ok((rule.clone(), project.clone(), args.month.iter().cloned().collect()));
    }
    Err(Usage("请写 anxin explain 规则/项目[/月份]，或 --rule 规则 --project 项目编码 [--month 月份]".to_owned()).into())
}

fn speaks_of(finding: &Finding, part: &str) -> bool {
    if finding.subject.as_deref() == Some(part) {
        return true;
    }
    let Ok(month) = part.parse::<Month>() else { return false };
    finding.period == Some(month) || finding.months.is_some_and(|[from, to]| from <= month && month <= to)
}

fn show(app: &App, finding: &Finding) -> anyhow::Result<()> {
    let telling = rules::telling(finding, &app.config.law);
    output::line(&format!("{}　{}", finding.key(), telling.title))?;
    output::line(&format!(
        "  结果：{}　{}　{}",
        output::outcome(finding.outcome),
        output::severity(finding.severity),
        output::unknown_reason(finding)
    ))?;
    if let Some(due) = finding.due {
        output::line(&format!("  期限：{due}"))?;
    }
    if finding.outcome == model::Outcome::Breach {
        output::line(&format!("  事实：{}", telling.facts))?;
    }
    output::line(&format!("  依据：{}", finding.basis.join("、")))?;
    for (name, used) in &finding.parameters {
        let from = used.from.map(|d| format!("（自 {d}）")).unwrap_or_default();
        output::line(&format!("  标准：{name} = {}{from}", used.value))?;
    }
    output::line(&format!("  数据：{}", serde_json::to_string_pretty(&finding.facts)?.replace('\n', "\n  ")))
}
