//! A ledger whose disk is full: nothing waits, nothing that was acknowledged is lost, and paid calls
//! stop at a hundredth of the cap.
//!
//! The disk is full for one process alone, by the bound that a shell sets on the size of its files.

use std::process::{Command, Stdio};

use tabtier::store::ledger::read::Ledger;

use super::worker::{JOB, Job, ledger, log};
use super::{EVER, is_whole};

const CAP: u64 = 1_000_000;
/// In blocks of 512 bytes: room for some thousand entries.
const BLOCKS_MAX: u32 = 600;

#[test]
fn a_full_disk_stops_only_what_a_cap_could_not_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let job = Job {
        what: "fill",
        folder: folder.path().to_owned(),
        seed: 1,
        first: 1,
        cap: CAP,
        threads: 1,
        millis: 60_000,
    };
    // A write beyond the bound is then an error instead of the end of the process.
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS_MAX}; exec \"$0\" \"$@\"");
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(program);
    command.args(["--exact", "ledger::worker::works_when_it_is_told_to", "--nocapture"]);
    command.env(JOB, job.to_text()).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(command.status().expect("sh").success());

    let log = std::fs::read_to_string(log(folder.path())).expect("a log");
    let said = |word: &str| -> Vec<u64> {
        let lines = log.lines().filter_map(|line| line.strip_prefix(word));
        lines.map(|rest| rest.trim().parse().expect("a number")).collect()
    };
    let promised = said("promised").last().copied().expect("something was written");
    let blind = said("blind").into_iter().next().expect("the disk was full");
    assert!(promised > 100, "{promised}");
    assert!(blind > 0 && blind <= CAP / 100, "{blind} of {CAP}");
    assert_eq!(said("notices"), [1]);
    let slow = said("slow_us")[0];
    assert!(slow < 1_000, "handing over took {slow} µs once in a hundred times");

    let path = ledger(folder.path());
    assert!(is_whole(&path));
    let kept = Ledger::open(&path).expect("readable").expect("a ledger");
    let mut last = 0;
    kept.requests(EVER, |asked| last = last.max(asked.id.number)).expect("rows");
    assert!(last >= promised, "{last} < {promised}");
    println!("{promised} entries written, then {blind} of {CAP} spent, handing over p99 {slow} µs");
}
