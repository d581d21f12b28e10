//! Money left a special account for something else than wages of the project.

use std::collections::BTreeMap;

use chrono::Days;

use model::identifier::normalise_identity;
use model::sheet::{LedgerLine, ProjectStatus, TxnType};
use model::{Dataset, Date, Fen, Field, Finding, Severity};
use serde::Serialize;

use super::balances::is_of;
use super::by_account::{subject, tail, without_account};
use super::debits::{Kind, Reader, Use, payee};
use super::funding::{Payer, ledger_tells_of, payer};
use crate::facts::{SpecialAccount, sorted};
use crate::rule::{CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict, worst_by_subject};
use crate::say;

pub struct Misuse;

static META: Meta = Meta {
    id: "account.misuse",
    name: "专户资金挪用",
    since: "0.1.0",
    explain: include_str!("misuse.md"),
    needs: &[Dataset::Project, Dataset::Account, Dataset::Ledger],
    basis: &["条例第26条", "条例第33条", "53号第8条", "条例第55条第1项"],
    articles: &[
        "《保障农民工工资支付条例》第二十六条",
        "《保障农民工工资支付条例》第三十三条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第八条",
        "《保障农民工工资支付条例》第五十五条第一项",
    ],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "立即将不属于支付本项目农民工工资的款项全额退回农民工工资专用账户，报送银行回单，并书面说明每一笔支出的用途和经办人。",
    parameters: &[
        "account.court_words",
        "account.cash_words",
        "account.company_words",
        "account.payout_words",
        "account.allowed_purposes",
        "account.fee_cap",
        "account.return_words",
        "account.labour_cost_words",
        "account.ledger_stale",
        "payroll.bank_fee_words",
        "payroll.mandate_words",
        "payroll.payee_shortest",
        "payroll.pay_in_same_month",
    ],
    rests_on: &["account.not_opened", "account.closed_early"],
};

impl Rule for Misuse {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        if cx.facts.status_today() == ProjectStatus::Closed {
            return vec![Verdict::not_applicable("status")];
        }
        if cx.facts.accounts.is_empty() {
            return cx.once(|| without_account(cx));
        }
        let mut accounts: Vec<Option<SpecialAccount>> = cx.facts.accounts.iter().copied().map(Some).collect();
        // Statements that name none of several accounts are judged by themselves.
        if accounts.len() > 1 && cx.facts.ledger.entries.iter().any(|entry| entry.account.is_none()) {
            accounts.push(None);
        }
        let judged = accounts.into_iter().flat_map(|account| {
            let mut judged = cx.once(|| judge(cx, account));
            for verdict in &mut judged {
                verdict.subject = account.map(|account| subject(&account.row.number));
            }
            judged
        });
        worst_by_subject(judged)
    }

    fn tell(&self, finding: &Finding) -> String {
        let by_kind = finding.facts.get("by_kind").and_then(serde_json::Value::as_array).into_iter().flatten();
        let part = |entry: &serde_json::Value| {
            let (code, sum) = (entry.get("kind")?.as_str()?, entry.get("amount_fen")?.as_i64()?);
            let kind = Kind::ALL.into_iter().find(|kind| kind.code() == code)?;
            Some(format!("{}{}", kind.chinese(), say::money(Fen(sum))))
        };
        let parts: Vec<String> = by_kind.filter_map(part).collect();
        let account = match tail(finding.subject.as_deref()) {
            "" => "农民工工资专用账户".to_owned(),
            digits => format!("尾号{digits}的农民工工资专用账户"),
        };
        format!(
            "截至{}，{account}自{}以来有{}笔支出不是支付本项目农民工工资，尚未退回{}：{}",
            say::date_fact(finding, "as_of"),
            finding.since.map(say::date).unwrap_or_default(),
            say::text_fact(finding, "count"),
            finding.amount_fen.map(say::money).unwrap_or_default(),
            parts.join("，"),
        )
    }
}

/// Money that left and has not come back.
#[derive(Debug)]
struct Gone {
    on: Date,
    kind: Kind,
    left: Fen,
    payee: String,
}

#[derive(Debug, Serialize)]
struct Debit<'g> {
    date: Date,
    kind: &'static str,
    amount_fen: Fen,
    /// Companies only.
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'g str>,
}

impl<'g> Debit<'g> {
    fn of(gone: &'g Gone, named: bool) -> Self {
        let payee = named.then_some(gone.payee.as_str());
        Self { date: gone.on, kind: gone.kind.code(), amount_fen: gone.left, payee }
    }
}

