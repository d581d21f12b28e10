//! What a sheet says that other projects may say too: persons, cards, company, wage officer.

use std::collections::BTreeSet;

use model::sheet::{Body, Project, Who};
use model::{CardKey, PersonKey};

use crate::sheets::name_key;
use crate::vault::hex;

/// First eight bytes of a key and of its holder's. Few enough bytes to keep in memory for a county, enough of them that
/// two keys rarely meet; where they do, a candidate too many is looked at.
pub(crate) type Pair = [u8; 16];

/// What a sheet enters for its project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Sorted, each once.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) peers: BTreeSet<String>,
}

/// Datasets that enter anything.
pub(crate) const ENTERING: [&str; 5] = ["attendance", "roster", "payroll", "payout", "project"];

impl Keys {
    pub(crate) fn of(body: &Body) -> Self {
        let mut keys = Self::default();
        match body {
            Body::Attendance(lines) => keys.pairs.extend(lines.iter().filter_map(|line| line.who.person).map(attended)),
            Body::Roster(lines) => keys.pairs.extend(lines.iter().filter_map(|line| held(&line.who)).map(carried)),
            Body::Payroll(lines) => keys.pairs.extend(lines.iter().filter_map(|line| held(&line.who)).map(carried)),
            Body::Payout(lines) => keys.pairs.extend(lines.iter().filter_map(|line| held(&line.who)).map(carried)),
            Body::Project(lines) => keys.peers.extend(lines.iter().flat_map(peers)),
            _ => {}
        }
        keys.pairs.sort_unstable();
        keys.pairs.dedup();
        keys
    }
}

/// A card and whose it is, where the line knows both.
pub(crate) fn held(who: &Who) -> Option<(CardKey, PersonKey)> {
    who.card.zip(who.person)
}

fn attended(person: PersonKey) -> Pair {
    pair(&person.0, &[0; 16])
}

fn carried((card, person): (CardKey, PersonKey)) -> Pair {
    pair(&card.0, &person.0)
}

fn pair(key: &[u8; 16], holder: &[u8; 16]) -> Pair {
    std::array::from_fn(|at| if at < 8 { key[at] } else { holder[at - 8] })
}

/// The number under which a key stands in the tables.
pub(crate) fn number(key: &[u8; 16]) -> i64 {
    split(key).0
}

/// Numbers of key and holder.
pub(crate) fn split(pair: &Pair) -> (i64, i64) {
    let half = |from: usize| i64::from_be_bytes(std::array::from_fn(|at| pair[from + at]));
    (half(0), half(8))
}

/// Words that projects of the same company, or with the same wage officer, have in common.
pub(crate) fn peers(project: &Project) -> BTreeSet<String> {
    let word = |kind: &str, text: &Option<String>| {
        let text = name_key(text.as_deref().unwrap_or_default());
        (!text.is_empty()).then(|| format!("{kind}:{text}"))
    };
    let officer = project.wage_officer_id.map(|person| format!("officer:{}", hex(&person.0)));
    [word("name", &project.contractor_name), word("code", &project.contractor_code), officer].into_iter().flatten().collect()
}
