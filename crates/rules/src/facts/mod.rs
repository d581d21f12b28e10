//! Sheets → facts: a pure function of the dossier and the as-of day, without any threshold.
//!
//! What is dated after the as-of day has not happened, although a file may know of it.

pub mod account;
mod assign;
pub mod month;
pub mod named;
pub mod note;
pub mod people;
pub mod presence;
pub mod status;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use model::identifier::normalise_identity;
use model::sheet::{CorpType, PayrollLine, ProjectStatus, RosterLine, Who};
use model::{Coverage, Dataset, Date, Dossier, Month, Party, PartyRole, Table};
use serde::Serialize;

pub use account::{Entry, Ledger, SpecialAccount};
pub use month::{Gaps, Listed, MonthFacts, PaidLine, PaymentPart, Worker};
pub use people::{AMBIGUOUS, People, Pid};
pub use presence::Presence;
pub use status::StatusHistory;

/// Pay-day and last day of the payment window of a month; `None` where it cannot be computed.
pub type WindowOf<'w> = &'w dyn Fn(Month) -> Option<(Date, Date)>;

/// What the sheets of one project say whatever the day and the law: one reading serves every day looked at.
#[derive(Debug)]
pub struct Reading<'d> {
    pub dossier: &'d Dossier,
    people: OnceCell<People>,
    roster_lines: OnceCell<Vec<Vec<(usize, usize)>>>,
    sources: OnceCell<Vec<String>>,
}

impl<'d> Reading<'d> {
    pub fn of(dossier: &'d Dossier) -> Self {
        Self { dossier, people: OnceCell::new(), roster_lines: OnceCell::new(), sources: OnceCell::new() }
    }

    fn people(&self) -> &People {
        self.people.get_or_init(|| People::of(self.dossier))
    }

    fn sources(&self) -> &[String] {
        self.sources.get_or_init(|| {
            let dossier = self.dossier;
            let mut sources: BTreeSet<&String> = dossier.sources.iter().collect();
            sources.extend(dossier.attendance.iter().map(|t| &t.source));
            sources.extend(dossier.payrolls.iter().map(|t| &t.source));
            sources.extend(dossier.payouts.iter().map(|t| &t.source));
            sources.extend(dossier.ledgers.iter().map(|t| &t.source));
            sources.into_iter().cloned().collect()
        })
    }

    /// Roster lines of each person: table and line.
    fn roster_lines(&self) -> &[Vec<(usize, usize)>] {
        self.roster_lines.get_or_init(|| {
            let people = self.people();
            let mut lines = vec![Vec::new(); people.persons.len()];
            for (table, pids) in people.roster.iter().enumerate() {
                for (line, pid) in pids.iter().enumerate().filter(|(_, pid)| **pid != AMBIGUOUS) {
                    lines[*pid as usize].push((table, line));
                }
            }
            lines
        })
    }
}

/// What the sheets of one project say, on one day. What costs time is found when a rule first asks for it.
pub struct Facts<'d> {
    pub dossier: &'d Dossier,
    pub as_of: Date,
    pub status: StatusHistory,
    /// Special accounts opened up to the as-of day, by opening date.
    pub accounts: Vec<SpecialAccount<'d>>,
    pub ledger: Ledger<'d>,
    reading: &'d Reading<'d>,
    window_of: WindowOf<'d>,
    months: OnceCell<BTreeMap<Month, MonthFacts>>,
    nothing: MonthFacts,
}

impl<'d> Facts<'d> {
    /// `window_of` is only asked for payouts whose month nothing else tells.
    pub fn of(reading: &'d Reading<'d>, as_of: Date, window_of: WindowOf<'d>) -> Self {
        let dossier = reading.dossier;
        Self {
            dossier,
            as_of,
            status: StatusHistory::of(&dossier.project, as_of),
            accounts: account::special_accounts(dossier, as_of),
            ledger: Ledger::of(dossier, as_of),
            reading,
            window_of,
            months: OnceCell::new(),
            nothing: MonthFacts::default(),
        }
    }

