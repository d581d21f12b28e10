//! No tripartite agreement on a special account, or a works contract without the terms that feed it.
//!
//! The agreement is judged account by account, the contract once for the project.

use model::identifier::normalise_identity;
use model::sheet::ProjectStatus;
use model::{Dataset, Date, Field, Finding, Outcome, Severity};

use super::by_account::{each_account, happened, tail, without_account};
use crate::facts::{Presence, SpecialAccount};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct AgreementMissing;

static META: Meta = Meta {
    id: "account.agreement_missing",
    name: "三方协议或合同条款缺失",
    since: "0.1.0",
    explain: include_str!("agreement_missing.md"),
    needs: &[Dataset::Project, Dataset::Account],
    basis: &["条例第24条", "53号第5条", "53号第6条", "条例第57条第3项"],
    articles: &[
        "《保障农民工工资支付条例》第二十四条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第五条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第六条",
        "《保障农民工工资支付条例》第五十七条第三项",
    ],
    consequence: "逾期不改正、拒不提供或者无法提供工程施工合同、专用账户有关资料的，依据《保障农民工工资支付条例》第五十七条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "由建设单位、施工总承包单位和开户银行签订资金管理三方协议；合同缺少的计量周期、人工费用拨付周期和人工费用数额（比例）以补充协议补上，并报送复印件。",
    parameters: &["account.agreement_grace", "account.funding_cycle"],
    rests_on: &["account.not_opened"],
};

/// Words that stand in a text column for "there is none".
const NONE: [&str; 8] = ["否", "无", "没有", "未约定", "不详", "/", "-", "—"];

impl Rule for AgreementMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        if cx.facts.status_today() != ProjectStatus::Active {
            return vec![Verdict::not_applicable("status")];
        }
        let mut verdicts = cx.once(|| match terms(cx) {
            Ok(verdict) if verdict.outcome == Outcome::Breach || !cx.facts.accounts.is_empty() => Ok(verdict),
            // Without an account the one finding of the project says why there is no agreement to look at.
            Ok(verdict) => without_account(cx).map(|_| verdict),
            Err(why) => Err(why),
        });
        verdicts.extend(each_account(cx, |account| agreement(cx, account)));
        verdicts
    }

    fn tell(&self, finding: &Finding) -> String {
        let as_of = say::date_fact(finding, "as_of");
        if finding.subject.is_some() {
            return format!(
                "尾号{}的农民工工资专用账户于{}开立，应于{}前（其后{}个工作日内）签订资金管理三方协议；截至{as_of}，未见三方协议",
                tail(finding.subject.as_deref()),
                say::date_fact(finding, "opened_on"),
                say::due(finding),
                say::text_fact(finding, "days"),
            );
        }
        let mut faults: Vec<String> = Vec::new();
        for name in finding.facts.get("missing_terms").and_then(serde_json::Value::as_array).into_iter().flatten() {
            faults.push(format!("没有约定{}", TERMS.iter().find(|term| name == term.key).map_or("", |term| term.chinese)));
        }
        if finding.facts.contains_key("cycle_months") {
            let (cycle, limit) = (say::text_fact(finding, "stated_cycle"), say::text_fact(finding, "cycle_limit"));
            faults.push(format!("约定的人工费用拨付周期为“{cycle}”，超过{limit}个月"));
        }
        format!("截至{as_of}登记的工程施工合同{}", faults.join("；"))
    }
}

struct Term {
    key: &'static str,
    chinese: &'static str,
}

const TERMS: [Term; 3] = [
    Term { key: "measure_cycle", chinese: "工程款计量周期" },
    Term { key: "labour_cycle", chinese: "人工费用拨付周期或拨付日期" },
    Term { key: "labour_sum", chinese: "人工费用数额或比例" },
];

/// The three terms of the contract, each by itself.
fn terms(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let project = &cx.dossier.project;
    let signed = match project.contract_signed_on {
        Field::Empty => return Ok(Verdict::clear().fact("not_due", "not_signed")),
        Field::Given(day) if day > cx.as_of => return Ok(Verdict::clear().fact("not_due", "not_signed")),
        Field::Given(day) => Some(day),
        Field::Absent => None,
    };
    let on = signed.or(cx.facts.started_on()).unwrap_or(cx.as_of);
    let limit = cx.law.count("account.funding_cycle", on)?;
    let stated = [
        stated(&project.measure_cycle),
        either(stated(&project.labour_cycle), (&project.fund_day).into()),
        either(Presence::of_sum(project.labour_amount), Presence::of_number(&project.labour_ratio_ppm)),
    ];
    let missing: Vec<&str> = TERMS.iter().zip(stated).filter(|(_, stated)| *stated == Presence::Empty).map(|(term, _)| term.key).collect();
    let cycle = project.labour_cycle.given().and_then(|text| Some((text, cycle_months(text)?))).filter(|(_, months)| *months > limit);
    if missing.is_empty() && cycle.is_none() {
        let known = !stated.contains(&Presence::Absent);
        return if known { Ok(Verdict::clear().fact("terms", "complete")) } else { Err(COLUMN_ABSENT) };
    }
    let mut verdict =
        Verdict::breach(Severity::Notice).party(cx.facts.general_contractor()).fact("as_of", cx.as_of).fact("missing_terms", missing);
    if let Some((text, months)) = cycle {
        verdict = verdict.fact("stated_cycle", text).fact("cycle_months", months).fact("cycle_limit", limit);
    }
    Ok(match signed {
        Some(signed) => verdict.since(signed).fact("signed_on", signed),
        None => verdict,
    })
}

