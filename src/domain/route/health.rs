//! The breaker of one model: closed while it works, open while it fails, probing in between.
//!
//! At the cursor there is no time to wait for a sick server, so a failing model is left out of
//! plans instead of being tried each time. Five failures in a row open the breaker for about one
//! second; then one call may probe, and each probe that fails doubles the pause, up to a minute. A
//! refused key shuts it until the configuration changes: trying again cannot help and would tell the
//! provider about it at every keystroke. A rate limit opens it for exactly as long as the server
//! asked.
//!
//! Two things are not held against a model. Being slow is not being sick: a missed deadline counts
//! as nothing here. And a request may be refused for its own sake, such as its length; only when ten
//! in a row are refused is it the model.
//!
//! Every call holds a [`Pass`], which says whether it is the probe. A call that began before the
//! breaker opened cannot close it by its success, or the pause a server asked for would not last.

use std::time::{Duration, Instant};

/// Failures in a row after which the breaker opens.
const FAILURES_MAX: u32 = 5;
/// Refused requests in a row after which it is the model, not the request.
const REFUSALS_MAX: u32 = 10;
/// The first pause.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How a call failed, as far as the breaker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Unreachable, broken or nonsensical: may pass.
    Transient,
    /// This request was refused: too long, or not understood.
    Refused,
    /// The server asked for patience.
    Limited(Option<Duration>),
    /// Key or quota refused: will not pass by itself.
    Permanent,
}

/// The right to make one call; handed back when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    is_probe: bool,
}

/// A change of state that the user may want to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It failed too often and is left alone for a while.
    Paused,
    /// The server asked to be left alone for this long.
    Limited(Duration),
    /// It is not asked any more until the configuration changes.
    Shut,
    /// It works again.
    Recovered,
}

/// The health of one model.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    failures: u32,
    refusals: u32,
    /// How often in a row it was opened without a call that worked in between.
    openings: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open(Instant),
    Probing,
    Shut,
}

impl Breaker {
    /// Whether the model may be part of a plan at `now`.
    pub fn allows(&self, now: Instant) -> bool {
        match self.state {
            State::Closed => true,
            State::Open(until) => now >= until,
            State::Probing | State::Shut => false,
        }
    }

    /// Lets a call begin, if it may. Past the pause it is the one probe.
    pub fn admit(&mut self, now: Instant) -> Option<Pass> {
        if !self.allows(now) {
            return None;
        }
        let is_probe = self.state != State::Closed;
        if is_probe {
            self.state = State::Probing;
        }
        Some(Pass { is_probe })
    }

    /// A call was ended before it told anything; a probe becomes possible again at `now`.
    pub fn left(&mut self, pass: Pass, now: Instant) {
        if pass.is_probe && self.state == State::Probing {
            self.state = State::Open(now);
        }
    }

    /// A call worked.
    pub fn answered(&mut self, pass: Pass) -> Option<Change> {
        if self.state == State::Closed || (pass.is_probe && self.state == State::Probing) {
            let was_open = self.state != State::Closed;
            *self = Self::default();
            return was_open.then_some(Change::Recovered);
        }
        None
    }

    /// A call failed. `jitter` in 0..1 spreads the pauses of many clients.
    pub fn failed(
        &mut self,
        pass: Pass,
        failure: Failure,
        now: Instant,
        jitter: f64,
    ) -> Option<Change> {
        let was_closed = self.state == State::Closed;
        let is_news = was_closed || (pass.is_probe && self.state == State::Probing);
        match failure {
            Failure::Permanent => {
                let was_shut = self.state == State::Shut;
                self.state = State::Shut;
                return (!was_shut).then_some(Change::Shut);
            }
            Failure::Limited(Some(wait)) => {
                self.open(now + wait);
                return was_closed.then_some(Change::Limited(wait));
            }
            // What began before the breaker opened has nothing to add.
            _ if !is_news => return None,
            Failure::Limited(None) => {
                let pause = self.pause(jitter);
                self.open(now + pause);
                return was_closed.then_some(Change::Limited(pause));
            }
            Failure::Transient => self.failures = self.failures.saturating_add(1),
            Failure::Refused => self.refusals = self.refusals.saturating_add(1),
        }
        let is_failed_probe = pass.is_probe && failure == Failure::Transient;
        let is_sick =
            is_failed_probe || self.failures >= FAILURES_MAX || self.refusals >= REFUSALS_MAX;
        if !is_sick {
            // A request refused for its own sake shows that the server is there.
            self.left(pass, now);
            return None;
        }
        let pause = self.pause(jitter);
        self.open(now + pause);
        was_closed.then_some(Change::Paused)
    }

    /// Opens it, or keeps it open longer; never shorter, and not where it is shut.
    fn open(&mut self, until: Instant) {
        self.state = match self.state {
            State::Shut => State::Shut,
            State::Open(known) => State::Open(known.max(until)),
            State::Closed | State::Probing => State::Open(until),
        };
    }

    /// The next pause, each twice as long as the last.
    fn pause(&mut self, jitter: f64) -> Duration {
        let pause = (PAUSE_MIN * 2_u32.pow(self.openings.min(6))).min(PAUSE_MAX);
        self.openings = self.openings.saturating_add(1);
        pause.mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests;
