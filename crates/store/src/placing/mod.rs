//! Finding the project of a sheet, and the current version of every key.
//!
//! What is placed where depends only on what has been received, never on the order of receipt: when a name becomes
//! ambiguous or an account turns out to be shared, sheets placed by it are looked at again.

mod current;
mod refs;
mod resolver;

use std::collections::{BTreeMap, BTreeSet};

use model::Dataset;

use crate::db::{Tx, VALUES_PER_IN, boxed, count};
use crate::elsewhere::{self, ENTERING, Entries, Keys};
use crate::error::query;
use crate::sheets::rank;
use crate::{Placed, Store, StoreError, Waiting};
use resolver::Resolver;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PlaceKind {
    Code,
    Account,
    Name,
    County,
}

impl PlaceKind {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Account => "account",
            Self::Name => "name",
            Self::County => "county",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Code, Self::Account, Self::Name, Self::County].into_iter().find(|kind| kind.code() == code)
    }
}

/// What a file says of the project, normalised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PlaceKey {
    pub(crate) kind: PlaceKind,
    pub(crate) text: String,
}

impl PlaceKey {
    pub(crate) fn new(kind: PlaceKind, text: &str) -> Self {
        Self { kind, text: crate::db::text(text) }
    }
}

/// A stored sheet whose place is to be decided.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) sheet_id: i64,
    pub(crate) dataset: Dataset,
    pub(crate) place: PlaceKey,
    pub(crate) month: String,
    pub(crate) part: String,
    pub(crate) received_at: i64,
    pub(crate) uploaded_on: String,
    pub(crate) rank: Vec<u8>,
    pub(crate) coded: bool,
    /// What it enters for its project; `None` when it was read from the store, without its body.
    pub(crate) keys: Option<Keys>,
    /// Was decided before: it may have placements.
    pub(crate) placed: bool,
    /// Its row says that it waits.
    pub(crate) waiting: bool,
}

const FIND_WAITING: &str = "select sheet_id, dataset, place_kind, place, month, part, received_at, uploaded_on, hash, file, worksheet, coded, \
     waiting from sheet where waiting order by sheet_id";
const FIND_AT_PLACES: &str = "select sheet_id, dataset, place_kind, place, month, part, received_at, uploaded_on, hash, file, worksheet, coded, \
     waiting from sheet where not waiting and place_kind = ";
const LIST_WAITING: &str =
    "select dataset, place_text, file, row_count from sheet where waiting order by dataset, place_text, file, sheet_id";
const COUNT_WAITING: &str = "select count(*) from sheet where waiting";

type CandidateRow = (i64, String, String, String, String, String, i64, String, Vec<u8>, String, String, bool, bool);

impl Store {
    /// Tries every waiting sheet again and says which still wait.
    pub async fn place_pending(&self) -> Result<Placed, StoreError> {
        boxed(self.place_pending_now()).await
    }

    async fn place_pending_now(&self) -> Result<Placed, StoreError> {
        let mut tx = self.begin().await?;
        let before = count_waiting(&mut tx).await?;
        let mut placed = 0;
        if before > 0 {
            let waiting = find_waiting(&mut tx).await?;
            place(&mut tx, waiting).await?;
            placed = u64::try_from(before - count_waiting(&mut tx).await?).unwrap_or(0);
        }
        tx.commit().await?;
        let rows: Vec<(String, String, String, i64)> =
            on_either!(self, |pool| sqlx::query_as(LIST_WAITING).fetch_all(pool).await).map_err(query("列出待归属的表"))?;
        let waiting = rows
            .into_iter()
            .map(|(dataset, place, file, rows)| Ok(Waiting { dataset: parse_dataset(&dataset)?, place, file, rows: count(rows) }))
            .collect::<Result<_, StoreError>>()?;
        Ok(Placed { placed, waiting })
    }
}

async fn count_waiting(tx: &mut Tx) -> Result<i64, StoreError> {
    in_tx!(tx, |conn| sqlx::query_scalar(COUNT_WAITING).fetch_one(conn).await).map_err(query("数待归属的表"))
}

async fn find_waiting(tx: &mut Tx) -> Result<Vec<Candidate>, StoreError> {
    let rows: Vec<CandidateRow> = in_tx!(tx, |conn| sqlx::query_as(FIND_WAITING).fetch_all(conn).await).map_err(query("查找待归属的表"))?;
    rows.into_iter().map(candidate).collect()
}

