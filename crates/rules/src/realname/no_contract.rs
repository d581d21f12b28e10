//! realname.no_contract: somebody worked on site before a contract was signed, or without one.

use std::collections::{BTreeMap, BTreeSet};

use model::identifier::normalise_identity;
use model::sheet::{ContractKind, ContractLine, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Severity};
use serde::Serialize;

use crate::facts::{AMBIGUOUS, Pid};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct NoContract;

static META: Meta = Meta {
    id: "realname.no_contract",
    name: "未签劳动合同进场",
    since: "0.1.0",
    explain: include_str!("no_contract.md"),
    needs: &[Dataset::Roster, Dataset::Attendance],
    basis: &["条例第28条", "条例第55条第3项", "建市〔2019〕18号第8条", "劳动合同法第10条", "劳动合同法第82条", "监察条例第24条"],
    articles: &[
        "《保障农民工工资支付条例》第二十八条、第五十五条第三项",
        "《建筑工人实名制管理办法（试行）》（建市〔2019〕18号）第八条",
        "《中华人民共和国劳动合同法》第十条、第八十二条",
        "《劳动保障监察条例》第二十四条",
    ],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款；用工满一个月仍未订立书面劳动合同的，应当向工人每月支付二倍工资。",
    remedy: "立即与所列工人签订劳动合同（或用工书面协议），未签合同的不得进场施工，并将合同信息录入实名制系统。",
    parameters: &["realname.accept_work_agreement", "realname.contract_grace"],
};

#[derive(Debug, Serialize)]
struct Uncovered {
    first_attendance: Date,
    signed_on: Option<Date>,
    why: &'static str,
}

/// A stretch of work of one person with one employer.
struct Work {
    pid: Pid,
    employer: Option<String>,
    first: Date,
}

