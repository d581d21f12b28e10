//! payroll.not_via_account: wages paid from another account or in cash although the project must use its special account.

use std::collections::BTreeMap;

use model::sheet::{Account, AccountStatus, PayResult, PayrollLine, ProjectStatus};
use model::{AccountNo, Dataset, Date, Fen, Field, Finding, Month, Severity};
use serde::Serialize;

use super::bound::{Bound, Times};
use super::paid;
use crate::account::is_bound;
use crate::facts::{AMBIGUOUS, Listed, MonthFacts, Pid, sorted};
use crate::payday::PayWindow;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct NotViaAccount;

static META: Meta = Meta {
    id: "payroll.not_via_account",
    name: "未通过专户代发",
    since: "0.1.0",
    explain: include_str!("not_via_account.md"),
    needs: &[Dataset::Account, Dataset::Payroll, Dataset::Payout],
    basis: &["条例第31条", "条例第55条第1项"],
    articles: &["《保障农民工工资支付条例》第三十一条", "《保障农民工工资支付条例》第五十五条第一项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "自下一个工资支付周期起，全部工资由施工总承包单位通过农民工工资专用账户直接支付到工人本人的银行账户，并说明此前未通过专户发放的原因、附支付凭证。",
    parameters: &["payroll.outside_words", "payroll.cash_limit", "payroll.window", "payroll.pay_in_same_month", "payroll.bank_fee_words"],
    rests_on: &["account.not_opened"],
};

#[derive(Debug, Serialize)]
struct Outside {
    /// From another account.
    other_account_fen: Fen,
    /// By cash or another way the payroll names.
    in_hand_fen: Fen,
}

impl Rule for NotViaAccount {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let (other, in_hand) = (say::money_fact(finding, "other_account_fen"), say::money_fact(finding, "in_hand_fen"));
        let total = finding.amount_fen.map(say::money).unwrap_or_default();
        let workers = finding.workers.unwrap_or_default();
        format!("{month}有{workers}人的工资{total}没有通过农民工工资专用账户发放，其中从其他账户支付{other}，以现金等方式支付{in_hand}")
    }
}

/// Whether the payroll says that a person's wages of the month were handed over outside the bank, and the person signed for it.
pub(super) fn paid_in_hand(cx: &CheckContext, month: Month, pid: Pid) -> Result<bool, Unknown> {
    let words = cx.law.words("payroll.outside_words", month.last_day())?;
    let facts = cx.facts.month(month);
    let mut own = facts.payroll_lines(cx.dossier, cx.facts.people()).filter(|paid| paid.pid == pid).peekable();
    let received = |line: &PayrollLine| line.signed.get() == Some(true) && line.paid_on.get().is_some_and(|day| day <= cx.as_of);
    Ok(own.peek().is_some() && own.all(|paid| is_in_hand(paid.line, words) && received(paid.line)))
}

/// 支付方式 begins with one of the words: 非现金 is not 现金.
fn is_in_hand(line: &PayrollLine, words: &[String]) -> bool {
    line.pay_mode.given().is_some_and(|mode| words.iter().any(|word| mode.trim().starts_with(word.as_str())))
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active || (paid::is_empty(facts) && paid::nobody_came(facts)) {
        return Ok(None);
    }
    if !is_bound(cx)? {
        return Ok(Some(Verdict::not_applicable("no_account_duty")));
    }
    let window = cx.pay_window(month)?;
    let mut found = Found::new(Times::of(cx));
    found.in_hand(cx, month, facts)?;
    found.through_bank(cx, facts, window)?;
    if !found.persons.is_empty() {
        return Ok(Some(found.breach(cx)));
    }
    if let Some(why) = found.unknown {
        return Err(why);
    }
    if !facts.has_payout() {
        return Err(if cx.as_of <= window.end { Unknown::because("window_open") } else { Unknown::missing(Dataset::Payout) });
    }
    if facts.payout_gaps.rejected > 0 {
        return Err(crate::rule::REJECTED_ROWS);
    }
    Ok(Some(Verdict::clear().fact("paid_fen", facts.paid)))
}

struct Found {
    /// When wages had to go through a special account.
    times: Times,
    persons: Listed<Outside>,
    /// Last digits of the accounts that paid, and what they paid.
    accounts: BTreeMap<String, Fen>,
    other: Fen,
    in_hand: Fen,
    first: Option<Date>,
    unknown: Option<Unknown>,
}

/// Where a payment came from.
enum From {
    Special,
    /// Last digits, empty where only the absence of a debit tells.
    Elsewhere(String),
    Unknown(Unknown),
}

impl Found {
    fn new(times: Times) -> Self {
        let none = Fen::ZERO;
        Self { times, persons: Listed::new(), accounts: BTreeMap::new(), other: none, in_hand: none, first: None, unknown: None }
    }

    /// Whether a payment that did not go through the special account had to.
    fn had_to(&mut self, paid_on: Option<Date>) -> bool {
        match self.times.on(paid_on) {
            Bound::Yes => true,
            Bound::No => false,
            Bound::Unknown(why) => {
                self.unknown.get_or_insert(why);
                false
            }
        }
    }

