//! 实名制: contract before entry, everybody on a complete roster, sound identities, a wage officer, attendance.

pub mod attendance_missing;
pub mod id_anomaly;
pub mod no_contract;
pub mod no_wage_officer;
pub mod not_registered;
pub mod record_incomplete;

use chrono::Days;
use model::Date;

use crate::facts::{AMBIGUOUS, Pid};

use crate::law::{Declared, Unit, declared};
use crate::rule::{CheckContext, Rule};

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[
    &no_contract::NoContract,
    &not_registered::NotRegistered,
    &record_incomplete::RecordIncomplete,
    &id_anomaly::IdAnomaly,
    &no_wage_officer::NoWageOfficer,
    &attendance_missing::AttendanceMissing,
];

/// Dated figures of the family, in `config/rules/realname.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("realname.accept_work_agreement", Unit::Bool),
    declared("realname.contract_grace", Unit::Cd),
    declared("realname.roster_fields", Unit::Words),
    declared("realname.roster_fields_other", Unit::Words),
    declared("realname.other_industries", Unit::Words),
    declared("realname.roster_missing_limit", Unit::Ppm),
    declared("realname.registration_grace", Unit::Wd),
    declared("realname.visitor_words", Unit::Words),
    declared("realname.visitor_days", Unit::Count),
    declared("realname.age_min", Unit::Count),
    declared("realname.age_max", Unit::Count),
    declared("realname.officer_projects", Unit::Count),
    declared("realname.officer_small_works", Unit::Fen),
    declared("realname.officer_absent", Unit::Wd),
    declared("realname.attendance_days", Unit::Wd),
    declared("realname.attendance_window", Unit::Wd),
    declared("realname.attendance_share", Unit::Ppm),
    declared("realname.festival_before", Unit::Cd),
    declared("realname.festival_after", Unit::Cd),
];

/// Days on which a person attended, ascending, up to the as-of day.
fn attended<'a>(cx: &'a CheckContext, pid: Pid) -> impl Iterator<Item = Date> + 'a {
    cx.facts.months().iter().flat_map(move |(month, facts)| {
        let mask = facts.worker(pid).map_or(0, |worker| worker.mask);
        (0..31).filter(move |day| mask & 1 << day != 0).map(move |day| month.first_day() + Days::new(day))
    })
}

/// Lines of the roster that could not be read or fit several people: who is absent from it may be among them.
fn roster_gaps(cx: &CheckContext) -> usize {
    let rejected: u32 = cx.dossier.rosters.iter().map(|table| table.head.rejected).sum();
    rejected as usize + cx.facts.people().roster.iter().flatten().filter(|pid| **pid == AMBIGUOUS).count()
}
