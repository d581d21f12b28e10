//! realname.no_contract: somebody worked on site before a contract was signed, or without one.

use std::collections::BTreeMap;
use std::rc::Rc;

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
    rests_on: &[],
};

#[derive(Debug, Serialize)]
struct Uncovered {
    first_attendance: Date,
    signed_on: Option<Date>,
    why: &'static str,
}

/// A stretch of work of one person with one employer.
struct Work<'a> {
    pid: Pid,
    employer: Option<Employer<'a>>,
    first: Date,
}

/// A company as the sheet writes it, and as names are compared.
#[derive(Clone)]
struct Employer<'a> {
    name: &'a str,
    normal: Rc<str>,
}

enum Cover {
    /// Signed in time, or still to be signed in time.
    InTime,
    /// Why, and the day it was signed after all.
    Uncovered(Clock, &'static str, Option<Date>),
}

/// Signing must come before the work; only a grace gives a day to wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Clock {
    since: Date,
    due: Option<Date>,
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
    let mut earliest: Option<Clock> = None;
    let mut unknown: Option<Unknown> = None;
    for own in &works {
        for work in own {
            let rows = contracts.get(&work.pid).map_or(&[][..], Vec::as_slice);
            match cover(cx, work, rows, own) {
                Ok(Cover::InTime) => {}
                Ok(Cover::Uncovered(clock, why, signed_on)) => {
                    earliest = Some(earliest.map_or(clock, |known| known.min(clock)));
                    let uncovered = Uncovered { first_attendance: work.first, signed_on, why };
                    let employer = work.employer.as_ref().map(|employer| employer.name.to_owned());
                    faulty.entry(work.pid).or_insert((employer, uncovered));
                }
                Err(why) => unknown = unknown.or(Some(why)),
            }
        }
    }
    match (earliest, unknown) {
        (Some(clock), _) => Ok(breach(cx, clock, faulty)),
        (None, Some(why)) => Err(why),
        (None, None) => Ok(Verdict::clear().fact("attended_workers", works.len())),
    }
}

fn nobody_seen(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.dossier.attendance.is_empty() {
        return Err(Unknown::missing(Dataset::Attendance));
    }
    let unread = cx.facts.months().values().any(|month| month.attendance_gaps.any());
    if unread { Err(REJECTED_ROWS) } else { Ok(Verdict::clear().fact("attended_workers", 0)) }
}

fn breach(cx: &CheckContext, clock: Clock, faulty: BTreeMap<Pid, (Option<String>, Uncovered)>) -> Verdict {
    let employers: Vec<Option<String>> =
        faulty.iter().map(|(pid, (employer, _))| employer.clone().or_else(|| roster_employer(cx, *pid))).collect();
    let party = cx.facts.employer_at_fault(employers.iter().map(Option::as_deref));
    let mut verdict = Verdict::breach(Severity::Notice).workers(faulty.len()).party(party).since(clock.since);
    verdict.due = clock.due;
    verdict.fact("persons", cx.facts.persons(faulty.into_iter().map(|(pid, (_, uncovered))| (pid, uncovered))))
}

fn roster_employer(cx: &CheckContext, pid: Pid) -> Option<String> {
    cx.facts.roster_of(pid).find_map(|(table, row)| row.employer.given().cloned().or_else(|| table.head.employer.clone()))
}

/// First day of each person with each employer, by person. Without employers on the sheets, the first day of all.
fn works<'a>(cx: &CheckContext<'a>) -> Vec<Vec<Work<'a>>> {
    let mut works: Vec<Vec<Work>> = Vec::new();
    works.resize_with(cx.facts.people().persons.len(), Vec::new);
    let mut employers: Vec<Employer> = Vec::new();
    for (month, facts) in cx.facts.months() {
        for at in &facts.attendance {
            let table = &cx.dossier.attendance[*at];
            let employer = table.head.employer.as_deref().map(|name| known_employer(&mut employers, name));
            for (line, pid) in table.lines.iter().zip(&cx.facts.people().attendance[*at]) {
                let mask = line.attended_mask();
                if mask == 0 || *pid == AMBIGUOUS {
                    continue;
                }
                let first = month.day(mask.trailing_zeros() + 1);
                if first > cx.as_of {
                    continue;
                }
                let own = &mut works[*pid as usize];
                match own.iter_mut().find(|work| same(work.employer.as_ref(), employer.as_ref())) {
                    Some(known) => known.first = known.first.min(first),
                    None => own.push(Work { pid: *pid, employer: employer.clone(), first }),
                }
            }
        }
    }
    for own in &mut works {
        own.sort_by(|a, b| (a.first, a.employer.as_ref().map(|e| &e.normal)).cmp(&(b.first, b.employer.as_ref().map(|e| &e.normal))));
        // A sheet without employer says nothing of a change of employer: only the first day of all counts.
        if own.len() > 1 && own.iter().any(|work| work.employer.is_none()) {
            own.truncate(1);
        }
    }
    works.retain(|own| !own.is_empty());
    works
}

