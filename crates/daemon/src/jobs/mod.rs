//! The jobs of a round. Each takes no input, reads what it needs, can always run again, and returns a report.

mod check;
mod import;
mod internal;
mod letters;
pub mod replay;
mod send;

pub use check::{check_county, named_projects};
pub use import::{import_paths, options as import_options};
pub use letters::count_problems;

use serde_json::Value;

use crate::app::App;

/// One job of the round; `anxin once JOB` takes the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum Job {
    /// 导入收件目录
    Import,
    /// 核查
    Check,
    /// 拟文书
    Letters,
    /// 发送
    Send,
}

impl Job {
    /// The order of a round.
    pub const ROUND: &[Self] = &[Self::Import, Self::Check, Self::Letters, Self::Send];

    pub fn code(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Check => "check",
            Self::Letters => "letters",
            Self::Send => "send",
        }
    }
}

/// What a job did.
#[derive(Debug, Clone)]
pub struct JobReport {
    pub job: Job,
    /// One Chinese line for people.
    pub text: String,
    /// False when something needs a person; the job itself went on.
    pub ok: bool,
    pub detail: Value,
}

/// Runs one job and records the run, whatever its end.
pub async fn run(app: &App, job: Job) -> anyhow::Result<JobReport> {
    let run = app.store.start_run(job.code(), app.now()).await?;
    tracing::info!(job.name = job.code(), "job `{}` started", job.code());
    let result = match job {
        Job::Import => import::run(app).await,
        Job::Check => check::run(app).await,
        Job::Letters => letters::run(app).await,
        Job::Send => send::run(app).await,
    };
    match &result {
        Ok(report) => {
            app.store.finish_run(run, app.now(), report.ok, &report.detail).await?;
            tracing::info!(job.name = job.code(), job.ok = report.ok, job.report = %report.detail, "job `{}` ended", job.code());
        }
        Err(error) => {
            let detail = serde_json::json!({ "error": format!("{error:#}") });
            app.store.finish_run(run, app.now(), false, &detail).await?;
            tracing::error!(job.name = job.code(), error = format!("{error:#}"), "job `{}` stopped", job.code());
        }
    }
    result
}
