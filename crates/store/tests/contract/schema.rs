//! Both folders of migrations lead to the same tables.

use std::collections::BTreeMap;

use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::County;

/// Table and column with its kind; `true`: may be null.
type Columns = BTreeMap<(String, String), (String, bool)>;

async fn of_sqlite() -> Columns {
    let county = County::sqlite().await;
    let mut connection = SqliteConnection::connect(&county.url).await.unwrap();
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "select m.name, c.name, lower(c.type), c.\"notnull\" = 0 from sqlite_schema m join pragma_table_info(m.name) c \
         where m.type = 'table' and m.name not like 'sqlite_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    rows.into_iter().map(|(table, column, kind, null)| ((table, column), (kind, null))).collect()
}

async fn of_postgres() -> Columns {
    let county = County::postgres().await;
    let mut connection = PgConnection::connect(&county.url).await.unwrap();
    let rows: Vec<(String, String, String, bool, Option<String>)> = sqlx::query_as(
        "select table_name::text, column_name::text, data_type::text, is_nullable = 'YES', collation_name::text \
         from information_schema.columns where table_schema = 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    rows.into_iter()
        .filter(|(table, ..)| table != "_sqlx_migrations")
        .map(|(table, column, kind, null, collation)| {
            let kind = match kind.as_str() {
                "bigint" | "boolean" => "integer",
                "bytea" => "blob",
                "text" => {
                    assert_eq!(collation.as_deref(), Some("C"), "{table}.{column} is ordered by bytes");
                    "text"
                }
                other => other,
            };
            ((table, column), (kind.to_owned(), null))
        })
        .collect()
}

#[tokio::test]
async fn both_databases_have_the_same_columns() {
    let mut sqlite = of_sqlite().await;
    sqlite.retain(|(table, _), _| table != "_sqlx_migrations");
    assert!(sqlite.len() > 100);
    assert_eq!(sqlite, of_postgres().await);
}
