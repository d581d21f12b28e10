//! Versions of sheets, read once, and which of them were known at each of several moments.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::StoreError;
use crate::db::micros;

/// `None`: now.
pub(crate) type Moment = Option<DateTime<Utc>>;

/// Key of a sheet: project, dataset, month, part.
pub(crate) type Key = (String, String, String, String);

struct Version<T> {
    slot: usize,
    received: i64,
    is_current: bool,
    content: T,
}

/// Versions in the order in which they are given out; within a key ascending by receipt, upload, content.
pub(crate) struct Versions<T> {
    slots: HashMap<Key, usize>,
    versions: Vec<Version<T>>,
}

impl<T> Versions<T> {
    pub(crate) fn new() -> Self {
        Self { slots: HashMap::new(), versions: Vec::new() }
    }

    pub(crate) fn push(&mut self, key: Key, received: i64, is_current: bool, content: T) {
        let next = self.slots.len();
        let slot = *self.slots.entry(key).or_insert(next);
        self.versions.push(Version { slot, received, is_current, content });
    }

    /// Of each key the newest version known at each moment. Only what was known at one of them is opened, and once.
    pub(crate) fn open<U>(self, moments: &[Moment], open: impl Fn(T) -> Result<U, StoreError>) -> Result<Known<U>, StoreError> {
        let at: Vec<Vec<usize>> = moments.iter().map(|moment| self.known(*moment)).collect();
        let mut wanted = vec![false; self.versions.len()];
        at.iter().flatten().for_each(|version| wanted[*version] = true);
        let opened = self.versions.into_iter().zip(wanted).map(|(version, wanted)| wanted.then(|| open(version.content)).transpose());
        Ok(Known { at, contents: opened.collect::<Result<_, _>>()? })
    }

    fn known(&self, moment: Moment) -> Vec<usize> {
        let Some(moment) = moment.map(micros) else {
            return (0..self.versions.len()).filter(|at| self.versions[*at].is_current).collect();
        };
        let mut newest = vec![None; self.slots.len()];
        for (at, version) in self.versions.iter().enumerate().filter(|(_, version)| version.received <= moment) {
            newest[version.slot] = Some(at);
        }
        let mut known: Vec<usize> = newest.into_iter().flatten().collect();
        known.sort_unstable();
        known
    }
}

/// What was known at each moment.
pub(crate) struct Known<U> {
    at: Vec<Vec<usize>>,
    contents: Vec<Option<U>>,
}

impl<U> Known<U> {
    /// At the moment of that place.
    pub(crate) fn at(&self, moment: usize) -> impl Iterator<Item = &U> {
        self.at[moment].iter().filter_map(|version| self.contents[*version].as_ref())
    }
}

/// The last moment that is not now. `None`: only now is asked for, and earlier versions need not be read.
pub(crate) fn until(moments: &[Moment]) -> Option<i64> {
    moments.iter().flatten().max().map(|moment| micros(*moment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_moment_sees_the_newest_version_of_each_key_and_nothing_is_opened_in_vain() {
        let key = |part: &str| ("p".to_owned(), "payroll".to_owned(), "2024-03".to_owned(), part.to_owned());
        let mut versions = Versions::new();
        for (part, received, is_current, content) in
            [("a", 1, false, "a1"), ("a", 2, false, "a2"), ("a", 3, true, "a3"), ("b", 2, true, "b2"), ("c", 9, true, "c9")]
        {
            versions.push(key(part), received, is_current, content);
        }
        let moment = |at| DateTime::from_timestamp_micros(at);
        let known = versions
            .open(
                &[moment(0), moment(1), moment(3), None],
                |content| if content == "a2" { panic!("known at no moment") } else { Ok(content) },
            )
            .unwrap();
        let at = |place| known.at(place).copied().collect::<Vec<_>>();
        assert_eq!([at(0), at(1), at(2), at(3)], [vec![], vec!["a1"], vec!["a3", "b2"], vec!["a3", "b2", "c9"]]);
    }
}
