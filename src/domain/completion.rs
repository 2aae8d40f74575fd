//! Provider-neutral answers: the pieces of a stream, how it ended, what it used, and the final
//! completion that may be shown.
//!
//! Nothing here knows a vendor. Every protocol file translates into these types at the provider
//! border, so the engine and the filters never see a status code or a vendor's field name.

use super::route::Tier;
use super::units::{NanoUsd, Price, Tokens};

/// One piece of a streamed answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Text to append; may be empty.
    pub text: String,
    /// Usage so far, where the server reports it. Later reports replace earlier ones.
    pub usage: Option<Usage>,
    /// Set on the last chunk that carries meaning.
    pub finish: Option<FinishReason>,
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The model ended by itself or hit a stop string.
    Stop,
    /// The output limit was reached: the text may end in the middle of a token.
    Length,
    /// The provider refused or filtered the answer.
    Refused,
}

/// Tokens used by one call, normalised over vendors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input tokens that were not read from the provider's prompt cache.
    pub input_uncached: Tokens,
    /// Input tokens read from the provider's prompt cache.
    pub cache_read: Tokens,
    /// Generated tokens, reasoning included.
    pub output: Tokens,
    /// True when we counted ourselves because the server did not say.
    pub is_estimate: bool,
}

impl Usage {
    /// All input tokens, cached or not.
    pub fn input_total(&self) -> Tokens {
        self.input_uncached + self.cache_read
    }

    /// What this costs at a price.
    pub fn cost(&self, price: Price) -> NanoUsd {
        let part =
            |price: NanoUsd, tokens: Tokens| NanoUsd(price.0.saturating_mul(tokens.0.into()));
        part(price.input, self.input_uncached)
            + part(price.cache_read, self.cache_read)
            + part(price.output, self.output)
    }
}

/// Who produced a completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The local engine: no network, no cost.
    Local,
    /// A call of this model made for this very request.
    Model(String),
    /// An earlier answer of this model, taken from the cache.
    Cache(String),
}

/// Text that may be inserted at the cursor, after every filter has passed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text to insert at the cursor. Line breaks are `\n`.
    pub text: String,
    /// Bytes after the cursor, on the same line, that the text replaces. Usually 0.
    pub replace_after: usize,
    /// The tier that answered.
    pub tier: Tier,
    /// Who produced it.
    pub source: Source,
    /// How sure we are, 0 to 1. Models count as 1 unless they say otherwise.
    pub confidence: Confidence,
}

/// A probability in thousandths, so that values compare and hash exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(u16);

impl Confidence {
    /// Certainty.
    pub const ONE: Self = Self(1000);

    /// Clamps `value` to 0..=1 and rounds to thousandths.
    pub fn new(value: f64) -> Self {
        Self((value.clamp(0.0, 1.0) * 1000.0).round() as u16)
    }

    /// The probability as a float in 0..=1.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}
