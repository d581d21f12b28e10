//! Exemptions of officers and the passports of figures.

use model::Suppression;
use serde_json::json;
use store::ConfigChange;

use crate::support::*;

on_both! {
    async fn an_exemption_holds_to_its_last_day_unless_it_is_withdrawn(county: &County) {
        let store = &county.store;
        let until = |day: &str, rule: &str| Suppression {
            id: 0,
            project: code(1),
            rule: rule.to_owned(),
            period: "2024-03".parse().ok(),
            subject: None,
            until: day.parse().unwrap(),
            officer: "J01".to_owned(),
            reason: "已受理复核".to_owned(),
            created_at: moment(T1),
        };
        let (long, short) = (until("2024-06-30", "payroll.late"), until("2024-04-30", "site.board_missing"));
        store.suppress(&long).await.unwrap();
        store.suppress(&short).await.unwrap();
        let rules_on = async |day: &str| {
            let list = store.suppressions(day.parse().unwrap()).await.unwrap();
            list.into_iter().map(|s| s.rule).collect::<Vec<_>>()
        };
        assert_eq!(rules_on("2024-04-30").await, ["site.board_missing", "payroll.late"]);
        assert_eq!(rules_on("2024-05-01").await, ["payroll.late"]);
        let kept = store.suppressions("2024-05-01".parse().unwrap()).await.unwrap().remove(0);
        assert_eq!(Suppression { id: 0, ..kept.clone() }, long);
        assert!(store.withdraw_suppression(kept.id, "J02", "已补发", moment(T2)).await.unwrap());
        assert!(!store.withdraw_suppression(kept.id, "J02", "再次", moment(T2)).await.unwrap(), "withdrawn once");
        assert!(rules_on("2024-05-01").await.is_empty());
        let acts: Vec<String> = store.list_audit(10).await.unwrap().into_iter().map(|row| row.act).collect();
        assert_eq!(acts, ["finding.unsuppress", "finding.suppress", "finding.suppress"]);
    }

    async fn the_passport_of_a_figure_has_every_edit_in_order(county: &County) {
        let store = &county.store;
        let edit = |name: &str, before: serde_json::Value, after: serde_json::Value| ConfigChange {
            at: moment(T1),
            by: "root".to_owned(),
            file: "rules/account.toml".to_owned(),
            name: name.to_owned(),
            before,
            after,
            sha256: vec![7; 32],
        };
        let first = edit("account.contract_floor", json!(null), json!([{ "value": 400_000_000 }]));
        let second = edit("account.contract_floor", first.after.clone(), json!([{ "value": 300_000_000 }]));
        let other = edit("account.open_days", json!(null), json!([{ "value": 30 }]));
        store.record_config_changes(&[first.clone(), other.clone()]).await.unwrap();
        store.record_config_changes(std::slice::from_ref(&second)).await.unwrap();
        assert_eq!(store.config_changes(Some("account.contract_floor")).await.unwrap(), [first, second.clone()]);
        assert_eq!(store.config_changes(None).await.unwrap().len(), 3);
        let latest = store.config_values().await.unwrap();
        assert_eq!((&latest["account.contract_floor"], &latest["account.open_days"]), (&second.after, &other.after));
    }
}
