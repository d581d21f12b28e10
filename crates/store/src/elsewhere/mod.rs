//! What other projects say of a project.
//!
//! The index (`index.rs`) names projects that may have something to say; their sheets, as known at the moment asked for,
//! say whether they do. For a person on one project only, and a card of one person, the index names nobody.

mod index;
mod keys;

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use model::sheet::{Body, Who};
use model::{AttendedElsewhere, CardElsewhere, CardKey, Dossier, Month, PersonKey, ProjectCode, Sheet};

use crate::db::VALUES_PER_IN;
use crate::encode::decode;
use crate::error::query;
use crate::versions::{Known, Moment, Versions, until};
use crate::{Store, StoreError};
pub(crate) use index::{Entries, enter};
pub(crate) use keys::{ENTERING, Keys};
use keys::{held, number, peers};

const KEYS: &str = "select distinct b.key_no, b.project_code from key_site a \
     join key_site b on b.key_no = a.key_no and b.project_code <> a.project_code and (a.holder = 0 or b.holder <> a.holder) \
     where a.project_code = $1";
const SHEETS: &str = "select p.project_code, p.dataset, p.month, p.part, p.received_at, p.is_current, b.body from placement p \
     join sheet s on s.sheet_id = p.sheet_id join sheet_body b on b.hash = s.hash where ";

/// Projects read at one time.
const PROJECTS: usize = 50;

/// A dossier and the moment at which it was known.
type KnownAt<'a> = (Moment, &'a mut Dossier);

