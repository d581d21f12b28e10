//! A lawful project: firms, dates, people, attendance and wages, before anything is planted.

use std::collections::BTreeMap;

use chrono::Datelike;
use model::{Date, Month};

use crate::cast::{Gap, Role};
use crate::chance::Chance;
use crate::days::{self, Almanac, date, plus};
use crate::names;
use crate::people;
use crate::setting::Setting;
use crate::world::{Account, Board, Corp, Deposit, Forms, Officer, OwnerKind, Site, Status, Terms};

/// Companies and persons are numbered through the whole county, so that none occurs twice.
pub struct Ground<'a> {
    pub almanac: &'a Almanac,
    pub seed: u64,
    /// Lowest and highest number of workers.
    pub workers: (u32, u32),
}

pub fn site(no: usize, role: Role, ground: &Ground, chance: &mut Chance) -> Site {
    let works = names::works(no + usize::try_from(ground.seed % 7).unwrap_or(0));
    let dates = Dates::draw(role, ground.almanac, chance);
    let (amount, duty) = amount(role, chance);
    let owner_no = chance.index(14);
    let mut firms = vec![builder(no, role, chance)];
    for n in 0..=chance.index(2) {
        let number = no * 2 + n;
        firms.push(Corp { name: names::labour_company_name(number), code: names::credit_code(3_000 + number as u64) });
    }
    let (fund_day, pay_day) = pay_days(role, chance);
    let mut site = Site {
        no,
        role,
        code: format!("999999{}{:03}", dates.signed.format("%Y%m%d"), no + 1),
        name: works.0,
        category: works.1,
        industry: works.2,
        address: format!("测试县测试镇第{}号地块", no + 1),
        inspector: names::INSPECTORS[no % names::INSPECTORS.len()],
        owner: Corp { name: names::owner_name(owner_no), code: names::credit_code(1_000 + owner_no as u64) },
        owner_kind: owner_kind(role, no, chance),
        firms,
        amount,
        ratio_percent: chance.pick(&[18, 20, 22, 25]),
        signed: dates.signed,
        permit: dates.permit,
        permit_blank: false,
        start: dates.start,
        ends: dates.ends,
        completed: dates.completed,
        suspended: dates.suspended,
        resumed: dates.resumed,
        status: dates.status,
        fund_day,
        pay_day,
        connected: None,
        duty,
        account: None,
        deposit: None,
        second_deposit: None,
        spare: None,
        terms: terms(dates.ends),
        officer: officer(no, dates.start),
        leads: Vec::new(),
        board: None,
        nodes: Vec::new(),
        teams: Vec::new(),
        workers: Vec::new(),
        months: Vec::new(),
        batches: Vec::new(),
        funding: BTreeMap::new(),
        returns: Vec::new(),
        top_ups: Vec::new(),
        opening_advance: None,
        float: None,
        interest: true,
        entries: Vec::new(),
        attendance_until: days::last_day(),
        balance_gap: None,
        ledger_until: days::last_day(),
        ledger: Vec::new(),
        forms: forms(role, chance),
    };
    papers(&mut site, ground.almanac, chance);
    if site.status != Status::Planned {
        people::settle(&mut site, ground, chance);
    }
    site
}

fn builder(no: usize, role: Role, chance: &mut Chance) -> Corp {
    let number = match role {
        Role::Clean(5) => return Corp { name: names::longest_company(), code: names::credit_code(2_999) },
        // Small contracts of the same firm for the same owner would count as one that was split.
        Role::BelowFloor(_) | Role::Exempt | Role::Planned(4) => 30 + no % 40,
        Role::Trial(_) => no,
        _ => chance.index(30),
    };
    Corp { name: names::builder_name(number), code: names::credit_code(2_000 + number as u64) }
}

fn terms(ends: Date) -> Terms {
    Terms {
        measure: "按月计量",
        cycle: "按月",
        ratio: true,
        labour_cost: None,
        fund_day: true,
        settlement: true,
        days: None,
        guarantee: true,
        guarantee_to: plus(ends, 30),
    }
}

fn officer(no: usize, from: Date) -> Officer {
    let number = 700_000 + no as u64;
    Officer { name: names::worker_name(number), phone: names::phone(number), id: names::resident_id(number, 0), from, to: None }
}

fn forms(role: Role, chance: &mut Chance) -> Forms {
    Forms {
        // Punches make many rows.
        punches: chance.percent(if matches!(role, Role::Trial(_)) { 2 } else { 15 }),
        ledger_nature: chance.percent(60),
        ledger_range: true,
        payout_ids: chance.percent(70),
        payout_month: chance.percent(85),
        style: chance.index(8),
    }
}

fn owner_kind(role: Role, no: usize, chance: &mut Chance) -> OwnerKind {
    match role {
        Role::Trial(Setting { owner: Some(kind), .. }) => kind,
        Role::NotOpened(_) | Role::Funding(_) | Role::Clean(9) => chance.pick(&[OwnerKind::Government, OwnerKind::StateOwned]),
        _ if no.is_multiple_of(3) => OwnerKind::Private,
        _ => chance.pick(&[OwnerKind::Government, OwnerKind::StateOwned, OwnerKind::Private]),
    }
}

