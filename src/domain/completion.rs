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

/// Tokens used by one call, normalised over vendors: each input token is counted once, in one of
/// the four ways in which it is charged for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input tokens that had nothing to do with the provider's prompt cache.
    pub input_uncached: Tokens,
    /// Input tokens read from the provider's prompt cache.
    pub cache_read: Tokens,
    /// Input tokens written to the cache, to be kept for minutes or for a time nobody stated.
    pub cache_write: Tokens,
    /// Input tokens written to the cache, to be kept for an hour.
    pub cache_write_hour: Tokens,
    /// Generated tokens, reasoning included.
    pub output: Tokens,
    /// How many of the generated tokens were reasoning nobody sees; 0 where the server is silent.
    pub reasoning: Tokens,
    /// What the server itself says the call cost, where it does.
    pub reported_cost: Option<NanoUsd>,
    /// True when we counted ourselves because the server did not say, or has not finished saying.
    pub is_estimate: bool,
}

impl Usage {
    /// All input tokens, cached or not.
    pub fn input_total(&self) -> Tokens {
        self.input_uncached + self.cache_read + self.cache_write + self.cache_write_hour
    }

    /// What this costs at a price.
    pub fn cost(&self, price: Price) -> NanoUsd {
        let part =
            |price: NanoUsd, tokens: Tokens| NanoUsd(price.0.saturating_mul(tokens.0.into()));
        part(price.input, self.input_uncached)
            + part(price.cache_read, self.cache_read)
            + part(price.cache_write, self.cache_write)
            + part(price.cache_write_hour(), self.cache_write_hour)
            + part(price.output, self.output)
    }

    /// What was charged: as the server says, else by the price; `None` where neither is known.
    pub fn charged(&self, price: Option<Price>) -> Option<NanoUsd> {
        self.reported_cost.or_else(|| price.map(|price| self.cost(price)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_charged_once_and_in_its_own_way() {
        let usage = Usage {
            input_uncached: Tokens(1_000),
            cache_read: Tokens(10_000),
            cache_write: Tokens(4_000),
            cache_write_hour: Tokens(2_000),
            output: Tokens(500),
            reasoning: Tokens(400),
            ..Usage::default()
        };
        assert_eq!(usage.input_total(), Tokens(17_000));
        // Claude Haiku 4.5: 1.00 in, 0.10 read, 1.25 written, 2.00 written for an hour, 5.00 out.
        let price = Price::from_usd_per_million(1.0, 0.1, 5.0).with_cache_write(1.25);
        let micro_usd = 1_000 + 1_000 + 5_000 + 4_000 + 2_500;
        assert_eq!(usage.cost(price), NanoUsd(micro_usd * 1_000));
        assert_eq!(usage.charged(None), None);
        let reported = Usage { reported_cost: Some(NanoUsd(7)), ..usage };
        assert_eq!(reported.charged(Some(price)), Some(NanoUsd(7)));
    }

    #[test]
    fn writing_to_a_cache_costs_as_any_input_unless_said_otherwise() {
        let price = Price::from_usd_per_million(2.0, 0.5, 8.0);
        let usage = Usage { cache_write: Tokens(10), ..Usage::default() };
        assert_eq!(usage.cost(price), NanoUsd(20_000));
    }
}
