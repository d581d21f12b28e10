//! payroll.payee_mismatch: wages went to an account that is not the worker's own.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use model::sheet::{PayResult, PayoutLine, PayrollLine, ProjectStatus};
use model::{CardElsewhere, CardKey, Dataset, Date, Fen, Finding, Month, PersonKey, Severity};
use serde::Serialize;

use super::names::{Fit, fit, normal};
use super::paid;
use crate::facts::{AMBIGUOUS, MonthFacts, Pid};
use crate::rule::{CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct PayeeMismatch;

static META: Meta = Meta {
    id: "payroll.payee_mismatch",
    name: "非本人账户收款",
    since: "0.1.0",
    explain: include_str!("payee_mismatch.md"),
    needs: &[Dataset::Payout, Dataset::Roster],
    basis: &["条例第11条", "条例第31条", "条例第55条第1项"],
    articles: &["《保障农民工工资支付条例》第十一条、第三十一条", "《保障农民工工资支付条例》第五十五条第一项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "核实工资是否到了工人本人手中，登记工人本人的银行卡，从下一个工资支付周期起发到本人账户；确需委托他人代领的，附本人或者监护人的书面委托。",
    parameters: &["payroll.payee_shortest", "payroll.mandate_words", "payroll.window", "payroll.pay_in_same_month"],
    rests_on: &[],
};

/// By weight: the first of several is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    LeaderAccount,
    OtherName,
    SharedAccount,
    /// Somebody else's on another project.
    AccountElsewhere,
}

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Misdirected {
    why: Why,
    paid_fen: Fen,
}

impl Rule for PayeeMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        let register = Register::of(cx);
        cx.payroll_months(|month| judge(cx, &register, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let (workers, amount) = (finding.workers.unwrap_or_default(), finding.amount_fen.map(say::money).unwrap_or_default());
        let count = |key: &str| finding.facts.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default();
        let parts: Vec<String> = [
            ("leader_account", "发到班组长账户"),
            ("other_name", "收款户名不是本人"),
            ("shared_account", "与同项目的人共用账户"),
            ("account_elsewhere", "与其他项目的人共用账户"),
        ]
        .iter()
        .filter(|(key, _)| count(key) > 0)
        .map(|(key, words)| format!("{words}{}人", count(key)))
        .collect();
        format!("{month}有{workers}人的工资没有发到本人账户（{}），涉及金额合计{amount}", parts.join("、"))
    }
}

/// Who has a card, with first and last day on the project as far as the roster tells.
type Holder = (Pid, Option<Date>, Option<Date>);

/// Whose the cards are.
struct Register<'a> {
    cards: BTreeMap<CardKey, Vec<Holder>>,
    leaders: BTreeSet<Pid>,
    leader_names: BTreeSet<String>,
    elsewhere: BTreeMap<CardKey, Vec<&'a CardElsewhere>>,
    rejected: bool,
}

impl<'a> Register<'a> {
    fn of(cx: &CheckContext<'a>) -> Self {
        let mut register = Self {
            cards: BTreeMap::new(),
            leaders: BTreeSet::new(),
            leader_names: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            rejected: cx.dossier.rosters.iter().any(|table| table.head.rejected > 0),
        };
        for card in &cx.dossier.elsewhere.cards {
            register.elsewhere.entry(card.card).or_default().push(card);
        }
        let teams = || cx.dossier.teams.iter().flat_map(|table| &table.lines);
        register.leader_names.extend(teams().filter_map(|team| team.leader.as_deref()).map(normal));
        let by_number: BTreeSet<PersonKey> = teams().filter_map(|team| team.leader_id).collect();
        let by_name: BTreeSet<(String, String)> =
            teams().filter_map(|team| Some((normal(&team.name), normal(team.leader.as_deref()?)))).collect();
        for (table, pids) in cx.dossier.rosters.iter().zip(&cx.facts.people().roster) {
            for (row, pid) in table.lines.iter().zip(pids).filter(|(row, _)| row.entry_on.get().is_none_or(|on| on <= cx.as_of)) {
                let team = row.team.given().map(String::as_str).or(table.head.team.as_deref()).unwrap_or_default();
                let named = || by_name.contains(&(normal(team), normal(&row.who.name)));
                let leads = row.is_leader.get() == Some(true) || row.who.person.is_some_and(|key| by_number.contains(&key)) || named();
                if leads {
                    register.leader_names.insert(normal(&row.who.name));
                }
                if *pid == AMBIGUOUS {
                    continue;
                }
                if leads {
                    register.leaders.insert(*pid);
                }
                if let Some(card) = row.who.card {
                    register.cards.entry(card).or_default().push((*pid, row.entry_on.get(), row.exit_on.get()));
                }
            }
        }
        register
    }