#[derive(Debug, Serialize)]
struct Sum {
    kind: &'static str,
    amount_fen: Fen,
}

#[derive(Debug, Serialize)]
struct Received {
    amount_fen: Fen,
}

#[derive(Default)]
struct Found {
    gone: Vec<Gone>,
    returned: Fen,
    court: Fen,
    after_closing: Fen,
    open: Option<Unknown>,
}

fn judge(cx: &CheckContext, account: Option<SpecialAccount>) -> Result<Verdict, Unknown> {
    let mut lines = lines_of(cx, account.as_ref());
    if lines.is_empty() && account.is_some_and(|account| !cx.facts.ledger.tells_of(&account.row.number)) {
        return Err(Unknown::missing(Dataset::Ledger));
    }
    undo_reversals(&mut lines);
    let mut found = Found::default();
    found.read(cx, account, &lines)?;
    found.gone.retain(|gone| gone.left > Fen::ZERO);
    let rejected = |from: Date| cx.facts.ledger.rejected_between(from, cx.as_of) > 0;
    let Some(first) = found.gone.first().map(|gone| gone.on) else {
        if cx.facts.ledger.covered_from().is_some_and(rejected) {
            return Err(REJECTED_ROWS);
        }
        if let Some(why) = found.open {
            return Err(why);
        }
        if entries_of_nobody(cx, account.as_ref()) {
            return Err(Unknown::because("shared_account"));
        }
        if is_stale(cx, account)? {
            return Err(Unknown::missing(Dataset::Ledger));
        }
        return Ok(found.asides(Verdict::clear()));
    };
    // A row that was not read may be the money that came back.
    if rejected(first) {
        return Err(REJECTED_ROWS);
    }
    Ok(found.breach(cx, first))
}

/// Whether the statements end so long before today, or before the closing, that what left since is not known.
fn is_stale(cx: &CheckContext, account: Option<SpecialAccount>) -> Result<bool, Unknown> {
    if let Some(closed) = account.and_then(|account| account.row.closed_on.get()).filter(|closed| *closed <= cx.as_of) {
        return ledger_tells_of(cx, closed).map(|tells| !tells);
    }
    let days = Days::new(u64::from(cx.law.count("account.ledger_stale", cx.as_of)?));
    let ledger = &cx.facts.ledger;
    Ok(ledger.covered_until().max(ledger.newest()).is_none_or(|until| until + days < cx.as_of))
}

/// In an order that does not depend on the files.
fn lines_of<'d>(cx: &CheckContext<'d>, account: Option<&SpecialAccount>) -> Vec<&'d LedgerLine> {
    let of = |entry: &&crate::facts::Entry<'d>| match account {
        Some(account) => is_of(cx, entry, &account.row.number),
        None => entry.account.is_none(),
    };
    let mut lines: Vec<&LedgerLine> = cx.facts.ledger.entries.iter().filter(of).map(|entry| entry.line).collect();
    lines.sort_by_cached_key(|line| (line.date, line.credit, line.debit, line.serial.clone(), payee(line), line.text.clone()));
    lines
}

/// Same day, same party, same sum back: neither counts.
fn undo_reversals(lines: &mut Vec<&LedgerLine>) {
    let mut undone = vec![false; lines.len()];
    for debit in (0..lines.len()).filter(|at| lines[*at].debit > Fen::ZERO) {
        let back = (0..lines.len()).find(|at| {
            let (out, back) = (lines[debit], lines[*at]);
            !undone[*at] && back.date == out.date && back.credit == out.debit && same_party(out, back)
        });
        if let Some(back) = back {
            (undone[debit], undone[back]) = (true, true);
        }
    }
    let mut kept = undone.into_iter();
    lines.retain(|_| !kept.next().unwrap_or_default());
}

fn same_party(a: &LedgerLine, b: &LedgerLine) -> bool {
    let account = |line: &LedgerLine| line.counter_account.as_deref().map(normalise_identity).filter(|number| !number.is_empty());
    let (one, other) = (payee(a), payee(b));
    if one.is_empty() || other.is_empty() { one == other && account(a) == account(b) } else { one == other }
}

