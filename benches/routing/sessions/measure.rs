//! What a way of asking costs and loses: calls, wasted ones, wanted ones missed, time added.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tabtier::domain::gate::{self, Bar, Gate, Weights, latency, resting_since};

use super::replay::Asked;

/// Characters a completion must save to have been wanted.
pub(crate) const SAVED_MIN: usize = 4;
/// How long an answer must stand to be read: a key that comes sooner was on its way when it came.
pub(crate) const READ: Duration = Duration::from_millis(250);

/// A way of asking.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    /// After the settle delay of the tier.
    Settle,
    /// After this rest, whatever the place.
    Debounce(Duration),
    /// As the gate says.
    Gated(Bar, &'a Weights),
}

impl Way<'_> {
    /// When the call begins if the user rests so long; `None` when none is made.
    pub(crate) fn begins(self, asked: &Asked) -> Option<Instant> {
        let settled = (asked.edited + asked.settle).max(asked.arrived);
        match self {
            Self::Settle => Some(settled),
            Self::Debounce(rest) => {
                Some((resting_since(&asked.site, asked.arrived) + rest).max(settled))
            }
            Self::Gated(bar, weights) => gated(asked, &bar, weights, settled),
        }
    }
}

fn gated(asked: &Asked, bar: &Bar, weights: &Weights, settled: Instant) -> Option<Instant> {
    let asking = gate::Asking {
        site: &asked.site,
        extent: asked.extent,
        tier: asked.tier,
        reception: None,
        arrived: asked.arrived,
    };
    match gate::decide_by(&asking, bar, weights) {
        Gate::Ask { not_before } => Some(not_before.max(settled)),
        Gate::Silent { .. } => None,
    }
}

/// What became of a call that begins at some moment, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The user did something before it began.
    NotBegun,
    /// The user did something before the answer came.
    TypedOn,
    /// The answer came and nothing was typed that it could have given.
    OfNoUse,
    /// The answer came and enough was typed that it could have given.
    Useful,
}

pub(crate) fn fate(asked: &Asked, begins: Instant) -> Fate {
    let rests_until = |moment: Instant| asked.next.at.is_none_or(|next| next >= moment);
    if !rests_until(begins) {
        Fate::NotBegun
    } else if !rests_until(begins + latency(asked.tier)) {
        Fate::TypedOn
    } else if asked.next.forward < SAVED_MIN {
        Fate::OfNoUse
    } else {
        Fate::Useful
    }
}

/// Whether a call here is wanted: asked for as today, its answer would have come, could have been
/// read before the next key, and was of use.
pub(crate) fn is_wanted(asked: &Asked) -> bool {
    Way::Settle.begins(asked).is_some_and(|begins| fate(asked, begins + READ) == Fate::Useful)
}

/// The figures of one way of asking, over one set of requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) calls: usize,
    pub(crate) wasted: usize,
    pub(crate) wanted: usize,
    /// Wanted ones whose answer came before the user went on.
    pub(crate) served: usize,
    /// Answers that came before the next key and were of use, however briefly they stood alone.
    pub(crate) useful: usize,
    /// Stretches of forward typing with at least one of those.
    pub(crate) stretches: HashSet<(usize, usize)>,
    /// How much later than today the answers to wanted calls came.
    pub(crate) added: Vec<Duration>,
}

impl Figures {
    pub(crate) fn add(&mut self, session: usize, asked: &Asked, way: Way<'_>) {
        let wanted = is_wanted(asked);
        self.wanted += usize::from(wanted);
        let Some(begins) = way.begins(asked) else { return };
        let fate = fate(asked, begins);
        if fate == Fate::NotBegun {
            return;
        }
        self.calls += 1;
        if fate == Fate::Useful {
            self.useful += 1;
            self.stretches.insert((session, asked.stretch));
        }
        if wanted && fate == Fate::Useful {
            self.served += 1;
            let today = Way::Settle.begins(asked).unwrap_or(begins);
            self.added.push(begins.saturating_duration_since(today));
        } else {
            self.wasted += 1;
        }
    }

    pub(crate) fn added(&self, percent: usize) -> u128 {
        let mut added = self.added.clone();
        added.sort_unstable();
        let index = (added.len() * percent / 100).min(added.len().saturating_sub(1));
        added.get(index).map_or(0, Duration::as_millis)
    }
}

pub(crate) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The figures of a way of asking over the requests that `is_meant`.
pub(crate) fn figures(
    sessions: &[super::replay::Replayed],
    way: Way<'_>,
    is_meant: impl Fn(usize, &Asked) -> bool,
) -> Figures {
    let mut figures = Figures::default();
    for (index, session) in sessions.iter().enumerate() {
        for asked in session.asked.iter().filter(|asked| is_meant(index, asked)) {
            figures.add(index, asked, way);
        }
    }
    figures
}
