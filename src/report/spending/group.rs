//! Sums of one group of entries.

use crate::domain::class::RequestClass;
use crate::domain::money::entry::{Asked, Called, Fate, Origin};
use crate::domain::money::{Metered, PicoUsd};

/// Sums of a class within a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassSums {
    /// Requests that offered something or asked a model.
    pub answered: u64,
    /// Of these, those that the local engine answered.
    pub local: u64,
    /// Calls.
    pub calls: u64,
    /// Their tokens.
    pub tokens: Metered,
    /// Their cost, as far as it is known.
    pub cost: PicoUsd,
}

/// Sums of a group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Requests.
    pub requests: u64,
    /// Requests for which something was offered, by origin: local engine, cache, model.
    pub offered: [u64; 3],
    /// Offers taken, wholly or in part.
    pub taken: u64,
    /// Offers that were turned down.
    pub refused: u64,
    /// Offers whose fate is known.
    pub known: u64,
    /// Characters accepted.
    pub chars_taken: u64,
    /// Calls of models.
    pub calls: u64,
    /// Of these, calls whose cost is unknown.
    pub unpriced: u64,
    /// Of these, calls whose tokens we counted ourselves.
    pub estimated: u64,
    /// Tokens of the calls.
    pub tokens: Metered,
    /// Money spent, as far as it is known.
    pub cost: PicoUsd,
    /// How long requests took.
    pub times: Times,
    /// Requests answered after their deadline.
    pub late: u64,
    /// By class, in the order of [`RequestClass::ALL`].
    pub by_class: [ClassSums; RequestClass::ALL.len()],
}

/// Times of requests, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<u32>);

/// A reply leaves at its deadline at the latest; this much later it is late.
const GRACE_US: u64 = 25_000;

impl ClassSums {
    /// Adds a request of the class.
    pub fn request<N>(&mut self, asked: &Asked<N>) {
        self.answered += u64::from(asked.offer.is_some() || asked.called_us.is_some());
        let origin = asked.offer.as_ref().map(|offer| offer.origin);
        self.local += u64::from(origin == Some(Origin::Local));
    }

    /// Adds a call of the class.
    pub fn call<N>(&mut self, called: &Called<N>) {
        self.calls += u64::from(called.calls);
        add(&mut self.tokens, &called.tokens);
        self.cost += called.cost.unwrap_or_default();
    }

    /// Adds the sums of another span.
    pub fn merge(&mut self, other: &Self) {
        self.answered += other.answered;
        self.local += other.local;
        self.calls += other.calls;
        add(&mut self.tokens, &other.tokens);
        self.cost += other.cost;
    }
}

/// Whether something was offered and it is known what became of it.
pub fn has_known_fate<N>(asked: &Asked<N>) -> bool {
    let is_known = !matches!(asked.fate, Fate::Nothing | Fate::Superseded | Fate::Shown);
    is_known && asked.offer.is_some()
}

/// Whether a request was answered after its deadline and the grace that a reply needs to leave.
pub fn is_late<N>(asked: &Asked<N>) -> bool {
    let due = u64::from(asked.deadline_ms) * 1_000 + GRACE_US;
    asked.deadline_ms > 0 && u64::from(asked.answered_us) > due
}

impl Group {
    pub(super) fn request(&mut self, asked: &Asked<u32>) {
        self.requests += 1;
        self.known += u64::from(has_known_fate(asked));
        self.taken += u64::from(asked.fate.is_taken());
        self.refused += u64::from(asked.fate.is_refused());
        self.chars_taken += u64::from(asked.chars_taken);
        if let Some(offer) = &asked.offer {
            self.offered[offer.origin as usize] += 1;
        }
        // Who typed on waited for nothing.
        if asked.fate != Fate::Superseded {
            self.times.0.push(asked.answered_us);
            self.late += u64::from(is_late(asked));
        }
        if let Some(class) = asked.class {
            self.by_class[class as usize].request(asked);
        }
    }

    pub(super) fn call(&mut self, called: &Called<u32>) {
        let calls = u64::from(called.calls);
        self.calls += calls;
        self.unpriced += if called.cost.is_none() { calls } else { 0 };
        self.estimated += if called.is_estimate { calls } else { 0 };
        add(&mut self.tokens, &called.tokens);
        self.cost += called.cost.unwrap_or_default();
        if let Some(class) = called.class {
            self.by_class[class as usize].call(called);
        }
    }

    /// Requests for which something was offered.
    pub fn offers(&self) -> u64 {
        self.offered.iter().sum()
    }

    /// The share of offers that were taken, of those whose fate is known.
    pub fn acceptance(&self) -> Option<f64> {
        share(self.taken, self.known)
    }

    /// The share of input tokens that came from vendors' prompt caches.
    pub fn cached(&self) -> Option<f64> {
        share(self.tokens.cache_read, self.tokens.prompt())
    }

    /// What a taken offer cost on average, all calls counted.
    pub fn cost_per_taken(&self) -> Option<f64> {
        (self.taken > 0).then(|| self.cost.as_dollars() / self.taken as f64)
    }

    /// What a thousand accepted characters cost.
    pub fn cost_per_thousand_chars(&self) -> Option<f64> {
        (self.chars_taken > 0).then(|| self.cost.as_dollars() * 1e3 / self.chars_taken as f64)
    }
}

impl Times {
    pub(super) fn sort(&mut self) {
        self.0.sort_unstable();
    }

    /// The time that this share of the requests took at most, in milliseconds; by nearest rank.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let rank = (share * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).map(|us| f64::from(*us) / 1e3)
    }

    /// How many were timed.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

/// A part of a whole, 0 to 1; `None` of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

pub(super) fn add(sum: &mut Metered, more: &Metered) {
    sum.input += more.input;
    sum.cache_read += more.cache_read;
    sum.cache_write += more.cache_write;
    sum.cache_write_long += more.cache_write_long;
    sum.output += more.output;
    sum.reasoning += more.reasoning;
}
