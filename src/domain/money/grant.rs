//! How a cap is shared among processes: each leases a slice of what is left.
//!
//! The keeper of the sums grants slices and never more than is left, so `booked + leased` stays within
//! the cap whatever the processes do. Slices are small: one that dies with its process counts as
//! spent, because calls it paid for may have been made, and what one process holds the others lack.

use super::caps::{Counted, Limit};

/// A counter of one period, as all processes share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Spent for certain, or lost with a process that died.
    pub booked: u64,
    /// Leased to processes and not yet spent.
    pub leased: u64,
}

/// What a process wants of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Less would not do for the cheapest call it lately wanted to make.
    pub least: u64,
    /// This much would do for the dearest.
    pub full: u64,
    /// It would like this much beyond that, to save asking again.
    pub more: u64,
}

impl Sheet {
    /// What is neither spent nor leased.
    pub fn room(&self, max: u64) -> u64 {
        max.saturating_sub(self.booked).saturating_sub(self.leased)
    }

    /// What a process gets of what it wants: what does for every call, or for the cheapest, or
    /// nothing.
    pub fn grant(&self, limit: &Limit, want: Want) -> u64 {
        let room = self.room(limit.max);
        let Some(enough) = [want.full, want.least].into_iter().find(|part| *part <= room) else {
            return 0;
        };
        enough + want.more.min(slice(limit)).min(room - enough)
    }

    /// Whether the user should hear that the cap is near.
    pub fn is_near(&self, max: u64, percent: u64) -> bool {
        max > 0 && u128::from(self.booked) * 100 >= u128::from(max) * u128::from(percent)
    }
}

/// The most that is leased ahead: a hundredth of the money, an eighth of the requests.
fn slice(limit: &Limit) -> u64 {
    match limit.counter.counted {
        Counted::Money => limit.max / 100,
        Counted::Requests => limit.max / 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::caps::{Counter, Period};

    #[test]
    fn a_grant_is_all_that_is_needed_or_nothing() {
        let counter = Counter { tier: None, period: Period::Day, counted: Counted::Money };
        let limit = Limit { counter, max: 1_000 };
        let sheet = Sheet { booked: 900, leased: 70 };
        let grant = |least, full, more| sheet.grant(&limit, Want { least, full, more });
        assert_eq!(grant(31, 31, 0), 0, "more than is left");
        assert_eq!(grant(30, 30, 50), 30, "the last of it");
        assert_eq!(grant(5, 5, 50), 15, "a slice ahead");
        assert_eq!(grant(5, 10, 3), 13);
        assert_eq!(grant(5, 31, 3), 8, "enough for the cheapest call only");
        let over = Sheet { booked: 1_200, leased: 0 };
        let want = Want { least: 1, full: 1, more: 0 };
        assert_eq!((over.room(1_000), over.grant(&limit, want)), (0, 0));
    }

    #[test]
    fn nearness_does_not_overflow() {
        let sheet = Sheet { booked: u64::MAX / 2, leased: 0 };
        assert!(!sheet.is_near(u64::MAX, 80));
        assert!(Sheet { booked: 80, leased: 0 }.is_near(100, 80));
        assert!(!Sheet { booked: 79, leased: 20 }.is_near(100, 80), "leased is not spent");
    }
}
