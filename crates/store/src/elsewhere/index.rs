//! Entering what placed sheets say into the tables that name candidates. Rows are only added: versions that were replaced
//! and sheets that went to another project still lead to their old place, where reading finds that they no longer hold.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{ENTERING, Keys, Pair, split};
use crate::db::{Tx, VALUES_PER_IN, boxed};
use crate::encode::decode;
use crate::error::query;
use crate::sheets::COUNTY;
use crate::{Store, StoreError};

/// Bodies read at one time.
const BODIES: usize = 100;
/// Row of `meta` that says that every sheet has been entered.
const DONE: &str = "elsewhere";

/// Placed sheets that are to be entered.
#[derive(Default)]
pub(crate) struct Entries {
    /// By project.
    pairs: BTreeMap<String, Vec<Pair>>,
    peers: BTreeSet<(String, String)>,
    /// Sheets and projects of which only the number is at hand.
    unread: Vec<(i64, String)>,
}

impl Entries {
    pub(crate) fn add(&mut self, code: &str, keys: &Keys) {
        if code == COUNTY {
            return;
        }
        if !keys.pairs.is_empty() {
            match self.pairs.get_mut(code) {
                Some(pairs) => pairs.extend_from_slice(&keys.pairs),
                None => {
                    self.pairs.insert(code.to_owned(), keys.pairs.clone());
                }
            }
        }
        self.peers.extend(keys.peers.iter().map(|peer| (peer.clone(), code.to_owned())));
    }

    pub(crate) fn add_unread(&mut self, code: &str, sheet_id: i64) {
        if code != COUNTY {
            self.unread.push((sheet_id, code.to_owned()));
        }
    }

    pub(crate) fn extend(&mut self, mut more: Self) {
        for (code, mut pairs) in more.pairs {
            self.pairs.entry(code).or_default().append(&mut pairs);
        }
        self.peers.append(&mut more.peers);
        self.unread.append(&mut more.unread);
    }
}

/// A key at a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Site {
    key: i64,
    holder: i64,
    code: String,
}

pub(crate) async fn enter(tx: &mut Tx, mut entries: Entries) -> Result<(), StoreError> {
    read(tx, &mut entries).await?;
    let peers: Vec<(String, String)> = entries.peers.into_iter().collect();
    insert_rows!(
        tx,
        "写入项目关联",
        "insert into project_peer (peer, project_code) ",
        " on conflict (peer, project_code) do nothing",
        peers,
        |bind, row| bind.push_bind(&row.0).push_bind(&row.1)
    );
    let new = fresh(tx, entries.pairs).await?;
    let mut sites = BTreeSet::new();
    let keys: Vec<i64> = new.keys().copied().collect();
    for keys in keys.chunks(VALUES_PER_IN) {
        let mut homes = homes(tx, keys).await?;
        let mut moved_in = Vec::new();
        for site in keys.iter().filter_map(|key| new.get(key)).flatten() {
            match homes.get(&site.key) {
                None => {
                    homes.insert(site.key, site.clone());
                    moved_in.push(site);
                }
                Some(home) if home == site => {}
                Some(home) => sites.extend([home.clone(), site.clone()]),
            }
        }
        insert_rows!(
            tx,
            "写入人员与项目关联",
            "insert into key_home (key_no, holder, project_code) ",
            "",
            moved_in,
            |bind, row| { bind.push_bind(row.key).push_bind(row.holder).push_bind(&row.code) }
        );
    }
    let sites: Vec<Site> = sites.into_iter().collect();
    insert_rows!(
        tx,
        "写入人员与项目关联",
        "insert into key_site (project_code, key_no, holder) ",
        " on conflict (project_code, key_no, holder) do nothing",
        sites,
        |bind, row| bind.push_bind(&row.code).push_bind(row.key).push_bind(row.holder)
    );
    Ok(())
}

