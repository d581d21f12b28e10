//! People of a project: teams, roster, attendance, payroll and payouts.

use chrono::Datelike;
use model::{Date, Month};

use crate::build::{Ground, is_quiet, paid_months};
use crate::cast::Role;
use crate::chance::Chance;
use crate::days::{self, Almanac, bit, plus};
use crate::names;
use crate::setting::Setting;
use crate::world::{Batch, Days, Line, PayLine, PayMonth, Site, Team, Wage, Worker};

/// The first workers of every project, so that each kind of fault finds somebody: monthly staff, own day workers, own piece workers.
struct Crew {
    staff: usize,
    own_day: usize,
    own_piece: usize,
}

const CREW: Crew = Crew { staff: 2, own_day: 8, own_piece: 7 };
/// A project with one fault needs fewer.
const SMALL_CREW: Crew = Crew { staff: 2, own_day: 3, own_piece: 3 };

/// Fewest workers a project can do with.
pub const FEWEST: u32 = 20;
const PERSONS_PER_SITE: u64 = 600;

pub fn settle(site: &mut Site, ground: &Ground, chance: &mut Chance) {
    teams(site, ground, chance);
    let (low, high) = match site.role {
        Role::Trial(Setting { heads: Some(heads), .. }) => (heads, heads),
        Role::Trial(_) => (8, 9),
        _ => (ground.workers.0.max(FEWEST), ground.workers.1.max(FEWEST)),
    };
    // Two draws: most projects are small, a few are large.
    let count = chance.between(i64::from(low), i64::from(high)).min(chance.between(i64::from(low), i64::from(high)));
    let count = usize::try_from(count).expect("a head count");
    for at in 0..count {
        let worker = worker(site, at, ground, chance);
        site.workers.push(worker);
    }
    comings_and_goings(site);
    attendance(site, chance);
    payroll(site, ground.almanac, chance);
    batches(site);
}

fn person_number(site: &Site, at: usize) -> u64 {
    site.no as u64 * PERSONS_PER_SITE + at as u64 + 1
}

fn teams(site: &mut Site, ground: &Ground, chance: &mut Chance) {
    let kinds = [
        ("项目部", 0, "管理人员", false),
        ("砌筑班组", 0, "砌筑工", false),
        ("抹灰班组", 0, "装饰装修工", true),
        ("钢筋班组", 1, "钢筋工", false),
        ("木工班组", 1, "木工", true),
        ("混凝土班组", 2, "混凝土工", false),
        ("架子班组", 2, "架子工", false),
    ];
    for (at, (name, employer, trade, piece)) in kinds.into_iter().enumerate() {
        if employer < site.firms.len() {
            let number = 500_000 + site.no as u64 * 10 + at as u64;
            let name = if chance.percent(20) && at > 2 { format!("{name}一队") } else { name.to_owned() };
            site.teams.push(Team {
                name,
                employer,
                trade,
                piece,
                leader: names::worker_name(number),
                leader_id: names::resident_id(number, ground.seed),
                leader_phone: names::phone(number),
            });
        }
    }
}

pub fn worker(site: &Site, at: usize, ground: &Ground, chance: &mut Chance) -> Worker {
    let number = person_number(site, at);
    let Crew { staff, own_day, own_piece } = if matches!(site.role, Role::Trial(_)) { SMALL_CREW } else { CREW };
    let team = match at {
        _ if at < staff => 0,
        _ if at < staff + own_day => 1,
        _ if at < staff + own_day + own_piece => 2,
        _ => 1 + chance.index(site.teams.len() - 1),
    };
    let (wage, rate) = match (team, site.teams[team].piece) {
        (0, _) => (Wage::Month, chance.between(60, 90) * 10_000),
        (_, true) => (Wage::Piece, chance.between(240, 360) * 10),
        (_, false) => (Wage::Day, chance.between(24, 38) * 1_000),
    };
    let entry = site.start;
    let name = if at == staff + 5 { names::rare_worker_name(number) } else { names::worker_name(number) };
    Worker {
        name,
        id: names::resident_id(number, ground.seed),
        card: names::card(number),
        bank: chance.index(names::BANKS.len()),
        phone: Some(names::phone(number)),
        team,
        wage,
        rate,
        entry,
        exit: None,
        contract: Some(plus(entry, -chance.between(1, 3)).max(site.signed)),
        roster_says_contract: true,
        roster_card: true,
        roster_trade: true,
        on_roster: true,
        registered: Some(entry),
        taken: false,
        attended: std::collections::BTreeMap::new(),
    }
}

/// Somebody leaves after the second full month, somebody else comes then; both only where that lies well before November.
fn comings_and_goings(site: &mut Site) {
    let turn = Month::of(site.start).plus(2);
    if turn > Month::new(2024, 8).expect("a month") || site.role == Role::Clean(8) {
        return;
    }
    let last = site.workers.len() - 1;
    site.workers[last].exit = Some(turn.last_day());
    let entry = turn.day(18);
    let worker = &mut site.workers[last - 1];
    worker.entry = entry;
    worker.contract = Some(entry);
    worker.registered = Some(entry);
}