    /// Who is who.
    pub fn people(&self) -> &People {
        self.reading.people()
    }

    /// Months with any sheet of attendance, payroll or payout.
    pub fn months(&self) -> &BTreeMap<Month, MonthFacts> {
        self.months.get_or_init(|| assign::months(self.dossier, self.people(), &self.ledger, self.as_of, self.window_of))
    }

    /// First day anybody attended.
    pub fn first_attendance(&self) -> Option<Date> {
        let attended = self.months().iter().find(|(_, facts)| facts.mask != 0);
        attended.map(|(month, facts)| month.day(facts.mask.trailing_zeros() + 1))
    }

    /// Last day anybody attended.
    pub fn last_attendance(&self) -> Option<Date> {
        let attended = self.months().iter().rev().find(|(_, facts)| facts.mask != 0);
        attended.map(|(month, facts)| month.day(32 - facts.mask.leading_zeros()))
    }

    /// Facts of a month, empty where no sheet was delivered.
    pub fn month(&self, month: Month) -> &MonthFacts {
        self.months().get(&month).unwrap_or(&self.nothing)
    }

    /// What the roster says of a person.
    pub fn roster_of(&self, pid: Pid) -> impl Iterator<Item = (&'d Table<RosterLine>, &'d RosterLine)> + '_ {
        let places = self.reading.roster_lines().get(pid as usize).map_or(&[][..], Vec::as_slice);
        places.iter().map(|(table, line)| {
            let table: &Table<RosterLine> = &self.dossier.rosters[*table];
            (table, &table.lines[*line])
        })
    }

    /// Status on the as-of day.
    pub fn status_today(&self) -> ProjectStatus {
        self.status.on(self.as_of)
    }

    pub fn status_in(&self, month: Month) -> ProjectStatus {
        self.status.in_month(month, self.month(month).mask)
    }

    /// Day works began: 开工日期, else the first attendance.
    pub fn started_on(&self) -> Option<Date> {
        self.dossier.project.start_on.get().or_else(|| self.first_attendance())
    }

    /// Sources that feed this project: of its own row and of every monthly sheet.
    pub fn sources(&self) -> &'d [String] {
        self.reading.sources()
    }

    /// Sources that delivered a monthly dataset for this project, else all that feed it.
    pub fn sources_of(&self, dataset: Dataset) -> Vec<String> {
        let dossier = self.dossier;
        let mut sources: Vec<String> = match dataset {
            Dataset::Attendance => dossier.attendance.iter().map(|t| t.source.clone()).collect(),
            Dataset::Payroll => dossier.payrolls.iter().map(|t| t.source.clone()).collect(),
            Dataset::Payout => dossier.payouts.iter().map(|t| t.source.clone()).collect(),
            Dataset::Board => dossier.boards.iter().map(|t| t.source.clone()).collect(),
            Dataset::Deposit => dossier.deposits.iter().map(|t| t.source.clone()).collect(),
            Dataset::Account => dossier.accounts.iter().map(|t| t.source.clone()).collect(),
            _ => Vec::new(),
        };
        if sources.is_empty() {
            return self.sources().to_vec();
        }
        sources.sort();
        sources.dedup();
        sources
    }

    /// From the later of 开工 and the first month the source delivered, to the as-of month.
    pub fn months_judged(&self, coverage: &Coverage) -> impl Iterator<Item = Month> + Clone + use<> {
        let monthly = [Dataset::Attendance, Dataset::Payroll, Dataset::Payout, Dataset::Ledger];
        self.months_judged_of(coverage, &monthly)
    }

    /// The same, counted from the first month any of these datasets came.
    pub fn months_judged_of(&self, coverage: &Coverage, datasets: &[Dataset]) -> impl Iterator<Item = Month> + Clone + use<> {
        let last = Month::of(self.as_of);
        let sources = self.sources();
        let delivered = datasets.iter().filter_map(|dataset| coverage.first_month(*dataset, sources)).min();
        let first = self.started_on().map(Month::of).into_iter().chain(delivered).max().unwrap_or(last);
        first.through(last)
    }

    /// General contractor, as addressee.
    pub fn general_contractor(&self) -> Option<Party> {
        let project = &self.dossier.project;
        let name = project.contractor_name.clone()?;
        Some(Party { role: PartyRole::GeneralContractor, name, code: project.contractor_code.clone() })
    }

    pub fn owner(&self) -> Option<Party> {
        let project = &self.dossier.project;
        Some(Party { role: PartyRole::Owner, name: project.owner_name.clone()?, code: project.owner_code.clone() })
    }

    /// The employer where exactly one is at fault and it is not the general contractor, else the general contractor.
    pub fn employer_at_fault<'e>(&self, employers: impl IntoIterator<Item = Option<&'e str>>) -> Option<Party> {
        let general = self.general_contractor();
        let mut named: Vec<(String, &str)> = Vec::new();
        for employer in employers {
            let Some(name) = employer.filter(|name| !name.trim().is_empty()) else { return general };
            let normal = normalise_identity(name);
            if !named.iter().any(|(known, _)| *known == normal) {
                named.push((normal, name));
            }
        }
        let [(normal, name)] = &named[..] else { return general };
        if general.as_ref().is_some_and(|g| normalise_identity(&g.name) == *normal) {
            return general;
        }
        let mut companies = self.dossier.contractors.iter().flat_map(|t| &t.lines);
        let row = companies.find(|row| normalise_identity(&row.name) == *normal);
        if row.is_some_and(|row| row.kind == CorpType::GeneralContractor && general.is_some()) {
            return general;
        }
        Some(Party { role: PartyRole::Subcontractor, name: (*name).to_owned(), code: row.and_then(|row| row.code.clone()) })
    }

    /// How evidence shows a person: masked, never in full.
    pub fn label(&self, pid: Pid) -> (String, String) {
        let person = self.people().persons.get(pid as usize);
        let label = person.and_then(|p| p.key).and_then(|key| self.dossier.persons.get(&key));
        match label {
            Some(label) => (label.name.clone(), label.masked_id.clone()),
            None => (self.people().name(pid).to_owned(), String::new()),
        }
    }

    /// The same for the person a line names, matched or not.
    pub fn label_of(&self, who: &Who) -> (String, String) {
        match who.person.and_then(|key| self.dossier.persons.get(&key)) {
            Some(label) => (label.name.clone(), label.masked_id.clone()),
            None => (who.name.clone(), String::new()),
        }
    }

    /// Persons of a finding, by name, then masked identity.
    pub fn persons<T: Serialize>(&self, listed: impl IntoIterator<Item = (Pid, T)>) -> Vec<PersonFact<T>> {
        sorted(listed.into_iter().map(|(pid, numbers)| (self.label(pid), numbers)))
    }
}

