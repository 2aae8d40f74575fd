//! What a call will cost, said before it is made: what to expect, and what it cannot exceed.
//!
//! The first is for people, the second for caps. Tokens are counted by somebody else; where nobody
//! can count them, bytes bound them, because no tokenizer in use makes two tokens of one byte.

use super::amount::PicoUsd;
use super::calendar::Moment;
use super::price::{Metered, Price};

/// Tokens a server may add to a prompt that we never see: the turns of a chat template, its system
/// text. Templates in use add some tens.
const UNSEEN_TOKENS: u64 = 128;
/// How much of an answer's limit is used: completions stop when their extent is complete.
const OUTPUT_SHARE: (u64, u64) = (1, 4);

/// What a call will come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// About this many input tokens.
    pub prompt_tokens: u64,
    /// At most this many generated tokens.
    pub output_tokens_max: u64,
    /// What it will probably cost.
    pub expected: PicoUsd,
    /// What it cannot exceed.
    pub most: PicoUsd,
}

/// The size of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Tokens, as well as they can be counted or estimated.
    pub tokens: u64,
    /// Bytes of all text in it.
    pub bytes: u64,
}

/// The quote for a prompt that may be answered with so many tokens; `None` where the price is unknown.
pub fn quote(price: Option<&Price>, size: Size, output_max: u64, at: Moment) -> Option<Quote> {
    let price = price?;
    let (share, of) = OUTPUT_SHARE;
    let output = (output_max * share).div_ceil(of);
    let usual = Metered { input: size.tokens, output, ..Metered::default() };
    let prompt_max = size.bytes.max(size.tokens) + UNSEEN_TOKENS;
    Some(Quote {
        prompt_tokens: size.tokens,
        output_tokens_max: output_max,
        expected: price.cost(&usual, at),
        most: price.most(prompt_max, output_max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::price::Rates;

    #[test]
    fn what_is_expected_is_below_what_is_reserved() {
        let price = Price::flat(Rates::plain(PicoUsd(300_000), PicoUsd(900_000)));
        let size = Size { tokens: 900, bytes: 3_000 };
        let found = quote(Some(&price), size, 64, Moment(0)).expect("a price");
        assert_eq!(found.expected, PicoUsd(900 * 300_000 + 16 * 900_000));
        assert_eq!(found.most, PicoUsd(3_128 * 300_000 + 64 * 900_000));
        assert_eq!(quote(None, size, 64, Moment(0)), None, "unknown, not free");
    }
}