    fn in_hand(&mut self, cx: &CheckContext, month: Month, facts: &MonthFacts) -> Result<(), Unknown> {
        let words = cx.law.words("payroll.outside_words", month.last_day())?;
        let limit = cx.law.fen("payroll.cash_limit", month.last_day())?;
        for paid in facts.payroll_lines(cx.dossier, cx.facts.people()) {
            let paid_on = paid.line.paid_on.get();
            let happened = paid_on.is_none_or(|day| day <= cx.as_of);
            if !happened || paid.line.net <= Fen::ZERO || !is_in_hand(paid.line, words) {
                continue;
            }
            let last = |pid: Pid| cx.facts.roster_of(pid).any(|(_, row)| row.exit_on.get().is_some_and(|day| day <= cx.as_of));
            if paid.line.net <= limit && paid.pid != AMBIGUOUS && last(paid.pid) {
                continue;
            }
            if !self.had_to(paid_on) {
                continue;
            }
            self.in_hand += paid.line.net;
            self.first = self.first.into_iter().chain(paid_on).min();
            self.person(paid.slot(), || paid.label(cx.facts)).in_hand_fen += paid.line.net;
        }
        Ok(())
    }

    fn through_bank(&mut self, cx: &CheckContext, facts: &MonthFacts, window: PayWindow) -> Result<(), Unknown> {
        let fees = cx.law.words("payroll.bank_fee_words", window.end)?;
        for part in &facts.payments {
            let (at, row) = (part.at as usize, part.line as usize);
            let table = &cx.dossier.payouts[at];
            let line = &table.lines[row];
            if line.result != PayResult::Success || part.amount <= Fen::ZERO {
                continue;
            }
            let from = match &line.account {
                Some(account) => by_account(cx, account),
                None => by_ledger(cx, table.head.batch_no.as_deref(), line.paid_on, fees)?,
            };
            match from {
                From::Special => {}
                From::Unknown(why) => self.unknown = self.unknown.take().or(Some(why)),
                From::Elsewhere(_) if !self.had_to(line.paid_on) => {}
                From::Elsewhere(tail) => {
                    self.other += part.amount;
                    if !tail.is_empty() {
                        *self.accounts.entry(tail).or_default() += part.amount;
                    }
                    self.first = self.first.into_iter().chain(line.paid_on).min();
                    let pid = cx.facts.people().payout[at][row];
                    let slot = if pid == AMBIGUOUS { (AMBIGUOUS, at, line.who.row) } else { (pid, 0, 0) };
                    self.person(slot, || if pid == AMBIGUOUS { cx.facts.label_of(&line.who) } else { cx.facts.label(pid) })
                        .other_account_fen += part.amount;
                }
            }
        }
        Ok(())
    }

    fn person(&mut self, slot: crate::facts::month::Slot, label: impl FnOnce() -> (String, String)) -> &mut Outside {
        let fresh = || (label(), Outside { other_account_fen: Fen::ZERO, in_hand_fen: Fen::ZERO });
        &mut self.persons.entry(slot).or_insert_with(fresh).1
    }

    fn breach(self, cx: &CheckContext) -> Verdict {
        // 被冻结的专户发不出工资: a person must look at once.
        let frozen = cx.facts.accounts.iter().any(|account| account.row.status == AccountStatus::Frozen);
        let workers = self.persons.len();
        let verdict = Verdict::breach(if frozen { Severity::Escalate } else { Severity::Order })
            .amount(self.other + self.in_hand)
            .workers(workers)
            .party(cx.facts.general_contractor())
            .fact("account_frozen", frozen)
            .fact("other_account_fen", self.other)
            .fact("in_hand_fen", self.in_hand)
            .fact("paid_from", self.accounts)
            .fact("persons", sorted(self.persons.into_values()));
        match self.first {
            Some(first) => verdict.since(first),
            None => verdict,
        }
    }
}

fn by_account(cx: &CheckContext, account: &AccountNo) -> From {
    if cx.facts.accounts.iter().any(|special| special.row.number == *account) {
        return From::Special;
    }
    // A row of the register whose opening cell is empty, while money moves through it.
    let rows = || cx.dossier.accounts.iter().flat_map(|table| &table.lines);
    let flagged =
        |row: &&Account| row.number == *account && !matches!(row.kind, Field::Given(kind) if kind != model::sheet::AccountType::Special);
    if rows().any(|row| flagged(&row)) {
        return From::Special;
    }
    // Rows nobody could read may be the account.
    if cx.dossier.accounts.iter().any(|table| table.head.rejected > 0) {
        return From::Unknown(crate::rule::REJECTED_ROWS);
    }
    From::Elsewhere(account.tail().to_owned())
}

/// Without 付款账号 the statements of the special account tell: a wage debit on the day (or of the batch) is that payment;
/// statements that cover the day and show none prove that the money came from elsewhere.
fn by_ledger(cx: &CheckContext, batch: Option<&str>, paid_on: Option<Date>, fees: &[String]) -> Result<From, Unknown> {
    let ledger = &cx.facts.ledger;
    let batch = batch.filter(|batch| !batch.is_empty());
    let same_batch = |line: &model::sheet::LedgerLine| batch.is_some() && line.batch_no.as_deref() == batch;
    if ledger.entries.iter().any(|entry| same_batch(entry.line) && entry.line.debit > Fen::ZERO) {
        return Ok(From::Special);
    }
    let Some(day) = paid_on else { return Ok(From::Unknown(COLUMN_ABSENT)) };
    // The bank may post the debit a working day earlier or later.
    let (from, to) = (cx.minus_working_days(day, 1)?, cx.plus_working_days(day, 1)?);
    if ledger.between(from, to).iter().any(|entry| paid::may_be_wages(entry.line, fees)) {
        return Ok(From::Special);
    }
    if cx.facts.accounts.is_empty() || !ledger.covers(&cx.facts.accounts, from, to) {
        return Ok(From::Unknown(COLUMN_ABSENT));
    }
    if ledger.rejected_between(from, to) > 0 {
        return Ok(From::Unknown(crate::rule::REJECTED_ROWS));
    }
    Ok(From::Elsewhere(String::new()))
}
