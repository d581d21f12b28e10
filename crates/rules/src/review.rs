//! Names without identity number that fit several people: put to an officer, never guessed (file-formats.md §14, quirk 22).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::sheet::Who;
use model::{CardKey, Dataset, Dossier, Month, PersonKey, Table};

use crate::facts::people::{Named, Unnumbered};
use crate::facts::{AMBIGUOUS, People, Pid};

/// Lines of one name, team and card that fit several people of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question<'d> {
    pub name: &'d str,
    pub team: Option<&'d str>,
    pub card: Option<CardKey>,
    /// Where they stand, in the order of the sheets.
    pub lines: Vec<Place<'d>>,
    /// People with a number who have the name or the card.
    pub candidates: Vec<Candidate<'d>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'d> {
    pub dataset: Dataset,
    pub month: Option<Month>,
    pub file: &'d str,
    pub worksheet: &'d str,
    pub row: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'d> {
    pub person: PersonKey,
    pub names: BTreeSet<&'d str>,
    pub teams: BTreeSet<&'d str>,
}

/// Every open question of a project, by name, team and card.
#[must_use]
pub fn questions(dossier: &Dossier) -> Vec<Question<'_>> {
    let people = People::of(dossier);
    let mut asked = Asked { people: &people, known: BTreeMap::new(), cards: BTreeMap::new(), open: BTreeMap::new() };
    asked.walk(Dataset::Roster, &dossier.rosters, &people.roster);
    asked.walk(Dataset::Contract, &dossier.contracts, &people.contract);
    asked.walk(Dataset::Attendance, &dossier.attendance, &people.attendance);
    asked.walk(Dataset::Payroll, &dossier.payrolls, &people.payroll);
    asked.walk(Dataset::Payout, &dossier.payouts, &people.payout);
    asked.questions()
}

#[derive(Default)]
struct Known<'d> {
    names: BTreeSet<&'d str>,
    teams: BTreeSet<&'d str>,
}

struct Asked<'p, 'd> {
    people: &'p People,
    known: BTreeMap<PersonKey, Known<'d>>,
    cards: BTreeMap<CardKey, BTreeSet<PersonKey>>,
    open: BTreeMap<Unnumbered<'d>, Vec<Place<'d>>>,
}

impl<'d> Asked<'_, 'd> {
    fn walk<L: Named>(&mut self, dataset: Dataset, tables: &'d [Arc<Table<L>>], pids: &[Vec<Pid>]) {
        for (table, pids) in tables.iter().zip(pids) {
            let head = &table.head;
            for (line, pid) in table.lines.iter().zip(pids) {
                let who: &'d Who = line.who();
                let team = line.team().or(head.team.as_deref()).filter(|_| dataset != Dataset::Payout);
                if *pid == AMBIGUOUS {
                    let place = Place { dataset, month: table.month, file: &head.file, worksheet: &head.worksheet, row: who.row };
                    self.open.entry((&who.name, team, who.card)).or_default().push(place);
                } else if let Some(key) = self.people.persons.get(*pid as usize).and_then(|person| person.key) {
                    let known = self.known.entry(key).or_default();
                    known.names.insert(&who.name);
                    known.teams.extend(team);
                    if let Some(card) = who.card {
                        self.cards.entry(card).or_default().insert(key);
                    }
                }
            }
        }
    }

    fn questions(self) -> Vec<Question<'d>> {
        let candidates = |name: &str, card: Option<CardKey>| {
            let users = card.and_then(|card| self.cards.get(&card));
            let fits = |key: &PersonKey, known: &Known| known.names.contains(name) || users.is_some_and(|users| users.contains(key));
            let fitting = self.known.iter().filter(|(key, known)| fits(key, known));
            fitting.map(|(key, known)| Candidate { person: *key, names: known.names.clone(), teams: known.teams.clone() }).collect()
        };
        let open = self.open.iter();
        open.map(|((name, team, card), lines)| Question {
            name,
            team: *team,
            card: *card,
            lines: lines.clone(),
            candidates: candidates(name, *card),
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use model::Identification;

    use super::*;
    use crate::cases::dossier_of;

    const CASE: &str = r#"
        as_of = 2024-06-01
        rosters = [{ lines = [
            { who = "甲", id = "一号", team = "一班" }, { who = "甲", id = "二号", team = "二班" }, { who = "乙", team = "一班" }] }]
        payrolls = [{ month = "2024-04", lines = [
            { who = "甲", id = "-", team = "三班", net = 5000 }, { who = "甲", id = "-", team = "二班", net = 4000 }] }]
    "#;

    fn owner(dossier: &Dossier, line: usize) -> Option<PersonKey> {
        let people = People::of(dossier);
        people.persons.get(people.payroll[0][line] as usize).and_then(|person| person.key)
    }

    #[test]
    fn a_name_two_people_have_is_asked_until_an_officer_settles_it() {
        let mut dossier = dossier_of(CASE);
        assert!(owner(&dossier, 1).is_some(), "one of them is in that team");
        let asked = questions(&dossier);
        let [question] = &asked[..] else { panic!("{asked:?}") };
        assert_eq!((question.name, question.team, question.lines.len()), ("甲", Some("三班"), 1));
        assert_eq!((question.lines[0].dataset, question.lines[0].row), (Dataset::Payroll, 2));
        let mut teams: Vec<_> = question.candidates.iter().flat_map(|c| c.teams.iter().copied()).collect();
        teams.sort_unstable();
        assert_eq!((question.candidates.len(), teams), (2, vec!["一班", "二班"]));
        let person = question.candidates[0].person;
        let settled = Identification { name: "甲".to_owned(), team: Some("三班".to_owned()), card: None, person: Some(person) };

        dossier.identified = vec![settled.clone()];
        assert_eq!((owner(&dossier, 0), questions(&dossier)), (Some(person), vec![]));
        dossier.identified = vec![Identification { person: None, ..settled.clone() }];
        assert_eq!((owner(&dossier, 0), questions(&dossier)), (None, vec![]), "somebody else: a person of their own");
        dossier.identified = vec![Identification { team: Some("四班".to_owned()), ..settled }];
        assert_eq!(questions(&dossier).len(), 1, "said of another team");
    }
}
