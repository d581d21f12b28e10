//! Folders in which others put files: each is taken when it is complete, and put aside after it was imported.
//!
//! Refuses: following links, opening what is no file, replacing what lies somewhere already.

mod aside;
mod look;
mod told;

use std::path::PathBuf;
use std::time::Duration;

pub use aside::Aside;
pub use look::Look;

/// Where files go of which every row was kept.
pub const DONE: &str = "done";
/// Where files go that have something to mend.
pub const REJECTED: &str = "rejected";

/// A folder that is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    pub dir: PathBuf,
    /// A file is complete when nobody has written to it for so long.
    pub settle: Duration,
    /// Files are moved to `done/` or `rejected/` of the folder after their import.
    pub moves: bool,
}

#[cfg(test)]
mod tests;
