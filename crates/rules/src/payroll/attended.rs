//! Of the people who came to the site in a month, those whose wages the month owes.

use chrono::Datelike;
use model::identifier::normalise_identity;
use model::sheet::{CorpType, WorkUnit, WorkerRole};
use model::{Date, Field, Month};

use crate::facts::{Pid, Worker};
use crate::rule::{CheckContext, Unknown};

/// Visitors, suppliers, supervisors and the owner's people, told by trade or company; the project's own managers°.
pub fn is_outsider(cx: &CheckContext, month: Month, pid: Pid) -> Result<bool, Unknown> {
    let words = cx.law.words("payroll.outsider_words", month.last_day())?;
    let managers = cx.law.flag("payroll.managers_excluded", month.last_day())?;
    let is_one = |text: &str| words.iter().any(|word| text.contains(word.as_str()));
    for (table, row) in cx.facts.roster_of(pid) {
        let employer = row.employer.given().map(String::as_str).or(table.head.employer.as_deref());
        if (managers && row.role.get() == Some(WorkerRole::Manager))
            || row.trade.given().is_some_and(|trade| is_one(trade))
            || employer.is_some_and(|name| is_outside_company(cx, name))
        {
            return Ok(true);
        }
    }
    Ok(cx.facts.month(month).attendance.iter().any(|at| {
        let table = &cx.dossier.attendance[*at];
        let mut lines = table.lines.iter().zip(&cx.facts.people().attendance[*at]).filter(|(_, of)| **of == pid).map(|(line, _)| line);
        let outside = table.head.employer.as_deref().is_some_and(|name| is_outside_company(cx, name));
        lines.any(|line| outside || line.trade.as_deref().is_some_and(is_one))
    }))
}

fn is_outside_company(cx: &CheckContext, name: &str) -> bool {
    let normal = normalise_identity(name);
    let mut companies = cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    companies.any(|row| matches!(row.kind, CorpType::Supervisor | CorpType::Owner) && normalise_identity(&row.name) == normal)
}

/// Seen on the day of the safety training only.
pub fn only_trained(cx: &CheckContext, month: Month, worker: &Worker) -> bool {
    let trained = cx.facts.roster_of(worker.pid).filter_map(|(_, row)| row.trained_on.get()).filter(|day| month.contains(*day));
    let mask = trained.fold(0_u32, |mask, day| mask | 1 << day.day0());
    worker.mask & !mask == 0
}

/// A night shift that began on the last day of the month before and ended on the 1st.
pub fn only_shift_end(cx: &CheckContext, month: Month, worker: &Worker) -> bool {
    let before = month.plus(-1);
    let evening = 1 << before.last_day().day0();
    worker.mask == 1 && cx.facts.month(before).worker(worker.pid).is_some_and(|worker| worker.mask & evening != 0)
}

/// By how many months the wages may be paid later: who came in the last days° of the month is paid with the next,
/// piece-work by its agreed cycle°.
pub fn months_later(cx: &CheckContext, month: Month, worker: &Worker) -> Result<u32, Unknown> {
    let entry = u32::from(came_late(cx, month, worker)?);
    let cycle = cx.law.count("payroll.piece_cycle", month.last_day())?;
    let longer = cycle > 1 && is_piece_work(cx, month, worker.pid);
    Ok(entry.max(if longer { cycle - 1 } else { 0 }))
}

fn came_late(cx: &CheckContext, month: Month, worker: &Worker) -> Result<bool, Unknown> {
    let days = cx.law.count("payroll.late_entry_days", month.last_day())?;
    let before = cx.facts.months().range(..month).any(|(_, facts)| facts.worker(worker.pid).is_some_and(|w| w.mask != 0));
    if before || worker.mask == 0 {
        return Ok(false);
    }
    let seen = month.day(worker.mask.trailing_zeros() + 1);
    let entered = cx.facts.roster_of(worker.pid).filter_map(|(_, row)| row.entry_on.get()).fold(seen, Date::min);
    Ok((month.last_day() - entered).num_days() < i64::from(days))
}

fn is_piece_work(cx: &CheckContext, month: Month, pid: Pid) -> bool {
    let facts = cx.facts.month(month);
    let mut own = facts.payroll_lines(cx.dossier, cx.facts.people()).filter(|paid| paid.pid == pid).peekable();
    own.peek().is_some() && own.all(|paid| paid.line.work_unit == Field::Given(WorkUnit::Piece))
}
