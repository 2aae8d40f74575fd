//! A budget of calls beyond those that requests need: retries and hedges.
//!
//! Both help when one call goes wrong and do harm when a whole service does: then each doubles the
//! load, and here each costs money. So they are not counted per request but paid from a bucket that
//! ordinary calls fill, a share of a call each. When everything goes wrong the bucket is soon empty,
//! and what is left is the plain plan.

/// Thousandths, so that shares add up exactly.
const CALL: u32 = 1000;

/// A bucket of calls that may be made on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    held: u32,
    held_max: u32,
    share: u32,
}

impl Budget {
    /// A bucket that holds at most `calls_max` calls, begins with `calls`, and gains `share` (0 to 1)
    /// of a call by each [`Budget::earn`].
    pub fn new(share: f64, calls: u32, calls_max: u32) -> Self {
        let share = (share.clamp(0.0, 1.0) * f64::from(CALL)).round() as u32;
        let held_max = calls_max.saturating_mul(CALL);
        Self { held: calls.saturating_mul(CALL).min(held_max), held_max, share }
    }

    /// Counts a call that pays into the bucket.
    pub fn earn(&mut self) {
        self.held = self.held.saturating_add(self.share).min(self.held_max);
    }

    /// Takes one call out, if one is there.
    pub fn take(&mut self) -> bool {
        let rest = self.held.checked_sub(CALL);
        self.held = rest.unwrap_or(self.held);
        rest.is_some()
    }

    /// Puts back a call that was taken and not made.
    pub fn give_back(&mut self) {
        self.held = self.held.saturating_add(CALL).min(self.held_max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_share_is_spent() {
        let mut budget = Budget::new(0.02, 0, 2);
        let mut spent = 0;
        for _ in 0..10_000 {
            budget.earn();
            spent += u32::from(budget.take());
        }
        assert_eq!(spent, 200);
    }

    #[test]
    fn what_is_saved_up_is_bounded() {
        let mut budget = Budget::new(0.1, 10, 10);
        (0..1_000).for_each(|_| budget.earn());
        assert_eq!((0..100).filter(|_| budget.take()).count(), 10);
        budget.give_back();
        assert!(budget.take() && !budget.take());
    }

    #[test]
    fn a_share_of_nothing_allows_nothing() {
        let mut budget = Budget::new(0.0, 0, 2);
        (0..1_000).for_each(|_| budget.earn());
        assert!(!budget.take());
    }
}
