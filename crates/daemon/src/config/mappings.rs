//! Saved mappings: `mappings/来源.toml` beside the configuration, one file for each source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use ingest::{MappingFile, SavedMapping};

use super::{Mistake, parse_all, read_dir};

/// By source.
pub type Mappings = BTreeMap<String, Arc<SavedMapping>>;

/// All mappings of a configuration directory; a directory that is not there holds none.
pub fn load(config_dir: &Path, mistakes: &mut Vec<Mistake>) -> Mappings {
    let dir = config_dir.join("mappings");
    let mut mappings = Mappings::new();
    if !dir.exists() {
        return mappings;
    }
    for (path, text) in read_dir(&dir, mistakes) {
        let source = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(file) = parse_all::<MappingFile>(&path, &text, mistakes) else { continue };
        match file.settle(&text) {
            Ok(mapping) => _ = mappings.insert(source, Arc::new(mapping)),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| Mistake {
                file: path.display().to_string(),
                line: Some(mistake.line),
                column: None,
                key: mistake.key,
                what: mistake.what,
                mend: mistake.mend,
            })),
        }
    }
    mappings
}

/// Whether a source can be the name of a file.
pub fn is_file_name(source: &str) -> bool {
    !source.is_empty()
        && !source.starts_with('.')
        && !source.contains(char::is_control)
        && !source.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
}

/// Writes the mapping of a source; the file that was there before stays beside it as `.bak`. One that says the same but for the
/// line of its time stays, so that nothing is read again for it: `false`.
pub fn save(config_dir: &Path, source: &str, text: &str) -> anyhow::Result<(PathBuf, bool)> {
    let dir = config_dir.join("mappings");
    let path = dir.join(format!("{source}.toml"));
    let without_time =
        |text: &str| text.lines().filter(|line| !line.contains("--save-mapping 写成")).map(str::to_owned).collect::<Vec<_>>();
    if std::fs::read_to_string(&path).is_ok_and(|before| without_time(&before) == without_time(text)) {
        return Ok((path, false));
    }
    let cannot = || format!("写不了对应关系 {}；请检查目录是否可写", path.display());
    std::fs::create_dir_all(&dir).with_context(cannot)?;
    let fresh = dir.join(format!("{source}.toml.new"));
    std::fs::write(&fresh, text).with_context(cannot)?;
    if path.exists() {
        std::fs::rename(&path, dir.join(format!("{source}.toml.bak"))).with_context(cannot)?;
    }
    std::fs::rename(&fresh, &path).with_context(cannot)?;
    Ok((path, true))
}
