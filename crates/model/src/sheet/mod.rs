//! Sheets: the unit that arrives, is superseded as a whole, is hashed and is judged.

mod labour;
mod master;
mod money;
mod time;

pub use labour::{ContractKind, ContractLine, RosterLine, WorkerRole, WorkerSettlement};
pub use master::{
    Account, AccountStatus, AccountType, Board, Contractor, CorpType, Deposit, DepositForm, Inspection, Lead, OwnerKind, PermitDate,
    ProcessSettlement, Project, ProjectStatus, Team,
};
pub use money::{LedgerLine, PayFailure, PayResult, PayoutLine, PayrollLine, Totals, TxnType, WorkUnit};
pub use time::AttendanceLine;

use serde::{Deserialize, Serialize};

use crate::identifier::IdentityKind;
use crate::{AccountNo, CardKey, Dataset, Date, Field, Month, PersonKey, ProjectCode};

/// Hundredths of a day or hour.
pub type Hundredths = i32;

/// To which project a sheet belongs, as far as the file says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    Code(ProjectCode),
    /// Known only by the account it was paid from or that it lists.
    Account(AccountNo),
    /// Known only by the project's name.
    Name(String),
    /// Not about one project (leads without project).
    County,
}

/// What stands above the lines of a sheet, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetHead {
    /// File name and worksheet, for evidence.
    pub file: String,
    pub worksheet: String,
    /// Rows of this sheet that could not be read: the sheet is incomplete by so many lines.
    pub rejected: u32,
    pub project_name: Option<String>,
    /// 用工单位 / 分包单位 / 企业名称.
    pub employer: Option<String>,
    pub employer_code: Option<String>,
    pub team: Option<String>,
    /// First and last day of the pay period.
    pub period: Option<(Date, Date)>,
    pub prepared_on: Field<Date>,
    pub posted_on: Field<Date>,
    pub uploaded_on: Field<Date>,
    pub reviewed_on: Field<Date>,
    pub progress_attached: Field<bool>,
    /// What the sheet's own total row says.
    pub stated: Option<Totals>,
    /// Payout: number of the batch.
    pub batch_no: Option<String>,
    /// Ledger: the account it is of.
    pub account: Option<AccountNo>,
    /// Ledger: the query range of its preamble.
    pub range: Option<(Date, Date)>,
}

/// One version of one sheet. `part` tells sheets of the same project, dataset and month apart:
/// employer and team, payout batch, or account and file (rules.md §6, "Sheets").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    pub place: Place,
    pub month: Option<Month>,
    pub part: String,
    pub head: SheetHead,
    pub body: Body,
}

macro_rules! bodies {
    ($($dataset:ident($line:ty),)*) => {
        /// The lines of a sheet, by dataset.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum Body { $($dataset(Vec<$line>)),* }

        impl Body {
            pub fn dataset(&self) -> Dataset {
                match self { $(Self::$dataset(_) => Dataset::$dataset),* }
            }

            pub fn len(&self) -> usize {
                match self { $(Self::$dataset(lines) => lines.len()),* }
            }

            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            pub fn empty(dataset: Dataset) -> Self {
                match dataset { $(Dataset::$dataset => Self::$dataset(Vec::new())),* }
            }
        }
    };
}

bodies! {
    Project(Project),
    Contractor(Contractor),
    Team(Team),
    Deposit(Deposit),
    Account(Account),
    Ledger(LedgerLine),
    Roster(RosterLine),
    Contract(ContractLine),
    Attendance(AttendanceLine),
    Payroll(PayrollLine),
    Payout(PayoutLine),
    Board(Board),
    WorkerSettlement(WorkerSettlement),
    ProcessSettlement(ProcessSettlement),
    Inspection(Inspection),
    Lead(Lead),
}

/// A person as a line names them. Matching across sheets happens when facts are built, so the order of imports never matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Keyed hash of the identity number; `None` where the line has none that identifies (missing, masked).
    pub person: Option<PersonKey>,
    pub identity: IdentityKind,
    pub name: String,
    pub card: Option<CardKey>,
    /// Row in the file, 1 = first row, for evidence.
    pub row: u32,
}
