//! The gate: whether and when a model is asked at all for a completion nobody pressed a key for.
//!
//! Most answers to automatic requests are never read: the user types on before they arrive, goes
//! elsewhere, or takes back what stands there. [`decide`] weighs that before any money is spent. A
//! small model, fitted to recorded editing, says how likely an answer is wanted at this place if
//! the user has rested for so long; the longer the rest, the likelier. So each place has its own
//! settle delay: the rest after which asking is worth it. A place where even a long rest would not
//! make it worth it is silent. The local engine and the cache are never gated, and neither is a
//! request that the user made by pressing a key.
//!
//! `docs/routing.md` says what counts as wanted and `benches/routing/gate.md` what is measured.

mod features;
mod weights;

use std::time::{Duration, Instant};

pub use features::{FEATURES, NAMES, SLOPES, features, slope_of};

use super::class::Extent;
use super::route::Tier;
use super::site::{Site, Trigger};
use super::trail::StepKind;

/// Rests are counted in multiples of this, so that its logarithm is zero.
const REST_UNIT_MS: f64 = 100.0;
/// Typical time from a call to its answer, `[local, fast, mid, flagship]`: hosted models of each
/// size under a short prompt.
const LATENCY_MS: [u64; 4] = [0, 150, 400, 1000];

/// The bars of [`Strictness`]. `NORMAL` is the one that avoids 60 % of the wasted calls of the
/// recordings while it loses under 5 % of the wanted ones, also with weights fitted to another
/// person's recording; `LIGHT` only ever delays. An answer delayed up to the longest rest still comes
/// within the pauses that are long enough to read one.
const LIGHT: Bar = Bar { early: 0.12, late: 0.0, rest_max: rests(300, 350, 500) };
const NORMAL: Bar = Bar { early: 0.3, late: 0.005, rest_max: rests(300, 350, 500) };
const STRICT: Bar = Bar { early: 0.4, late: 0.02, rest_max: rests(300, 350, 500) };

const fn rests(fast: u64, mid: u64, flagship: u64) -> [Duration; 4] {
    [
        Duration::ZERO,
        Duration::from_millis(fast),
        Duration::from_millis(mid),
        Duration::from_millis(flagship),
    ]
}

/// How much the gate holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing: every automatic request asks after its settle delay.
    Off,
    /// Calls that are surely of no use; the others only begin later where they may be.
    Light,
    /// Most calls whose answer would not be read.
    Normal,
    /// More of them, at the price of later answers.
    Strict,
}

impl Strictness {
    /// The strictness with this name in the configuration.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "light" => Some(Self::Light),
            "normal" => Some(Self::Normal),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }

    /// What it asks of a place; `None` when it asks nothing.
    pub fn bar(self) -> Option<Bar> {
        match self {
            Self::Off => None,
            Self::Light => Some(LIGHT),
            Self::Normal => Some(NORMAL),
            Self::Strict => Some(STRICT),
        }
    }
}

/// What a place must reach for a model to be asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Asked as soon as an answer is this likely to be wanted, 0 to 1.
    pub early: f64,
    /// Asked after the longest rest if an answer is this likely to be wanted then, 0 to 1.
    pub late: f64,
    /// The longest rest, by tier (`[local, fast, mid, flagship]`).
    pub rest_max: [Duration; 4],
}

/// What the small model learned: log odds that an answer is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Where every feature is zero and the rest is 100 ms.
    pub bias: f64,
    /// One for each feature, in the order of [`NAMES`].
    pub of: [f64; FEATURES],
    /// What the logarithm of the rest counts, by [`slope_of`]. Above zero.
    pub slope: [f64; SLOPES],
}

impl Weights {
    /// Those the gate uses.
    pub const FITTED: Self = weights::FITTED;
}

/// What became of the last suggestion, where it was made for this very text and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reception {
    /// The user dismissed it.
    Dismissed,
    /// A model was asked and had nothing to say.
    Blank,
}

/// A request that would go to a model.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The place, with the document's trail of edits.
    pub site: &'a Site,
    /// How much may be inserted.
    pub extent: Extent,
    /// The tier that would be asked.
    pub tier: Tier,
    /// What became of the last suggestion here.
    pub reception: Option<Reception>,
    /// When the request arrived.
    pub arrived: Instant,
}

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// A model may be asked if the user rests until then.
    Ask {
        /// The earliest moment.
        not_before: Instant,
    },
    /// No model is asked for this request.
    Silent {
        /// Why.
        reason: Reason,
    },
}

/// Why the gate keeps silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The suggestion here was dismissed.
    Dismissed,
    /// There was nothing to say here a moment ago.
    Blank,
    /// The last edit was taken back.
    Undone,
    /// Text was just taken away or replaced.
    Rework,
    /// The cursor came here without typing.
    Moved,
    /// Several places changed at once.
    Several,
    /// A whole piece of text was just put here.
    Inserted,
    /// The cursor stands before text on its line.
    TextAfter,
    /// Typing goes on too fast for an answer to arrive in between.
    Typing,
}

