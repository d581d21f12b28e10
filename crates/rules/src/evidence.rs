//! Which rows of which files a finding rests on.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::sheet::{
    Account, AttendanceLine, Board, ContractLine, Contractor, Deposit, Inspection, Lead, LedgerLine, PayoutLine, PayrollLine,
    ProcessSettlement, RosterLine, Team, Who, WorkerSettlement,
};
use model::{Dataset, Dossier, Finding, Month, Table};
use serde::Serialize;
use serde_json::Value;

/// A sheet the rule looked at, with the rows that speak of the finding's persons (all rows where it is not about persons).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    pub dataset: Dataset,
    pub month: Option<Month>,
    pub source: String,
    pub file: String,
    pub worksheet: String,
    pub received_at: DateTime<Utc>,
    /// Lines of the sheet.
    pub lines: usize,
    /// Rows that could not be read.
    pub rejected: u32,
    /// Row numbers in the file, 1 = first; at most [`MOST_ROWS`].
    pub rows: Vec<u32>,
}

/// More rows than this are not listed: the sheet as a whole is the evidence.
pub const MOST_ROWS: usize = 50;

/// The sheets behind a finding: of the datasets its rule needs, and of the months it speaks of.
///
/// A payment of wages may lie in the month after: sheets without month of their own are all listed.
pub fn inputs(dossier: &Dossier, needs: &[Dataset], finding: &Finding) -> Vec<Input> {
    let months = match (finding.period, finding.months) {
        (Some(month), _) => Some((month, month)),
        (None, Some([from, to])) => Some((from, to)),
        (None, None) => None,
    };
    let persons = named(finding);
    let mut inputs = Vec::new();
    let mut list = Listing { dossier, months, persons: &persons, inputs: &mut inputs };
    for dataset in needs {
        match dataset {
            Dataset::Project => {}
            Dataset::Contractor => list.add(*dataset, &dossier.contractors),
            Dataset::Team => list.add(*dataset, &dossier.teams),
            Dataset::Deposit => list.add(*dataset, &dossier.deposits),
            Dataset::Account => list.add(*dataset, &dossier.accounts),
            Dataset::Ledger => list.add(*dataset, &dossier.ledgers),
            Dataset::Roster => list.add(*dataset, &dossier.rosters),
            Dataset::Contract => list.add(*dataset, &dossier.contracts),
            Dataset::Attendance => list.add(*dataset, &dossier.attendance),
            Dataset::Payroll => list.add(*dataset, &dossier.payrolls),
            Dataset::Payout => list.add(*dataset, &dossier.payouts),
            Dataset::Board => list.add(*dataset, &dossier.boards),
            Dataset::WorkerSettlement => list.add(*dataset, &dossier.worker_settlements),
            Dataset::ProcessSettlement => list.add(*dataset, &dossier.process_settlements),
            Dataset::Inspection => list.add(*dataset, &dossier.inspections),
            Dataset::Lead => list.add(*dataset, &dossier.leads),
        }
    }
    inputs
}

/// Name and masked identity of `facts.persons`.
fn named(finding: &Finding) -> BTreeSet<(String, String)> {
    let persons = finding.facts.get("persons").and_then(Value::as_array);
    let text = |person: &Value, key: &str| person.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    persons.into_iter().flatten().map(|person| (text(person, "name"), text(person, "masked_id"))).collect()
}

struct Listing<'a> {
    dossier: &'a Dossier,
    months: Option<(Month, Month)>,
    persons: &'a BTreeSet<(String, String)>,
    inputs: &'a mut Vec<Input>,
}

impl Listing<'_> {
    fn add<L: Line>(&mut self, dataset: Dataset, tables: &[Arc<Table<L>>]) {
        for table in tables {
            if let (Some(month), Some((from, to))) = (table.month, self.months)
                && !(from..=to).contains(&month)
            {
                continue;
            }
            let speaks = |line: &&L| self.persons.is_empty() || line.who().is_none_or(|who| self.is_named(who));
            let mut rows: Vec<u32> = table.lines.iter().filter(speaks).map(Line::row).collect();
            if rows.len() > MOST_ROWS {
                rows.clear();
            }
            self.inputs.push(Input {
                dataset,
                month: table.month,
                source: table.source.clone(),
                file: table.head.file.clone(),
                worksheet: table.head.worksheet.clone(),
                received_at: table.received_at,
                lines: table.lines.len(),
                rejected: table.head.rejected,
                rows,
            });
        }
    }

    fn is_named(&self, who: &Who) -> bool {
        let label = who.person.and_then(|key| self.dossier.persons.get(&key));
        let named = label.map_or_else(|| (who.name.clone(), String::new()), |label| (label.name.clone(), label.masked_id.clone()));
        self.persons.contains(&named)
    }
}

/// A line of a sheet: where it stands and of whom it speaks.
trait Line {
    fn row(&self) -> u32;

    fn who(&self) -> Option<&Who> {
        None
    }
}

macro_rules! lines {
    (persons: $($of:ty),*; things: $($thing:ty),*) => {
        $(impl Line for $of {
            fn row(&self) -> u32 { self.who.row }

            fn who(&self) -> Option<&Who> { Some(&self.who) }
        })*
        $(impl Line for $thing {
            fn row(&self) -> u32 { self.row }
        })*
    };
}

lines! {
    persons: RosterLine, ContractLine, AttendanceLine, PayrollLine, PayoutLine, WorkerSettlement;
    things: Contractor, Team, Deposit, Account, LedgerLine, Board, ProcessSettlement, Inspection, Lead
}
