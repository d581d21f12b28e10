//! Identity numbers that identify nobody, counted per source and dataset (file-formats.md §14, quirks 13 and 15).

use std::collections::BTreeMap;

use model::identifier::IdentityKind;
use model::{Dataset, Dossier};
use serde::Serialize;

/// Lines of one dataset from one source by what their identity numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Identities<'d> {
    source: &'d str,
    dataset: Dataset,
    lines: u32,
    /// Birth date or check character is wrong.
    bad_check: u32,
    masked: u32,
    digest: u32,
    without_number: u32,
}

impl Identities<'_> {
    fn count(&mut self, kind: IdentityKind) {
        self.lines += 1;
        match kind {
            IdentityKind::Valid | IdentityKind::Other => {}
            IdentityKind::BadCheck => self.bad_check += 1,
            IdentityKind::Masked => self.masked += 1,
            IdentityKind::Digest => self.digest += 1,
            IdentityKind::Missing => self.without_number += 1,
        }
    }

    fn is_faulty(&self) -> bool {
        self.bad_check + self.masked + self.digest + self.without_number > 0
    }
}

/// Only where something is wrong, by source and dataset. Payouts name their payee by account: they are not counted.
pub fn faulty(dossier: &Dossier) -> Vec<Identities<'_>> {
    let mut counts: BTreeMap<(&str, Dataset), Identities<'_>> = BTreeMap::new();
    macro_rules! count {
        ($($dataset:ident: $tables:ident),*) => {
            $(for table in &dossier.$tables {
                let (source, dataset) = (table.source.as_str(), Dataset::$dataset);
                let new = Identities { source, dataset, lines: 0, bad_check: 0, masked: 0, digest: 0, without_number: 0 };
                let identities = counts.entry((source, dataset)).or_insert(new);
                table.lines.iter().for_each(|line| identities.count(line.who.identity));
            })*
        };
    }
    count!(Roster: rosters, Contract: contracts, Attendance: attendance, Payroll: payrolls, WorkerSettlement: worker_settlements);
    counts.into_values().filter(Identities::is_faulty).collect()
}
