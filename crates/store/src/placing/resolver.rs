//! Which project a place stands for, given what the current sheets say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Candidate, PlaceKind};
use crate::sheets::COUNTY;

/// Projects by code, name and account.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Resolver {
    /// Name key by code.
    pub(crate) projects: BTreeMap<String, String>,
    names: BTreeMap<String, BTreeSet<String>>,
    /// Accounts by code, and the other way round.
    pub(crate) accounts_of: BTreeMap<String, BTreeSet<String>>,
    accounts: BTreeMap<String, BTreeSet<String>>,
}

impl Resolver {
    pub(crate) fn set_project(&mut self, code: &str, name: &str) {
        if let Some(old) = self.projects.insert(code.to_owned(), name.to_owned())
            && let Some(codes) = self.names.get_mut(&old)
        {
            codes.remove(code);
        }
        self.names.entry(name.to_owned()).or_default().insert(code.to_owned());
    }

    pub(crate) fn set_accounts(&mut self, code: &str, accounts: BTreeSet<String>) {
        for gone in self.accounts_of.get(code).into_iter().flatten() {
            if let Some(codes) = self.accounts.get_mut(gone) {
                codes.remove(code);
            }
        }
        for account in &accounts {
            self.accounts.entry(account.clone()).or_default().insert(code.to_owned());
        }
        self.accounts_of.insert(code.to_owned(), accounts);
    }

    /// Projects the sheet belongs to: none while it must wait, several only for an account that serves several and says
    /// in its lines which is which.
    pub(crate) fn targets(&self, sheet: &Candidate) -> BTreeSet<String> {
        let place = sheet.place.text.as_str();
        let only = |codes: Option<&BTreeSet<String>>| codes.filter(|codes| codes.len() == 1).cloned().unwrap_or_default();
        match sheet.place.kind {
            PlaceKind::County => BTreeSet::from([COUNTY.to_owned()]),
            PlaceKind::Code if sheet.dataset == model::Dataset::Project || self.projects.contains_key(place) => {
                BTreeSet::from([place.to_owned()])
            }
            PlaceKind::Code => BTreeSet::new(),
            PlaceKind::Name if place.is_empty() => BTreeSet::new(),
            PlaceKind::Name => only(self.names.get(place)),
            PlaceKind::Account if sheet.coded => self.accounts.get(place).cloned().unwrap_or_default(),
            PlaceKind::Account => only(self.accounts.get(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Dataset;

    use super::*;
    use crate::placing::PlaceKey;

    fn sheet(dataset: Dataset, kind: PlaceKind, place: &str, coded: bool) -> Candidate {
        Candidate {
            sheet_id: 1,
            dataset,
            place: PlaceKey::new(kind, place),
            month: String::new(),
            part: String::new(),
            received_at: 0,
            uploaded_on: String::new(),
            rank: Vec::new(),
            coded,
            keys: None,
            placed: false,
            waiting: false,
        }
    }

    fn codes(codes: &[&str]) -> BTreeSet<String> {
        codes.iter().map(|code| (*code).to_owned()).collect()
    }

    #[test]
    fn a_code_counts_once_its_project_is_known() {
        let mut resolver = Resolver::default();
        let payroll = sheet(Dataset::Payroll, PlaceKind::Code, "P1", false);
        assert_eq!(resolver.targets(&payroll), codes(&[]));
        assert_eq!(resolver.targets(&sheet(Dataset::Project, PlaceKind::Code, "P1", false)), codes(&["P1"]));
        resolver.set_project("P1", "甲");
        assert_eq!(resolver.targets(&payroll), codes(&["P1"]));
    }

    #[test]
    fn a_name_counts_only_while_one_project_bears_it() {
        let mut resolver = Resolver::default();
        let roster = sheet(Dataset::Roster, PlaceKind::Name, "甲", false);
        resolver.set_project("P1", "甲");
        assert_eq!(resolver.targets(&roster), codes(&["P1"]));
        resolver.set_project("P2", "甲");
        assert_eq!(resolver.targets(&roster), codes(&[]));
        resolver.set_project("P2", "乙");
        assert_eq!(resolver.targets(&roster), codes(&["P1"]));
    }

    #[test]
    fn a_shared_account_waits_unless_its_lines_carry_codes() {
        let mut resolver = Resolver::default();
        resolver.set_accounts("P1", codes(&["6222"]));
        let plain = sheet(Dataset::Ledger, PlaceKind::Account, "6222", false);
        let coded = sheet(Dataset::Ledger, PlaceKind::Account, "6222", true);
        assert_eq!(resolver.targets(&plain), codes(&["P1"]));
        resolver.set_accounts("P2", codes(&["6222"]));
        assert_eq!(resolver.targets(&plain), codes(&[]));
        assert_eq!(resolver.targets(&coded), codes(&["P1", "P2"]));
        resolver.set_accounts("P1", codes(&[]));
        assert_eq!(resolver.targets(&plain), codes(&["P2"]));
    }
}
