//! What the page shows, counted once for each day, so that any span of days is a sum of a few hundred
//! small things instead of another look at a million rows.
//!
//! What counts as answered, known, late or wrongly routed is what `tabtier report` says it is.

use std::collections::BTreeMap;

use super::times::Times;
use crate::domain::class::RequestClass;
use crate::domain::money::PicoUsd;
use crate::domain::money::entry::{Asked, Called, Fate, Millis, Origin};
use crate::domain::route::Tier;
use crate::report::spending::{ClassSums, Example, Finder, has_known_fate, is_late};
use crate::store::ledger::read::Booked;

/// How many classes there are.
pub(super) const CLASSES: usize = RequestClass::ALL.len();
/// How many tiers there are.
pub(super) const TIERS: usize = Tier::ALL.len();

/// By whom a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The local engine.
    Local,
    /// An earlier answer.
    Cache,
    /// A call of a model of this tier.
    Fast,
    /// The same.
    Mid,
    /// The same.
    Flagship,
    /// Nobody had anything to offer.
    Nobody,
}

/// All that is known, by day.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// By days since 1970, in UTC.
    pub(super) days: BTreeMap<i64, Day>,
    /// Requests that were answered too dearly, and those too cheaply.
    pub(super) failures: [Vec<Example>; 2],
    /// Sums that caps are held by, of every day.
    pub(super) booked_days: Vec<Booked>,
    /// The same of this month.
    pub(super) booked_month: Vec<Booked>,
    /// Entries that could not be kept, ever, by what they were.
    pub(super) dropped: Vec<(String, u64)>,
}

/// A day, or several of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Day {
    /// Requests, those that were superseded included.
    pub(super) requests: u64,
    /// Requests that were overtaken by the next key before they were answered.
    pub(super) superseded: u64,
    /// The other requests, by [`Way`].
    pub(super) ways: [u64; Way::ALL.len()],
    /// By class, in the order of [`RequestClass::ALL`].
    pub(super) classes: [Class; CLASSES],
    /// All calls, those without a class included.
    pub(super) all: ClassSums,
    /// Calls whose cost is unknown, by model.
    pub(super) unpriced: BTreeMap<String, u64>,
    /// Calls whose tokens we counted ourselves.
    pub(super) estimated: u64,
    /// What they cost.
    pub(super) estimated_cost: PicoUsd,
    /// How long requests took, by [`kind`].
    pub(super) times: Times,
}

/// The requests of a class.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    /// What the report's estimates are made of.
    pub(super) sums: ClassSums,
    /// Requests that somebody waited for.
    pub(super) timed: u64,
    /// Of these, those that were answered after their deadline.
    pub(super) late: u64,
    /// Requests by their deadline, in milliseconds.
    pub(super) deadlines: BTreeMap<u32, u64>,
    /// Offers whose fate is known, and those that were taken, by the tier that answered.
    pub(super) verdicts: [[u64; 2]; TIERS],
}

impl Way {
    /// Every way, in the order in which the page stacks them.
    pub(super) const ALL: [Self; 6] =
        [Self::Local, Self::Cache, Self::Fast, Self::Mid, Self::Flagship, Self::Nobody];

    /// The name used on the page.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Cache => "cache",
            Self::Fast => "fast",
            Self::Mid => "mid",
            Self::Flagship => "flagship",
            Self::Nobody => "nobody",
        }
    }

    /// How a request was answered.
    pub(super) fn of<N>(asked: &Asked<N>) -> Self {
        let Some(offer) = &asked.offer else { return Self::Nobody };
        match (offer.origin, offer.tier) {
            (Origin::Cache, _) => Self::Cache,
            (Origin::Local, _) | (Origin::Model, Tier::Local) => Self::Local,
            (Origin::Model, Tier::Fast) => Self::Fast,
            (Origin::Model, Tier::Mid) => Self::Mid,
            (Origin::Model, Tier::Flagship) => Self::Flagship,
        }
    }
}

/// The kind of a duration in [`Day::times`].
pub(super) fn kind(class: RequestClass, way: Way) -> u16 {
    (class as usize * Way::ALL.len() + way as usize) as u16
}

/// The class and the way of a kind; the other direction of [`kind`].
pub(super) fn class_of(kind: u16) -> usize {
    usize::from(kind) / Way::ALL.len()
}

/// The day of a moment, counted from 1970.
pub(super) fn day_of(at: Millis) -> i64 {
    at.div_euclid(86_400_000)
}

/// Counts entries. Requests come before calls, those of a session in order.
#[derive(Default)]
pub(super) struct Counting {
    days: BTreeMap<i64, Day>,
    finder: Finder,
}

impl Counting {
    pub(super) fn request(&mut self, asked: &Asked<u32>) {
        self.finder.request(asked);
        self.days.entry(day_of(asked.at)).or_default().request(asked);
    }

    /// `word` says what the number of a word stands for.
    pub(super) fn call(&mut self, called: &Called<u32>, word: impl Fn(u32) -> String) {
        self.finder.call(called);
        self.days.entry(day_of(called.at)).or_default().call(called, word);
    }

    pub(super) fn finish<'a>(self, word: &dyn Fn(u32) -> &'a str) -> Figures {
        Figures { days: self.days, failures: self.finder.all(word), ..Figures::default() }
    }
}

impl Day {
    fn request(&mut self, asked: &Asked<u32>) {
        self.requests += 1;
        if let Some(class) = asked.class {
            let sums = &mut self.classes[class as usize];
            sums.sums.request(asked);
            if let Some(offer) = asked.offer.as_ref().filter(|_| has_known_fate(asked)) {
                let [known, taken] = &mut sums.verdicts[offer.tier as usize];
                *known += 1;
                *taken += u64::from(asked.fate.is_taken());
            }
        }
        // Who typed on waited for nothing.
        if asked.fate == Fate::Superseded {
            self.superseded += 1;
            return;
        }
        let way = Way::of(asked);
        self.ways[way as usize] += 1;
        if let Some(class) = asked.class {
            let sums = &mut self.classes[class as usize];
            sums.timed += 1;
            sums.late += u64::from(is_late(asked));
            *sums.deadlines.entry(asked.deadline_ms).or_default() += 1;
            self.times.add(kind(class, way), asked.answered_us);
        }
    }

    fn call(&mut self, called: &Called<u32>, word: impl Fn(u32) -> String) {
        let calls = u64::from(called.calls);
        self.all.call(called);
        if let Some(class) = called.class {
            self.classes[class as usize].sums.call(called);
        }
        if called.cost.is_none() {
            *self.unpriced.entry(word(called.model)).or_default() += calls;
        }
        if called.is_estimate {
            self.estimated += calls;
            self.estimated_cost += called.cost.unwrap_or_default();
        }
    }

    /// Adds another day.
    pub(super) fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.superseded += other.superseded;
        add(&mut self.ways, &other.ways);
        for (own, more) in self.classes.iter_mut().zip(&other.classes) {
            own.sums.merge(&more.sums);
            own.timed += more.timed;
            own.late += more.late;
            merge(&mut own.deadlines, &more.deadlines);
            for (own, more) in own.verdicts.iter_mut().zip(&more.verdicts) {
                add(own, more);
            }
        }
        self.all.merge(&other.all);
        merge(&mut self.unpriced, &other.unpriced);
        self.estimated += other.estimated;
        self.estimated_cost += other.estimated_cost;
        self.times.merge(&other.times);
    }
}

fn add(sums: &mut [u64], more: &[u64]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

fn merge<K: Ord + Clone>(sums: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    for (key, count) in more {
        *sums.entry(key.clone()).or_default() += count;
    }
}
