//! The calls under way, and for whom.
//!
//! A call is begun for one place in one document. It is kept as long as its answer may be of use to
//! somebody: to a request that waits for it, to the next keystroke, to another document that stands
//! at the very same place. Whoever wants it holds a wish, which remembers the text as it was and what
//! was typed since. An edit that contradicts what the call has written, or moves on from the place,
//! takes the wish back; the last wish gone ends the call, down to the socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::flight::{Flight, State};
use crate::domain::cache::along::{inserted_at, may_follow, typed_to};
use crate::domain::cache::{Answer, Place};
use crate::domain::document::{Document, DocumentId};
use crate::domain::route::Tier;
use crate::domain::route::clocks::Clocks;
use crate::domain::site::{Site, Trigger};

/// Every call under way.
#[derive(Default)]
pub(super) struct Flights {
    calls: Mutex<Vec<Entry>>,
    started: AtomicU64,
}

struct Entry {
    flight: Flight,
    wishes: Vec<Wish>,
}

/// Somebody to whom a call may be of use.
struct Wish {
    /// The place as the call knows it.
    site: Arc<Site>,
    /// What was inserted there since.
    inserted: String,
}

/// What a request that waits for a call sees of it. Dropping it cancels nothing.
pub(super) struct Watch {
    pub(super) flight: u64,
    /// The answer to be, its text still empty.
    pub(super) answer: Answer,
    pub(super) clocks: Clocks,
    pub(super) started: Instant,
    /// What was typed since the call was begun, which its text must begin with.
    pub(super) typed: String,
    pub(super) state: watch::Receiver<State>,
}

/// What a request looks for.
pub(super) struct Wanted<'a> {
    pub(super) site: &'a Arc<Site>,
    pub(super) place: &'a Place,
    /// What is to be asked, if nothing fits.
    pub(super) answer: &'a Answer,
    pub(super) trigger: Trigger,
    /// Cancelled when the request is of no use any more. Whoever cancels it looks at the calls after
    /// that, so nothing may be joined or begun for it once it is.
    pub(super) superseded: &'a CancellationToken,
}

impl Wanted<'_> {
    fn document(&self) -> &Document {
        &self.site.document
    }

    /// What was typed since the call was begun, if the call may answer this. Who presses a key does
    /// not wait for one that is held back.
    fn typed_since(&self, entry: &Entry, tier_min: Tier) -> Option<String> {
        let flight = &entry.flight;
        let is_soon = self.trigger == Trigger::Automatic || flight.opens <= Instant::now();
        if !is_soon || flight.has_ended() || flight.answer.tier < tier_min {
            return None;
        }
        if let Some(wish) = entry.wish_of(self.document().id) {
            let typed = typed_to(&wish.site, &self.document().rope, self.site.offset)?;
            let is_held_back = flight.opens > Instant::now();
            let may = typed.is_empty()
                || (!is_held_back && may_follow(&flight.state.borrow().text, &typed));
            return may.then_some(typed);
        }
        // Another document's call is another request, so it must be the very same one.
        let Answer { model, class, extent, .. } = &flight.answer;
        let is_same = (model, class, extent)
            == (&self.answer.model, &self.answer.class, &self.answer.extent)
            && flight.place == *self.place;
        is_same.then(String::new)
    }
}

impl Flights {
    /// The call under way that answers what is wanted, by a model of at least its tier; calls for
    /// other places of this document are ended.
    pub(super) fn join(&self, wanted: &Wanted<'_>) -> Option<Watch> {
        let mut calls = self.calls.lock();
        // The calls there now may be a newer request's.
        if wanted.superseded.is_cancelled() {
            return None;
        }
        let mut joins =
            calls.iter_mut().filter_map(|e| Some((wanted.typed_since(e, wanted.answer.tier)?, e)));
        if let Some((typed, entry)) = joins.next() {
            return Some(entry.join(wanted.site, typed));
        }
        drop(joins);
        let ended = take(&mut calls, |entry| entry.lose(wanted.document().id));
        drop(calls);
        drop(ended);
        None
    }

    /// Begins a call, unless the same one was begun since the request looked.
    pub(super) fn begin(
        &self,
        wanted: &Wanted<'_>,
        start: impl FnOnce(u64) -> Option<Flight>,
    ) -> Option<Watch> {
        // Held until the call is in its place: it may land at once.
        let mut calls = self.calls.lock();
        if wanted.superseded.is_cancelled() {
            return None;
        }
        let is_same = |entry: &Entry| entry.flight.answer.model == wanted.answer.model;
        let mut same = calls.iter_mut().filter(|entry| is_same(entry)).filter_map(|entry| {
            let typed = wanted.typed_since(entry, wanted.answer.tier)?;
            typed.is_empty().then_some(entry)
        });
        if let Some(entry) = same.next() {
            return Some(entry.join(wanted.site, String::new()));
        }
        drop(same);
        let flight = start(self.started.fetch_add(1, Ordering::Relaxed))?;
        let mut entry = Entry { flight, wishes: Vec::new() };
        let watch = entry.join(wanted.site, String::new());
        calls.push(entry);
        Some(watch)
    }

