//! Identity and card numbers become keys here and travel no further (file-formats.md §16; never repaired).

use std::collections::HashMap;

use model::identifier::{IdentityKind, classify_identity, expand_id15, mask, normalise_identity};
use model::sheet::Who;
use model::{CardKey, PersonKey};
use store::{NewCard, NewPerson, Vault};

use crate::row::{Row, RowResult};

/// The persons and cards of one file.
pub struct People<'v> {
    vault: &'v Vault,
    known: HashMap<Box<str>, (Option<PersonKey>, IdentityKind)>,
    known_cards: HashMap<Box<str>, Option<CardKey>>,
    pub persons: Vec<NewPerson>,
    pub cards: Vec<NewCard>,
}

impl<'v> People<'v> {
    pub fn new(vault: &'v Vault) -> Self {
        Self { vault, known: HashMap::new(), known_cards: HashMap::new(), persons: Vec::new(), cards: Vec::new() }
    }

    /// Key and kind of an identity cell. Masked and digested ones identify nobody.
    pub fn identify(&mut self, raw: &str, name: &str) -> (Option<PersonKey>, IdentityKind) {
        if let Some(found) = self.known.get(raw) {
            return *found;
        }
        let id = normalise_identity(raw);
        let kind = classify_identity(&id);
        let key = match kind {
            IdentityKind::Valid | IdentityKind::BadCheck | IdentityKind::Other => {
                let id_number = expand_id15(&id).unwrap_or(id);
                let key = self.vault.person_key(&id_number);
                self.persons.push(NewPerson { key, masked: mask(&id_number), id_number, name: name.to_owned() });
                Some(key)
            }
            IdentityKind::Masked | IdentityKind::Digest | IdentityKind::Missing => None,
        };
        self.known.insert(raw.into(), (key, kind));
        (key, kind)
    }

    /// Key of a card cell; a masked number has none.
    pub fn card(&mut self, raw: &str) -> Option<CardKey> {
        if let Some(found) = self.known_cards.get(raw) {
            return *found;
        }
        let number: String = normalise_identity(raw).chars().filter(|c| *c != '-').collect();
        let key = (!number.is_empty() && !number.contains('*')).then(|| {
            let key = self.vault.card_key(&number);
            self.cards.push(NewCard { key, masked: mask(&number), number });
            key
        });
        self.known_cards.insert(raw.into(), key);
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
