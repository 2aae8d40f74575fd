//! What became of each suggestion, found out from what the user did next.
//!
//! Some editors report that a suggestion was accepted, most do not, and none says that it was
//! ignored. The text tells: a suggestion that is there at once was accepted, one that is typed
//! letter by letter was right, one in whose place something else stands was wrong. Reports come on
//! top, and may come after the edit they speak of, so what looks like a refusal is held back until
//! the next thing happens. Each suggestion counts once, however many requests serve it while the
//! user types along. One that nobody can have read counts for nothing.

mod place;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::document::{Document, DocumentId};
use super::explain::{Ended as AttemptEnded, Explanation};
use super::ledger::Reaction;
use super::route::Outcome;
use super::route::stats::tally::Taken;
use super::site::Trigger;
use place::{Place, Seen};

/// A suggestion that stood for a shorter time was not read: people take about a quarter of a second
/// to react to anything they see.
const SEEN_MIN: Duration = Duration::from_millis(250);
/// Bound: documents with a suggestion; the oldest is given up first.
const DOCUMENTS_MAX: usize = 32;
/// Bound: requests that serve one suggestion, one for each letter typed along.
const REQUESTS_MAX: usize = 256;

/// A suggestion whose fate is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The request that brought it, or the last that served it.
    pub request: u64,
    /// Its fate.
    pub taken: Taken,
    /// The same as evidence for routing; `None` where it says nothing about routing, because a
    /// better answer than the first was asked for.
    pub outcome: Option<Outcome>,
}

/// The suggestions on the user's screen, as far as a server can know.
#[derive(Debug, Default)]
pub struct Tracker {
    shown: BTreeMap<DocumentId, Shown>,
    /// A refusal that a late report may still correct.
    held: Option<(Shown, Taken)>,
}

/// A suggestion that was sent to the editor.
#[derive(Clone, Debug)]
struct Shown {
    /// The requests that served it, each with the characters that were typed by then.
    requests: Vec<(u64, usize)>,
    /// The evidence, but for how it was taken.
    outcome: Option<Outcome>,
    place: Place,
    since: Instant,
    /// Characters of it that were reported as accepted.
    chars_taken: usize,
}

impl Tracker {
    /// A request was answered, with a suggestion or without. `offset` is its cursor in `document`.
    pub fn answered(
        &mut self,
        document: &Document,
        offset: usize,
        explanation: &Explanation,
        now: Instant,
    ) -> Vec<Ended> {
        let mut ended: Vec<_> = self.release().into_iter().collect();
        ended.extend(unanswered(explanation));
        let offered = explanation.offered.as_ref();
        let is_repeat = matches!(explanation.trigger, Trigger::Invoked { repeats: 1.. });
        if let Some(mut shown) = self.shown.remove(&document.id) {
            let goes_on = |text: &str| shown.place.goes_on(offset, text);
            if offered.is_some_and(|completion| goes_on(&completion.text)) {
                shown.requests.truncate(REQUESTS_MAX - 1);
                shown.requests.push((explanation.request, shown.place.chars_typed()));
                self.shown.insert(document.id, shown);
                return ended;
            }
            if is_repeat && shown.place.is_at(offset) {
                ended.push(shown.end(Taken::Rejected));
            } else {
                ended.extend(self.refuse(shown, Taken::Ignored, now));
            }
        }
        let Some(completion) = offered else { return ended };
        let outcome = explanation.plan.as_ref().filter(|_| !is_repeat).map(|plan| {
            let language = explanation.language.clone();
            let (class, tier, bounds) = (plan.class, completion.tier, plan.bounds);
            Outcome { class, language, tier, bounds, taken: Taken::Ignored }
        });
        let shown = Shown {
            requests: vec![(explanation.request, 0)],
            outcome,
            place: Place::new(document, offset, completion),
            since: now,
            chars_taken: 0,
        };
        ended.extend(self.make_room(now));
        self.shown.insert(document.id, shown);
        ended
    }

    /// A document was edited; `document` has the edit in it.
    pub fn edited(&mut self, document: &Document, now: Instant) -> Vec<Ended> {
        let mut ended: Vec<_> = self.release().into_iter().collect();
        let Some(mut shown) = self.shown.remove(&document.id) else { return ended };
        match shown.place.look(document) {
            Seen::Still => drop(self.shown.insert(document.id, shown)),
            Seen::Inserted => ended.push(shown.end(Taken::Accepted)),
            Seen::TypedThrough => ended.push(shown.end(Taken::TypedThrough)),
            Seen::Overtyped => ended.extend(self.refuse(shown, Taken::Overtyped, now)),
            Seen::Elsewhere => ended.extend(self.refuse(shown, Taken::Ignored, now)),
        }
        ended
    }

