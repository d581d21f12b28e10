//! `anxin explain`: the working of a finding, breach or not.

use model::{Finding, Month};
use rules::evidence::{Input, inputs};

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

/// A finding with its inputs, as `--format json` prints it.
#[derive(serde::Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    inputs: Vec<Input>,
}

pub async fn run(app: &App, args: &ExplainArgs, format: Format) -> anyhow::Result<u8> {
    let (rule, project, rest) = wanted(args)?;
    let needs =
        rules::find(&rule).map(|rule| rule.meta().needs).ok_or_else(|| Usage(format!("没有规则 `{rule}`；用 anxin rules list 查看")))?;
    let codes = named_projects(app, Some(&project), None).await?;
    let as_of = args.as_of.unwrap_or_else(|| app.today());
    let checked = check_county(app, &codes, as_of, None).await?;
    let fits = |f: &&Finding| f.rule == rule && rest.iter().all(|part| speaks_of(f, part));
    let found: Vec<&Finding> = checked.findings.iter().filter(fits).collect();
    if found.is_empty() {
        return no_finding(&checked.findings, &rule).map(|()| DONE);
    }
    let dossier = app.store.load_dossier(&codes[0], None).await?;
    for finding in found {
        let inputs = dossier.as_ref().map(|dossier| inputs(dossier, needs, finding)).unwrap_or_default();
        if format == Format::Json {
            output::json_line(&Line { finding, inputs })?;
        } else {
            show(app, finding, &inputs)?;
        }
    }
    Ok(DONE)
}

/// Why nothing is said: the period asked for lies outside what the rule judges.
fn no_finding(findings: &[Finding], rule: &str) -> anyhow::Result<()> {
    let mut months: Vec<Month> =
        findings.iter().filter(|f| f.rule == rule).flat_map(|f| f.period.into_iter().chain(f.months.into_iter().flatten())).collect();
    months.sort_unstable();
    output::line("这条规则对该项目在该期间没有结论：不在规则适用的状态或月份之内")?;
    if let (Some(first), Some(last)) = (months.first(), months.last()) {
        output::line(&format!("  本规则对该项目已有结论的月份：{first} 至 {last}"))?;
    }
    Ok(())
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

fn show(app: &App, finding: &Finding, inputs: &[Input]) -> anyhow::Result<()> {
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
    if finding.outcome == model::Outcome::Clear
        && let Some(ground) = finding.facts.get("not_applicable").and_then(serde_json::Value::as_str)
    {
        output::line(&format!("  不适用：{}", output::not_applicable(ground)))?;
    }
    output::line(&format!("  依据：{}", finding.basis.join("、")))?;
    for (name, used) in &finding.parameters {
        let from = used.from.map(|d| format!("（自 {d}）")).unwrap_or_default();
        output::line(&format!("  标准：{name} = {}{from}", used.value))?;
    }
    output::line(&format!("  计算：{}", serde_json::to_string_pretty(&finding.facts)?.replace('\n', "\n  ")))?;
    for input in inputs {
        let rows: Vec<String> = input.rows.iter().map(ToString::to_string).collect();
        let rows = if rows.is_empty() { format!("共 {} 行", input.lines) } else { format!("第 {} 行", rows.join("、")) };
        let worksheet = if input.worksheet.is_empty() { String::new() } else { format!("“{}”", input.worksheet) };
        let rejected = if input.rejected == 0 { String::new() } else { format!("，另有 {} 行被退回", input.rejected) };
        let month = input.month.map(|month| format!("{month} ")).unwrap_or_default();
        let received = input.received_at.with_timezone(&app.config.zone).format("%F");
        output::line(&format!(
            "  数据：{month}{}：{}{worksheet} {rows}{rejected}（来源 {}，{received} 收到）",
            input.dataset.chinese(),
            input.file,
            input.source
        ))?;
    }
    Ok(())
}
