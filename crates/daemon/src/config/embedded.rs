//! The example configuration, carried in the binary so that `anxin demo` needs nothing beside it.

use std::io;
use std::path::Path;

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../config/", $path)))),*]
    };
}

/// Path below the configuration directory and text. A test compares the list with the directory.
const FILES: &[(&str, &str)] = embedded![
    "anxin.toml",
    "calendar/2024.toml",
    "calendar/2025.toml",
    "calendar/2026.toml",
    "rules/account.toml",
    "rules/deposit.toml",
    "rules/payroll.toml",
    "rules/platform.toml",
    "rules/realname.toml",
    "rules/site.toml",
];

/// The figures that ship.
pub fn law() -> rules::Law {
    let files: Vec<(String, String)> =
        FILES.iter().filter(|(path, _)| path.starts_with("rules/")).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    // A test loads what ships; without it nothing is compared.
    rules::Law::load(&files).unwrap_or_default()
}

/// Writes the example configuration into a directory; what is there already stays.
pub fn write_default(dir: &Path) -> io::Result<()> {
    for (path, text) in FILES {
        let to = dir.join(path);
        if to.exists() {
            continue;
        }
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(to, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_the_example_are_the_built_in_ones() {
        let file: crate::config::File = toml::from_str(FILES[0].1).unwrap();
        assert_eq!(file.limits, ingest::Limits::default());
        assert!(file.limits.mistakes().is_empty());
    }

    #[test]
    fn the_figures_that_ship_can_be_read() {
        assert!(law().parameters().count() > 0);
    }

    #[test]
    fn every_file_of_the_example_configuration_is_carried() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
        let mut found: Vec<String> = ["", "rules", "calendar"]
            .iter()
            .flat_map(|sub| std::fs::read_dir(root.join(sub)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .map(|path| path.strip_prefix(&root).unwrap().display().to_string())
            .collect();
        found.sort();
        let mut carried: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        carried.sort_unstable();
        assert_eq!(found, carried);
    }
}
