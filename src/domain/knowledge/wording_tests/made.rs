//! Chance made for tests.

/// What happens by chance, the same each time (xorshift64*: S. Vigna, "An experimental exploration
/// of Marsaglia's xorshift generators, scrambled", 2016).
pub struct Chance(pub u64);

impl Chance {
    /// Whether something happens that does so in that share of all times.
    pub fn happens(&mut self, share: f64) -> bool {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        (bits as f64 / (1_u64 << 53) as f64) < share
    }
}
