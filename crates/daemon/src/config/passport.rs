//! The passport of each figure: what the daemon finds changed since it last looked, and who the file belongs to.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{ConfigChange, Store};

use super::Config;

/// Records every figure whose values differ from the last recorded ones; the first time, all of them.
pub async fn record(store: &Store, config: &Config, at: DateTime<Utc>) -> anyhow::Result<Vec<ConfigChange>> {
    let known = store.config_values().await?;
    let mut changes = Vec::new();
    for parameter in config.law.parameters() {
        let after = serde_json::to_value(&parameter.values)?;
        let before = known.get(&parameter.name).cloned().unwrap_or(Value::Null);
        if before != after {
            let (by, sha256) = file_facts(Path::new(&parameter.file));
            changes.push(ConfigChange { at, by, file: parameter.file.clone(), name: parameter.name.clone(), before, after, sha256 });
        }
    }
    let gone = known.into_iter().filter(|(name, value)| !value.is_null() && config.law.find(name).is_none());
    changes.extend(gone.map(|(name, before)| ConfigChange {
        at,
        by: String::new(),
        file: String::new(),
        name,
        before,
        after: Value::Null,
        sha256: Vec::new(),
    }));
    store.record_config_changes(&changes).await?;
    Ok(changes)
}

/// Owner of the file and hash of its bytes; a file that is gone meanwhile has neither.
fn file_facts(path: &Path) -> (String, Vec<u8>) {
    let owner = std::fs::metadata(path).ok().map(|meta| meta.uid());
    let name = owner
        .map(|uid| uzers::get_user_by_uid(uid).map_or_else(|| format!("uid {uid}"), |user| user.name().to_string_lossy().into_owned()));
    let hash = std::fs::read(path).map(|bytes| Sha256::digest(bytes).to_vec()).unwrap_or_default();
    (name.unwrap_or_default(), hash)
}