/// Keys that their project has not entered before, by key, and remembers that they are entered now.
async fn fresh(tx: &mut Tx, pairs: BTreeMap<String, Vec<Pair>>) -> Result<BTreeMap<i64, Vec<Site>>, StoreError> {
    let codes: Vec<&String> = pairs.keys().collect();
    let mut known: BTreeMap<String, Vec<Pair>> = BTreeMap::new();
    for codes in codes.chunks(VALUES_PER_IN) {
        let rows: Vec<(String, Vec<u8>)> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new("select project_code, pairs from project_keys where project_code in (");
            let mut list = find.separated(", ");
            for code in codes {
                list.push_bind(*code);
            }
            find.push(")");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("读取人员与项目关联"))?;
        for (code, lot) in rows {
            let (lot, []) = lot.as_chunks::<16>() else { return Err(StoreError::content("人员与项目关联")) };
            known.entry(code).or_default().extend_from_slice(lot);
        }
    }
    let mut new: BTreeMap<i64, Vec<Site>> = BTreeMap::new();
    let mut lots = Vec::new();
    for (code, mut pairs) in pairs {
        let mut standing = known.remove(&code).unwrap_or_default();
        standing.sort_unstable();
        pairs.sort_unstable();
        pairs.dedup();
        pairs.retain(|pair| standing.binary_search(pair).is_err());
        if pairs.is_empty() {
            continue;
        }
        for (key, holder) in pairs.iter().map(split) {
            new.entry(key).or_default().push(Site { key, holder, code: code.clone() });
        }
        lots.push((code, i64::try_from(standing.len()).unwrap_or(i64::MAX), pairs));
    }
    insert_rows!(tx, "写入人员与项目关联", "insert into project_keys (project_code, before, pairs) ", "", lots, |bind, row| {
        bind.push_bind(&row.0).push_bind(row.1).push_bind(row.2.as_flattened())
    });
    Ok(new)
}

async fn homes(tx: &mut Tx, keys: &[i64]) -> Result<BTreeMap<i64, Site>, StoreError> {
    let rows: Vec<(i64, i64, String)> = in_tx!(tx, |conn: Db| {
        let mut find = sqlx::QueryBuilder::<Db>::new("select key_no, holder, project_code from key_home where key_no in (");
        let mut list = find.separated(", ");
        for key in keys {
            list.push_bind(*key);
        }
        find.push(")");
        find.build_query_as().fetch_all(conn).await
    })
    .map_err(query("读取人员与项目关联"))?;
    Ok(rows.into_iter().map(|(key, holder, code)| (key, Site { key, holder, code })).collect())
}

/// Reads the sheets of which only the number is at hand.
async fn read(tx: &mut Tx, entries: &mut Entries) -> Result<(), StoreError> {
    let mut places: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (id, code) in std::mem::take(&mut entries.unread) {
        places.entry(id).or_default().insert(code);
    }
    let ids: Vec<i64> = places.keys().copied().collect();
    for ids in ids.chunks(BODIES) {
        let rows: Vec<(i64, Vec<u8>)> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(
                "select s.sheet_id, b.body from sheet s join sheet_body b on b.hash = s.hash where s.sheet_id in (",
            );
            let mut list = find.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            find.push(")");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("读取要登记的表"))?;
        for (id, body) in rows {
            let keys = Keys::of(&decode(&body)?.body);
            for code in places.get(&id).into_iter().flatten() {
                entries.add(code, &keys);
            }
        }
    }
    Ok(())
}

const PLACED: &str = "select sheet_id, project_code from placement where dataset = $1 and project_code = $2";
const CODES: &str = "select distinct project_code from placement order by project_code";
const IS_DONE: &str = "select value from meta where name = $1";
const SET_DONE: &str = "insert into meta (name, value) values ($1, 'all')";

impl Store {
    /// Enters the sheets of a store that an earlier release filled.
    pub(crate) async fn enter_earlier_sheets(&self) -> Result<(), StoreError> {
        let what = "读取库信息";
        let done: Option<String> =
            on_either!(self, |pool| sqlx::query_scalar(IS_DONE).bind(DONE).fetch_optional(pool).await).map_err(query(what))?;
        if done.is_some() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // Somebody else may have done it while we waited for our turn.
        let done: Option<String> =
            in_tx!(&mut tx, |conn| sqlx::query_scalar(IS_DONE).bind(DONE).fetch_optional(conn).await).map_err(query(what))?;
        if done.is_none() {
            let codes: Vec<String> = in_tx!(&mut tx, |conn| sqlx::query_scalar(CODES).fetch_all(conn).await).map_err(query("列出项目"))?;
            for code in &codes {
                let mut entries = Entries::default();
                for dataset in ENTERING {
                    let rows: Vec<(i64, String)> =
                        in_tx!(&mut tx, |conn| sqlx::query_as(PLACED).bind(dataset).bind(code).fetch_all(conn).await)
                            .map_err(query("查找表的归属"))?;
                    for (id, code) in &rows {
                        entries.add_unread(code, *id);
                    }
                }
                boxed(enter(&mut tx, entries)).await?;
            }
            in_tx!(&mut tx, |conn| sqlx::query(SET_DONE).bind(DONE).execute(conn).await.map(|_| ())).map_err(query("写入库信息"))?;
        }
        tx.commit().await
    }
}
