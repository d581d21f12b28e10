//! Job `pull`: every configured gateway. One that fails stops no other.

use ingest::{Credentials, NotPulled, PlatformConfig, PullReport};
use serde_json::{Value, json};

use super::{Job, JobReport, import_options, silence};
use crate::app::App;
use crate::progress;

/// What is named in the line for people; all of it stands in the report.
const TOLD: usize = 5;

pub(super) async fn run(app: &App) -> anyhow::Result<JobReport> {
    let (mut texts, mut details, mut ok) = (Vec::new(), Vec::new(), true);
    for platform in &app.config.file.platform {
        // One gateway stops no other.
        let report = pull(app, platform).await.unwrap_or_else(|error| stopped(platform, &error));
        ok &= report.is_complete();
        texts.push(text(&report));
        details.push(detail(&report));
        log(&report);
    }
    let untold = silence::tell(app).await?;
    ok &= untold.is_empty();
    texts.extend(untold);
    let text = if texts.is_empty() { "拉取：没有配置平台接口（[[platform]]）".to_owned() } else { texts.join("\n") };
    Ok(JobReport { job: Job::Pull, text, ok, detail: json!({ "sources": details }) })
}

async fn pull(app: &App, platform: &PlatformConfig) -> anyhow::Result<PullReport> {
    let credentials = match Credentials::load(&platform.credentials) {
        Ok(credentials) => credentials,
        Err(fault) => {
            let report =
                PullReport { source: platform.source.clone(), not_pulled: vec![NotPulled::whole(&fault)], ..PullReport::default() };
            return Ok(report);
        }
    };
    let options = import_options(app, &platform.source, app.now(), true);
    let folder = app.data_dir.join("pull").join(platform.source.replace(['/', '\\', '.'], "_"));
    let bar = progress::bar("个项目");
    let step = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let report = ingest::pull_platform(&app.store, platform, &credentials, &folder, &options, &step).await;
    bar.finish_and_clear();
    Ok(report?)
}

fn stopped(platform: &PlatformConfig, error: &anyhow::Error) -> PullReport {
    tracing::error!(pull.source = platform.source, error = format!("{error:#}"), "pull from `{}` stopped", platform.source);
    let (what, mend) = (format!("拉取中止（{error:#}）"), "已取到的都已存好，下一轮接着取".to_owned());
    let missed = NotPulled { project: None, dataset: None, unit: None, what, mend };
    PullReport { source: platform.source.clone(), not_pulled: vec![missed], ..PullReport::default() }
}

fn text(report: &PullReport) -> String {
    let (kept, rejected) = report.rows_kept();
    let mut text = format!("拉取 {}：{} 项数据，{} 行，保留 {kept} 行，退回 {rejected} 行", report.source, report.units, report.rows);
    let waiting = report.import.waiting.len();
    if waiting > 0 {
        text.push_str(&format!("，{waiting} 张表等待项目清单"));
    }
    if !report.not_pulled.is_empty() {
        text.push_str(&format!("；没有取到 {} 项：", report.not_pulled.len()));
        let mut told: Vec<String> = report.not_pulled.iter().map(said).collect();
        told.dedup();
        let more = told.len().saturating_sub(TOLD);
        told.truncate(TOLD);
        text.push_str(&told.join("；"));
        if more > 0 {
            text.push_str(&format!("；另有 {more} 项"));
        }
    }
    text
}

fn said(missed: &NotPulled) -> String {
    let mut of: Vec<String> = Vec::new();
    of.extend(missed.project.as_ref().map(ToString::to_string));
    of.extend(missed.dataset.map(|dataset| dataset.chinese().to_owned()));
    of.extend(missed.unit.clone());
    let of = if of.is_empty() { String::new() } else { format!("{}：", of.join(" ")) };
    format!("{of}{}（{}）", missed.what, missed.mend)
}

fn detail(report: &PullReport) -> Value {
    let (kept, rejected) = report.rows_kept();
    let usage = &report.usage;
    json!({
        "source": report.source, "units": report.units, "rows": report.rows, "kept": kept, "rejected": rejected,
        "waiting": report.import.waiting.len(), "not_pulled": report.not_pulled, "notes": report.notes,
        "calls": usage.calls, "retries": usage.retries, "errors": usage.errors, "bytes": usage.bytes,
        "waited_ms": usage.waited_ms, "clock_off_seconds": usage.clock_off,
    })
}

fn log(report: &PullReport) {
    let usage = &report.usage;
    tracing::info!(
        pull.source = report.source,
        pull.units = report.units,
        pull.rows = report.rows,
        pull.missed = report.not_pulled.len(),
        pull.calls = usage.calls,
        pull.retries = usage.retries,
        pull.errors = usage.errors,
        pull.bytes = usage.bytes,
        pull.waited_ms = usage.waited_ms,
        "pulled from `{}`",
        report.source
    );
}
