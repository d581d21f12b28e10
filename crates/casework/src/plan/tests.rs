use model::sheet::ProjectStatus;

use super::*;
use crate::{AuthorityConfig, Officer, RoutingConfig};

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
    calendar.add_toml(include_str!("../../../../config/calendar/2024.toml")).unwrap();
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
    let mut config = config();
    config.letters.notice_to_party = to_party;
    planned_with(&config, project(), findings, (told, open_since), today)
}

fn planned_in(industry: &str, authorities: Vec<AuthorityConfig>, findings: &[Finding]) -> Plan {
    let project = Project { industry: Some(industry.to_owned()), ..project() };
    let config = CaseworkConfig { authorities, ..config() };
    planned_with(&config, project, findings, (&BTreeSet::new(), &BTreeMap::new()), "2024-12-02")
}

fn project() -> Project {
    let code = ProjectCode::parse("99999920240101001").unwrap();
    let mut project = Project::bare(code, "测试项目".to_owned(), ProjectStatus::Active);
    project.contractor_emails = vec!["zb@example.invalid".to_owned()];
    project
}

fn config() -> CaseworkConfig {
    CaseworkConfig {
        officers: vec![Officer { code: "a".into(), name: "甲".into(), email: "a@example.invalid".into(), certificate: None }],
        routing: RoutingConfig { default: Some("a".into()), route: Vec::new() },
        ..CaseworkConfig::default()
    }
}

fn planned_with(
    config: &CaseworkConfig,
    project: Project,
    findings: &[Finding],
    (told, open_since): (&BTreeSet<Told>, &BTreeMap<FindingKey, Date>),
    today: &str,
) -> Plan {
    let projects = BTreeMap::from([(project.code.clone(), ProjectFile { project, contractors: Vec::new() })]);
    let (law, calendar) = (law(), calendar());
    let today = today.parse().unwrap();
    plan(&Situation { findings, projects: &projects, told, open_since, law: &law, calendar: &calendar, today }, config)
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

fn told(period: Option<&str>, kind: DocumentKind, dated: &str) -> Told {
    let finding = Finding {
        period: period.map(|month| month.parse().unwrap()),
        ..finding("account.funding_late", Severity::Notice, PartyRole::Owner)
    };
    Told { key: finding.key(), addressee: PartyRole::Owner.chinese().to_owned(), kind, dated: dated.parse().unwrap() }
}

#[test]
fn the_third_time_within_twelve_months_is_an_order_without_notice() {
    let notice =
        Finding { period: Some("2024-11".parse().unwrap()), ..finding("account.funding_late", Severity::Notice, PartyRole::Owner) };
    let findings = [notice.clone()];
    let open = |since: &str| BTreeMap::from([(notice.key(), since.parse().unwrap())]);
    let kind = |told: &[Told], open: &BTreeMap<FindingKey, Date>| {
        let plan = planned_since(&findings, &told.iter().cloned().collect(), open, "2024-12-02", false);
        let document = &plan.drafts[0].document;
        (document.kind, document.items[0].facts.len())
    };
    let (january, june) =
        (told(Some("2023-12"), DocumentKind::RiskNotice, "2024-01-08"), told(Some("2024-06"), DocumentKind::RiskNotice, "2024-06-11"));
    let now = open("2024-12-02");
    assert_eq!(kind(std::slice::from_ref(&june), &now), (DocumentKind::RiskNotice, 1), "the second time");
    assert_eq!(
        kind(&[january.clone(), june.clone()], &now),
        (DocumentKind::RectificationOrder, 2),
        "the third time, and the letter says so"
    );
    let same_day = told(Some("2024-05"), DocumentKind::RiskNotice, "2024-06-11");
    assert_eq!(kind(&[june.clone(), same_day], &now), (DocumentKind::RiskNotice, 1), "two months told in one letter are one time");
    let too_old = told(Some("2023-11"), DocumentKind::RiskNotice, "2023-12-02");
    assert_eq!(kind(&[too_old, june.clone()], &now), (DocumentKind::RiskNotice, 1), "twelve months ago to the day");
    let just_in = told(Some("2023-11"), DocumentKind::RiskNotice, "2023-12-03");
    assert_eq!(kind(&[just_in, june.clone()], &now), (DocumentKind::RectificationOrder, 2));
    let mut standing = now;
    standing.insert(january.key.clone(), "2024-01-08".parse().unwrap());
    assert_eq!(kind(&[january, june], &standing), (DocumentKind::RiskNotice, 1), "one that was never put right is no earlier time");
}

#[test]
fn what_another_department_deals_with_is_never_ordered_and_goes_to_it() {
    let general = PartyRole::GeneralContractor;
    let order = finding("account.not_opened", Severity::Order, general);
    let notice = finding("account.funding_late", Severity::Notice, PartyRole::Owner);
    let water = |refer| AuthorityConfig {
        industry: "水利".to_owned(),
        name: "测试县水利局".to_owned(),
        email: Some("shuili@example.invalid".to_owned()),
        refer,
    };
    let plan = planned_in("水利", vec![water(true)], std::slice::from_ref(&order));
    let Draft { document, recipients } = &plan.drafts[0];
    assert_eq!((document.kind, document.severity), (DocumentKind::RiskNotice, Severity::Order), "the finding keeps its severity");
    assert!(document.authority.as_ref().unwrap().is_referral);
    assert_eq!(recipients.last().unwrap().role, RecipientRole::Authority);
    let told = told_of(&plan.drafts[0]);
    assert_eq!(told.iter().next().unwrap().kind, DocumentKind::RiskNotice);

    let plan = planned_in("交通", vec![water(true)], std::slice::from_ref(&order));
    assert_eq!((plan.drafts[0].document.kind, &plan.drafts[0].document.authority), (DocumentKind::RectificationOrder, &None));

    let plan = planned_in("水利", vec![water(false)], std::slice::from_ref(&order));
    assert!(plan.drafts[0].document.authority.is_none(), "one side only: no copy");
    let plan = planned_in("水利", vec![water(false)], &[order, notice]);
    assert!(plan.drafts.iter().all(|d| d.document.authority.as_ref().is_some_and(|a| !a.is_referral)), "both sides: a copy each");
    let mailed = plan.drafts.iter().map(|d| d.recipients.iter().filter(|r| r.role == RecipientRole::Authority).count());
    assert_eq!(mailed.sum::<usize>(), 1, "the draft of an order is mailed to no department");
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
