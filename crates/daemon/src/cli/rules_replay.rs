//! `anxin rules replay`: what an edit of the rules would have changed, before it is saved. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use casework::{ProjectFile, Situation};
use chrono::Months;
use model::{Date, Finding, ProjectCode};
use rules::replay::{Change, Difference, Edit};
use serde_json::json;

use crate::app::App;
use crate::cli::{DONE, Usage};
use crate::config::{Config, edited};
use crate::jobs::replay::{Replayed, View, replay_county};
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    /// 改过的配置所在的目录（其中有 rules/，可有 calendar/）；写作 --config 目录
    #[arg(long = super::EDITED, value_name = "目录", required = true)]
    edited: Vec<PathBuf>,
    /// 回放最近几个月
    #[arg(long, value_name = "月数", default_value = "3", value_parser = clap::value_parser!(u32).range(1..=36))]
    months: u32,
    /// 回放到哪一天；默认为今天
    #[arg(long, value_name = "日期", value_parser = super::parse_date)]
    as_of: Option<Date>,
}

impl ReplayArgs {
    /// A file among the directories is the configuration of today.
    pub fn current(&self) -> Option<&PathBuf> {
        self.edited.iter().find(|path| path.is_file())
    }
}

pub async fn run(app: &App, args: &ReplayArgs, format: Format) -> anyhow::Result<u8> {
    let dir = args.edited.iter().find(|path| !path.is_file());
    let dir = dir.ok_or_else(|| Usage("请用 --config 写出改过的配置所在的目录（不是文件）".to_owned()))?;
    let edit = edit(&app.config, dir)?;
    let to = args.as_of.unwrap_or_else(|| app.today());
    let from = to.checked_sub_months(Months::new(args.months)).ok_or_else(|| Usage("回放的月数太多".to_owned()))?;
    let replayed = replay_county(app, &edit, (from, to)).await?;
    match format {
        Format::Json => print_json(app, &edit, &replayed, to),
        Format::Table | Format::Xlsx => print(app, &edit, &replayed, (from, to)),
    }?;
    Ok(DONE)
}

fn edit(config: &Config, dir: &Path) -> anyhow::Result<Edit> {
    let (law, calendar) = edited(dir).map_err(|mistakes| super::wrong_configuration(&mistakes))?;
    Ok(Edit {
        before: config.law.clone(),
        after: law,
        calendar_before: config.calendar.clone(),
        calendar_after: calendar.unwrap_or_else(|| config.calendar.clone()),
    })
}

/// Letters that the findings of one kind of change would make, from nothing told before.
fn letters(app: &App, replayed: &Replayed, view: View, change: Change, to: Date) -> Vec<casework::Draft> {
    let findings: Vec<Finding> = replayed.of(view).filter(|d| d.change == change).map(|d| d.finding.clone()).collect();
    let situation = Situation {
        findings: &findings,
        projects: &replayed.projects,
        told: &BTreeSet::new(),
        open_since: &BTreeMap::new(),
        law: &app.config.law,
        calendar: &app.config.calendar,
        today: to,
    };
    casework::plan(&situation, &app.config.casework).drafts
}

fn change_word(change: Change) -> &'static str {
    match change {
        Change::Gained => "gained",
        Change::Lost => "lost",
        Change::Severity => "severity",
    }
}

fn print_json(app: &App, edit: &Edit, replayed: &Replayed, to: Date) -> anyhow::Result<()> {
    for name in edit.changed() {
        let values = |law: &rules::Law| law.find(name).map(|p| p.values.clone());
        output::json_line(&json!({ "edited": name, "before": values(&edit.before), "after": values(&edit.after) }))?;
    }
    for view in View::ALL {
        for Difference { change, first, last, finding } in replayed.of(view) {
            output::json_line(&json!({
                "change": change_word(*change), "known": view.code(), "rule": finding.rule, "project": finding.project,
                "project_name": name_of(&replayed.projects, &finding.project), "period": finding.period, "subject": finding.subject,
                "severity": finding.severity, "first": first, "last": last, "since": finding.since, "due": finding.due,
                "amount_fen": finding.amount_fen, "workers": finding.workers,
            }))?;
        }
        for change in [Change::Gained, Change::Lost] {
            for draft in letters(app, replayed, view, change, to) {
                let document = &draft.document;
                let items: Vec<&str> = document.items.iter().map(|item| item.rule.as_str()).collect();
                output::json_line(&json!({
                    "letter": change_word(change), "known": view.code(), "kind": document.kind.code(), "project": document.project,
                    "addressee": document.addressee.name, "items": items,
                }))?;
            }
        }
        for (rule, counts) in by_rule(replayed, view) {
            output::json_line(&json!({
                "summary": rule, "known": view.code(), "gained": counts.gained, "lost": counts.lost, "severity": counts.severity,
                "projects": counts.projects,
            }))?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    gained: usize,
    lost: usize,
    severity: usize,
    projects: BTreeSet<ProjectCode>,
}

fn by_rule(replayed: &Replayed, view: View) -> BTreeMap<&str, Counts> {
    let mut rules: BTreeMap<&str, Counts> = BTreeMap::new();
    for difference in replayed.of(view) {
        let counts = rules.entry(&difference.finding.rule).or_default();
        match difference.change {
            Change::Gained => counts.gained += 1,
            Change::Lost => counts.lost += 1,
            Change::Severity => counts.severity += 1,
        }
        counts.projects.insert(difference.finding.project.clone());
    }
    rules
}

fn name_of<'a>(projects: &'a BTreeMap<ProjectCode, ProjectFile>, code: &ProjectCode) -> &'a str {
    projects.get(code).map_or("", |file| file.project.name.as_str())
}

