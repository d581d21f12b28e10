//! Sheets find their project, in whatever order they come.

use std::fmt::Write;

use model::{Dataset, Place};
use store::{Store, Waiting};

use crate::support::*;

/// Everything a person could see of the placed sheets.
async fn picture(store: &Store) -> String {
    let mut picture = format!("{:?}", store.coverage(None).await.unwrap());
    for code in store.project_codes(None).await.unwrap() {
        let dossier = store.load_dossier(&code, None).await.unwrap().unwrap();
        write!(picture, "\n{dossier:#?}").unwrap();
    }
    picture
}

on_both! {
    async fn a_sheet_waits_for_its_project_and_is_placed_by_the_next_try(county: &County) {
        county.receive(T1, vec![county.payroll(at(1), "2024-03", "", 500)]).await;
        let waiting = county.store.place_pending().await.unwrap();
        assert_eq!(waiting.placed, 0);
        let expected = Waiting { dataset: Dataset::Payroll, place: code(1).to_string(), file: "inbox/file.csv".to_owned(), rows: 1 };
        assert_eq!(waiting.waiting, [expected]);
        assert!(county.store.project_codes(None).await.unwrap().is_empty());
        assert!(!county.store.coverage(None).await.unwrap().ever(Dataset::Payroll), "what waits is not covered");

        county.receive(T2, vec![project(1, "测试小学")]).await;
        let placed = county.store.place_pending().await.unwrap();
        assert_eq!((placed.placed, placed.waiting), (1, vec![]));
        let dossier = county.store.load_dossier(&code(1), None).await.unwrap().unwrap();
        assert_eq!(dossier.payrolls[0].lines[0].net.0, 500);
        let again = county.store.place_pending().await.unwrap();
        assert_eq!((again.placed, again.waiting), (0, vec![]), "a second try changes nothing");
    }

    async fn the_order_of_files_does_not_matter(county: &County) {
        let files = |county: &County| vec![
            vec![project(1, "测试小学（一期）"), project(2, "测试中学")],
            vec![accounts(Place::Name("测试小学(一期)".to_owned()), &["9999990000000001", "9999990000000003"])],
            vec![accounts(at(2), &["9999990000000002", "9999990000000003"])],
            vec![ledger("9999990000000001", "9999990000000001/a", None), county.payout(Place::Account(account("9999990000000002")), "2024-03", 7)],
            vec![ledger("9999990000000003", "9999990000000003/b", Some(code(2))), county.payout(Place::Account(account("9999990000000003")), "2024-03", 8)],
            vec![county.roster(Place::Name(" 测试 中学".to_owned()), &[1, 2, 3]), county.payroll(at(1), "2024-03", "甲公司", 5)],
        ];
        let mut pictures = Vec::new();
        for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 4, 2, 5, 1], [4, 1, 0, 5, 2, 3]] {
            let other = county.twin().await;
            for at in order {
                other.store.put_batches(vec![other.batch("folder", T1, files(&other).remove(at))]).await.unwrap();
            }
            let placed = other.store.place_pending().await.unwrap();
            assert_eq!(placed.waiting.len(), 1, "the payout of the shared account has no codes: {:?}", placed.waiting);
            pictures.push(picture(&other.store).await);
        }
        assert!(pictures.windows(2).all(|pair| pair[0] == pair[1]), "{}\n---\n{}", pictures[0], pictures[1]);
        assert!(pictures[0].contains("测试中学"));
    }

    async fn a_name_that_becomes_ambiguous_sends_its_sheets_back_to_waiting(county: &County) {
        county.receive(T1, vec![project(1, "测试小学"), county.roster(Place::Name("测试小学".to_owned()), &[1])]).await;
        assert_eq!(county.store.load_dossier(&code(1), None).await.unwrap().unwrap().rosters.len(), 1);
        assert_eq!(county.store.sites_of(county.person(1).key).await.unwrap().len(), 1);
        county.receive(T2, vec![project(2, "测试小学")]).await;
        assert_eq!(county.store.load_dossier(&code(1), None).await.unwrap().unwrap().rosters.len(), 0);
        assert!(county.store.sites_of(county.person(1).key).await.unwrap().is_empty());
        assert_eq!(county.store.place_pending().await.unwrap().waiting.len(), 1);
        county.receive(T3, vec![project(2, "测试中学")]).await;
        assert_eq!(county.store.place_pending().await.unwrap().placed, 1);
        assert_eq!(county.store.load_dossier(&code(1), None).await.unwrap().unwrap().rosters.len(), 1);
    }

    async fn a_shared_account_is_said_to_be_shared_and_its_coded_statement_stands_under_both(county: &County) {
        county.receive(T1, vec![
            project(1, "甲"), project(2, "乙"), accounts(at(1), &["9999990000000001"]), ledger("9999990000000001", "x", Some(code(1))),
        ]).await;
        assert!(county.store.load_dossier(&code(1), None).await.unwrap().unwrap().shared_accounts.is_empty());
        county.receive(T2, vec![accounts(at(2), &["9999990000000001"])]).await;
        for n in [1, 2] {
            let dossier = county.store.load_dossier(&code(n), None).await.unwrap().unwrap();
            assert_eq!(dossier.shared_accounts, [account("9999990000000001")]);
            assert_eq!(dossier.ledgers.len(), 1, "project {n}");
        }
    }

    async fn county_wide_leads_reach_the_contractor_they_name(county: &County) {
        county.receive(T1, vec![project(1, "甲"), leads(Place::County, &["测试建工(集团)有限公司", "别的公司"])]).await;
        let placed = county.store.place_pending().await.unwrap();
        assert_eq!((placed.placed, placed.waiting), (0, vec![]));
        let dossier = county.store.load_dossier(&code(1), None).await.unwrap().unwrap();
        assert_eq!(dossier.leads.len(), 1);
        assert_eq!(dossier.leads[0].lines.len(), 1);
        assert!(county.store.coverage(None).await.unwrap().ever(Dataset::Lead));
        assert_eq!(county.store.project_codes(None).await.unwrap(), [code(1)]);
    }

    async fn rosters_say_who_works_where(county: &County) {
        county.receive(T1, vec![project(1, "甲"), project(2, "乙"), county.roster(at(1), &[1, 2]), county.roster(at(2), &[2])]).await;
        let sites = county.store.sites_of(county.person(2).key).await.unwrap();
        assert_eq!(sites.iter().map(|site| site.project.clone()).collect::<Vec<_>>(), [code(1), code(2)]);
        assert_eq!((sites[0].from, sites[0].to), (Some(day("2024-03-01")), None));
        county.receive(T2, vec![county.roster(at(1), &[1])]).await;
        assert_eq!(county.store.sites_of(county.person(2).key).await.unwrap().len(), 1, "the new roster no longer names the person");
    }
}