impl Reason {
    /// A sentence for the user.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Dismissed => "no model asked: the suggestion here was dismissed",
            Self::Blank => "no model asked: it had nothing to say here a moment ago",
            Self::Undone => "no model asked: the last edit was taken back",
            Self::Rework => "no model asked: text is being reworked here",
            Self::Moved => "no model asked: the cursor only passes by until something is typed",
            Self::Several => "no model asked: several places were changed at once",
            Self::Inserted => "no model asked: a piece of text was just inserted",
            Self::TextAfter => "no model asked: what follows on the line is already there",
            Self::Typing => "no model asked: typing goes on too fast for an answer",
        }
    }
}

/// Whether and when a model is asked. The rest is counted from the last edit, or from the arrival
/// of the request where the cursor came without one.
pub fn decide(asking: &Asking<'_>, strictness: Strictness) -> Gate {
    let at_once = Gate::Ask { not_before: asking.arrived };
    match strictness.bar() {
        Some(bar) if asking.site.trigger == Trigger::Automatic => {
            decide_by(asking, &bar, &Weights::FITTED)
        }
        _ => at_once,
    }
}

/// The same for an automatic request against any bar with any weights, for measurements.
pub fn decide_by(asking: &Asking<'_>, bar: &Bar, weights: &Weights) -> Gate {
    if let Some(reason) = certain(asking) {
        return Gate::Silent { reason };
    }
    // Nothing was typed yet in this file: there is no rhythm and no place to weigh.
    if asking.site.document.trail.last().is_none() {
        return Gate::Ask { not_before: asking.arrived };
    }
    let chance = Chance::of(asking, weights);
    let latest = bar.rest_max[asking.tier as usize];
    let rest = chance.rest_until(bar.early).filter(|rest| *rest <= latest).or_else(|| {
        let is_enough = chance.after(latest) >= bar.late;
        is_enough.then_some(latest)
    });
    match rest {
        Some(rest) => Gate::Ask { not_before: (chance.since + rest).max(asking.arrived) },
        None => Gate::Silent { reason: guess(asking.site) },
    }
}

/// How long an answer of this tier typically takes.
pub fn latency(tier: Tier) -> Duration {
    Duration::from_millis(LATENCY_MS[tier as usize])
}

/// When the rest at this place began: at the last edit, or when the cursor came here.
pub fn resting_since(site: &Site, arrived: Instant) -> Instant {
    match site.document.trail.last() {
        Some(step) if !features::has_moved(site) => step.at.min(arrived),
        _ => arrived,
    }
}

/// How likely an answer is wanted, as a function of the rest.
struct Chance {
    since: Instant,
    /// Log odds after a rest of [`REST_UNIT_MS`].
    base: f64,
    /// What the logarithm of the rest counts. Invariant: above zero.
    slope: f64,
}

impl Chance {
    fn of(asking: &Asking<'_>, weights: &Weights) -> Self {
        let values = features(asking.site, asking.extent, latency(asking.tier));
        let sum: f64 = values.iter().zip(&weights.of).map(|(x, w)| x * w).sum();
        Self {
            since: resting_since(asking.site, asking.arrived),
            base: weights.bias + sum,
            slope: weights.slope[slope_of(asking.site)],
        }
    }

    fn after(&self, rest: Duration) -> f64 {
        let ms = (rest.as_secs_f64() * 1e3).max(1.0);
        let odds = self.base + self.slope * (ms / REST_UNIT_MS).ln();
        1.0 / (1.0 + (-odds).exp())
    }

    /// The rest after which an answer is this likely to be wanted; `None` when that is years away.
    fn rest_until(&self, chance: f64) -> Option<Duration> {
        let odds = (chance / (1.0 - chance)).ln();
        let ms = REST_UNIT_MS * ((odds - self.base) / self.slope).exp();
        Duration::try_from_secs_f64(ms / 1e3).ok()
    }
}

/// Why a model is surely not to be asked, without any weighing.
pub fn certain(asking: &Asking<'_>) -> Option<Reason> {
    match asking.reception {
        Some(Reception::Dismissed) => return Some(Reason::Dismissed),
        Some(Reception::Blank) => return Some(Reason::Blank),
        None => {}
    }
    let last = asking.site.document.trail.last()?;
    (last.kind == StepKind::Undone && !features::has_moved(asking.site)).then_some(Reason::Undone)
}

/// The most telling circumstance of a place that was found not worth asking for.
fn guess(site: &Site) -> Reason {
    if features::has_moved(site) {
        return Reason::Moved;
    }
    match site.document.trail.last().map(|step| step.kind) {
        Some(StepKind::Deleted | StepKind::Replaced) => Reason::Rework,
        Some(StepKind::Several) => Reason::Several,
        Some(StepKind::Pasted | StepKind::Completed) => Reason::Inserted,
        _ if !site.is_line_end() => Reason::TextAfter,
        _ => Reason::Typing,
    }
}

#[cfg(test)]
mod tests;
