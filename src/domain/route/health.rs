//! The breaker of one model: closed while it works, open while it fails, probing in between.
//!
//! At the cursor there is no time to wait for a sick server, so a failing model is left out of
//! plans instead of being tried each time. Five failures in a row open the breaker for one second,
//! each further failure doubles that up to a minute, and one probe decides whether it closes. A
//! refused key opens it until the configuration changes: trying again cannot help and would tell
//! the provider about it at every keystroke. A rate limit opens it for exactly as long as the
//! server asked. Being slow is not being sick: a missed deadline counts as nothing here.

use std::time::{Duration, Instant};

/// Failures in a row after which the breaker opens.
const FAILURES_MAX: u32 = 5;
/// The first pause.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How a call failed, as far as the breaker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Unreachable, broken or nonsensical: may pass.
    Transient,
    /// The server asked for patience.
    Limited(Option<Duration>),
    /// Key, quota or request refused: will not pass by itself.
    Permanent,
}

/// The health of one model.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    failures: u32,
    open_until: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
enum Open {
    Until(Instant),
    Probing,
    ForGood,
}

impl Breaker {
    /// Whether the model may be part of a plan at `now`.
    pub fn allows(&self, now: Instant) -> bool {
        match self.open_until {
            None => true,
            Some(Open::Until(until)) => now >= until,
            Some(Open::Probing | Open::ForGood) => false,
        }
    }

    /// A call begins. Past the pause it is the one probe.
    pub fn begin(&mut self) {
        if matches!(self.open_until, Some(Open::Until(_))) {
            self.open_until = Some(Open::Probing);
        }
    }

    /// A call was cancelled before it told anything; a probe becomes possible again at `now`.
    pub fn cancelled(&mut self, now: Instant) {
        if matches!(self.open_until, Some(Open::Probing)) {
            self.open_until = Some(Open::Until(now));
        }
    }

    /// A call worked.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A call failed. `jitter` in 0..1 spreads the pauses of many clients.
    pub fn failed(&mut self, failure: Failure, now: Instant, jitter: f64) {
        self.failures = self.failures.saturating_add(1);
        self.open_until = match failure {
            Failure::Permanent => Some(Open::ForGood),
            Failure::Limited(Some(wait)) => Some(Open::Until(now + wait)),
            Failure::Limited(None) => Some(Open::Until(now + self.pause(0, jitter))),
            Failure::Transient if self.failures < FAILURES_MAX => None,
            Failure::Transient => Some(Open::Until(now + self.pause(FAILURES_MAX, jitter))),
        };
    }

    fn pause(&self, free: u32, jitter: f64) -> Duration {
        let doublings = self.failures.saturating_sub(free).min(6);
        let pause = (PAUSE_MIN * 2_u32.pow(doublings)).min(PAUSE_MAX);
        pause.mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_open_it_and_one_probe_closes_it() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(Failure::Transient, start, 0.5);
        }
        assert!(breaker.allows(start));
        breaker.failed(Failure::Transient, start, 0.5);
        assert!(!breaker.allows(start + Duration::from_millis(900)));
        let later = start + Duration::from_millis(1100);
        assert!(breaker.allows(later));
        breaker.begin();
        assert!(!breaker.allows(later), "only one probe at a time");
        breaker.succeeded();
        assert!(breaker.allows(later));
    }

    #[test]
    fn a_failed_probe_doubles_the_pause() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..6 {
            breaker.begin();
            breaker.failed(Failure::Transient, start, 0.5);
        }
        assert!(!breaker.allows(start + Duration::from_millis(1900)));
        assert!(breaker.allows(start + Duration::from_millis(2100)));
    }

    #[test]
    fn a_cancelled_probe_may_be_repeated() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        breaker.failed(Failure::Limited(Some(Duration::from_secs(3))), start, 0.0);
        assert!(!breaker.allows(start + Duration::from_secs(2)));
        breaker.begin();
        breaker.cancelled(start + Duration::from_secs(4));
        assert!(breaker.allows(start + Duration::from_secs(4)));
    }

    #[test]
    fn a_refused_key_opens_it_for_good() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        breaker.failed(Failure::Permanent, start, 0.0);
        assert!(!breaker.allows(start + Duration::from_secs(86_400)));
    }
}