    /// Who has the card, but for a person: before others came with it, or after they left, it was its owner's alone.
    fn others(&self, card: CardKey, pid: Pid, (first, last): (Date, Date)) -> impl Iterator<Item = Pid> {
        let own = self.is_own(card, pid);
        let there = move |from: Option<Date>, to: Option<Date>| from.is_none_or(|from| from <= last) && to.is_none_or(|to| to >= first);
        let others = self.cards.get(&card).into_iter().flatten().filter(move |(other, ..)| *other != pid);
        others.filter(move |(_, from, to)| !own || there(*from, *to)).map(|(other, ..)| *other)
    }

    fn is_own(&self, card: CardKey, pid: Pid) -> bool {
        self.cards.get(&card).into_iter().flatten().any(|(owner, ..)| *owner == pid)
    }
}

/// A success that stayed with the payee.
struct Received<'a> {
    pid: Pid,
    line: &'a PayoutLine,
    amount: Fen,
}

/// What the month's sheets say of payees and cards.
struct Sheets<'a> {
    received: Vec<Received<'a>>,
    lines: BTreeMap<Pid, Vec<&'a PayrollLine>>,
    users: BTreeMap<CardKey, BTreeSet<Pid>>,
    unclear: Vec<&'static str>,
}

impl<'a> Sheets<'a> {
    fn of(cx: &CheckContext<'a>, facts: &MonthFacts) -> Self {
        let mut sheets = Self { received: Vec::new(), lines: BTreeMap::new(), users: BTreeMap::new(), unclear: Vec::new() };
        for part in &facts.payments {
            let (at, row) = (part.at as usize, part.line as usize);
            let (line, pid) = (&cx.dossier.payouts[at].lines[row], cx.facts.people().payout[at][row]);
            match line.result {
                PayResult::Success => {}
                PayResult::Unknown(_) => {
                    sheets.unclear.push("unknown_bank_word");
                    continue;
                }
                PayResult::Failed | PayResult::Pending => continue,
            }
            match facts.worker(pid) {
                None => sheets.unclear.push("ambiguous_name"),
                Some(worker) if worker.unclear_return => sheets.unclear.push("ambiguous_name"),
                // All of it came back.
                Some(worker) if worker.paid <= Fen::ZERO => {}
                Some(_) => {
                    if let Some(card) = line.who.card {
                        sheets.users.entry(card).or_default().insert(pid);
                    } else {
                        sheets.unclear.push("card_not_known");
                    }
                    sheets.received.push(Received { pid, line, amount: part.amount });
                }
            }
        }
        for at in &facts.payrolls {
            let lines = cx.dossier.payrolls[*at].lines.iter().zip(&cx.facts.people().payroll[*at]);
            for (line, pid) in lines.filter(|(_, pid)| **pid != AMBIGUOUS) {
                sheets.lines.entry(*pid).or_default().push(line);
                if let Some(users) = line.who.card.and_then(|card| sheets.users.get_mut(&card)) {
                    users.insert(*pid);
                }
            }
        }
        sheets
    }
}

