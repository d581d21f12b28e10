//! Identity and card numbers become keys here and travel no further (file-formats.md §16; never repaired).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::identifier::{IdentityKind, birth_date, classify_identity, expand_id15, mask, normalise_identity};
use model::sheet::Who;
use model::{CardKey, Date, PersonKey};
use store::{NewCard, NewPerson, Vault};

use crate::hash::{ByText, hash_text};
use crate::row::{Row, RowResult};

/// Locks are held for a lookup; so many that two threads rarely meet.
const SHARDS: usize = 64;

/// Persons and cards of a whole import, by the text of their cell: the same people stand in every month's files.
pub struct Registry {
    persons: Vec<Mutex<HashMap<Box<str>, Known, ByText>>>,
    cards: Vec<Mutex<HashMap<Box<str>, KnownCard, ByText>>>,
}

struct Known {
    key: Option<PersonKey>,
    kind: IdentityKind,
    name: Box<str>,
    /// Not handed to the store yet.
    fresh: bool,
}

struct KnownCard {
    key: Option<CardKey>,
    fresh: bool,
}

impl Default for Registry {
    fn default() -> Self {
        Self { persons: (0..SHARDS).map(|_| Mutex::default()).collect(), cards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

fn shard<'m, T>(shards: &'m [Mutex<T>], raw: &str) -> MutexGuard<'m, T> {
    let at = usize::try_from(hash_text(raw) >> 40).unwrap_or(0) % SHARDS;
    shards[at].lock().unwrap_or_else(PoisonError::into_inner)
}

impl Registry {
    /// Persons and cards seen or renamed since the last call, in the order of their keys. Where one number came with several
    /// names, the first in order counts, so that the order in which files are read never shows.
    pub fn take_new(&self) -> (Vec<NewPerson>, Vec<NewCard>) {
        let mut persons: BTreeMap<PersonKey, NewPerson> = BTreeMap::new();
        for shard in &self.persons {
            for (raw, known) in shard.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
                let (Some(key), true) = (known.key, std::mem::take(&mut known.fresh)) else { continue };
                let id_number = full_number(raw);
                let person = NewPerson { key, masked: mask(&id_number), id_number, name: known.name.to_string() };
                match persons.get(&key) {
                    Some(other) if other.name <= person.name => {}
                    _ => {
                        persons.insert(key, person);
                    }
                }
            }
        }
        let mut cards: BTreeMap<CardKey, NewCard> = BTreeMap::new();
        for shard in &self.cards {
            for (raw, known) in shard.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
                let (Some(key), true) = (known.key, std::mem::take(&mut known.fresh)) else { continue };
                let number = card_number(raw);
                cards.entry(key).or_insert_with(|| NewCard { key, masked: mask(&number), number });
            }
        }
        (persons.into_values().collect(), cards.into_values().collect())
    }
}

/// Upper-case digits and X need no normalising.
fn is_plain(raw: &str) -> bool {
    raw.bytes().all(|b| b.is_ascii_digit() || b == b'X')
}

fn normalised(raw: &str) -> String {
    if is_plain(raw) { raw.to_owned() } else { normalise_identity(raw) }
}

fn full_number(raw: &str) -> String {
    let id = normalised(raw);
    expand_id15(&id).unwrap_or(id)
}

fn card_number(raw: &str) -> String {
    let number = normalised(raw);
    if number.contains('-') { number.replace('-', "") } else { number }
}

/// Turns the persons and cards of one file into keys.
pub struct People<'v> {
    vault: &'v Vault,
    registry: &'v Registry,
    /// The day the numbers came: nobody is born after it.
    received_on: Option<Date>,
}

impl<'v> People<'v> {
    pub fn new(vault: &'v Vault, registry: &'v Registry) -> Self {
        Self { vault, registry, received_on: None }
    }

    /// Numbers with a birth after this day are wrong.
    pub fn born_by(self, received_on: Date) -> Self {
        Self { received_on: Some(received_on), ..self }
    }

