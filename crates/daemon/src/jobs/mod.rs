//! The jobs of a round. Each takes no input, reads what it needs, can always run again, and returns a report.

mod check;
mod folders;
mod import;
mod internal;
mod letters;
mod owners;
mod pull;
pub mod replay;
mod send;
mod silence;

pub use check::{check_county, each_project, named_projects};
pub use import::{import_paths, options as import_options};
pub use letters::count_problems;

use serde_json::Value;

use crate::app::App;
use crate::config::Config;

/// One job of the round; `anxin once JOB` takes the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum Job {
    /// 拉取平台数据
    Pull,
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
    /// The order of a round; nothing is pulled where no gateway is configured.
    pub fn round(config: &Config) -> &'static [Self] {
        const ROUND: &[Job] = &[Job::Pull, Job::Import, Job::Check, Job::Letters, Job::Send];
        if config.file.platform.is_empty() { &ROUND[1..] } else { ROUND }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Pull => "pull",
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
        Job::Pull => pull::run(app).await,
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