/// Faults found so far, by person.
#[derive(Default)]
struct Found {
    persons: BTreeMap<Pid, Misdirected>,
    since: Option<Date>,
    unclear: Vec<&'static str>,
}

impl Found {
    fn add(&mut self, pid: Pid, why: Why, amount: Fen, paid_on: Option<Date>) {
        let person = self.persons.entry(pid).or_insert(Misdirected { why, paid_fen: Fen::ZERO });
        person.why = person.why.min(why);
        person.paid_fen += amount;
        self.since = self.since.into_iter().chain(paid_on).min();
    }
}

fn judge(cx: &CheckContext, register: &Register, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active || paid::is_empty(facts) {
        return Ok(None);
    }
    if !facts.has_payout() {
        // Nothing was received yet, or nobody said so.
        return if cx.as_of <= cx.pay_window(month)?.end { Ok(None) } else { Err(Unknown::missing(Dataset::Payout)) };
    }
    if cx.dossier.rosters.is_empty() {
        return Err(Unknown::missing(Dataset::Roster));
    }
    let shortest = cx.law.count("payroll.payee_shortest", month.last_day())? as usize;
    let words = cx.law.words("payroll.mandate_words", month.last_day())?;
    let mut sheets = Sheets::of(cx, facts);
    let mut found = Found { unclear: std::mem::take(&mut sheets.unclear), ..Found::default() };
    let last = sheets.received.iter().filter_map(|received| received.line.paid_on).max();
    let days = (month.first_day(), month.last_day().max(last.unwrap_or_default()));
    let accounts = Accounts { cx, register, sheets: &sheets, days };
    for received in &sheets.received {
        let (pid, line) = (received.pid, received.line);
        let name = accounts.name_fault(received, shortest);
        let card = line.who.card.map_or(Ok(None), |card| accounts.card_fault(card, pid));
        let why = name.unwrap_or_default().into_iter().chain(card.unwrap_or_default()).min();
        found.unclear.extend([name.err(), card.err()].into_iter().flatten());
        match why {
            None => {}
            Some(_) if accounts.mandated(pid, Some(line), words) => found.unclear.push("mandate_claimed"),
            Some(why) => found.add(pid, why, received.amount, line.paid_on),
        }
    }
    // Whose wages the payroll sends to a card on which only others were paid by name.
    let by_payroll = sheets.users.iter().flat_map(|(card, pids)| pids.iter().map(|pid| (*card, *pid)));
    let paid: BTreeSet<Pid> = sheets.received.iter().map(|received| received.pid).collect();
    for (card, pid) in by_payroll.filter(|(_, pid)| !paid.contains(pid)) {
        match accounts.card_fault(card, pid) {
            Ok(None) => {}
            Err(reason) => found.unclear.push(reason),
            Ok(Some(_)) if accounts.mandated(pid, None, words) => found.unclear.push("mandate_claimed"),
            Ok(Some(why)) => found.add(pid, why, Fen::ZERO, None),
        }
    }
    if found.persons.is_empty() { clear(register, facts, found.unclear).map(Some) } else { Ok(Some(breach(cx, facts, found))) }
}

fn clear(register: &Register, facts: &MonthFacts, unclear: Vec<&'static str>) -> Result<Verdict, Unknown> {
    if facts.payout_gaps.rejected > 0 || facts.payroll_gaps.rejected > 0 || register.rejected {
        return Err(REJECTED_ROWS);
    }
    match unclear.into_iter().min() {
        Some(reason) => Err(Unknown::because(reason)),
        None => Ok(Verdict::clear().fact("paid_fen", facts.paid)),
    }
}

