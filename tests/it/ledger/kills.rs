//! Processes that write the ledger are killed at random moments; nothing they were promised is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use tabtier::store::ledger::read::Ledger;

use super::worker::{Job, ledger, log};
use super::{EVER, is_whole, spawn};
use crate::support::random::Random;

/// How many processes are killed, if not `TABTIER_LEDGER_KILLS` many.
const KILLS: u64 = 24;
/// Numbers each process may use.
const NUMBERS: u64 = 1_000_000;

#[test]
fn what_was_acknowledged_is_there_however_a_process_ends() {
    let kills = std::env::var("TABTIER_LEDGER_KILLS").ok().and_then(|text| text.parse().ok());
    let kills = kills.unwrap_or(KILLS);
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(11);
    let start = |seed: u64| {
        spawn(&Job {
            what: "enter",
            folder: folder.path().to_owned(),
            seed,
            first: seed * NUMBERS,
            cap: 0,
            threads: 1,
            millis: 600_000,
        })
    };
    // Two at a time, so that one always writes while the other dies.
    let mut running = [start(0), start(1)];
    for seed in 2..kills + 2 {
        // It takes some 20 ms to start: some die before they have written anything.
        std::thread::sleep(Duration::from_millis(random.below(150) as u64));
        let victim = &mut running[(seed % 2) as usize];
        victim.kill().expect("killed");
        victim.wait().expect("dead");
        *victim = start(seed);
    }
    for mut last in running {
        last.kill().expect("killed");
        last.wait().expect("dead");
    }

    let log = std::fs::read_to_string(log(folder.path())).expect("a log");
    let mut promised = BTreeSet::new();
    for line in log.lines() {
        let (from, to) = line.split_once(' ').expect("two numbers");
        promised.extend(from.parse::<u64>().expect("from")..to.parse().expect("to"));
    }
    let path = ledger(folder.path());
    assert!(is_whole(&path));
    let kept = Ledger::open(&path).expect("readable").expect("a ledger");
    let (mut requests, mut calls, mut cost) = (Vec::new(), Vec::new(), 0);
    kept.requests(EVER, |asked| requests.push(asked.id.number)).expect("rows");
    kept.calls(EVER, |called| {
        calls.push(called.id.number);
        cost += called.cost.expect("a cost").0;
    })
    .expect("rows");
    for (what, numbers) in [("request", &requests), ("call", &calls)] {
        let unique: BTreeSet<_> = numbers.iter().copied().collect();
        assert_eq!(unique.len(), numbers.len(), "a {what} is there twice");
        let lost: Vec<_> = promised.difference(&unique).take(5).collect();
        assert!(lost.is_empty(), "of {} promised, {what}s are lost: {lost:?}", promised.len());
    }
    assert_eq!(cost, 7 * calls.len() as u64);
    assert!(promised.len() as u64 > kills, "only {} were promised", promised.len());
    println!("{kills} kills, {} promised, {} kept, none lost", promised.len(), calls.len());
}