/// Decides the place of `sheets`, and of every sheet whose place means something else since.
pub(crate) async fn place(tx: &mut Tx, sheets: Vec<Candidate>) -> Result<(), StoreError> {
    let mut resolver = refs::load(tx).await?;
    let (projects, mut others): (Vec<_>, Vec<_>) = sheets.into_iter().partition(|sheet| sheet.dataset == Dataset::Project);
    let mut touched = current::apply(tx, &resolver, &projects).await?;
    let renamed = refs::refresh_projects(tx, &mut resolver, &touched.codes(Dataset::Project)).await?;
    others.extend(at_places(tx, PlaceKind::Name, &renamed, &others).await?);

    let (by_account, direct): (Vec<_>, Vec<_>) = others.into_iter().partition(|sheet| sheet.place.kind == PlaceKind::Account);
    touched.extend(current::apply(tx, &resolver, &direct).await?);
    let mut moved = refs::refresh_accounts(tx, &mut resolver, &touched.codes(Dataset::Account)).await?;

    // Account tables that are known by an account only come before the statements that may need them.
    let (tables, mut statements): (Vec<_>, Vec<_>) = by_account.into_iter().partition(|sheet| sheet.dataset == Dataset::Account);
    let more = current::apply(tx, &resolver, &tables).await?;
    moved.extend(refs::refresh_accounts(tx, &mut resolver, &more.codes(Dataset::Account)).await?);
    touched.extend(more);
    statements.extend(at_places(tx, PlaceKind::Account, &moved, &statements).await?);
    touched.extend(current::apply(tx, &resolver, &statements).await?);

    refs::refresh_sites(tx, &touched.codes(Dataset::Roster)).await?;
    elsewhere::enter(tx, touched.entries).await
}

/// Sheets decided earlier that stand at `places`, except those in `known`.
async fn at_places(tx: &mut Tx, kind: PlaceKind, places: &BTreeSet<String>, known: &[Candidate]) -> Result<Vec<Candidate>, StoreError> {
    let known: BTreeSet<i64> = known.iter().map(|sheet| sheet.sheet_id).collect();
    let places: Vec<&String> = places.iter().collect();
    let mut found = Vec::new();
    for places in places.chunks(VALUES_PER_IN) {
        let rows: Vec<CandidateRow> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(FIND_AT_PLACES);
            find.push_bind(kind.code()).push(" and place in (");
            let mut list = find.separated(", ");
            for place in places {
                list.push_bind(*place);
            }
            find.push(") order by sheet_id");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("查找要重新归属的表"))?;
        for row in rows {
            let sheet = candidate(row)?;
            if !known.contains(&sheet.sheet_id) {
                found.push(Candidate { placed: true, ..sheet });
            }
        }
    }
    Ok(found)
}

fn candidate(row: CandidateRow) -> Result<Candidate, StoreError> {
    let (sheet_id, dataset, kind, place, month, part, received_at, uploaded_on, hash, file, worksheet, coded, waiting) = row;
    let kind = PlaceKind::from_code(&kind).ok_or_else(|| StoreError::content("表的归属"))?;
    Ok(Candidate {
        sheet_id,
        dataset: parse_dataset(&dataset)?,
        place: PlaceKey { kind, text: place },
        month,
        part,
        received_at,
        uploaded_on,
        rank: rank(&hash, &file, &worksheet),
        coded,
        keys: None,
        placed: false,
        waiting,
    })
}

pub(crate) fn parse_dataset(code: &str) -> Result<Dataset, StoreError> {
    Dataset::from_code(code).ok_or_else(|| StoreError::content("表的类别"))
}

/// Projects in which the placement of a dataset changed, and what new placements, current or not, enter.
#[derive(Default)]
struct Touched {
    codes: BTreeMap<&'static str, BTreeSet<String>>,
    entries: Entries,
}

impl Touched {
    fn add(&mut self, dataset: Dataset, code: &str) {
        let codes = self.codes.entry(dataset.code()).or_default();
        if !codes.contains(code) {
            codes.insert(code.to_owned());
        }
    }

    /// A sheet that newly stands under a project.
    fn enter(&mut self, code: &str, sheet: &Candidate) {
        match &sheet.keys {
            Some(keys) => self.entries.add(code, keys),
            None if ENTERING.contains(&sheet.dataset.code()) => self.entries.add_unread(code, sheet.sheet_id),
            None => {}
        }
    }

    fn codes(&self, dataset: Dataset) -> BTreeSet<String> {
        self.codes.get(dataset.code()).cloned().unwrap_or_default()
    }

    fn extend(&mut self, more: Self) {
        for (dataset, codes) in more.codes {
            self.codes.entry(dataset).or_default().extend(codes);
        }
        self.entries.extend(more.entries);
    }
}
