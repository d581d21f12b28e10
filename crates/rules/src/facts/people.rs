//! Who is who across the sheets of a project (file-formats.md §17, rules.md §6, "Payroll against bank").
//!
//! Amounts are compared, never a key. What fits several people is left open, never guessed.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use model::sheet::Who;
use model::{CardKey, Dossier, Month, PersonKey, Table};

pub use super::named::Named;

/// Place of a person in [`People`].
pub type Pid = u32;

/// A line that fits several people.
pub const AMBIGUOUS: Pid = Pid::MAX;

/// Person and card keys are keyed hashes already: their first bytes serve as they are.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = self.0.rotate_left(5) ^ u64::from_le_bytes(word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn write_i32(&mut self, number: i32) {
        self.write(&number.to_le_bytes());
    }
}

type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<KeyHasher>>;

#[derive(Debug)]
pub struct Person {
    /// `None`: known by name and card or team only.
    pub key: Option<PersonKey>,
    pub name: Box<str>,
}

/// Every person of the project, and for every line of every sheet whose it is.
#[derive(Debug, Default)]
pub struct People {
    pub persons: Vec<Person>,
    /// Person of each line, table by table.
    pub roster: Vec<Vec<Pid>>,
    pub contract: Vec<Vec<Pid>>,
    pub attendance: Vec<Vec<Pid>>,
    pub payroll: Vec<Vec<Pid>>,
    pub payout: Vec<Vec<Pid>>,
    /// Persons under each name, where some line has no identity number.
    names: HashMap<Box<str>, Vec<Pid>>,
}

impl People {
    pub fn of(dossier: &Dossier) -> Self {
        let settled = dossier.identified.iter();
        let mut builder = Builder {
            identified: settled.map(|i| ((i.name.as_str(), i.team.as_deref(), i.card), i.person)).collect(),
            ..Builder::default()
        };
        let mut people = Self {
            roster: builder.keyed(&dossier.rosters),
            contract: builder.keyed(&dossier.contracts),
            attendance: builder.keyed(&dossier.attendance),
            payroll: builder.keyed(&dossier.payrolls),
            payout: builder.keyed(&dossier.payouts),
            persons: Vec::new(),
            names: HashMap::new(),
        };
        if builder.open {
            builder.match_rest(dossier, &mut people);
        }
        people.names = builder.names.into_iter().map(|(name, pids)| (name.into(), pids)).collect();
        people.persons = builder.persons.into_iter().map(|(key, name)| Person { key, name: name.into() }).collect();
        people
    }

    pub fn name(&self, pid: Pid) -> &str {
        self.persons.get(pid as usize).map_or("", |person| &person.name)
    }

    /// Whose a line may be that fits several people.
    pub fn named(&self, name: &str) -> &[Pid] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Name, team and card of a line without number.
pub type Unnumbered<'d> = (&'d str, Option<&'d str>, Option<CardKey>);

#[derive(Default)]
struct Builder<'d> {
    /// Number and name of each.
    persons: Vec<(Option<PersonKey>, &'d str)>,
    by_key: KeyMap<PersonKey, Pid>,
    /// Officers' words on names without numbers.
    identified: HashMap<Unnumbered<'d>, Option<PersonKey>>,
    /// Some line has no identity number.
    open: bool,
    names: HashMap<&'d str, Vec<Pid>>,
    roster_cards: KeyMap<CardKey, Vec<Pid>>,
    payroll_cards: KeyMap<CardKey, Vec<(Option<Month>, Pid)>>,
    /// Cards of persons only the bank names.
    payee_cards: HashMap<Pid, Vec<CardKey>>,
    teams: HashMap<Pid, Vec<&'d str>>,
    /// Strangers by name and card, or name and team.
    strangers: HashMap<(&'d str, Option<CardKey>, Option<&'d str>), Pid>,
    stranger_cards: HashMap<Pid, Vec<CardKey>>,
}

const OPEN: Pid = Pid::MAX - 1;

impl<'d> Builder<'d> {
    fn keyed<L: Named>(&mut self, tables: &'d [Arc<Table<L>>]) -> Vec<Vec<Pid>> {
        tables
            .iter()
            .map(|table| {
                let mut pids = Vec::with_capacity(table.lines.len());
                for line in &table.lines {
                    let who = line.who();
                    let pid = who.person.map(|key| self.intern(key, &who.name));
                    self.open |= pid.is_none();
                    pids.push(pid.unwrap_or(OPEN));
                }
                pids
            })
            .collect()
    }

