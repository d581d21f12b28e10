//! Progress on a terminal, for work over a second; silent elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ingest::Progress;

/// A bar over files on standard error; hidden when that is not a terminal.
pub fn files() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} 个文件 {msg}") {
        bar.set_style(style);
    }
    bar
}

/// The same over projects.
pub fn projects() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} 个项目 {msg}") {
        bar.set_style(style);
    }
    bar
}

pub fn show(bar: &ProgressBar, step: &Progress) {
    bar.set_length(step.files);
    bar.set_position(step.done);
}
