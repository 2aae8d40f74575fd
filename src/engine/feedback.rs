//! Feedback while the program runs: what the user did with suggestions goes into the ledger and into
//! the statistics of routing, and these to the disk, off the keystroke path.
//!
//! The file on disk is the truth that several servers share. A thread of its own adds to it what was
//! noted here, every two seconds at most, and takes over what the others have noted. Until then, and where
//! there is no file, the statistics here go on by themselves. With `feedback.enabled` off nothing is
//! noted, read or written.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::Engine;
use crate::domain::class::RequestClass;
use crate::domain::document::{Document, DocumentId};
use crate::domain::explain::Explanation;
use crate::domain::feedback::{Ended, Tracker};
use crate::domain::ledger::Reaction;
use crate::domain::route::stats::bounds::Bounds;
use crate::domain::route::stats::evidence::Advice;
use crate::domain::route::stats::tally::Taken;
use crate::domain::route::{Outcome, RouteStats};
use crate::store::stats::StatsFile;

/// Writes are this far apart: the first outcome is written at once, those that follow are gathered.
/// They are what a process loses that is killed, as Helix does with its servers when it quits.
const PAUSE: Duration = Duration::from_secs(2);
/// Bound: outcomes waiting for a disk that does not take them. More are noted but not kept.
const UNSAVED_MAX: usize = 4096;

/// What is known of suggestions and their fate.
#[derive(Default)]
pub struct Feedback {
    tracker: Mutex<Tracker>,
    live: Arc<Mutex<Live>>,
    /// Wakes the thread that writes, where there is one.
    wake: Option<Sender<Wake>>,
}

#[derive(Default)]
struct Live {
    is_enabled: bool,
    stats: RouteStats,
    /// Invariant: part of `stats` already.
    unsaved: Vec<Outcome>,
}

enum Wake {
    /// There is something to write, or to read for the first time.
    Changed,
    /// Write now and say so.
    Close(Sender<()>),
}

impl Feedback {
    /// Statistics that begin with these and end with the process.
    pub fn starting_with(stats: RouteStats) -> Self {
        let feedback = Self::default();
        feedback.live.lock().stats = stats;
        feedback
    }

    /// Statistics that are kept in this file. Without a thread to write them they are not.
    pub fn kept_in(file: StatsFile) -> Self {
        let mut feedback = Self::default();
        let live = Arc::clone(&feedback.live);
        let (wake, inbox) = channel();
        let thread = std::thread::Builder::new().name("feedback".to_owned());
        match thread.spawn(move || keep(&file, &live, &inbox)) {
            Ok(_) => feedback.wake = Some(wake),
            Err(error) => tracing::warn!(%error, "feedback is not kept"),
        }
        feedback
    }

    /// Writes what is not written yet, and waits for that no longer than `wait_max`.
    pub fn close(&self, wait_max: Duration) {
        let Some(wake) = &self.wake else { return };
        let (done, is_done) = channel();
        if wake.send(Wake::Close(done)).is_ok() {
            // Without an answer in time the last outcomes are lost, which harms nobody.
            let _ = is_done.recv_timeout(wait_max);
        }
    }

    /// Switches noting, reading and writing on or off. What is known is forgotten here, not on disk.
    pub(super) fn enable(&self, is_enabled: bool) {
        let mut live = self.live.lock();
        if live.is_enabled == is_enabled {
            return;
        }
        live.is_enabled = is_enabled;
        if is_enabled {
            self.wake();
        } else {
            live.stats = RouteStats::default();
            live.unsaved.clear();
        }
    }

    /// What the statistics say about a request.
    pub(super) fn advice(&self, class: RequestClass, language: &str, bounds: Bounds) -> Advice {
        self.live.lock().stats.shift(class, language, bounds)
    }

    fn note(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        let mut live = self.live.lock();
        if !live.is_enabled {
            return;
        }
        let noted = live.unsaved.len();
        for outcome in outcomes {
            live.stats.note(&outcome);
            if self.wake.is_some() && live.unsaved.len() < UNSAVED_MAX {
                live.unsaved.push(outcome);
            }
        }
        if live.unsaved.len() > noted {
            self.wake();
        }
    }

    fn wake(&self) {
        // The thread ends only with this sender.
        let _ = self.wake.as_ref().map(|wake| wake.send(Wake::Changed));
    }
}