impl Found {
    fn read(&mut self, cx: &CheckContext, account: Option<SpecialAccount>, lines: &[&LedgerLine]) -> Result<(), Unknown> {
        let mut reader = Reader::new(cx, account);
        let mut days = lines.iter().map(|line| line.date).collect::<Vec<_>>();
        days.dedup();
        for day in days {
            let of_day = || lines.iter().filter(move |line| line.date == day);
            for line in of_day().filter(|line| line.debit > Fen::ZERO) {
                match reader.read(line) {
                    Use::Proper => {}
                    Use::Court => self.court += line.debit,
                    Use::AfterClosing => self.after_closing += line.debit,
                    Use::Misused(kind, left) => self.gone.push(Gone { on: day, kind, left, payee: payee(line) }),
                    Use::Open(why) => self.open = self.open.take().or(Some(why)),
                }
            }
            for line in of_day().filter(|line| line.credit > Fen::ZERO) {
                self.give_back(cx, line)?;
            }
        }
        Ok(())
    }

    /// Money of the payee, and of whoever the general contractor pays back for; labour cost the owner pays in is not his repayment.
    fn give_back(&mut self, cx: &CheckContext, line: &LedgerLine) -> Result<(), Unknown> {
        let words = cx.law.words("account.labour_cost_words", line.date)?;
        let labour_cost = matches!(payer(cx, line, words), Some(Payer::Owner));
        if labour_cost || matches!(line.nature, Field::Given(TxnType::Interest | TxnType::PayoutReturn)) {
            return Ok(());
        }
        let from = payee(line);
        let general = cx.dossier.project.contractor_name.as_deref().map(normalise_identity);
        let said_so = cx.law.words("account.return_words", line.date)?.iter().any(|word| line.text.contains(word.as_str()));
        let for_others = said_so && !from.is_empty() && general.as_deref() == Some(from.as_str());
        let mut money = line.credit;
        // A bank also pays interest: of its money only what says so gives a charge back.
        let own = |gone: &Gone| !from.is_empty() && gone.payee == from && (gone.kind != Kind::Fee || said_so);
        for of_payee in [true, false] {
            for gone in self.gone.iter_mut().filter(|gone| own(gone) == of_payee && (of_payee || for_others)) {
                let back = money.min(gone.left);
                gone.left -= back;
                money -= back;
                self.returned += back;
            }
        }
        Ok(())
    }

    fn asides(&self, verdict: Verdict) -> Verdict {
        let mut verdict = verdict;
        for (key, sum) in [("returned", self.returned), ("court", self.court), ("after_closing", self.after_closing)] {
            if sum > Fen::ZERO {
                verdict = verdict.fact(key, sum);
            }
        }
        if self.court > Fen::ZERO { verdict.fact("remark", "tell_the_court") } else { verdict }
    }

    fn breach(&self, cx: &CheckContext, first: Date) -> Verdict {
        let mut by_kind: BTreeMap<Kind, Fen> = BTreeMap::new();
        let mut persons: BTreeMap<&str, Fen> = BTreeMap::new();
        for gone in &self.gone {
            *by_kind.entry(gone.kind).or_default() += gone.left;
            if gone.kind.is_person() {
                *persons.entry(&gone.payee).or_default() += gone.left;
            }
        }
        let by_kind: Vec<Sum> = by_kind.into_iter().map(|(kind, amount_fen)| Sum { kind: kind.code(), amount_fen }).collect();
        let named = |gone: &Gone| !gone.kind.is_person() && gone.kind != Kind::Cash && !gone.payee.is_empty();
        let debit = |gone| Debit::of(gone, named(gone));
        let debits: Vec<Debit> = self.gone.iter().map(debit).collect();
        let mut verdict = self
            .asides(Verdict::breach(Severity::Order))
            .since(first)
            .amount(self.gone.iter().map(|gone| gone.left).sum())
            .party(cx.facts.general_contractor())
            .fact("as_of", cx.as_of)
            .fact("count", self.gone.len())
            .fact("by_kind", by_kind)
            .fact("debits", debits);
        if !persons.is_empty() {
            let listed = persons.into_iter().map(|(name, sum)| ((name.to_owned(), String::new()), Received { amount_fen: sum }));
            verdict = verdict.fact("persons", sorted(listed));
        }
        verdict
    }
}

/// Debits of a shared account that do not say whose they are.
fn entries_of_nobody(cx: &CheckContext, account: Option<&SpecialAccount>) -> bool {
    let Some(number) = account.map(|account| &account.row.number).filter(|number| cx.dossier.shared_accounts.contains(number)) else {
        return false;
    };
    let mut tables = cx.dossier.ledgers.iter().filter(|table| table.head.account.as_ref() == Some(number));
    tables.any(|table| table.lines.iter().any(|line| line.project.is_none() && line.debit > Fen::ZERO && line.date <= cx.as_of))
}