impl Store {
    /// What other projects say, as known at the moment of each dossier of the project.
    pub(crate) async fn fill_elsewhere(&self, code: &ProjectCode, dossiers: &mut [KnownAt<'_>]) -> Result<(), StoreError> {
        self.fill_peers(code, dossiers).await?;
        let sites: Vec<(i64, String)> =
            on_either!(self, |pool| sqlx::query_as(KEYS).bind(code.as_str()).fetch_all(pool).await).map_err(query("查找其他项目的人员"))?;
        if sites.is_empty() {
            return Ok(());
        }
        let mut keys: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for (key, code) in sites {
            keys.entry(code).or_default().insert(key);
        }
        self.fill_attended(&keys, dossiers).await?;
        self.fill_carried(&keys, dossiers).await
    }

    /// Rows of other projects that have a word of this one's.
    async fn fill_peers(&self, code: &ProjectCode, dossiers: &mut [KnownAt<'_>]) -> Result<(), StoreError> {
        let moments = moments(dossiers);
        let words: Vec<BTreeSet<String>> = dossiers.iter().map(|(_, dossier)| peers(&dossier.project)).collect();
        let all: BTreeSet<&String> = words.iter().flatten().collect();
        if all.is_empty() {
            return Ok(());
        }
        let codes: Vec<String> = on_either!(self, |pool: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new("select distinct project_code from project_peer where project_code <> ");
            find.push_bind(code.as_str()).push(" and peer in (");
            let mut list = find.separated(", ");
            for word in &all {
                list.push_bind(*word);
            }
            find.push(") order by project_code");
            find.build_query_scalar().fetch_all(pool).await
        })
        .map_err(query("查找关联的项目"))?;
        for codes in codes.chunks(VALUES_PER_IN) {
            let sheets = self.sheets_of(codes, &["project"], None, &moments).await?;
            let rows = sheets.open(|(code, sheet)| {
                let row = if let Body::Project(mut lines) = sheet.body { lines.pop() } else { None };
                Ok(row.map(|row| (code, peers(&row), Arc::new(row))))
            })?;
            for (at, (_, dossier)) in dossiers.iter_mut().enumerate() {
                // Of several parts the last speaks, as in the other's own dossier.
                let newest: BTreeMap<&String, _> = rows.at(at).flatten().map(|(code, words, row)| (code, (words, row))).collect();
                let related = newest.into_values().filter(|(theirs, _)| !theirs.is_disjoint(&words[at]));
                dossier.elsewhere.projects.extend(related.map(|(_, row)| Arc::clone(row)));
            }
        }
        Ok(())
    }

    async fn fill_attended(&self, keys: &BTreeMap<String, BTreeSet<i64>>, dossiers: &mut [KnownAt<'_>]) -> Result<(), StoreError> {
        let moments = moments(dossiers);
        let here: Vec<BTreeMap<PersonKey, BTreeSet<Month>>> = dossiers.iter().map(|(_, dossier)| months_here(dossier)).collect();
        let mut masks: Vec<Masks<'_>> = vec![BTreeMap::new(); dossiers.len()];
        for (code, keys) in keys {
            let there = here.iter().flatten().filter(|(person, _)| keys.contains(&number(&person.0)));
            let months: BTreeSet<String> = there.flat_map(|(_, months)| months).map(Month::to_string).collect();
            if months.is_empty() {
                continue;
            }
            let sheets = self.sheets_of(std::slice::from_ref(code), &["attendance"], Some(&months), &moments).await?;
            let sheets = sheets.open(|(_, sheet)| Ok(sheet))?;
            for (at, (here, masks)) in here.iter().zip(&mut masks).enumerate() {
                for sheet in sheets.at(at) {
                    let (Body::Attendance(lines), Some(month)) = (&sheet.body, sheet.month) else { continue };
                    for line in lines.iter().filter(|line| line.attended_mask() != 0) {
                        let Some(person) = line.who.person else { continue };
                        if here.get(&person).is_some_and(|months| months.contains(&month)) {
                            let days = masks.entry((person, month, code)).or_default();
                            *days = (days.0 | line.whole_days, days.1 | line.half_days);
                        }
                    }
                }
            }
        }
        for ((_, dossier), masks) in dossiers.iter_mut().zip(masks) {
            for ((person, month, code), (whole_days, half_days)) in masks {
                dossier.elsewhere.attendance.push(AttendedElsewhere { person, month, project: parse(code)?, whole_days, half_days });
            }
        }
        Ok(())
    }

    async fn fill_carried(&self, keys: &BTreeMap<String, BTreeSet<i64>>, dossiers: &mut [KnownAt<'_>]) -> Result<(), StoreError> {
        let moments = moments(dossiers);
        let here: Vec<BTreeMap<CardKey, BTreeSet<PersonKey>>> = dossiers.iter().map(|(_, dossier)| cards_here(dossier)).collect();
        let shared: BTreeSet<i64> = here.iter().flatten().map(|(card, _)| number(&card.0)).collect();
        let codes: Vec<String> = keys.iter().filter(|(_, keys)| !keys.is_disjoint(&shared)).map(|(code, _)| code.clone()).collect();
        let mut cards = vec![BTreeSet::new(); dossiers.len()];
        for codes in codes.chunks(PROJECTS) {
            let sheets = self.sheets_of(codes, &["roster", "payroll", "payout"], None, &moments).await?;
            let sheets = sheets.open(|(code, sheet)| Ok((parse(&code)?, holders(&sheet))))?;
            for (at, (here, cards)) in here.iter().zip(&mut cards).enumerate() {
                for (project, holders) in sheets.at(at) {
                    for (card, person) in holders {
                        if here.get(card).is_some_and(|holders| holders.iter().any(|holder| holder != person)) {
                            cards.insert(CardElsewhere { card: *card, project: project.clone(), person: *person });
                        }
                    }
                }
            }
        }
        for ((_, dossier), cards) in dossiers.iter_mut().zip(cards) {
            dossier.elsewhere.cards = cards.into_iter().collect();
        }
        Ok(())
    }

    /// Sheets of projects as known at each moment; of each project in the order of their receipt, then of their parts.
    async fn sheets_of<'m>(
        &self,
        codes: &[String],
        datasets: &[&str],
        months: Option<&BTreeSet<String>>,
        moments: &'m [Moment],
    ) -> Result<Sheets<'m>, StoreError> {
        let rows: Vec<SheetRow> = on_either!(self, |pool: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(SHEETS);
            match until(moments) {
                None => find.push("p.is_current"),
                Some(until) => find.push("(p.is_current or p.received_at <= ").push_bind(until).push(")"),
            };
            find.push(" and p.project_code in (");
            let mut list = find.separated(", ");
            for code in codes {
                list.push_bind(code);
            }
            find.push(") and p.dataset in (");
            let mut list = find.separated(", ");
            for dataset in datasets {
                list.push_bind(*dataset);
            }
            if let Some(months) = months {
                find.push(") and p.month in (");
                let mut list = find.separated(", ");
                for month in months {
                    list.push_bind(month);
                }
            }
            find.push(") order by p.project_code, p.received_at, p.month, p.part, p.uploaded_on, p.rank, p.sheet_id");
            find.build_query_as().fetch_all(pool).await
        })
        .map_err(query("读取其他项目的表"))?;
        let mut versions = Versions::new();
        for (code, dataset, month, part, received, is_current, body) in rows {
            versions.push((code.clone(), dataset, month, part), received, is_current, (code, body));
        }
        Ok(Sheets { versions, moments })
    }
}

