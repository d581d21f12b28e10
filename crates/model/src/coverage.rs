//! What has been delivered at all, county-wide: the ground on which the absence of a row may be judged.

use serde::{Deserialize, Serialize};

use crate::{Dataset, Date, Month, ProjectCode};

/// What one source delivered of one dataset for one month (`None`: a dataset without months).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    pub source: String,
    pub dataset: Dataset,
    pub month: Option<Month>,
    /// Lowest and highest code of the projects it was delivered for: two codes are enough to know whether
    /// somebody else than a given project is among them.
    pub lowest: ProjectCode,
    pub highest: ProjectCode,
    /// Civil day of the newest receipt.
    pub last_received: Date,
}

/// The last complete answer of a gateway for one project and dataset, and month where the dataset has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    pub source: String,
    pub dataset: Dataset,
    pub project: ProjectCode,
    pub month: Option<Month>,
    pub on: Date,
}

/// Aggregate over all current sheets of the county.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub delivered: Vec<Delivered>,
    /// Sorted. Empty where nothing is pulled.
    pub asked: Vec<Asked>,
}

impl Coverage {
    /// Whether the dataset was ever received, from whomever and for whichever project.
    pub fn ever(&self, dataset: Dataset) -> bool {
        self.delivered.iter().any(|d| d.dataset == dataset)
    }

    /// Whether one of `sources` delivered the dataset for a project other than `project`, up to and with `until`:
    /// a monthly dataset for that month or a later one, any other by a receipt on that day or later.
    pub fn for_others(&self, dataset: Dataset, project: &ProjectCode, sources: &[String], until: Until) -> bool {
        self.delivered.iter().any(|d| {
            d.dataset == dataset
                && sources.contains(&d.source)
                && self.answered(&d.source, dataset, project, until)
                && (d.lowest != *project || d.highest != *project)
                && match until {
                    Until::Day(day) => d.last_received >= day,
                    Until::Month(month) => d.month.is_some_and(|m| m >= month),
                    Until::Received { month, on } => d.month.is_some_and(|m| m >= month) && d.last_received >= on,
                }
        })
    }

    /// Whether a gateway has answered for the project itself up to then: what it told of others says nothing of a project that
    /// could not be pulled. True of sources that are not pulled.
    fn answered(&self, source: &str, dataset: Dataset, project: &ProjectCode, until: Until) -> bool {
        let pulled = self.asked.iter().filter(|asked| asked.source == source && asked.dataset == dataset);
        let mut pulled = pulled.peekable();
        pulled.peek().is_none()
            || pulled.filter(|asked| asked.project == *project).any(|asked| match until {
                Until::Day(day) => asked.on >= day,
                Until::Month(month) => asked.month == Some(month),
                Until::Received { month, on } => asked.month == Some(month) && asked.on >= on,
            })
    }

    /// The same of every gateway among the sources that feed a project.
    pub fn all_answered(&self, dataset: Dataset, project: &ProjectCode, sources: &[String], until: Until) -> bool {
        sources.iter().all(|source| self.answered(source, dataset, project, until))
    }

    /// Since when a gateway that feeds the dataset of a project has not answered for it, where that is longer ago than `stale` days.
    pub fn silent_since(&self, dataset: Dataset, project: &ProjectCode, sources: &[String], as_of: Date, stale: u32) -> Option<Date> {
        let asked = self.asked.iter().filter(|a| a.dataset == dataset && a.project == *project && sources.contains(&a.source));
        let last = asked.map(|asked| asked.on).max()?;
        (last + chrono::Days::new(stale.into()) < as_of).then_some(last)
    }

    /// First month for which `source` delivered the dataset.
    pub fn first_month(&self, dataset: Dataset, sources: &[String]) -> Option<Month> {
        self.delivered.iter().filter(|d| d.dataset == dataset && sources.contains(&d.source)).filter_map(|d| d.month).min()
    }
}

/// How far a delivery must reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Day(Date),
    Month(Month),
    /// That month or a later one, received on that day or later: a month's sheet that came earlier says nothing of the day.
    Received {
        month: Month,
        on: Date,
    },
}
