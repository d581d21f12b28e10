//! One letter per addressee and project and run; the highest severity decides its kind; nothing is told twice.

use std::collections::{BTreeMap, BTreeSet};

use model::document::{Document, DocumentItem, DocumentKind, DocumentStatus, Recipient, RecipientRole};
use model::sheet::{Contractor, Project};
use model::{Calendar, Date, DocumentId, Finding, FindingKey, Outcome, Party, PartyRole, ProjectCode, Severity};
use rules::Law;
use store::Told;

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

/// Decides the letters of a run. Only breaches count; `unknown` and `clear` never make a letter.
pub fn plan(situation: &Situation, config: &CaseworkConfig) -> Plan {
    let mut groups: BTreeMap<(ProjectCode, Party), Vec<&Finding>> = BTreeMap::new();
    let mut plan = Plan::default();
    for finding in situation.findings.iter().filter(|f| f.outcome == Outcome::Breach) {
        let Some(file) = situation.projects.get(&finding.project) else { continue };
        if finding.severity == Some(Severity::Escalate) {
            plan.escalated += 1;
            continue;
        }
        let party = finding.party.clone().unwrap_or_else(|| general_contractor(&file.project));
        let needed = kind_of(finding.severity.unwrap_or(Severity::Notice));
        if !already_told(situation, finding, &party, needed) {
            groups.entry((finding.project.clone(), party)).or_default().push(finding);
        }
    }
    for ((code, party), findings) in groups {
        match draft(situation, config, &situation.projects[&code], party, &findings) {
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

fn kind_of(severity: Severity) -> DocumentKind {
    match severity {
        Severity::Notice => DocumentKind::RiskNotice,
        Severity::Order | Severity::Escalate => DocumentKind::RectificationOrder,
    }
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

fn draft(situation: &Situation, config: &CaseworkConfig, file: &ProjectFile, party: Party, findings: &[&Finding]) -> Result<Draft, String> {
    let project = &file.project;
    let officer = officer_for(config, project)
        .ok_or_else(|| "没有监察员负责本项目；请在配置 [routing] 中写明 default，或在项目清单填写监察员".to_owned())?;
    let items = items(situation.law, findings);
    let severity = items.iter().map(|item| item.severity).max().unwrap_or(Severity::Notice);
    let kind = kind_of(severity);
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
    };
    Ok(Draft { document, recipients })
}

/// Findings of one rule become one item; gravest first, then in catalogue order.
fn items(law: &Law, findings: &[&Finding]) -> Vec<DocumentItem> {
    let mut by_rule: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match by_rule.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, list)) => list.push(finding),
            None => by_rule.push((&finding.rule, vec![finding])),
        }
    }
    let mut items: Vec<DocumentItem> = by_rule
        .into_iter()
        .map(|(rule, list)| {
            let tellings: Vec<_> = list.iter().map(|finding| rules::telling(finding, law)).collect();
            let first = &tellings[0];
            DocumentItem {
                rule: rule.to_owned(),
                title: first.title.clone(),
                severity: list.iter().filter_map(|f| f.severity).max().unwrap_or(Severity::Notice),
                facts: tellings.iter().map(|t| t.facts.clone()).collect(),
                articles: first.articles.clone(),
                remedy: first.remedy.clone(),
                consequence: first.consequence.clone(),
                correct_in_wd: first.correct_in_wd,
                findings: list.into_iter().cloned().collect(),
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
mod tests {
    use model::sheet::ProjectStatus;

    use super::*;
    use crate::{LetterConfig, Officer, RoutingConfig};

    fn law() -> Law {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/rules");
        let files: Vec<_> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()))
            .collect();
        Law::load(&files).unwrap()
    }

    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        calendar.add_toml(include_str!("../../../config/calendar/2024.toml")).unwrap();
        calendar
    }

    fn finding(rule: &str, severity: Severity, addressed: PartyRole) -> Finding {
        Finding {
            rule: rule.to_owned(),
            project: ProjectCode::parse("99999920240101001").unwrap(),
            period: None,
            subject: None,
            outcome: Outcome::Breach,
            severity: Some(severity),
            since: None,
            due: "2024-03-04".parse().ok(),
            amount_fen: None,
            workers: None,
            basis: Vec::new(),
            parameters: BTreeMap::new(),
            facts: serde_json::Map::new(),
            party: Some(Party { role: addressed, name: addressed.chinese().to_owned(), code: None }),
            upcoming: false,
            held_by: None,
            detail_of: None,
            months: None,
            missing: Vec::new(),
            reason: None,
        }
    }

    fn planned(findings: &[Finding], told: &BTreeSet<Told>, today: &str, to_party: bool) -> Plan {
        planned_since(findings, told, &BTreeMap::new(), today, to_party)
    }

    fn planned_since(
        findings: &[Finding],
        told: &BTreeSet<Told>,
        open_since: &BTreeMap<FindingKey, Date>,
        today: &str,
        to_party: bool,
    ) -> Plan {
        let code = ProjectCode::parse("99999920240101001").unwrap();
        let mut project = Project::bare(code.clone(), "测试项目".to_owned(), ProjectStatus::Active);
        project.contractor_emails = vec!["zb@example.invalid".to_owned()];
        let projects = BTreeMap::from([(code, ProjectFile { project, contractors: Vec::new() })]);
        let config = CaseworkConfig {
            letters: LetterConfig { notice_to_party: to_party, ..LetterConfig::default() },
            officers: vec![Officer { code: "a".into(), name: "甲".into(), email: "a@example.invalid".into(), certificate: None }],
            routing: RoutingConfig { default: Some("a".into()), route: Vec::new() },
        };
        let (law, calendar) = (law(), calendar());
        let today = today.parse().unwrap();
        plan(&Situation { findings, projects: &projects, told, open_since, law: &law, calendar: &calendar, today }, &config)
    }

    fn told_of(draft: &Draft) -> BTreeSet<Told> {
        let document = &draft.document;
        let findings = document.items.iter().flat_map(|item| &item.findings);
        let addressee = &document.addressee.name;
        findings.map(|f| Told { key: f.key(), addressee: addressee.clone(), kind: document.kind, dated: document.dated }).collect()
    }

    #[test]
    fn one_letter_per_addressee_and_the_gravest_item_decides_its_kind() {
        let general = PartyRole::GeneralContractor;
        let findings = [
            finding("site.board_missing", Severity::Notice, general),
            finding("account.not_opened", Severity::Order, general),
            finding("account.funding_late", Severity::Notice, PartyRole::Owner),
        ];
        let plan = planned(&findings, &BTreeSet::new(), "2024-12-02", true);
        assert_eq!(plan.drafts.len(), 2);
        let owner = plan.drafts.iter().find(|d| d.document.addressee.role == PartyRole::Owner).unwrap();
        let contractor = plan.drafts.iter().find(|d| d.document.addressee.role == general).unwrap();
        assert_eq!(owner.document.kind, DocumentKind::RiskNotice);
        assert_eq!(contractor.document.kind, DocumentKind::RectificationOrder);
        assert_eq!(contractor.document.status, DocumentStatus::Draft);
        assert_eq!(contractor.document.items[0].rule, "account.not_opened");
        assert_eq!(contractor.recipients.len(), 1, "an order is never mailed to the party");
        assert_eq!(owner.document.due.to_string(), "2024-12-09", "five working days");
    }

    #[test]
    fn what_was_told_is_not_told_again_but_a_graver_letter_is() {
        let notice = finding("account.funding_late", Severity::Notice, PartyRole::Owner);
        let first = planned(std::slice::from_ref(&notice), &BTreeSet::new(), "2024-12-02", false);
        let told = told_of(&first.drafts[0]);
        assert!(planned(std::slice::from_ref(&notice), &told, "2024-12-03", false).drafts.is_empty());
        let order = Finding { severity: Some(Severity::Order), ..notice };
        let second = planned(&[order], &told, "2024-12-03", false);
        assert_eq!(second.drafts[0].document.kind, DocumentKind::RectificationOrder);
        assert_ne!(second.drafts[0].document.uid, first.drafts[0].document.uid);
    }

    #[test]
    fn what_comes_back_after_a_cure_is_told_again_once() {
        let notice = finding("account.funding_late", Severity::Notice, PartyRole::Owner);
        let first = planned(std::slice::from_ref(&notice), &BTreeSet::new(), "2024-10-08", false);
        let mut told = told_of(&first.drafts[0]);
        let since = |day: &str| BTreeMap::from([(notice.key(), day.parse().unwrap())]);
        let again = |told: &BTreeSet<Told>, open: &str, today: &str| {
            planned_since(std::slice::from_ref(&notice), told, &since(open), today, false).drafts
        };
        assert!(again(&told, "2024-10-08", "2024-12-02").is_empty(), "open all the time");
        let second = again(&told, "2024-12-02", "2024-12-02");
        assert_ne!(second[0].document.uid, first.drafts[0].document.uid);
        assert_eq!(again(&told, "2024-12-02", "2024-12-03")[0].document.uid, second[0].document.uid, "decided again after a crash");
        told.extend(told_of(&second[0]));
        assert!(again(&told, "2024-12-02", "2024-12-03").is_empty());
    }

    #[test]
    fn unknown_and_clear_never_make_a_letter() {
        let unknown = Finding { outcome: Outcome::Unknown, severity: None, ..finding("deposit.unpaid", Severity::Order, PartyRole::Owner) };
        let clear = Finding { outcome: Outcome::Clear, severity: None, ..unknown.clone() };
        assert!(planned(&[unknown, clear], &BTreeSet::new(), "2024-12-20", true).drafts.is_empty());
    }

    #[test]
    fn a_deadline_in_a_year_without_calendar_holds_the_letter() {
        let findings = [finding("account.not_opened", Severity::Order, PartyRole::GeneralContractor)];
        let plan = planned(&findings, &BTreeSet::new(), "2024-12-25", false);
        assert!(plan.drafts.is_empty());
        assert!(plan.held[0].reason.contains("节假日表"), "{:?}", plan.held);
    }

    #[test]
    fn a_risk_notice_goes_to_the_party_only_where_the_configuration_says_so() {
        let findings = [finding("site.board_missing", Severity::Notice, PartyRole::GeneralContractor)];
        assert_eq!(planned(&findings, &BTreeSet::new(), "2024-12-20", false).drafts[0].recipients.len(), 1);
        let both = planned(&findings, &BTreeSet::new(), "2024-12-20", true);
        let emails: Vec<_> = both.drafts[0].recipients.iter().map(|r| r.email.as_str()).collect();
        assert_eq!(emails, ["a@example.invalid", "zb@example.invalid"]);
    }

    #[test]
    fn numbers_follow_the_pattern_without_padding() {
        assert_eq!(series_number("垫人社监提〔{year}〕{n}号", 2024, 7), "垫人社监提〔2024〕7号");
    }
}
