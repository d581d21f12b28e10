//! Faults and near misses put into lawful projects, each with what must follow from it.
//!
//! What follows is derived by hand from rules.md; nothing here asks the rules.

mod duties;
mod money;
mod near;
mod sheets;
pub mod trial;

use model::{Date, Month};
use serde::{Deserialize, Serialize};

use crate::build::Ground;
use crate::cast::{Extra, Gap, Part, Role};
use crate::chance::Chance;
use crate::days;
use crate::world::{Site, Worker};

/// One finding that must come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    pub rule: String,
    pub project: String,
    pub period: Option<Month>,
    pub subject: Option<String>,
    pub outcome: String,
    pub severity: String,
    /// To whom the letter goes.
    pub addressee: String,
    /// The last clear day, where the rule has one.
    pub due: Option<Date>,
    /// First day of the breach; `None`: before November 2024.
    pub since: Option<Date>,
    /// Last day of the breach, where it was cured before the county is looked at.
    pub until: Option<Date>,
    pub amount_fen: Option<i64>,
    pub workers: Option<u32>,
    /// The rule of which this one is only a detail: no problem of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_of: Option<String>,
}

impl Consequence {
    pub fn stands_on(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
    }

    fn about(self, subject: String) -> Self {
        Self { subject: Some(subject), ..self }
    }

    fn of(self, month: Month) -> Self {
        Self { period: Some(month), ..self }
    }

    fn from(self, since: Date) -> Self {
        Self { since: Some(since), ..self }
    }

    fn until(self, last: Date) -> Self {
        Self { until: Some(last), ..self }
    }

    fn money(self, fen: i64) -> Self {
        Self { amount_fen: Some(fen), ..self }
    }

    fn people(self, count: usize) -> Self {
        Self { workers: Some(heads(count)), ..self }
    }

    fn detail_of(self, rule: &str) -> Self {
        Self { detail_of: Some(rule.to_owned()), ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub id: String,
    pub project: String,
    pub kind: String,
    pub text: String,
    pub consequences: Vec<Consequence>,
}

/// Something that looks like a fault and is none on the day the county is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    pub project: String,
    pub rule: String,
    pub text: String,
    /// What it is on other days: a breach that was cured, or one that begins the day after.
    pub other_days: Vec<Consequence>,
}

/// What is planted in one project.
pub struct Planter<'a> {
    pub site: &'a mut Site,
    pub ground: &'a Ground<'a>,
    pub chance: &'a mut Chance,
    pub faults: Vec<Fault>,
    pub near: Vec<NearMiss>,
}

const OWNERS_RULES: [&str; 4] =
    ["account.funding_late", "account.funding_short", "site.payment_guarantee_missing", "site.settlement_overdue"];

impl Planter<'_> {
    pub fn plant(&mut self, part: &Part) {
        match part.role {
            Role::NotOpened(n) => self.not_opened(n),
            Role::Funding(gap) => self.unfunded(gap),
            Role::Clean(n) => self.near_miss(n),
            Role::BelowFloor(_) | Role::ShortPeriod | Role::Exempt | Role::Planned(_) => self.outside_the_duty(part.role),
            Role::Faulty | Role::Suspended | Role::Completed | Role::Trial(_) => {}
        }
        for extra in &part.extras {
            match *extra {
                Extra::NoDeposit => self.no_deposit(),
                Extra::FundingShort => self.funding_short(),
                Extra::BankMismatch(kind) => self.bank_mismatch(kind),
                Extra::LedgerIncomplete(kind) => self.ledger_incomplete(kind),
                Extra::NoQuantityBasis(kind) => self.no_quantity_basis(kind),
                Extra::NoContract(kind) => self.no_contract(kind),
                Extra::RecordIncomplete(kind) => self.record_incomplete(kind),
                Extra::NotConnected => self.not_connected(),
                Extra::DataQuality(kind) => self.data_quality(kind),
                Extra::BalanceGap => self.balance_gap(),
                Extra::BoardMissing(kind) => self.board_missing(kind),
                Extra::SettlementOverdue(kind) => self.settlement_overdue(kind),
            }
        }
    }

    /// A breach of the whole project, older than the days compared.
    fn breach(&self, rule: &str, severity: &str) -> Consequence {
        let owner = OWNERS_RULES.contains(&rule);
        Consequence {
            rule: rule.to_owned(),
            project: self.site.code.clone(),
            period: None,
            subject: None,
            outcome: "breach".to_owned(),
            severity: severity.to_owned(),
            addressee: if owner { self.site.owner.name.clone() } else { self.site.contractor().name.clone() },
            due: None,
            since: None,
            until: None,
            amount_fen: None,
            workers: None,
            detail_of: None,
        }
    }

    /// The rule cannot be judged, and nobody is accused.
    fn unknown(&self, rule: &str) -> Consequence {
        Consequence { outcome: "unknown".to_owned(), ..self.breach(rule, "") }
    }

    fn breach_after(&self, rule: &str, severity: &str, due: Date) -> Consequence {
        Consequence { due: Some(due), since: Some(days::plus(due, 1)), ..self.breach(rule, severity) }
    }

    fn breach_in(&self, rule: &str, month: Month) -> Consequence {
        Consequence { period: Some(month), ..self.breach(rule, "notice") }
    }

    /// A fault inside the sheet of a month: there from the day the sheet is.
    fn breach_in_sheet(&self, rule: &str, month: Month) -> Consequence {
        let paid = self.site.month(month);
        let there = paid.uploaded.unwrap_or(paid.prepared);
        Consequence { since: (there > days::date(2024, 11, 1)).then_some(there), ..self.breach_in(rule, month) }
    }

    fn fault(&mut self, kind: &str, text: String, consequences: Vec<Consequence>) {
        let id = format!("{}-{kind}", self.site.code);
        self.faults.push(Fault { id, project: self.site.code.clone(), kind: kind.to_owned(), text, consequences });
    }

    fn miss(&mut self, rule: &str, text: &str) {
        self.missed_once(rule, text, Vec::new());
    }

    fn missed_once(&mut self, rule: &str, text: &str, other_days: Vec<Consequence>) {
        let project = self.site.code.clone();
        self.near.push(NearMiss { project, rule: rule.to_owned(), text: text.to_owned(), other_days });
    }

    /// A month with payroll long before the days compared: not the first of the project.
    fn settled_month(&mut self) -> Month {
        let first = self.site.months[0].month.plus(1);
        let span = i64::from(days::settled_month().month()) - i64::from(first.month());
        first.plus(i32::try_from(self.chance.between(0, span.max(0))).expect("a few months"))
    }

    /// Somebody of the contractor's own people whom nothing rests on yet and who is paid in every month from the start.
    fn somebody(&mut self, fits: impl Fn(&Worker) -> bool) -> usize {
        let start = self.site.start;
        let teams = &self.site.teams;
        let open = |w: &Worker| !w.taken && w.exit.is_none() && w.entry == start && teams[w.team].employer == 0 && fits(w);
        let at = self.site.workers.iter().position(open).expect("each project has people for each fault");
        self.site.workers[at].taken = true;
        at
    }
}

fn heads(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The kind of gap as planted.json calls it.
fn gap_kind(gap: Gap) -> &'static str {
    match gap {
        Gap::Own => "unfunded-own-money",
        Gap::Third => "unfunded-third-party",
        Gap::Unpaid => "unfunded-unpaid",
        Gap::December => "unfunded-december",
    }
}
