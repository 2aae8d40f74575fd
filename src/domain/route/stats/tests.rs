//! What must hold for every history, and what a request is told.

use proptest::prelude::*;

use super::bounds::{Bounds, Shift};
use super::tally::Taken;
use super::*;
use Tier::{Fast, Flagship, Local, Mid};

fn outcome(tier: Tier, bounds: Option<Bounds>, taken: Taken) -> Outcome {
    Outcome { class: RequestClass::Line, language: "x".to_owned(), tier, bounds, taken }
}

fn all(own: Tier) -> Bounds {
    Bounds::new(own, Local, Flagship, |_| true)
}

/// A class that was moved from fast to mid by asking as it was told.
fn moved_up() -> RouteStats {
    let mut stats = RouteStats::default();
    for _ in 0..2_000 {
        let advice = stats.shift(RequestClass::Line, "x", all(Fast));
        if advice.shift == Shift::Up {
            return stats;
        }
        let tier = all(Fast).tier(advice.probe.unwrap_or(advice.shift)).expect("a tier");
        let taken = if tier == Mid { Taken::Accepted } else { Taken::Rejected };
        stats.note(&outcome(tier, Some(all(Fast)), taken));
    }
    panic!("not moved: {stats:?}");
}

#[test]
fn a_move_comes_with_its_evidence() {
    let advice = moved_up().shift(RequestClass::Line, "x", all(Fast));
    let sentence = advice.evidence.of_move(advice.shift).expect("a sentence");
    let (start, rest) =
        sentence.split_at("feedback: line answers of fast were taken in 0 of ".len());
    assert_eq!(start, "feedback: line answers of fast were taken in 0 of ");
    assert!(rest.ends_with(", so mid is asked first") && rest.contains("those of mid in 6"));
}

#[test]
fn every_eighth_outcome_of_a_round_makes_the_next_request_a_probe() {
    let mut stats = RouteStats::default();
    let mut probes = Vec::new();
    for number in 0..300 {
        let advice = stats.shift(RequestClass::Line, "x", all(Fast));
        probes.extend(advice.probe.map(|shift| (number, shift)));
        stats.note(&outcome(Fast, Some(all(Fast)), Taken::Rejected));
    }
    // The first round begins after 200 outcomes.
    assert_eq!(probes[..2], [(207, Shift::Up), (215, Shift::Up)]);
    assert_eq!(probes.len(), 12);
    let advice = stats.shift(RequestClass::Line, "x", all(Fast));
    let sentence = advice.evidence.of_probe(Mid);
    assert!(sentence.ends_with("every eighth request asks mid first, to compare"), "{sentence}");
    assert!(sentence.starts_with("feedback: line answers of fast were taken in 0 of 27"));
}

#[test]
fn the_users_bounds_and_another_table_end_a_move_at_once() {
    let stats = moved_up();
    let shift = |bounds| stats.shift(RequestClass::Line, "x", bounds).shift;
    assert_eq!(shift(all(Fast)), Shift::Up);
    assert_eq!(shift(Bounds::new(Fast, Local, Fast, |_| true)), Shift::Stay);
    assert_eq!(shift(Bounds::new(Fast, Local, Flagship, |tier| tier != Mid)), Shift::Stay);
    assert_eq!(shift(all(Mid)), Shift::Stay);
    assert_eq!(stats.shift(RequestClass::Logic, "x", all(Fast)).shift, Shift::Stay);
    assert_eq!(stats.shift(RequestClass::Line, "y", all(Fast)).shift, Shift::Stay);
}

#[test]
fn a_table_that_holds_for_some_files_only_changes_nothing_and_a_new_one_does() {
    let mut stats = moved_up();
    for number in 0..1_000 {
        let bounds = if number % 2 == 0 { all(Mid) } else { all(Fast) };
        stats.note(&outcome(Mid, Some(bounds), Taken::Accepted));
    }
    assert_eq!(stats.shift(RequestClass::Line, "x", all(Fast)).shift, Shift::Up);
    for _ in 0..64 {
        stats.note(&outcome(Mid, Some(all(Mid)), Taken::Accepted));
    }
    let group = stats.group(RequestClass::Line, "x").expect("a group");
    assert_eq!((group.own, group.stand), (Mid, Shift::Stay));
}