    fn intern(&mut self, key: PersonKey, name: &'d str) -> Pid {
        let next = Pid::try_from(self.persons.len()).unwrap_or(OPEN);
        let pid = *self.by_key.entry(key).or_insert(next);
        if pid == next {
            self.persons.push((Some(key), name));
        }
        pid
    }

    /// Second pass, only where some line has no identity number. Roster first: it is the register of names.
    fn match_rest(&mut self, dossier: &'d Dossier, people: &mut People) {
        self.learn(&dossier.rosters, &people.roster);
        self.learn(&dossier.payrolls, &people.payroll);
        self.learn(&dossier.attendance, &people.attendance);
        self.learn(&dossier.contracts, &people.contract);
        self.learn_payees(dossier, people);
        self.learn_cards(dossier, people);
        self.settle(&dossier.rosters, &mut people.roster);
        self.learn_cards(dossier, people);
        self.settle(&dossier.payrolls, &mut people.payroll);
        self.learn_cards(dossier, people);
        self.settle(&dossier.attendance, &mut people.attendance);
        self.settle(&dossier.contracts, &mut people.contract);
        for (table, pids) in dossier.payouts.iter().zip(&mut people.payout) {
            for (line, pid) in table.lines.iter().zip(pids).filter(|(_, pid)| **pid == OPEN) {
                *pid = match self.settled(&line.who, None) {
                    Some(settled) => settled,
                    None => self.payee(table.month, &line.who),
                };
            }
        }
    }

    fn learn<L: Named>(&mut self, tables: &'d [Arc<Table<L>>], pids: &[Vec<Pid>]) {
        for (table, pids) in tables.iter().zip(pids) {
            for (line, pid) in table.lines.iter().zip(pids).filter(|(_, pid)| **pid < OPEN) {
                self.learn_name(*pid, &line.who().name, line.team().or(table.head.team.as_deref()));
            }
        }
    }

    /// A payee's spelling may be the bank's: payouts teach the names of those only whom no other sheet gives a number.
    fn learn_payees(&mut self, dossier: &'d Dossier, people: &People) {
        let known: HashSet<Pid> = self.names.values().flatten().copied().collect();
        for (table, pids) in dossier.payouts.iter().zip(&people.payout) {
            for (line, pid) in table.lines.iter().zip(pids).filter(|(_, pid)| **pid < OPEN && !known.contains(*pid)) {
                self.learn_name(*pid, &line.who.name, None);
                self.payee_cards.entry(*pid).or_default().extend(line.who.card);
            }
        }
    }

    fn learn_name(&mut self, pid: Pid, name: &'d str, team: Option<&'d str>) {
        let pids = self.names.entry(name).or_default();
        if !pids.contains(&pid) {
            pids.push(pid);
        }
        if let Some(team) = team {
            let teams = self.teams.entry(pid).or_default();
            if !teams.contains(&team) {
                teams.push(team);
            }
        }
    }

