//! Watched folders in a round: looked at twice where files still come in, and cleared after the import.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ingest::{Aside, ImportReport, Look, Watched};

use crate::app::App;
use crate::config::FolderConfig;

/// What lay in a folder, or why it could not be looked at.
pub struct Looked<'a> {
    pub folder: &'a FolderConfig,
    watched: Watched,
    pub look: Result<Look, String>,
}

/// Looks at every folder; waits once for what may still be written, all folders together.
pub async fn look(app: &App) -> Vec<Looked<'_>> {
    let mut looked: Vec<Looked> = app.config.file.folder.iter().map(|folder| first_look(app, folder)).collect();
    let wait = looked.iter().filter_map(|one| one.look.as_ref().ok()?.wait).max();
    let Some(wait) = wait else { return looked };
    tracing::info!(wait.seconds = wait.as_secs(), "files are still arriving: looking again in {} s", wait.as_secs());
    tokio::time::sleep(wait).await;
    for one in &mut looked {
        if let Ok(first) = &one.look
            && first.wait.is_some()
        {
            one.look = one.watched.look_after(first, SystemTime::from(app.now())).map_err(|error| said(&error));
        }
    }
    looked
}

fn first_look<'a>(app: &App, folder: &'a FolderConfig) -> Looked<'a> {
    // A simulated clock says nothing of the times of files.
    let default = if app.config.file.clock.simulated { 0 } else { FolderConfig::SETTLE_S };
    let settle = Duration::from_secs(u64::from(folder.settle_s.unwrap_or(default)));
    let watched = Watched { dir: folder.dir.clone(), settle, moves: folder.moves };
    let look = watched.look(SystemTime::from(app.now())).map_err(|error| said(&error));
    if let Err(why) = &look {
        tracing::warn!(folder.dir = %folder.dir.display(), "folder `{}` cannot be looked at: {why}", folder.source);
    }
    Looked { folder, watched, look }
}

fn said(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}（{cause}）"))
}

impl Looked<'_> {
    /// Moves what was imported out of the way, on a thread that may wait for the disk.
    pub async fn clear(self, report: ImportReport) -> anyhow::Result<Aside> {
        let Ok(look) = self.look else { return Ok(Aside::default()) };
        let watched = self.watched;
        let aside = tokio::task::spawn_blocking(move || watched.set_aside(&look.found, &report)).await?;
        for failed in &aside.failed {
            tracing::warn!("a file was imported and could not be moved: {failed}");
        }
        Ok(aside)
    }
}

/// What stays out of the counts of rows: files on their way, and what could not be done about them.
#[derive(Default)]
pub struct Tally {
    pub missing: Vec<String>,
    pub unreachable: Vec<String>,
    pub arriving: Vec<PathBuf>,
    pub done: usize,
    pub rejected: usize,
    pub unmoved: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, aside: Aside) {
        self.done += aside.done;
        self.rejected += aside.rejected;
        self.unmoved.extend(aside.failed);
    }

    /// Appended to the line of the job.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.done + self.rejected > 0 {
            text.push_str(&format!("，移到 done {} 个、rejected {} 个文件", self.done, self.rejected));
        }
        if !self.arriving.is_empty() {
            text.push_str(&format!("，{} 个文件还在传送，下一轮再收", self.arriving.len()));
        }
        for (what, names) in [("收件目录不存在", &self.missing), ("收件目录读不了", &self.unreachable), ("已导入、没有移走", &self.unmoved)]
        {
            if !names.is_empty() {
                text.push_str(&format!("；{what}：{}", names.join("；")));
            }
        }
        text
    }

    pub fn is_well(&self) -> bool {
        self.missing.is_empty() && self.unreachable.is_empty() && self.unmoved.is_empty()
    }
}
