//! Job `import`: reads every configured folder.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use ingest::{ImportOptions, ImportReport};
use serde_json::json;

use super::folders::{self, Tally};
use super::{Job, JobReport};
use crate::app::App;
use crate::config::FolderConfig;
use crate::progress;

/// How files of a source are read.
pub fn options(app: &App, source: &str, received_at: DateTime<Utc>, archive: bool) -> ImportOptions {
    ImportOptions {
        source: source.to_owned(),
        received_at,
        received_on: app.day_of(received_at),
        mapping: app.config.mappings.get(source).cloned(),
        keep_archive: archive,
        limits: app.config.file.limits.clone(),
        only: None,
        region: None,
    }
}

pub async fn import_paths(app: &App, paths: &[PathBuf], options: &ImportOptions) -> anyhow::Result<ImportReport> {
    let bar = progress::bar("个文件");
    let report = ingest::import_paths(&app.store, paths, options, &|step| progress::show(&bar, &step)).await;
    bar.finish_and_clear();
    Ok(report?)
}

/// The complete files of a folder, as its hints say.
async fn import_folder(app: &App, looked: &folders::Looked<'_>, options: &ImportOptions) -> anyhow::Result<ImportReport> {
    let found = looked.look.as_ref().map_or_else(|_| Vec::new(), |look| look.found.clone());
    let bar = progress::bar("个文件");
    let report = ingest::import_found(&app.store, found, options, &|step| progress::show(&bar, &step)).await;
    bar.finish_and_clear();
    Ok(report?)
}

pub(super) async fn run(app: &App) -> anyhow::Result<JobReport> {
    let (mut files, mut unreadable, mut kept, mut rejected, mut waiting) = (0, 0, 0_u64, 0_u64, 0);
    let (mut tally, mut returned, mut unreturned) = (Tally::default(), 0, Vec::new());
    for looked in folders::look(app).await {
        let folder = looked.folder;
        match &looked.look {
            Ok(look) => tally.arriving.extend(look.arriving.iter().cloned()),
            Err(_) if !folder.dir.is_dir() => {
                tally.missing.push(folder.dir.display().to_string());
                continue;
            }
            Err(why) => {
                tally.unreachable.push(why.clone());
                continue;
            }
        }
        let options =
            ImportOptions { only: folder.dataset, region: folder.region.clone(), ..options(app, &folder.source, app.now(), true) };
        let report = import_folder(app, &looked, &options).await?;
        match write_returns(app, folder, &report, &options).await {
            Ok(count) => returned += count,
            Err(error) => {
                tracing::error!(
                    folder.source = folder.source,
                    error = format!("{error:#}"),
                    "return sheets of `{}` were not written",
                    folder.source
                );
                unreturned.push(format!("{error:#}"));
            }
        }
        files += report.files.len();
        unreadable += report.files.iter().filter(|f| f.error.is_some()).count();
        for sheet in report.files.iter().flat_map(|f| &f.sheets) {
            kept += u64::from(sheet.kept);
            rejected += u64::from(sheet.rejected);
        }
        waiting = report.waiting.len();
        tally.add(looked.clear(report).await?);
    }
    let mut text = format!("导入：{files} 个文件，保留 {kept} 行，退回 {rejected} 行");
    if unreadable > 0 {
        text.push_str(&format!("，{unreadable} 个文件读不了"));
    }
    if returned > 0 {
        text.push_str(&format!("，写出 {returned} 份退回表"));
    }
    if waiting > 0 {
        text.push_str(&format!("，{waiting} 张表等待项目清单"));
    }
    text.push_str(&tally.text());
    if !unreturned.is_empty() {
        text.push_str(&format!("；退回表没有写成：{}", unreturned.join("；")));
    }
    let detail = json!({
        "files": files, "unreadable": unreadable, "kept": kept, "rejected": rejected, "returned": returned, "waiting": waiting,
        "missing_folders": tally.missing, "unreturned": unreturned, "unreachable_folders": tally.unreachable,
        "arriving": tally.arriving.len(), "moved_done": tally.done, "moved_rejected": tally.rejected, "unmoved": tally.unmoved,
    });
    let ok = unreadable == 0 && rejected == 0 && tally.is_well() && unreturned.is_empty();
    Ok(JobReport { job: Job::Import, text, ok, detail })
}

/// Return sheets of what came new: one that was sent back and cleared away is not written again every round. A file that could
/// not even be opened is met again in each round: the report of the job names it.
async fn write_returns(app: &App, folder: &FolderConfig, report: &ImportReport, options: &ImportOptions) -> anyhow::Result<usize> {
    let Some(dir) = &folder.returns else { return Ok(0) };
    let new = report.files.iter().filter(|file| !file.unchanged && !file.sha256.is_empty());
    Ok(ingest::write_returns(&app.store, new, dir, options).await?.len())
}