fn print(app: &App, edit: &Edit, replayed: &Replayed, (from, to): (Date, Date)) -> anyhow::Result<()> {
    let changed = edit.changed();
    if changed.is_empty() && edit.calendar_before == edit.calendar_after {
        return output::line("两份配置的标准和节假日表相同，没有可回放的改动");
    }
    output::line("改动：")?;
    for name in &changed {
        let shown = |law: &rules::Law| law.find(name).map_or_else(|| "（无）".to_owned(), rules::Parameter::shown_values);
        output::line(&format!("  {name}\n    现行：{}\n    改后：{}", shown(&edit.before), shown(&edit.after)))?;
    }
    if edit.calendar_before != edit.calendar_after {
        output::line("  节假日表")?;
    }
    let touched: Vec<&str> = edit.rules().iter().map(|rule| rule.meta().name).collect();
    output::line(&format!("受影响的规则：{}", if touched.is_empty() { "没有（只影响文书）".to_owned() } else { touched.join("、") }))?;
    for view in View::ALL {
        output::line(&format!("\n{from} 至 {to}，{}：", view.chinese()))?;
        let rows: Vec<Vec<String>> = replayed.of(view).map(|difference| row(&replayed.projects, difference)).collect();
        if rows.is_empty() {
            output::line("  没有变化")?;
            continue;
        }
        output::table(&["变化", "项目", "事项", "月份", "等级", "自", "至", "金额（元）", "人数"], rows)?;
        for counts in by_rule(replayed, view) {
            let name = rules::find(counts.0).map_or(counts.0, |rule| rule.meta().name);
            let Counts { gained, lost, severity, projects } = counts.1;
            output::line(&format!("  {name}：新增 {gained} 项，减少 {lost} 项，等级改变 {severity} 项，涉及项目 {} 个", projects.len()))?;
        }
        for (change, word) in [(Change::Gained, "新增的问题会拟出"), (Change::Lost, "减少的问题原会拟出")] {
            let drafts = letters(app, replayed, view, change, to);
            if !drafts.is_empty() {
                let list: Vec<String> = drafts
                    .iter()
                    .map(|d| format!("{}（{}，致{}）", d.document.kind.chinese(), d.document.project, d.document.addressee.name))
                    .collect();
                output::line(&format!("  {word}文书 {} 份：{}", drafts.len(), list.join("、")))?;
            }
        }
    }
    output::line("\n以上只是推算：没有写入任何数据，没有发送任何文书。")
}

fn row(projects: &BTreeMap<ProjectCode, ProjectFile>, difference: &Difference) -> Vec<String> {
    let Difference { change, first, last, finding } = difference;
    let word = match change {
        Change::Gained => "新增",
        Change::Lost => "减少",
        Change::Severity => "等级改变",
    };
    vec![
        word.to_owned(),
        format!("{}\n{}", finding.project, name_of(projects, &finding.project)),
        rules::find(&finding.rule).map_or(finding.rule.clone(), |rule| rule.meta().name.to_owned()),
        finding.period.map(|m| m.to_string()).or_else(|| finding.subject.clone()).unwrap_or_default(),
        output::severity(finding.severity).to_owned(),
        first.to_string(),
        last.to_string(),
        finding.amount_fen.map(model::Fen::yuan).unwrap_or_default(),
        finding.workers.map(|n| n.to_string()).unwrap_or_default(),
    ]
}
