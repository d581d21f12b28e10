//! The deposit was drawn on and not restored in time.

use model::sheet::{Deposit, ProjectStatus};
use model::{Dataset, Date, Fen, Finding, Severity};

use super::exemption::is_exemption;
use super::standing::{happened, not_bound, nothing_filed, rejected, restored_on, rows, unpaid_stands};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct NotReplenished;

static META: Meta = Meta {
    id: "deposit.not_replenished",
    name: "动用后未补足",
    since: "0.1.0",
    explain: include_str!("not_replenished.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["65号第20条"],
    articles: &["《工程建设领域农民工工资保证金规定》第二十条"],
    consequence: super::CONSEQUENCE,
    remedy: "补足被动用的工资保证金，或者提交同等范围和金额的新保函，并把凭证报送人力资源和社会保障局。",
    parameters: &["deposit.refill_days"],
    rests_on: &["deposit.unpaid"],
};

impl Rule for NotReplenished {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let sum = finding.amount_fen.map(|sum| format!("{}，", say::money(sum))).unwrap_or_default();
        format!(
            "工资保证金于{}被动用{sum}应于{}前（{}个工作日内）补足；截至{}仍未补足",
            say::date_fact(finding, "used_on"),
            say::due(finding),
            say::text_fact(finding, "days"),
            say::date_fact(finding, "as_of"),
        )
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if let Some(verdict) = not_bound(cx, &[ProjectStatus::Active, ProjectStatus::Suspended]) {
        return Ok(verdict);
    }
    if rows(cx).next().is_none() {
        return Err(if rejected(cx) { REJECTED_ROWS } else { nothing_filed(cx) });
    }
    let deposits: Vec<&Deposit> = rows(cx).filter(|row| !is_exemption(row)).collect();
    if deposits.is_empty() {
        return Ok(Verdict::not_applicable("exempt"));
    }
    let draws = deposits.iter().filter_map(|row| Some((*row, happened(cx, row.used_on)?)));
    let mut late = Vec::new();
    let mut latest: Option<Verdict> = None;
    let mut gap = None;
    for (row, used) in draws {
        let days = cx.law.count("deposit.refill_days", used)?;
        let due = match cx.plus_working_days(used, days) {
            Ok(due) => due,
            Err(why) => {
                gap = gap.or((restored_on(cx, row, used).is_none()).then_some(why));
                continue;
            }
        };
        match restored_on(cx, row, used) {
            None if cx.as_of > due && row.refilled_on.is_absent() => gap = Some(COLUMN_ABSENT),
            None if cx.as_of > due => late.push((used, due, days, row.used_amount.get())),
            restored => latest = Some(later(latest, clear(used, due, restored))),
        }
    }
    if let Some(verdict) = breach(cx, late)? {
        return Ok(verdict);
    }
    // A sum drawn or a word that says so, without the day: when it must be restored nobody can say.
    let undated = |row: &&&Deposit| {
        let said = row.used_amount.get().is_some_and(|sum| sum > Fen::ZERO);
        row.used_on.is_absent() || row.used_on.is_empty() && said
    };
    if let Some(why) = gap {
        return Err(why);
    }
    if deposits.iter().any(|row| undated(&row)) {
        return Err(COLUMN_ABSENT);
    }
    Ok(latest.unwrap_or_else(|| Verdict::clear().fact("drawn", false)))
}

type Late = (Date, Date, u32, Option<Fen>);

/// The earliest draw leads; the sum is that of all of them.
fn breach(cx: &CheckContext, mut late: Vec<Late>) -> Result<Option<Verdict>, Unknown> {
    late.sort_unstable();
    let Some(&(used, due, days, _)) = late.first() else { return Ok(None) };
    if unpaid_stands(cx) {
        return Err(Unknown::held_by("deposit.unpaid"));
    }
    if rejected(cx) {
        return Err(REJECTED_ROWS);
    }
    let verdict = Verdict::breach(Severity::Order)
        .due(due)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("used_on", used)
        .fact("days", days)
        .fact("draws", late.len());
    let sum: Option<Fen> = late.iter().map(|(.., sum)| *sum).collect::<Option<Vec<Fen>>>().map(|sums| sums.into_iter().sum());
    Ok(Some(match sum {
        Some(sum) => verdict.amount(sum),
        None => verdict,
    }))
}

fn clear(used: Date, due: Date, restored: Option<Date>) -> Verdict {
    let verdict = Verdict::clear().due(due).fact("used_on", used).fact("restored_on", restored);
    match restored {
        Some(on) if on > due => verdict.fact("days_late", (on - due).num_days()),
        _ => verdict,
    }
}

fn later(known: Option<Verdict>, next: Verdict) -> Verdict {
    match known {
        Some(known) if known.due >= next.due => known,
        _ => next,
    }
}