fn breach(cx: &CheckContext, facts: &MonthFacts, found: Found) -> Verdict {
    let pids: BTreeSet<Pid> = found.persons.keys().copied().collect();
    let count = |of: Why| found.persons.values().filter(|person| person.why == of).count();
    let verdict = Verdict::breach(Severity::Notice)
        .workers(pids.len())
        .amount(found.persons.values().map(|person| person.paid_fen).sum())
        .party(paid::party_of(cx, facts, &pids))
        .fact("leader_account", count(Why::LeaderAccount))
        .fact("other_name", count(Why::OtherName))
        .fact("shared_account", count(Why::SharedAccount))
        .fact("account_elsewhere", count(Why::AccountElsewhere))
        .fact("unclear_payments", found.unclear.len())
        .fact("persons", cx.facts.persons(found.persons));
    match found.since {
        Some(since) => verdict.since(since),
        None => verdict,
    }
}

struct Accounts<'c, 'a> {
    cx: &'c CheckContext<'a>,
    register: &'c Register<'a>,
    sheets: &'c Sheets<'a>,
    /// First day of the month, and the last on which its wages were paid.
    days: (Date, Date),
}

impl Accounts<'_, '_> {
    /// Every spelling of the worker's name on roster and payroll.
    fn names(&self, pid: Pid) -> impl Iterator<Item = &str> {
        let on_roster = self.cx.facts.roster_of(pid).map(|(_, row)| row.who.name.as_str());
        on_roster.chain(self.sheets.lines.get(&pid).into_iter().flatten().map(|line| line.who.name.as_str()))
    }

    /// The payee against the worker. Who stands on neither roster nor payroll has no name to compare: payroll.bank_mismatch.
    fn name_fault(&self, received: &Received, shortest: usize) -> Result<Option<Why>, &'static str> {
        let payee = &received.line.who.name;
        let mut names = self.names(received.pid).peekable();
        if names.peek().is_none() || self.names(received.pid).any(|name| name == payee && !name.is_empty()) {
            return Ok(None);
        }
        let payee = normal(payee);
        let fits: Vec<Fit> = names.map(|name| fit(&payee, &normal(name), shortest)).collect();
        if fits.contains(&Fit::Same) {
            return Ok(None);
        }
        if fits.contains(&Fit::Open) {
            return Err("name_masked");
        }
        Ok(Some(if self.register.leader_names.contains(&payee) { Why::LeaderAccount } else { Why::OtherName }))
    }

    /// Others on the same card. Persons of one name may be one person under two numbers.
    fn card_fault(&self, card: CardKey, pid: Pid) -> Result<Option<Why>, &'static str> {
        // A leader on his own card has done nothing by it.
        if self.register.leaders.contains(&pid) && self.register.is_own(card, pid) {
            return Ok(None);
        }
        let users = self.sheets.users.get(&card).into_iter().flatten().copied().filter(|other| *other != pid);
        let others: BTreeSet<Pid> = users.chain(self.register.others(card, pid, self.days)).collect();
        let named = |pid: Pid| normal(self.cx.facts.people().name(pid));
        let name = LazyCell::new(|| named(pid));
        let distinct: Vec<Pid> = others.iter().copied().filter(|other| named(*other) != *name).collect();
        if distinct.iter().any(|other| self.register.leaders.contains(other)) {
            return Ok(Some(Why::LeaderAccount));
        }
        if !distinct.is_empty() {
            return Ok(Some(Why::SharedAccount));
        }
        if !others.is_empty() {
            return Err("ambiguous_name");
        }
        let Some(elsewhere) = self.register.elsewhere.get(&card) else { return Ok(None) };
        match self.cx.facts.people().persons.get(pid as usize).and_then(|person| person.key) {
            None => Err("ambiguous_name"),
            Some(key) => Ok(elsewhere.iter().any(|other| other.person != key).then_some(Why::AccountElsewhere)),
        }
    }

    /// A remark claims a written mandate.
    fn mandated(&self, pid: Pid, payout: Option<&PayoutLine>, words: &[String]) -> bool {
        let on_payroll = self.sheets.lines.get(&pid).into_iter().flatten().filter_map(|line| line.remark.as_deref());
        let mut remarks = on_payroll.chain(payout.and_then(|line| line.remark.as_deref()));
        remarks.any(|remark| words.iter().any(|word| remark.contains(word.as_str())))
    }
}
