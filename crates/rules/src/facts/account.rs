//! Special accounts and the union of their statements (rules.md §6, "What a ledger covers", "Sheets").

use std::collections::HashSet;

use model::sheet::{Account, AccountStatus, AccountType, LedgerLine};
use model::{AccountNo, Date, Dossier, Field, Month, Table};

/// An account row together with the source it came from.
#[derive(Debug, Clone, Copy)]
pub struct SpecialAccount<'d> {
    pub row: &'d Account,
    pub source: &'d str,
}

impl SpecialAccount<'_> {
    /// Opened on or before the day, as far as is known. A row whose opening cell is empty is not open.
    pub fn is_open_on(&self, day: Date) -> bool {
        let opened = match self.row.opened_on {
            Field::Given(opened) => opened <= day,
            Field::Absent => true,
            Field::Empty => false,
        };
        opened && !self.is_closed_on(day)
    }

    pub fn is_closed_on(&self, day: Date) -> bool {
        match self.row.closed_on {
            Field::Given(closed) => closed <= day,
            Field::Absent | Field::Empty => self.row.status == AccountStatus::Closed,
        }
    }
}

/// Accounts flagged as special, or of no given type; 其他 and 保证金户 do not count.
/// Openings after the as-of day have not happened.
pub fn special_accounts(dossier: &Dossier, as_of: Date) -> Vec<SpecialAccount<'_>> {
    let mut accounts: Vec<SpecialAccount> = Vec::new();
    for table in &dossier.accounts {
        for row in &table.lines {
            let flagged = matches!(row.kind, Field::Absent | Field::Empty | Field::Given(AccountType::Special));
            let happened = !row.opened_on.is_empty() && row.opened_on.get().is_none_or(|opened| opened <= as_of);
            if flagged && happened && !accounts.iter().any(|a| a.row.number == row.number) {
                accounts.push(SpecialAccount { row, source: &table.source });
            }
        }
    }
    accounts.sort_by(|a, b| (a.row.opened_on.get(), &a.row.number).cmp(&(b.row.opened_on.get(), &b.row.number)));
    accounts
}

/// One entry of a project account, once however many statements show it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'d> {
    pub line: &'d LedgerLine,
    pub account: Option<&'d AccountNo>,
}

#[derive(Debug)]
struct Span<'d> {
    account: Option<&'d AccountNo>,
    from: Date,
    to: Date,
    /// Said by the statement itself, not derived from its entries.
    stated: bool,
    rejected: u32,
}

/// Entries of the project's special accounts up to the as-of day, and what the statements cover.
#[derive(Debug)]
pub struct Ledger<'d> {
    /// Ascending by day; entries of a day in the order of their statement.
    pub entries: Vec<Entry<'d>>,
    spans: Vec<Span<'d>>,
    /// Rejected rows of statements whose time is not known.
    rejected_undated: u32,
}

impl<'d> Ledger<'d> {
    pub fn of(dossier: &'d Dossier, as_of: Date) -> Self {
        let mut ledger = Self { entries: Vec::new(), spans: Vec::new(), rejected_undated: 0 };
        let mut seen = HashSet::new();
        for table in &dossier.ledgers {
            if is_special(dossier, table) {
                ledger.add(dossier, table, as_of, &mut seen);
            }
        }
        ledger.entries.sort_by_key(|entry| entry.line.date);
        ledger.join_spans();
        ledger.extend_to_balances(dossier, as_of);
        ledger
    }

    fn add(&mut self, dossier: &'d Dossier, table: &'d Table<LedgerLine>, as_of: Date, seen: &mut HashSet<EntryKey<'d>>) {
        let account = table.head.account.as_ref();
        let shared = account.is_some_and(|a| dossier.shared_accounts.contains(a));
        let mut again = std::collections::HashMap::new();
        for line in &table.lines {
            let mut key = EntryKey::of(account, line);
            let order = again.entry(key.clone()).and_modify(|n| *n += 1).or_insert(0_u32);
            key.order = *order;
            let ours = line.project.as_ref().map_or(!shared, |code| *code == dossier.project.code);
            if ours && line.date <= as_of && seen.insert(key) {
                self.entries.push(Entry { line, account });
            }
        }
        let dates = || table.lines.iter().map(|line| line.date);
        let stated = table.head.range;
        match stated.or_else(|| dates().min().zip(dates().max())) {
            Some((from, to)) if from <= as_of => {
                self.spans.push(Span { account, from, to: to.min(as_of), stated: stated.is_some(), rejected: table.head.rejected });
            }
            Some(_) => {}
            None => self.rejected_undated += table.head.rejected,
        }
    }

