//! What feedback may do to a plan, and what it may not.

use super::*;
use crate::domain::route::stats::tally::Tally;

/// Feedback that says this of every class, whatever the bounds.
fn advice(shift: Shift, probe: Option<Shift>) -> Box<dyn Fn(RequestClass, Bounds) -> Advice> {
    Box::new(move |_, bounds| {
        let mut advice = Advice::none(RequestClass::Line, bounds.own);
        let other = bounds.tier(probe.unwrap_or(shift));
        advice.evidence.other = other.map(|tier| (tier, Tally::default()));
        Advice { shift, probe, ..advice }
    })
}

#[test]
fn feedback_asks_another_tier_first_and_the_tables_own_next() {
    let mut up = case(&[Local, Fast], &["fast:a", "mid:m", "flagship:f"]);
    up.advice = Some(advice(Shift::Up, None));
    up.check(&["m", "a"]);
    assert_eq!(up.plan().local, LocalRole::First(Confidence::new(0.5)));
    assert!(up.plan().notes[0].starts_with("feedback: line answers of fast were taken in"));
    let mut down = case(&[Flagship, Mid], &["fast:a", "mid:m", "flagship:f"]);
    down.advice = Some(advice(Shift::Down, None));
    down.check(&["m", "f"]);
}

#[test]
fn feedback_never_leaves_the_bounds() {
    let mut up = case(&[Fast], &["fast:a", "flagship:f"]);
    up.advice = Some(advice(Shift::Up, None));
    up.check(&["a"]);
    assert!(up.plan().notes.is_empty());
    let mut down = case(&[Mid], &["fast:a", "mid:m"]);
    down.advice = Some(advice(Shift::Down, None));
    down.check(&["a", "m"]);
    for row in &mut down.policy.classes {
        row.floor = Mid;
    }
    down.check(&["m"]);
    let mut capped = case(&[Fast], &["fast:a", "mid:m"]);
    capped.advice = Some(advice(Shift::Up, None));
    for row in &mut capped.policy.classes {
        row.ceiling = Fast;
    }
    capped.check(&["a"]);
}

#[test]
fn what_the_user_says_now_stands_above_feedback() {
    let mut case = case(&[Fast], &["fast:a", "mid:m", "flagship:f"]);
    case.advice = Some(advice(Shift::Up, None));
    case.policy.force = Override::Always(Fast);
    case.check(&["a"]);
    assert_eq!(case.plan().bounds, None);
    case.policy.force = Override::Auto;
    case.trigger = Trigger::Invoked { repeats: 2 };
    case.check(&["f", "a"]);
    assert_eq!(case.plan().bounds, None);
}

#[test]
fn only_typing_probes() {
    let mut case = case(&[Fast], &["fast:a", "mid:m"]);
    case.advice = Some(advice(Shift::Stay, Some(Shift::Up)));
    case.check(&["m", "a"]);
    assert!(case.plan().notes[0].ends_with("every eighth request asks mid first, to compare"));
    case.trigger = Trigger::Invoked { repeats: 0 };
    case.check(&["a"]);
}

#[test]
fn feedback_takes_no_request_from_home_to_the_cloud_unless_allowed() {
    let mut up = case(&[Fast], &["fast:home", "mid:cloud@"]);
    up.advice = Some(advice(Shift::Up, None));
    up.check(&["home"]);
    up.policy.cloud_failover = true;
    up.check(&["cloud", "home"]);
    let mut mixed = case(&[Fast], &["fast:home", "mid:cloud@", "mid:own"]);
    mixed.advice = Some(advice(Shift::Up, None));
    mixed.check(&["own", "home"]);
    let mut down = case(&[Flagship], &["mid:own", "flagship:cloud@"]);
    down.advice = Some(advice(Shift::Down, None));
    down.check(&["own", "cloud"]);
}
