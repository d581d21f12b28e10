//! What current sheets say about names, accounts and people of projects, kept as short rows.

use std::collections::{BTreeMap, BTreeSet};

use model::Sheet;
use model::sheet::Body;

use super::Resolver;
use crate::StoreError;
use crate::db::{Tx, VALUES_PER_IN};
use crate::encode::decode;
use crate::error::query;
use crate::sheets::{COUNTY, given_day, project_key};

const PROJECTS: &str = "select project_code, name_key from project_ref";
const ACCOUNTS: &str = "select project_code, account_no from account_ref order by project_code";

pub(super) async fn load(tx: &mut Tx) -> Result<Resolver, StoreError> {
    let what = "读取项目与账户对照";
    let mut resolver = Resolver::default();
    let projects: Vec<(String, String)> = in_tx!(tx, |conn| sqlx::query_as(PROJECTS).fetch_all(conn).await).map_err(query(what))?;
    for (code, name) in projects {
        resolver.set_project(&code, &name);
    }
    let rows: Vec<(String, String)> = in_tx!(tx, |conn| sqlx::query_as(ACCOUNTS).fetch_all(conn).await).map_err(query(what))?;
    let mut accounts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (code, account) in rows {
        accounts.entry(code).or_default().insert(account);
    }
    for (code, accounts) in accounts {
        resolver.set_accounts(&code, accounts);
    }
    Ok(resolver)
}

/// Reads the names of `codes` anew; gives every name that now means something else.
pub(super) async fn refresh_projects(
    tx: &mut Tx,
    resolver: &mut Resolver,
    codes: &BTreeSet<String>,
) -> Result<BTreeSet<String>, StoreError> {
    let mut changed = BTreeSet::new();
    let mut rows = Vec::new();
    for (code, mut sheets) in current_sheets(tx, codes, "project").await? {
        // Project rows of several parts: the newest speaks.
        let Some(Sheet { body: Body::Project(lines), .. }) = sheets.pop() else { continue };
        let Some(project) = lines.first() else { continue };
        let name = project_key(&project.name);
        let old = resolver.projects.get(&code).cloned();
        if old.as_ref() != Some(&name) {
            changed.extend(old);
            changed.insert(name.clone());
            resolver.set_project(&code, &name);
            rows.push((code, name));
        }
    }
    insert_rows!(
        tx,
        "写入项目对照",
        "insert into project_ref (project_code, name_key) ",
        " on conflict (project_code) do update set name_key = excluded.name_key",
        rows,
        |bind, row| bind.push_bind(&row.0).push_bind(&row.1)
    );
    Ok(changed)
}

/// Reads the accounts of `codes` anew; gives every account that now means something else.
pub(super) async fn refresh_accounts(
    tx: &mut Tx,
    resolver: &mut Resolver,
    codes: &BTreeSet<String>,
) -> Result<BTreeSet<String>, StoreError> {
    let mut changed = BTreeSet::new();
    let mut sheets = current_sheets(tx, codes, "account").await?;
    let mut rows = Vec::new();
    let mut cleared = Vec::new();
    for code in codes.iter().filter(|code| *code != COUNTY) {
        let mut accounts = BTreeSet::new();
        for sheet in sheets.remove(code).unwrap_or_default() {
            if let Body::Account(lines) = sheet.body {
                accounts.extend(lines.into_iter().map(|line| line.number.as_str().to_owned()));
            }
        }
        let old = resolver.accounts_of.get(code).cloned().unwrap_or_default();
        if old != accounts {
            changed.extend(old.symmetric_difference(&accounts).cloned());
            cleared.push(code.clone());
            rows.extend(accounts.iter().map(|account| (account.clone(), code.clone())));
            resolver.set_accounts(code, accounts);
        }
    }
    clear(tx, "delete from account_ref where project_code in (", &cleared).await?;
    insert_rows!(tx, "写入账户对照", "insert into account_ref (account_no, project_code) ", "", rows, |bind, row| {
        bind.push_bind(&row.0).push_bind(&row.1)
    });
    Ok(changed)
}

/// Reads the rosters of `codes` anew: who works there, from when to when.
pub(super) async fn refresh_sites(tx: &mut Tx, codes: &BTreeSet<String>) -> Result<(), StoreError> {
    let all: Vec<String> = codes.iter().cloned().collect();
    clear(tx, "delete from worker_site where project_code in (", &all).await?;
    for (code, sheets) in current_sheets(tx, codes, "roster").await? {
        let mut stays: BTreeMap<[u8; 16], (String, String)> = BTreeMap::new();
        for sheet in sheets {
            let Body::Roster(lines) = sheet.body else { continue };
            for line in lines {
                let Some(person) = line.who.person else { continue };
                let (entry, exit) = (given_day(line.entry_on), given_day(line.exit_on));
                match stays.get_mut(&person.0) {
                    None => {
                        stays.insert(person.0, (entry, exit));
                    }
                    Some(stay) => {
                        // Unknown begin or open end of one row holds for the person.
                        stay.0 = std::mem::take(&mut stay.0).min(entry);
                        stay.1 = if stay.1.is_empty() || exit.is_empty() { String::new() } else { std::mem::take(&mut stay.1).max(exit) };
                    }
                }
            }
        }
        let rows: Vec<([u8; 16], (String, String))> = stays.into_iter().collect();
        insert_rows!(
            tx,
            "写入人员与项目对照",
            "insert into worker_site (person_key, project_code, entry_on, exit_on) ",
            "",
            rows,
            |bind, row| bind.push_bind(&row.0[..]).push_bind(&code).push_bind(&row.1.0).push_bind(&row.1.1)
        );
    }
    Ok(())
}

async fn clear(tx: &mut Tx, delete: &'static str, codes: &[String]) -> Result<(), StoreError> {
    for codes in codes.chunks(VALUES_PER_IN) {
        in_tx!(tx, |conn: Db| {
            let mut delete = sqlx::QueryBuilder::<Db>::new(delete);
            let mut list = delete.separated(", ");
            for code in codes {
                list.push_bind(code);
            }
            delete.push(")");
            delete.build().execute(conn).await.map(|_| ())
        })
        .map_err(query("更新对照"))?;
    }
    Ok(())
}

const CURRENT_BODIES: &str = "select p.project_code, b.body from placement p join sheet s on s.sheet_id = p.sheet_id \
     join sheet_body b on b.hash = s.hash where p.is_current and p.dataset = ";

/// Decoded current sheets of one dataset, by project; the order within a project is that of their versions.
async fn current_sheets(tx: &mut Tx, codes: &BTreeSet<String>, dataset: &'static str) -> Result<BTreeMap<String, Vec<Sheet>>, StoreError> {
    let codes: Vec<&String> = codes.iter().filter(|code| *code != COUNTY).collect();
    let mut sheets: BTreeMap<String, Vec<Sheet>> = BTreeMap::new();
    for codes in codes.chunks(VALUES_PER_IN) {
        let rows: Vec<(String, Vec<u8>)> = in_tx!(tx, |conn: Db| {
            let mut find = sqlx::QueryBuilder::<Db>::new(CURRENT_BODIES);
            find.push_bind(dataset).push(" and p.project_code in (");
            let mut list = find.separated(", ");
            for code in codes {
                list.push_bind(*code);
            }
            find.push(") order by p.project_code, p.received_at, p.uploaded_on, p.rank");
            find.build_query_as().fetch_all(conn).await
        })
        .map_err(query("读取现行的表"))?;
        for (code, body) in rows {
            sheets.entry(code).or_default().push(decode(&body)?);
        }
    }
    Ok(sheets)
}
