//! `anxin demo`: a synthetic county from files to letters, in one directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use model::document::DocumentKind;
use model::{FixedClock, Outcome};

use crate::app::App;
use crate::cli::{DONE, FAILED, Global, documents, load_config, parse_time};
use crate::config::write_default;
use crate::jobs::{self, Job, check_county, count_problems};
use crate::{output, schedule};

#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// 演示目录
    #[arg(long, value_name = "目录", default_value = "anxin-demo")]
    dir: PathBuf,
    /// 种子
    #[arg(long, default_value_t = 1, value_name = "数")]
    seed: u64,
}

/// The day the scenario `county-2024` is looked at.
const DEMO_NOW: &str = "2024-12-20T09:00:00+08:00";

pub async fn run(args: &DemoArgs, global: &Global) -> anyhow::Result<u8> {
    let dir = &args.dir;
    std::fs::create_dir_all(dir).with_context(|| format!("建不了演示目录 {}；请用 --dir 换一个可写的目录", dir.display()))?;
    let config_path = dir.join("config").join("anxin.toml");
    if !config_path.exists() {
        write_default(&dir.join("config"))?;
        let text = std::fs::read_to_string(&config_path)?;
        std::fs::write(&config_path, text.replace("simulated = false", "simulated = true"))?;
    }
    let data_dir = dir.join("var");
    let inbox = data_dir.join("inbox");
    if !inbox.exists() {
        synthesize(dir, &inbox, args.seed)?;
    }
    let demo_global = Global { config: config_path, data_dir: data_dir.clone(), verbose: global.verbose, format: global.format, now: None };
    let config = load_config(&demo_global)?;
    let clock = FixedClock(parse_time(DEMO_NOW, config.zone)?);
    let app = App::open(config, Arc::new(clock), data_dir).await?;
    let _lock = schedule::lock(&app).await?;
    let mut failed = false;
    for job in Job::round(&app.config) {
        match jobs::run(&app, *job).await {
            Ok(report) => output::line(&report.text)?,
            Err(error) => {
                failed = true;
                eprintln!("任务 {} 没有完成：{error:#}", job.code());
            }
        }
    }
    summarise(&app, dir).await?;
    Ok(if failed { FAILED } else { DONE })
}

/// The inbox appears whole or not at all, so a killed demo starts over.
fn synthesize(dir: &Path, inbox: &Path, seed: u64) -> anyhow::Result<()> {
    let synthetic = dir.join("synthetic");
    let options = simulator::Options { seed, ..simulator::Options::default() };
    let written = simulator::write(&synthetic, &options)?;
    output::line(&format!("已生成模拟县：{} 个文件", written.files))?;
    if let Some(parent) = inbox.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::rename(synthetic.join("inbox"), inbox)?;
    Ok(())
}

async fn summarise(app: &App, dir: &Path) -> anyhow::Result<()> {
    let codes = app.store.project_codes(None).await?;
    let checked = check_county(app, &codes, app.today(), None).await?;
    let mut rows = Vec::new();
    for rule in rules::CATALOGUE.iter() {
        let meta = rule.meta();
        let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
        let of_rule: Vec<_> = checked.findings.iter().filter(|f| f.rule == meta.id).collect();
        for finding in &of_rule {
            *counts.entry(finding.outcome).or_default() += 1;
        }
        let problems = count_problems(&of_rule.into_iter().cloned().collect::<Vec<_>>());
        let count = |outcome| counts.get(&outcome).copied().unwrap_or(0).to_string();
        rows.push(vec![
            meta.id.to_owned(),
            meta.name.to_owned(),
            problems.to_string(),
            count(Outcome::Breach),
            count(Outcome::Clear),
            count(Outcome::Unknown),
        ]);
    }
    output::table(&["规则", "事项", "问题（项目数）", "违规", "正常", "无法判断"], rows)?;
    let letters_dir = dir.join("letters");
    let documents = app.store.list_documents().await?;
    for document in &documents {
        if let Some(stored) = app.store.find_document(document.document.id).await? {
            documents::save_files(&stored, &letters_dir)?;
        }
    }
    let kind = |kind| documents.iter().filter(|d| d.document.kind == kind).count();
    let mails = app.store.list_mails().await?;
    output::line(&format!(
        "截至 {}：{} 个项目，问题 {} 个；风险提示函 {} 份，限期改正指令书草稿 {} 份；邮件 {} 封，已发出 {} 封",
        app.today(),
        codes.len(),
        count_problems(&checked.findings),
        kind(DocumentKind::RiskNotice),
        kind(DocumentKind::RectificationOrder),
        mails.len(),
        mails.iter().filter(|m| m.sent_at.is_some()).count()
    ))?;
    output::line(&format!(
        "文书：{}\n问题清单：{}\n邮件：{}",
        letters_dir.display(),
        app.reports_dir().display(),
        app.data_dir.join("outbox").display()
    ))?;
    output::line(&format!(
        "继续查看：anxin --config {} --data-dir {} --now 2024-12-20 check",
        dir.join("config/anxin.toml").display(),
        app.data_dir.display()
    ))
}
