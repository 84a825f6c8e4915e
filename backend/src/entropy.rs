//! Randomness as a parameter: the operating system's when serving, seeded in tests.

use rand::{
    RngCore, SeedableRng, TryRngCore,
    rngs::{OsRng, StdRng},
};
use std::sync::{Arc, Mutex, PoisonError};

/// Gives random bytes.
#[derive(Clone)]
pub enum Entropy {
    /// The operating system's generator.
    Os,
    /// The same bytes for the same seed: for tests and demo data.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Entropy {
    /// A repeatable source.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// Where the operating system has no randomness: nothing safe can be done then.
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            #[allow(
                clippy::expect_used,
                clippy::disallowed_methods,
                reason = "without randomness no secret may be made"
            )]
            Self::Os => OsRng
                .try_fill_bytes(bytes)
                .expect("the operating system gives randomness"),
            Self::Seeded(rng) => rng
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(bytes),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// An even choice out of `0..n`, without modulo bias. `n` must not be 0.
    pub fn below(&self, n: u32) -> u32 {
        let zone = u32::MAX - u32::MAX % n;
        loop {
            let v = u32::from_le_bytes(self.bytes());
            if v < zone {
                return v % n;
            }
        }
    }
}
