//! One letter per addressee and project and run; the highest severity decides its kind; nothing is told twice.

use std::collections::{BTreeMap, BTreeSet};

use model::document::{Authority, Document, DocumentItem, DocumentKind, DocumentStatus, Recipient, RecipientRole};
use model::sheet::{Contractor, Project};
use model::{Calendar, Date, DocumentId, Finding, FindingKey, Outcome, Party, PartyRole, ProjectCode, Severity};
use rules::Law;
use store::Told;

use crate::repeat::Earlier;
use crate::{CaseworkConfig, officer_for};

/// What the letters need of a project besides its findings.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    pub project: Project,
    pub contractors: Vec<Contractor>,
}

/// Everything a plan rests on.
pub struct Situation<'a> {
    pub findings: &'a [Finding],
    pub projects: &'a BTreeMap<ProjectCode, ProjectFile>,
    pub told: &'a BTreeSet<Told>,
    /// Since when each finding is open without a break. A letter from before that day told of an earlier time, since cured.
    pub open_since: &'a BTreeMap<FindingKey, Date>,
    pub law: &'a Law,
    pub calendar: &'a Calendar,
    pub today: Date,
}

/// A letter decided but not yet numbered, rendered or recorded.
#[derive(Debug, Clone)]
pub struct Draft {
    pub document: Document,
    pub recipients: Vec<Recipient>,
}

/// A letter that should go out and cannot, and why (Chinese).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub project: ProjectCode,
    pub reason: String,
}

#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub drafts: Vec<Draft>,
    pub held: Vec<Held>,
    /// Findings that want a person at once; they are never put into a letter.
    pub escalated: u32,
}

/// A finding that has to be told.
struct ToTell<'a> {
    finding: &'a Finding,
    /// Its own, or graver where it keeps coming back.
    severity: Severity,
    earlier: Earlier,
}

/// Decides the letters of a run. Only breaches count; `unknown` and `clear` never make a letter.
pub fn plan(situation: &Situation, config: &CaseworkConfig) -> Plan {
    let mut groups: BTreeMap<(ProjectCode, Party), Vec<ToTell>> = BTreeMap::new();
    let mut plan = Plan::default();
    for finding in situation.findings.iter().filter(|f| f.outcome == Outcome::Breach) {
        let Some(file) = situation.projects.get(&finding.project) else { continue };
        if finding.severity == Some(Severity::Escalate) {
            plan.escalated += 1;
            continue;
        }
        let party = finding.party.clone().unwrap_or_else(|| general_contractor(&file.project));
        let earlier = Earlier::of(situation, config, finding, &party);
        let own = finding.severity.unwrap_or(Severity::Notice);
        let severity = if earlier.is_order() { own.max(Severity::Order) } else { own };
        if !already_told(situation, finding, &party, kind_of(severity, is_referred(config, &file.project))) {
            groups.entry((finding.project.clone(), party)).or_default().push(ToTell { finding, severity, earlier });
        }
    }
    let sides = |code: &ProjectCode| groups.keys().filter(|(project, _)| project == code).count();
    let both_sides: BTreeSet<ProjectCode> = groups.keys().map(|(code, _)| code).filter(|code| sides(code) > 1).cloned().collect();
    for ((code, party), findings) in groups {
        let file = &situation.projects[&code];
        let authority = authority(config, &file.project, both_sides.contains(&code));
        match draft(situation, config, file, (party, authority), &findings) {
            Ok(draft) => plan.drafts.push(draft),
            Err(reason) => plan.held.push(Held { project: code, reason }),
        }
    }
    plan
}

/// `{year}` and `{n}` of a number pattern filled in; no zero padding.
pub fn series_number(pattern: &str, year: i32, n: u32) -> String {
    pattern.replace("{year}", &year.to_string()).replace("{n}", &n.to_string())
}

/// Where another department deals with the industry, the bureau orders nothing (rules.md §2.8, "Not competent").
fn kind_of(severity: Severity, is_referred: bool) -> DocumentKind {
    match severity {
        Severity::Order | Severity::Escalate if !is_referred => DocumentKind::RectificationOrder,
        _ => DocumentKind::RiskNotice,
    }
}

fn is_referred(config: &CaseworkConfig, project: &Project) -> bool {
    config.authority_of(project.industry.as_deref()).is_some_and(|authority| authority.refer)
}

/// The department of the industry gets a copy where it deals with the matter itself, or where owner and contractor are both told.
fn authority(config: &CaseworkConfig, project: &Project, is_both_sides: bool) -> Option<Authority> {
    let authority = config.authority_of(project.industry.as_deref()).filter(|authority| authority.refer || is_both_sides)?;
    Some(Authority { name: authority.name.clone(), is_referral: authority.refer })
}

/// Told since it is open, to this addressee, in a letter at least as grave as the one needed now.
fn already_told(situation: &Situation, finding: &Finding, party: &Party, needed: DocumentKind) -> bool {
    let since = situation.open_since.get(&finding.key());
    tellings(situation, finding, party).any(|t| t.kind >= needed && since.is_none_or(|since| t.dated >= *since))
}

fn tellings<'a>(situation: &'a Situation, finding: &Finding, party: &Party) -> impl Iterator<Item = &'a Told> {
    let (key, name) = (finding.key(), party.name.clone());
    situation.told.iter().filter(move |t| t.key == key && t.addressee == name)
}

/// The day on which a finding came back that had been told of before it was cured.
fn came_back(situation: &Situation, finding: &Finding, party: &Party) -> Option<Date> {
    let since = *situation.open_since.get(&finding.key())?;
    tellings(situation, finding, party).any(|t| t.dated < since).then_some(since)
}