    /// Statements without a stated range that follow each other month by month are one ledger: "first to last entry".
    fn join_spans(&mut self) {
        self.spans.sort_by_key(|span| (span.account, span.from, span.to));
        let mut joined: Vec<Span> = Vec::new();
        for span in self.spans.drain(..) {
            match joined.last_mut() {
                Some(last) if last.account == span.account && touches(last, &span) => {
                    last.stated &= span.stated;
                    last.rejected += span.rejected;
                    last.to = last.to.max(span.to);
                }
                _ => joined.push(span),
            }
        }
        self.spans = joined;
    }

    fn extend_to_balances(&mut self, dossier: &Dossier, as_of: Date) {
        for account in dossier.accounts.iter().flat_map(|table| &table.lines) {
            let Some(on) = account.balance_on.get().map(|on| on.min(as_of)) else { continue };
            let last = self.spans.iter_mut().rfind(|span| span.account.is_none_or(|a| *a == account.number));
            if let Some(span) = last {
                span.to = span.to.max(on);
            }
        }
    }

    /// Whether statements cover every day of the window for every account open in it (and there is one).
    pub fn covers(&self, accounts: &[SpecialAccount], from: Date, to: Date) -> bool {
        let mut any = false;
        for account in accounts {
            let from = account.row.opened_on.get().map_or(from, |opened| from.max(opened));
            if from > to || account.row.closed_on.get().is_some_and(|closed| closed < from) {
                continue;
            }
            let to = account.row.closed_on.get().map_or(to, |closed| closed.min(to));
            let covered = |span: &Span| span.account.is_none_or(|a| *a == account.row.number) && span.from <= from && to <= span.to;
            if !self.spans.iter().any(covered) {
                return false;
            }
            any = true;
        }
        any || (accounts.is_empty() && self.spans.iter().any(|span| span.from <= from && to <= span.to))
    }

    /// Whether any statement speaks of the account.
    pub fn tells_of(&self, number: &AccountNo) -> bool {
        self.spans.iter().any(|span| span.account.is_none_or(|account| account == number))
    }

    /// Last day any statement covers.
    pub fn covered_until(&self) -> Option<Date> {
        self.spans.iter().map(|span| span.to).max()
    }

    /// First day any statement covers.
    pub fn covered_from(&self) -> Option<Date> {
        self.spans.iter().map(|span| span.from).min()
    }

    /// Day of the newest entry.
    pub fn newest(&self) -> Option<Date> {
        self.entries.last().map(|entry| entry.line.date)
    }

    /// Rows that could not be read in statements touching the window: what is absent there may be among them.
    pub fn rejected_between(&self, from: Date, to: Date) -> u32 {
        self.rejected_undated + self.spans.iter().filter(|s| s.from <= to && from <= s.to).map(|s| s.rejected).sum::<u32>()
    }

    /// Entries of a window of days, both ends included.
    pub fn between(&self, from: Date, to: Date) -> &[Entry<'d>] {
        let start = self.entries.partition_point(|entry| entry.line.date < from);
        let end = self.entries.partition_point(|entry| entry.line.date <= to);
        &self.entries[start..end.max(start)]
    }
}

fn is_special(dossier: &Dossier, table: &Table<LedgerLine>) -> bool {
    let Some(number) = &table.head.account else { return true };
    let mut rows = dossier.accounts.iter().flat_map(|t| &t.lines).filter(|row| row.number == *number);
    rows.all(|row| matches!(row.kind, Field::Absent | Field::Empty | Field::Given(AccountType::Special)))
}

fn touches(first: &Span, next: &Span) -> bool {
    if first.stated || next.stated {
        return first.to.succ_opt().is_some_and(|day| next.from <= day);
    }
    Month::of(next.from) <= Month::of(first.to).next()
}

type Rest<'d> = (Option<chrono::NaiveTime>, Option<i64>, Option<&'d str>, &'d str);

/// Serial number, amount and day; without serial the whole row; both with the order among equal rows of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct EntryKey<'d> {
    account: Option<&'d AccountNo>,
    date: Date,
    credit: i64,
    debit: i64,
    serial: Option<&'d str>,
    /// Time, balance, counterparty and text, where no serial number tells entries apart.
    rest: Option<Rest<'d>>,
    order: u32,
}

impl<'d> EntryKey<'d> {
    fn of(account: Option<&'d AccountNo>, line: &'d LedgerLine) -> Self {
        let serial = line.serial.as_deref().filter(|serial| !serial.is_empty());
        let rest = serial.is_none().then(|| (line.time, line.balance.map(|b| b.0), line.counter_name.as_deref(), line.text.as_str()));
        Self { account, date: line.date, credit: line.credit.0, debit: line.debit.0, serial, rest, order: 0 }
    }
}
