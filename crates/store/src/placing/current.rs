//! Placements and the one current version of every key (project, dataset, month, part).

use std::collections::{BTreeMap, BTreeSet};

use super::{Candidate, Resolver, Touched};
use crate::StoreError;
use crate::db::{Tx, VALUES_PER_IN};
use crate::error::query;

/// Key of a sheet: project, dataset, month, part.
type Key = (String, String, String, String);
/// What orders versions, and whose it is: receipt, upload, content, sheet.
type Version = (i64, String, Vec<u8>, i64);

/// Length of the content's hash at the head of a rank.
const CONTENT: usize = 32;

/// One placement to write.
struct New<'a> {
    code: String,
    sheet: &'a Candidate,
    is_current: bool,
}

/// Places `sheets` where `resolver` says, takes them away where it no longer says so, and keeps the highest version of
/// every key current.
pub(super) async fn apply(tx: &mut Tx, resolver: &Resolver, sheets: &[Candidate]) -> Result<Touched, StoreError> {
    let mut touched = Touched::default();
    if sheets.is_empty() {
        return Ok(touched);
    }
    let mut standing = placements_of(tx, sheets).await?;
    let (mut new, mut wait, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for sheet in sheets {
        let targets = resolver.targets(sheet);
        match (targets.is_empty(), sheet.waiting) {
            (true, false) => wait.push(sheet.sheet_id),
            (false, true) => found.push(sheet.sheet_id),
            (true, true) | (false, false) => {}
        }
        let before = standing.remove(&sheet.sheet_id).unwrap_or_default();
        for code in before.difference(&targets) {
            remove(tx, code, sheet).await?;
            touched.add(sheet.dataset, code);
        }
        for code in targets.difference(&before) {
            new.push(New { code: code.clone(), sheet, is_current: false });
        }
    }
    set_waiting(tx, &wait, true).await?;
    set_waiting(tx, &found, false).await?;
    add(tx, new, &mut touched).await?;
    Ok(touched)
}

/// Adds placements; of each key the highest version, old or new, becomes current.
async fn add(tx: &mut Tx, mut new: Vec<New<'_>>, touched: &mut Touched) -> Result<(), StoreError> {
    let current = load_current(tx, &new).await?;
    let mut winners: BTreeMap<Key, Version> = BTreeMap::new();
    for placement in &new {
        let (key, version) = (placement.key(), placement.version());
        let highest = winners.entry(key).or_insert_with_key(|key| current.get(key).cloned().unwrap_or_default());
        if version > *highest {
            *highest = version;
        }
    }
    let mut superseded = Vec::new();
    for (key, winner) in &winners {
        if let Some(old) = current.get(key)
            && old.3 != winner.3
        {
            superseded.push((key, old.3));
        }
    }
    for (key, sheet_id) in superseded {
        let (code, dataset, month, part) = key;
        in_tx!(tx, |conn| {
            sqlx::query(SUPERSEDE).bind(code).bind(dataset).bind(month).bind(part).bind(sheet_id).execute(conn).await.map(|_| ())
        })
        .map_err(query("替换旧版的表"))?;
    }
    for placement in &mut new {
        let key = placement.key();
        placement.is_current = winners.get(&key).is_some_and(|winner| winner.3 == placement.sheet.sheet_id);
        // The same lines sent again, or a version that stays behind, teach nothing new.
        let content = current.get(&key).and_then(|version| version.2.get(..CONTENT));
        if placement.is_current && content != placement.sheet.rank.get(..CONTENT) {
            touched.add(placement.sheet.dataset, &placement.code);
        }
        touched.enter(&placement.code, placement.sheet);
    }
    insert_rows!(
        tx,
        "登记表的归属",
        "insert into placement (project_code, dataset, month, part, sheet_id, received_at, uploaded_on, rank, is_current) ",
        "",
        new,
        |bind, placement| {
            bind.push_bind(&placement.code)
                .push_bind(placement.sheet.dataset.code())
                .push_bind(&placement.sheet.month)
                .push_bind(&placement.sheet.part)
                .push_bind(placement.sheet.sheet_id)
                .push_bind(placement.sheet.received_at)
                .push_bind(&placement.sheet.uploaded_on)
                .push_bind(&placement.sheet.rank)
                .push_bind(placement.is_current)
        }
    );
    Ok(())
}

impl New<'_> {
    fn key(&self) -> Key {
        (self.code.clone(), self.sheet.dataset.code().to_owned(), self.sheet.month.clone(), self.sheet.part.clone())
    }

    fn version(&self) -> Version {
        (self.sheet.received_at, self.sheet.uploaded_on.clone(), self.sheet.rank.clone(), self.sheet.sheet_id)
    }
}