    /// A document was edited. Calls that may go on as the user did are kept; one that is still held
    /// back is not, because the rest it waited for is over.
    pub(super) fn edited(&self, document: &Document) {
        let ended = take(&mut self.calls.lock(), |entry| {
            let now = Instant::now();
            let is_held_back = entry.flight.opens > now;
            let Entry { flight, wishes } = entry;
            let is_kept = |wish: &mut Wish| {
                if wish.site.document.id != document.id {
                    return true;
                }
                let inserted = inserted_at(&wish.site, &document.rope);
                let Some(inserted) = inserted.filter(|_| !is_held_back) else { return false };
                wish.inserted = inserted;
                may_follow(&flight.state.borrow().text, &wish.inserted)
            };
            wishes.retain_mut(is_kept);
            wishes.is_empty()
        });
        drop(ended);
    }

    /// Nothing asked about this document is wanted any more.
    pub(super) fn forget(&self, document: DocumentId) {
        let ended = take(&mut self.calls.lock(), |entry| entry.lose(document));
        drop(ended);
    }

    /// This document needs one call no more; with `is_silent` because it said nothing for too long.
    pub(super) fn release(&self, flight: u64, document: DocumentId, is_silent: bool) {
        let ended = take(&mut self.calls.lock(), |entry| {
            entry.flight.number == flight && entry.lose(document)
        });
        for entry in ended {
            if is_silent {
                entry.flight.give_up();
            }
        }
    }

    /// Whether an answer that reads `text` so far may still be of use to anybody.
    pub(super) fn wants(&self, flight: u64, text: &str) -> bool {
        let calls = self.calls.lock();
        let entry = calls.iter().find(|entry| entry.flight.number == flight);
        entry.is_some_and(|e| e.wishes.iter().any(|wish| may_follow(text, &wish.inserted)))
    }

    /// A call has ended; returns the documents it may be of use to.
    pub(super) fn landed(&self, flight: u64) -> Vec<DocumentId> {
        let ended = take(&mut self.calls.lock(), |entry| entry.flight.number == flight);
        let wishes = ended.iter().flat_map(|entry| &entry.wishes);
        wishes.map(|wish| wish.site.document.id).collect()
    }

    /// Ends every call, and returns where to hear that each has landed.
    pub(super) fn end(&self) -> Vec<watch::Receiver<State>> {
        let ended = take(&mut self.calls.lock(), |_| true);
        ended.into_iter().map(|entry| entry.flight.state.clone()).collect()
    }

    /// Ends every call.
    pub(super) fn clear(&self) {
        let ended = take(&mut self.calls.lock(), |_| true);
        drop(ended);
    }

    /// Whether a call for this document is under way.
    pub(super) fn is_calling(&self, document: DocumentId) -> bool {
        let calls = self.calls.lock();
        calls.iter().any(|e| e.wish_of(document).is_some() && !e.flight.has_ended())
    }
}

/// Takes out the calls that are to be ended, so that they end outside of the lock.
fn take(calls: &mut Vec<Entry>, mut is_over: impl FnMut(&mut Entry) -> bool) -> Vec<Entry> {
    calls.extract_if(.., |entry| is_over(entry)).collect()
}

impl Entry {
    fn wish_of(&self, document: DocumentId) -> Option<&Wish> {
        self.wishes.iter().find(|wish| wish.site.document.id == document)
    }

    fn join(&mut self, site: &Arc<Site>, typed: String) -> Watch {
        if self.wish_of(site.document.id).is_none() {
            self.wishes.push(Wish { site: Arc::clone(site), inserted: String::new() });
        }
        let Flight { number, answer, clocks, started, state, .. } = &self.flight;
        Watch {
            flight: *number,
            answer: answer.clone(),
            clocks: *clocks,
            started: *started,
            typed,
            state: state.clone(),
        }
    }

    /// Takes the document's wish back; returns whether none is left.
    fn lose(&mut self, document: DocumentId) -> bool {
        let wishes = self.wishes.len();
        self.wishes.retain(|wish| wish.site.document.id != document);
        self.wishes.len() < wishes && self.wishes.is_empty()
    }
}
