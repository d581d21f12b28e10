//! What was refused and still counts.

use serde_json::json;
use store::NewReject;

use crate::support::*;

fn reject() -> NewReject {
    NewReject {
        worksheet: "表一".to_owned(),
        row: 7,
        column: "身份证号".to_owned(),
        value: String::new(),
        reason: "号码已损坏".to_owned(),
        mend: "请提供完整的号码".to_owned(),
        dataset: None,
    }
}

on_both! {
    async fn refused_persons_belong_to_the_only_project_of_their_worksheet(county: &County) {
        county.receive(T1, vec![project(1, "甲"), project(2, "乙")]).await;
        let mut one = county.batch("folder", T2, vec![county.roster(at(1), &[1])]);
        one.rejects = vec![reject()];
        one.report = json!({ "sheets": [
            { "sheet": "表一", "projects": [code(1)], "identities": { "damaged": 2, "valid": 1 } },
            { "sheet": "表二", "projects": [], "identities": { "damaged": 9 } },
        ] });
        let mut two = county.batch("bank", T2, vec![county.payroll(at(1), "2024-03", "", 5), county.payroll(at(2), "2024-03", "", 5)]);
        two.rejects = vec![reject()];
        two.report = json!({ "sheets": [{ "sheet": "表一", "projects": [code(1), code(2)], "identities": { "duplicate": 3 } }] });
        county.store.put_batches(vec![one, two]).await.unwrap();
        let found = county.store.refused_persons().await.unwrap();
        let found: Vec<_> = found.iter().map(|f| (f.project.clone(), f.source.as_str(), f.damaged, f.duplicate)).collect();
        assert_eq!(found, [(None, "bank", 0, 3), (Some(code(1)), "folder", 2, 0)]);
        // A mended roster takes the place of the one with faults.
        county.receive(T3, vec![county.roster(at(1), &[1, 2])]).await;
        assert!(county.store.refused_persons().await.unwrap().iter().all(|f| f.source == "bank"));
    }

    async fn a_file_of_which_nothing_was_kept_counts_until_it_comes_again(county: &County) {
        let mut refused = county.batch("folder", T1, vec![]);
        refused.rejects = vec![reject()];
        refused.report = json!({ "sheets": [{ "sheet": "表一", "rejected": 3 }, { "sheet": "表二", "rejected": 1 }] });
        county.store.put_batches(vec![refused]).await.unwrap();
        let found = county.store.refused_files().await.unwrap();
        assert_eq!(found.iter().map(|f| (f.file.as_str(), f.rejected)).collect::<Vec<_>>(), [("inbox/file.csv", 4)]);
        let mut unreadable = county.batch("office", T1, vec![]);
        unreadable.report = json!({ "sheets": [], "error": { "what": "这是 PDF", "mend": "请提供表格" } });
        let mut empty = county.batch("empty", T1, vec![]);
        empty.report = json!({ "sheets": [], "error": null });
        county.store.put_batches(vec![unreadable, empty]).await.unwrap();
        let sources = county.store.refused_files().await.unwrap().into_iter().map(|f| f.source);
        assert_eq!(sources.collect::<Vec<_>>(), ["folder", "office"]);
        let mut other = county.batch("bank", T2, vec![project(1, "甲")]);
        county.store.put_batches(vec![other.clone()]).await.unwrap();
        assert_eq!(county.store.refused_files().await.unwrap().len(), 2, "the file of another source is another one");
        other.source = "folder".to_owned();
        other.sha256 = [3; 32];
        county.store.put_batches(vec![other]).await.unwrap();
        assert!(county.store.refused_files().await.unwrap().iter().all(|f| f.source == "office"));
    }
}
