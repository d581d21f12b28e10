//! What money left a special account for (rules.md §6, account.misuse). Shows kinds and sums; holds no outcome.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use model::identifier::normalise_identity;
use model::sheet::{CorpType, LedgerLine, TxnType};
use model::{AccountNo, Dataset, Date, Fen, Field, Month, Outcome};

use super::closed_early;
use crate::facts::SpecialAccount;
use crate::facts::note::months_in;
use crate::payroll::names::{Fit, fit, normal};
use crate::rule::{CheckContext, REJECTED_ROWS, Unknown};

/// Where a debit went that is no wages of this project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    GeneralContractor,
    Subcontractor,
    Owner,
    TeamLeader,
    Cash,
    Fee,
    Company,
    Stranger,
}

impl Kind {
    pub const ALL: [Self; 8] =
        [Self::GeneralContractor, Self::Subcontractor, Self::Owner, Self::TeamLeader, Self::Cash, Self::Fee, Self::Company, Self::Stranger];

    pub fn code(self) -> &'static str {
        match self {
            Self::GeneralContractor => "general_contractor",
            Self::Subcontractor => "subcontractor",
            Self::Owner => "owner",
            Self::TeamLeader => "team_leader",
            Self::Cash => "cash",
            Self::Fee => "fee",
            Self::Company => "company",
            Self::Stranger => "stranger",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Self::GeneralContractor => "转给施工总承包单位",
            Self::Subcontractor => "转给分包单位",
            Self::Owner => "转给建设单位",
            Self::TeamLeader => "转给班组长",
            Self::Cash => "提取现金",
            Self::Fee => "超出限额的银行收费",
            Self::Company => "转给其他单位",
            Self::Stranger => "转给花名册和工资表以外的个人",
        }
    }

    pub fn is_person(self) -> bool {
        matches!(self, Self::TeamLeader | Self::Stranger)
    }
}

/// One debit, read.
#[derive(Debug)]
pub enum Use {
    Proper,
    /// Taken by a court: to be told to it (条例 33).
    Court,
    /// What was left after a lawful closing.
    AfterClosing,
    Misused(Kind, Fen),
    Open(Unknown),
}

/// Payees of the project, and what is left of the leaders' own wages.
pub struct Reader<'c, 'd> {
    cx: &'c CheckContext<'d>,
    account: Option<SpecialAccount<'d>>,
    companies: BTreeMap<String, Kind>,
    leaders: BTreeSet<String>,
    /// Only looked for where nothing else tells what a debit was for.
    workers: OnceCell<BTreeSet<String>>,
    own_wages: BTreeMap<(String, Month), Fen>,
}

impl<'c, 'd> Reader<'c, 'd> {
    pub fn new(cx: &'c CheckContext<'d>, account: Option<SpecialAccount<'d>>) -> Self {
        let dossier = cx.dossier;
        let rosters = || dossier.rosters.iter().flat_map(|table| &table.lines);
        let led = rosters().filter(|line| line.is_leader.get() == Some(true)).map(|line| line.who.name.as_str());
        let teams = dossier.teams.iter().flat_map(|table| &table.lines).filter_map(|team| team.leader.as_deref());
        Self {
            cx,
            account,
            companies: companies(cx),
            leaders: led.chain(teams).map(normal).filter(|name| !name.is_empty()).collect(),
            workers: OnceCell::new(),
            own_wages: BTreeMap::new(),
        }
    }

    /// Everybody on rosters and payrolls.
    fn workers(&self) -> &BTreeSet<String> {
        self.workers.get_or_init(|| {
            let dossier = self.cx.dossier;
            let rosters = dossier.rosters.iter().flat_map(|table| &table.lines).map(|line| line.who.name.as_str());
            let payrolls = dossier.payrolls.iter().flat_map(|table| &table.lines).map(|line| line.who.name.as_str());
            let names: BTreeSet<&str> = rosters.chain(payrolls).collect();
            names.into_iter().map(normal).filter(|name| !name.is_empty()).collect()
        })
    }

    /// In the order of the settled reading. Debits of a leader must come in the order of their days.
    pub fn read(&mut self, line: &LedgerLine) -> Use {
        self.judged(line).unwrap_or_else(Use::Open)
    }

