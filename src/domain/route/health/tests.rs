//! Every transition of the breaker, in virtual time.

use super::*;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// One call that fails at `now`; panics where none is allowed.
fn fail(breaker: &mut Breaker, failure: Failure, now: Instant) -> Option<Change> {
    let pass = breaker.admit(now).expect("a pass");
    breaker.failed(pass, failure, now, 0.5)
}

fn opened(now: Instant) -> Breaker {
    let mut breaker = Breaker::default();
    let changes: Vec<_> = (0..5).map(|_| fail(&mut breaker, Failure::Transient, now)).collect();
    assert_eq!(changes, [None, None, None, None, Some(Change::Paused)]);
    breaker
}

#[test]
fn five_failures_open_it_and_one_probe_closes_it() {
    let start = Instant::now();
    let mut breaker = opened(start);
    assert!(!breaker.allows(start + ms(999)));
    let later = start + ms(1000);
    let probe = breaker.admit(later).expect("the probe");
    assert_eq!(breaker.admit(later), None, "only one probe at a time");
    assert_eq!(breaker.answered(probe), Some(Change::Recovered));
    assert!(breaker.allows(later));
    let pass = breaker.admit(later).expect("a pass");
    assert_eq!(breaker.answered(pass), None, "nothing new");
}

#[test]
fn each_probe_that_fails_doubles_the_pause_and_is_no_news() {
    let mut now = Instant::now();
    let mut breaker = opened(now);
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert!(!breaker.allows(now + ms(1000 * pause - 1)), "{pause}");
        now += ms(1000 * pause);
        assert_eq!(fail(&mut breaker, Failure::Transient, now), None);
    }
}

#[test]
fn the_pause_is_spread() {
    let start = Instant::now();
    for (jitter, pause) in [(0.0, 750), (1.0, 1250)] {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            let pass = breaker.admit(start).expect("a pass");
            breaker.failed(pass, Failure::Transient, start, jitter);
        }
        assert!(!breaker.allows(start + ms(pause - 1)) && breaker.allows(start + ms(pause)));
    }
}

#[test]
fn a_probe_that_was_left_may_be_repeated() {
    let start = Instant::now();
    let mut breaker = opened(start);
    let later = start + ms(5000);
    let probe = breaker.admit(later).expect("the probe");
    breaker.left(probe, later);
    assert!(breaker.allows(later));
}

#[test]
fn a_rate_limit_lasts_exactly_as_long_as_the_server_said() {
    let start = Instant::now();
    let mut breaker = Breaker::default();
    let earlier = breaker.admit(start).expect("a pass");
    let change = fail(&mut breaker, Failure::Limited(Some(ms(3000))), start);
    assert_eq!(change, Some(Change::Limited(ms(3000))));
    assert_eq!(breaker.answered(earlier), None);
    assert!(!breaker.allows(start + ms(2999)), "a call from before does not end it");
    assert!(breaker.allows(start + ms(3000)));
    // A second one makes it longer, never shorter.
    let mut breaker = Breaker::default();
    let passes = [(); 3].map(|()| breaker.admit(start).expect("a pass"));
    for (pass, wait) in passes.into_iter().zip([3000, 1000, 4000]) {
        breaker.failed(pass, Failure::Limited(Some(ms(wait))), start, 0.0);
    }
    assert!(!breaker.allows(start + ms(3999)) && breaker.allows(start + ms(4000)));
}

#[test]
fn a_refused_request_is_not_the_models_fault_but_ten_are() {
    let start = Instant::now();
    let mut breaker = Breaker::default();
    for _ in 0..9 {
        assert_eq!(fail(&mut breaker, Failure::Refused, start), None);
    }
    let pass = breaker.admit(start).expect("a pass");
    breaker.answered(pass);
    for _ in 0..9 {
        assert_eq!(fail(&mut breaker, Failure::Refused, start), None);
    }
    assert_eq!(fail(&mut breaker, Failure::Refused, start), Some(Change::Paused));
    assert!(!breaker.allows(start));
}

#[test]
fn a_refused_probe_leaves_room_for_another() {
    let start = Instant::now();
    let mut breaker = Breaker::default();
    fail(&mut breaker, Failure::Limited(Some(ms(1))), start);
    let later = start + ms(1);
    assert_eq!(fail(&mut breaker, Failure::Refused, later), None);
    assert!(breaker.allows(later));
}

#[test]
fn a_refused_key_shuts_it_for_good_and_is_told_once() {
    let start = Instant::now();
    let mut breaker = Breaker::default();
    let passes = [(); 3].map(|()| breaker.admit(start).expect("a pass"));
    let changes = passes.map(|pass| breaker.failed(pass, Failure::Permanent, start, 0.0));
    assert_eq!(changes, [Some(Change::Shut), None, None]);
    breaker.failed(passes[0], Failure::Limited(Some(ms(1))), start, 0.0);
    assert_eq!(breaker.answered(passes[0]), None);
    assert!(!breaker.allows(start + Duration::from_secs(86_400)));
}

#[test]
fn calls_from_before_do_not_make_the_pause_longer() {
    let start = Instant::now();
    let mut breaker = Breaker::default();
    let passes = [(); 50].map(|()| breaker.admit(start).expect("a pass"));
    for pass in passes {
        breaker.failed(pass, Failure::Transient, start, 0.5);
    }
    assert!(breaker.allows(start + ms(1000)));
}
