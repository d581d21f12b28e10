//! Officers' words on names without numbers.

use model::{Identification, PersonKey};

use crate::support::*;

on_both! {
    async fn the_last_word_on_a_name_counts_and_earlier_days_know_the_earlier_one(county: &County) {
        let store = &county.store;
        county.receive(T1, vec![project(1, "测试小学"), project(2, "测试中学"), county.roster(at(1), &[1, 2])]).await;
        let word = |n: Option<u32>, team: &str| Identification {
            name: "测试工人".to_owned(),
            team: Some(team.to_owned()).filter(|team| !team.is_empty()),
            card: None,
            person: n.map(|n| county.person(n).key),
        };
        store.identify(&code(1), &word(Some(1), "一班"), "J01", "见考勤照片", moment(T1)).await.unwrap();
        store.identify(&code(1), &word(Some(2), "一班"), "J02", "更正", moment(T2)).await.unwrap();
        store.identify(&code(1), &word(None, ""), "J02", "另有其人", moment(T2)).await.unwrap();

        let dossier = store.load_dossier(&code(1), None).await.unwrap().unwrap();
        assert_eq!(dossier.identified, [word(None, ""), word(Some(2), "一班")]);
        let then = store.load_dossier(&code(1), Some(moment(T1))).await.unwrap().unwrap();
        assert_eq!(then.identified, [word(Some(1), "一班")]);
        assert_eq!(store.load_dossier(&code(2), None).await.unwrap().unwrap().identified, [], "said of another project");
        let acts = store.list_audit(10).await.unwrap();
        assert_eq!(acts.iter().map(|a| (a.act.as_str(), a.actor.as_str())).collect::<Vec<_>>()[..2], [("person.identify", "J02"); 2]);
    }

    async fn a_person_named_by_an_officer_has_a_label(county: &County) {
        let store = &county.store;
        county.receive(T1, vec![project(1, "测试小学"), project(2, "测试中学"), county.roster(at(2), &[1])]).await;
        let person: PersonKey = county.person(1).key;
        let settled = Identification { name: "测试工人".to_owned(), team: None, card: None, person: Some(person) };
        store.identify(&code(1), &settled, "J01", "见登记", moment(T1)).await.unwrap();
        let dossier = store.load_dossier(&code(1), None).await.unwrap().unwrap();
        assert!(dossier.persons.contains_key(&person), "{:?}", dossier.persons);
    }
}
