//! What a model charges, and what a call comes to.
//!
//! Vendors charge by kind of token, dearer above some length of prompt, cheaper at some hours and in
//! batches. A rate that a price list does not name falls back to the dearer plain one, so that a sum
//! is never too small for want of knowledge.

use super::amount::PicoUsd;
use super::calendar::{Date, Moment};
use crate::domain::completion::Usage;
use crate::domain::units;

/// Prices of one token of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Input that the vendor's prompt cache had nothing to do with.
    pub input: PicoUsd,
    /// Input read from the prompt cache; as any input where unknown.
    pub cache_read: Option<PicoUsd>,
    /// Input written to the prompt cache for its usual life; as any input where unknown.
    pub cache_write: Option<PicoUsd>,
    /// Input written to the prompt cache for an hour or longer; the usual life's price where unknown.
    pub cache_write_long: Option<PicoUsd>,
    /// Generated tokens.
    pub output: PicoUsd,
    /// Generated tokens that were thought and not shown; as any output where unknown.
    pub reasoning: Option<PicoUsd>,
}

/// Tokens of one call by kind. Each token is in exactly one of the four input kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metered {
    /// Neither read from nor written to the prompt cache.
    pub input: u64,
    /// Read from the prompt cache.
    pub cache_read: u64,
    /// Written to the prompt cache for its usual life.
    pub cache_write: u64,
    /// Written to the prompt cache for an hour or longer.
    pub cache_write_long: u64,
    /// Generated, thoughts included.
    pub output: u64,
    /// Of these, thoughts.
    pub reasoning: u64,
}

/// Another price above some length of prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step holds for the whole call when its input has more tokens than this.
    pub above: u64,
    /// The rates then.
    pub rates: Rates,
}

/// A span of some days of the week at which another price holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Days of the week, 1 for Monday to 7 for Sunday, in UTC.
    pub weekdays: Vec<u8>,
    /// Minutes of the day in UTC, the second not included.
    pub minutes: (u16, u16),
}

/// Rates outside the busy hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffPeak {
    /// The rates.
    pub rates: Rates,
    /// When they hold.
    pub windows: Vec<Window>,
}

/// What a model charges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The usual rates.
    pub base: Rates,
    /// The rates for calls handed in together and answered within hours.
    pub batch: Option<Rates>,
    /// Rates for long prompts, shortest first.
    pub steps: Vec<Step>,
    /// Rates outside the busy hours.
    pub off_peak: Option<OffPeak>,
}

/// A model as the price table knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `VENDOR/ID`, in the table's spelling.
    pub key: String,
    /// What it charges; `None` where the vendor says nothing or sells it by subscription.
    pub price: Option<Price>,
    /// The most tokens of a prompt.
    pub context_tokens: Option<u64>,
    /// The most tokens of an answer.
    pub answer_tokens: Option<u64>,
    /// Shorter prompts are not taken into the vendor's prompt cache.
    pub cache_min_tokens: Option<u64>,
    /// Whether its vendor offers it with text after the cursor.
    pub is_fim: bool,
    /// The day from which the vendor does not offer it any more.
    pub gone: Option<Date>,
}

impl Metered {
    /// The tokens that a call used.
    pub fn of(usage: &Usage) -> Self {
        Self {
            input: usage.input_uncached.0.into(),
            cache_read: usage.cache_read.0.into(),
            cache_write: usage.cache_write.0.into(),
            cache_write_long: usage.cache_write_hour.0.into(),
            output: usage.output.0.into(),
            reasoning: usage.reasoning.0.into(),
        }
    }

    /// All input tokens: what decides which step of a price holds.
    pub fn prompt(&self) -> u64 {
        self.input + self.cache_read + self.cache_write + self.cache_write_long
    }
}

impl Rates {
    /// Rates that name only input and output.
    pub fn plain(input: PicoUsd, output: PicoUsd) -> Self {
        Self {
            input,
            cache_read: None,
            cache_write: None,
            cache_write_long: None,
            output,
            reasoning: None,
        }
    }

    /// The same in whole nano-dollars, rounded up, for what needs no more than that.
    pub fn to_plain(&self) -> units::Price {
        units::Price {
            input: self.input.to_nano(),
            cache_read: self.cache_read.unwrap_or(self.input).to_nano(),
            cache_write: self.cache_write.unwrap_or(self.input).to_nano(),
            output: self.output.to_nano(),
        }
    }

    /// What these tokens cost.
    pub fn cost(&self, tokens: &Metered) -> PicoUsd {
        let write = self.cache_write.unwrap_or(self.input);
        let shown = tokens.output.saturating_sub(tokens.reasoning);
        self.input.times(tokens.input)
            + self.cache_read.unwrap_or(self.input).times(tokens.cache_read)
            + write.times(tokens.cache_write)
            + self.cache_write_long.unwrap_or(write).times(tokens.cache_write_long)
            + self.output.times(shown)
            + self.reasoning.unwrap_or(self.output).times(tokens.output - shown)
    }

    /// The most an input token can cost at these rates.
    fn dearest_input(&self) -> PicoUsd {
        let others = [self.cache_read, self.cache_write, self.cache_write_long];
        others.into_iter().flatten().fold(self.input, Ord::max)
    }
}