/// A text that says there is none is an empty cell.
fn stated(field: &Field<String>) -> Presence {
    let says_none = field.given().is_some_and(|text| NONE.contains(&normalise_identity(text).as_str()));
    if says_none { Presence::Empty } else { Presence::of_text(field) }
}

/// Either will do. It is missing only where both columns are there: what one does not say may stand in the other.
fn either(one: Presence, other: Presence) -> Presence {
    match (one, other) {
        (Presence::Given, _) | (_, Presence::Given) => Presence::Given,
        (Presence::Absent, _) | (_, Presence::Absent) => Presence::Absent,
        (Presence::Empty, Presence::Empty) => Presence::Empty,
    }
}

/// Months a stated cycle lasts, at least one; `None` where the words give no length.
fn cycle_months(text: &str) -> Option<u32> {
    let text = normalise_identity(text);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["按月", "每月", "逐月", "月度", "月结", "每个月"]) || text == "月" {
        return Some(1);
    }
    if says(&["半年"]) {
        return Some(6);
    }
    if says(&["按季", "每季", "季度"]) || text == "季" {
        return Some(3);
    }
    if says(&["按年", "每年", "年度"]) {
        return Some(12);
    }
    let text = text.trim_start_matches(['每', '按']);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = if let Ok(number) = text[..digits].parse::<u32>() {
        (number, &text[digits..])
    } else {
        let first = text.chars().next()?;
        (chinese_digit(first)?, &text[first.len_utf8()..])
    };
    match rest {
        "" => Some(number),
        rest if ["个月", "个自然月"].iter().any(|unit| rest.starts_with(unit)) => Some(number),
        // 31 days are a month; 15日 is a day of the month.
        rest if ["天", "日"].iter().any(|unit| rest.starts_with(unit)) => Some(if number <= 31 { 1 } else { number.div_ceil(31) }),
        _ => None,
    }
    .map(|months| months.max(1))
}

fn chinese_digit(digit: char) -> Option<u32> {
    let at = "一二三四五六七八九十".chars().position(|known| known == digit);
    at.or((digit == '两').then_some(1)).and_then(|at| u32::try_from(at + 1).ok())
}

fn agreement(cx: &CheckContext, account: &SpecialAccount) -> Result<Verdict, Unknown> {
    if account.is_closed_on(cx.as_of) {
        return Ok(Verdict::not_applicable("account_closed"));
    }
    let row = account.row;
    let signed = if row.tripartite_on.is_absent() { None } else { happened(cx, row.tripartite_on)? };
    let later = row.tripartite_on.get().is_some_and(|day| day > cx.as_of);
    let there = match row.tripartite {
        _ if signed.is_some() => true,
        Field::Given(true) => !later,
        Field::Absent if row.tripartite_on.is_absent() => return Err(COLUMN_ABSENT),
        Field::Given(false) | Field::Empty | Field::Absent => false,
    };
    let due = |opened: Date| {
        let days = cx.law.count("account.agreement_grace", opened)?;
        Ok::<_, Unknown>((days, cx.plus_working_days(opened, days)?))
    };
    let opened = row.opened_on.get().ok_or(COLUMN_ABSENT);
    if there {
        let verdict = Verdict::clear().fact("agreed_on", signed);
        return Ok(match (opened.and_then(due), signed) {
            (Ok((_, due)), Some(signed)) if signed > due => verdict.due(due).fact("days_late", (signed - due).num_days()),
            (Ok((_, due)), _) => verdict.due(due),
            (Err(_), _) => verdict,
        });
    }
    let opened = opened?;
    let (days, due) = due(opened)?;
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due).fact("opened_on", opened));
    }
    Ok(Verdict::breach(Severity::Notice)
        .due(due)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("opened_on", opened)
        .fact("days", days))
}

#[cfg(test)]
mod tests {
    use super::cycle_months;

    #[test]
    fn cycles_are_read_as_contracts_write_them() {
        for (text, months) in [
            ("按月", Some(1)),
            ("每月15日", Some(1)),
            ("1个月", Some(1)),
            ("1", Some(1)),
            ("２个月", Some(2)),
            ("两个月", Some(2)),
            ("每三个月", Some(3)),
            ("按季度", Some(3)),
            ("半年", Some(6)),
            ("按年", Some(12)),
            ("15日", Some(1)),
            ("31天", Some(1)),
            ("32天", Some(2)),
            ("60天", Some(2)),
            ("按工程进度", None),
            ("2月", None),
            ("是", None),
            ("", None),
        ] {
            assert_eq!(cycle_months(text), months, "{text}");
        }
    }
}
