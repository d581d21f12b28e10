//! payroll.arrears: verified unpaid wages, and whether they reach the limits of 刑法 276-1.

use std::collections::{BTreeMap, BTreeSet};

use model::sheet::Lead;
use model::{Dataset, Date, Fen, Finding, Month, Party, Severity};
use serde::Serialize;

use super::paid::{self, Doubts};
use crate::facts::{Pid, Worker};
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct Arrears;

static META: Meta = Meta {
    id: "payroll.arrears",
    name: "拖欠工资金额与入罪标准预警",
    since: "0.1.0",
    explain: include_str!("arrears.md"),
    // An officer's word stands without the bank's; what is missing is said by the judgement itself.
    needs: &[],
    basis: &["条例第29条", "条例第30条", "条例第41条", "条例第42条", "条例第48条", "刑法第276条之一", "渝人社发〔2014〕202号"],
    articles: &[
        "《保障农民工工资支付条例》第二十九条、第三十条、第四十一条、第四十二条、第四十八条",
        "《中华人民共和国刑法》第二百七十六条之一",
    ],
    consequence: "经责令支付逾期仍不支付的，依法申请人民法院强制执行，可以动用工资保证金；达到入罪标准、涉嫌拒不支付劳动报酬罪的，移送公安机关；符合条件的列入失信联合惩戒名单。",
    remedy: "立即足额支付所欠工资；分包单位不支付的由施工总承包单位先行清偿，建设单位以未结清的工程款为限先行垫付，并报送支付凭证。",
    parameters: &[
        "payroll.crime_one_months",
        "payroll.crime_one_sum",
        "payroll.crime_many_workers",
        "payroll.crime_many_sum",
        "payroll.mass_workers",
        "payroll.lead_verified_words",
        "payroll.lead_refuted_words",
        "payroll.lead_paid_words",
        "payroll.window",
        "payroll.tolerance",
        "payroll.retry",
    ],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// One worker in `facts.persons`.
#[derive(Debug, Serialize)]
struct Owed {
    unpaid_fen: Fen,
    months: Vec<Month>,
}

impl Rule for Arrears {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let workers = finding.workers.map(|workers| format!("{workers}名工人的")).unwrap_or_default();
        let amount = finding.amount_fen.map(say::money).unwrap_or_default();
        let limit =
            if finding.severity == Some(Severity::Escalate) { "，已达到拒不支付劳动报酬罪的数额标准" } else { "" };
        let months = finding.facts.get("unpaid_months").and_then(|months| months.as_array()).map(|months| {
            let named = months.iter().filter_map(|month| month.as_str()?.parse::<Month>().ok()).map(Month::chinese);
            named.collect::<Vec<_>>().join("、")
        });
        let from = months.filter(|months| !months.is_empty()).map(|months| format!("（{months}）")).unwrap_or_default();
        format!("经核实尚未支付{workers}工资{amount}{from}{limit}")
    }
}

/// What the sheets show, worker by worker.
#[derive(Default)]
struct Found {
    owed: BTreeMap<Pid, Vec<(Month, Fen)>>,
    /// Seems unpaid; nobody has verified it.
    leads: BTreeSet<Pid>,
    due: Option<Date>,
    last: Option<Month>,
    missing: BTreeSet<Dataset>,
    reason: Option<&'static str>,
}

/// Sums an officer verified.
#[derive(Default)]
struct Word {
    sum: Fen,
    workers: u32,
    number: usize,
    on: Option<Date>,
    open: usize,
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let word = officers_word(cx)?;
    let mut found = Found::default();
    for dataset in [Dataset::Payroll, Dataset::Payout] {
        if !cx.coverage.ever(dataset) {
            found.missing.insert(dataset);
        }
    }
    if found.missing.is_empty() {
        for month in cx.facts.months_judged_of(cx.coverage, &[Dataset::Payroll]) {
            if let Err(why) = found.month(cx, month) {
                found.missing.extend(why.missing);
                found.reason = found.reason.into_iter().chain(why.reason).min();
            }
        }
    }
    if !found.owed.is_empty() || word.number > 0 {
        return found.breach(cx, &word);
    }
    if !found.leads.is_empty() || word.open > 0 {
        return Err(Unknown::because("not_verified"));
    }
    if !found.missing.is_empty() || found.reason.is_some() {
        return Err(Unknown { reason: found.reason, missing: found.missing.into_iter().collect(), held_by: None });
    }
    Ok(Verdict::clear())
}

