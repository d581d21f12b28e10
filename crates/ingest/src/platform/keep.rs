//! What is kept between runs, sealed with the data key: pages of a unit half pulled, and days of attendance of a month not yet over.

use std::fs;
use std::path::{Path, PathBuf};

use model::{Date, ProjectCode};
use store::Store;

#[derive(Clone)]
pub(super) struct Keep {
    folder: PathBuf,
    store: Store,
    today: Date,
}

impl Keep {
    pub(super) fn new(folder: &Path, store: Store, today: Date) -> Self {
        Self { folder: folder.to_owned(), store, today }
    }

    /// Pages pulled today: an interrupted unit goes on where it stopped, tomorrow it begins anew.
    pub(super) fn pages(&self, project: &ProjectCode, unit: &str) -> Shelf {
        Shelf { folder: self.folder.join(self.today.to_string()).join(name_of(project)).join(unit), store: self.store.clone() }
    }

    /// Whole days of attendance.
    pub(super) fn days(&self, project: &ProjectCode) -> Shelf {
        Shelf { folder: self.folder.join("days").join(name_of(project)), store: self.store.clone() }
    }

    /// Keeps bytes as received in the archive, and gives their hash.
    pub(super) fn archive(&self, bytes: &[u8]) -> Result<[u8; 32], store::StoreError> {
        self.store.archive(bytes)
    }

    /// What is stored needs no pages any more.
    pub(super) fn forget(&self, project: &ProjectCode) {
        // Pages left behind cost a little room and are swept tomorrow.
        let _ = fs::remove_dir_all(self.folder.join(self.today.to_string()).join(name_of(project)));
    }

    /// Sweeps pages of former days.
    pub(super) fn tidy(&self) {
        let today = self.today.to_string();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name != "days" && name.to_string_lossy() != today {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Named texts in one folder.
pub(super) struct Shelf {
    folder: PathBuf,
    store: Store,
}

impl Shelf {
    /// `None` where nothing is kept under the name, or it cannot be read any more: then it is pulled again.
    pub(super) fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.store.vault().open(&fs::read(self.folder.join(name)).ok()?).ok()
    }

    /// Durable enough for going on after a kill: renamed into place, never half written.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let draft = self.folder.join(format!(".{name}"));
        fs::write(&draft, self.store.vault().seal(bytes))?;
        fs::rename(draft, self.folder.join(name))
    }

    pub(super) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.folder.join(name));
    }
}

/// A code as a folder's name.
fn name_of(project: &ProjectCode) -> String {
    project.as_str().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
