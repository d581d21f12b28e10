//! What other projects say of a project.

use model::sheet::{AttendanceLine, Body, Project};
use model::{AttendedElsewhere, CardElsewhere, CardKey, Elsewhere, Field, Place, ProjectCode, Sheet};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::support::*;

/// Persons with the days they worked, whole and half.
fn attendance(county: &County, place: Place, month: &str, people: &[(u32, u32, u32)]) -> Sheet {
    let line = |(n, whole_days, half_days): &(u32, u32, u32)| AttendanceLine {
        who: county.who(*n),
        team: None,
        trade: None,
        whole_days: *whole_days,
        half_days: *half_days,
        hours: Field::Absent,
        stated_days: Field::Absent,
    };
    sheet(place, Some(month), "", Body::Attendance(people.iter().map(line).collect()))
}

fn card(n: u8) -> CardKey {
    CardKey([n; 16])
}

/// The person of a roster, payroll or payout of one line, with a card.
fn with_card(mut sheet: Sheet, who: model::sheet::Who, card: CardKey) -> Sheet {
    let who = model::sheet::Who { card: Some(card), ..who };
    match &mut sheet.body {
        Body::Roster(lines) => lines[0].who = who,
        Body::Payroll(lines) => lines[0].who = who,
        Body::Payout(lines) => lines[0].who = who,
        _ => unreachable!(),
    }
    sheet
}

fn edited(n: u32, edit: impl FnOnce(&mut Project)) -> Sheet {
    let mut sheet = project(n, &format!("测试{n}"));
    let Body::Project(lines) = &mut sheet.body else { unreachable!() };
    edit(&mut lines[0]);
    sheet
}

async fn elsewhere(county: &County, n: u32, known_at: Option<&str>) -> Elsewhere {
    county.store.load_dossier(&code(n), known_at.map(moment)).await.unwrap().unwrap().elsewhere
}

async fn peers(county: &County, n: u32, known_at: Option<&str>) -> Vec<ProjectCode> {
    elsewhere(county, n, known_at).await.projects.into_iter().map(|project| project.code.clone()).collect()
}

fn attended(county: &County, n: u32, month: &str, project: u32, whole_days: u32, half_days: u32) -> AttendedElsewhere {
    AttendedElsewhere { person: county.person(n).key, month: month.parse().unwrap(), project: code(project), whole_days, half_days }
}

fn carried(county: &County, n: u8, project: u32, person: u32) -> CardElsewhere {
    CardElsewhere { card: card(n), project: code(project), person: county.person(person).key }
}

async fn run(county: &County, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if county.is_postgres() {
        PgConnection::connect(&county.url).await.unwrap().execute(sql).await.unwrap();
    } else {
        SqliteConnection::connect(&county.url).await.unwrap().execute(sql).await.unwrap();
    }
}