fn general_contractor(project: &Project) -> Party {
    let name = project.contractor_name.clone().unwrap_or_else(|| format!("{}施工总承包单位", project.name));
    Party { role: PartyRole::GeneralContractor, name, code: project.contractor_code.clone() }
}

fn draft(
    situation: &Situation,
    config: &CaseworkConfig,
    file: &ProjectFile,
    (party, authority): (Party, Option<Authority>),
    findings: &[ToTell],
) -> Result<Draft, String> {
    let project = &file.project;
    let officer = officer_for(config, project)
        .ok_or_else(|| "没有监察员负责本项目；请在配置 [routing] 中写明 default，或在项目清单填写监察员".to_owned())?;
    let items = items(situation.law, findings);
    let severity = items.iter().map(|item| item.severity).max().unwrap_or(Severity::Notice);
    let kind = kind_of(severity, is_referred(config, project));
    let (days, counted) = match kind {
        DocumentKind::RiskNotice => (config.letters.notice_reply_wd, "发函之日"),
        DocumentKind::RectificationOrder => (items.iter().map(|item| item.correct_in_wd).max().unwrap_or(5), "签发之日"),
    };
    let due = situation.calendar.plus_working_days(situation.today, days).ok_or_else(|| {
        format!("无法计算期限：缺少期限所在年份的节假日表（自 {} 起 {days} 个工作日）；请在 calendar 目录补上", situation.today)
    })?;
    let mut recipients = vec![Recipient { name: officer.name.clone(), email: officer.email.clone(), role: RecipientRole::Inspector }];
    // An order is never mailed to the party by the daemon: it has no effect until officers sign and serve it.
    if kind == DocumentKind::RiskNotice && config.letters.notice_to_party {
        let addresses = party_emails(file, &party);
        recipients.extend(addresses.iter().map(|email| Recipient {
            name: party.name.clone(),
            email: email.clone(),
            role: RecipientRole::Party,
        }));
    }
    // Nor to the department: only what has effect is copied.
    if kind == DocumentKind::RiskNotice && authority.is_some() {
        let department = config.authority_of(project.industry.as_deref());
        recipients.extend(department.and_then(|department| {
            Some(Recipient { name: department.name.clone(), email: department.email.clone()?, role: RecipientRole::Authority })
        }));
    }
    let document = Document {
        id: DocumentId(0),
        uid: uid(situation, project, &party, kind, &items),
        kind,
        status: match kind {
            DocumentKind::RiskNotice => DocumentStatus::Issued,
            DocumentKind::RectificationOrder => DocumentStatus::Draft,
        },
        number: None,
        project: project.code.clone(),
        project_name: project.name.clone(),
        addressee_address: None,
        addressee: party,
        severity,
        items,
        dated: situation.today,
        due,
        due_counted: format!("自{counted}次日起第{days}个工作日（已扣除法定节假日，计入调休上班日）"),
        wage_officer: project.wage_officer.given().cloned(),
        wage_officer_phone: project.wage_officer_phone.clone(),
        authority,
    };
    Ok(Draft { document, recipients })
}

/// Findings of one rule become one item; gravest first, then in catalogue order.
fn items(law: &Law, findings: &[ToTell]) -> Vec<DocumentItem> {
    let mut by_rule: Vec<(&str, Vec<&ToTell>)> = Vec::new();
    for told in findings {
        match by_rule.iter_mut().find(|(rule, _)| *rule == told.finding.rule) {
            Some((_, list)) => list.push(told),
            None => by_rule.push((&told.finding.rule, vec![told])),
        }
    }
    let mut items: Vec<DocumentItem> = by_rule
        .into_iter()
        .map(|(rule, list)| {
            let tellings: Vec<_> = list.iter().map(|told| rules::telling(told.finding, law)).collect();
            let first = &tellings[0];
            let mut facts: Vec<String> = tellings.iter().map(|t| t.facts.clone()).collect();
            let mut repeats: Vec<String> = list.iter().filter_map(|told| told.earlier.sentence()).collect();
            repeats.dedup();
            facts.extend(repeats);
            DocumentItem {
                rule: rule.to_owned(),
                title: first.title.clone(),
                severity: list.iter().map(|told| told.severity).max().unwrap_or(Severity::Notice),
                facts,
                articles: first.articles.clone(),
                remedy: first.remedy.clone(),
                consequence: first.consequence.clone(),
                correct_in_wd: first.correct_in_wd,
                findings: list.into_iter().map(|told| told.finding.clone()).collect(),
            }
        })
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.severity));
    items
}

fn party_emails(file: &ProjectFile, party: &Party) -> Vec<String> {
    let direct = match party.role {
        PartyRole::Owner => &file.project.owner_emails,
        PartyRole::GeneralContractor => &file.project.contractor_emails,
        PartyRole::Subcontractor => return registered_emails(file, &party.name),
    };
    if direct.is_empty() { registered_emails(file, &party.name) } else { direct.clone() }
}

fn registered_emails(file: &ProjectFile, name: &str) -> Vec<String> {
    file.contractors.iter().find(|c| c.name == name).map(|c| c.emails.clone()).unwrap_or_default()
}

/// The same letter gets the same uid however often it is decided; about findings that came back it is another letter.
fn uid(situation: &Situation, project: &Project, party: &Party, kind: DocumentKind, items: &[DocumentItem]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [project.code.as_str(), &party.name, kind.code()] {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    for finding in items.iter().flat_map(|item| &item.findings) {
        hasher.update(finding.key().to_string().as_bytes()).update(&[0]);
        if let Some(since) = came_back(situation, finding, party) {
            hasher.update(since.to_string().as_bytes()).update(&[0]);
        }
    }
    hasher.finalize().to_hex().as_str()[..24].to_owned()
}

#[cfg(test)]
mod tests;