const SUPERSEDE: &str = "update placement set is_current = false \
     where project_code = $1 and dataset = $2 and month = $3 and part = $4 and sheet_id = $5";
const LOAD_CURRENT: &str = "select project_code, dataset, month, part, received_at, uploaded_on, rank, sheet_id from placement where is_current and project_code in (";

type CurrentRow = (String, String, String, String, i64, String, Vec<u8>, i64);

/// Current versions in the projects and datasets that `new` touches.
async fn load_current(tx: &mut Tx, new: &[New<'_>]) -> Result<BTreeMap<Key, Version>, StoreError> {
    let codes: Vec<&String> = new.iter().map(|placement| &placement.code).collect::<BTreeSet<_>>().into_iter().collect();
    let datasets: BTreeSet<&'static str> = new.iter().map(|placement| placement.sheet.dataset.code()).collect();
    let mut current = BTreeMap::new();
    for codes in codes.chunks(VALUES_PER_IN) {
        let rows: Vec<CurrentRow> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(LOAD_CURRENT);
            let mut list = find.separated(", ");
            for code in codes {
                list.push_bind(*code);
            }
            find.push(") and dataset in (");
            let mut list = find.separated(", ");
            for dataset in &datasets {
                list.push_bind(*dataset);
            }
            find.push(")");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("查找现行的表"))?;
        current.extend(rows.into_iter().map(|(code, dataset, month, part, received_at, uploaded_on, rank, sheet_id)| {
            ((code, dataset, month, part), (received_at, uploaded_on, rank, sheet_id))
        }));
    }
    Ok(current)
}

const FIND_PLACEMENTS: &str = "select sheet_id, project_code from placement where sheet_id in (";

/// Where sheets that were decided before stand now.
async fn placements_of(tx: &mut Tx, sheets: &[Candidate]) -> Result<BTreeMap<i64, BTreeSet<String>>, StoreError> {
    let ids: Vec<i64> = sheets.iter().filter(|sheet| sheet.placed).map(|sheet| sheet.sheet_id).collect();
    let mut standing: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for ids in ids.chunks(VALUES_PER_IN) {
        let rows: Vec<(i64, String)> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(FIND_PLACEMENTS);
            let mut list = find.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            find.push(")");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("查找表的归属"))?;
        for (id, code) in rows {
            standing.entry(id).or_default().insert(code);
        }
    }
    Ok(standing)
}

const REMOVE: &str = "delete from placement where project_code = $1 and dataset = $2 and month = $3 and part = $4 and sheet_id = $5";
const PROMOTE: &str = "update placement set is_current = true \
     where project_code = $1 and dataset = $2 and month = $3 and part = $4 \
     and not exists (select 1 from placement p where p.project_code = $1 and p.dataset = $2 and p.month = $3 and p.part = $4 and p.is_current) \
     and sheet_id = (select p.sheet_id from placement p where p.project_code = $1 and p.dataset = $2 and p.month = $3 and p.part = $4 \
     order by p.received_at desc, p.uploaded_on desc, p.rank desc, p.sheet_id desc limit 1)";

/// Takes a sheet away from a project; the version below it becomes current.
async fn remove(tx: &mut Tx, code: &str, sheet: &Candidate) -> Result<(), StoreError> {
    let dataset = sheet.dataset.code();
    let (month, part) = (&sheet.month, &sheet.part);
    in_tx!(tx, |conn| {
        sqlx::query(REMOVE).bind(code).bind(dataset).bind(month).bind(part).bind(sheet.sheet_id).execute(conn).await.map(|_| ())
    })
    .map_err(query("取消表的归属"))?;
    in_tx!(tx, |conn| sqlx::query(PROMOTE).bind(code).bind(dataset).bind(month).bind(part).execute(conn).await.map(|_| ()))
        .map_err(query("恢复旧版的表"))
}

async fn set_waiting(tx: &mut Tx, ids: &[i64], waiting: bool) -> Result<(), StoreError> {
    for ids in ids.chunks(VALUES_PER_IN) {
        in_tx!(tx, |conn: Db| {
            let mut update = sqlx::QueryBuilder::<Db>::new("update sheet set waiting = ");
            update.push_bind(waiting).push(" where sheet_id in (");
            let mut list = update.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            update.push(")");
            update.build().execute(conn).await.map(|_| ())
        })
        .map_err(query("登记待归属的表"))?;
    }
    Ok(())
}
