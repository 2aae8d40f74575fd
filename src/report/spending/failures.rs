//! Both ways of routing wrongly: money paid where less would have done, and a cheap answer that made
//! the user ask again.

use std::collections::HashMap;

use crate::domain::class::RequestClass;
use crate::domain::money::PicoUsd;
use crate::domain::money::entry::{Asked, Called, EntryId, Fate, Millis, Origin};
use crate::domain::route::Tier;

/// How many examples of each kind are kept: the dearest.
const EXAMPLES: usize = 5;
/// Bound: failures whose cost is looked for; a report needs no more to be right about where money goes.
const FOUND_MAX: usize = 1 << 20;
/// Who presses the key for another answer does so within this time.
const AGAIN_MAX: Millis = 60_000;

/// One request that was routed wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Which request.
    pub id: EntryId,
    /// When.
    pub at: Millis,
    /// What was wanted.
    pub class: Option<RequestClass>,
    /// Who answered.
    pub tier: Tier,
    /// Which model; empty for the local engine.
    pub model: String,
    /// What its calls cost, as far as is known.
    pub cost: PicoUsd,
    /// Why it counts.
    pub why: &'static str,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// A mid or flagship model was paid, and the answer was turned down, or the local engine had it.
    pub too_dear: Kind,
    /// A cheaper answer was turned down, and a dearer one asked for at the same place.
    pub too_cheap: Kind,
}

/// Failures of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// How many.
    pub count: u64,
    /// What their calls cost.
    pub cost: PicoUsd,
    /// Some of them, the dearest first.
    pub examples: Vec<Example>,
}

/// A failure whose word for the model is still a number.
struct Found {
    example: Example,
    model: u32,
}

/// The last offer of a session, in case it is asked again.
struct Last {
    session: u32,
    at: Millis,
    found: Found,
}

/// Finds failures among requests and calls.
#[derive(Default)]
pub struct Finder {
    too_dear: HashMap<EntryId, Found>,
    too_cheap: HashMap<EntryId, Found>,
    last: Option<Last>,
    /// Of those beyond the bound.
    uncounted: [u64; 2],
}

impl Finder {
    /// Looks at a request; those of a session come in order.
    pub fn request(&mut self, asked: &Asked<u32>) {
        if asked.invoked > 1 {
            self.asked_again(asked);
        }
        let Some(offer) = &asked.offer else { return };
        let found = |why| Found {
            example: Example {
                id: asked.id,
                at: asked.at,
                class: asked.class,
                tier: offer.tier,
                model: String::new(),
                cost: PicoUsd::ZERO,
                why,
            },
            model: offer.model,
        };
        let is_paid = offer.origin == Origin::Model && offer.tier >= Tier::Mid;
        let why = match asked.fate {
            _ if asked.was_known => "the local engine had the same",
            Fate::Rejected => "dismissed",
            Fate::Overtyped => "something else was typed",
            _ => "",
        };
        if is_paid && !why.is_empty() {
            insert(&mut self.too_dear, &mut self.uncounted[0], found(why));
        }
        let last = found("asked again");
        self.last = Some(Last { session: asked.id.session, at: asked.at, found: last });
    }

    /// The user wants another answer than the last: was the last one too cheap?
    fn asked_again(&mut self, asked: &Asked<u32>) {
        let Some(last) = self.last.take() else { return };
        let is_here = last.session == asked.id.session && asked.at - last.at <= AGAIN_MAX;
        let is_dearer = asked.offer.as_ref().is_some_and(|o| o.tier > last.found.example.tier);
        if is_here && is_dearer {
            insert(&mut self.too_cheap, &mut self.uncounted[1], last.found);
        }
    }

    /// Adds what a call cost to the failure it belongs to. Calls come after requests.
    pub fn call(&mut self, called: &Called<u32>) {
        for kind in [&mut self.too_dear, &mut self.too_cheap] {
            if let Some(found) = kind.get_mut(&called.id) {
                found.example.cost += called.cost.unwrap_or_default();
            }
        }
    }

    /// Every failure: those that were too dear, and those that were too cheap; in no order.
    pub fn all<'a>(self, word: &dyn Fn(u32) -> &'a str) -> [Vec<Example>; 2] {
        let named = |f: Found| Example { model: word(f.model).to_owned(), ..f.example };
        [self.too_dear, self.too_cheap].map(|found| found.into_values().map(named).collect())
    }

    pub(super) fn finish<'a>(self, word: &dyn Fn(u32) -> &'a str) -> Failures {
        let kind = |found: HashMap<EntryId, Found>, uncounted| {
            let mut found: Vec<_> = found.into_values().collect();
            let (count, cost) = (found.len() as u64 + uncounted, found.iter());
            let cost = cost.map(|found| found.example.cost).sum();
            found.sort_by_key(|f| (std::cmp::Reverse(f.example.cost), f.example.id));
            let examples = found.into_iter().take(EXAMPLES);
            let named = |f: Found| Example { model: word(f.model).to_owned(), ..f.example };
            Kind { count, cost, examples: examples.map(named).collect() }
        };
        Failures {
            too_dear: kind(self.too_dear, self.uncounted[0]),
            too_cheap: kind(self.too_cheap, self.uncounted[1]),
        }
    }
}

fn insert(into: &mut HashMap<EntryId, Found>, uncounted: &mut u64, found: Found) {
    if into.len() < FOUND_MAX {
        into.insert(found.example.id, found);
    } else {
        *uncounted += 1;
    }
}
