//! How long one model takes, as its last calls showed it.
//!
//! One clock for every model is wrong for most: 200 ms of silence is an eternity on loopback and
//! nothing from a flagship at noon. So each model is compared with itself. Kept are the last
//! [`CALLS_MAX`] calls; that is a few minutes of typing, recent enough to follow a server that
//! becomes slow, and enough that one call in twenty can be told from the rest.
//!
//! A call that was ended before it said anything is a measurement too, of the kind "longer than
//! this". It is entered only where it is longer than the slowest twentieth already: a shorter one
//! says nothing, and leaving out the long ones would make a stalling model look quick.

use std::collections::VecDeque;
use std::time::Duration;

/// Bound: calls remembered of each model and measure.
pub const CALLS_MAX: usize = 128;
/// With fewer calls nothing is said about the slowest twentieth of them.
pub const CALLS_MIN: usize = 20;

/// What is known of one model's pace.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    first_text: Window,
    gap: Window,
    total: Window,
}

/// The middle and the slow end of some durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Half of the calls took at most this long.
    pub p50: Duration,
    /// Nineteen of twenty calls took at most this long.
    pub p95: Duration,
    /// How many calls this is taken from, at most [`CALLS_MAX`].
    pub calls: usize,
}

impl Latencies {
    /// A call whose first text came after `first_text`, with at most `gap` between two pieces, and
    /// whose end came after `total`, if it ended by itself.
    pub fn note(&mut self, first_text: Duration, gap: Duration, total: Option<Duration>) {
        self.first_text.push(first_text);
        self.gap.push(gap);
        self.total.extend(total);
    }

    /// A call that was ended before its first text, after this long.
    pub fn note_silence(&mut self, lasted: Duration) {
        if self.first_text().is_some_and(|known| lasted > known.p95) {
            self.first_text.push(lasted);
        }
    }

    /// From the start of a call to its first text; `None` under [`CALLS_MIN`] calls.
    pub fn first_text(&self) -> Option<Spread> {
        self.first_text.spread()
    }

    /// The longest wait between two pieces of an answer; `None` under [`CALLS_MIN`] calls.
    pub fn gap(&self) -> Option<Spread> {
        self.gap.spread()
    }

    /// From the start of a call to its end; `None` under [`CALLS_MIN`] calls.
    pub fn total(&self) -> Option<Spread> {
        self.total.spread()
    }

    /// Whether a silence of this length is no wonder: the model has been half as slow before.
    pub fn explains(&self, silence: Duration) -> bool {
        self.first_text.0.iter().max().is_some_and(|longest| *longest * 2 >= silence)
    }
}

#[derive(Clone, Debug, Default)]
struct Window(VecDeque<Duration>);

impl Window {
    fn push(&mut self, taken: Duration) {
        if self.0.len() == CALLS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(taken);
    }

    fn extend(&mut self, taken: Option<Duration>) {
        if let Some(taken) = taken {
            self.push(taken);
        }
    }

    fn spread(&self) -> Option<Spread> {
        let calls = self.0.len();
        if calls < CALLS_MIN {
            return None;
        }
        let mut sorted: Vec<Duration> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        // The nearest rank: the least value that this share of the calls does not exceed.
        let rank = |percent: usize| sorted[(calls * percent).div_ceil(100) - 1];
        Some(Spread { p50: rank(50), p95: rank(95), calls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn known(first_texts: impl IntoIterator<Item = u64>) -> Latencies {
        let mut latencies = Latencies::default();
        for first in first_texts {
            latencies.note(ms(first), ms(first / 10), Some(ms(2 * first)));
        }
        latencies
    }

    #[test]
    fn the_middle_and_the_slow_end_are_the_nearest_ranks() {
        let latencies = known((1..=100).rev());
        let expected = Spread { p50: ms(50), p95: ms(95), calls: 100 };
        assert_eq!(latencies.first_text(), Some(expected));
        assert_eq!(latencies.total().map(|spread| spread.p95), Some(ms(190)));
        assert_eq!(latencies.gap().map(|spread| spread.p50), Some(ms(5)));
    }

    #[test]
    fn a_few_calls_say_nothing() {
        assert_eq!(known(1..=19).first_text(), None);
        assert_eq!(known(1..=20).first_text().map(|spread| spread.calls), Some(20));
    }

    #[test]
    fn only_the_last_calls_count() {
        let latencies = known((0..500).map(|call| if call < 300 { 900 } else { 10 }));
        let spread = latencies.first_text().expect("enough calls");
        assert_eq!((spread.p95, spread.calls), (ms(10), CALLS_MAX));
    }

    #[test]
    fn a_call_ended_before_its_text_counts_where_it_was_long() {
        let mut latencies = known(std::iter::repeat_n(100, 20));
        latencies.note_silence(ms(60));
        assert_eq!(latencies.first_text().map(|spread| spread.calls), Some(20));
        for _ in 0..2 {
            latencies.note_silence(ms(300));
        }
        assert_eq!(latencies.first_text().map(|spread| spread.p95), Some(ms(300)));
        let mut unknown = Latencies::default();
        unknown.note_silence(ms(300));
        assert!(unknown.first_text.0.is_empty());
    }

    #[test]
    fn a_silence_is_no_wonder_where_the_model_was_nearly_as_slow() {
        let latencies = known([100, 150]);
        assert!(latencies.explains(ms(300)) && !latencies.explains(ms(301)));
        assert!(!Latencies::default().explains(ms(1)), "nothing explains a model never heard of");
    }
}
