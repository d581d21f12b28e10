//! When the wages of a project had to go through a special account.

use model::{Dataset, Date, Outcome};

use crate::account::{Standing, closed_early, not_opened, standing};
use crate::rule::{COLUMN_ABSENT, CheckContext, Unknown};

/// Whether a payment had to go through it.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    Yes,
    /// No account was due or there yet, or it had been closed lawfully.
    No,
    /// Another rule names the fault, or it is not known.
    Unknown(Unknown),
}

/// Before, between and after the first opening and the last closing.
#[derive(Debug)]
pub struct Times {
    opened: Option<Date>,
    before: Bound,
    closed: Option<Date>,
    after: Bound,
}

impl Times {
    pub fn of(cx: &CheckContext) -> Self {
        let accounts = &cx.facts.accounts;
        let opened = accounts.iter().filter_map(|account| account.row.opened_on.get()).min();
        let open = Self { opened, before: Bound::No, closed: None, after: Bound::Yes };
        match standing(cx) {
            Standing::Open { .. } => open,
            Standing::OpeningUnknown => Self::always(Bound::Unknown(COLUMN_ABSENT)),
            Standing::Missing { .. } => Self::without_account(cx),
            Standing::Closed { .. } => {
                let closed = accounts.iter().filter_map(|account| account.row.closed_on.get()).max();
                Self { closed, after: after_closing(cx), ..open }
            }
        }
    }

    /// A payment without date is taken to be a late one.
    pub fn on(&self, paid_on: Option<Date>) -> Bound {
        let is_late = |from: Option<Date>| paid_on.is_none_or(|paid| from.is_none_or(|from| from <= paid));
        match (is_late(self.opened), self.after != Bound::Yes && is_late(self.closed)) {
            (false, _) => self.before.clone(),
            (true, true) => self.after.clone(),
            (true, false) => Bound::Yes,
        }
    }

    fn always(bound: Bound) -> Self {
        Self { opened: None, before: bound.clone(), closed: None, after: bound }
    }

    /// The lack of an account is the fault where it is told; where it is not, the payments are.
    fn without_account(cx: &CheckContext) -> Self {
        match not_opened::judge(cx) {
            Ok(verdict) => match verdict.outcome {
                Outcome::Breach if not_opened::runs(cx) => Self::always(Bound::Unknown(Unknown::held_by(not_opened::ID))),
                Outcome::Breach => {
                    Self { opened: verdict.due.and_then(|due| due.succ_opt()), before: Bound::No, closed: None, after: Bound::Yes }
                }
                Outcome::Clear => Self::always(Bound::No),
                Outcome::Unknown => Self::always(Bound::Unknown(Unknown::missing(Dataset::Account))),
            },
            Err(why) => Self::always(Bound::Unknown(why)),
        }
    }
}

/// All accounts are closed: lawfully, or as another rule tells.
fn after_closing(cx: &CheckContext) -> Bound {
    if cx.facts.accounts.iter().any(|account| closed_early::in_question(cx, account)) {
        return Bound::Unknown(Unknown::held_by(closed_early::ID));
    }
    if closed_early::runs(cx) {
        return Bound::No;
    }
    let mut bound = Bound::No;
    for account in &cx.facts.accounts {
        match closed_early::judge(cx, account) {
            // Nobody is told of the closing: that the wages went elsewhere is the fault.
            Ok(verdict) if verdict.outcome == Outcome::Breach => return Bound::Yes,
            Ok(_) => {}
            Err(why) => bound = Bound::Unknown(why),
        }
    }
    bound
}
