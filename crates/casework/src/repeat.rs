//! A problem that keeps coming back after it was put right (rules.md §2.8, "Repeat after cure").

use std::collections::BTreeSet;

use chrono::Months;
use model::{Date, Finding, Party};

use crate::{CaseworkConfig, Situation};

/// The days on which the same rule was told of before, for this project and addressee, in the months that count; each was put right since.
pub struct Earlier {
    days: BTreeSet<Date>,
    months: u32,
    limit: u32,
}

impl Earlier {
    /// Of a monthly rule every month counts as another time, of an account or guarantee each by itself.
    pub fn of(situation: &Situation, config: &CaseworkConfig, finding: &Finding, party: &Party) -> Self {
        let (months, limit) = (config.letters.repeat_months, config.letters.repeat_limit);
        let from = situation.today.checked_sub_months(Months::new(months));
        // One that still stands is no earlier time.
        let is_cured = |told: &store::Told| {
            situation.open_since.get(&told.key).is_none_or(|since| told.dated < *since) && told.dated < situation.today
        };
        let is_same = |told: &store::Told| {
            let key = &told.key;
            key.rule == finding.rule && key.project == finding.project && key.subject == finding.subject && told.addressee == party.name
        };
        let counts = |told: &store::Told| from.is_none_or(|from| told.dated > from);
        let days = situation.told.iter().filter(|told| is_same(told) && counts(told) && is_cured(told)).map(|told| told.dated).collect();
        Self { days, months, limit }
    }

    /// Whether this time an order is drafted without another notice.
    pub fn is_order(&self) -> bool {
        self.limit > 0 && self.days.len() + 1 >= self.limit as usize
    }

    /// What the letter says of it, in Chinese; `None` where it is told like the first time.
    pub fn sentence(&self) -> Option<String> {
        let days: Vec<String> = self.days.iter().map(|day| day.format("%Y年%-m月%-d日").to_string()).collect();
        self.is_order().then(|| {
            let times = days.len();
            format!(
                "最近{}个月内，同一问题已于{}{times}次告知，改正后再次发生，因此不再先行提示（本机关口径）",
                self.months,
                days.join("、")
            )
        })
    }
}
