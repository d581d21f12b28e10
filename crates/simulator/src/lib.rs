//! A synthetic county: projects, people and money as files in the formats counties really hand over, and apart from
//! them the list of what was planted. It never asks the rules; what must follow is derived by hand from rules.md.

mod books;
mod build;
mod cast;
mod chance;
mod days;
mod files;
mod names;
mod people;
mod plant;
mod serve;
mod setting;
mod table;
mod world;

use std::path::{Path, PathBuf};

use model::Dataset;

pub use plant::{Consequence, Fault, NearMiss};
pub use serve::{Credential, Fault as GatewayFault, Platform, Profile, ServeOptions};
pub use table::{Letter, Planted, RuleCount};

use chance::Chance;
use world::Site;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scenario {
    /// The county report of 2024: 47 projects in progress, 93 problems.
    #[default]
    County2024,
    /// The same county with other numbers of each fault.
    CountyRandom,
    /// Small projects, each with one fault or near miss: every rule has both.
    CountyRules,
}

impl Scenario {
    pub const ALL: [(&str, Self); 3] =
        [("county-2024", Self::County2024), ("county-random", Self::CountyRandom), ("county-rules", Self::CountyRules)];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, scenario)| *scenario)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::County2024 => "county-2024",
            Self::CountyRandom => "county-random",
            Self::CountyRules => "county-rules",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// As a county's clerks and banks send them: workbooks, GBK, statements, titles and totals.
    #[default]
    Mixed,
    CsvUtf8,
    CsvGbk,
    Xlsx,
}

impl Format {
    pub const ALL: [(&str, Self); 4] =
        [("mixed", Self::Mixed), ("csv-utf8", Self::CsvUtf8), ("csv-gbk", Self::CsvGbk), ("xlsx", Self::Xlsx)];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, format)| *format)
    }
}

/// What to write. The facts depend on `seed`, `scenario` and `workers` alone.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub seed: u64,
    pub scenario: Scenario,
    pub format: Format,
    /// Datasets that are not handed over at all.
    pub without: Vec<Dataset>,
    /// Fewest and most workers of a project, 60 and 250 when not given.
    pub workers: Option<(u32, u32)>,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    pub inbox: PathBuf,
    pub files: usize,
    pub bytes: u64,
    pub planted: Planted,
}

#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    #[error("写不出 {path}")]
    Write {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("排不出 {path}：{cause}")]
    Layout { path: PathBuf, cause: String },
    #[error("写不出植入清单")]
    Planted(#[from] serde_json::Error),
}

/// Writes `dir/inbox/**`, which the product reads, and `dir/planted.json`, which it never does.
pub fn write(dir: &Path, options: &Options) -> Result<Written, SimulatorError> {
    let (sites, planted) = county(options);
    let inbox = dir.join("inbox");
    let mut totals = write_all(&inbox, files::papers(&sites, None, options))?;
    // Half of the projects on a second thread: deflating workbooks is what takes the time.
    let (first, second) = sites.split_at(sites.len() / 2);
    let half = |part: &[Site]| -> Result<(usize, u64), SimulatorError> {
        let mut sum = (0, 0);
        for site in part {
            let (files, bytes) = write_all(&inbox, files::papers(&sites, Some(site), options))?;
            sum = (sum.0 + files, sum.1 + bytes);
        }
        Ok(sum)
    };
    let parts = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(second));
        (half(first), other.join().expect("writing does not panic"))
    });
    for (files, bytes) in [parts.0?, parts.1?] {
        totals = (totals.0 + files, totals.1 + bytes);
    }
    let path = dir.join("planted.json");
    let text = serde_json::to_string_pretty(&planted)? + "\n";
    std::fs::write(&path, text).map_err(|cause| SimulatorError::Write { path, cause })?;
    Ok(Written { inbox, files: totals.0, bytes: totals.1, planted })
}

/// What a seed plants, without writing anything.
pub fn planted(options: &Options) -> Planted {
    county(options).1
}

fn write_all(inbox: &Path, papers: Vec<files::Named>) -> Result<(usize, u64), SimulatorError> {
    let mut total = (0, 0);
    for named in papers {
        let path = inbox.join(&named.path);
        let bytes = named.paper.bytes(&path)?;
        let failed = |cause| SimulatorError::Write { path: path.clone(), cause };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        std::fs::write(&path, &bytes).map_err(failed)?;
        total = (total.0 + 1, total.1 + bytes.len() as u64);
    }
    Ok(total)
}

fn county(options: &Options) -> (Vec<Site>, Planted) {
    let almanac = days::Almanac::new();
    let mut chance = Chance::new(options.seed, 0);
    let counts = match options.scenario {
        Scenario::County2024 => cast::Counts::COUNTY_2024,
        Scenario::CountyRandom => cast::Counts::drawn(&mut chance),
        Scenario::CountyRules => return plant::trial::county(options, &almanac),
    };
    let parts = cast::cast(&counts, &mut chance);
    let ground = build::Ground { almanac: &almanac, seed: options.seed % 10_000, workers: options.workers.unwrap_or((60, 250)) };
    let (mut sites, mut faults, mut near, mut afterwards) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (no, part) in parts.iter().enumerate() {
        let mut chance = Chance::new(options.seed, no as u64 + 1);
        let mut site = build::site(no, part.role, &ground, &mut chance);
        books::nodes(&mut site);
        let mut planter = plant::Planter { site: &mut site, ground: &ground, chance: &mut chance, faults: Vec::new(), near: Vec::new() };
        planter.plant(part);
        afterwards.extend(planter.afterwards());
        faults.append(&mut planter.faults);
        near.append(&mut planter.near);
        books::keep(&mut site, &almanac);
        sites.push(site);
    }
    let planted = Planted::new(options, &sites, faults, near, afterwards);
    (sites, planted)
}

#[cfg(test)]
mod tests;
