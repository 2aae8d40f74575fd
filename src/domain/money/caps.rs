//! Caps: how much may be spent, and how often may be asked, in which time.
//!
//! A cap is a bound on a counter. Counters are kept whether or not anybody bounds them, so that a cap
//! set in the middle of a month knows what the month has cost so far.

use std::fmt;

use super::amount::PicoUsd;
use super::calendar::Moment;
use crate::domain::route::Tier;

/// A span of time after which a counter begins anew, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A minute of the clock.
    Minute,
    /// A day.
    Day,
    /// A month.
    Month,
}

/// What a counter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Pico-dollars.
    Money,
    /// Calls of models.
    Requests,
}

/// One sum that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counter {
    /// The tier whose calls count; `None` for every tier.
    pub tier: Option<Tier>,
    /// When it begins anew.
    pub period: Period,
    /// What it counts.
    pub counted: Counted,
}

/// A bound on a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The counter.
    pub counter: Counter,
    /// What it must not exceed, in the counter's unit.
    pub max: u64,
}

/// Everything that bounds spending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// The most one call may cost, for a tier or for all.
    pub request: Vec<(Option<Tier>, PicoUsd)>,
    /// Bounds on counters, at most one each.
    pub limits: Vec<Limit>,
    /// Whether a model of unknown price may be asked although money is bounded.
    pub allows_unpriced: bool,
}

/// From this share of a cap on, the user is told once.
pub const NOTICE_PERCENT: u64 = 80;

impl Period {
    /// Every period.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Day, Self::Month];

    /// The name used in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// When the period began that this moment lies in.
    pub fn start(self, at: Moment) -> Moment {
        match self {
            Self::Minute => at.minute_start(),
            Self::Day => at.day_start(),
            Self::Month => at.month_start(),
        }
    }

    /// When the next one begins.
    pub fn next(self, at: Moment) -> Moment {
        match self {
            Self::Minute => Moment(at.minute_start().0 + 60),
            Self::Day => Moment(at.day_start().0 + 86_400),
            Self::Month => at.next_month_start(),
        }
    }
}

impl Counter {
    /// Every counter of money: by day and month, for each tier that asks models and for all.
    pub fn of_money() -> impl Iterator<Item = Self> {
        let tiers = [None, Some(Tier::Fast), Some(Tier::Mid), Some(Tier::Flagship)];
        let counter = |tier, period| Self { tier, period, counted: Counted::Money };
        tiers
            .into_iter()
            .flat_map(move |tier| [Period::Day, Period::Month].map(|period| counter(tier, period)))
    }

    /// Whether a call of this tier counts.
    pub fn counts(&self, tier: Tier) -> bool {
        self.tier.is_none_or(|own| own == tier)
    }

    /// What one call adds that may cost so much.
    pub fn part(&self, cost: PicoUsd) -> u64 {
        match self.counted {
            Counted::Money => cost.0,
            Counted::Requests => 1,
        }
    }

    /// An amount in the counter's unit, for people.
    pub fn shown(&self, amount: u64) -> String {
        match self.counted {
            Counted::Money => PicoUsd(amount).to_string(),
            Counted::Requests if amount == 1 => "1 request".to_owned(),
            Counted::Requests => format!("{amount} requests"),
        }
    }
}

/// The counter in words, such as `this month's flagship spending`.
impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.period {
            Period::Minute => "this minute's ",
            Period::Day => "today's ",
            Period::Month => "this month's ",
        };
        let tier = self.tier.map_or_else(String::new, |tier| format!("{} ", tier.name()));
        let what = match self.counted {
            Counted::Money => "spending",
            Counted::Requests => "requests",
        };
        write!(f, "{whose}{tier}{what}")
    }
}

impl Caps {
    /// Whether anything is bounded.
    pub fn is_empty(&self) -> bool {
        self.request.is_empty() && self.limits.is_empty()
    }

    /// The limits that a call of this tier counts for.
    pub fn limits_of(&self, tier: Tier) -> impl Iterator<Item = &Limit> {
        self.limits.iter().filter(move |limit| limit.counter.counts(tier))
    }

    /// The least of the bounds on one call of this tier.
    pub fn request_max(&self, tier: Tier) -> Option<PicoUsd> {
        let bounds = self.request.iter().filter(|(own, _)| own.is_none_or(|own| own == tier));
        bounds.map(|(_, max)| *max).min()
    }

    /// Whether money is bounded for calls of this tier.
    pub fn bounds_money(&self, tier: Tier) -> bool {
        self.request_max(tier).is_some()
            || self.limits_of(tier).any(|limit| limit.counter.counted == Counted::Money)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_for_its_tier_and_for_all() {
        let counter = |tier, counted| Counter { tier, period: Period::Day, counted };
        let limit = |counter| Limit { counter, max: 5 };
        let caps = Caps {
            request: vec![(None, PicoUsd(9)), (Some(Tier::Mid), PicoUsd(4))],
            limits: vec![
                limit(counter(None, Counted::Requests)),
                limit(counter(Some(Tier::Mid), Counted::Money)),
            ],
            allows_unpriced: false,
        };
        assert_eq!((caps.limits_of(Tier::Mid).count(), caps.limits_of(Tier::Fast).count()), (2, 1));
        assert_eq!(caps.request_max(Tier::Mid), Some(PicoUsd(4)));
        assert_eq!(caps.request_max(Tier::Fast), Some(PicoUsd(9)));
        assert_eq!(counter(Some(Tier::Mid), Counted::Money).to_string(), "today's mid spending");
        assert_eq!(Counter::of_money().count(), 8);
    }
}
