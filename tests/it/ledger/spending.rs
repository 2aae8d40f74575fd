//! Processes that share a cap spend as fast as they can, 64 calls at once in each, and some are
//! killed: what vendors would bill never exceeds the cap.

use std::collections::BTreeMap;
use std::time::Duration;

use tabtier::store::ledger::read::Ledger;

use super::worker::{Job, ledger, log};
use super::{EVER, spawn};
use crate::support::random::Random;

const CAP: u64 = 20_000_000;
const PROCESSES: u64 = 4;
const KILLS: u64 = 3;
/// Milliseconds after which a process ends even if there is money left: far more than it takes.
const AT_MOST: u64 = 60_000;

#[test]
fn a_cap_holds_for_all_processes_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(5);
    let start = |seed: u64, millis: u64| {
        spawn(&Job {
            what: "spend",
            folder: folder.path().to_owned(),
            seed,
            first: seed * 1_000_000,
            cap: CAP,
            threads: 64,
            millis,
        })
    };
    let mut running: Vec<_> = (0..PROCESSES).map(|seed| start(seed, AT_MOST)).collect();
    for seed in PROCESSES..PROCESSES + KILLS {
        std::thread::sleep(Duration::from_millis(100 + random.below(200) as u64));
        let victim = random.below(running.len());
        running[victim].kill().expect("killed");
        running[victim].wait().expect("dead");
        running[victim] = start(seed, AT_MOST);
    }
    for mut process in running {
        assert!(process.wait().expect("an end").success());
    }

    // The first line of a call says what it may cost, the second what it did.
    let log = std::fs::read_to_string(log(folder.path())).expect("a log");
    let mut bills: BTreeMap<u64, (u64, Option<u64>)> = BTreeMap::new();
    for line in log.lines() {
        let (number, amount) = line.split_once(' ').expect("two numbers");
        let (number, amount) = (number.parse().expect("a number"), amount.parse().expect("pico"));
        bills.entry(number).and_modify(|bill| bill.1 = Some(amount)).or_insert((amount, None));
    }
    let worst: u64 = bills.values().map(|(most, cost)| cost.unwrap_or(*most)).sum();
    let unfinished = bills.values().filter(|(_, cost)| cost.is_none()).count();
    assert!(worst <= CAP, "{worst} may be billed, the cap is {CAP}");

    let kept = Ledger::open(&ledger(folder.path())).expect("readable").expect("a ledger");
    let mut booked = 0;
    kept.calls(EVER, |called| booked += called.cost.expect("a cost").0).expect("rows");
    let lost = kept.lost(EVER).expect("a sum").0;
    assert!(booked + lost <= CAP, "{booked} + {lost} booked");
    // What is billed and not booked died with a process, and its lease covers it.
    assert!(worst <= booked + lost + leased(folder.path()), "{worst} > {booked} + {lost}");
    assert!(booked + lost > CAP / 10 * 9, "only {booked} + {lost} of {CAP} could be spent");
    println!(
        "{} calls, {unfinished} cut off; billed at most {worst}, booked {booked}, lost {lost}, cap {CAP}",
        bills.len()
    );
}

fn leased(folder: &std::path::Path) -> u64 {
    let connection = rusqlite::Connection::open(ledger(folder)).expect("open");
    let sql = "SELECT COALESCE(SUM(amount), 0) FROM lease";
    connection.query_row(sql, [], |row| row.get(0)).expect("a sum")
}
