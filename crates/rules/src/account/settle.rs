//! Which month's labour cost is paid, and by which credit (rules.md §6, "Funding").
//!
//! A credit belongs to the month it is posted in; what exceeds that month's wages fills the oldest open months,
//! then later ones. Pure arithmetic: no law, no status, no outcome.

use model::{Date, Fen, Month};

/// What one month asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub month: Month,
    /// The day by which labour cost is due; `None` where nothing falls due in the month.
    pub due: Option<Date>,
    /// Wages whose pay-day lies in the month; `None` where they are not known.
    pub wages: Option<Fen>,
}

/// Money that came in as labour cost from the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Credit {
    pub date: Date,
    pub amount: Fen,
}

/// A month after all credits are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub claim: Claim,
    /// Sum of the credits that belong to the month.
    pub credited: Fen,
    pub first_credit: Option<Date>,
    /// What surplus of other months paid of this month's wages.
    pub covered: Fen,
    /// The day the surplus that completed the month came in; `None` where it was there before.
    pub covered_on: Option<Date>,
    /// Largest surplus at hand from this month on: the measure for a month whose wages are not known.
    pub at_hand: Fen,
}

impl Settled {
    /// Wages nobody has paid in yet.
    pub fn missing(&self) -> Option<Fen> {
        self.claim.wages.map(|wages| (wages - self.credited - self.covered).max(Fen::ZERO))
    }

    /// Whether surplus of other months alone carries a month without credit of its own.
    pub fn is_carried(&self) -> bool {
        self.credited == Fen::ZERO && self.missing() == Some(Fen::ZERO) && (self.claim.wages > Some(Fen::ZERO) || self.at_hand > Fen::ZERO)
    }
}

/// Lays out `credits` (any order) over `claims` (ascending months without gaps).
pub fn settle(claims: &[Claim], credits: &[Credit]) -> Vec<Settled> {
    let mut credits = credits.to_vec();
    credits.sort_unstable();
    let mut months = attribute(claims, &credits);
    let mut pot = Fen::ZERO;
    for at in 0..months.len() {
        let Settled { claim, credited, .. } = months[at];
        // Without the wages of a month nobody can say what of its credit is surplus.
        pot += claim.wages.map_or(Fen::ZERO, |wages| (credited - wages).max(Fen::ZERO));
        let came_in = credits.iter().rev().map(|c| c.date).find(|date| claim.month.contains(*date));
        for earlier in &mut months[..=at] {
            let open = earlier.missing().unwrap_or(Fen::ZERO);
            let taken = open.min(pot);
            if taken > Fen::ZERO {
                pot -= taken;
                earlier.covered += taken;
                earlier.covered_on = if earlier.claim.month == claim.month { None } else { came_in };
            }
        }
        for month in &mut months[..=at] {
            month.at_hand = month.at_hand.max(pot);
        }
    }
    months
}

fn attribute(claims: &[Claim], credits: &[Credit]) -> Vec<Settled> {
    let blank = |claim: &Claim| Settled {
        claim: *claim,
        credited: Fen::ZERO,
        first_credit: None,
        covered: Fen::ZERO,
        covered_on: None,
        at_hand: Fen::ZERO,
    };
    let mut months: Vec<Settled> = claims.iter().map(blank).collect();
    for credit in credits {
        let Some(own) = months.iter().position(|m| m.claim.month.contains(credit.date)) else { continue };
        // A due day that rolled over the end of its month still takes the credit that kept it.
        let rolled = own.checked_sub(1).filter(|before| {
            let before = &months[*before];
            before.first_credit.is_none_or(|date| !before.claim.month.contains(date))
                && before.claim.due.is_some_and(|due| credit.date <= due)
        });
        let month = &mut months[rolled.unwrap_or(own)];
        month.credited += credit.amount;
        month.first_credit = month.first_credit.or(Some(credit.date));
    }
    months
}

#[cfg(test)]
mod tests {
    use model::{Date, Fen, Month};

    use super::{Claim, Credit, Settled, settle};

    fn claims(wages: &[Option<i64>]) -> Vec<Claim> {
        let first: Month = "2024-03".parse().unwrap();
        let claim = |(at, wages): (usize, &Option<i64>)| {
            let month = first.plus(i32::try_from(at).unwrap());
            Claim { month, due: Some(month.day(15)), wages: wages.map(Fen::from_yuan) }
        };
        wages.iter().enumerate().map(claim).collect()
    }

    fn credit(date: &str, yuan: i64) -> Credit {
        Credit { date: date.parse::<Date>().unwrap(), amount: Fen::from_yuan(yuan) }
    }

    fn missing(months: &[Settled]) -> Vec<Option<i64>> {
        months.iter().map(|m| m.missing().map(|fen| fen.0 / 100)).collect()
    }

    #[test]
    fn surplus_fills_the_oldest_open_month_first() {
        let months = settle(&claims(&[Some(100), Some(100), Some(100)]), &[credit("2024-04-15", 60), credit("2024-05-15", 220)]);
        assert_eq!(missing(&months), [Some(0), Some(20), Some(0)]);
        assert_eq!(months[0].covered_on, "2024-05-15".parse().ok());
        assert!(months[0].is_carried());
    }

    #[test]
    fn surplus_carries_later_months() {
        let months = settle(&claims(&[Some(100), Some(100), Some(100)]), &[credit("2024-03-10", 250)]);
        assert_eq!(missing(&months), [Some(0), Some(0), Some(50)]);
        assert_eq!(months[1].covered_on, None);
        assert!(months[1].is_carried() && !months[2].is_carried());
    }

    #[test]
    fn unknown_wages_give_no_surplus_and_take_none() {
        let months = settle(&claims(&[Some(100), None, Some(100)]), &[credit("2024-03-10", 180), credit("2024-05-10", 60)]);
        assert_eq!(missing(&months), [Some(0), None, Some(0)]);
        assert_eq!(months[1].at_hand, Fen::from_yuan(80));
    }

    #[test]
    fn a_due_day_rolled_into_the_next_month_takes_its_credit() {
        let mut claims = claims(&[Some(100), Some(100)]);
        claims[0].due = "2024-04-01".parse().ok();
        let months = settle(&claims, &[credit("2024-04-01", 100), credit("2024-04-28", 100)]);
        assert_eq!(missing(&months), [Some(0), Some(0)]);
        assert_eq!(months[0].first_credit, "2024-04-01".parse().ok());
    }

    #[test]
    fn the_order_of_credits_does_not_matter() {
        let claims = claims(&[Some(100), Some(100), Some(100)]);
        let (a, b) = (credit("2024-03-20", 150), credit("2024-05-02", 120));
        assert_eq!(settle(&claims, &[a, b]), settle(&claims, &[b, a]));
    }
}
