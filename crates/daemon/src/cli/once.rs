//! `anxin once [JOB…]`.

use crate::app::App;
use crate::cli::{DONE, FAILED};
use crate::config::passport;
use crate::jobs::{self, Job};
use crate::output::{self, Format};
use crate::schedule;

pub async fn run(app: &App, chosen: &[Job], format: Format) -> anyhow::Result<u8> {
    // Two rounds at the same time would decide the same letters side by side.
    let _lock = schedule::lock(app).await?;
    passport::record(&app.store, &app.config, app.now()).await?;
    let round = if chosen.is_empty() { Job::round(&app.config) } else { chosen };
    let mut failed = false;
    for job in round {
        match jobs::run(app, *job).await {
            Ok(report) if format == Format::Json => {
                output::json_line(&serde_json::json!({ "job": report.job.code(), "ok": report.ok, "report": report.detail }))?;
            }
            Ok(report) => output::line(&report.text)?,
            // One job's failure does not stop the next: what is recorded must still be sent.
            Err(error) => {
                failed = true;
                eprintln!("任务 {} 没有完成：{error:#}", job.code());
            }
        }
    }
    Ok(if failed { FAILED } else { DONE })
}
