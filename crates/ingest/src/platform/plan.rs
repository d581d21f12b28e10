//! Which units of a project are due: whatever was never complete, and what may still change.

use std::collections::BTreeMap;

use chrono::Days;
use model::{Dataset, Date, Month, ProjectCode};
use store::Pull;

use super::config::PlatformConfig;

/// Months looked back where the configuration names no first one.
const MONTHS_BACK: i32 = -11;

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) today: Date,
    first: Month,
    again_days: u32,
    again_months: u32,
    /// Last complete pull, and the most rows any of them had.
    known: BTreeMap<(ProjectCode, Dataset, Option<Month>), (Date, u64)>,
}

impl Plan {
    pub(super) fn new(config: &PlatformConfig, today: Date, known: impl IntoIterator<Item = Pull>) -> Self {
        let mut last = BTreeMap::new();
        for pull in known {
            let known = last.entry((pull.project, pull.dataset, pull.month)).or_insert((pull.pulled_on, pull.rows));
            *known = (known.0.max(pull.pulled_on), known.1.max(pull.rows));
        }
        let first = config.since.unwrap_or_else(|| Month::of(today).plus(MONTHS_BACK));
        Self { today, first, again_days: config.again_days, again_months: config.again_months, known: last }
    }

    /// Months to pull, oldest first. What may still change is pulled again; so is a month whose last pull was too early for its end.
    pub(super) fn months(&self, project: &ProjectCode, dataset: Dataset) -> Vec<Month> {
        let current = Month::of(self.today);
        self.first.through(current).filter(|month| self.is_due(project, dataset, *month)).collect()
    }

    fn is_due(&self, project: &ProjectCode, dataset: Dataset, month: Month) -> bool {
        let Some((last, _)) = self.known.get(&(project.clone(), dataset, Some(month))) else { return true };
        let settled = match dataset {
            Dataset::Attendance => month.last_day() + Days::new(self.again_days.into()),
            _ => month.plus(i32::try_from(self.again_months).unwrap_or(i32::MAX / 2)).last_day(),
        };
        *last <= settled
    }

    /// Rows a unit had before.
    pub(super) fn rows_before(&self, project: &ProjectCode, dataset: Dataset, month: Option<Month>) -> u64 {
        self.known.get(&(project.clone(), dataset, month)).map_or(0, |(_, rows)| *rows)
    }

    /// Whether a day of attendance that is kept must be asked for anew.
    pub(super) fn may_change(&self, day: Date) -> bool {
        day + Days::new(self.again_days.into()) >= self.today
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(today: &str, pulls: &[(&str, &str)]) -> Plan {
        let text = "source = \"p\"\nurl = \"http://127.0.0.1/open.api\"\ncredentials = \"x\"\nsince = \"2024-01\"\n";
        let config: PlatformConfig = toml::from_str(text).unwrap();
        let pull = |(month, on): &(&str, &str)| Pull {
            project: ProjectCode::parse("P1").unwrap(),
            dataset: Dataset::Attendance,
            month: Some(month.parse().unwrap()),
            pulled_on: on.parse().unwrap(),
            rows: 1,
        };
        Plan::new(&config, today.parse().unwrap(), pulls.iter().map(pull))
    }

    #[test]
    fn a_month_is_pulled_until_its_late_days_are_in() {
        let code = ProjectCode::parse("P1").unwrap();
        let months = |pulls: &[(&str, &str)]| {
            plan("2024-03-10", pulls).months(&code, Dataset::Attendance).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(months(&[]), ["2024-01", "2024-02", "2024-03"]);
        assert_eq!(months(&[("2024-01", "2024-02-08"), ("2024-02", "2024-03-07")]), ["2024-02", "2024-03"]);
        assert_eq!(months(&[("2024-01", "2024-02-07"), ("2024-02", "2024-03-08")]), ["2024-01", "2024-03"]);
    }

    #[test]
    fn the_last_days_are_asked_for_again() {
        let plan = plan("2024-03-10", &[]);
        assert!(plan.may_change("2024-03-03".parse().unwrap()));
        assert!(!plan.may_change("2024-03-02".parse().unwrap()));
    }
}