impl Price {
    /// A price without steps, hours or batches.
    pub fn flat(base: Rates) -> Self {
        Self { base, batch: None, steps: Vec::new(), off_peak: None }
    }

    /// The rates of a call with this many input tokens, begun at this moment. A long prompt pays its
    /// step at any hour.
    pub fn rates(&self, prompt_tokens: u64, at: Moment) -> &Rates {
        let step = self.steps.iter().rev().find(|step| prompt_tokens > step.above);
        let off_peak = self.off_peak.as_ref().filter(|off_peak| off_peak.holds(at));
        match (step, off_peak) {
            (Some(step), _) => &step.rates,
            (None, Some(off_peak)) => &off_peak.rates,
            (None, None) => &self.base,
        }
    }

    /// What a call cost that was begun at this moment.
    pub fn cost(&self, tokens: &Metered, at: Moment) -> PicoUsd {
        self.rates(tokens.prompt(), at).cost(tokens)
    }

    /// What the call would have cost in a batch; `None` where the vendor sells none.
    pub fn batch_cost(&self, tokens: &Metered) -> Option<PicoUsd> {
        self.batch.map(|rates| rates.cost(tokens))
    }

    /// More than which a call of at most so many tokens cannot cost, at whatever hour and however
    /// the prompt cache takes it.
    pub fn most(&self, prompt_tokens: u64, output_tokens: u64) -> PicoUsd {
        let steps = self.steps.iter().filter(|step| prompt_tokens > step.above);
        let possible = steps.map(|step| &step.rates).chain([&self.base]);
        let off_peak = self.off_peak.as_ref().map(|off_peak| &off_peak.rates);
        let cost = |rates: &Rates| {
            let output = rates.reasoning.map_or(rates.output, |reason| reason.max(rates.output));
            rates.dearest_input().times(prompt_tokens) + output.times(output_tokens)
        };
        possible.chain(off_peak).map(cost).max().unwrap_or_default()
    }
}

impl OffPeak {
    fn holds(&self, at: Moment) -> bool {
        let (weekday, minute) = (at.weekday(), at.minute_of_day());
        self.windows.iter().any(|window| {
            let (from, to) = window.minutes;
            window.weekdays.contains(&weekday) && (from..to).contains(&minute)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(input: u64, output: u64) -> Rates {
        Rates::plain(PicoUsd(input), PicoUsd(output))
    }

    #[test]
    fn each_kind_of_token_has_its_rate_or_the_plain_one() {
        let tokens = Metered {
            input: 1,
            cache_read: 10,
            cache_write: 100,
            cache_write_long: 1_000,
            output: 7,
            reasoning: 3,
        };
        let plain = rates(2, 5);
        assert_eq!(plain.cost(&tokens), PicoUsd(2 * 1_111 + 5 * 7));
        let full = Rates {
            cache_read: Some(PicoUsd(1)),
            cache_write: Some(PicoUsd(3)),
            cache_write_long: Some(PicoUsd(4)),
            reasoning: Some(PicoUsd(6)),
            ..plain
        };
        assert_eq!(full.cost(&tokens), PicoUsd(2 + 10 + 300 + 4_000 + 5 * 4 + 6 * 3));
    }

    #[test]
    fn long_prompts_and_quiet_hours_have_their_own_rates() {
        let friday_noon = Moment(Date::parse("2026-11-20").expect("a day").start().0 + 43_200);
        let saturday = Moment(friday_noon.0 + 86_400);
        let price = Price {
            steps: vec![
                Step { above: 100, rates: rates(20, 0) },
                Step { above: 1_000, rates: rates(30, 0) },
            ],
            off_peak: Some(OffPeak {
                rates: rates(5, 0),
                windows: vec![
                    Window { weekdays: vec![6, 7], minutes: (0, 1_440) },
                    Window { weekdays: vec![1, 2, 3, 4, 5], minutes: (721, 1_440) },
                ],
            }),
            ..Price::flat(rates(10, 0))
        };
        let input = |prompt, at| price.rates(prompt, at).input.0;
        assert_eq!([100, 101, 1_000, 1_001].map(|n| input(n, friday_noon)), [10, 20, 20, 30]);
        assert_eq!(input(1, Moment(friday_noon.0 + 60)), 5);
        assert_eq!((input(1, saturday), input(101, saturday)), (5, 20));
    }

    #[test]
    fn no_call_costs_more_than_the_most() {
        let base = Rates { cache_write: Some(PicoUsd(13)), ..rates(10, 50) };
        let price =
            Price { steps: vec![Step { above: 10, rates: rates(20, 40) }], ..Price::flat(base) };
        // The step is dearer for input and cheaper for output, so either may be the worst.
        for (prompt, output) in [(1, 1), (11, 0), (11, 100), (1_000, 3)] {
            let most = price.most(prompt, output);
            for used in 0..=prompt {
                let tokens = Metered {
                    cache_write: used,
                    input: prompt - used,
                    output,
                    ..Metered::default()
                };
                assert!(price.cost(&tokens, Moment(0)) <= most, "{prompt} {output}");
            }
        }
    }
}
