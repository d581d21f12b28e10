//! `anxin`: command line, schedule, jobs, wiring.

mod app;
mod cli;
mod config;
mod jobs;
mod output;
mod progress;
mod quality;
mod schedule;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
