//! What a few tiny questions tell about a model: whether it answers, how soon, what it counts, and
//! whether the text after the cursor reaches it.
//!
//! The questions are put by the engine; this is the pure part: which they are, and what follows from
//! the answers.

mod verdict;

use std::time::Duration;

pub use verdict::{Pace, Row, Trouble, rows};

use super::completion::Usage;
use super::units::{NanoUsd, Price, Tokens};

/// The code before the cursor of every question.
pub const BEFORE: &str = "fn add(a: i32, b: i32) -> i32 {\n    return ";
/// The code after it.
pub const AFTER: &str = ";\n}\n";
/// The most tokens a model may answer a question with.
pub const OUTPUT_TOKENS_MAX: Tokens = Tokens(16);

/// Lines that are put after the cursor to see whether they are counted.
const LONG_LINES: usize = 48;
/// Bytes of text that no tokenizer puts into one token throughout; what is counted must grow by at
/// least this share of what was added.
const BYTES_PER_TOKEN_MAX: usize = 12;
/// Source code averages more than this many bytes a token, so an estimate by it is none too low.
const BYTES_PER_TOKEN_MIN: usize = 3;

/// Text after the cursor that is long enough to be seen in a count of tokens.
pub fn long_after() -> String {
    let line = |n: usize| format!("fn filler_{n}(value: u64) -> u64 {{ value * {n} + 1 }}\n");
    [AFTER.to_owned()].into_iter().chain((0..LONG_LINES).map(line)).collect()
}

/// One answered question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// From the question to the first text; `None` where there was none.
    pub first_text: Option<Duration>,
    /// From the question to the end.
    pub took: Duration,
    /// Pieces of text the answer came in.
    pub pieces: u32,
    /// What the server counted.
    pub usage: Option<Usage>,
}

/// Whether the text after the cursor reaches the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// The prompt carries it with tokens of our own, or in words.
    Ours,
    /// The server counts it.
    Honoured,
    /// The server takes it and leaves it out.
    Ignored,
    /// The server answers only without it.
    Refused(String),
    /// The server does not count, or did not answer.
    Unknown,
}

/// What is known of one model after it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// The user's name for the model.
    pub model: String,
    /// The first question, which may have had to open a connection or load the model.
    pub first: Option<Reply>,
    /// The others.
    pub replies: Vec<Reply>,
    /// Why questions went unanswered; the last reason.
    pub trouble: Option<Trouble>,
    /// Whether the text after the cursor reaches the model.
    pub suffix: Suffix,
}

impl Checkup {
    /// Every answered question.
    pub fn all(&self) -> impl Iterator<Item = &Reply> {
        self.first.iter().chain(&self.replies)
    }

    /// Whether the model writes while it thinks; `None` where no answer had enough text to tell.
    pub fn streams(&self) -> Option<bool> {
        let mut with_text = self.all().filter(|reply| reply.first_text.is_some()).peekable();
        with_text.peek()?;
        Some(with_text.any(|reply| reply.pieces > 1))
    }

    /// Whether the server counts tokens; `None` where nothing was answered.
    pub fn counts(&self) -> Option<bool> {
        let mut all = self.all().peekable();
        all.peek()?;
        Some(all.all(|reply| reply.usage.is_some_and(|usage| !usage.is_estimate)))
    }

    /// How long the answers took, the first one left out where there are others.
    pub fn pace(&self) -> Option<Pace> {
        let warm = if self.replies.is_empty() { self.first.as_slice() } else { &self.replies };
        Pace::of(warm)
    }

    /// What was paid, as far as the server counted; `None` where a price or a count is missing.
    pub fn cost(&self, price: Option<Price>) -> Option<NanoUsd> {
        let mut all = self.all();
        all.try_fold(NanoUsd(0), |sum, reply| Some(sum + reply.usage?.cost(price?)))
    }
}

/// What follows from the counted input without and with [`long_after`].
pub fn suffix_by_counts(without: Tokens, with: Tokens) -> Suffix {
    let added = long_after().len() - AFTER.len();
    let grown = with.0.saturating_sub(without.0) as usize;
    if grown >= added / BYTES_PER_TOKEN_MAX { Suffix::Honoured } else { Suffix::Ignored }
}

/// The most that `calls` questions, two of them with a long suffix where `probes_suffix`, can cost;
/// `None` where the price is unknown.
pub fn cost_max(price: Option<Price>, calls: u32, probes_suffix: bool) -> Option<NanoUsd> {
    let price = price?;
    // The instruction of a chat prompt is the longest part of a question.
    let plain = 200 + (BEFORE.len() + AFTER.len()) / BYTES_PER_TOKEN_MIN;
    let long = long_after().len() / BYTES_PER_TOKEN_MIN;
    let probes = if probes_suffix { 2 } else { 0 };
    let input =
        plain as u64 * u64::from(calls + probes) + if probes_suffix { long as u64 } else { 0 };
    let output = u64::from(OUTPUT_TOKENS_MAX.0) * u64::from(calls + probes);
    let of = |each: NanoUsd, count: u64| NanoUsd(each.0.saturating_mul(count));
    Some(of(price.input, input) + of(price.output, output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_is_honoured_when_it_is_counted() {
        let bytes = long_after().len() as u32;
        assert_eq!(suffix_by_counts(Tokens(20), Tokens(20)), Suffix::Ignored);
        assert_eq!(suffix_by_counts(Tokens(20), Tokens(26)), Suffix::Ignored);
        assert_eq!(suffix_by_counts(Tokens(20), Tokens(20 + bytes / 4)), Suffix::Honoured);
        // A model with one token for each byte.
        assert_eq!(suffix_by_counts(Tokens(50), Tokens(50 + bytes)), Suffix::Honoured);
    }

    #[test]
    fn what_questions_may_cost_is_bounded_by_their_number() {
        let price = Price::from_usd_per_million(1.0, 0.1, 5.0);
        let one = cost_max(Some(price), 1, false).expect("a price");
        assert_eq!(cost_max(Some(price), 5, false), Some(NanoUsd(one.0 * 5)));
        assert!(cost_max(Some(price), 5, true) > cost_max(Some(price), 7, false));
        assert!(one.as_usd() < 0.001, "{one}");
        assert_eq!(cost_max(None, 1, false), None);
    }
}
