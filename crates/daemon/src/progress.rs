//! Progress on a terminal, for work over a second; silent elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ingest::Progress;

/// A bar over what is counted in `unit`, on standard error; hidden when that is not a terminal.
pub fn bar(unit: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4));
    if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {unit} {{msg}}")) {
        bar.set_style(style);
    }
    bar
}

pub fn show(bar: &ProgressBar, step: &Progress) {
    bar.set_length(step.files);
    bar.set_position(step.done);
}
