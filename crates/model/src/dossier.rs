//! Everything known of one project on one day: the only input of facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::sheet::{
    Account, AttendanceLine, Board, ContractLine, Contractor, Deposit, Inspection, Lead, LedgerLine, PayoutLine, PayrollLine,
    ProcessSettlement, Project, RosterLine, SheetHead, Team, WorkerSettlement,
};
use crate::{AccountNo, CardKey, Date, Month, PersonKey, ProjectCode};

/// A current sheet, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<L> {
    pub source: String,
    pub received_at: DateTime<Utc>,
    pub month: Option<Month>,
    pub part: String,
    pub head: SheetHead,
    pub lines: Vec<L>,
}

/// How evidence shows a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonLabel {
    pub name: String,
    /// `999999********0016`.
    pub masked_id: String,
    /// Birth date the identity number holds; `None` where it holds none.
    pub born_on: Option<Date>,
}

/// What other projects of the county say that bears on this one, as known on the same day as the dossier.
/// Found by index, never by reading every project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Elsewhere {
    /// Rows of other projects with the same general contractor or the same wage officer, by code.
    pub projects: Vec<Arc<Project>>,
    /// Days on which people of this project attended others, by person, month and project.
    pub attendance: Vec<AttendedElsewhere>,
    /// Wage cards of this project that belong to other people on other projects, by card, project and person.
    pub cards: Vec<CardElsewhere>,
}

/// Attendance of one person on another project in one month.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttendedElsewhere {
    pub person: PersonKey,
    pub month: Month,
    pub project: ProjectCode,
    /// Bit 0 = the 1st: a whole day was worked.
    pub whole_days: u32,
    /// Bit 0 = the 1st: half a day was worked.
    pub half_days: u32,
}

/// A card under somebody else on another project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CardElsewhere {
    pub card: CardKey,
    pub project: ProjectCode,
    pub person: PersonKey,
}

/// An officer's word on whose the lines of a name without number are (file-formats.md §14, quirk 22).
/// It holds for every line of the project with this name, team and card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    pub name: String,
    pub team: Option<String>,
    pub card: Option<CardKey>,
    /// `None`: none of the people known under this name.
    pub person: Option<PersonKey>,
}

/// The current sheets of one project, shared with what was known on other days. Sheets of a dataset are ordered by month, then part, so that
/// the same content gives the same dossier whatever the order of imports.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub project: Project,
    /// Sources that delivered the project's own row.
    pub sources: Vec<String>,
    pub contractors: Vec<Arc<Table<Contractor>>>,
    pub teams: Vec<Arc<Table<Team>>>,
    pub deposits: Vec<Arc<Table<Deposit>>>,
    pub accounts: Vec<Arc<Table<Account>>>,
    /// Statements of the project's accounts; entries may overlap between statements.
    pub ledgers: Vec<Arc<Table<LedgerLine>>>,
    pub rosters: Vec<Arc<Table<RosterLine>>>,
    pub contracts: Vec<Arc<Table<ContractLine>>>,
    pub attendance: Vec<Arc<Table<AttendanceLine>>>,
    pub payrolls: Vec<Arc<Table<PayrollLine>>>,
    pub payouts: Vec<Arc<Table<PayoutLine>>>,
    pub boards: Vec<Arc<Table<Board>>>,
    pub worker_settlements: Vec<Arc<Table<WorkerSettlement>>>,
    pub process_settlements: Vec<Arc<Table<ProcessSettlement>>>,
    pub inspections: Vec<Arc<Table<Inspection>>>,
    pub leads: Vec<Arc<Table<Lead>>>,
    /// Accounts that also serve other projects: their entries need a project code.
    pub shared_accounts: Vec<AccountNo>,
    pub persons: Arc<BTreeMap<PersonKey, PersonLabel>>,
    /// The last word on each name, by name, team and card.
    pub identified: Vec<Identification>,
    pub elsewhere: Elsewhere,
}

impl Dossier {
    pub fn new(project: Project) -> Self {
        Self {
            project,
            sources: Vec::new(),
            contractors: Vec::new(),
            teams: Vec::new(),
            deposits: Vec::new(),
            accounts: Vec::new(),
            ledgers: Vec::new(),
            rosters: Vec::new(),
            contracts: Vec::new(),
            attendance: Vec::new(),
            payrolls: Vec::new(),
            payouts: Vec::new(),
            boards: Vec::new(),
            worker_settlements: Vec::new(),
            process_settlements: Vec::new(),
            inspections: Vec::new(),
            leads: Vec::new(),
            shared_accounts: Vec::new(),
            identified: Vec::new(),
            persons: Arc::default(),
            elsewhere: Elsewhere::default(),
        }
    }
}
