//! Random processes that spend, stop and die against one shared sheet: the sums never exceed the cap.

use proptest::prelude::*;

use super::*;
use crate::domain::money::caps::Period;
use crate::domain::money::grant::Sheet;

const COUNTER: Counter = Counter { tier: None, period: Period::Day, counted: Counted::Money };
const AT: Moment = Moment(1_000_000);

fn caps(max: u64) -> Caps {
    Caps { limits: vec![Limit { counter: COUNTER, max }], ..Caps::default() }
}

fn slot() -> Slot {
    (COUNTER, COUNTER.period.start(AT))
}

/// One keeper of the sums, as the store is one.
fn lease(sheet: &mut Sheet, purse: &mut Purse, caps: &Caps, at: Moment) -> u64 {
    let mut granted = 0;
    for (limit, start, want) in purse.wants(caps, at) {
        let amount = sheet.grant(&limit, want);
        sheet.leased += amount;
        purse.granted((limit.counter, start), want, amount, sheet.room(limit.max));
        granted += amount;
    }
    granted
}

/// What one process does next.
#[derive(Clone, Debug)]
enum Step {
    Begin { process: usize, most: u64 },
    End { process: usize, share: u64 },
    Lease { process: usize },
    Idle { process: usize },
    Die { process: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let process = 0..4_usize;
    prop_oneof![
        5 => (process.clone(), 1..400_u64).prop_map(|(process, most)| Step::Begin { process, most }),
        4 => (process.clone(), 0..=100_u64).prop_map(|(process, share)| Step::End { process, share }),
        5 => process.clone().prop_map(|process| Step::Lease { process }),
        1 => process.clone().prop_map(|process| Step::Idle { process }),
        1 => process.prop_map(|process| Step::Die { process }),
    ]
}

#[derive(Default)]
struct Process {
    purse: Purse,
    flying: Vec<(Reservation, u64)>,
    unbooked: Vec<(Slot, u64)>,
}

proptest! {
    #[test]
    fn processes_never_exceed_the_cap_together(
        max in 1..3_000_u64,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let caps = caps(max);
        let mut sheet = Sheet::default();
        let mut processes: Vec<Process> = (0..4).map(|_| Process::default()).collect();
        // What vendors will bill, whoever knows of it.
        let mut billed = 0;
        for step in steps {
            match step {
                Step::Begin { process, most } => {
                    let Process { purse, flying, .. } = &mut processes[process];
                    if let Ok(reservation) = purse.reserve(&caps, Tier::Fast, Some(PicoUsd(most)), AT) {
                        flying.push((reservation, most));
                    }
                }
                Step::End { process, share } => {
                    let Process { purse, flying, unbooked } = &mut processes[process];
                    if let Some((reservation, most)) = flying.pop() {
                        let cost = most * share / 100;
                        billed += cost;
                        unbooked.extend(purse.settle(reservation, PicoUsd(cost)));
                    }
                }
                Step::Lease { process } => {
                    let Process { purse, unbooked, .. } = &mut processes[process];
                    for (slot, part) in unbooked.drain(..) {
                        sheet.booked += part;
                        sheet.leased -= purse.booked(slot, part);
                    }
                    lease(&mut sheet, purse, &caps, AT);
                }
                Step::Idle { process } => {
                    let given = processes[process].purse.surrender(true, AT);
                    sheet.leased -= given.iter().map(|(_, amount)| amount).sum::<u64>();
                }
                Step::Die { process } => {
                    let dead = std::mem::take(&mut processes[process]);
                    // Its calls were sent and may be billed in full; its lease counts as spent.
                    billed += dead.flying.iter().map(|(_, most)| most).sum::<u64>();
                    let held: u64 = dead.purse.holdings().map(|(_, holding)| holding.held).sum();
                    sheet.leased -= held;
                    sheet.booked += held;
                }
            }
            let flying: u64 = processes.iter().flat_map(|p| &p.flying).map(|(_, most)| most).sum();
            prop_assert!(billed + flying <= max, "{billed} + {flying} > {max}");
            prop_assert!(sheet.booked + sheet.leased <= max);
            for process in &processes {
                for (_, holding) in process.purse.holdings() {
                    prop_assert!(holding.unbooked() <= holding.held, "{holding:?}");
                }
            }
        }
    }
}

#[test]
fn the_first_call_waits_for_a_lease_and_the_next_do_not() {
    let (caps, mut purse, mut sheet) = (caps(1_000), Purse::default(), Sheet::default());
    let reserve =
        |purse: &mut Purse, most| purse.reserve(&caps, Tier::Mid, Some(PicoUsd(most)), AT);
    assert_eq!(reserve(&mut purse, 4), Err(Refusal::Waiting));
    assert_eq!(lease(&mut sheet, &mut purse, &caps, AT), 4 + 10, "and a hundredth ahead");
    let first = reserve(&mut purse, 4).expect("leased");
    let second = reserve(&mut purse, 10).expect("leased ahead");
    assert_eq!(reserve(&mut purse, 1), Err(Refusal::Waiting));
    purse.release(second);
    assert_eq!(purse.settle(first, PicoUsd(3)), [(slot(), 3)]);
    assert_eq!(purse.booked(slot(), 3), 3);
    assert_eq!(purse.surrender(true, AT), [(slot(), 11)]);
    assert_eq!(purse.holdings().count(), 0);
}

#[test]
fn at_the_cap_cheap_calls_go_on_as_long_as_they_fit() {
    let (caps, mut purse) = (caps(100), Purse::default());
    let mut sheet = Sheet { booked: 80, leased: 0 };
    let limit = caps.limits[0];
    purse.expect(&caps, Tier::Fast, PicoUsd(5), AT);
    purse.expect(&caps, Tier::Flagship, PicoUsd(50), AT);
    assert_eq!(lease(&mut sheet, &mut purse, &caps, AT), 6);
    let dear = purse.reserve(&caps, Tier::Flagship, Some(PicoUsd(50)), AT);
    assert_eq!(dear, Err(Refusal::Reached(limit)));
    assert_eq!(purse.reached(&caps, Tier::Flagship, PicoUsd(50), AT), Some(limit));
    assert_eq!(purse.reached(&caps, Tier::Fast, PicoUsd(5), AT), None);
    let cheap = purse.reserve(&caps, Tier::Fast, Some(PicoUsd(5)), AT);
    purse.release(cheap.expect("it fits"));
    // Between the two: it must not wait for ever.
    let between = |purse: &mut Purse| purse.reserve(&caps, Tier::Mid, Some(PicoUsd(19)), AT);
    assert_eq!(between(&mut purse), Err(Refusal::Waiting));
    assert_eq!(lease(&mut sheet, &mut purse, &caps, AT), 13 + 1);
    let reservation = between(&mut purse).expect("leased");
    purse.release(reservation);
    let more = purse.reserve(&caps, Tier::Mid, Some(PicoUsd(21)), AT);
    assert_eq!(more, Err(Refusal::Reached(limit)));
    let sentence = Refusal::Reached(limit).sentence();
    assert!(
        sentence.starts_with("today's spending reached the cap of $0.0000000001"),
        "{sentence}"
    );
}

#[test]
fn without_a_ledger_a_hundredth_of_the_cap_is_spent_and_no_more() {
    let (caps, mut purse) = (caps(1_000), Purse::default());
    purse.set_cut_off(true);
    let mut spent = Vec::new();
    while let Ok(reservation) = purse.reserve(&caps, Tier::Fast, Some(PicoUsd(3)), AT) {
        spent.extend(purse.settle(reservation, PicoUsd(3)));
    }
    assert_eq!(spent.len(), 3);
    assert!(purse.is_in_use());
    // Booked when the disk is back, beyond any lease.
    purse.set_cut_off(false);
    assert_eq!(spent.iter().map(|(slot, part)| purse.booked(*slot, *part)).sum::<u64>(), 0);
    assert!(!purse.is_in_use());
    // Nothing is bounded: nothing stops.
    purse.set_cut_off(true);
    let free = purse.reserve(&Caps::default(), Tier::Fast, None, AT).expect("no cap");
    assert_eq!(purse.settle(free, PicoUsd(9)), []);
}

#[test]
fn what_cannot_be_bounded_is_not_asked() {
    let mut purse = Purse::default();
    let mut caps = caps(1_000);
    assert_eq!(purse.reserve(&caps, Tier::Fast, None, AT), Err(Refusal::Unpriced));
    caps.allows_unpriced = true;
    let unpriced = purse.reserve(&caps, Tier::Fast, None, AT).expect("allowed");
    assert_eq!(purse.settle(unpriced, PicoUsd::ZERO), [(slot(), 0)]);
    caps.request = vec![(None, PicoUsd(7))];
    let dear = purse.reserve(&caps, Tier::Fast, Some(PicoUsd(8)), AT);
    assert_eq!(dear, Err(Refusal::TooDear { most: PicoUsd(8), max: PicoUsd(7) }));
}

#[test]
fn leases_of_a_period_that_is_over_are_given_back() {
    let (caps, mut purse, mut sheet) = (caps(1_000), Purse::default(), Sheet::default());
    purse.expect(&caps, Tier::Fast, PicoUsd(5), AT);
    let held = lease(&mut sheet, &mut purse, &caps, AT);
    let flying = purse.reserve(&caps, Tier::Fast, Some(PicoUsd(5)), AT).expect("leased");
    let tomorrow = Moment(AT.0 + 86_400);
    assert_eq!(purse.surrender(false, AT), []);
    assert_eq!(purse.surrender(false, tomorrow), [(slot(), held - 5)]);
    // The call counts for the day on which it began.
    assert_eq!(purse.settle(flying, PicoUsd(2)), [(slot(), 2)]);
    assert_eq!(purse.booked(slot(), 2), 2);
    assert_eq!(purse.surrender(false, tomorrow), [(slot(), 3)]);
    assert_eq!(purse.holdings().count(), 0);
}