impl Engine {
    /// What is known of suggestions and their fate.
    pub fn feedback(&self) -> &Feedback {
        &self.feedback
    }

    /// Reads the statistics of routing; empty where feedback is switched off.
    pub fn with_stats<T>(&self, read: impl FnOnce(&RouteStats) -> T) -> T {
        read(&self.feedback.live.lock().stats)
    }

    /// The editor was sent what a request came to. `offset` is its cursor in `document`.
    pub fn answered(&self, document: &Document, offset: usize, explanation: &Explanation) {
        let now = Instant::now().into_std();
        let ended = self.feedback.tracker.lock().answered(document, offset, explanation, now);
        self.take_in(ended);
    }

    /// A document was edited; `document` has the edit in it.
    pub fn edited(&self, document: &Document) {
        let now = Instant::now().into_std();
        let ended = self.feedback.tracker.lock().edited(document, now);
        self.take_in(ended);
    }

    /// The editor reports what the user did with the suggestion of a request.
    pub fn reacted(&self, request: u64, reaction: Reaction) {
        self.with_ledger(|ledger| ledger.react(request, reaction));
        self.note_reaction(request, reaction);
        let ended = self.feedback.tracker.lock().reacted(request, reaction);
        self.take_in(ended);
    }

    /// A document was closed.
    pub fn closed(&self, document: DocumentId) {
        let now = Instant::now().into_std();
        let ended = self.feedback.tracker.lock().closed(document, now);
        self.take_in(ended);
    }

    fn take_in(&self, ended: Vec<Ended>) {
        if ended.is_empty() {
            return;
        }
        for ended in &ended {
            self.note_end(ended);
        }
        for accepted in ended.iter().filter(|ended| ended.taken == Taken::Accepted) {
            self.with_ledger(|ledger| ledger.react(accepted.request, Reaction::Accepted));
        }
        self.feedback.note(ended.into_iter().filter_map(|ended| ended.outcome));
    }
}

/// The thread that reads and writes.
fn keep(file: &StatsFile, live: &Mutex<Live>, inbox: &Receiver<Wake>) {
    let mut has_failed = false;
    let mut last_write: Option<std::time::Instant> = None;
    while let Ok(first) = inbox.recv() {
        let done = match first {
            Wake::Close(done) => Some(done),
            Wake::Changed if live.lock().unsaved.is_empty() => None,
            Wake::Changed => last_write.and_then(|last| gather(inbox, last + PAUSE)),
        };
        match synchronize(file, live) {
            Ok(has_written) => {
                has_failed = false;
                last_write = has_written.then(std::time::Instant::now).or(last_write);
            }
            // Said once, not at every attempt.
            Err(error) if !has_failed => {
                has_failed = true;
                tracing::warn!(%error, "feedback is not kept");
            }
            Err(_) => {}
        }
        done.and_then(|done| done.send(()).ok());
    }
}

/// Waits for more to write; returns who is waiting, if the program ends meanwhile.
fn gather(inbox: &Receiver<Wake>, until: std::time::Instant) -> Option<Sender<()>> {
    loop {
        match inbox.recv_timeout(until.saturating_duration_since(std::time::Instant::now())) {
            Ok(Wake::Changed) => {}
            Ok(Wake::Close(done)) => return Some(done),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Adds what was noted here to the file, and takes over what the file says then. Returns whether
/// there was anything to add.
fn synchronize(file: &StatsFile, live: &Mutex<Live>) -> std::io::Result<bool> {
    let batch = {
        let live = live.lock();
        if !live.is_enabled {
            return Ok(false);
        }
        live.unsaved.clone()
    };
    let merged = if batch.is_empty() {
        file.read()?
    } else {
        file.update(|stats| batch.iter().for_each(|outcome| stats.note(outcome)))?
    };
    let mut live = live.lock();
    // Switched off, and perhaps on again, meanwhile: then this is read anew.
    if !live.is_enabled || live.unsaved.len() < batch.len() {
        return Ok(!batch.is_empty());
    }
    let Live { stats, unsaved, .. } = &mut *live;
    unsaved.drain(..batch.len());
    *stats = merged;
    for outcome in unsaved.iter() {
        stats.note(outcome);
    }
    Ok(!batch.is_empty())
}

#[cfg(test)]
mod tests;
