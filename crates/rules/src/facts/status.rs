//! The status of the project day by day (rules.md §6, "status", "status of a month").

use model::sheet::{Project, ProjectStatus};
use model::{Date, Month};

/// Status history. Dates make it; a status word without a date holds on the as-of day.
#[derive(Debug, Clone, Copy)]
pub struct StatusHistory {
    as_of: Date,
    started: Option<Date>,
    suspended: Option<Date>,
    resumed: Option<Date>,
    completed: Option<Date>,
    word: ProjectStatus,
    undated_suspension: bool,
    undated_completion: bool,
}

impl StatusHistory {
    pub fn of(project: &Project, as_of: Date) -> Self {
        let happened = |day: Option<Date>| day.filter(|day| *day <= as_of);
        Self {
            as_of,
            // A start to come is kept: it is what makes the days before it `planned`.
            started: project.start_on.get(),
            suspended: happened(project.suspended_on.get()),
            resumed: happened(project.resumed_on.get()),
            completed: happened(project.complete_on.get()),
            word: project.status,
            undated_suspension: !project.suspended_on.is_given(),
            undated_completion: !project.complete_on.is_given(),
        }
    }

    /// The status on a day up to the as-of day.
    pub fn on(&self, day: Date) -> ProjectStatus {
        let today = day >= self.as_of;
        if self.completed.is_some_and(|completed| completed <= day) {
            return if today && self.word == ProjectStatus::Closed { ProjectStatus::Closed } else { ProjectStatus::Completed };
        }
        if today && self.completed.is_none() {
            match self.word {
                ProjectStatus::Suspended if self.undated_suspension => return ProjectStatus::Suspended,
                word @ (ProjectStatus::Completed | ProjectStatus::Closed) if self.undated_completion => return word,
                _ => {}
            }
        }
        if self.started.is_some_and(|started| day < started) || (self.started.is_none() && self.word == ProjectStatus::Planned) {
            return ProjectStatus::Planned;
        }
        match (self.suspended, self.resumed) {
            (Some(from), None) if from <= day => ProjectStatus::Suspended,
            // A resumption before the suspension belongs to an earlier one.
            (Some(from), Some(to)) if from <= day && (day < to || to < from) => ProjectStatus::Suspended,
            _ => ProjectStatus::Active,
        }
    }

    /// Active if any attended day is active, or, where nobody attended, any day of the month is;
    /// else the status on the last day of the month. `attended`: bit 0 = the 1st.
    pub fn in_month(&self, month: Month, attended: u32) -> ProjectStatus {
        let last = month.last_day().min(self.as_of);
        let days = || month.first_day().iter_days().take_while(|day| *day <= last);
        let worked = |day: &Date| attended == 0 || attended & (1 << chrono::Datelike::day0(day)) != 0;
        if days().filter(worked).any(|day| self.on(day) == ProjectStatus::Active) { ProjectStatus::Active } else { self.on(last) }
    }
}
