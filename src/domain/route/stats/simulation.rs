//! Users with habits, over 20,000 outcomes each: whether feedback finds the right tier, how often
//! it moves on the way, and what it costs to find out.

use super::bounds::{Bounds, Shift};
use super::group::Group;
use super::tally::Taken;
use super::*;
use Tier::{Fast, Flagship, Mid};

const OUTCOMES: u64 = 20_000;
const SEEDS: u64 = 40;
/// Bound: moves in 20,000 outcomes. A class that leaves at the first outcome at which it may, and
/// returns 256 outcomes later, leaves at 200, 2,504, 6,856 and 15,304, because each return doubles
/// the wait for the next round. That is eight moves; it cannot leave again before 31,944.
const MOVES_MAX: usize = 8;

/// Knuth's MMIX generator; its upper bits are good enough for coins.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What came of one user's outcomes.
struct Run {
    stats: RouteStats,
    /// The stand after each move.
    moves: Vec<Shift>,
    /// Answers by tier.
    asked: [u64; 4],
    /// Outcomes spent off the table because the class stood there.
    away: u64,
}

impl Run {
    fn stand(&self) -> Shift {
        self.group().stand
    }

    fn group(&self) -> &Group {
        self.stats.group(RequestClass::Line, "x").expect("a group")
    }
}

/// A user whose probability of taking an answer depends on its number and tier.
fn run(bounds: Bounds, seed: u64, user: &mut dyn FnMut(u64, Tier, f64) -> bool) -> Run {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1);
    let mut run = Run { stats: RouteStats::default(), moves: Vec::new(), asked: [0; 4], away: 0 };
    for number in 0..OUTCOMES {
        let advice = run.stats.shift(RequestClass::Line, "x", bounds);
        let tier = bounds.tier(advice.probe.unwrap_or(advice.shift)).expect("within bounds");
        run.asked[tier as usize] += 1;
        run.away += u64::from(advice.shift != Shift::Stay);
        let taken =
            if user(number, tier, dice.roll()) { Taken::Accepted } else { Taken::Overtyped };
        let class = RequestClass::Line;
        let language = "x".to_owned();
        run.stats.note(&Outcome { class, language, tier, bounds: Some(bounds), taken });
        if run.stand() != advice.shift {
            let stand = run.stand();
            run.moves.push(stand);
        }
    }
    assert!(run.moves.len() <= MOVES_MAX, "{:?}", run.moves);
    run
}

fn bounds(own: Tier) -> Bounds {
    Bounds::new(own, Tier::Local, Tier::Flagship, |_| true)
}

/// Runs many users who take the answers of cheap and dear tiers with these probabilities.
fn steady(own: Tier, cheap: f64, dear: f64) -> Vec<Run> {
    let is_dear = |tier| if own == Fast { tier > own } else { tier >= own };
    let bounds = Bounds { below: bounds(own).below.filter(|_| own != Fast), ..bounds(own) };
    let mut user = |_, tier, roll: f64| roll < if is_dear(tier) { dear } else { cheap };
    (1..=SEEDS).map(|seed| run(bounds, seed, &mut user)).collect()
}

/// How many of the runs end at `stand`, and the most moves any of them made.
fn ending(runs: &[Run], stand: Shift) -> (usize, usize) {
    let there = runs.iter().filter(|run| run.stand() == stand).count();
    (there, runs.iter().map(|run| run.moves.len()).max().unwrap_or_default())
}

#[test]
fn a_dearer_tier_that_is_taken_much_more_often_is_asked_first_and_stays() {
    for (cheap, dear) in [(0.05, 0.15), (0.10, 0.30), (0.02, 0.30)] {
        let runs = steady(Fast, cheap, dear);
        assert_eq!(ending(&runs, Shift::Up), (40, 1), "{cheap} {dear}");
    }
}

