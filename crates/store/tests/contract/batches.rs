//! Received files: whole or not at all, once, archived, sealed.

use model::{BatchId, Dataset};
use sha2::{Digest, Sha256};
use store::{NewCard, NewReject, StoreError};

use crate::support::*;

on_both! {
    async fn the_same_file_is_known_again(county: &County) {
        let batch = county.batch("folder", T1, vec![project(1, "甲")]);
        assert_eq!(county.store.find_batch(&batch.sha256, "default", 1).await.unwrap(), None);
        let first = county.store.put_batches(vec![batch.clone()]).await.unwrap()[0];
        assert!(!first.unchanged);
        assert_eq!(county.store.find_batch(&batch.sha256, "default", 1).await.unwrap(), Some(first.batch));
        assert_eq!(county.store.find_batch(&batch.sha256, "other", 1).await.unwrap(), None);
        assert_eq!(county.store.find_batch(&batch.sha256, "default", 2).await.unwrap(), None);
        let second = county.store.put_batches(vec![batch]).await.unwrap()[0];
        assert_eq!((second.batch, second.unchanged), (first.batch, true));
        assert!(county.store.put_batches(Vec::new()).await.unwrap().is_empty());
    }

    async fn received_bytes_come_back_and_are_not_readable_on_disk(county: &County) {
        let content: Vec<u8> = (0..9_000_000_u32).map(|n| b"9999990000000000014,\n"[n as usize % 21] ^ u8::from(n % 977 == 0)).collect();
        let sha256: [u8; 32] = Sha256::digest(&content).into();
        let mut batch = county.batch("folder", T1, vec![project(1, "甲")]);
        (batch.sha256, batch.content) = (sha256, content.clone());
        county.store.put_batches(vec![batch.clone()]).await.unwrap();
        assert_eq!(county.store.read_archive(&sha256).await.unwrap().as_deref(), Some(&content[..]));
        assert_eq!(county.store.read_archive(&[7; 32]).await.unwrap(), None);
        let files = files_below(&county.dir.path().join("archive"));
        assert_eq!(files.len(), 1);
        let kept = std::fs::read(&files[0]).unwrap();
        assert!(kept.len() < content.len() && !kept.windows(8).any(|part| part == b"99999900"));

        batch.mapping = "other".to_owned();
        county.store.put_batches(vec![batch]).await.unwrap();
        assert_eq!(std::fs::read(&files[0]).unwrap(), kept, "an archived file is never rewritten");

        for at in [0, 10, 25, kept.len() / 2, kept.len() - 1] {
            let mut altered = kept.clone();
            altered[at] ^= 1;
            std::fs::write(&files[0], &altered).unwrap();
            assert!(matches!(county.store.read_archive(&sha256).await, Err(StoreError::ArchiveDamaged { .. })), "byte {at}");
        }
        std::fs::write(&files[0], &kept[..kept.len() / 2]).unwrap();
        assert!(county.store.read_archive(&sha256).await.is_err());
    }

    async fn an_import_that_cannot_be_finished_leaves_nothing(county: &County) {
        let good = county.batch("folder", T1, vec![project(1, "甲")]);
        let mut bad = county.batch("folder", T1, vec![project(2, "乙")]);
        bad.content = b"bytes".to_vec();
        // A file where the archive should be: the bytes cannot be kept.
        std::fs::write(county.dir.path().join("archive"), b"").unwrap();
        let error = county.store.put_batches(vec![good.clone(), bad]).await.unwrap_err();
        assert!(error.to_string().contains("archive"), "{error}");
        assert!(county.store.project_codes(None).await.unwrap().is_empty());
        assert_eq!(county.store.find_batch(&good.sha256, "default", 1).await.unwrap(), None);
    }

    async fn rejects_are_kept_with_their_place_and_reason(county: &County) {
        let reject = |row, dataset| NewReject {
            worksheet: "工资表".to_owned(),
            row,
            column: "应发工资".to_owned(),
            value: "壹仟\u{0}元".to_owned(),
            reason: "不是金额".to_owned(),
            mend: "请写成数字，例如 1000.00".to_owned(),
            dataset,
        };
        let mut batch = county.batch("folder", T2, vec![]);
        batch.rejects = vec![reject(7, Some(Dataset::Payroll)), reject(9, None)];
        county.store.put_batches(vec![batch]).await.unwrap();
        let kept = county.store.list_rejects(None).await.unwrap();
        assert_eq!(kept.iter().map(|kept| kept.reject.clone()).collect::<Vec<_>>(), [reject(7, Some(Dataset::Payroll)), reject(9, None)]);
        assert_eq!((kept[0].source.as_str(), kept[0].received_on), ("folder", day("2024-04-02")));
        assert_eq!(county.store.list_rejects(Some(day("2024-04-02"))).await.unwrap().len(), 2);
        assert_eq!(county.store.list_rejects(Some(day("2024-04-03"))).await.unwrap().len(), 0);
    }

    async fn of_two_spellings_of_a_name_the_order_of_files_chooses_none(county: &County) {
        let named = |name: &str, at: &str| {
            let mut batch = county.batch("folder", at, vec![project(1, "甲"), county.roster(at_project(), &[1])]);
            batch.persons = vec![store::NewPerson { name: name.to_owned(), ..county.person(1) }];
            batch.cards = vec![NewCard { key: county.vault.card_key("9999990000000000014"), number: "9999990000000000014".to_owned(), masked: "999999*********0014".to_owned() }];
            batch
        };
        let mut seen = Vec::new();
        for names in [["张 三", "张三"], ["张三", "张 三"]] {
            for (name, at) in names.iter().zip([T1, T2]) {
                county.store.put_batches(vec![named(name, at)]).await.unwrap();
            }
            let dossier = county.store.load_dossier(&code(1), None).await.unwrap().unwrap();
            seen.push(dossier.persons[&county.person(1).key].name.clone());
        }
        assert_eq!(seen, ["张 三", "张 三"]);
        assert_eq!(county.store.unmask_person(county.person(1).key).await.unwrap().as_deref(), Some(identity(1).as_str()));
        assert_eq!(county.store.unmask_person(county.vault.person_key("nobody")).await.unwrap(), None);
    }

    async fn many_people_and_sheets_fit_into_one_import(county: &County) {
        let mut sheets = vec![];
        for n in 1..=700 {
            sheets.push(project(n, &format!("测试项目{n}")));
            sheets.push(county.payroll(at(n), "2024-03", "", i64::from(n)));
        }
        let mut batch = county.batch("folder", T1, sheets);
        batch.persons = (0..2_500).map(|n| store::NewPerson { key: county.vault.person_key(&format!("P{n}")), ..county.person(1) }).collect();
        batch.persons.extend(batch.persons.clone());
        county.store.put_batches(vec![batch]).await.unwrap();
        assert_eq!(county.store.project_codes(None).await.unwrap().len(), 700);
        let dossier = county.store.load_dossier(&code(699), None).await.unwrap().unwrap();
        assert_eq!(dossier.payrolls[0].lines[0].net.0, 699);
    }

    async fn two_processes_write_the_same_data_side_by_side(county: &County) {
        let other = county.again().await;
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for n in 1..=20 {
            one.push(county.batch("folder", T1, vec![project(n, "甲"), county.payroll(at(n), "2024-03", "", 1)]));
            two.push(county.batch("folder", T2, vec![project(n, "乙"), county.payroll(at(n), "2024-03", "", 2)]));
        }
        let first = async { for batch in one { county.store.put_batches(vec![batch]).await.unwrap(); } };
        let second = async { for batch in two { other.put_batches(vec![batch]).await.unwrap(); } };
        tokio::join!(first, second);
        for n in 1..=20 {
            let dossier = county.store.load_dossier(&code(n), None).await.unwrap().unwrap();
            assert_eq!((dossier.project.name.as_str(), dossier.payrolls[0].lines[0].net.0), ("乙", 2));
        }
        let ids: Vec<BatchId> = county.store.find_batch(&[0; 32], "", 0).await.unwrap().into_iter().collect();
        assert!(ids.is_empty());
    }
}

fn at_project() -> model::Place {
    at(1)
}
