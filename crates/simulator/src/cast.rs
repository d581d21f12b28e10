//! Who plays which part: how many projects of each kind there are, and which fault falls on which of them.
//!
//! In `county-2024` the numbers follow the county report (regulations.md §0); only their place is left to chance.

use crate::chance::Chance;
use crate::setting::Setting;

/// Why the owner's money did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The contractor paid from its own money.
    Own,
    /// A third party paid.
    Third,
    /// Nobody paid, nor were the workers.
    Unpaid,
    /// Contractor's money in an earlier month, and in December neither money nor payroll.
    December,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 0: exactly four million; 1–3: signed in October 2024.
    NotOpened(usize),
    /// Lawful but for further faults.
    Faulty,
    Funding(Gap),
    /// Lawful, with the near miss of that number.
    Clean(usize),
    /// 0: one fen below the floor.
    BelowFloor(usize),
    ShortPeriod,
    Exempt,
    /// 0: the account is due on the very day of the county; 1: later; 2, 3: opened; 4: below the floor.
    Planned(usize),
    Suspended,
    Completed,
    /// A small project made for one fault or near miss of one rule.
    Trial(Setting),
}

/// How the bank's payouts differ from the payroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    PaidShort,
    PaidMore,
    Unlisted,
    Swapped,
    /// Who is not paid at all is also paid late.
    LeftOut,
    /// As are those whose payout failed; with their signature it is arrears.
    Failed,
    Returned,
}

impl Mismatch {
    /// From which nothing else follows.
    const ALONE: [Self; 4] = [Self::PaidShort, Self::Unlisted, Self::PaidMore, Self::Swapped];
    const ALL: [Self; 7] = [Self::LeftOut, Self::PaidShort, Self::Failed, Self::Unlisted, Self::Returned, Self::PaidMore, Self::Swapped];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    Heads,
    Total,
    /// Attendance that no longer comes is also missing.
    Stale,
}

/// A further fault on a project that has one already. The number chooses among its kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    NoDeposit,
    FundingShort,
    BankMismatch(Mismatch),
    LedgerIncomplete(usize),
    NoQuantityBasis(usize),
    NoContract(usize),
    RecordIncomplete(usize),
    NotConnected,
    DataQuality(Quality),
    /// Also a fault of data quality, where there is an account.
    BalanceGap,
    BoardMissing(usize),
    SettlementOverdue(usize),
}

#[derive(Debug, Clone)]
pub struct Part {
    pub role: Role,
    pub extras: Vec<Extra>,
}

/// How many projects have each fault; bank mismatches include those of unpaid months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Only kinds of a fault from which no problem of a second rule follows: the report counts each by itself.
    pub alone: bool,
    pub not_opened: usize,
    pub no_deposit: usize,
    /// Projects with an account whose only faults are further ones.
    pub faulty: usize,
    pub funding: usize,
    pub funding_short: usize,
    pub bank_mismatch: usize,
    pub ledger_incomplete: usize,
    pub no_quantity_basis: usize,
    pub no_contract: usize,
    pub record_incomplete: usize,
    pub not_connected: usize,
    pub data_quality: usize,
    pub board_missing: usize,
    pub settlement_overdue: usize,
}

const ACTIVE: usize = 47;
const SMALL: usize = 5;

impl Counts {
    /// The county report of 2024: 16, 1, 11 twice, and 93 in all.
    pub const COUNTY_2024: Self = Self {
        alone: true,
        not_opened: 16,
        no_deposit: 1,
        faulty: 0,
        funding: 11,
        funding_short: 3,
        bank_mismatch: 9,
        ledger_incomplete: 8,
        no_quantity_basis: 7,
        no_contract: 6,
        record_incomplete: 6,
        not_connected: 4,
        data_quality: 5,
        board_missing: 3,
        settlement_overdue: 3,
    };

    pub fn drawn(chance: &mut Chance) -> Self {
        let mut some = |low: i64, high: i64| usize::try_from(chance.between(low, high)).expect("counts are not negative");
        Self {
            alone: false,
            not_opened: some(6, 16),
            no_deposit: some(1, 3),
            faulty: some(2, 4),
            funding: some(5, 12),
            funding_short: some(1, 4),
            bank_mismatch: some(5, 6),
            ledger_incomplete: some(2, 8),
            no_quantity_basis: some(2, 8),
            no_contract: some(2, 7),
            record_incomplete: some(1, 7),
            not_connected: some(1, 5),
            data_quality: some(1, 6),
            board_missing: some(1, 4),
            settlement_overdue: some(1, 4),
        }
    }
}

