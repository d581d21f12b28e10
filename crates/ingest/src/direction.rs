//! Which side of a statement is money in: proven by the running balance (file-formats.md §6, "Direction trap").

use model::Fen;
use model::sheet::{LedgerLine, TxnType};

use crate::cell::words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Nothing contradicts the columns' names.
    AsNamed,
    /// The sides are an enterprise's own: swapped.
    Swapped,
    /// Balances move neither way.
    Neither,
}

/// Puts the entries into the order in which the balance runs, swaps the sides where the balance says so.
pub fn settle(lines: &mut [LedgerLine]) -> Sense {
    let step = |line: &LedgerLine| line.credit - line.debit;
    let count = |newest_first: bool, swapped: bool| {
        let pairs = lines.windows(2).filter_map(|pair| {
            let (earlier, later) = if newest_first { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
            let moved = later.balance? - earlier.balance?;
            let step = if swapped { -step(later) } else { step(later) };
            (step != Fen::ZERO).then_some(moved == step)
        });
        pairs.fold((0_usize, 0_usize), |(fit, all), fits| (fit + usize::from(fits), all + 1))
    };
    let descending =
        lines.windows(2).all(|p| p[0].date >= p[1].date) && lines.first().zip(lines.last()).is_some_and(|(a, b)| a.date > b.date);
    let orders = if descending { [true, false] } else { [false, true] };
    let mut best = (0, false, false);
    for swapped in [false, true] {
        for newest_first in orders {
            let (fit, _) = count(newest_first, swapped);
            if fit > best.0 {
                best = (fit, newest_first, swapped);
            }
        }
    }
    let pairs = count(false, false).1;
    let (fit, newest_first, swapped) = if best.0 == 0 { (0, descending, false) } else { best };
    if newest_first {
        lines.reverse();
    }
    if pairs > 0 && fit == 0 {
        return Sense::Neither;
    }
    if swapped {
        for line in lines {
            std::mem::swap(&mut line.credit, &mut line.debit);
        }
        return Sense::Swapped;
    }
    Sense::AsNamed
}

/// Sides of entries that give amounts without sign or flag, by the steps of the balance; the first by its own words.
/// `false`: they cannot be told, and nothing was changed.
pub fn by_steps(lines: &mut [LedgerLine]) -> bool {
    let fits = |lines: &[LedgerLine]| {
        let steps = lines
            .windows(2)
            .all(|pair| pair[0].balance.zip(pair[1].balance).is_some_and(|(before, after)| (after - before).abs() == pair[1].credit));
        let first = lines.first()?;
        let outward = match words::txn_type(&first.text) {
            TxnType::Wages | TxnType::Fee => Some(true),
            TxnType::LabourCost | TxnType::Interest | TxnType::PayoutReturn => Some(false),
            TxnType::Transfer | TxnType::Other => (first.balance == Some(first.credit)).then_some(false),
        };
        outward.filter(|_| steps)
    };
    let mut first = fits(lines);
    if first.is_none() {
        lines.reverse();
        first = fits(lines);
    }
    let Some(outward) = first else {
        lines.reverse();
        return false;
    };
    let balances: Vec<Option<Fen>> = lines.iter().map(|line| line.balance).collect();
    for (at, line) in lines.iter_mut().enumerate() {
        let is_out = if at == 0 { outward } else { balances[at] < balances[at - 1] };
        if is_out {
            std::mem::swap(&mut line.credit, &mut line.debit);
        }
    }
    true
}

/// Swaps the sides because somebody who knows the source said so.
pub fn swap(lines: &mut [LedgerLine], is_swapped: bool) -> Sense {
    if !is_swapped {
        return Sense::AsNamed;
    }
    for line in lines {
        std::mem::swap(&mut line.credit, &mut line.debit);
    }
    Sense::Swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(day: u32, credit: i64, debit: i64, balance: i64) -> LedgerLine {
        LedgerLine {
            row: day,
            date: chrono::NaiveDate::from_ymd_opt(2024, 3, day).unwrap(),
            time: None,
            credit: Fen(credit),
            debit: Fen(debit),
            balance: Some(Fen(balance)),
            counter_name: None,
            counter_account: None,
            text: String::new(),
            serial: None,
            batch_no: None,
            nature: model::Field::Absent,
            project: None,
        }
    }

    #[test]
    fn the_balance_decides() {
        let named = [line(1, 100, 0, 100), line(2, 0, 30, 70), line(3, 50, 0, 120)];
        let mut lines = named.clone();
        assert_eq!((settle(&mut lines), &lines[..]), (Sense::AsNamed, &named[..]));
        let mut own_books: Vec<_> = named.iter().cloned().map(|l| LedgerLine { credit: l.debit, debit: l.credit, ..l }).collect();
        assert_eq!((settle(&mut own_books), &own_books[..]), (Sense::Swapped, &named[..]));
        let mut newest_first: Vec<_> = named.iter().rev().cloned().collect();
        assert_eq!((settle(&mut newest_first), &newest_first[..]), (Sense::AsNamed, &named[..]));
        let mut wrong = [line(1, 100, 0, 100), line(2, 0, 30, 500), line(3, 50, 0, 7)];
        assert_eq!(settle(&mut wrong), Sense::Neither);
        let mut gap = [line(1, 100, 0, 100), line(2, 0, 30, 70), line(3, 50, 0, 121), line(4, 1, 0, 122)];
        assert_eq!(settle(&mut gap), Sense::AsNamed, "a single gap is no other sense");
    }
}
