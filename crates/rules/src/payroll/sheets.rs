//! Payrolls on which a fault stands: whose they are, and since when it is there to be seen.

use crate::rule::{CheckContext, Verdict};

/// A verdict on sheets (places in the dossier) is put to their employers and dates from the first of them.
pub fn accused(cx: &CheckContext, verdict: Verdict, sheets: impl IntoIterator<Item = usize>) -> Verdict {
    let heads: Vec<_> = sheets.into_iter().map(|at| &cx.dossier.payrolls[at].head).collect();
    let since = heads.iter().filter_map(|head| head.uploaded_on.get().or(head.prepared_on.get())).min();
    let verdict = verdict.party(cx.facts.employer_at_fault(heads.iter().map(|head| head.employer.as_deref())));
    match since {
        Some(since) => verdict.since(since),
        None => verdict,
    }
}
