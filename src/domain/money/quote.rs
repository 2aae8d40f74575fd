//! What a call will cost, said before it is made: what to expect, and what it cannot exceed.
//!
//! The first is for people, the second for caps. Tokens are counted by somebody else; what they cannot
//! exceed is judged by the bytes of the text. Should a server count more all the same, the ledger books
//! what it says, and the difference is reported.

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
    /// This many input tokens.
    pub prompt_tokens: u64,
    /// Whether they are estimated rather than counted.
    pub is_estimate: bool,
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
    /// Whether they are estimated.
    pub is_estimate: bool,
    /// More tokens than which it cannot have, see [`tokens_max`].
    pub tokens_max: u64,
}

/// More tokens than which a text of these bytes cannot have with any tokenizer that models for code
/// use: two letters or spaces make at least one token less than they have bytes, anything else may
/// be a token for each byte. Real code has a little over half as many.
pub fn tokens_max(text: &str) -> u64 {
    let halves = |byte: u8| if byte.is_ascii_alphabetic() || byte == b' ' { 1 } else { 2 };
    text.bytes().map(halves).sum::<u64>().div_ceil(2)
}

/// The quote for a prompt that may be answered with so many tokens; `None` where the price is unknown.
pub fn quote(price: Option<&Price>, size: Size, output_max: u64, at: Moment) -> Option<Quote> {
    let price = price?;
    let (share, of) = OUTPUT_SHARE;
    let output = (output_max * share).div_ceil(of);
    let usual = Metered { input: size.tokens, output, ..Metered::default() };
    let prompt_max = size.tokens_max.max(size.tokens) + UNSEEN_TOKENS;
    Some(Quote {
        prompt_tokens: size.tokens,
        is_estimate: size.is_estimate,
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
        let size = Size { tokens: 900, is_estimate: true, tokens_max: 3_000 };
        let found = quote(Some(&price), size, 64, Moment(0)).expect("a price");
        assert_eq!(found.expected, PicoUsd(900 * 300_000 + 16 * 900_000));
        assert_eq!(found.most, PicoUsd(3_128 * 300_000 + 64 * 900_000));
        assert_eq!([tokens_max("let x"), tokens_max("1{}"), tokens_max("é")], [3, 3, 2]);
        assert_eq!(quote(None, size, 64, Moment(0)), None, "unknown, not free");
    }
}
