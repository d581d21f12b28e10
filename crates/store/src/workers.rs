//! People and bank cards: one row each, the number sealed.

use std::collections::{BTreeMap, BTreeSet};

use model::identifier::{IdentityKind, birth_date, classify_identity, expand_id15};
use model::{Date, PersonKey, PersonLabel};
use rayon::prelude::*;

use crate::db::{Tx, VALUES_PER_IN, day, text};
use crate::error::query;
use crate::sheets::shown_code;
use crate::{NewCard, NewPerson, Store, StoreError, Vault, WorkerSite};

/// Each person once. Of several names the smallest stays, so that the order of files does not matter.
fn one_each(people: Vec<NewPerson>) -> Vec<NewPerson> {
    let mut each: BTreeMap<PersonKey, NewPerson> = BTreeMap::new();
    for mut person in people {
        person.masked = text(&person.masked);
        person.name = text(&person.name);
        match each.get(&person.key) {
            Some(known) if known.name <= person.name => {}
            _ => {
                each.insert(person.key, person);
            }
        }
    }
    each.into_values().collect()
}

const KNOWN_PEOPLE: &str = "select person_key, name from worker where person_key in (";
const KNOWN_CARDS: &str = "select card_key, masked from card where card_key in (";
const RENAME: &str = "update worker set name = $2 where person_key = $1";

/// Adds people that are new; sealing is for them only, so that a key is not worn by repeating.
pub(crate) async fn put_persons(tx: &mut Tx, vault: &Vault, people: Vec<NewPerson>) -> Result<(), StoreError> {
    let mut people = one_each(people);
    let keys: Vec<[u8; 16]> = people.iter().map(|person| person.key.0).collect();
    let known = known(tx, KNOWN_PEOPLE, &keys).await?;
    for person in &people {
        if known.get(&person.key.0).is_some_and(|name| person.name < *name) {
            in_tx!(tx, |conn| sqlx::query(RENAME).bind(&person.key.0[..]).bind(&person.name).execute(conn).await.map(|_| ()))
                .map_err(query("更新人员姓名"))?;
        }
    }
    people.retain(|person| !known.contains_key(&person.key.0));
    let rows: Vec<(Vec<u8>, NewPerson)> = people.into_par_iter().map(|person| (vault.seal(person.id_number.as_bytes()), person)).collect();
    insert_rows!(tx, "写入人员", "insert into worker (person_key, id_sealed, masked, name) ", "", rows, |bind, row| {
        bind.push_bind(&row.1.key.0[..]).push_bind(&row.0[..]).push_bind(&row.1.masked).push_bind(&row.1.name)
    });
    Ok(())
}

pub(crate) async fn put_cards(tx: &mut Tx, vault: &Vault, cards: Vec<NewCard>) -> Result<(), StoreError> {
    let each: BTreeMap<_, _> = cards.into_iter().map(|card| (card.key, card)).collect();
    let mut cards: Vec<NewCard> = each.into_values().collect();
    let keys: Vec<[u8; 16]> = cards.iter().map(|card| card.key.0).collect();
    let known = known(tx, KNOWN_CARDS, &keys).await?;
    cards.retain(|card| !known.contains_key(&card.key.0));
    let rows: Vec<(Vec<u8>, NewCard)> = cards.into_par_iter().map(|card| (vault.seal(card.number.as_bytes()), card)).collect();
    insert_rows!(tx, "写入银行卡", "insert into card (card_key, number_sealed, masked) ", "", rows, |bind, row| {
        bind.push_bind(&row.1.key.0[..]).push_bind(&row.0[..]).push_bind(text(&row.1.masked))
    });
    Ok(())
}

async fn known(tx: &mut Tx, find: &'static str, keys: &[[u8; 16]]) -> Result<BTreeMap<[u8; 16], String>, StoreError> {
    let mut known = BTreeMap::new();
    for keys in keys.chunks(VALUES_PER_IN) {
        let rows: Vec<(Vec<u8>, String)> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(find);
            let mut list = find.separated(", ");
            for key in keys {
                list.push_bind(&key[..]);
            }
            find.push(")");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("查找人员和银行卡"))?;
        for (key, text) in rows {
            known.insert(key_of(&key)?, text);
        }
    }
    Ok(known)
}

pub(crate) fn key_of(bytes: &[u8]) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::content("人员索引"))
}

const LABELS: &str = "select person_key, name, masked, id_sealed from worker where person_key in (";
const FIND_ID: &str = "select id_sealed from worker where person_key = $1";
const SITES: &str = "select project_code, entry_on, exit_on from worker_site where person_key = $1 order by project_code";

/// The birth date in an identity number, where it is one that holds a date.
fn born_on(id: &str) -> Option<Date> {
    match classify_identity(id) {
        IdentityKind::Valid => birth_date(&expand_id15(id).unwrap_or_else(|| id.to_owned())),
        _ => None,
    }
}

impl Store {
    pub(crate) async fn person_labels(&self, persons: &BTreeSet<PersonKey>) -> Result<BTreeMap<PersonKey, PersonLabel>, StoreError> {
        let keys: Vec<&PersonKey> = persons.iter().collect();
        let mut labels = BTreeMap::new();
        for keys in keys.chunks(VALUES_PER_IN) {
            let rows: Vec<(Vec<u8>, String, String, Vec<u8>)> = on_either!(self, |pool: Db| {
                let mut find = sqlx::QueryBuilder::<Db>::new(LABELS);
                let mut list = find.separated(", ");
                for key in keys {
                    list.push_bind(&key.0[..]);
                }
                find.push(")");
                find.build_query_as().fetch_all(pool).await
            })
            .map_err(query("读取人员"))?;
            let label = |(key, name, masked_id, sealed): (Vec<u8>, String, String, Vec<u8>)| {
                let born_on = std::str::from_utf8(&self.vault.open(&sealed)?).ok().and_then(born_on);
                Ok((PersonKey(key_of(&key)?), PersonLabel { name, masked_id, born_on }))
            };
            labels.extend(rows.into_par_iter().map(label).collect::<Result<Vec<_>, StoreError>>()?);
        }
        Ok(labels)
    }

    /// The identity number in full. For an audited act of an officer only.
    pub async fn unmask_person(&self, person: PersonKey) -> Result<Option<String>, StoreError> {
        let sealed: Option<Vec<u8>> = on_either!(self, |pool| sqlx::query_scalar(FIND_ID).bind(&person.0[..]).fetch_optional(pool).await)
            .map_err(query("读取人员"))?;
        let Some(sealed) = sealed else { return Ok(None) };
        String::from_utf8(self.vault.open(&sealed)?).map(Some).map_err(|_| StoreError::content("证件号码"))
    }

    /// Projects on whose current rosters a person stands.
    pub async fn sites_of(&self, person: PersonKey) -> Result<Vec<WorkerSite>, StoreError> {
        let rows: Vec<(String, String, String)> =
            on_either!(self, |pool| sqlx::query_as(SITES).bind(&person.0[..]).fetch_all(pool).await).map_err(query("读取人员"))?;
        rows.into_iter()
            .map(|(code, entry, exit)| {
                let given = |text: String| if text.is_empty() { Ok(None) } else { day(&text).map(Some) };
                Ok(WorkerSite { project: shown_code(&code)?, from: given(entry)?, to: given(exit)? })
            })
            .collect()
    }
}
