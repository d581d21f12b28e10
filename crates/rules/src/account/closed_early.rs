//! A special account was closed while works go on, without the public notice, or with wage cases open.

use chrono::Days;
use model::identifier::normalise_identity;
use model::sheet::{CorpType, Lead, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Outcome, Severity};

use super::by_account::{each_account_or_none, tail};
use crate::facts::SpecialAccount;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct ClosedEarly;

pub(crate) const ID: &str = "account.closed_early";

static META: Meta = Meta {
    id: ID,
    name: "违规注销专户",
    since: "0.1.0",
    explain: include_str!("closed_early.md"),
    needs: &[Dataset::Project, Dataset::Account],
    basis: &["条例第27条", "53号第10条", "53号第11条", "条例第55条第1项"],
    articles: &[
        "《保障农民工工资支付条例》第二十七条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第十条",
        "《工程建设领域农民工工资专用账户管理暂行办法》第十一条",
        "《保障农民工工资支付条例》第五十五条第一项",
    ],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "工程未完工的重新开立农民工工资专用账户；补办公示，妥善处理未结的欠薪事项，并报送注销资料和余额去向。",
    parameters: &["account.close_notice_days"],
    rests_on: &["account.not_opened"],
};

impl Rule for ClosedEarly {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        if !runs(cx) {
            return vec![Verdict::not_applicable("status")];
        }
        each_account_or_none(cx, |account| judge(cx, account))
    }

    fn tell(&self, finding: &Finding) -> String {
        let on = match say::date_fact(finding, "closed_on") {
            day if day.is_empty() => "已".to_owned(),
            day => format!("于{day}"),
        };
        let notice = say::date_fact(finding, "notice_from");
        let days = say::text_fact(finding, "notice_days");
        let mut faults: Vec<String> = Vec::new();
        for fault in finding.facts.get("faults").and_then(serde_json::Value::as_array).into_iter().flatten() {
            faults.push(match fault.as_str().unwrap_or_default() {
                "works_unfinished" => "注销时工程尚未完工".to_owned(),
                "no_notice" => format!("注销前没有进行{days}日公示"),
                "short_notice" => format!("公示自{notice}开始，注销时不满{days}日"),
                _ => format!("注销时有{}件欠薪事项尚未办结", say::text_fact(finding, "open_leads")),
            });
        }
        format!("尾号{}的农民工工资专用账户{on}注销，{}", tail(finding.subject.as_deref()), faults.join("；"))
    }
}

/// The states of the project in which closings are judged.
pub(crate) fn runs(cx: &CheckContext) -> bool {
    matches!(cx.facts.status_today(), ProjectStatus::Active | ProjectStatus::Completed)
}

pub(crate) fn judge(cx: &CheckContext, account: &SpecialAccount) -> Result<Verdict, Unknown> {
    if !account.is_closed_on(cx.as_of) {
        return Ok(Verdict::clear().fact("closed", false));
    }
    let closed = account.row.closed_on.get();
    let day = closed.unwrap_or(cx.as_of);
    let days = cx.law.count("account.close_notice_days", day)?;
    let leads: Vec<&str> = open_leads(cx, day).collect();
    let tests = [works(cx, account, closed), notice(account, closed, days), arrears(cx, closed, leads.len())];
    let faults: Vec<&str> = tests.iter().filter_map(|test| test.as_ref().ok().copied().flatten()).collect();
    if faults.is_empty() {
        // No fault was found, and one that cannot be looked for leaves the question open.
        return match tests.into_iter().find_map(Result::err) {
            Some(why) => Err(why),
            None => Ok(Verdict::clear().fact("closed_on", closed).fact("notice_from", account.row.close_notice_from.get())),
        };
    }
    let mut verdict = Verdict::breach(Severity::Escalate)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("closed_on", closed)
        .fact("faults", faults)
        .fact("notice_from", account.row.close_notice_from.get())
        .fact("notice_days", days)
        .fact("open_leads", leads.len())
        .fact("leads", leads);
    if let Some(balance) = account.row.balance.get() {
        verdict = verdict.fact("balance", balance);
    }
    Ok(match closed {
        Some(day) => verdict.since(day),
        None => verdict,
    })
}

