//! Newtypes that keep tokens and money apart from other numbers.
//!
//! Money is counted in whole nano-dollars: the cheapest published price, 2.5e-8 dollars a token,
//! is 25 of them, so sums stay exact and no float ever holds a balance.

use std::fmt;
use std::ops::{Add, AddAssign};

/// A count of model tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tokens(pub u32);

impl Add for Tokens {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Tokens {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An amount of money in nano-dollars (1e-9 USD).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NanoUsd(pub u64);

impl NanoUsd {
    /// The amount in dollars, for display only.
    pub fn as_usd(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Add for NanoUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for NanoUsd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${:.6}", self.as_usd())
    }
}

/// What a model charges, in nano-dollars per token. A missing price is unknown, never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Per uncached input token.
    pub input: NanoUsd,
    /// Per input token read from the provider's prompt cache.
    pub cache_read: NanoUsd,
    /// Per input token written to the provider's prompt cache, to be kept for minutes.
    pub cache_write: NanoUsd,
    /// Per output token.
    pub output: NanoUsd,
}

impl Price {
    /// Builds a price from dollars per million tokens, the unit price lists use. Writing to the
    /// cache costs what any input token costs, as it does with most vendors.
    pub fn from_usd_per_million(input: f64, cache_read: f64, output: f64) -> Self {
        let (input, cache_read, output) = (nano(input), nano(cache_read), nano(output));
        Self { input, cache_read, cache_write: input, output }
    }

    /// The same price with another one for writing to the cache, in dollars per million tokens.
    #[must_use]
    pub fn with_cache_write(self, usd_per_million: f64) -> Self {
        Self { cache_write: nano(usd_per_million), ..self }
    }

    /// Per input token written to a cache that keeps it for an hour. Only Anthropic tells such
    /// writes apart, and charges 2 times the input price where minutes cost 1.25 times.
    pub fn cache_write_hour(&self) -> NanoUsd {
        NanoUsd(self.cache_write.0.saturating_mul(8) / 5)
    }
}

/// Dollars per million tokens as nano-dollars per token.
fn nano(usd_per_million: f64) -> NanoUsd {
    NanoUsd((usd_per_million.max(0.0) * 1e3).round() as u64)
}