/// The parts of all sixty projects, in the order of their numbers.
pub fn cast(counts: &Counts, chance: &mut Chance) -> Vec<Part> {
    let unpaid = if counts.alone { Gap::Third } else { Gap::Unpaid };
    let gaps = [Gap::Own, Gap::December, Gap::Third, unpaid, Gap::December, Gap::Own, Gap::Third, Gap::December, Gap::Own];
    let mut roles: Vec<Role> = (0..counts.not_opened).map(Role::NotOpened).collect();
    roles.extend((0..counts.faulty).map(|_| Role::Faulty));
    roles.extend((0..counts.funding).map(|n| Role::Funding(*gaps.get(n).unwrap_or(&[Gap::December, Gap::Own][n % 2]))));
    let clean = ACTIVE - SMALL - roles.len();
    roles.extend((0..clean).map(Role::Clean));
    roles.extend([Role::BelowFloor(0), Role::BelowFloor(1), Role::ShortPeriod, Role::Exempt, Role::Exempt]);
    roles.extend((0..5).map(Role::Planned));
    roles.extend([Role::Suspended; 4]);
    roles.extend([Role::Completed; 4]);
    chance.shuffle(&mut roles);
    let mut parts: Vec<Part> = roles.into_iter().map(|role| Part { role, extras: Vec::new() }).collect();
    deal(&mut parts, counts, chance);
    parts
}

fn deal(parts: &mut [Part], counts: &Counts, chance: &mut Chance) {
    let funding = |role: Role| matches!(role, Role::Funding(_));
    let has_account = |role: Role| matches!(role, Role::Funding(_) | Role::Faulty);
    // Projects that began late have too few months for faults in sheets.
    let faulty = |role: Role| has_account(role) || matches!(role, Role::NotOpened(n) if n == 0 || n > 3);
    // Not being connected would be the cause of payroll not uploaded, so the two never meet.
    let unconnected = |role: Role| matches!(role, Role::NotOpened(_) | Role::Faulty);
    let quality = |role: Role| role == Role::Faulty || matches!(role, Role::NotOpened(n) if n == 0 || n > 3);
    let unpaid = parts.iter().filter(|p| p.role == Role::Funding(Gap::Unpaid)).count();
    let mismatched = |role: Role| has_account(role) && role != Role::Funding(Gap::Unpaid);
    // An unpaid deposit falls on a project whose contractor would get a notice anyway, as the report's numbers of letters suggest.
    spread(parts, chance, counts.no_deposit, has_account, |_| Extra::NoDeposit);
    let kinds: &[Mismatch] = if counts.alone { &Mismatch::ALONE } else { &Mismatch::ALL };
    let mismatch = |n: usize| Extra::BankMismatch(kinds[n % kinds.len()]);
    spread(parts, chance, counts.bank_mismatch.saturating_sub(unpaid), mismatched, mismatch);
    spread(parts, chance, counts.funding_short, funding, |_| Extra::FundingShort);
    spread(parts, chance, counts.settlement_overdue, funding, Extra::SettlementOverdue);
    spread(parts, chance, 1, |role| role == Role::Funding(Gap::Own), |_| Extra::BalanceGap);
    let kinds: &[Quality] =
        if counts.alone { &[Quality::Heads, Quality::Total] } else { &[Quality::Stale, Quality::Heads, Quality::Total] };
    spread(parts, chance, counts.data_quality - 1, quality, |n| Extra::DataQuality(kinds[n % kinds.len()]));
    spread(parts, chance, counts.not_connected, unconnected, |_| Extra::NotConnected);
    spread(parts, chance, counts.ledger_incomplete, faulty, Extra::LedgerIncomplete);
    spread(parts, chance, counts.no_quantity_basis, faulty, Extra::NoQuantityBasis);
    spread(parts, chance, counts.no_contract, faulty, Extra::NoContract);
    spread(parts, chance, counts.record_incomplete, faulty, Extra::RecordIncomplete);
    spread(parts, chance, counts.board_missing, faulty, Extra::BoardMissing);
}

/// Gives `count` different projects the fault, the least burdened first.
fn spread(parts: &mut [Part], chance: &mut Chance, count: usize, fits: impl Fn(Role) -> bool, extra: impl Fn(usize) -> Extra) {
    let mut open: Vec<usize> = (0..parts.len()).filter(|at| fits(parts[*at].role)).collect();
    chance.shuffle(&mut open);
    open.sort_by_key(|at| parts[*at].extras.len());
    for (kind, at) in open.into_iter().take(count).enumerate() {
        parts[at].extras.push(extra(kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_county_has_forty_seven_projects_in_progress_and_thirteen_others() {
        for seed in 0..20 {
            let parts = cast(&Counts::COUNTY_2024, &mut Chance::new(seed, 0));
            let others = parts.iter().filter(|p| matches!(p.role, Role::Planned(_) | Role::Suspended | Role::Completed)).count();
            assert_eq!((parts.len() - others, others), (47, 13));
            assert_eq!(parts.iter().map(|p| p.extras.len()).sum::<usize>(), 93 - 16 - 22);
        }
    }

    #[test]
    fn a_project_has_each_fault_once() {
        let parts = cast(&Counts::COUNTY_2024, &mut Chance::new(3, 0));
        for part in parts {
            let mut kinds: Vec<_> = part.extras.iter().map(std::mem::discriminant).collect();
            let before = kinds.len();
            kinds.dedup();
            assert_eq!(kinds.len(), before);
        }
    }
}