    fn learn_cards(&mut self, dossier: &'d Dossier, people: &People) {
        self.roster_cards.clear();
        self.payroll_cards.clear();
        for (table, pids) in dossier.rosters.iter().zip(&people.roster) {
            for (line, pid) in table.lines.iter().zip(pids).filter(|(_, pid)| **pid < OPEN) {
                if let Some(card) = line.who.card {
                    self.roster_cards.entry(card).or_default().push(*pid);
                }
            }
        }
        for (table, pids) in dossier.payrolls.iter().zip(&people.payroll) {
            for (line, pid) in table.lines.iter().zip(pids).filter(|(_, pid)| **pid < OPEN) {
                if let Some(card) = line.who.card {
                    self.payroll_cards.entry(card).or_default().push((table.month, *pid));
                }
            }
        }
    }

    /// Cards tell namesakes apart: lines that have one go first, so that their order does not matter.
    fn settle<L: Named>(&mut self, tables: &'d [Arc<Table<L>>], pids: &mut [Vec<Pid>]) {
        for with_card in [true, false] {
            for (table, pids) in tables.iter().zip(pids.iter_mut()).filter(|(_, pids)| pids.contains(&OPEN)) {
                self.settle_lines(table, pids, with_card);
            }
        }
    }

    fn settle_lines<L: Named>(&mut self, table: &'d Table<L>, pids: &mut [Pid], with_card: bool) {
        let mut present: HashSet<Pid> = pids.iter().copied().filter(|pid| *pid < OPEN).collect();
        let twice = if with_card { HashSet::new() } else { indistinct(table, pids) };
        let open = |(line, pid): &(&L, &mut Pid)| **pid == OPEN && line.who().card.is_some() == with_card;
        for (line, pid) in table.lines.iter().zip(pids).filter(open) {
            let (who, team) = (line.who(), line.team().or(table.head.team.as_deref()));
            if let Some(settled) = self.settled(who, team) {
                *pid = settled;
                continue;
            }
            let found = self.by_card_or_name(who, team);
            let stands = present.contains(&found);
            // Nothing but the name, and another line of the sheet has it too: one person or two, nobody can say.
            if !with_card && (twice.contains(&(who.name.as_str(), team)) || (stands && !line.is_repeated())) {
                *pid = AMBIGUOUS;
                continue;
            }
            // Whoever stands on the sheet already, with another card, is a namesake.
            let namesake = stands && with_card && !self.has_card(found, who.card);
            *pid = if found == OPEN || namesake { self.stranger(who, team) } else { found };
            if with_card {
                present.insert(*pid);
            }
            self.learn_card(*pid, who.card);
        }
    }

    /// What an officer said of lines like this one.
    fn settled(&mut self, who: &'d Who, team: Option<&'d str>) -> Option<Pid> {
        Some(match *self.identified.get(&(who.name.as_str(), team, who.card))? {
            Some(key) => self.intern(key, &who.name),
            None => self.stranger(who, team),
        })
    }

    /// `OPEN`: nobody fits.
    fn by_card_or_name(&self, who: &'d Who, team: Option<&str>) -> Pid {
        let on_roster = who.card.and_then(|card| self.roster_cards.get(&card));
        match on_roster.map(|pids| self.whose_name_fits(pids.iter().copied(), &who.name)) {
            Some(pid) if pid < OPEN && self.persons[pid as usize].1 == who.name => pid,
            _ => self.by_name(&who.name, who.card, team),
        }
    }

    fn by_name(&self, name: &str, card: Option<CardKey>, team: Option<&str>) -> Pid {
        let Some(pids) = self.names.get(name) else { return OPEN };
        if let [only] = pids[..] {
            // Two cards under one name without numbers are two people, until a number says otherwise.
            let known = self.stranger_cards.get(&only).is_some_and(|cards| !cards.is_empty());
            let other = known && card.is_some() && !self.has_card(only, card);
            return if other { OPEN } else { only };
        }
        let with_card = || pids.iter().copied().filter(|pid| self.has_card(*pid, card));
        if card.is_some() && with_card().count() == 1 {
            return with_card().next().unwrap_or(AMBIGUOUS);
        }
        let in_team = |pid: &Pid| team.is_some_and(|team| self.teams.get(pid).is_some_and(|teams| teams.contains(&team)));
        let mut fitting = pids.iter().copied().filter(in_team);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => only,
            _ => AMBIGUOUS,
        }
    }

