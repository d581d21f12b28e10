//! A mock platform: the synthetic county behind an `open.api` gateway (platform-api.md §2–5, §8.2, §9).
//! It serves the facts that [`crate::write`] writes as files, made from the same tables, and takes uploads, which it
//! keeps in memory. It is for tests and for trying uploaders; it holds no real data and its secrets are no secrets.

mod credentials;
mod exchange;
mod extension;
mod fault;
mod gate;
mod national;
mod output;
mod queue;
mod shape;
mod table;
mod upload;
mod web;

use std::sync::{Arc, Mutex};

use chrono::{Duration, NaiveDateTime};
use model::{Clock, Date};
use platform::Family;

pub use credentials::Credential;
pub use fault::Fault;

use crate::world::Site;
use crate::{Options, county};
use fault::Faults;
use queue::Memory;

/// Which gateway it behaves like (§9, 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    #[default]
    National,
    /// The labour gateway v2.1: its codes and states, small batches, `appId`.
    Labour,
    /// National codes, but no call without a right `corpsign`.
    CorpsignRequired,
}

impl Profile {
    pub const ALL: [(&str, Self); 3] =
        [("national", Self::National), ("labour", Self::Labour), ("corpsign-required", Self::CorpsignRequired)];

    pub fn family(self) -> Family {
        match self {
            Self::National | Self::CorpsignRequired => Family::National,
            Self::Labour => Family::Labour,
        }
    }
}

/// What to serve and how.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    pub county: Options,
    pub profile: Profile,
    /// Flags as JSON booleans, as real gateways send them, instead of the documented 0 and 1.
    pub boolean_flags: bool,
    /// The methods of §8.2 are there.
    pub extensions: bool,
    /// A page size above 50 is cut to 50 instead of refused.
    pub clamp_pages: bool,
    /// So much the server's clock is ahead of the given one.
    pub clock_skew_s: i64,
    /// Data of later days are not there yet, and uploads for later days are refused; the server's day when not given.
    pub today: Option<Date>,
    /// Every answer takes so long.
    pub latency_ms: u64,
    /// A slow answer takes so long.
    pub slow_ms: u64,
    pub faults: Vec<Fault>,
    /// In how many of a hundred calls or rows each fault happens.
    pub fault_percent: u8,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            county: Options::default(),
            profile: Profile::National,
            boolean_flags: false,
            extensions: true,
            clamp_pages: false,
            clock_skew_s: 0,
            today: None,
            latency_ms: 0,
            slow_ms: 3_000,
            faults: Vec::new(),
            fault_percent: 20,
        }
    }
}

/// The server's state; requests are answered one after the other, so that call numbers are unambiguous.
pub struct Platform {
    options: ServeOptions,
    clock: Arc<dyn Clock>,
    sites: Vec<Site>,
    credentials: Vec<Credential>,
    faults: Faults,
    memory: Mutex<Memory>,
}

impl Platform {
    pub fn new(options: ServeOptions, clock: Arc<dyn Clock>) -> Self {
        let (sites, _) = county(&options.county);
        let credentials = sites.iter().map(|site| Credential::of(options.county.seed, &site.code)).collect();
        let faults = Faults::new(options.county.seed, options.faults.clone(), options.fault_percent);
        Self { options, clock, sites, credentials, faults, memory: Mutex::default() }
    }

    /// One pair of `appid` and secret for each project, in the order of the county.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// The file `--credentials` writes; see docs/platform.md.
    pub fn credentials_file(&self) -> String {
        credentials::file(&self.credentials)
    }

    /// The server's clock: China time, ahead by the skew.
    fn now(&self) -> NaiveDateTime {
        const CHINA: Duration = Duration::hours(8);
        self.clock.now().naive_utc() + CHINA + Duration::seconds(self.options.clock_skew_s)
    }

    fn today(&self) -> Date {
        self.options.today.unwrap_or_else(|| self.now().date())
    }
}

#[cfg(test)]
mod tests;