#[test]
fn outcomes_that_something_else_decided_are_evidence_and_move_nothing() {
    let mut stats = RouteStats::default();
    for number in 0..4_000 {
        let (tier, taken) =
            if number % 2 == 0 { (Fast, Taken::Rejected) } else { (Mid, Taken::Accepted) };
        stats.note(&outcome(tier, None, taken));
    }
    let group = stats.group(RequestClass::Line, "x").expect("a group");
    assert_eq!((group.stand, group.round), (Shift::Stay, None));
    assert!(group.tally(Mid).rate() > 0.99 && group.tally(Fast).trials() > 800.0);
}

#[test]
fn the_local_engine_is_counted_and_compared_with_nobody() {
    let mut stats = RouteStats::default();
    for _ in 0..1_000 {
        stats.note(&outcome(Local, Some(all(Fast)), Taken::Rejected));
    }
    let group = stats.group(RequestClass::Line, "x").expect("a group");
    assert_eq!((group.heard, group.stand, group.round), (0, Shift::Stay, None));
    assert!(group.tally(Local).trials() > 700.0);
}

#[test]
fn languages_are_bounded_and_the_one_unheard_of_longest_goes() {
    let mut stats = RouteStats::default();
    let mut note = |language: String| {
        stats.note(&Outcome { language, ..outcome(Fast, None, Taken::Accepted) });
    };
    (0..32).for_each(|number| note(number.to_string()));
    note("0".to_owned());
    note("new".to_owned());
    note("x".repeat(65));
    let kept: Vec<_> = stats.groups().map(|(language, ..)| language.to_owned()).collect();
    assert_eq!(kept.len(), LANGUAGES_MAX);
    assert!(kept.contains(&"0".to_owned()) && kept.contains(&"new".to_owned()));
    assert!(!kept.contains(&"1".to_owned()));
}

fn any_tier() -> impl Strategy<Value = Tier> {
    (0_usize..4).prop_map(|index| Tier::ALL[index])
}

fn any_taken() -> impl Strategy<Value = Taken> {
    prop_oneof![
        3 => Just(Taken::Accepted),
        1 => (0_u16..2_000).prop_map(Taken::Partly),
        1 => Just(Taken::TypedThrough),
        4 => Just(Taken::Rejected),
        1 => Just(Taken::Unanswered),
    ]
}

/// A stretch of outcomes of the same kind under the same settings.
fn any_stretch() -> impl Strategy<Value = (Outcome, usize)> {
    let own = (1_usize..4).prop_map(|index| Tier::ALL[index]);
    let settings = (own, any_tier(), any_tier(), 0_u8..16);
    let bounds = settings.prop_map(|(own, floor, ceiling, models)| {
        Bounds::new(own, floor, ceiling, |tier| models & (1 << tier as u8) != 0)
    });
    let outcome = (any_tier(), proptest::option::weighted(0.9, bounds), any_taken())
        .prop_map(|(tier, bounds, taken)| outcome(tier, bounds, taken));
    (outcome, 1_usize..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happened, no request is sent past the bounds it is made under, and the same
    /// history gives the same state.
    #[test]
    fn no_history_leads_out_of_bounds(
        history in proptest::collection::vec(any_stretch(), 1..30),
    ) {
        let (mut stats, mut again) = (RouteStats::default(), RouteStats::default());
        for (outcome, count) in &history {
            for _ in 0..*count {
                stats.note(outcome);
                again.note(outcome);
                for bounds in history.iter().filter_map(|(other, _)| other.bounds) {
                    let advice = stats.shift(RequestClass::Line, "x", bounds);
                    prop_assert!(bounds.tier(advice.shift).is_some());
                    prop_assert!(advice.probe.is_none_or(|shift| bounds.tier(shift).is_some()));
                    prop_assert_ne!(advice.probe, Some(advice.shift));
                }
            }
        }
        prop_assert_eq!(stats, again);
    }
}
