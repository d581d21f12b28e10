//! What other projects say of a project.
//!
//! The index (`index.rs`) names projects that may have something to say; their sheets, as known at the moment asked for,
//! say whether they do. For a person on one project only, and a card of one person, the index names nobody.

mod index;
mod keys;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::sheet::{Body, Project, Who};
use model::{AttendedElsewhere, CardElsewhere, CardKey, Dossier, Elsewhere, Month, PersonKey, ProjectCode, Sheet};

use crate::db::{VALUES_PER_IN, micros};
use crate::encode::decode;
use crate::error::query;
use crate::{Store, StoreError};
pub(crate) use index::{Entries, enter};
pub(crate) use keys::{ENTERING, Keys};
use keys::{held, number, peers};

const KEYS: &str = "select distinct b.key_no, b.project_code from key_site a \
     join key_site b on b.key_no = a.key_no and b.project_code <> a.project_code and (a.holder = 0 or b.holder <> a.holder) \
     where a.project_code = $1";
const SHEETS_NOW: &str = "select p.project_code, b.body from placement p \
     join sheet s on s.sheet_id = p.sheet_id join sheet_body b on b.hash = s.hash where p.is_current";
const SHEETS_THEN: &str = "select p.project_code, b.body \
     from (select project_code, dataset, month, part, sheet_id, received_at, \
     row_number() over (partition by project_code, dataset, month, part \
     order by received_at desc, uploaded_on desc, rank desc, sheet_id desc) as place from placement where received_at <= ";
const SHEETS_OF: &str = ")) p join sheet s on s.sheet_id = p.sheet_id join sheet_body b on b.hash = s.hash where p.place = 1";

/// Projects read at one time.
const PROJECTS: usize = 50;

impl Store {
    pub(crate) async fn elsewhere(&self, dossier: &Dossier, known_at: Option<DateTime<Utc>>) -> Result<Elsewhere, StoreError> {
        let code = dossier.project.code.as_str();
        let mut elsewhere = Elsewhere { projects: self.peers(&dossier.project, known_at).await?, ..Elsewhere::default() };
        let sites: Vec<(i64, String)> =
            on_either!(self, |pool| sqlx::query_as(KEYS).bind(code).fetch_all(pool).await).map_err(query("查找其他项目的人员"))?;
        if sites.is_empty() {
            return Ok(elsewhere);
        }
        let mut keys: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for (key, code) in sites {
            keys.entry(code).or_default().insert(key);
        }
        elsewhere.attendance = self.attended(&months_here(dossier), &keys, known_at).await?;
        elsewhere.cards = self.carried(&cards_here(dossier), &keys, known_at).await?;
        Ok(elsewhere)
    }

    /// Rows of other projects that have a word of this one's.
    async fn peers(&self, project: &Project, known_at: Option<DateTime<Utc>>) -> Result<Vec<Project>, StoreError> {
        let words = peers(project);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let codes: Vec<String> = on_either!(self, |pool: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new("select distinct project_code from project_peer where project_code <> ");
            find.push_bind(project.code.as_str()).push(" and peer in (");
            let mut list = find.separated(", ");
            for word in &words {
                list.push_bind(word);
            }
            find.push(") order by project_code");
            find.build_query_scalar().fetch_all(pool).await
        })
        .map_err(query("查找关联的项目"))?;
        let mut newest = BTreeMap::new();
        for codes in codes.chunks(VALUES_PER_IN) {
            // Of several parts the last speaks, as in the other's own dossier.
            for (code, sheet) in self.sheets_of(codes, &["project"], None, known_at).await? {
                if let Body::Project(mut lines) = sheet.body
                    && let Some(row) = lines.pop()
                {
                    newest.insert(code, row);
                }
            }
        }
        Ok(newest.into_values().filter(|other| !peers(other).is_disjoint(&words)).collect())
    }

    async fn attended(
        &self,
        here: &BTreeMap<PersonKey, BTreeSet<Month>>,
        keys: &BTreeMap<String, BTreeSet<i64>>,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<AttendedElsewhere>, StoreError> {
        let mut masks: BTreeMap<(PersonKey, Month, String), (u32, u32)> = BTreeMap::new();
        for (code, keys) in keys {
            let there = here.iter().filter(|(person, _)| keys.contains(&number(&person.0)));
            let months: BTreeSet<String> = there.flat_map(|(_, months)| months).map(Month::to_string).collect();
            if months.is_empty() {
                continue;
            }
            for (code, sheet) in self.sheets_of(std::slice::from_ref(code), &["attendance"], Some(&months), known_at).await? {
                let (Body::Attendance(lines), Some(month)) = (sheet.body, sheet.month) else { continue };
                for line in lines.iter().filter(|line| line.attended_mask() != 0) {
                    let Some(person) = line.who.person else { continue };
                    if here.get(&person).is_some_and(|months| months.contains(&month)) {
                        let days = masks.entry((person, month, code.clone())).or_default();
                        *days = (days.0 | line.whole_days, days.1 | line.half_days);
                    }
                }
            }
        }
        masks
            .into_iter()
            .map(|((person, month, code), (whole_days, half_days))| {
                Ok(AttendedElsewhere { person, month, project: parse(&code)?, whole_days, half_days })
            })
            .collect()
    }

    async fn carried(
        &self,
        here: &BTreeMap<CardKey, BTreeSet<PersonKey>>,
        keys: &BTreeMap<String, BTreeSet<i64>>,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<CardElsewhere>, StoreError> {
        let shared: BTreeSet<i64> = here.keys().map(|card| number(&card.0)).collect();
        let codes: Vec<String> = keys.iter().filter(|(_, keys)| !keys.is_disjoint(&shared)).map(|(code, _)| code.clone()).collect();
        let mut cards = BTreeSet::new();
        for codes in codes.chunks(PROJECTS) {
            for (code, sheet) in self.sheets_of(codes, &["roster", "payroll", "payout"], None, known_at).await? {
                let project = parse(&code)?;
                for (card, person) in holders(&sheet) {
                    if here.get(&card).is_some_and(|holders| holders.iter().any(|holder| *holder != person)) {
                        cards.insert(CardElsewhere { card, project: project.clone(), person });
                    }
                }
            }
        }
        Ok(cards.into_iter().collect())
    }

    /// Sheets of projects as known at that time; of each project in the order of their receipt, then of their parts.
    async fn sheets_of(
        &self,
        codes: &[String],
        datasets: &[&str],
        months: Option<&BTreeSet<String>>,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<(String, Sheet)>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = on_either!(self, |pool: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(if known_at.is_some() { SHEETS_THEN } else { SHEETS_NOW });
            if let Some(at) = known_at {
                find.push_bind(micros(at));
            }
            let own = if known_at.is_some() { "" } else { "p." };
            find.push(format!(" and {own}project_code in ("));
            let mut list = find.separated(", ");
            for code in codes {
                list.push_bind(code);
            }
            find.push(format!(") and {own}dataset in ("));
            let mut list = find.separated(", ");
            for dataset in datasets {
                list.push_bind(*dataset);
            }
            if let Some(months) = months {
                find.push(format!(") and {own}month in ("));
                let mut list = find.separated(", ");
                for month in months {
                    list.push_bind(month);
                }
            }
            find.push(if known_at.is_some() { SHEETS_OF } else { ")" });
            find.push(" order by p.project_code, p.received_at, p.month, p.part");
            find.build_query_as().fetch_all(pool).await
        })
        .map_err(query("读取其他项目的表"))?;
        rows.into_iter().map(|(code, body)| Ok((code, decode(&body)?))).collect()
    }
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