/// One person in `facts.persons`, with the numbers that matter for the rule.
#[derive(Debug, Serialize)]
pub struct PersonFact<T> {
    pub name: String,
    pub masked_id: String,
    #[serde(flatten)]
    pub numbers: T,
}

/// Labelled persons in the order of evidence: by name, then masked identity.
pub fn sorted<T: Serialize>(listed: impl IntoIterator<Item = ((String, String), T)>) -> Vec<PersonFact<T>> {
    let fact = |((name, masked_id), numbers)| PersonFact { name, masked_id, numbers };
    let mut persons: Vec<PersonFact<T>> = listed.into_iter().map(fact).collect();
    let numbers = |person: &PersonFact<T>| serde_json::to_string(&person.numbers).unwrap_or_default();
    persons.sort_by(|a, b| (&a.name, &a.masked_id).cmp(&(&b.name, &b.masked_id)).then_with(|| numbers(a).cmp(&numbers(b))));
    persons
}

/// Whether a payroll had arrived on the day: by 上传日期, without it not before 编制日期. An empty upload cell still
/// leaves the sheet itself known.
pub fn payroll_has_arrived(table: &Table<PayrollLine>, as_of: Date) -> bool {
    table.head.uploaded_on.get().or(table.head.prepared_on.get()).is_none_or(|day| day <= as_of)
}
