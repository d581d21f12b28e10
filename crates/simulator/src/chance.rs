//! Chance as an argument: one stream of draws per seed and label, the same on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of draws. Streams of different labels do not disturb each other.
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64, label: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(label);
        Self(rng)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u128::from(high.abs_diff(low)) + 1;
        let drawn = (u128::from(self.0.next_u64()) * span) >> 64;
        low + i64::try_from(drawn).expect("a draw lies within the span")
    }

    pub fn index(&mut self, len: usize) -> usize {
        let last = i64::try_from(len).expect("lists are short") - 1;
        usize::try_from(self.between(0, last.max(0))).expect("an index is not negative")
    }

    /// True in `percent` of a hundred draws.
    pub fn percent(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.index(of.len())].clone()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.index(at + 1);
            list.swap(at, other);
        }
    }
}