    fn judged(&mut self, line: &LedgerLine) -> Result<Use, Unknown> {
        let (law, on) = (self.cx.law, line.date);
        let payee = payee(line);
        let said = |words: &[String]| {
            let text = format!("{}｜{payee}", normalise_identity(&line.text)).replace("非现金", "");
            words.iter().any(|word| text.contains(&normalise_identity(word)))
        };
        if said(law.words("account.court_words", on)?) {
            return Ok(Use::Court);
        }
        if let Some(closed) = self.after_closing(on) {
            return closed.map(|()| Use::AfterClosing);
        }
        let back = matches!(line.nature, Field::Given(TxnType::Interest | TxnType::PayoutReturn));
        if back || has_batch_number(line) || self.is_own_account(line, &payee) {
            return Ok(Use::Proper);
        }
        if let Some(kind) = self.companies.get(&payee) {
            return Ok(Use::Misused(*kind, line.debit));
        }
        let person = normal(&payee);
        if self.leaders.contains(&person) {
            let excess = self.beyond_own_wages(line, &person)?;
            return Ok(if excess > Fen::ZERO { Use::Misused(Kind::TeamLeader, excess) } else { Use::Proper });
        }
        let fee = line.nature == Field::Given(TxnType::Fee);
        if !fee && said(law.words("account.cash_words", on)?) {
            return Ok(Use::Misused(Kind::Cash, line.debit));
        }
        let kind = Payee::of(&payee, law.words("account.company_words", on)?);
        let unmarked = !line.nature.is_given();
        let worded = kind == Payee::Unclear && said(law.words("payroll.bank_fee_words", on)?);
        if fee || (unmarked && worded) {
            let excess = line.debit - law.fen("account.fee_cap", on)?;
            return Ok(if excess > Fen::ZERO { Use::Misused(Kind::Fee, excess) } else { Use::Proper });
        }
        if said(law.words("account.allowed_purposes", on)?) {
            return Ok(Use::Proper);
        }
        // Without 款项性质 the bank's own words tell the batch of wages.
        let wages = line.nature == Field::Given(TxnType::Wages);
        if kind == Payee::Unclear && (wages || (unmarked && said(law.words("account.payout_words", on)?))) {
            return Ok(Use::Proper);
        }
        if kind == Payee::Company {
            return Ok(Use::Misused(Kind::Company, line.debit));
        }
        if self.is_worker(&person, on)? {
            return Ok(Use::Proper);
        }
        if kind == Payee::Unclear {
            return Err(Unknown::because("payee_unclear"));
        }
        self.stranger_is_certain(line)?;
        Ok(Use::Misused(Kind::Stranger, line.debit))
    }

    /// `None`: still open, or closed by a fault no rule speaks of. `Err`: the closing is the fault to name.
    fn after_closing(&self, on: Date) -> Option<Result<(), Unknown>> {
        let account = self.account.as_ref()?;
        account.row.closed_on.get().filter(|closed| *closed <= on)?;
        if matches!(closed_early::judge(self.cx, account), Ok(verdict) if verdict.outcome == Outcome::Clear) {
            return Some(Ok(()));
        }
        closed_early::runs(self.cx).then(|| Err(Unknown::held_by(closed_early::ID)))
    }

    /// Money moved between special accounts of the project has not left them. Banks that name no number name the account.
    fn is_own_account(&self, line: &LedgerLine, payee: &str) -> bool {
        let mut own = self.cx.facts.accounts.iter().map(|account| account.row);
        match line.counter_account.as_deref().and_then(AccountNo::parse) {
            Some(number) => own.any(|account| account.number == number),
            None => !payee.is_empty() && own.any(|account| normalise_identity(&account.name) == payee),
        }
    }

    /// A leader works too: his own net wages of the month are his.
    fn beyond_own_wages(&mut self, line: &LedgerLine, leader: &str) -> Result<Fen, Unknown> {
        let month = self.month_paid(line)?;
        let key = (leader.to_owned(), month);
        let own = match self.own_wages.get(&key) {
            Some(left) => *left,
            None => self.net_wages(leader, month)?,
        };
        self.own_wages.insert(key, (own - line.debit).max(Fen::ZERO));
        Ok((line.debit - own).max(Fen::ZERO))
    }

    fn net_wages(&self, name: &str, month: Month) -> Result<Fen, Unknown> {
        let facts = self.cx.facts.month(month);
        if !facts.has_payroll() {
            return Err(Unknown::missing(Dataset::Payroll));
        }
        if facts.payroll_gaps.rejected > 0 {
            return Err(REJECTED_ROWS);
        }
        let lines = facts.payroll_lines(self.cx.dossier, self.cx.facts.people());
        Ok(lines.filter(|paid| normal(&paid.line.who.name) == name).map(|paid| paid.line.net).sum())
    }