/// Leads whose result says so. Two leads may speak of the same people: the largest sum counts, never their total.
fn officers_word(cx: &CheckContext) -> Result<Word, Unknown> {
    let mut word = Word::default();
    for lead in cx.dossier.leads.iter().flat_map(|table| &table.lines) {
        let Some(received) = lead.received_on.filter(|day| *day <= cx.as_of) else { continue };
        match said(cx, lead, received)? {
            Said::Verified => {
                word.number += 1;
                word.sum = word.sum.max(lead.amount.get().unwrap_or_default());
                word.workers = word.workers.max(lead.workers.get().unwrap_or_default());
                word.on = word.on.into_iter().chain([received]).min();
            }
            Said::NotYet => word.open += 1,
            Said::Over => {}
        }
    }
    Ok(word)
}

enum Said {
    Verified,
    NotYet,
    /// Unfounded, or paid.
    Over,
}

fn said(cx: &CheckContext, lead: &Lead, received: Date) -> Result<Said, Unknown> {
    let has = |name: &str| -> Result<bool, Unknown> {
        let words = cx.law.words(name, received)?;
        let texts = [lead.result.given().map(String::as_str), lead.state.as_deref()];
        Ok(texts.iter().flatten().any(|text| words.iter().any(|word| text.contains(word.as_str()))))
    };
    if has("payroll.lead_refuted_words")? {
        return Ok(Said::Over);
    }
    let closed = lead.closed_on.get().is_some_and(|day| day <= cx.as_of);
    let paid = has("payroll.lead_paid_words")?;
    // Paid on a day to come has not happened; without a day it has.
    if paid && (closed || !lead.closed_on.is_given()) {
        return Ok(Said::Over);
    }
    if has("payroll.lead_verified_words")? && lead.amount.get().is_some_and(|sum| sum > Fen::ZERO) {
        return Ok(Said::Verified);
    }
    Ok(if closed { Said::Over } else { Said::NotYet })
}

impl Found {
    fn month(&mut self, cx: &CheckContext, month: Month) -> Result<(), Unknown> {
        let facts = cx.facts.month(month);
        if paid::is_empty(facts) {
            return Ok(());
        }
        let window = cx.pay_window(month)?;
        if cx.as_of <= window.end {
            return Ok(());
        }
        if !facts.has_payroll() {
            return Err(Unknown::missing(Dataset::Payroll));
        }
        if !facts.has_payout() {
            return Err(Unknown::missing(Dataset::Payout));
        }
        let doubts = Doubts::of(cx, facts);
        let tolerance = cx.law.fen("payroll.tolerance", month.last_day())?;
        for worker in facts.workers.iter().filter(|worker| worker.lines > 0) {
            let unpaid = open(cx, month, worker)?;
            if unpaid <= tolerance && !worker.unclear_return {
                continue;
            }
            // 差额 without the bank's refusal and the worker's signature is a lead.
            let refused = Fen(unpaid.0.min((worker.failed + worker.returned - worker.pending).0));
            let verified = worker.signed == worker.lines && refused > tolerance && doubts.unpaid(cx, month, worker)?.is_none();
            if !verified || paid::back_pay(cx, month, worker.pid)?.unnamed {
                self.leads.insert(worker.pid);
                continue;
            }
            self.owed.entry(worker.pid).or_default().push((month, refused));
            self.due = self.due.into_iter().chain([window.end]).min();
            self.last = self.last.max(Some(month));
        }
        if facts.payroll_gaps.any() || facts.payout_gaps.rejected > 0 {
            let rejected = facts.payroll_gaps.rejected + facts.payout_gaps.rejected > 0;
            return Err(Unknown::because(if rejected { "rejected_rows" } else { "ambiguous_name" }));
        }
        Ok(())
    }

