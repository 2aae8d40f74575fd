//! The clocks of one call: how long it may be silent, pause and take.
//!
//! A request has one deadline, but a call that will not answer shows it much earlier, and then the
//! time left is worth more to the next model of the plan. Four moments are watched:
//!
//! - *hedge*: the model's own 95th percentile of the time to its first text. Past it the next model
//!   may be asked beside it, within a budget.
//! - *first text*: past it the next model is asked instead.
//! - *idle*: so long nothing more came after the first text. The call is over, what came may be used.
//! - *total*: no call takes longer, whoever waits.
//!
//! Where the user sets none, the first two follow from the time left to the deadline and from the
//! model's own pace ([`Latencies`]). Worked example: 2,000 ms are left. Of a model never heard of the
//! first text is waited for 1,200 ms. One whose p95 is 150 ms is hedged at 152 ms and given up at
//! 450 ms; one whose p95 is 60 ms is hedged at 62 ms and given up at 400 ms.

use std::time::Duration;

use super::latency::Latencies;

/// The most of the time left that is spent on waiting for a first text: what remains must do for
/// another model.
const SILENT_SHARE_MAX: f64 = 0.6;
/// The least of it: a quick model may have one slow call.
const SILENT_SHARE_MIN: f64 = 0.2;
/// Timers count milliseconds and are rounded up: a call as slow as usual is not slower.
const HEDGE_SLACK: Duration = Duration::from_millis(2);
/// A silence this many times as long as the slowest twentieth is not one of them.
const SILENT_TIMES_P95: u32 = 3;
/// The share of the time left for which a call begun for an earlier place is waited for while it has
/// not said what it was begun for.
const BORROWED_SHARE: f64 = 0.3;
/// A pause between two pieces is a stall from here on, by the time left.
const IDLE_SHARE: f64 = 0.5;
/// No stream is called stalled sooner: a model on a laptop's processor writes a few words a second,
/// and a call nobody waits for any more still fills the cache.
const IDLE_MIN: Duration = Duration::from_secs(1);
/// No silence in the middle of an answer is waited for longer by default.
const IDLE_MAX: Duration = Duration::from_secs(2);
/// A pause this many times as long as the model's usual longest ones is a stall.
const IDLE_TIMES_P95: u32 = 4;

/// What the user says about one model's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long it may be silent before the next model is asked instead; `None` derives it.
    pub first_text: Option<Duration>,
    /// How long it may pause in the middle of an answer; `None` derives it.
    pub idle: Option<Duration>,
    /// How long a call may take in all.
    pub total: Duration,
}

/// The clocks of one call, each counted from its start, `idle` from the last piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Past this silence another model may be asked beside it; `None` where too little is known.
    pub hedge: Option<Duration>,
    /// Past this silence another model is asked instead, if there is one.
    pub first_text: Duration,
    /// Past this pause the call is over.
    pub idle: Duration,
    /// Past this the call is over.
    pub total: Duration,
}

impl Clocks {
    /// The clocks of a call of a model with this pace that begins when `left` remains until the
    /// deadline.
    pub fn new(patience: &Patience, known: Option<&Latencies>, left: Duration) -> Self {
        let p95 = known.and_then(Latencies::first_text).map(|spread| spread.p95);
        let most = left.mul_f64(SILENT_SHARE_MAX);
        let first_text = patience.first_text.unwrap_or_else(|| {
            let usual = p95.map(|p95| p95 * SILENT_TIMES_P95);
            usual.map_or(most, |usual| usual.clamp(left.mul_f64(SILENT_SHARE_MIN), most))
        });
        let idle = patience.idle.unwrap_or_else(|| {
            let usual = known.and_then(Latencies::gap).map(|spread| spread.p95 * IDLE_TIMES_P95);
            let stall = left.mul_f64(IDLE_SHARE).clamp(IDLE_MIN, IDLE_MAX);
            stall.max(usual.unwrap_or_default())
        });
        let hedge = p95.map(|p95| p95 + HEDGE_SLACK).filter(|hedge| *hedge < first_text);
        Self { hedge, first_text, idle, total: patience.total }
    }
}

/// How long a call is waited for that was begun for an earlier place and has not said yet whether it
/// goes on as the user did, when `left` remains until the deadline.
pub fn borrowed(left: Duration) -> Duration {
    left.mul_f64(BORROWED_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { first_text: None, idle: None, total: Duration::from_secs(10) };

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn of_pace(first_text: u64, gap: u64) -> Latencies {
        let mut latencies = Latencies::default();
        (0..20).for_each(|_| latencies.note(ms(first_text), ms(gap), None));
        latencies
    }

    #[test]
    fn an_unknown_model_gets_most_of_the_time_left() {
        let clocks = Clocks::new(&PATIENCE, None, ms(2000));
        assert_eq!((clocks.hedge, clocks.first_text), (None, ms(1200)));
        assert_eq!((clocks.idle, clocks.total), (IDLE_MIN, ms(10_000)));
        assert_eq!(Clocks::new(&PATIENCE, None, ms(3000)).idle, ms(1500));
        assert_eq!(Clocks::new(&PATIENCE, None, ms(200)).idle, IDLE_MIN);
        assert_eq!(Clocks::new(&PATIENCE, None, ms(60_000)).idle, IDLE_MAX);
    }

    #[test]
    fn a_known_model_is_compared_with_itself() {
        let clocks = |p95, left| {
            let clocks = Clocks::new(&PATIENCE, Some(&of_pace(p95, 0)), ms(left));
            (clocks.hedge, clocks.first_text)
        };
        assert_eq!(clocks(150, 2000), (Some(ms(152)), ms(450)));
        assert_eq!(clocks(60, 2000), (Some(ms(62)), ms(400)), "a fifth of the time left at least");
        assert_eq!(clocks(900, 2000), (Some(ms(902)), ms(1200)));
        assert_eq!(clocks(1500, 2000), (None, ms(1200)), "given up before it would be hedged");
    }

    #[test]
    fn a_model_that_pauses_by_habit_may() {
        assert_eq!(Clocks::new(&PATIENCE, Some(&of_pace(50, 400)), ms(200)).idle, ms(1600));
    }

    #[test]
    fn what_the_user_says_holds() {
        let patience = Patience { first_text: Some(ms(700)), idle: Some(ms(30)), ..PATIENCE };
        let clocks = Clocks::new(&patience, Some(&of_pace(100, 500)), ms(200));
        assert_eq!(
            (clocks.hedge, clocks.first_text, clocks.idle),
            (Some(ms(102)), ms(700), ms(30))
        );
    }
}
