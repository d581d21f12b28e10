//! payroll.unsigned: lines of the payroll the worker has not signed.

use std::collections::BTreeSet;

use model::sheet::{PayrollLine, ProjectStatus};
use model::{Dataset, Fen, Field, Finding, Month, Severity};
use serde::Serialize;

use super::no_quantity_basis::no_sheet;
use super::sheets::accused;
use crate::facts::{Listed, MonthFacts, sorted};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct Unsigned;

static META: Meta = Meta {
    id: "payroll.unsigned",
    name: "未经本人签字确认",
    since: "0.1.0",
    explain: include_str!("unsigned.md"),
    needs: &[Dataset::Payroll],
    basis: &["条例第31条", "条例第56条第1项"],
    articles: &["《保障农民工工资支付条例》第三十一条", "《保障农民工工资支付条例》第五十六条第一项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "由工人本人在工资表上签字确认；本人不在场的，用电子签名，或者捺手印并由见证人签名，补签后重新上传工资表。",
    parameters: &["payroll.accept_e_signature", "payroll.e_signature_words"],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// Numbers of one person in `facts.persons`.
#[derive(Debug, Serialize)]
struct Lacking {
    why: Why,
    /// Of the lines without signature.
    net_fen: Fen,
}

/// By weight: the first of several is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    NotSigned,
    /// Signed, but only in a way the office does not accept.
    ESignature,
}

impl Rule for Unsigned {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let (workers, lines) = (finding.workers.unwrap_or_default(), say::text_fact(finding, "payroll_lines"));
        let (unsigned, amount) = (say::text_fact(finding, "unsigned_lines"), finding.amount_fen.map(say::money).unwrap_or_default());
        format!("{month}工资表共{lines}行，其中{unsigned}行（{workers}人）没有工人本人签字确认，实发合计{amount}")
    }
}

/// Which signatures count.
struct Accepted<'a> {
    electronic: bool,
    words: &'a [String],
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active {
        return Ok(None);
    }
    if !facts.has_payroll() {
        return no_sheet(cx, month);
    }
    let accepted = Accepted {
        electronic: cx.law.flag("payroll.accept_e_signature", month.last_day())?,
        words: cx.law.words("payroll.e_signature_words", month.last_day())?,
    };
    let mut persons: Listed<Lacking> = Listed::new();
    let mut sheets = BTreeSet::new();
    let (mut unsigned, mut not_known, mut amount) = (0_u32, false, Fen::ZERO);
    for paid in facts.payroll_lines(cx.dossier, cx.facts.people()) {
        let why = match accepted.standing(paid.line) {
            Field::Given(None) => continue,
            Field::Given(Some(why)) => why,
            Field::Empty | Field::Absent => {
                not_known = true;
                continue;
            }
        };
        unsigned += 1;
        amount += paid.line.net;
        sheets.insert(paid.at);
        let (_, lacking) = persons.entry(paid.slot()).or_insert_with(|| (paid.label(cx.facts), Lacking { why, net_fen: Fen::ZERO }));
        lacking.why = lacking.why.min(why);
        lacking.net_fen += paid.line.net;
    }
    if unsigned == 0 {
        return clear(facts, not_known).map(Some);
    }
    let verdict = Verdict::breach(Severity::Notice)
        .workers(persons.len())
        .amount(amount)
        .fact("payroll_lines", facts.payroll_lines)
        .fact("unsigned_lines", unsigned)
        .fact("persons", sorted(persons.into_values()));
    Ok(Some(accused(cx, verdict, sheets)))
}

fn clear(facts: &MonthFacts, not_known: bool) -> Result<Verdict, Unknown> {
    if not_known {
        return Err(COLUMN_ABSENT);
    }
    if facts.payroll_gaps.rejected > 0 {
        return Err(REJECTED_ROWS);
    }
    Ok(Verdict::clear().fact("payroll_lines", facts.payroll_lines))
}

impl Accepted<'_> {
    /// What is wrong with the signature of a line; `Absent` where the sheet has no such column.
    fn standing(&self, line: &PayrollLine) -> Field<Option<Why>> {
        let electronic = line.remark.as_deref().is_some_and(|remark| self.words.iter().any(|word| says(remark, word)));
        match line.signed {
            _ if electronic && self.electronic => Field::Given(None),
            Field::Given(true) => Field::Given(electronic.then_some(Why::ESignature)),
            Field::Given(false) | Field::Empty => Field::Given(Some(Why::NotSigned)),
            Field::Absent => Field::Absent,
        }
    }
}

/// The word, and not its denial.
fn says(remark: &str, word: &str) -> bool {
    remark.match_indices(word).any(|(at, _)| !["未", "无", "没有", "非"].iter().any(|no| remark[..at].ends_with(no)))
}
