//! What was asked, answered and paid in this process: the last requests in full, and sums.
//!
//! Every finished request and every ended call is entered, also calls that were cancelled or came
//! too late, because they cost money all the same. No entry holds source text besides what the
//! explanation of a request shows on demand.

use std::collections::{BTreeMap, VecDeque};

use super::class::RequestClass;
use super::completion::Usage;
use super::explain::Explanation;
use super::route::Tier;
use super::units::NanoUsd;

/// Bound: requests kept in full.
const REQUESTS_MAX: usize = 256;

/// How the user took a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// All of it was inserted.
    Accepted,
    /// The first characters of it were inserted.
    PartiallyAccepted {
        /// How many.
        chars: u32,
    },
    /// It was dismissed.
    Rejected,
}

/// A call that has ended, in whatever way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The model.
    pub model: String,
    /// The tier it counted for.
    pub tier: Tier,
    /// Tokens used, estimated where the server did not say.
    pub usage: Usage,
    /// What it cost; `None` when the price is unknown.
    pub cost: Option<NanoUsd>,
}

/// Sums over the life of the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests answered.
    pub requests: u64,
    /// Of these, requests for which something was offered.
    pub offered: u64,
    /// Suggestions accepted, wholly or in part.
    pub accepted: u64,
    /// Requests by class, in the order of [`RequestClass::ALL`].
    pub by_class: [u64; RequestClass::ALL.len()],
    /// Offers by tier, in the order of [`Tier::ALL`].
    pub offered_by_tier: [u64; Tier::ALL.len()],
    /// Calls, tokens and money by model.
    pub by_model: BTreeMap<String, ModelTotals>,
}

/// Sums of one model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelTotals {
    /// Calls made.
    pub calls: u64,
    /// Input tokens, cached ones included.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// Money spent, as far as prices are known.
    pub cost: NanoUsd,
    /// Calls whose cost is unknown.
    pub unpriced_calls: u64,
}

/// A request that was answered, and what the user made of the answer.
#[derive(Debug)]
struct Entry {
    explanation: Explanation,
    was_accepted: bool,
    was_rejected: bool,
}

/// The record of one process.
#[derive(Debug, Default)]
pub struct Ledger {
    requests: VecDeque<Entry>,
    totals: Totals,
}

impl Ledger {
    /// Enters an answered request.
    pub fn enter(&mut self, explanation: Explanation) {
        self.totals.requests += 1;
        if let Some(found) = &explanation.classification {
            self.totals.by_class[found.class as usize] += 1;
        }
        if let Some(offered) = &explanation.offered {
            self.totals.offered += 1;
            self.totals.offered_by_tier[offered.tier as usize] += 1;
        }
        if self.requests.len() == REQUESTS_MAX {
            self.requests.pop_front();
        }
        self.requests.push_back(Entry { explanation, was_accepted: false, was_rejected: false });
    }

    /// Books a call that has ended.
    pub fn book(&mut self, call: &Call) {
        let model = self.totals.by_model.entry(call.model.clone()).or_default();
        model.calls += 1;
        model.input_tokens += u64::from(call.usage.input_total().0);
        model.output_tokens += u64::from(call.usage.output.0);
        match call.cost {
            Some(cost) => model.cost += cost,
            None => model.unpriced_calls += 1,
        }
    }

    /// Notes how the user took the suggestion of a request. Each suggestion counts once, however
    /// many parts it is accepted in; what was never offered does not count at all.
    pub fn react(&mut self, request: u64, reaction: Reaction) {
        let is_meant = |entry: &&mut Entry| entry.explanation.request == request;
        let Some(entry) = self.requests.iter_mut().rev().find(is_meant) else { return };
        entry.was_rejected = reaction == Reaction::Rejected;
        let is_accepted = reaction != Reaction::Rejected && entry.explanation.offered.is_some();
        if is_accepted && !entry.was_accepted {
            entry.was_accepted = true;
            self.totals.accepted += 1;
        }
    }

    /// Whether the user dismissed the suggestion of a request.
    pub fn was_rejected(&self, request: u64) -> bool {
        let mut entries = self.requests.iter().rev();
        let found = entries.find(|entry| entry.explanation.request == request);
        found.is_some_and(|entry| entry.was_rejected)
    }

    /// The last requests, oldest first.
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &Explanation> {
        self.requests.iter().map(|entry| &entry.explanation)
    }

    /// The sums.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::completion::{Completion, Confidence, Source};
    use crate::domain::site::Trigger;
    use crate::domain::units::Tokens;

    #[test]
    fn only_the_last_requests_are_kept_and_all_are_counted() {
        let mut ledger = Ledger::default();
        for number in 0..300 {
            ledger.enter(Explanation::new(number, String::new(), Trigger::Automatic));
        }
        assert_eq!(ledger.totals().requests, 300);
        assert_eq!(ledger.requests().map(|entry| entry.request).min(), Some(44));
    }

    #[test]
    fn a_suggestion_is_accepted_once_and_only_if_it_was_made() {
        let mut ledger = Ledger::default();
        let offer = Completion {
            text: "x".to_owned(),
            replace_after: 0,
            tier: Tier::Local,
            source: Source::Local,
            confidence: Confidence::ONE,
        };
        for offered in [None, Some(offer)] {
            let number = 1 + u64::from(offered.is_some());
            let explanation = Explanation::new(number, String::new(), Trigger::Automatic);
            ledger.enter(Explanation { offered, ..explanation });
        }
        ledger.react(1, Reaction::Accepted);
        ledger.react(3, Reaction::Accepted);
        ledger.react(2, Reaction::Rejected);
        assert_eq!(ledger.totals().accepted, 0);
        ledger.react(2, Reaction::PartiallyAccepted { chars: 1 });
        ledger.react(2, Reaction::Accepted);
        assert_eq!(ledger.totals().accepted, 1);
    }

    #[test]
    fn a_call_without_a_price_is_counted_as_such() {
        let mut ledger = Ledger::default();
        let usage = Usage { output: Tokens(3), ..Usage::default() };
        let call = Call { model: "m".to_owned(), tier: Tier::Fast, usage, cost: None };
        ledger.book(&call);
        ledger.book(&Call { cost: Some(NanoUsd(7)), ..call });
        let model = ledger.totals().by_model["m"];
        assert_eq!((model.calls, model.unpriced_calls, model.cost), (2, 1, NanoUsd(7)));
        assert_eq!(model.output_tokens, 6);
    }
}
