//! Job `import`: reads every configured folder.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use ingest::{ImportOptions, ImportReport};
use serde_json::json;

use super::{Job, JobReport};
use crate::app::App;
use crate::progress;

pub async fn import_paths(
    app: &App,
    source: &str,
    paths: &[PathBuf],
    received_at: DateTime<Utc>,
    archive: bool,
) -> anyhow::Result<ImportReport> {
    let options = ImportOptions {
        source: source.to_owned(),
        received_at,
        received_on: app.day_of(received_at),
        mapping: app.config.mappings.get(source).cloned(),
        keep_archive: archive,
        limits: app.config.file.limits.clone(),
    };
    let bar = progress::files();
    let report = ingest::import_paths(&app.store, paths, &options, &|step| progress::show(&bar, &step)).await;
    bar.finish_and_clear();
    Ok(report?)
}

pub(super) async fn run(app: &App) -> anyhow::Result<JobReport> {
    let (mut files, mut unreadable, mut kept, mut rejected, mut waiting) = (0, 0, 0_u64, 0_u64, 0);
    let mut missing = Vec::new();
    for folder in &app.config.file.folder {
        let dir = folder.dir.clone();
        if !dir.is_dir() {
            tracing::warn!(folder.dir = %dir.display(), "folder `{}` is not there", folder.source);
            missing.push(dir.display().to_string());
            continue;
        }
        let report = import_paths(app, &folder.source, &[dir], app.now(), true).await?;
        files += report.files.len();
        unreadable += report.files.iter().filter(|f| f.error.is_some()).count();
        for sheet in report.files.iter().flat_map(|f| &f.sheets) {
            kept += u64::from(sheet.kept);
            rejected += u64::from(sheet.rejected);
        }
        waiting = report.waiting.len();
    }
    let mut text = format!("导入：{files} 个文件，保留 {kept} 行，退回 {rejected} 行");
    if unreadable > 0 {
        text.push_str(&format!("，{unreadable} 个文件读不了"));
    }
    if waiting > 0 {
        text.push_str(&format!("，{waiting} 张表等待项目清单"));
    }
    if !missing.is_empty() {
        text.push_str(&format!("；收件目录不存在：{}", missing.join("、")));
    }
    let detail = json!({ "files": files, "unreadable": unreadable, "kept": kept, "rejected": rejected, "waiting": waiting, "missing_folders": missing });
    Ok(JobReport { job: Job::Import, text, ok: unreadable == 0 && rejected == 0 && missing.is_empty(), detail })
}