    /// Key and kind of an identity cell. Masked and digested ones identify nobody.
    pub fn identify(&mut self, raw: &str, name: &str) -> (Option<PersonKey>, IdentityKind) {
        let mut known = shard(&self.registry.persons, raw);
        if let Some(known) = known.get_mut(raw) {
            if name < &*known.name {
                known.name = name.into();
                known.fresh = true;
            }
            return (known.key, known.kind);
        }
        let id = normalised(raw);
        let kind = match classify_identity(&id) {
            IdentityKind::Valid if self.is_unborn(&id) => IdentityKind::BadCheck,
            kind => kind,
        };
        let key = match kind {
            IdentityKind::Valid | IdentityKind::BadCheck | IdentityKind::Other => {
                Some(self.vault.person_key(&expand_id15(&id).unwrap_or(id)))
            }
            IdentityKind::Masked | IdentityKind::Digest | IdentityKind::Missing => None,
        };
        known.insert(raw.into(), Known { key, kind, name: name.into(), fresh: true });
        (key, kind)
    }

    fn is_unborn(&self, id: &str) -> bool {
        let limit = self.received_on;
        // Numbers of 15 digits are of the last century.
        id.len() == 18 && limit.is_some_and(|limit| birth_date(id).is_some_and(|birth| birth > limit))
    }

    /// Key of a card cell; a masked number has none.
    pub fn card(&mut self, raw: &str) -> Option<CardKey> {
        let mut known = shard(&self.registry.cards, raw);
        if let Some(known) = known.get(raw) {
            return known.key;
        }
        let number = card_number(raw);
        let key = (!number.is_empty() && !number.contains('*')).then(|| self.vault.card_key(&number));
        known.insert(raw.into(), KnownCard { key, fresh: true });
        key
    }

    /// The person of a row: name required, identity and card as far as given.
    pub fn who(&mut self, row: &Row<'_, '_>, name: impl Into<usize>, id: impl Into<usize>, card: Option<usize>) -> RowResult<Who> {
        let name = row.must_text(name)?;
        let (person, identity) = match row.secret(id)? {
            Some(id) => self.identify(&id, &name),
            None => (None, IdentityKind::Missing),
        };
        let card = match card {
            Some(card) => row.secret(card)?.and_then(|raw| self.card(&raw)),
            None => None,
        };
        Ok(Who { person, identity, name, card, row: row.number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_however_written_and_told_once() {
        let dir = tempfile::tempdir().unwrap();
        let (vault, _) = Vault::open_or_create(dir.path()).unwrap();
        let registry = Registry::default();
        let mut people = People::new(&vault, &registry);
        let (key, kind) = people.identify("99999919900101018X", "测试乙");
        assert_eq!(kind, IdentityKind::Valid);
        assert_eq!(people.identify(" 99999919900101018x", "测试甲"), (key, kind));
        assert_eq!(people.identify("9999**********0016", "测试丙").0, None);
        assert_eq!(people.card("9999 9900 0000 0000 014"), people.card("9999990000000000014"));
        let (persons, cards) = registry.take_new();
        assert_eq!(persons.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), [["测试乙", "测试甲"].iter().min().copied().unwrap()]);
        assert_eq!((cards.len(), persons[0].id_number.as_str()), (1, "99999919900101018X"));
        assert!(registry.take_new().0.is_empty());
    }

    #[test]
    fn nobody_is_born_after_the_number_came() {
        let dir = tempfile::tempdir().unwrap();
        let (vault, _) = Vault::open_or_create(dir.path()).unwrap();
        let unborn = format!("99999920900101{}", "001");
        let unborn = format!("{unborn}{}", char::from(model::identifier::resident_check(unborn.as_bytes())));
        for (on, kind) in [("2090-01-01", IdentityKind::Valid), ("2089-12-31", IdentityKind::BadCheck)] {
            let registry = Registry::default();
            let mut people = People::new(&vault, &registry).born_by(on.parse().unwrap());
            assert_eq!(people.identify(&unborn, "测试甲").1, kind, "{on}");
            assert_eq!(people.identify("999999199001010016", "测试乙").1, IdentityKind::Valid);
        }
    }
}
