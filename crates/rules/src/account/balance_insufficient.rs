//! Shortly before a pay-day the special account does not hold the wages that fall due on it.

use chrono::Days;
use model::sheet::{PayResult, ProjectStatus, TxnType};
use model::{Dataset, Date, Fen, Field, Finding, Month, Severity};

use super::balances::{Held, held_on};
use super::by_account::{subject, without_account};
use super::closed_early;
use super::funding::ledger_tells_of;
use crate::facts::{MonthFacts, SpecialAccount};
use crate::payroll::paid::{may_be_wages, nobody_came};
use crate::rule::{CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct BalanceInsufficient;

static META: Meta = Meta {
    id: "account.balance_insufficient",
    name: "余额不足支付当月工资",
    since: "0.1.0",
    explain: include_str!("balance_insufficient.md"),
    needs: &[Dataset::Project, Dataset::Account, Dataset::Ledger, Dataset::Payroll],
    basis: &["条例第27条", "53号第14条"],
    articles: &["《保障农民工工资支付条例》第二十七条", "《工程建设领域农民工工资专用账户管理暂行办法》第十四条"],
    consequence: "到发薪日不能足额支付工资的，依照《保障农民工工资支付条例》责令限期支付并依法处理。",
    remedy: "在发薪日前把差额存入农民工工资专用账户；人工费用不够的，立即书面向建设单位提出追加，并把银行回单报送人力资源和社会保障局。",
    parameters: &[
        "account.balance_lead",
        "account.forecast_months",
        "account.ledger_stale",
        "payroll.pay_in_same_month",
        "payroll.bank_fee_words",
    ],
    rests_on: &["account.not_opened"],
};

impl Rule for BalanceInsufficient {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        if cx.facts.status_today() != ProjectStatus::Active {
            return vec![Verdict::not_applicable("status")];
        }
        let open: Vec<&SpecialAccount> = cx.facts.accounts.iter().filter(|account| !account.is_closed_on(cx.as_of)).collect();
        let mut judged = cx.once(|| if open.is_empty() { without_open_account(cx) } else { judge(cx, &open) });
        if let [only] = open[..] {
            for verdict in &mut judged {
                verdict.subject = Some(subject(&only.row.number));
            }
        }
        judged
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = say::text_fact(finding, "month").parse().map(Month::chinese).unwrap_or_default();
        let need = match say::text_fact(finding, "measure").as_str() {
            "payroll" => format!("按已报送的工资表应发{}", say::money_fact(finding, "wages_due")),
            _ => format!("工资表尚未报送，按此前几个月的平均数约需{}", say::money_fact(finding, "wages_due")),
        };
        let paid = match finding.facts.get("paid").and_then(serde_json::Value::as_i64) {
            Some(0) | None => String::new(),
            Some(_) => format!("，已发{}", say::money_fact(finding, "paid")),
        };
        format!(
            "{month}工资应于{}发放，{need}{paid}；截至{}，专用账户余额{}（最近一笔流水{}），尚缺{}",
            say::due(finding),
            say::date_fact(finding, "as_of"),
            say::money_fact(finding, "balance"),
            say::date_fact(finding, "balance_on"),
            finding.amount_fen.map(say::money).unwrap_or_default(),
        )
    }
}

/// All accounts closed: lawfully there is nothing to pay from, unlawfully that is the fault to name.
fn without_open_account(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.accounts.is_empty() {
        return without_account(cx);
    }
    if cx.facts.accounts.iter().any(|account| closed_early::in_question(cx, account)) {
        return Err(Unknown::held_by(closed_early::ID));
    }
    Ok(Verdict::not_applicable("account_closed"))
}

/// The pay-day to come, the month it pays, and the day from which the money must be there.
struct PayDay {
    month: Month,
    day: Date,
    from: Date,
}

fn judge(cx: &CheckContext, open: &[&SpecialAccount]) -> Result<Verdict, Unknown> {
    let next = next_pay_day(cx)?;
    let to_come = |verdict: Verdict| verdict.fact("month", next.month).fact("pay_day", next.day).fact("judged_from", next.from);
    if cx.as_of < next.from {
        return Ok(to_come(Verdict::clear().fact("not_due", "before_lead")));
    }
    let facts = cx.facts.month(next.month);
    let before_works = cx.facts.started_on().is_some_and(|day| Month::of(day) > next.month);
    if !facts.has_payroll() && (nobody_came(facts) || before_works) {
        return Ok(to_come(Verdict::clear().fact("not_due", "nothing_due")));
    }
    let need = Need::of(cx, next.month, facts)?;
    let (paid_then, paid) = (paid_until(cx, &next, facts, next.from)?, paid_until(cx, &next, facts, cx.as_of)?);
    if need.sum <= paid {
        let then = reliable(cx, open, &next).map(|(then, _)| need.sum - paid_then - then.sum);
        let met = to_come(Verdict::clear().fact("remark", "wages_paid").fact("wages_due", need.sum).fact("paid", paid));
        return Ok(match then {
            Ok(short) if short > Fen::ZERO => met.fact("shortfall", short),
            _ => met,
        });
    }
    let (then, now) = reliable(cx, open, &next)?;
    let (short_then, short) = (need.sum - paid_then - then.sum, need.sum - paid - now.sum);
    if short_then <= Fen::ZERO || short <= Fen::ZERO {
        if facts.payroll_gaps.rejected > 0 {
            return Err(REJECTED_ROWS);
        }
        let enough = to_come(Verdict::clear().fact("wages_due", need.sum).fact("paid", paid).fact("balance", then.sum));
        return Ok(if short_then > Fen::ZERO { enough.fact("remark", "topped_up").fact("shortfall", short_then) } else { enough });
    }
    need.is_owed(facts)?;
    let verdict = to_come(Verdict::breach(Severity::Notice).due(next.day).since(next.from))
        .amount(short)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("measure", if need.forecast_of == 0 { "payroll" } else { "forecast" })
        .fact("wages_due", need.sum)
        .fact("paid", paid)
        .fact("balance", now.sum)
        .fact("balance_on", now.on)
        .fact("balance_then", then.sum);
    Ok(if need.forecast_of > 0 { verdict.fact("forecast_months", need.forecast_of) } else { verdict })
}

