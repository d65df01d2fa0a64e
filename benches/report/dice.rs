//! Chance that is the same in every run: a linear congruence with the constants of Knuth's MMIX.

/// What the next number follows from.
pub struct Dice(pub u64);

impl Dice {
    /// The next number, of 31 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}
