//! The ledger under processes that are killed, and under a disk that is full.
//!
//! The processes are this very test program, started again for the one test that is a worker. What
//! they did is known from files they append to before and after each step, never from the ledger
//! itself.

#![allow(
    clippy::disallowed_methods,
    reason = "processes are killed after any time, not at an event"
)]

#[cfg(unix)]
mod disk;
mod kills;
mod spending;
mod worker;

use std::path::Path;
use std::process::{Child, Command, Stdio};

use tabtier::domain::class::RequestClass;
use tabtier::domain::money::entry::{
    Asked, CallEnd, Called, EntryId, Fate, Millis, Offer, Origin, WorkspaceId,
};
use tabtier::domain::money::{Caps, Counted, Counter, Limit, Metered, Period, PicoUsd};
use tabtier::domain::route::Tier;
use tabtier::store::ledger::{Rules, Word, now};

/// All of time.
const EVER: (Millis, Millis) = (0, Millis::MAX);

/// Starts a worker. What it is to do is said in its environment.
fn spawn(job: &worker::Job) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "ledger::worker::works_when_it_is_told_to", "--nocapture"]);
    command.env(worker::JOB, job.to_text());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    command.spawn().expect("a worker starts")
}

/// Rules with one cap for the day.
fn rules(day_max: Option<u64>) -> Rules {
    let counter = Counter { tier: None, period: Period::Day, counted: Counted::Money };
    let limits = day_max.map(|max| Limit { counter, max }).into_iter().collect();
    Rules { keeps_entries: true, days: 400, caps: Caps { limits, ..Caps::default() } }
}

fn asked(number: u64) -> Asked<Word> {
    Asked {
        id: EntryId { session: 0, number },
        at: now(),
        class: Some(RequestClass::Line),
        language: "plaintext".into(),
        workspace: WorkspaceId(1),
        invoked: 0,
        deadline_ms: 200,
        decided_us: 300,
        called_us: None,
        answered_us: 500,
        offer: Some(Offer { tier: Tier::Fast, origin: Origin::Model, model: "m".into(), chars: 9 }),
        silence: None,
        fate: Fate::Shown,
        chars_taken: 0,
        was_known: false,
    }
}

fn called(number: u64, cost: u64) -> Called<Word> {
    Called {
        id: EntryId { session: 0, number },
        at: now(),
        class: Some(RequestClass::Line),
        language: "plaintext".into(),
        workspace: WorkspaceId(1),
        tier: Tier::Fast,
        model: "m".into(),
        tokens: Metered { input: 100, output: 10, ..Metered::default() },
        is_estimate: false,
        cost: Some(PicoUsd(cost)),
        first_text_us: None,
        took_us: 9,
        end: CallEnd::Answered,
        calls: 1,
    }
}

/// Whether `SQLite` finds the file whole.
fn is_whole(path: &Path) -> bool {
    let connection = rusqlite::Connection::open(path).expect("open");
    let verdict: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a verdict");
    verdict == "ok"
}