    fn breach(self, cx: &CheckContext, word: &Word) -> Result<Verdict, Unknown> {
        let event = self.last.map(Month::last_day).or(word.on).unwrap_or(cx.as_of);
        let by_bank: Fen = self.owed.values().flatten().map(|(_, sum)| *sum).sum();
        let total = by_bank.max(word.sum);
        let workers = u32::try_from(self.owed.len()).unwrap_or(u32::MAX).max(word.workers);
        let limit = self.crime_limit(cx, event, word, by_bank)?;
        let mass = workers >= cx.law.count("payroll.mass_workers", event)?;
        let months: BTreeSet<Month> = self.owed.values().flatten().map(|(month, _)| *month).collect();
        let party = self.party(cx, &months);
        let unverified = self.leads.iter().filter(|pid| !self.owed.contains_key(pid)).count();
        let persons = cx.facts.persons(self.owed.into_iter().map(|(pid, owed)| {
            let unpaid_fen = owed.iter().map(|(_, sum)| *sum).sum();
            (pid, Owed { unpaid_fen, months: owed.into_iter().map(|(month, _)| month).collect() })
        }));
        let severity = if limit.is_some() { Severity::Escalate } else { Severity::Order };
        let mut verdict = Verdict::breach(severity).amount(total).party(party);
        if workers > 0 {
            verdict = verdict.workers(workers as usize);
        }
        verdict = match (self.due, word.on) {
            (Some(due), _) => verdict.due(due),
            (None, Some(on)) => verdict.since(on),
            (None, None) => verdict,
        };
        Ok(verdict
            .fact("bank_refused_fen", by_bank)
            .fact("verified_leads", word.number)
            .fact("unverified_workers", unverified)
            .fact("unpaid_months", months)
            .fact("crime_limit", limit)
            .fact("mass_incident_watch", mass)
            .fact("persons", persons))
    }

    /// Bank and officers may speak of the same people: each is measured by itself.
    fn crime_limit(&self, cx: &CheckContext, event: Date, word: &Word, by_bank: Fen) -> Result<Option<&'static str>, Unknown> {
        let months = cx.law.count("payroll.crime_one_months", event)? as usize;
        let one_sum = cx.law.fen("payroll.crime_one_sum", event)?;
        let one = |owed: &Vec<(Month, Fen)>| owed.len() >= months && owed.iter().map(|(_, sum)| *sum).sum::<Fen>() >= one_sum;
        if self.owed.values().any(one) {
            return Ok(Some("one_worker"));
        }
        let heads = cx.law.count("payroll.crime_many_workers", event)?;
        let sum = cx.law.fen("payroll.crime_many_sum", event)?;
        let by_sheets = self.owed.len() >= heads as usize && by_bank >= sum;
        Ok((by_sheets || (word.workers >= heads && word.sum >= sum)).then_some("many_workers"))
    }

    /// Employers of the sheets the unpaid stand on; where only a lead speaks, the general contractor.
    fn party(&self, cx: &CheckContext, months: &BTreeSet<Month>) -> Option<Party> {
        let mut employers: Vec<Option<&str>> = Vec::new();
        for at in months.iter().flat_map(|month| &cx.facts.month(*month).payrolls) {
            if cx.facts.people().payroll[*at].iter().any(|pid| self.owed.contains_key(pid)) {
                employers.push(cx.dossier.payrolls[*at].head.employer.as_deref());
            }
        }
        cx.facts.employer_at_fault(employers)
    }
}

/// What the month still owes of its own wages: less what later payrolls paid, without what it pays of earlier months.
fn open(cx: &CheckContext, month: Month, worker: &Worker) -> Result<Fen, Unknown> {
    let facts = cx.facts.month(month);
    let lines = facts.payroll_lines(cx.dossier, cx.facts.people()).filter(|paid| paid.pid == worker.pid && paid.line.is_back_pay());
    let of_others: Fen = lines.map(|paid| paid.line.net).sum();
    let unpaid = Fen((worker.net - worker.paid).0.min((worker.net - of_others).0));
    if unpaid <= Fen::ZERO {
        return Ok(unpaid);
    }
    Ok(unpaid - paid::back_pay(cx, month, worker.pid)?.paid)
}
