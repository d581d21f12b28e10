//! What holds whatever the data: order does not matter, and missing data accuses nobody.

use std::collections::BTreeSet;

use model::{Coverage, Dataset, Dossier, Finding, FindingKey, Outcome};
use proptest::prelude::*;
use toml::Table;

use super::{Case, read, shipped_calendar, shipped_law};
use crate::check::check;

/// What one worker's three months look like.
#[derive(Debug, Clone)]
struct Worker {
    days: u32,
    net: i64,
    /// ok, failed, pending, absent, less, twice, an unknown word.
    bank: u8,
    /// before, late, not signed, no row.
    contract: u8,
    on_roster: bool,
    with_number: bool,
    with_quantity: bool,
}

fn worker() -> impl Strategy<Value = Worker> {
    let flags = (any::<bool>(), prop::bool::weighted(0.8), prop::bool::weighted(0.8));
    (0..26_u32, 1000..9000_i64, 0..7_u8, 0..4_u8, flags).prop_map(|(days, net, bank, contract, (on_roster, with_number, with_quantity))| {
        Worker { days, net, bank, contract, on_roster, with_number, with_quantity }
    })
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each table is there or not, by itself")]
pub(super) struct County {
    workers: Vec<Worker>,
    account: bool,
    ledger: bool,
    wage_debit: bool,
    deposit: bool,
    board: bool,
    rejected: u32,
    day: u32,
}

pub(super) fn county() -> impl Strategy<Value = County> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (prop::collection::vec(worker(), 1..7), flags, 0..2_u32, 1..30_u32).prop_map(
        |(workers, (account, ledger, wage_debit, deposit, board), rejected, day)| County {
            workers,
            account,
            ledger,
            wage_debit,
            deposit,
            board,
            rejected,
            day,
        },
    )
}

const NAMES: [&str; 6] = ["甲", "乙", "丙", "丁", "戊", "甲"];

fn case_text(county: &County) -> String {
    let id = |at: usize, worker: &Worker| if worker.with_number { format!("id = \"{at}\"") } else { "id = \"-\"".to_owned() };
    let each = |line: &dyn Fn(usize, &Worker) -> Option<String>| {
        county.workers.iter().enumerate().filter_map(|(at, w)| line(at, w)).collect::<Vec<_>>().join(", ")
    };
    let payrolls = each(&|at, w| {
        let quantity = if w.with_quantity { "days = 20, day_rate = 200" } else { "days = \"\", day_rate = \"\"" };
        Some(format!("{{ who = \"{}\", {}, card = \"k{at}\", {quantity}, net = {} }}", NAMES[at], id(at, w), w.net))
    });
    let payouts = each(&|at, w| {
        let (amount, result) = match w.bank {
            0 => (w.net, "ok"),
            1 => (w.net, "failed"),
            2 => (w.net, "pending"),
            4 => (w.net - 100, "ok"),
            5 => (w.net * 2, "ok"),
            6 => (w.net, "复核"),
            _ => return None,
        };
        let who = format!("who = \"{}\", {}, card = \"k{at}\"", NAMES[at], id(at, w));
        Some(format!("{{ {who}, amount = {amount}, paid_on = 2024-05-15, result = \"{result}\" }}"))
    });
    let attendance = each(&|at, w| Some(format!("{{ who = \"{}\", {}, days = {} }}", NAMES[at], id(at, w), w.days)));
    let roster = each(&|at, w| {
        let line = format!("{{ who = \"{}\", {}, card = \"k{at}\", has_contract = {} }}", NAMES[at], id(at, w), w.contract < 2);
        w.on_roster.then_some(line)
    });
    let contracts = each(&|at, w| {
        let signed = ["2024-03-01", "2024-04-20", "\"\""].get(usize::from(w.contract))?;
        Some(format!("{{ who = \"{}\", {}, signed_on = {signed} }}", NAMES[at], id(at, w)))
    });
    let mut text = format!(
        "name = \"made\"\nas_of = 2024-06-{:02}\nproject = {{ start_on = 2024-04-01, fund_day = 10 }}\n\
         attendance = [{{ month = \"2024-04\", lines = [{attendance}] }}, {{ month = \"2024-05\", lines = [{attendance}] }}]\n\
         payrolls = [{{ month = \"2024-04\", employer = \"测试劳务有限公司\", rejected = {}, lines = [{payrolls}] }}, {{ month = \"2024-05\", employer = \"测试建筑有限公司\", lines = [{payrolls}] }}]\n\
         payouts = [{{ month = \"2024-04\", lines = [{payouts}] }}]\n\
         rosters = [{{ lines = [{roster}] }}]\ncontracts = [{{ lines = [{contracts}] }}]\nexpect = \"clear\"\n",
        county.day, county.rejected
    );
    if county.account {
        text += "accounts = [{ number = \"A1\", opened_on = 2024-01-10 }]\n";
    }
    if county.ledger {
        let debit = if county.wage_debit { ", { date = 2024-05-15, debit = 9000, nature = \"wages\" }" } else { "" };
        let ledger = format!(
            "ledgers = [{{ account = \"A1\", range = [2024-01-10, 2024-06-30], lines = [{{ date = 2024-04-10, credit = 90000, nature = \"labour_cost\" }}{debit}] }}]\n"
        );
        text += &ledger;
    }
    if county.deposit {
        text += "deposits = [{ form = \"cash\", amount = 840000, deposited_on = 2024-01-05 }]\n";
    }
    if county.board {
        text += "boards = [{ set_on = 2024-04-05, checked_on = 2024-05-01, photo = \"p\" }]\n";
    }
    text
}

