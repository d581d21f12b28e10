//! The county as it is: projects, people, months, money. Files are made from it, faults are planted in it.

use std::collections::BTreeMap;

use model::{Date, Month};

use crate::cast::Role;

#[derive(Debug, Clone)]
pub struct Corp {
    pub name: String,
    pub code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    Government,
    StateOwned,
    Private,
}

impl OwnerKind {
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Government => "政府投资",
            Self::StateOwned => "国有企业",
            Self::Private => "社会投资",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Planned,
    Active,
    Suspended,
    Completed,
}

impl Status {
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Planned => "筹备",
            Self::Active => "在建",
            Self::Suspended => "停工",
            Self::Completed => "完工",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Deposit {
    pub form: &'static str,
    pub number: String,
    pub amount: i64,
    pub stored: Option<Date>,
    pub valid: Option<(Date, Date)>,
    pub exempt: &'static str,
    pub ratio: &'static str,
    /// The contract sum the register states, where it is not the project's.
    pub of_sum: Option<i64>,
    pub beneficiary: &'static str,
    pub irrevocable: bool,
    pub on_demand: bool,
    /// Drawn on: how much, and when.
    pub used: Option<(i64, Date)>,
    pub refilled: Option<Date>,
}

impl Default for Deposit {
    fn default() -> Self {
        Self {
            form: "现金",
            number: String::new(),
            amount: 0,
            stored: None,
            valid: None,
            exempt: "",
            ratio: "1.5%",
            of_sum: None,
            beneficiary: "测试县人力资源和社会保障局",
            irrevocable: true,
            on_demand: true,
            used: None,
            refilled: None,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Account {
    pub number: String,
    pub bank: usize,
    pub opened: Date,
    pub filed: Option<Date>,
    /// Signing day of the agreement with owner and bank.
    pub agreement: Option<Date>,
    /// Another name than the lawful one.
    pub name: Option<String>,
    pub kind: &'static str,
    /// From when the closing was announced, and the day of it.
    pub closed: Option<(Date, Date)>,
}

#[derive(Debug, Clone)]
pub struct Board {
    pub set: Date,
    pub checked: Date,
    /// The three groups of 条例 34; `None`: the cell is empty.
    pub items: [Option<bool>; 3],
    pub monthly: bool,
}

impl Board {
    pub fn new(set: Date, checked: Date) -> Self {
        Self { set, checked, items: [Some(true); 3], monthly: true }
    }
}

/// What the contract of the works says, and its payment guarantee.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "columns of the project list, each filled in or not")]
pub struct Terms {
    pub measure: &'static str,
    pub cycle: &'static str,
    pub ratio: bool,
    pub labour_cost: Option<i64>,
    pub fund_day: bool,
    pub settlement: bool,
    /// The period is stated in days alone.
    pub days: Option<i64>,
    pub guarantee: bool,
    pub guarantee_to: Date,
}

/// The 劳资专管员.
#[derive(Debug, Clone)]
pub struct Officer {
    pub name: String,
    pub phone: String,
    pub id: String,
    pub from: Date,
    pub to: Option<Date>,
}

/// A complaint about unpaid wages.
#[derive(Debug, Clone)]
pub struct Lead {
    pub received: Date,
    pub closed: Option<Date>,
    pub people: i64,
    pub amount: i64,
    /// Empty: not decided yet.
    pub result: &'static str,
}

#[derive(Debug, Clone)]
pub struct Node {
    pub name: String,
    pub due: Date,
    pub completed: Option<i64>,
    pub settled: Option<Date>,
    pub paid: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Team {
    pub name: String,
    /// 0 is the general contractor itself, then the subcontractors.
    pub employer: usize,
    pub trade: &'static str,
    pub piece: bool,
    pub leader: String,
    pub leader_id: String,
    pub leader_phone: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wage {
    Day,
    Piece,
    Month,
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a cell of the roster")]
pub struct Worker {
    pub name: String,
    pub id: String,
    pub card: String,
    pub bank: usize,
    pub phone: Option<String>,
    pub team: usize,
    pub wage: Wage,
    /// Day rate, piece price or monthly wage in fen.
    pub rate: i64,
    pub entry: Date,
    pub exit: Option<Date>,
    /// Signing day of the contract.
    pub contract: Option<Date>,
    pub roster_says_contract: bool,
    pub roster_card: bool,
    pub roster_trade: bool,
    pub on_roster: bool,
    pub registered: Option<Date>,
    /// A fault or a near miss rests on this person already.
    pub taken: bool,
    pub attended: BTreeMap<Month, Days>,
}

/// Bit 0 = the 1st.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    pub whole: u32,
    pub half: u32,
}

impl Days {
    /// Hundredths of days.
    pub fn hundredths(self) -> i64 {
        i64::from(self.whole.count_ones()) * 100 + i64::from(self.half.count_ones()) * 50
    }

    pub fn any(self) -> u32 {
        self.whole | self.half
    }
}

#[derive(Debug, Clone)]
pub struct Line {
    pub worker: usize,
    pub days: Option<i64>,
    pub rate: Option<i64>,
    pub pieces: Option<i64>,
    pub price: Option<i64>,
    pub overtime: i64,
    pub gross: i64,
    pub advance: i64,
    pub deduction: i64,
    pub net: i64,
    pub signed: bool,
    /// Hundredths of hours, and the price of one.
    pub hours: Option<(i64, i64)>,
    pub phone: Option<String>,
    pub remark: &'static str,
}

#[derive(Debug, Clone)]
pub struct PayMonth {
    pub month: Month,
    pub pay_day: Date,
    pub prepared: Date,
    /// `None`: the column is there and nothing stands in it.
    pub uploaded: Option<Date>,
    /// No sheet of this month was handed over.
    pub missing: bool,
    /// The general contractor's own sheet lacks the progress attachment.
    pub no_progress: bool,
    /// What the total row of the general contractor's sheet says too much.
    pub total_off: i64,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone)]
pub struct PayLine {
    pub worker: usize,
    pub name: String,
    /// Another card than the worker's.
    pub card: Option<String>,
    pub amount: i64,
    pub ok: bool,
    pub reason: &'static str,
}

#[derive(Debug, Clone)]
pub struct Batch {
    pub no: String,
    pub month: Month,
    pub date: Date,
    /// Paid from the contractor's own account, not from the special one.
    pub elsewhere: bool,
    pub lines: Vec<PayLine>,
}

impl Batch {
    pub fn success_sum(&self) -> i64 {
        self.lines.iter().filter(|l| l.ok).map(|l| l.amount).sum()
    }
}

/// How the owner's labour cost of one month reaches the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Funding {
    /// No owner's credit; the contractor pays in.
    Own,
    /// No owner's credit; somebody else pays in.
    Third,
    /// Nobody pays in.
    Nothing,
    /// So much too little; the contractor adds it.
    Short(i64),
    /// Credited on that day, still in its month.
    On(Date),
    /// This month's and the next one's together.
    Double,
    /// Covered by an advance before.
    Covered,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub date: Date,
    pub minute: u32,
    /// Money in is positive.
    pub amount: i64,
    pub balance: i64,
    pub name: String,
    pub account: String,
    pub summary: &'static str,
    pub purpose: String,
    pub nature: &'static str,
    pub batch: String,
    pub serial: String,
    /// A labour-cost credit of the owner.
    pub labour_cost: bool,
}

/// What the files of a project look like, the same facts in every format.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column or layout that a project's files have or lack")]
pub struct Forms {
    pub punches: bool,
    pub ledger_nature: bool,
    /// The statement says from when to when it was asked for.
    pub ledger_range: bool,
    pub payout_ids: bool,
    pub payout_month: bool,
    /// 0 …: which of the layouts of a mixed county.
    pub style: usize,
}

#[derive(Debug, Clone)]
pub struct Site {
    pub no: usize,
    pub role: Role,
    pub code: String,
    pub name: String,
    pub category: &'static str,
    pub industry: &'static str,
    pub address: String,
    pub inspector: &'static str,
    pub owner: Corp,
    pub owner_kind: OwnerKind,
    /// The general contractor first, then the subcontractors.
    pub firms: Vec<Corp>,
    pub amount: i64,
    pub ratio_percent: i64,
    pub signed: Date,
    /// `None`: 无需办理.
    pub permit: Option<Date>,
    /// Nothing stands in the column of the permit.
    pub permit_blank: bool,
    pub start: Date,
    pub ends: Date,
    pub completed: Option<Date>,
    pub suspended: Option<Date>,
    pub resumed: Option<Date>,
    pub status: Status,
    pub fund_day: u32,
    pub pay_day: u32,
    pub connected: Option<Date>,
    /// Contract large and long enough for the account duty.
    pub duty: bool,
    pub account: Option<Account>,
    pub deposit: Option<Deposit>,
    pub second_deposit: Option<Deposit>,
    /// An account that no wages go through.
    pub spare: Option<Account>,
    pub terms: Terms,
    pub officer: Officer,
    pub leads: Vec<Lead>,
    pub board: Option<Board>,
    pub nodes: Vec<Node>,
    pub teams: Vec<Team>,
    pub workers: Vec<Worker>,
    pub months: Vec<PayMonth>,
    pub batches: Vec<Batch>,
    pub funding: BTreeMap<Month, Funding>,
    /// Returned payouts: worker, month, amount, day.
    pub returns: Vec<(usize, i64, Date)>,
    /// The contractor's own money for what nobody else pays for.
    pub top_ups: Vec<(Date, i64)>,
    pub opening_advance: Option<(Date, i64)>,
    /// The contractor's standing money in the account, where it is not the usual sum.
    pub float: Option<i64>,
    pub interest: bool,
    /// Further lines of the account's book.
    pub entries: Vec<Entry>,
    pub attendance_until: Date,
    /// From this entry on the statement's balance is off by so much.
    pub balance_gap: Option<i64>,
    /// The statement ends on that day.
    pub ledger_until: Date,
    pub ledger: Vec<Entry>,
    pub forms: Forms,
}

impl Site {
    pub fn contractor(&self) -> &Corp {
        &self.firms[0]
    }

    pub fn has_people(&self) -> bool {
        !self.workers.is_empty()
    }

    pub fn employer_of(&self, worker: usize) -> usize {
        self.teams[self.workers[worker].team].employer
    }

    pub fn account_name(&self) -> String {
        let lawful = || format!("{}{}农民工工资专用账户", self.contractor().name, self.name);
        self.account.as_ref().and_then(|a| a.name.clone()).unwrap_or_else(lawful)
    }

    pub fn month_mut(&mut self, month: Month) -> &mut PayMonth {
        self.months.iter_mut().find(|m| m.month == month).expect("the month was paid")
    }

    pub fn month(&self, month: Month) -> &PayMonth {
        self.months.iter().find(|m| m.month == month).expect("the month was paid")
    }
}
