//! Whether sheets add up: totals against lines, running balances, kept against rejected rows.

use std::collections::BTreeMap;

use chrono::FixedOffset;
use std::sync::Arc;

use model::sheet::LedgerLine;
use model::{Date, Dossier, Fen, Table};

use crate::rule::CheckContext;

/// Payroll sheets whose own total row differs from their lines. A sheet with rejected rows cannot be added up.
pub fn unbalanced_payrolls(cx: &CheckContext) -> usize {
    let sheets = cx.facts.months().values().flat_map(|month| &month.payrolls).map(|at| &cx.dossier.payrolls[*at]);
    let differs = |table: &&Arc<Table<model::sheet::PayrollLine>>| {
        let Some(stated) = table.head.stated.filter(|_| table.head.rejected == 0) else { return false };
        let net: Fen = table.lines.iter().map(|line| line.net).sum();
        let gross: Option<Fen> = table.lines.iter().map(|line| line.gross.get()).sum::<Option<Fen>>();
        stated.net.is_some_and(|total| total != net) || stated.gross.zip(gross).is_some_and(|(total, sum)| total != sum)
    };
    sheets.filter(differs).count()
}

/// Statements whose running balance has a gap, in whichever direction they run.
pub fn broken_statements(cx: &CheckContext) -> usize {
    // Entries of other projects are missing from a shared account's statement: its balances cannot follow.
    let shared = |table: &Table<LedgerLine>| table.head.account.as_ref().is_some_and(|a| cx.dossier.shared_accounts.contains(a));
    let whole = |table: &&Arc<Table<LedgerLine>>| table.head.rejected == 0 && !shared(table);
    // An entry after the as-of day has not happened on that day; what stands before it still has to follow.
    let happened = |line: &&LedgerLine| line.date <= cx.as_of;
    cx.dossier
        .ledgers
        .iter()
        .filter(whole)
        .filter(|table| !follows(table.lines.iter().filter(happened)) && !follows(table.lines.iter().rev().filter(happened)))
        .count()
}

fn follows<'l>(lines: impl Iterator<Item = &'l LedgerLine>) -> bool {
    let mut before: Option<Fen> = None;
    for line in lines {
        let expected = before.map(|balance| balance + line.credit - line.debit);
        if let (Some(expected), Some(balance)) = (expected, line.balance)
            && expected != balance
        {
            return false;
        }
        before = line.balance.or(expected);
    }
    true
}

/// Rows kept and rejected by source, of sheets received since the day.
pub fn rows_by_source(dossier: &Dossier, from: Date) -> BTreeMap<&str, (i64, i64)> {
    let mut rows: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    macro_rules! count {
        ($($tables:ident),*) => {
            $(for table in dossier.$tables.iter().filter(|table| received_on(table) > from) {
                let (kept, rejected) = rows.entry(table.source.as_str()).or_default();
                *kept += i64::try_from(table.lines.len()).unwrap_or(i64::MAX);
                *rejected += i64::from(table.head.rejected);
            })*
        };
    }
    count!(
        contractors,
        teams,
        deposits,
        accounts,
        ledgers,
        rosters,
        contracts,
        attendance,
        payrolls,
        payouts,
        boards,
        worker_settlements,
        process_settlements
    );
    rows
}

/// Civil day in China.
fn received_on<L>(table: &Table<L>) -> Date {
    let zone = FixedOffset::east_opt(8 * 3600).expect("eight hours is an offset");
    table.received_at.with_timezone(&zone).date_naive()
}
