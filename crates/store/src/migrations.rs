//! Migrations, carried in the binary. Both lists bear the same names (migrations/README.md).

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use crate::StoreError;
use crate::error::query;

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        const SQLITE: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")))),*];
        const POSTGRES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../migrations/postgres/", $name, ".sql")))),*];
    };
}

migrations![
    "20241101090000_create_store",
    "20241124090000_add_identification",
    "20241124100000_add_elsewhere",
    "20241124110000_add_suppression_and_config_change",
    "20241124200000_add_clear_days",
    "20241125090000_add_pull",
];

pub(crate) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

pub(crate) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

fn migrator(files: &'static [(&'static str, &'static str)]) -> Migrator {
    Migrator::with_migrations(
        files
            .iter()
            .map(|(name, sql)| {
                let (version, title) = name.split_once('_').expect("a migration is named `time_title`");
                let version = version.parse().expect("the time of a migration is a number");
                Migration::new(version, title.into(), MigrationType::Simple, (*sql).into_sql_str(), false)
            })
            .collect(),
    )
}

pub(crate) fn failed(cause: MigrateError) -> StoreError {
    match cause {
        MigrateError::VersionMissing(version) => StoreError::NewerData { version },
        MigrateError::VersionMismatch(version) => StoreError::ChangedMigration { version },
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => query("升级数据库结构")(cause),
        cause => StoreError::Migrate { cause },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn names(folder: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.map(|name| name.strip_suffix(".sql").unwrap().to_owned()).collect()
    }

    #[test]
    fn both_folders_and_the_list_carry_the_same_names() {
        let listed: BTreeSet<String> = SQLITE.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names("sqlite"), listed);
        assert_eq!(names("postgres"), listed);
    }

    #[test]
    fn every_migration_says_why() {
        for (name, sql) in SQLITE.iter().chain(POSTGRES) {
            assert!(sql.starts_with(&format!("-- {name}.sql\n-- Why: ")) && sql.contains("\n-- Previous release: "), "{name}");
        }
    }
}