fn known_employer<'a>(employers: &mut Vec<Employer<'a>>, name: &'a str) -> Employer<'a> {
    if let Some(known) = employers.iter().find(|employer| employer.name == name) {
        return known.clone();
    }
    let employer = Employer { name, normal: normalise_identity(name).into() };
    employers.push(employer.clone());
    employer
}

fn same(one: Option<&Employer>, other: Option<&Employer>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.name == other.name || one.normal == other.normal,
        (None, None) => true,
        _ => false,
    }
}

fn contracts_by_person<'a>(cx: &CheckContext<'a>) -> BTreeMap<Pid, Vec<&'a ContractLine>> {
    let mut contracts: BTreeMap<Pid, Vec<&ContractLine>> = BTreeMap::new();
    for (table, pids) in cx.dossier.contracts.iter().zip(&cx.facts.people().contract) {
        for (line, pid) in table.lines.iter().zip(pids) {
            contracts.entry(*pid).or_default().push(line);
        }
    }
    contracts
}

/// Whether a contract was signed by the first day (and the grace).
fn cover(cx: &CheckContext, work: &Work, contracts: &[&ContractLine], own: &[Work]) -> Result<Cover, Unknown> {
    let grace = cx.law.count("realname.contract_grace", work.first)?;
    // Signed on the first day itself is in time.
    let last = if grace == 0 { work.first } else { cx.plus_calendar_days(work.first, grace)? };
    let since = if grace == 0 { work.first } else { last.succ_opt().unwrap_or(last) };
    let clock = Clock { since, due: (grace > 0).then_some(last) };
    let agreements = cx.law.flag("realname.accept_work_agreement", work.first)?;
    let mut late: Option<Date> = None;
    let mut not_known = false;
    let counts = |line: &&&ContractLine| {
        let kind = agreements || line.kind.get() != Some(ContractKind::WorkAgreement);
        kind && line.end_on.get().is_none_or(|end| end >= work.first) && is_of(line, work, own)
    };
    for line in contracts.iter().filter(counts) {
        match line.signed_on {
            Field::Given(signed) if signed <= last => return Ok(Cover::InTime),
            Field::Given(signed) if signed <= cx.as_of => late = Some(late.map_or(signed, |known: Date| known.min(signed))),
            // Signed after the as-of day, or not signed: has not happened.
            Field::Given(_) | Field::Empty => {}
            Field::Absent => match line.start_on.get() {
                Some(start) if start <= last => return Ok(Cover::InTime),
                _ => not_known = true,
            },
        }
    }
    if cx.as_of < since {
        return Ok(Cover::InTime);
    }
    if not_known {
        return Err(COLUMN_ABSENT);
    }
    if late.is_some() {
        return Ok(Cover::Uncovered(clock, "signed_late", late));
    }
    if !contracts.is_empty() {
        return Ok(Cover::Uncovered(clock, "not_signed", None));
    }
    without_row(cx, work.pid).map(|why| Cover::Uncovered(clock, why, None))
}

/// A new employer wants a contract of its own; a contract with a third company (dispatch agency) serves.
fn is_of(line: &ContractLine, work: &Work, own: &[Work]) -> bool {
    let (Some(employer), Some(of)) = (&work.employer, &line.employer) else { return true };
    // One employer all along: the contract is with it, or with the agency that sent the worker.
    if own.len() == 1 || employer.name == of {
        return true;
    }
    let of = normalise_identity(of);
    *employer.normal == *of || !own.iter().filter_map(|work| work.employer.as_ref()).any(|other| *other.normal == *of)
}

/// Why the lack of any row is a fault; `Err` where it cannot be said.
fn without_row(cx: &CheckContext, pid: Pid) -> Result<&'static str, Unknown> {
    let rejected = cx.dossier.contracts.iter().any(|table| table.head.rejected > 0);
    let ambiguous = cx.facts.people().contract.iter().flatten().any(|pid| *pid == AMBIGUOUS);
    if rejected || ambiguous {
        return Err(REJECTED_ROWS);
    }
    if cx.dossier.contracts.iter().any(|table| !table.lines.is_empty()) {
        return Ok("no_contract");
    }
    // No contract row at all: only the roster's own word decides.
    let said: Vec<Field<bool>> = cx.facts.roster_of(pid).map(|(_, row)| row.has_contract).collect();
    if said.is_empty() || said.contains(&Field::Given(true)) {
        Err(Unknown::missing(Dataset::Contract))
    } else if said.iter().all(Field::is_absent) {
        Err(Unknown { reason: COLUMN_ABSENT.reason, missing: vec![Dataset::Contract], held_by: None })
    } else {
        Ok("roster_says_no")
    }
}
