//! `anxin check`.

use model::{Date, Finding, Outcome, Suppression};

use crate::app::App;
use crate::cli::{DONE, parse_date, parse_time};
use crate::jobs::{check_county, count_problems, named_projects};
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// 以哪一天为“今天”；默认为实际日期
    #[arg(long, value_name = "日期", value_parser = parse_date)]
    as_of: Option<Date>,
    /// 只核查一个项目
    #[arg(long, value_name = "项目编码")]
    project: Option<String>,
    /// 连同正常的结果一起列出
    #[arg(long)]
    all: bool,
    /// 只用这一时间以前收到的数据
    #[arg(long, value_name = "时间")]
    known_at: Option<String>,
}

/// A finding as `--format json` prints it.
#[derive(serde::Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<&'a Suppression>,
}

pub async fn run(app: &App, args: &CheckArgs, format: Format) -> anyhow::Result<u8> {
    let known_at = args.known_at.as_deref().map(|text| parse_time(text, app.config.zone)).transpose()?;
    let as_of = args.as_of.unwrap_or_else(|| app.today());
    let codes = named_projects(app, args.project.as_deref(), known_at).await?;
    let checked = check_county(app, &codes, as_of, known_at).await?;
    let shown: Vec<&Finding> = checked.findings.iter().filter(|f| args.all || f.outcome != Outcome::Clear).collect();
    let suppressions = app.store.suppressions(as_of).await?;
    let exempt = |finding: &Finding| suppressions.iter().find(|s| s.covers(finding));
    if format == Format::Json {
        for finding in shown {
            output::json_line(&Line { finding, suppressed: exempt(finding) })?;
        }
        return Ok(DONE);
    }
    let rows = shown
        .iter()
        .map(|f| {
            let name = checked.projects.get(&f.project).map_or("", |file| file.project.name.as_str());
            vec![
                format!("{}\n{name}", f.project),
                rules::find(&f.rule).map_or(f.rule.clone(), |rule| rule.meta().name.to_owned()),
                f.period.map(|m| m.to_string()).or_else(|| f.subject.clone()).unwrap_or_default(),
                output::outcome(f.outcome).to_owned(),
                output::severity(f.severity).to_owned(),
                f.due.map(|d| d.to_string()).unwrap_or_default(),
                f.amount_fen.map(model::Fen::yuan).unwrap_or_default(),
                f.workers.map(|n| n.to_string()).unwrap_or_default(),
                exempt(f).map_or_else(|| output::unknown_reason(f), |s| format!("豁免至 {}", s.until)),
            ]
        })
        .collect();
    output::table(&["项目", "事项", "月份", "结果", "等级", "期限", "金额（元）", "人数", "说明"], rows)?;
    let breaches: Vec<Finding> = checked.findings.iter().filter(|f| f.outcome == Outcome::Breach && exempt(f).is_none()).cloned().collect();
    output::line(&format!("截至 {as_of}：{} 个项目，问题 {} 个", codes.len(), count_problems(&breaches)))?;
    Ok(DONE)
}