enum Cover {
    Covered,
    Uncovered(&'static str, Option<Date>),
    /// May still be signed in time.
    Open,
    Unknown(Unknown),
}

impl Rule for NoContract {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        format!("有{}人考勤在前、签订劳动合同（用工书面协议）在后或者没有签订", finding.workers.unwrap_or_default())
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let works = works(cx);
    if works.is_empty() {
        return nobody_seen(cx);
    }
    let contracts = contracts_by_person(cx);
    let mut faulty: BTreeMap<Pid, (Option<String>, Uncovered)> = BTreeMap::new();
    let mut due: Option<Date> = None;
    let mut unknown: Option<Unknown> = None;
    for work in &works {
        let grace = cx.law.count("realname.contract_grace", work.first)?;
        let last = if grace == 0 { work.first } else { cx.plus_calendar_days(work.first, grace)? };
        let others: Vec<&str> = works.iter().filter(|w| w.pid == work.pid).filter_map(|w| w.employer.as_deref()).collect();
        match cover(cx, work, last, contracts.get(&work.pid).map_or(&[][..], Vec::as_slice), &others)? {
            Cover::Covered | Cover::Open => {}
            Cover::Uncovered(why, signed_on) => {
                due = Some(due.map_or(last, |known| known.min(last)));
                let uncovered = Uncovered { first_attendance: work.first, signed_on, why };
                faulty.entry(work.pid).or_insert((work.employer.clone(), uncovered));
            }
            Cover::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    match (due, unknown) {
        (Some(due), _) => Ok(breach(cx, due, faulty)),
        (None, Some(why)) => Err(why),
        (None, None) => Ok(Verdict::clear().fact("attended_workers", works.iter().map(|w| w.pid).collect::<BTreeSet<_>>().len())),
    }
}

fn nobody_seen(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.dossier.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    let unread = cx.facts.months.values().any(|month| month.attendance_gaps.any());
    if unread { Err(REJECTED_ROWS) } else { Ok(Verdict::clear().fact("attended_workers", 0)) }
}

fn breach(cx: &CheckContext, due: Date, faulty: BTreeMap<Pid, (Option<String>, Uncovered)>) -> Verdict {
    let employers: Vec<Option<String>> =
        faulty.iter().map(|(pid, (employer, _))| employer.clone().or_else(|| roster_employer(cx, *pid))).collect();
    let party = cx.facts.employer_at_fault(employers.iter().map(Option::as_deref));
    let verdict = Verdict::breach(Severity::Notice).due(due).workers(faulty.len()).party(party);
    verdict.fact("persons", cx.facts.persons(faulty.into_iter().map(|(pid, (_, uncovered))| (pid, uncovered))))
}

fn roster_employer(cx: &CheckContext, pid: Pid) -> Option<String> {
    cx.facts.roster_of(pid).find_map(|(table, row)| row.employer.given().cloned().or_else(|| table.head.employer.clone()))
}

/// First day of each person with each employer. Without employers on the sheets, the first day of all.
fn works(cx: &CheckContext) -> Vec<Work> {
    let mut first: BTreeMap<(Pid, Option<String>), Date> = BTreeMap::new();
    for (month, facts) in &cx.facts.months {
        for at in &facts.attendance {
            let table = &cx.dossier.attendance[*at];
            let employer = table.head.employer.as_deref().map(normalise_identity);
            for (line, pid) in table.lines.iter().zip(&cx.facts.people.attendance[*at]) {
                let mask = line.attended_mask();
                let day = month.day(mask.trailing_zeros() + 1);
                if mask == 0 || *pid == AMBIGUOUS || day > cx.as_of {
                    continue;
                }
                first.entry((*pid, employer.clone())).and_modify(|known| *known = day.min(*known)).or_insert(day);
            }
        }
    }
    // A sheet without employer says nothing of a change of employer.
    let mut works: Vec<Work> = Vec::with_capacity(first.len());
    for ((pid, employer), first) in first {
        match works.last_mut().filter(|last| last.pid == pid && last.employer.is_none()) {
            Some(unnamed) if unnamed.first <= first => {}
            Some(unnamed) => *unnamed = Work { pid, employer, first },
            None => works.push(Work { pid, employer, first }),
        }
    }
    works
}

fn contracts_by_person<'a>(cx: &CheckContext<'a>) -> BTreeMap<Pid, Vec<&'a ContractLine>> {
    let mut contracts: BTreeMap<Pid, Vec<&ContractLine>> = BTreeMap::new();
    for (table, pids) in cx.dossier.contracts.iter().zip(&cx.facts.people.contract) {
        for (line, pid) in table.lines.iter().zip(pids) {
            contracts.entry(*pid).or_default().push(line);
        }
    }
    contracts
}

/// `last`: the last day on which signing is in time.
fn cover(cx: &CheckContext, work: &Work, last: Date, contracts: &[&ContractLine], employers: &[&str]) -> Result<Cover, Unknown> {
    let agreements = cx.law.flag("realname.accept_work_agreement", work.first)?;
    let mut late: Option<Date> = None;
    let mut not_known = false;
    let counts = |line: &&&ContractLine| {
        let kind = agreements || line.kind.get() != Some(ContractKind::WorkAgreement);
        kind && line.end_on.get().is_none_or(|end| end >= work.first) && is_of(line, work, employers)
    };
    for line in contracts.iter().filter(counts) {
        match line.signed_on {
            Field::Given(signed) if signed <= last => return Ok(Cover::Covered),
            Field::Given(signed) if signed <= cx.as_of => late = Some(late.map_or(signed, |known: Date| known.min(signed))),
            // Signed after the as-of day, or not signed: has not happened.
            Field::Given(_) | Field::Empty => {}
            Field::Absent => match line.start_on.get() {
                Some(start) if start <= last => return Ok(Cover::Covered),
                _ => not_known = true,
            },
        }
    }
    if cx.as_of <= last {
        return Ok(Cover::Open);
    }
    if let Some(signed) = late {
        return Ok(Cover::Uncovered("signed_late", Some(signed)));
    }
    if not_known {
        return Ok(Cover::Unknown(COLUMN_ABSENT));
    }
    if !contracts.is_empty() {
        return Ok(Cover::Uncovered("not_signed", None));
    }
    Ok(without_row(cx, work.pid))
}

/// A new employer wants a contract of its own; a contract with a third company (dispatch agency) serves.
fn is_of(line: &ContractLine, work: &Work, employers: &[&str]) -> bool {
    let (Some(employer), Some(of)) = (&work.employer, &line.employer) else { return true };
    let of = normalise_identity(of);
    *employer == of || !employers.contains(&of.as_str())
}

fn without_row(cx: &CheckContext, pid: Pid) -> Cover {
    let rejected = cx.dossier.contracts.iter().any(|table| table.head.rejected > 0);
    let ambiguous = cx.facts.people.contract.iter().flatten().any(|pid| *pid == AMBIGUOUS);
    if rejected || ambiguous {
        return Cover::Unknown(REJECTED_ROWS);
    }
    if cx.dossier.contracts.iter().any(|table| !table.lines.is_empty()) {
        return Cover::Uncovered("no_contract", None);
    }
    // No contract row at all: only the roster's own word decides.
    let mut said = cx.facts.roster_of(pid).map(|(_, row)| row.has_contract).peekable();
    if said.peek().is_none() {
        return Cover::Unknown(Unknown::missing(Dataset::Contract));
    }
    let said: Vec<Field<bool>> = said.collect();
    if said.iter().any(|field| field.get() == Some(true)) {
        Cover::Unknown(Unknown::missing(Dataset::Contract))
    } else if said.iter().all(Field::is_absent) {
        Cover::Unknown(Unknown { reason: COLUMN_ABSENT.reason, missing: vec![Dataset::Contract], held_by: None })
    } else {
        Cover::Uncovered("roster_says_no", None)
    }
}