    /// The editor reports what the user did with the suggestion of a request.
    pub fn reacted(&mut self, request: u64, reaction: Reaction) -> Vec<Ended> {
        let is_meant = |shown: &Shown| shown.requests.iter().any(|(number, _)| *number == request);
        if let Some((mut shown, taken)) = self.held.take_if(|(shown, _)| is_meant(shown)) {
            return vec![match reaction {
                Reaction::Accepted => shown.end(Taken::Accepted),
                Reaction::Rejected => shown.end(Taken::Rejected),
                Reaction::PartiallyAccepted { chars } => {
                    shown.take_part(request, chars);
                    shown.end(taken)
                }
            }];
        }
        let Some(id) = self.shown.iter().find(|(_, shown)| is_meant(shown)).map(|(id, _)| *id)
        else {
            return Vec::new();
        };
        let Some(mut shown) = self.shown.remove(&id) else { return Vec::new() };
        match reaction {
            Reaction::Accepted => return vec![shown.end(Taken::Accepted)],
            Reaction::Rejected => return vec![shown.end(Taken::Rejected)],
            Reaction::PartiallyAccepted { chars } => shown.take_part(request, chars),
        }
        if shown.chars_taken >= shown.place.chars() {
            return vec![shown.end(Taken::Accepted)];
        }
        self.shown.insert(id, shown);
        Vec::new()
    }

    /// A document was closed.
    pub fn closed(&mut self, id: DocumentId, now: Instant) -> Vec<Ended> {
        let mut ended: Vec<_> = self.release().into_iter().collect();
        if let Some(shown) = self.shown.remove(&id) {
            ended.extend(self.refuse(shown, Taken::Ignored, now));
        }
        ended.extend(self.release());
        ended
    }

    /// Holds a refusal back, unless nobody can have seen what was refused. What was taken in part
    /// was no refusal.
    fn refuse(&mut self, shown: Shown, taken: Taken, now: Instant) -> Option<Ended> {
        if shown.chars_taken > 0 {
            return Some(shown.end(taken));
        }
        let is_seen = now.saturating_duration_since(shown.since) >= SEEN_MIN;
        let earlier = self.release();
        self.held = is_seen.then_some((shown, taken));
        earlier
    }

    fn release(&mut self) -> Option<Ended> {
        self.held.take().map(|(shown, taken)| shown.end(taken))
    }

    fn make_room(&mut self, now: Instant) -> Option<Ended> {
        if self.shown.len() < DOCUMENTS_MAX {
            return None;
        }
        let (id, _) = self.shown.iter().min_by_key(|(_, shown)| shown.since)?;
        let id = *id;
        let shown = self.shown.remove(&id)?;
        self.refuse(shown, Taken::Ignored, now)
    }
}

impl Shown {
    fn take_part(&mut self, request: u64, chars: u32) {
        let meant = self.requests.iter().find(|(number, _)| *number == request);
        let typed = meant.map_or(0, |(_, typed)| *typed);
        self.chars_taken = self.chars_taken.max(typed.saturating_add(chars as usize));
    }

    fn end(self, taken: Taken) -> Ended {
        let is_part =
            self.chars_taken > 0 && !matches!(taken, Taken::Accepted | Taken::TypedThrough);
        let taken = if is_part {
            let share = self.chars_taken.saturating_mul(1000) / self.place.chars().max(1);
            Taken::Partly(share.min(1000) as u16)
        } else {
            taken
        };
        let request = self.requests.last().map_or(0, |(number, _)| *number);
        Ended { request, taken, outcome: self.outcome.map(|outcome| Outcome { taken, ..outcome }) }
    }
}

/// The tier that was asked first had its chance and nothing to show for it. A model that sent no
/// text at all chose to be silent, which is no fault; one that failed is its breaker's business.
fn unanswered(explanation: &Explanation) -> Option<Ended> {
    let plan = explanation.plan.as_ref()?;
    let tier = plan.attempts.first()?.tier;
    let bounds = Some(plan.bounds?);
    let offered = explanation.offered.as_ref();
    if offered.is_some_and(|completion| completion.tier == tier) {
        return None;
    }
    let has_failed = explanation.attempts.iter().any(|attempt| {
        let is_in_vain = match attempt.ended {
            AttemptEnded::Late | AttemptEnded::Silent => true,
            AttemptEnded::Filtered(_) => attempt.first_text_after.is_some(),
            _ => false,
        };
        attempt.tier == tier && is_in_vain
    });
    let taken = Taken::Unanswered;
    let language = explanation.language.clone();
    let outcome = Outcome { class: plan.class, language, tier, bounds, taken };
    let request = explanation.request;
    has_failed.then_some(Ended { request, taken, outcome: Some(outcome) })
}

#[cfg(test)]
mod tests;