    /// The month the entry names, else the one whose pay-day lies in the month of the entry.
    fn month_paid(&self, line: &LedgerLine) -> Result<Month, Unknown> {
        if let [named] = months_in(&line.text, Some(line.date))[..] {
            return Ok(named);
        }
        let month = Month::of(line.date);
        let own = month.contains(self.cx.pay_day(month)?.0);
        Ok(if own { month } else { month.plus(-1) })
    }

    /// On a roster or payroll, as far as the names show.
    fn is_worker(&self, name: &str, on: Date) -> Result<bool, Unknown> {
        if name.is_empty() || self.workers().contains(name) {
            return Ok(!name.is_empty());
        }
        let shortest = self.cx.law.count("payroll.payee_shortest", on)? as usize;
        let fits = |wanted: Fit| self.workers().iter().any(|worker| fit(name, worker, shortest) == wanted);
        if fits(Fit::Same) {
            return Ok(true);
        }
        if fits(Fit::Open) { Err(Unknown::because("name_masked")) } else { Ok(false) }
    }

    /// Whether everything came that could show the payee to be a worker.
    fn stranger_is_certain(&self, line: &LedgerLine) -> Result<(), Unknown> {
        let dossier = self.cx.dossier;
        let month = self.month_paid(line)?;
        let there = [(Dataset::Roster, !dossier.rosters.is_empty()), (Dataset::Payroll, self.cx.facts.month(month).has_payroll())];
        let missing: Vec<Dataset> = there.into_iter().filter(|(_, there)| !there).map(|(dataset, _)| dataset).collect();
        if !missing.is_empty() {
            return Err(Unknown { missing, ..Unknown::default() });
        }
        let rejected = dossier.rosters.iter().map(|t| t.head.rejected).chain(dossier.payrolls.iter().map(|t| t.head.rejected));
        if rejected.sum::<u32>() > 0 {
            return Err(REJECTED_ROWS);
        }
        let text = normalise_identity(&line.text);
        let mandated = self.cx.law.words("payroll.mandate_words", line.date)?.iter().any(|word| text.contains(&normalise_identity(word)));
        if mandated { Err(Unknown::because("mandate_claimed")) } else { Ok(()) }
    }
}

/// Payees of a batch stand on the payouts, which other rules judge one by one.
fn has_batch_number(line: &LedgerLine) -> bool {
    line.batch_no.as_deref().is_some_and(|batch| !batch.trim().is_empty())
}

/// As the bank names it; spaces and width do not matter.
pub fn payee(line: &LedgerLine) -> String {
    line.counter_name.as_deref().map(normalise_identity).unwrap_or_default()
}

/// General contractor, owner and subcontractors by name.
fn companies(cx: &CheckContext) -> BTreeMap<String, Kind> {
    let mut companies = BTreeMap::new();
    let mut add = |name: Option<&str>, kind| {
        let name = name.map(normalise_identity).filter(|name| !name.is_empty());
        name.map(|name| companies.entry(name).or_insert(kind));
    };
    add(cx.dossier.project.contractor_name.as_deref(), Kind::GeneralContractor);
    add(cx.dossier.project.owner_name.as_deref(), Kind::Owner);
    let rows = || cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    for (corp, kind) in [
        (CorpType::GeneralContractor, Kind::GeneralContractor),
        (CorpType::Owner, Kind::Owner),
        (CorpType::Subcontractor, Kind::Subcontractor),
    ] {
        for row in rows().filter(|row| row.kind == corp) {
            add(Some(&row.name), kind);
        }
    }
    companies
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payee {
    Company,
    Person,
    /// Nobody, a masked name, or an account inside a bank.
    Unclear,
}

impl Payee {
    fn of(name: &str, company_words: &[String]) -> Self {
        const BANKS: [&str; 3] = ["银行", "信用社", "信用联社"];
        const ACCOUNTS: [char; 3] = ['户', '款', '账'];
        if BANKS.iter().any(|word| name.contains(word)) {
            return Self::Unclear;
        }
        if company_words.iter().any(|word| name.contains(word.as_str())) {
            return Self::Company;
        }
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || ('\u{3400}'..='\u{4dbf}').contains(&c) || c >= '\u{20000}';
        let length = name.chars().filter(|c| han(*c)).count();
        let spelled = name.chars().all(|c| han(c) || c == '·') && !name.contains(ACCOUNTS);
        let fits = (2..=4).contains(&length) || name.contains('·');
        if spelled && fits { Self::Person } else { Self::Unclear }
    }
}
