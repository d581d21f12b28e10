//! Letters, their numbers and their mails.

use model::document::{Document, DocumentItem, DocumentKind, DocumentStatus};
use model::{DocumentId, Outcome, Party, PartyRole, Severity};
use store::{AllocatedNumber, DocumentFile, NewLetter, NewMail, StoreError, Told};

use crate::findings::finding;
use crate::support::*;

fn letter(uid: &str, n: Option<u32>) -> NewLetter {
    let findings = vec![finding("payroll.late", 1, Outcome::Breach), finding("payroll.gap", 1, Outcome::Breach)];
    let item = DocumentItem {
        rule: "payroll.late".to_owned(),
        title: "工资迟发".to_owned(),
        severity: Severity::Notice,
        facts: vec!["2024年3月工资迟发".to_owned()],
        articles: vec!["《保障农民工工资支付条例》第二十四条".to_owned()],
        remedy: "补发".to_owned(),
        consequence: "罚款".to_owned(),
        correct_in_wd: 5,
        findings,
    };
    let document = Document {
        id: DocumentId(0),
        uid: uid.to_owned(),
        kind: DocumentKind::RiskNotice,
        status: DocumentStatus::Issued,
        number: n.map(|n| format!("测人社监提〔2024〕{n}号")),
        project: code(1),
        project_name: "甲".to_owned(),
        addressee: Party { role: PartyRole::GeneralContractor, name: "测试建工有限公司".to_owned(), code: None },
        addressee_address: None,
        severity: Severity::Notice,
        items: vec![item],
        dated: day("2024-04-12"),
        due: day("2024-04-19"),
        due_counted: "5 个工作日".to_owned(),
        wage_officer: None,
        wage_officer_phone: None,
        authority: None,
    };
    let mail = |to: &str| NewMail {
        key: format!("{uid}/{to}"),
        message_id: format!("<{uid}.{to}@anxin>"),
        recipient: format!("{to}@example.org"),
        subject: "风险提示函".to_owned(),
        mime: b"Subject: x\r\n\r\nbody".to_vec(),
        not_before: moment(T1),
    };
    NewLetter {
        number: n.map(|n| AllocatedNumber { series: "notice".to_owned(), year: 2024, n }),
        files: vec![DocumentFile { name: "函.pdf".to_owned(), media_type: "application/pdf".to_owned(), bytes: b"%PDF-secret".to_vec() }],
        mails: vec![mail("inspector"), mail("party")],
        at: moment(T1),
        document,
    }
}

on_both! {
    async fn a_letter_is_recorded_whole_and_once(county: &County) {
        let store = &county.store;
        let id = store.record_letter(letter("u1", Some(1))).await.unwrap().unwrap();
        assert_eq!(store.record_letter(letter("u1", Some(2))).await.unwrap(), None);
        assert_eq!(store.next_number("notice", 2024).await.unwrap(), 2, "the repeat took no number");
        assert_eq!(store.list_mails().await.unwrap().len(), 2);
        assert_eq!(store.list_audit(10).await.unwrap().len(), 1);

        let kept = store.find_document(id).await.unwrap().unwrap();
        let mut expected = letter("u1", Some(1)).document;
        expected.id = id;
        assert_eq!((kept.document, kept.created_at), (expected, moment(T1)));
        assert_eq!(kept.files, letter("u1", None).files);
        let listed = store.list_documents().await.unwrap();
        assert_eq!((listed.len(), listed[0].document.id, listed[0].files[0].bytes.len()), (1, id, 0));
        assert_eq!(listed[0].files[0].name, "函.pdf");
        assert!(store.find_document(DocumentId(id.0 + 1)).await.unwrap().is_none());

        let told = store.told().await.unwrap();
        assert_eq!(told.len(), 2);
        let key = finding("payroll.late", 1, Outcome::Breach).key();
        let dated = letter("u1", None).document.dated;
        assert!(told.contains(&Told { key, addressee: "测试建工有限公司".to_owned(), kind: DocumentKind::RiskNotice, dated }));
    }

    async fn numbers_have_no_gap_and_no_twin(county: &County) {
        let store = &county.store;
        assert_eq!(store.next_number("notice", 2024).await.unwrap(), 1);
        store.record_letter(letter("u1", Some(1))).await.unwrap();
        for wrong in [1, 3] {
            let error = store.record_letter(letter("u2", Some(wrong))).await.unwrap_err();
            assert!(matches!(error, StoreError::Number { expected: 2, .. }), "{error}");
            assert!(error.is_transient());
        }
        assert_eq!(store.list_documents().await.unwrap().len(), 1, "a refused letter leaves nothing");
        assert_eq!(store.list_mails().await.unwrap().len(), 2);
        store.record_letter(letter("draft", None)).await.unwrap();
        assert_eq!(store.next_number("notice", 2024).await.unwrap(), 2, "a draft takes none");
        assert_eq!((store.next_number("notice", 2025).await.unwrap(), store.next_number("order", 2024).await.unwrap()), (1, 1));

        let (one, two) = (county.again().await, county.again().await);
        let (one, two) = tokio::join!(one.record_letter(letter("u3", Some(2))), two.record_letter(letter("u4", Some(2))));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "one of two at once");
        assert_eq!(store.next_number("notice", 2024).await.unwrap(), 3);
    }

    async fn mails_go_oldest_first_and_failures_stay_visible(county: &County) {
        let store = &county.store;
        store.record_letter(letter("u1", Some(1))).await.unwrap();
        let mut later = letter("u2", Some(2));
        later.at = moment(T2);
        later.mails.iter_mut().for_each(|mail| mail.not_before = moment(T2));
        store.record_letter(later).await.unwrap();

        assert!(store.due_mails(moment("2024-03-31T00:00:00Z"), 10).await.unwrap().is_empty());
        assert_eq!(store.due_mails(moment(T1), 10).await.unwrap().len(), 2);
        let due = store.due_mails(moment(T3), 3).await.unwrap();
        let keys: Vec<&str> = due.iter().map(|mail| mail.key.as_str()).collect();
        assert_eq!(keys, ["u1/inspector", "u1/party", "u2/inspector"]);
        assert_eq!((due[0].mime.as_slice(), due[0].attempts, due[0].created_at), (&b"Subject: x\r\n\r\nbody"[..], 0, moment(T1)));

        store.mark_sent(due[0].id, moment(T3), "250 ok").await.unwrap();
        store.mark_failed(due[1].id, moment(T3), "451 稍后再试", moment("2024-04-04T00:00:00Z")).await.unwrap();
        let left: Vec<String> = store.due_mails(moment(T3), 10).await.unwrap().into_iter().map(|mail| mail.key).collect();
        assert_eq!(left, ["u2/inspector", "u2/party"]);
        let all = store.list_mails().await.unwrap();
        assert_eq!((all[0].sent_at, all[0].attempts), (Some(moment(T3)), 1));
        assert_eq!((all[1].last_error.as_deref(), all[1].attempts, all[1].sent_at), (Some("451 稍后再试"), 1, None));
        assert_eq!(store.retry_mails(moment(T3)).await.unwrap(), 1);
        assert_eq!(store.due_mails(moment(T3), 10).await.unwrap().len(), 3);

        let again = letter("u1", None).mails;
        store.put_mails(moment(T3), &again).await.unwrap();
        assert_eq!(store.list_mails().await.unwrap().len(), 4, "one mail per key, for ever");
    }
}