/// Whole and half days of a person in a month on another project, bit by bit.
type Masks<'c> = BTreeMap<(PersonKey, Month, &'c String), (u32, u32)>;

/// Project, dataset, month, part, receipt, whether it is current, body.
type SheetRow = (String, String, String, String, i64, bool, Vec<u8>);

/// Sheets of other projects, still packed.
struct Sheets<'m> {
    versions: Versions<(String, Vec<u8>)>,
    moments: &'m [Moment],
}

impl Sheets<'_> {
    fn open<U>(self, read: impl Fn((String, Sheet)) -> Result<U, StoreError>) -> Result<Known<U>, StoreError> {
        self.versions.open(self.moments, |(code, body)| read((code, decode(&body)?)))
    }
}

fn moments(dossiers: &[KnownAt]) -> Vec<Moment> {
    dossiers.iter().map(|(moment, _)| *moment).collect()
}

/// Months in which each person attended here.
fn months_here(dossier: &Dossier) -> BTreeMap<PersonKey, BTreeSet<Month>> {
    let mut here: BTreeMap<PersonKey, BTreeSet<Month>> = BTreeMap::new();
    for table in &dossier.attendance {
        let Some(month) = table.month else { continue };
        for line in table.lines.iter().filter(|line| line.attended_mask() != 0) {
            if let Some(person) = line.who.person {
                here.entry(person).or_default().insert(month);
            }
        }
    }
    here
}

/// Cards that stand here under a person known by number. Of the others nobody can say whether they are somebody else's.
fn cards_here(dossier: &Dossier) -> BTreeMap<CardKey, BTreeSet<PersonKey>> {
    let mut here: BTreeMap<CardKey, BTreeSet<PersonKey>> = BTreeMap::new();
    let mut add = |who: &Who| {
        if let Some((card, person)) = held(who) {
            here.entry(card).or_default().insert(person);
        }
    };
    dossier.rosters.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.payrolls.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    dossier.payouts.iter().flat_map(|table| &table.lines).for_each(|line| add(&line.who));
    here
}

fn holders(sheet: &Sheet) -> Vec<(CardKey, PersonKey)> {
    match &sheet.body {
        Body::Roster(lines) => lines.iter().filter_map(|line| held(&line.who)).collect(),
        Body::Payroll(lines) => lines.iter().filter_map(|line| held(&line.who)).collect(),
        Body::Payout(lines) => lines.iter().filter_map(|line| held(&line.who)).collect(),
        _ => Vec::new(),
    }
}

fn parse(code: &str) -> Result<ProjectCode, StoreError> {
    ProjectCode::parse(code).ok_or_else(|| StoreError::content("项目编码"))
}