const FLOOR: i64 = 400_000_000;

/// Contract sum, and whether it is large and long enough for the account duty.
fn amount(role: Role, chance: &mut Chance) -> (i64, bool) {
    match role {
        Role::NotOpened(0) => (400_000_000, true),
        Role::BelowFloor(0) => (399_999_999, false),
        Role::BelowFloor(_) => (chance.between(31_000, 39_000) * 10_000, false),
        Role::Exempt | Role::Planned(4) => (chance.between(11_000, 29_000) * 10_000, false),
        Role::Trial(setting) => {
            let amount = setting.amount.unwrap_or_else(|| chance.between(40_000, 95_000) * 10_000);
            (amount, amount >= FLOOR && !setting.short)
        }
        Role::ShortPeriod => (chance.between(90_000, 150_000) * 10_000, false),
        _ => (chance.between(280_000, 950_000) * 10_000, true),
    }
}

fn pay_days(role: Role, chance: &mut Chance) -> (u32, u32) {
    // Labour cost comes five working days before the wages, so that the account never looks short of them.
    match role {
        Role::Trial(Setting { days: Some(days), .. }) => days,
        // The window of November's payouts must still be open on the day the county is looked at.
        Role::Funding(Gap::December) => chance.pick(&[(3, 10), (3, 12), (5, 12)]),
        // Nothing is paid from another account before the special one is overdue.
        Role::NotOpened(1..=3) => chance.pick(&[(3, 12), (5, 12), (6, 15)]),
        Role::Clean(1) => (3, 12),
        Role::Clean(2) => (3, 15),
        Role::Clean(3) => (3, 10),
        Role::Clean(13) => (6, 15),
        _ => chance.pick(&[(3, 10), (3, 12), (5, 12), (3, 15), (5, 15), (6, 15)]),
    }
}

struct Dates {
    signed: Date,
    permit: Option<Date>,
    start: Date,
    ends: Date,
    completed: Option<Date>,
    suspended: Option<Date>,
    resumed: Option<Date>,
    status: Status,
}

impl Dates {
    fn of_trial(setting: &Setting, almanac: &Almanac, chance: &mut Chance) -> Self {
        let day = u32::try_from(chance.between(15, 22)).expect("a day of a month");
        let usual = if setting.planned { date(2025, 2, day) } else { date(2024, chance.pick(&[7, 8]), day) };
        let start = setting.start.unwrap_or_else(|| almanac.not_before(usual));
        let signed = setting.signed.unwrap_or_else(|| almanac.not_after(plus(start, -chance.between(8, 12))));
        let permit = setting.permit.unwrap_or_else(|| almanac.not_after(plus(start, -chance.between(1, 4))).max(signed));
        let ends = setting.ends.unwrap_or_else(|| plus(start, chance.between(400, 700)));
        let status = match setting.completed {
            _ if setting.planned => Status::Planned,
            Some(_) => Status::Completed,
            None if setting.suspended.is_some() => Status::Suspended,
            None => Status::Active,
        };
        let permit = (!setting.no_permit && !setting.planned).then_some(permit);
        Self { signed, permit, start, ends, completed: setting.completed, suspended: setting.suspended, resumed: None, status }
    }

    fn draw(role: Role, almanac: &Almanac, chance: &mut Chance) -> Self {
        if let Role::Trial(setting) = role {
            return Self::of_trial(&setting, almanac, chance);
        }
        let day = u32::try_from(chance.between(15, 22)).expect("a day of a month");
        let mut some_month = |low: i64, high: i64| u32::try_from(chance.between(low, high)).expect("a month");
        let start = match role {
            Role::NotOpened(1..=3) => date(2024, 10, day.max(17)),
            Role::ShortPeriod => date(2024, 10, 8),
            Role::NotOpened(_) | Role::Faulty | Role::Funding(_) => date(2024, some_month(1, 5), day),
            Role::Planned(_) | Role::Trial(_) => date(2025, 2, day),
            Role::Clean(13) => date(2024, 3, 4),
            Role::Clean(11 | 12) => date(2024, some_month(3, 6), day),
            Role::Clean(n) if n > 13 => date(2024, some_month(8, 10), day),
            Role::Suspended | Role::Completed => date(2024, some_month(1, 4), day),
            Role::Clean(_) | Role::BelowFloor(_) | Role::Exempt => date(2024, some_month(1, 6), day),
        };
        let start = almanac.not_before(start);
        let signed = almanac.not_after(match role {
            Role::Planned(0) => date(2024, 11, 20),
            Role::Planned(1) => date(2024, 12, 9),
            Role::Planned(_) => date(2024, 10, 21),
            Role::NotOpened(1..=3) => date(2024, 10, 11),
            // The account is opened on the last day, or late, and still before the first funding day.
            Role::Clean(11 | 12) => plus(start, -chance.between(38, 42)),
            _ => plus(start, -chance.between(8, 12)),
        });
        let signed = signed.max(date(2024, 1, 2));
        let permit = match role {
            Role::Exempt | Role::Planned(_) => None,
            _ => Some(almanac.not_after(plus(start, -chance.between(1, 4))).max(signed)),
        };
        // End + 1 day is one day short of start + 3 months.
        let ends = if role == Role::ShortPeriod { date(2025, 1, 6) } else { plus(start, chance.between(400, 700)) };
        let (completed, suspended, resumed, status) = match role {
            Role::Planned(_) => (None, None, None, Status::Planned),
            Role::Suspended => (None, Some(date(2024, some(chance), 16)), None, Status::Suspended),
            Role::Completed => (Some(date(2024, some(chance), 28)), None, None, Status::Completed),
            Role::Clean(8) => (None, Some(date(2024, 7, 1)), Some(date(2024, 9, 2)), Status::Active),
            _ => (None, None, None, Status::Active),
        };
        Self { signed, permit, start, ends, completed, suspended, resumed, status }
    }
}