/// Closed before the works were finished, and no other contractor or bank took over.
fn works(cx: &CheckContext, account: &SpecialAccount, closed: Option<Date>) -> Result<Option<&'static str>, Unknown> {
    let finished = |status| matches!(status, ProjectStatus::Completed | ProjectStatus::Closed);
    if finished(cx.facts.status_today()) && (closed.is_none() || !cx.dossier.project.complete_on.is_given()) {
        // Which of the two came first is not known.
        return Err(COLUMN_ABSENT);
    }
    let day = closed.unwrap_or(cx.as_of);
    let finished = finished(cx.facts.status.on(day));
    Ok((!finished && !taken_over(cx, account, day)).then_some("works_unfinished"))
}

/// Another special account was open that day, or the general contractor had been replaced: closing is allowed, after notice.
fn taken_over(cx: &CheckContext, account: &SpecialAccount, day: Date) -> bool {
    let other = |known: &SpecialAccount| known.row.number != account.row.number && known.is_open_on(day);
    let today = cx.dossier.project.contractor_name.as_deref().map(normalise_identity);
    let mut companies = cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    cx.facts.accounts.iter().any(other)
        || companies.any(|row| {
            row.kind == CorpType::GeneralContractor
                && row.exit_on.get().is_some_and(|exit| exit <= day)
                && Some(normalise_identity(&row.name)) != today
        })
}

/// The day the notice begins is not counted: after 30 days, closing on day 31 is lawful. A time to wait does not roll.
fn notice(account: &SpecialAccount, closed: Option<Date>, days: u32) -> Result<Option<&'static str>, Unknown> {
    let from = match account.row.close_notice_from {
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Empty => return Ok(Some("no_notice")),
        Field::Given(from) => from,
    };
    let closed = closed.ok_or(COLUMN_ABSENT)?;
    if from > closed {
        return Ok(Some("no_notice"));
    }
    Ok((closed <= from + Days::new(u64::from(days))).then_some("short_notice"))
}

fn arrears(cx: &CheckContext, closed: Option<Date>, open: usize) -> Result<Option<&'static str>, Unknown> {
    if open > 0 {
        return Ok(Some("open_arrears"));
    }
    if !cx.coverage.ever(Dataset::Lead) {
        return Err(Unknown::missing(Dataset::Lead));
    }
    // A lead without its days may have been open then.
    let leads = || cx.dossier.leads.iter().flat_map(|table| &table.lines);
    let undated = |lead: &Lead| founded(lead) && !settled(lead) && (lead.received_on.is_none() || lead.closed_on.is_absent());
    let any = leads().any(|lead| undated(lead) && lead.received_on.is_none_or(|on| closed.is_none_or(|closed| on <= closed)));
    if any { Err(COLUMN_ABSENT) } else { Ok(None) }
}

/// Leads that had come in and were not done with on the day of closing.
fn open_leads<'a>(cx: &'a CheckContext, day: Date) -> impl Iterator<Item = &'a str> {
    let leads = cx.dossier.leads.iter().flat_map(|table| &table.lines);
    let open = move |lead: &&Lead| {
        let done = match lead.closed_on {
            Field::Given(done) => done <= day,
            Field::Empty => false,
            Field::Absent => true,
        };
        founded(lead) && !done && lead.received_on.is_some_and(|on| on <= day)
    };
    let mut numbers: Vec<&str> = leads.filter(open).map(|lead| lead.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

fn founded(lead: &Lead) -> bool {
    !lead.result.given().is_some_and(|result| result.contains("不属实"))
}

/// Only asked where no day of settling is given.
fn settled(lead: &Lead) -> bool {
    lead.state.as_deref().is_some_and(|state| ["办结", "结案", "已处理", "已支付"].iter().any(|word| state.contains(word)))
}

/// Whether the closing of an account is a breach or an open question, so that rules that lean on it wait.
pub(crate) fn in_question(cx: &CheckContext, account: &SpecialAccount) -> bool {
    runs(cx) && account.is_closed_on(cx.as_of) && judge(cx, account).map_or(true, |verdict| verdict.outcome != Outcome::Clear)
}