async fn count(county: &County, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
    if county.is_postgres() {
        sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(&county.url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_scalar(sql).fetch_one(&mut SqliteConnection::connect(&county.url).await.unwrap()).await.unwrap()
    }
}

/// Three projects of different companies.
fn three() -> Vec<Sheet> {
    (1..=3).map(|n| edited(n, |project| project.contractor_name = Some(format!("测试建筑{n}公司")))).collect()
}

/// A county in which everything is said of everybody.
fn busy(county: &County) -> Vec<Sheet> {
    let mut sheets = three();
    sheets.extend([
        attendance(county, at(1), "2024-03", &[(1, 0b1, 0b10), (2, 0b1, 0)]),
        attendance(county, at(2), "2024-03", &[(1, 0b11, 0)]),
        attendance(county, Place::Name("测试3".to_owned()), "2024-03", &[(1, 0b100, 0), (3, 0b1, 0)]),
        with_card(county.roster(at(1), &[1]), county.who(1), card(7)),
        with_card(county.payroll(at(3), "2024-03", "", 100), county.who(1), card(7)),
        with_card(county.payout(at(2), "2024-03", 100), county.who(2), card(7)),
    ]);
    sheets
}

on_both! {
    async fn projects_of_the_same_company_or_wage_officer_are_seen_as_they_were_known(county: &County) {
        let officer = Some(county.person(1).key);
        county.receive(T1, vec![
            edited(1, |project| { project.contractor_code = Some("99999999test".to_owned()); project.wage_officer_id = officer; }),
            edited(2, |project| project.contractor_name = Some("测试建工(集团) 有限公司".to_owned())),
            edited(3, |project| { project.contractor_name = Some("旧名公司".to_owned()); project.contractor_code = Some("99999999TEST".to_owned()); }),
            edited(4, |project| { project.contractor_name = None; project.wage_officer_id = officer; }),
            edited(5, |project| project.contractor_name = None),
        ]).await;
        assert_eq!(peers(county, 1, None).await, [code(2), code(3), code(4)]);
        assert_eq!(peers(county, 4, None).await, [code(1)]);
        assert!(peers(county, 5, None).await.is_empty(), "projects without company have nothing in common");
        county.receive(T2, vec![edited(2, |project| project.contractor_name = Some("另一公司".to_owned()))]).await;
        assert_eq!(peers(county, 1, None).await, [code(3), code(4)]);
        assert_eq!(peers(county, 1, Some(T1)).await, [code(2), code(3), code(4)]);
        assert!(peers(county, 2, None).await.is_empty());
    }

    async fn days_on_other_projects_are_seen_in_months_attended_here(county: &County) {
        county.receive(T1, three()).await;
        county.receive(T1, vec![
            attendance(county, at(1), "2024-03", &[(1, 0b1, 0), (2, 0, 0)]),
            attendance(county, at(2), "2024-03", &[(1, 0b110, 0b1000), (2, 0b1, 0), (3, 0b1, 0)]),
            attendance(county, at(2), "2024-04", &[(1, 0b1, 0)]),
        ]).await;
        assert_eq!(elsewhere(county, 1, None).await.attendance, [attended(county, 1, "2024-03", 2, 0b110, 0b1000)]);
        assert_eq!(elsewhere(county, 2, None).await.attendance, [attended(county, 1, "2024-03", 1, 0b1, 0)]);
        assert!(elsewhere(county, 3, None).await.attendance.is_empty());
    }

    async fn a_replaced_sheet_speaks_only_of_its_own_days(county: &County) {
        county.receive(T1, three()).await;
        county.receive(T1, vec![attendance(county, at(1), "2024-03", &[(1, 0b1, 0)])]).await;
        // The older receipt comes in last: it was never current, yet on its day it was what was known.
        county.receive(T3, vec![attendance(county, at(2), "2024-03", &[(2, 0b1, 0)])]).await;
        county.receive(T2, vec![attendance(county, at(2), "2024-03", &[(1, 0b10, 0)])]).await;
        let expected = [attended(county, 1, "2024-03", 2, 0b10, 0)];
        assert!(elsewhere(county, 1, None).await.attendance.is_empty());
        assert_eq!(elsewhere(county, 1, Some(T2)).await.attendance, expected);
        assert!(elsewhere(county, 1, Some(T1)).await.attendance.is_empty());
    }

    async fn a_sheet_that_finds_or_loses_its_project_is_seen_or_no_longer_seen(county: &County) {
        county.receive(T1, vec![project(1, "甲"), attendance(county, at(1), "2024-03", &[(1, 0b1, 0)])]).await;
        county.receive(T1, vec![attendance(county, Place::Name("乙".to_owned()), "2024-03", &[(1, 0b10, 0)])]).await;
        assert!(elsewhere(county, 1, None).await.attendance.is_empty(), "it waits");
        county.receive(T2, vec![project(2, "乙")]).await;
        county.store.place_pending().await.unwrap();
        assert_eq!(elsewhere(county, 1, None).await.attendance, [attended(county, 1, "2024-03", 2, 0b10, 0)]);
        county.receive(T2, vec![project(3, "乙")]).await;
        assert!(elsewhere(county, 1, None).await.attendance.is_empty(), "nobody knows whose it is");
        county.receive(T3, vec![project(2, "丙")]).await;
        county.store.place_pending().await.unwrap();
        assert_eq!(elsewhere(county, 1, None).await.attendance, [attended(county, 1, "2024-03", 3, 0b10, 0)]);
    }

    async fn a_card_under_somebody_else_is_seen_and_a_person_who_moves_with_a_card_is_not(county: &County) {
        county.receive(T1, three()).await;
        county.receive(T1, vec![
            with_card(county.roster(at(1), &[1]), county.who(1), card(7)),
            with_card(county.payroll(at(2), "2024-03", "", 100), county.who(1), card(7)),
        ]).await;
        assert!(elsewhere(county, 1, None).await.cards.is_empty());
        county.receive(T2, vec![with_card(county.payout(at(3), "2024-03", 100), county.who(2), card(7))]).await;
        assert_eq!(elsewhere(county, 1, None).await.cards, [carried(county, 7, 3, 2)]);
        assert_eq!(elsewhere(county, 2, None).await.cards, [carried(county, 7, 3, 2)], "the second place of a mover too");
        assert_eq!(elsewhere(county, 3, None).await.cards, [carried(county, 7, 1, 1), carried(county, 7, 2, 1)]);
        assert!(elsewhere(county, 1, Some(T1)).await.cards.is_empty());
        let labels = county.store.load_dossier(&code(1), None).await.unwrap().unwrap().persons;
        assert_eq!(labels[&county.person(2).key].name, "工人2", "evidence can show the other");
    }

    async fn lines_without_number_make_nobody_else_of_anybody(county: &County) {
        let nameless = model::sheet::Who { person: None, ..county.who(1) };
        county.receive(T1, three()).await;
        county.receive(T1, vec![
            with_card(county.payout(at(1), "2024-03", 100), nameless.clone(), card(7)),
            with_card(county.roster(at(2), &[2]), county.who(2), card(7)),
            with_card(county.payout(at(2), "2024-03", 100), nameless, card(8)),
            with_card(county.roster(at(3), &[3]), county.who(3), card(8)),
        ]).await;
        for n in 1..=3 {
            assert!(elsewhere(county, n, None).await.cards.is_empty(), "{n}");
        }
    }

    async fn the_order_of_imports_changes_nothing(county: &County) {
        let other = county.twin().await;
        county.receive(T1, busy(county)).await;
        for sheet in busy(county).into_iter().rev() {
            other.receive(T1, vec![sheet]).await;
        }
        other.store.place_pending().await.unwrap();
        for n in 1..=3 {
            let here = elsewhere(county, n, None).await;
            assert!(here.attendance.len() == 2 && !here.cards.is_empty(), "{n}: {here:?}");
            assert_eq!(elsewhere(&other, n, None).await, here, "{n}");
        }
        assert_eq!(count(county, "key_site").await, count(&other, "key_site").await);
    }

    async fn of_people_on_one_project_the_index_names_nobody(county: &County) {
        county.receive(T1, three()).await;
        for month in ["2024-03", "2024-04"] {
            county.receive(T1, vec![
                attendance(county, at(1), month, &[(1, 1, 0), (2, 1, 0)]),
                attendance(county, at(2), month, &[(3, 1, 0)]),
                with_card(county.payroll(at(1), month, "", 100), county.who(1), card(7)),
                with_card(county.payout(at(1), month, 100), county.who(1), card(7)),
            ]).await;
        }
        assert_eq!(count(county, "key_home").await, 4, "three people and a card, once each");
        assert_eq!(count(county, "key_site").await, 0);
        assert_eq!(elsewhere(county, 1, None).await, Elsewhere::default());
    }

    async fn a_store_filled_by_an_earlier_release_is_entered_when_it_is_opened(county: &County) {
        county.receive(T1, busy(county)).await;
        county.store.place_pending().await.unwrap();
        let before = elsewhere(county, 2, None).await;
        assert!(!before.attendance.is_empty() && !before.cards.is_empty());
        for table in ["project_peer", "project_keys", "key_home", "key_site"] {
            run(county, &format!("delete from {table}")).await;
        }
        assert_ne!(elsewhere(county, 2, None).await, before);
        run(county, "delete from meta where name = 'elsewhere'").await;
        county.again().await;
        assert_eq!(elsewhere(county, 2, None).await, before);
    }
}