    fn has_card(&self, pid: Pid, card: Option<CardKey>) -> bool {
        card.is_some_and(|card| {
            self.roster_cards.get(&card).is_some_and(|pids| pids.contains(&pid))
                || self.payroll_cards.get(&card).is_some_and(|lines| lines.iter().any(|(_, p)| *p == pid))
                || self.stranger_cards.get(&pid).is_some_and(|cards| cards.contains(&card))
                || self.payee_cards.get(&pid).is_some_and(|cards| cards.contains(&card))
        })
    }

    /// Only a person without number is told apart by card.
    fn learn_card(&mut self, pid: Pid, card: Option<CardKey>) {
        if let (Some(card), Some(None)) = (card, self.persons.get(pid as usize).map(|(key, _)| key)) {
            let cards = self.stranger_cards.entry(pid).or_default();
            if !cards.contains(&card) {
                cards.push(card);
            }
        }
    }

    fn stranger(&mut self, who: &'d Who, team: Option<&'d str>) -> Pid {
        let key = (who.name.as_str(), who.card, if who.card.is_some() { None } else { team });
        let next = Pid::try_from(self.persons.len()).unwrap_or(OPEN);
        let pid = *self.strangers.entry(key).or_insert(next);
        if pid == next {
            self.persons.push((None, &who.name));
        }
        self.learn_name(pid, &who.name, team);
        pid
    }

    /// Card on that month's payroll, else card on the roster, else a name only one person has.
    fn payee(&mut self, month: Option<Month>, who: &'d Who) -> Pid {
        if let Some(card) = who.card {
            let lines = self.payroll_cards.get(&card).map_or(&[][..], Vec::as_slice);
            let same_month = lines.iter().filter(|(m, _)| month.is_none() || *m == month).map(|(_, pid)| *pid);
            let on_payroll = self.whose_name_fits(same_month, &who.name);
            if on_payroll != OPEN {
                return on_payroll;
            }
            let on_roster = self.roster_cards.get(&card).map_or(&[][..], Vec::as_slice);
            let on_roster = self.whose_name_fits(on_roster.iter().copied(), &who.name);
            if on_roster != OPEN {
                return on_roster;
            }
        }
        match self.by_name(&who.name, who.card, None) {
            // A payee without number on an unknown card, while only one person has the name: that person.
            OPEN => match self.names.get(who.name.as_str()).map(Vec::as_slice) {
                Some([only]) => *only,
                Some(_) => AMBIGUOUS,
                None => self.stranger(who, None),
            },
            pid => pid,
        }
    }

    /// The one person, or among several users of a card the one of that name.
    fn whose_name_fits(&self, pids: impl Iterator<Item = Pid>, name: &str) -> Pid {
        let mut all: Vec<Pid> = pids.collect();
        all.sort_unstable();
        all.dedup();
        match all[..] {
            [] => OPEN,
            [only] => only,
            _ => {
                let mut fitting = all.into_iter().filter(|pid| self.persons[*pid as usize].1 == name);
                match (fitting.next(), fitting.next()) {
                    (Some(only), None) => only,
                    _ => AMBIGUOUS,
                }
            }
        }
    }
}

/// Names that several lines of a sheet share, with one team and neither number nor card.
fn indistinct<'d, L: Named>(table: &'d Table<L>, pids: &[Pid]) -> HashSet<(&'d str, Option<&'d str>)> {
    let (mut once, mut twice) = (HashSet::new(), HashSet::new());
    for (line, pid) in table.lines.iter().zip(pids) {
        let who = line.who();
        let name = (who.name.as_str(), line.team().or(table.head.team.as_deref()));
        if *pid == OPEN && who.card.is_none() && !line.is_repeated() && !once.insert(name) {
            twice.insert(name);
        }
    }
    twice
}