fn some(chance: &mut Chance) -> u32 {
    u32::try_from(chance.between(9, 10)).expect("a month")
}

/// Account, deposit, board and platform, each in time.
fn papers(site: &mut Site, almanac: &Almanac, chance: &mut Chance) {
    let no = site.no as u64;
    let opens =
        site.duty && !matches!(site.role, Role::NotOpened(_) | Role::Planned(0 | 1) | Role::Trial(Setting { no_account: true, .. }));
    let opened = match site.role {
        Role::Trial(Setting { opened: Some(day), .. }) => day,
        _ => almanac.wd(site.signed, 3),
    };
    if opens {
        site.account = Some(account(10_000 + no, chance.index(names::BANKS.len()), opened, almanac));
    }
    if site.duty && site.status != Status::Planned {
        site.connected = Some(almanac.wd(opened, 5));
    }
    site.deposit = match site.role {
        Role::Planned(_) | Role::Trial(Setting { planned: true, .. }) => None,
        Role::Exempt => Some(Deposit {
            form: "免存",
            number: String::new(),
            amount: 0,
            stored: None,
            valid: None,
            exempt: "免存：合同额低于300万元且签订前一年内无欠薪",
            ..Deposit::default()
        }),
        _ => Some(deposit(site, almanac, chance)),
    };
    if site.status != Status::Planned {
        let set = almanac.wd(site.start, 2);
        // Recent on every day of November and December 2024.
        let checked = if site.status == Status::Active { date(2024, 9, 10) } else { set };
        site.board = Some(Board::new(set, checked.max(set)));
    }
    if site.role == Role::Completed && no.is_multiple_of(2) {
        let from = date(2024, 11, 18);
        if let Some(account) = &mut site.account {
            account.closed = Some((from, almanac.not_before(plus(from, 31))));
        }
    }
}

pub fn account(number: u64, bank: usize, opened: Date, almanac: &Almanac) -> Account {
    Account {
        number: names::account_no(number),
        bank,
        opened,
        filed: Some(almanac.wd(opened, 8)),
        agreement: Some(opened),
        name: None,
        kind: "专户",
        closed: None,
    }
}

fn deposit(site: &Site, almanac: &Almanac, chance: &mut Chance) -> Deposit {
    let amount = (site.amount * 15 + 999) / 1_000;
    let stored = almanac.wd(site.permit.unwrap_or(site.signed), 4);
    let cash = match site.role {
        Role::Trial(Setting { cash: Some(cash), .. }) => cash,
        _ => chance.percent(25),
    };
    if cash {
        return Deposit {
            form: "现金",
            number: names::account_no(20_000 + site.no as u64),
            amount,
            stored: Some(stored),
            ..Deposit::default()
        };
    }
    let number = format!("BH2024{:04}", site.no * 7 + 11);
    // A year at least, and beyond the end of the contract.
    let to = plus(site.ends, 90).max(plus(stored, 400));
    Deposit { form: "银行保函", number, amount, stored: Some(stored), valid: Some((stored, to)), ..Deposit::default() }
}

/// Whether nobody works on that day: before the start, after the end, while suspended, Spring Festival.
pub fn is_quiet(site: &Site, day: Date) -> bool {
    let suspended = site.suspended.is_some_and(|from| day >= from && site.resumed.is_none_or(|to| day < to));
    let festival = day >= date(2024, 2, 9) && day <= date(2024, 2, 17);
    suspended || festival || day < site.start || site.completed.is_some_and(|end| day > end) || day.day() == 1 && day.month() == 10
}

/// Months from the start of works to the last with payroll.
pub fn paid_months(site: &Site) -> impl Iterator<Item = Month> + use<> {
    Month::of(site.start).through(days::last_month())
}
