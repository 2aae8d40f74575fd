//! What a process of these tests does until it is killed.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tabtier::domain::money::PicoUsd;
use tabtier::domain::money::purse::Refusal;
use tabtier::domain::route::Tier;
use tabtier::store::ledger::{Books, now};

use super::{asked, called, rules};
use crate::support::random::Random;

/// The variable that makes a worker of this program.
pub(super) const JOB: &str = "TABTIER_TEST_LEDGER_JOB";
/// How long a worker waits for the ledger.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to do.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// `enter`, `spend` or `fill`.
    pub(super) what: &'static str,
    pub(super) folder: PathBuf,
    pub(super) seed: u64,
    /// Entries carry numbers from here on.
    pub(super) first: u64,
    /// The cap of the day.
    pub(super) cap: u64,
    pub(super) threads: u64,
    /// How long to go on.
    pub(super) millis: u64,
}

impl Job {
    pub(super) fn to_text(&self) -> String {
        let Self { what, folder, seed, first, cap, threads, millis } = self;
        format!("{what} {seed} {first} {cap} {threads} {millis} {}", folder.display())
    }

    fn from_text(text: &str) -> Self {
        let mut parts = text.splitn(7, ' ');
        let mut next = || parts.next().expect("a part of the job");
        let said = next();
        let known = ["enter", "spend", "fill"].into_iter().find(|what| *what == said);
        let what = known.expect("a known job");
        let mut number = || next().parse().expect("a number");
        let (seed, first, cap) = (number(), number(), number());
        let (threads, millis) = (number(), number());
        Self { what, folder: next().into(), seed, first, cap, threads, millis }
    }
}

pub(super) fn ledger(folder: &Path) -> PathBuf {
    folder.join("ledger.sqlite3")
}

pub(super) fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// A thread ends when the cap has kept it out so often on end.
const REFUSED_MAX: u32 = 50;

/// Lines that stand in the system's memory once `line` returns, whatever becomes of the process.
struct Log(File);

impl Log {
    fn open(folder: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(log(folder));
        Self(file.expect("a log"))
    }

    fn line(&self, text: &str) {
        (&self.0).write_all(format!("{text}\n").as_bytes()).expect("appended");
    }
}

/// No test by itself: the body of the processes that other tests here start.
#[test]
fn works_when_it_is_told_to() {
    let Ok(job) = std::env::var(JOB) else { return };
    let job = Job::from_text(&job);
    let path = ledger(&job.folder);
    match job.what {
        "enter" => enter(&job, &Books::open(&path, rules(None))),
        "spend" => spend(&job, &Books::open(&path, rules(Some(job.cap)))),
        _ => fill(&job, &Books::open(&path, rules(Some(job.cap)))),
    }
}

/// Hands over entries and says which are written for certain.
fn enter(job: &Job, books: &Books) {
    let log = Log::open(&job.folder);
    let mut random = Random::new(job.seed);
    let end = Instant::now() + Duration::from_millis(job.millis);
    let mut number = job.first;
    while Instant::now() < end {
        let from = number;
        for _ in 0..=random.below(20) {
            books.request(asked(number));
            let ticket = books.reserve(Tier::Fast, Some(PicoUsd(7)), now()).expect("no cap");
            ticket.settle(called(number, 7));
            number += 1;
        }
        if books.flush(PATIENCE) {
            log.line(&format!("{from} {number}"));
        }
    }
}

/// Makes calls from many threads, as far as the cap lets it. A call is logged before it is made, with
/// what it may cost, and after it, with what it did cost.
fn spend(job: &Job, books: &Books) {
    let (log, numbers) = (Log::open(&job.folder), AtomicU64::new(job.first));
    let end = Instant::now() + Duration::from_millis(job.millis);
    std::thread::scope(|scope| {
        for thread in 0..job.threads {
            let (log, numbers) = (&log, &numbers);
            let mut random = Random::new(job.seed * 1_000 + thread);
            scope.spawn(move || {
                let mut refused = 0;
                while Instant::now() < end && refused < REFUSED_MAX {
                    let most = 1 + random.below(job.cap as usize / 500) as u64;
                    let ticket = match books.reserve(Tier::Fast, Some(PicoUsd(most)), now()) {
                        Ok(ticket) => ticket,
                        // Beyond a cap a little may be spent where nothing can be written. Here it can.
                        Err(Refusal::CutOff(_)) => panic!("{:?}", books.standing()),
                        Err(refusal) => {
                            refused += u32::from(matches!(refusal, Refusal::Reached(_)));
                            // Not sooner: the thread that leases wants its turn on the processor.
                            std::thread::sleep(Duration::from_millis(20));
                            continue;
                        }
                    };
                    refused = 0;
                    let number = numbers.fetch_add(1, Ordering::Relaxed);
                    log.line(&format!("{number} {most}"));
                    std::thread::sleep(Duration::from_micros(random.below(3_000) as u64));
                    let cost = random.below(most as usize + 1) as u64;
                    log.line(&format!("{number} {cost}"));
                    ticket.settle(called(number, cost));
                }
            });
        }
    });
    assert!(books.close(PATIENCE), "{:?}", books.standing());
}

/// Writes until nothing can be written any more; then spends what it may, and goes on all the same.
fn fill(job: &Job, books: &Books) {
    let log = Log::open(&job.folder);
    let mut number = job.first;
    let mut times = Vec::new();
    while books.flush(PATIENCE) {
        log.line(&format!("promised {}", number - 1));
        for _ in 0..100 {
            books.request(asked(number));
            number += 1;
        }
    }
    let mut blind = 0;
    for number in number..number + 10_000 {
        let started = Instant::now();
        books.request(asked(number));
        if let Ok(ticket) = books.reserve(Tier::Fast, Some(PicoUsd(700)), now()) {
            ticket.settle(called(number, 700));
            blind += 700;
        }
        times.push(started.elapsed());
    }
    times.sort_unstable();
    // The last of a hundred may be those of other programs' turns on the processor.
    let slow = times[times.len() * 99 / 100];
    log.line(&format!("blind {blind}"));
    log.line(&format!("slow_us {}", slow.as_micros()));
    log.line(&format!("notices {}", books.take_notices().len()));
}
