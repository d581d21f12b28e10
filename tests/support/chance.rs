//! Chance that can be repeated: the seed is printed with every failure.

/// A small generator (SplitMix64).
pub struct Chance(u64);

impl Chance {
    /// From the environment variable `ANXIN_TEST_SEED`, else fixed.
    pub fn new() -> Self {
        let seed = std::env::var("ANXIN_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_241_220);
        println!("ANXIN_TEST_SEED={seed}");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).expect("64 bits")).expect("below a usize")
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
