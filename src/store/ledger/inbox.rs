//! What waits to be written: bounded, and filled without ever waiting.
//!
//! A request that finds the inbox full is dropped and counted: it is a figure less in a report. Money
//! is never dropped. Calls that cannot be written for long are merged with others of their kind, so
//! their number is bounded by the kinds there are and their sums stay exact.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::money::entry::{Asked, Called, Fate};
use crate::domain::money::purse::Slot;

/// Bound: requests that wait; some minutes of several people's typing.
const REQUESTS_MAX: usize = 4_096;
/// Bound: reactions that wait.
const REACTIONS_MAX: usize = 4_096;
/// Bound: calls that wait one by one; beyond it they are merged.
const CALLS_MAX: usize = 1_024;

/// A word that is written.
pub type Word = Arc<str>;

/// A call that has ended, and the parts of counters it was settled for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) call: Called<Word>,
    pub(super) parts: Vec<(Slot, u64)>,
}

/// The user did something with a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reaction {
    pub(super) number: u64,
    pub(super) fate: Fate,
    pub(super) chars_taken: u32,
}

/// Entries in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) requests: Vec<Asked<Word>>,
    pub(super) reactions: Vec<Reaction>,
    pub(super) calls: Vec<Settled>,
    /// Requests and reactions that found no room since they were last counted.
    pub(super) dropped: u64,
    /// Calls whose details were merged away.
    pub(super) merged: u64,
}

impl Inbox {
    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
            && self.reactions.is_empty()
            && self.calls.is_empty()
            && self.dropped == 0
            && self.merged == 0
    }

    pub(super) fn request(&mut self, asked: Asked<Word>) {
        if self.requests.len() < REQUESTS_MAX {
            self.requests.push(asked);
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn reaction(&mut self, reaction: Reaction) {
        if self.reactions.len() < REACTIONS_MAX {
            self.reactions.push(reaction);
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn call(&mut self, settled: Settled) {
        self.calls.push(settled);
        if self.calls.len() > CALLS_MAX {
            self.merge();
        }
    }

    /// Puts back what could not be written, in front of what has come since.
    pub(super) fn put_back(&mut self, unwritten: Self) {
        let newer = std::mem::replace(self, unwritten);
        self.dropped += newer.dropped;
        self.merged += newer.merged;
        newer.requests.into_iter().for_each(|asked| self.request(asked));
        newer.reactions.into_iter().for_each(|reaction| self.reaction(reaction));
        newer.calls.into_iter().for_each(|settled| self.call(settled));
    }

    /// Merges calls of one kind that count for the same periods.
    fn merge(&mut self) {
        let mut kinds: BTreeMap<_, Settled> = BTreeMap::new();
        for settled in self.calls.drain(..) {
            let slots: Vec<Slot> = settled.parts.iter().map(|(slot, _)| *slot).collect();
            match kinds.entry((settled.call.kind(), slots)) {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(settled);
                }
                std::collections::btree_map::Entry::Occupied(mut first) => {
                    self.merged += 1;
                    let first = first.get_mut();
                    first.call.merge(&settled.call);
                    for ((_, sum), (_, part)) in first.parts.iter_mut().zip(settled.parts) {
                        *sum = sum.saturating_add(part);
                    }
                }
            }
        }
        self.calls = kinds.into_values().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::class::RequestClass;
    use crate::domain::money::entry::{CallEnd, EntryId, WorkspaceId};
    use crate::domain::money::{Counted, Counter, Metered, Moment, Period, PicoUsd};
    use crate::domain::route::Tier;

    fn settled(number: u64) -> Settled {
        let cost = PicoUsd(number + 1);
        let counter = Counter { tier: None, period: Period::Day, counted: Counted::Money };
        Settled {
            call: Called {
                id: EntryId { session: 0, number },
                at: 0,
                class: RequestClass::ALL.get(number as usize % 3).copied(),
                language: "x".into(),
                workspace: WorkspaceId(1),
                tier: Tier::Fast,
                model: format!("m{}", number % 2).into(),
                tokens: Metered { input: number, output: 1, ..Metered::default() },
                is_estimate: false,
                cost: Some(cost),
                first_text_us: None,
                took_us: 1,
                end: CallEnd::Answered,
                calls: 1,
            },
            parts: vec![((counter, Moment(0)), cost.0)],
        }
    }

    fn sums(inbox: &Inbox) -> (u64, u64, u64, u64) {
        let calls = inbox.calls.iter();
        calls.fold((0, 0, 0, 0), |(calls, cost, input, part), settled| {
            let call = &settled.call;
            (
                calls + u64::from(call.calls),
                cost + call.cost.expect("a cost").0,
                input + call.tokens.input,
                part + settled.parts[0].1,
            )
        })
    }

    #[test]
    fn money_that_cannot_be_written_is_merged_and_never_lost() {
        let mut inbox = Inbox::default();
        let count = 10_000;
        for number in 0..count {
            inbox.call(settled(number));
        }
        assert!(inbox.calls.len() <= CALLS_MAX, "{}", inbox.calls.len());
        let cost = count * (count + 1) / 2;
        assert_eq!(sums(&inbox), (count, cost, count * (count - 1) / 2, cost));
        assert_eq!(inbox.merged + inbox.calls.len() as u64, count);
    }

    #[test]
    fn what_comes_back_stands_before_what_has_come_since() {
        let mut inbox = Inbox::default();
        inbox.call(settled(1));
        let taken = std::mem::take(&mut inbox);
        inbox.call(settled(2));
        inbox.put_back(taken);
        let numbers: Vec<_> = inbox.calls.iter().map(|settled| settled.call.id.number).collect();
        assert_eq!(numbers, [1, 2]);
    }
}
