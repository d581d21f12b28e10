//! Which version of a sheet is current, now and on a past day.

use model::{Dataset, Field, Sheet};

use crate::support::*;

async fn nets(county: &County, known_at: Option<&str>) -> Vec<i64> {
    let dossier = county.store.load_dossier(&code(1), known_at.map(moment)).await.unwrap().unwrap();
    dossier.payrolls.iter().flat_map(|table| &table.lines).map(|line| line.net.0).collect()
}

fn uploaded(mut sheet: Sheet, on: &str) -> Sheet {
    sheet.head.uploaded_on = Field::Given(day(on));
    sheet
}

on_both! {
    async fn a_newer_sheet_replaces_the_whole_older_one_and_the_past_can_be_asked(county: &County) {
        county.receive(T1, vec![project(1, "甲"), county.payroll(at(1), "2024-03", "", 100)]).await;
        county.receive(T2, vec![county.payroll(at(1), "2024-03", "", 200), county.payroll(at(1), "2024-02", "", 50)]).await;
        assert_eq!(nets(county, None).await, [50, 200], "ordered by month");
        assert_eq!(nets(county, Some(T1)).await, [100]);
        assert_eq!(nets(county, Some(T2)).await, [50, 200]);
        assert!(county.store.load_dossier(&code(1), Some(moment("2024-03-31T00:00:00Z"))).await.unwrap().is_none());
        assert!(county.store.project_codes(Some(moment("2024-03-31T00:00:00Z"))).await.unwrap().is_empty());
        assert_eq!(county.store.project_codes(Some(moment(T1))).await.unwrap(), [code(1)]);
        assert!(county.store.load_dossier(&code(9), None).await.unwrap().is_none());
    }

    async fn an_older_receipt_imported_later_stays_behind(county: &County) {
        county.receive(T2, vec![project(1, "甲"), county.payroll(at(1), "2024-03", "", 200)]).await;
        county.receive(T1, vec![county.payroll(at(1), "2024-03", "", 100)]).await;
        assert_eq!(nets(county, None).await, [200]);
    }

    async fn of_one_moment_the_later_upload_wins_then_the_content(county: &County) {
        let early = || uploaded(county.payroll(at(1), "2024-03", "", 100), "2024-04-01");
        let late = || uploaded(county.payroll(at(1), "2024-03", "", 200), "2024-04-05");
        county.receive(T1, vec![project(1, "甲"), late()]).await;
        county.receive(T1, vec![early()]).await;
        assert_eq!(nets(county, None).await, [200]);

        let pair = || [county.payroll(at(1), "2024-05", "", 1), county.payroll(at(1), "2024-05", "", 2)];
        let mut chosen = Vec::new();
        for turned in [false, true] {
            let other = county.twin().await;
            let [mut one, mut two] = pair();
            if turned { std::mem::swap(&mut one, &mut two); }
            other.receive(T1, vec![project(1, "甲"), one]).await;
            other.receive(T1, vec![two]).await;
            chosen.push(nets(&other, None).await);
        }
        assert_eq!(chosen[0], chosen[1], "the content decides, not the order");
    }

    async fn versions_in_one_file_and_two_parts_side_by_side(county: &County) {
        county.receive(T1, vec![
            project(1, "甲"),
            uploaded(county.payroll(at(1), "2024-03", "乙公司", 2), "2024-04-02"),
            uploaded(county.payroll(at(1), "2024-03", "乙公司", 1), "2024-04-01"),
            county.payroll(at(1), "2024-03", "丙公司", 3),
        ]).await;
        let dossier = county.store.load_dossier(&code(1), None).await.unwrap().unwrap();
        let parts: Vec<&str> = dossier.payrolls.iter().map(|table| table.part.as_str()).collect();
        assert_eq!(parts, ["丙公司", "乙公司"], "ordered by bytes");
        assert_eq!(nets(county, None).await, [3, 2]);
    }

    async fn the_same_sheet_in_another_file_is_current_again_and_keeps_the_name_of_its_file(county: &County) {
        county.receive(T1, vec![project(1, "甲"), county.payroll(at(1), "2024-03", "", 100)]).await;
        county.receive(T2, vec![county.payroll(at(1), "2024-03", "", 200)]).await;
        let mut back = county.payroll(at(1), "2024-03", "", 100);
        back.head.file = "inbox/again.csv".to_owned();
        county.receive(T3, vec![back]).await;
        let dossier = county.store.load_dossier(&code(1), None).await.unwrap().unwrap();
        assert_eq!(dossier.payrolls[0].lines[0].net.0, 100);
        assert_eq!(dossier.payrolls[0].head.file, "inbox/again.csv");
        assert_eq!(dossier.payrolls[0].head.worksheet, "表一");
        assert_eq!(dossier.payrolls[0].received_at, moment(T3));
    }

    async fn coverage_counts_current_sheets_by_source_and_month(county: &County) {
        county.receive(T1, vec![project(1, "甲"), project(2, "乙"), county.payroll(at(1), "2024-03", "", 1), county.payroll(at(2), "2024-03", "", 2)]).await;
        county.store.put_batches(vec![county.batch("platform", T2, vec![county.payroll(at(2), "2024-03", "", 9)])]).await.unwrap();
        let coverage = county.store.coverage(None).await.unwrap();
        let payrolls: Vec<_> = coverage.delivered.iter().filter(|d| d.dataset == Dataset::Payroll).collect();
        assert_eq!(payrolls.len(), 2);
        assert_eq!((payrolls[0].source.as_str(), &payrolls[0].lowest, &payrolls[0].highest), ("folder", &code(1), &code(1)));
        assert_eq!((payrolls[1].source.as_str(), payrolls[1].last_received), ("platform", day("2024-04-02")));
        let then = county.store.coverage(Some(moment(T1))).await.unwrap();
        let payrolls: Vec<_> = then.delivered.iter().filter(|d| d.dataset == Dataset::Payroll).collect();
        assert_eq!(payrolls.len(), 1);
        assert_eq!((&payrolls[0].lowest, &payrolls[0].highest), (&code(1), &code(2)));
        assert_eq!(payrolls[0].month.map(|month| month.to_string()).as_deref(), Some("2024-03"));
        assert!(county.store.coverage(Some(moment("2024-01-01T00:00:00Z"))).await.unwrap().delivered.is_empty());
    }

    async fn a_dossier_names_its_sources_and_shows_people_masked(county: &County) {
        county.store.put_batches(vec![county.batch("platform", T1, vec![project(1, "甲"), county.roster(at(1), &[1, 2])])]).await.unwrap();
        let dossier = county.store.load_dossier(&code(1), None).await.unwrap().unwrap();
        assert_eq!(dossier.sources, ["platform"]);
        assert_eq!(dossier.persons.len(), 2, "only those in its sheets");
        let label = &dossier.persons[&county.person(1).key];
        assert_eq!(label.name, "工人1");
        assert!(label.masked_id.contains("********"));
        county.store.put_batches(vec![county.batch("folder", T2, vec![project(1, "甲")])]).await.unwrap();
        assert_eq!(county.store.load_dossier(&code(1), None).await.unwrap().unwrap().sources, ["folder"]);
        assert_eq!(county.store.load_dossier(&code(1), Some(moment(T1))).await.unwrap().unwrap().sources, ["platform"]);
    }
}