/// Who has left is paid no more, and can be paid without standing in the payroll.
pub fn leaver(site: &Site) -> Option<usize> {
    site.workers.iter().position(|w| w.exit.is_some())
}

fn attendance(site: &mut Site, chance: &mut Chance) {
    let halves = !site.forms.punches;
    let mut workers = std::mem::take(&mut site.workers);
    for worker in &mut workers {
        let until = worker.exit.unwrap_or(days::last_day()).min(days::last_day());
        let mut first = true;
        for day in worker.entry.iter_days().take_while(|day| *day <= until) {
            let rests = day.weekday() == chrono::Weekday::Sun || !chance.percent(94);
            if is_quiet(site, day) || (rests && !first) {
                continue;
            }
            let half = halves && !first && chance.percent(1);
            first = false;
            let days = worker.attended.entry(Month::of(day)).or_default();
            *(if half { &mut days.half } else { &mut days.whole }) |= bit(day);
        }
    }
    site.workers = workers;
}

fn payroll(site: &mut Site, almanac: &Almanac, chance: &mut Chance) {
    // Where money is counted to the fen, nothing is held back from wages.
    let flat = matches!(site.role, Role::Funding(_) | Role::Trial(_));
    for month in paid_months(site) {
        let lines: Vec<Line> = (0..site.workers.len())
            .filter_map(|at| {
                let days = site.workers[at].attended.get(&month).copied().filter(|d| d.any() != 0)?;
                Some(line(&site.workers[at], at, days, flat, chance))
            })
            .collect();
        if lines.is_empty() {
            continue;
        }
        let pay_day = almanac.pay_day(month, site.pay_day);
        let prepared = almanac.not_before(month.next().first_day());
        let (missing, no_progress, total_off) = (false, false, 0);
        // Sheets of a pay-day to come are on the platform before it.
        let uploaded = if pay_day > days::last_day() { days::date(2024, 12, 16) } else { pay_day };
        site.months.push(PayMonth { month, pay_day, prepared, uploaded: Some(uploaded), missing, no_progress, total_off, lines });
    }
}

pub fn line(worker: &Worker, at: usize, days: Days, flat: bool, chance: &mut Chance) -> Line {
    let days = days.hundredths();
    let overtime = if worker.wage == Wage::Day { chance.between(0, 6) * 5_000 } else { 0 };
    let mut line = Line {
        worker: at,
        days: Some(days),
        rate: None,
        pieces: None,
        price: None,
        overtime,
        gross: 0,
        advance: 0,
        deduction: 0,
        net: 0,
        signed: true,
        hours: None,
        phone: None,
        remark: "",
    };
    match worker.wage {
        Wage::Day => {
            line.rate = Some(worker.rate);
            line.gross = days * worker.rate / 100 + overtime;
        }
        Wage::Piece => {
            // Ten to fourteen pieces a day.
            let pieces = (days * chance.between(10, 14) / 100).max(1);
            line.pieces = Some(pieces * 1_000);
            line.price = Some(worker.rate);
            line.gross = pieces * worker.rate;
        }
        Wage::Month => line.gross = worker.rate,
    }
    if !flat && line.gross > 300_000 {
        line.advance = if chance.percent(8) { 50_000 } else { 0 };
        line.deduction = if chance.percent(5) { chance.between(2, 12) * 1_000 } else { 0 };
    }
    line.net = line.gross - line.advance - line.deduction;
    line
}

fn batches(site: &mut Site) {
    let batches = site.months.iter().map(|m| {
        let pay = |l: &Line| pay_line(&site.workers[l.worker], l.worker, l.net);
        let no = format!("DF{}{:03}01", m.month.first_day().format("%Y%m"), site.no + 1);
        Batch { no, month: m.month, date: m.pay_day, elsewhere: false, lines: m.lines.iter().map(pay).collect() }
    });
    site.batches = batches.filter(|b| b.date <= days::last_day()).collect();
}

pub fn pay_line(worker: &Worker, at: usize, amount: i64) -> PayLine {
    PayLine { worker: at, name: worker.name.clone(), card: None, amount, ok: true, reason: "" }
}

/// First day anybody was there.
pub fn first_attendance(worker: &Worker) -> Option<Date> {
    let (month, days) = worker.attended.iter().find(|(_, d)| d.any() != 0)?;
    Some(month.day(days.any().trailing_zeros() + 1))
}

/// More people on the roster who never come.
pub fn add_ghosts(site: &mut Site, count: usize, ground: &Ground, chance: &mut Chance) {
    for _ in 0..count {
        let at = site.workers.len();
        let ghost = Worker { taken: true, contract: Some(site.start), ..worker(site, at, ground, chance) };
        site.workers.push(ghost);
    }
}
