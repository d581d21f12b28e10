//! Findings of runs, runs of jobs, audit.

use model::{Finding, Outcome, Severity};
use store::SavedFindings;

use crate::support::*;

pub fn finding(rule: &str, n: u32, outcome: Outcome) -> Finding {
    Finding {
        rule: rule.to_owned(),
        project: code(n),
        period: Some("2024-03".parse().unwrap()),
        subject: Some("account:0001".to_owned()),
        outcome,
        severity: (outcome == Outcome::Breach).then_some(Severity::Order),
        since: Some(day("2024-04-11")),
        due: Some(day("2024-04-10")),
        amount_fen: Some(model::Fen(12_345)),
        workers: Some(3),
        basis: vec!["条例第26条".to_owned()],
        parameters: std::collections::BTreeMap::new(),
        facts: serde_json::Map::new(),
        party: None,
        upcoming: false,
        held_by: None,
        detail_of: None,
        months: None,
        missing: vec![],
        reason: None,
    }
}

on_both! {
    async fn findings_open_stay_and_clear(county: &County) {
        let store = &county.store;
        let late = finding("payroll.late", 1, Outcome::Breach);
        let gap = finding("payroll.gap", 2, Outcome::Unknown);
        let both = [late.clone(), gap.clone()];
        let saved = |opened, still, clearing, cleared| SavedFindings { opened, still, clearing, cleared };
        assert_eq!(store.save_findings(day("2024-04-12"), &both, 1).await.unwrap(), saved(2, 0, 0, 0));
        let before = store.open_findings().await.unwrap();
        assert_eq!(store.save_findings(day("2024-04-12"), &both, 1).await.unwrap(), saved(0, 2, 0, 0));
        assert_eq!(store.open_findings().await.unwrap(), before, "the same run again changes nothing");

        let clear = Finding { outcome: Outcome::Clear, ..gap.clone() };
        assert_eq!(store.save_findings(day("2024-04-13"), &[late.clone(), clear], 1).await.unwrap(), saved(0, 1, 0, 1));
        let open = store.open_findings().await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].first_seen, open[0].last_seen), (day("2024-04-12"), day("2024-04-13")));
        assert_eq!(open[0].finding, late);
        let cleared = store.find_finding(&gap.key()).await.unwrap().unwrap();
        assert_eq!((cleared.finding, cleared.cleared_on), (gap.clone(), Some(day("2024-04-13"))));
        assert_eq!(store.find_finding(&finding("payroll.late", 9, Outcome::Breach).key()).await.unwrap(), None);

        store.save_findings(day("2024-04-20"), &[late, gap], 1).await.unwrap();
        let again = store.open_findings().await.unwrap();
        assert_eq!(again.iter().map(|f| f.first_seen).collect::<Vec<_>>(), [day("2024-04-20"), day("2024-04-12")], "opened anew");
    }

    async fn a_finding_closes_after_two_clear_days_in_a_row(county: &County) {
        let store = &county.store;
        let late = [finding("payroll.late", 1, Outcome::Breach)];
        let saved = |opened, still, clearing, cleared| SavedFindings { opened, still, clearing, cleared };
        store.save_findings(day("2024-04-12"), &late, 2).await.unwrap();
        assert_eq!(store.save_findings(day("2024-04-13"), &[], 2).await.unwrap(), saved(0, 0, 1, 0));
        assert_eq!(store.save_findings(day("2024-04-13"), &[], 2).await.unwrap(), saved(0, 0, 1, 0), "the same day twice is one day");
        assert_eq!(store.save_findings(day("2024-04-14"), &late, 2).await.unwrap(), saved(0, 1, 0, 0), "it only flapped");
        assert_eq!(store.open_findings().await.unwrap()[0].first_seen, day("2024-04-12"));
        assert_eq!(store.save_findings(day("2024-04-15"), &[], 2).await.unwrap(), saved(0, 0, 1, 0), "the days are counted anew");
        assert_eq!(store.save_findings(day("2024-04-18"), &[], 2).await.unwrap(), saved(0, 0, 0, 1));
        assert!(store.open_findings().await.unwrap().is_empty());
        let closed = store.find_finding(&late[0].key()).await.unwrap().unwrap();
        assert_eq!(closed.cleared_on, Some(day("2024-04-18")));
        assert_eq!(store.save_findings(day("2024-04-19"), &late, 2).await.unwrap(), saved(1, 0, 0, 0));
        assert_eq!(store.open_findings().await.unwrap()[0].first_seen, day("2024-04-19"));
        assert_eq!(store.save_findings(day("2024-04-20"), &[], 2).await.unwrap(), saved(0, 0, 1, 0), "opened anew it closes as slowly");
    }

    async fn an_unknown_that_turns_out_a_breach_is_one_since_that_day(county: &County) {
        let store = &county.store;
        store.save_findings(day("2024-04-12"), &[finding("payroll.late", 1, Outcome::Unknown)], 1).await.unwrap();
        store.save_findings(day("2024-04-15"), &[finding("payroll.late", 1, Outcome::Breach)], 1).await.unwrap();
        assert_eq!(store.open_findings().await.unwrap()[0].first_seen, day("2024-04-15"));
        store.save_findings(day("2024-04-16"), &[finding("payroll.late", 1, Outcome::Breach)], 1).await.unwrap();
        assert_eq!(store.open_findings().await.unwrap()[0].first_seen, day("2024-04-15"));
    }

    async fn runs_and_acts_are_recorded(county: &County) {
        let store = &county.store;
        assert_eq!(store.last_run("check").await.unwrap(), None);
        let id = store.start_run("check", moment(T1)).await.unwrap();
        let running = store.last_run("check").await.unwrap().unwrap();
        assert_eq!((running.ok, running.finished_at), (None, None));
        store.finish_run(id, moment(T2), true, &serde_json::json!({"projects": 50})).await.unwrap();
        let done = store.last_run("check").await.unwrap().unwrap();
        assert_eq!((done.id, done.started_at, done.finished_at, done.ok), (id, moment(T1), Some(moment(T2)), Some(true)));
        assert_eq!(done.report.unwrap()["projects"], 50);
        assert_eq!(store.list_runs(5).await.unwrap().len(), 1);

        store.audit(moment(T1), "张监察", "document.verified", "document/1", &serde_json::json!({"how": "电话"})).await.unwrap();
        store.audit(moment(T2), "anxin", "mail.sent", "document/1", &serde_json::Value::Null).await.unwrap();
        let acts = store.list_audit(10).await.unwrap();
        assert_eq!(acts.iter().map(|act| act.act.as_str()).collect::<Vec<_>>(), ["mail.sent", "document.verified"]);
        assert_eq!((acts[1].at, acts[1].detail["how"].as_str()), (moment(T1), Some("电话")));
    }
}