/// The first pay-day from today on.
fn next_pay_day(cx: &CheckContext) -> Result<PayDay, Unknown> {
    let today = Month::of(cx.as_of);
    for month in today.plus(-1).through(today.next()) {
        let (day, _) = cx.pay_day(month)?;
        if day >= cx.as_of {
            let lead = cx.law.count("account.balance_lead", day)?;
            return Ok(PayDay { month, day, from: cx.minus_working_days(day, lead)? });
        }
    }
    Err(crate::rule::CALENDAR_GAP)
}

/// Wages that fall due.
struct Need {
    sum: Fen,
    /// Months the average is drawn from; 0: the payroll itself.
    forecast_of: usize,
}

impl Need {
    fn of(cx: &CheckContext, month: Month, facts: &MonthFacts) -> Result<Self, Unknown> {
        if facts.has_payroll() {
            return Ok(Self { sum: facts.net, forecast_of: 0 });
        }
        let months = cx.law.count("account.forecast_months", month.last_day())?;
        let back = i32::try_from(months).unwrap_or(i32::MAX);
        let known: Vec<Fen> = month
            .plus(-back)
            .through(month.plus(-1))
            .map(|earlier| cx.facts.month(earlier))
            .filter(|facts| facts.has_payroll())
            .map(|facts| facts.net)
            .collect();
        let count = i64::try_from(known.len()).unwrap_or(i64::MAX);
        if count == 0 {
            return Err(Unknown::missing(Dataset::Payroll));
        }
        let total: Fen = known.iter().copied().sum();
        Ok(Self { sum: Fen(total.0 / count), forecast_of: known.len() })
    }

    /// What must be known before the money may be called too little.
    fn is_owed(&self, facts: &MonthFacts) -> Result<(), Unknown> {
        if self.forecast_of > 0 && facts.mask == 0 {
            return Err(Unknown::missing(Dataset::Attendance));
        }
        if facts.payout_gaps.rejected > 0 {
            return Err(REJECTED_ROWS);
        }
        if facts.workers.iter().any(|worker| worker.unknown_words > 0) {
            return Err(Unknown::because("unknown_bank_word"));
        }
        Ok(())
    }
}

/// Wages of the month that had left the account: by the bank's answers, without any by the wage debits since the month's end.
fn paid_until(cx: &CheckContext, next: &PayDay, facts: &MonthFacts, day: Date) -> Result<Fen, Unknown> {
    if facts.has_payout() {
        let part = |part: &crate::facts::PaymentPart| (&cx.dossier.payouts[part.at as usize].lines[part.line as usize], part.amount);
        let lines = || facts.payments.iter().map(part);
        // What the bank still has under way is no longer on the account.
        let pending: Fen = lines().filter(|(line, _)| line.result == PayResult::Pending).map(|(_, amount)| amount).sum();
        let later = lines().filter(|(line, _)| line.result == PayResult::Success && line.paid_on.is_some_and(|on| on > day));
        let later: Fen = later.map(|(_, amount)| amount).sum();
        return Ok((facts.paid + pending - later).max(Fen::ZERO));
    }
    let fees = cx.law.words("payroll.bank_fee_words", next.day)?;
    let entries = cx.facts.ledger.between(next.month.last_day().min(next.from), day);
    let out: Fen = entries.iter().filter(|entry| may_be_wages(entry.line, fees)).map(|entry| entry.line.debit).sum();
    let back = entries.iter().filter(|entry| entry.line.nature == Field::Given(TxnType::PayoutReturn));
    let back: Fen = back.map(|entry| entry.line.credit).sum();
    Ok((out - back).max(Fen::ZERO))
}

/// Balances of the day from which the money must be there, and of today.
fn reliable(cx: &CheckContext, open: &[&SpecialAccount], next: &PayDay) -> Result<(Held, Held), Unknown> {
    if open.iter().any(|account| cx.dossier.shared_accounts.contains(&account.row.number)) {
        return Err(Unknown::because("shared_account"));
    }
    if !ledger_tells_of(cx, next.from)? {
        return Err(Unknown::missing(Dataset::Ledger));
    }
    let (then, now) = (held_on(cx, open, next.from)?, held_on(cx, open, cx.as_of)?);
    let after = then.on.min(now.on) + Days::new(1);
    if cx.facts.ledger.rejected_between(after.min(next.from), cx.as_of) > 0 {
        return Err(REJECTED_ROWS);
    }
    Ok((then, now))
}