#[test]
fn a_class_stays_where_the_dearer_tier_is_no_better_or_hardly() {
    for (cheap, dear) in [(0.15, 0.15), (0.30, 0.30), (0.10, 0.02)] {
        assert_eq!(ending(&steady(Fast, cheap, dear), Shift::Stay), (40, 0), "{cheap} {dear}");
    }
    // Chance moves a few of these users; balance brings them back.
    for (cheap, dear) in [(0.02, 0.02), (0.05, 0.05), (0.05, 0.06)] {
        let runs = steady(Fast, cheap, dear);
        let moved = runs.iter().filter(|run| !run.moves.is_empty()).count();
        let (at_home, most) = ending(&runs, Shift::Stay);
        assert!(moved <= 3 && at_home >= 39 && most <= 2, "{cheap} {dear}: {moved} {at_home}");
    }
}

#[test]
fn answers_that_please_are_left_alone_however_good_a_dearer_tier_may_be() {
    for run in steady(Fast, 0.3, 0.9) {
        assert_eq!((run.moves.len(), run.asked[Mid as usize]), (0, 0));
    }
}

#[test]
fn a_dear_tier_that_is_matched_by_a_cheaper_one_is_given_up_and_one_that_is_not_is_kept() {
    for (cheap, dear) in [(0.5, 0.5), (0.6, 0.6), (0.6, 0.5)] {
        assert_eq!(ending(&steady(Flagship, cheap, dear), Shift::Down), (40, 1), "{cheap} {dear}");
    }
    for (cheap, dear) in [(0.4, 0.6), (0.2, 0.6), (0.0, 0.02)] {
        assert_eq!(ending(&steady(Flagship, cheap, dear), Shift::Stay), (40, 0), "{cheap} {dear}");
    }
    // Where little is taken at all there is rarely a proof, and the table stands.
    let (moved, most) = ending(&steady(Flagship, 0.05, 0.05), Shift::Down);
    assert!(moved <= 15 && most <= 2, "{moved} {most}");
}

#[test]
fn finding_out_costs_little() {
    for (own, cheap, dear) in [(Fast, 0.05, 0.05), (Fast, 0.15, 0.15), (Flagship, 0.2, 0.6)] {
        for run in steady(own, cheap, dear).iter().filter(|run| run.moves.is_empty()) {
            let others = OUTCOMES - run.asked[own as usize];
            assert!(others <= 5 * 128, "{own:?} {cheap} {dear}: {others} of {OUTCOMES}");
        }
    }
}

#[test]
fn users_who_change_their_minds_are_followed_and_cost_few_moves() {
    // First the dearer tier is three times as good; from the middle on both are the same.
    let mut user = |number, tier, roll: f64| {
        roll < if tier == Fast || number >= OUTCOMES / 2 { 0.08 } else { 0.24 }
    };
    let runs: Vec<_> = (1..=SEEDS).map(|seed| run(bounds(Fast), seed, &mut user)).collect();
    assert!(runs.iter().all(|run| run.moves.first() == Some(&Shift::Up)));
    // The others are still up: at 8 % it takes long to see that two tiers are alike.
    let (at_home, most) = ending(&runs, Shift::Stay);
    assert!(at_home >= 36 && most <= 3, "{at_home} {most}");
}

#[test]
fn users_bent_on_making_it_move_reach_the_bound_and_no_more() {
    // Likes exactly the tier that the table does not ask, until it is asked, and then the other.
    let mut liked = Mid;
    let mut streak = 0;
    let mut user = |_, tier, _| {
        streak = if tier == liked { streak + 1 } else { 0 };
        if streak > 50 {
            liked = if liked == Mid { Fast } else { Mid };
            streak = 0;
        }
        tier == liked
    };
    let contrary = run(bounds(Fast), 1, &mut user);
    let mut coin = |number: u64, _, _| number.is_multiple_of(2);
    let alternating = run(bounds(Mid), 1, &mut coin);
    let mut waves = |number: u64, tier, roll: f64| {
        let likes_dear = (number / 1000).is_multiple_of(2);
        roll < if (tier > Mid) == likes_dear { 0.6 } else { 0.05 }
    };
    let seasonal = run(bounds(Mid), 1, &mut waves);
    assert_eq!((contrary.moves.len(), alternating.moves.len(), seasonal.moves.len()), (7, 0, 1));
}