pub(super) fn made(county: &County) -> Case {
    let table: Table = toml::from_str(&case_text(county)).expect("the made case is TOML");
    read("made", &Table::new(), &table, &shipped_law())
}

fn findings(case: &Case, dossier: &Dossier, coverage: &Coverage) -> Vec<Finding> {
    check(dossier, coverage, &case.law, &shipped_calendar(), case.as_of)
}

fn breaches(findings: &[Finding]) -> BTreeSet<FindingKey> {
    findings.iter().filter(|f| f.outcome == Outcome::Breach).map(Finding::key).collect()
}

/// Every table of the dossier, by name of the field.
macro_rules! on_tables {
    ($dossier:expr, $each:ident) => {{
        $each!($dossier, contractors, Dataset::Contractor);
        $each!($dossier, deposits, Dataset::Deposit);
        $each!($dossier, accounts, Dataset::Account);
        $each!($dossier, ledgers, Dataset::Ledger);
        $each!($dossier, rosters, Dataset::Roster);
        $each!($dossier, contracts, Dataset::Contract);
        $each!($dossier, attendance, Dataset::Attendance);
        $each!($dossier, payrolls, Dataset::Payroll);
        $each!($dossier, payouts, Dataset::Payout);
        $each!($dossier, boards, Dataset::Board);
    }};
}

/// Rules for which the absence of a row is itself the breach, where others got theirs.
const ABSENCE_ACCUSES: [&str; 7] = [
    "deposit.unpaid",
    "account.not_opened",
    "platform.not_connected",
    "platform.payroll_not_uploaded",
    "realname.attendance_missing",
    "site.board_missing",
    "site.payment_guarantee_missing",
];

/// Rules whose fault other data show although the dataset would have excused it.
fn stands_without(dataset: Dataset, rule: &str) -> bool {
    match dataset {
        // The roster's own word on contracts.
        Dataset::Contract => rule == "realname.no_contract",
        // A month without labour cost: payrolls only tell whether an earlier surplus carries it.
        Dataset::Payroll => rule == "account.funding_late",
        // Who stands on no payroll; a payout would have excused it.
        Dataset::Payout => rule == "payroll.attendance_gap",
        _ => false,
    }
}

/// Payroll and roster tell two persons of one name apart, by their cards. While they do, a contract under that name alone may
/// be anybody's and says little of either; without them the name is one person's, and it says more.
fn tells_namesakes_apart(county: &County, dataset: Dataset) -> bool {
    let namesakes = county.workers.iter().zip(NAMES).filter(|(_, name)| *name == NAMES[0]);
    let without_number = namesakes.clone().any(|(worker, _)| !worker.with_number);
    let told_apart = matches!(dataset, Dataset::Payroll | Dataset::Roster) && namesakes.count() > 1;
    without_number && told_apart
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_tables_and_lines_does_not_matter(county in county(), turn in 0..5_usize) {
        let case = made(&county);
        let straight = findings(&case, &case.dossier, &case.coverage);
        let mut turned = case.dossier.clone();
        macro_rules! turn {
            ($dossier:expr, $field:ident, $dataset:expr) => {
                $dossier.$field.reverse();
                for table in &mut $dossier.$field {
                    let table = std::sync::Arc::make_mut(table);
                    let by = turn.min(table.lines.len());
                    table.lines.rotate_left(by);
                    table.lines.reverse();
                }
            };
        }
        on_tables!(turned, turn);
        let mut coverage = case.coverage.clone();
        coverage.delivered.reverse();
        prop_assert_eq!(straight, findings(&case, &turned, &coverage));
    }

    #[test]
    fn a_dataset_nobody_sent_accuses_nobody(county in county()) {
        let case = made(&county);
        let before = breaches(&findings(&case, &case.dossier, &case.coverage));
        macro_rules! drop_whole {
            ($dossier:expr, $field:ident, $dataset:expr) => {{
                let mut dossier = $dossier.clone();
                dossier.$field.clear();
                let mut coverage = case.coverage.clone();
                coverage.delivered.retain(|d| d.dataset != $dataset);
                let after = breaches(&findings(&case, &dossier, &coverage));
                let new: Vec<_> = after.difference(&before).collect();
                let allowed = |key: &&FindingKey| {
                    stands_without($dataset, &key.rule) || tells_namesakes_apart(&county, $dataset)
                };
                prop_assert!(new.iter().all(allowed), "without {}: {new:?}", $dataset);
            }};
        }
        on_tables!(&case.dossier, drop_whole);
    }

    #[test]
    fn a_dataset_missing_for_one_project_accuses_only_where_absence_is_the_fault(county in county()) {
        let case = made(&county);
        let before = breaches(&findings(&case, &case.dossier, &case.coverage));
        macro_rules! drop_own {
            ($dossier:expr, $field:ident, $dataset:expr) => {{
                let mut dossier = $dossier.clone();
                dossier.$field.clear();
                let after = breaches(&findings(&case, &dossier, &case.coverage));
                let new: Vec<_> = after.difference(&before).collect();
                let allowed = |key: &&FindingKey| {
                    ABSENCE_ACCUSES.contains(&key.rule.as_str())
                        || stands_without($dataset, &key.rule)
                        || tells_namesakes_apart(&county, $dataset)
                        // A statement that covers the window and shows no wages is other data that decide.
                        || ($dataset == Dataset::Payout && county.ledger && matches!(key.rule.as_str(), "payroll.bank_mismatch" | "payroll.late"))
                };
                prop_assert!(new.iter().all(allowed), "without {}: {new:?}", $dataset);
            }};
        }
        on_tables!(&case.dossier, drop_own);
    }
}
