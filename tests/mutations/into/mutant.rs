//! Which mutation is on in this thread, and which ones would have made a difference.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};

use model::{Date, Month};

thread_local! {
    static ON: Cell<usize> = Cell::new(*EVERYWHERE);
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
    static SEEN: RefCell<Option<BTreeSet<usize>>> = const { RefCell::new(None) };
}

/// `MUTATION`: one that is on in the whole process, for the other tests.
static EVERYWHERE: LazyLock<usize> = LazyLock::new(|| std::env::var("MUTATION").ok().and_then(|n| n.parse().ok()).unwrap_or(0));

/// Numbers given to what turned out to be no place of a mutation.
pub static NO_MUTATION: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// More steps than any case takes: a mutated loop does not end.
const STEPS: u64 = 20_000_000;

/// Runs with one mutation on.
pub fn with<T>(number: usize, run: impl FnOnce() -> T + std::panic::UnwindSafe) -> Option<T> {
    ON.set(number);
    LEFT.set(STEPS);
    let result = std::panic::catch_unwind(run).ok();
    ON.set(*EVERYWHERE);
    LEFT.set(u64::MAX);
    result
}

/// Runs as written and tells which mutations would have changed a value on the way.
pub fn seen(run: impl FnOnce()) -> BTreeSet<usize> {
    SEEN.set(Some(BTreeSet::new()));
    run();
    SEEN.take().unwrap_or_default()
}

fn differs(number: usize) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.insert(number);
        }
    });
}

fn on() -> usize {
    LEFT.set(LEFT.get().checked_sub(1).expect("an endless loop"));
    ON.get()
}

fn choose<T: PartialEq, const N: usize>(number: usize, written: T, others: [T; N]) -> T {
    let on = on();
    for (at, other) in others.into_iter().enumerate() {
        if on == number + at {
            return other;
        }
        if other != written {
            differs(number + at);
        }
    }
    written
}

pub fn pick<const N: usize>(number: usize, written: bool, others: [bool; N]) -> bool {
    choose(number, written, others)
}

/// Whether the right operand is asked.
pub fn and(number: usize, left: bool) -> bool {
    differs(number);
    if on() == number { !left } else { left }
}

/// Whether the left operand decides.
pub fn or(number: usize, left: bool) -> bool {
    differs(number);
    if on() == number { !left } else { left }
}

pub trait Figure: PartialEq + Copy {
    fn others(self) -> [Self; 2];
}

macro_rules! figures {
    ($($kind:ty),*) => {$(
        impl Figure for $kind {
            fn others(self) -> [Self; 2] { [0, 2] }
        }
    )*};
}
figures!(i32, i64, i128, u32, u64, usize, u8);

pub fn figure<T: Figure>(number: usize, one: T) -> T {
    choose(number, one, one.others())
}

pub fn pred_opt(number: usize, day: Option<Date>) -> Option<Date> {
    choose(number, day, [day.and_then(|d| d.succ_opt()), day.and_then(|d| d.pred_opt())])
}

pub fn succ_opt(number: usize, day: Option<Date>) -> Option<Date> {
    choose(number, day, [day.and_then(|d| d.pred_opt()), day.and_then(|d| d.succ_opt())])
}

/// `next` of a month moves on; that of an iterator is left alone.
pub trait Next: Sized {
    fn mutated(self, number: usize) -> Self;
}

impl<T> Next for Option<T> {
    fn mutated(self, number: usize) -> Self {
        NO_MUTATION.lock().unwrap().extend([number, number + 1]);
        self
    }
}

impl Next for Month {
    fn mutated(self, number: usize) -> Self {
        choose(number, self, [self.plus(-1), self.plus(1)])
    }
}

pub fn next<T: Next>(number: usize, next: T) -> T {
    next.mutated(number)
}

fn extreme<T: Ord>(number: usize, one: T, other: T, least: bool) -> T {
    if one != other {
        differs(number);
    }
    if (on() == number) == least { one.max(other) } else { one.min(other) }
}

pub fn min<T: Ord>(number: usize, one: T, other: T) -> T {
    extreme(number, one, other, true)
}

pub fn max<T: Ord>(number: usize, one: T, other: T) -> T {
    extreme(number, one, other, false)
}

pub fn min_of<I: Iterator<Item: Ord>>(number: usize, of: I) -> Option<I::Item> {
    differs(number);
    if on() == number { of.max() } else { of.min() }
}

pub fn max_of<I: Iterator<Item: Ord>>(number: usize, of: I) -> Option<I::Item> {
    differs(number);
    if on() == number { of.min() } else { of.max() }
}

pub fn any<I: Iterator>(number: usize, of: &mut I, is: impl FnMut(I::Item) -> bool) -> bool {
    differs(number);
    if on() == number { of.all(is) } else { of.any(is) }
}

pub fn all<I: Iterator>(number: usize, of: &mut I, is: impl FnMut(I::Item) -> bool) -> bool {
    differs(number);
    if on() == number { of.any(is) } else { of.all(is) }
}

/// They differ where nothing is there.
pub fn is_some_and<T>(number: usize, of: Option<T>, is: impl FnOnce(T) -> bool) -> bool {
    if of.is_none() {
        differs(number);
    }
    if on() == number { of.is_none_or(is) } else { of.is_some_and(is) }
}

pub fn is_none_or<T>(number: usize, of: Option<T>, is: impl FnOnce(T) -> bool) -> bool {
    if of.is_none() {
        differs(number);
    }
    if on() == number { of.is_some_and(is) } else { of.is_none_or(is) }
}
