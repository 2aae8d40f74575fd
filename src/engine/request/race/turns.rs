//! What is done when something has happened in the race: a call has ended, is slow, is silent, or the
//! deadline has come.

use std::cmp::Reverse;
use std::time::Duration;

use tokio::time::Instant;

use super::{Course, Run, Runner};
use crate::domain::completion::Completion;
use crate::domain::explain::{Ended, Silence};
use crate::domain::postprocess::TextState;
use crate::domain::route::Attempt;
use crate::engine::clearance::Why;
use crate::engine::flight::State;
use crate::engine::flights::Watch;
use crate::engine::landing::jitter;
use crate::engine::outcome::{Outcome, outcome, shown};
use crate::engine::request::calls::Asked;
use crate::provider::ProviderError;

/// The share of the deadline that must be left for a retry to make sense.
const RETRY_LEFT_MIN: f64 = 0.4;
/// The longest pause before a retry: enough for a server that is just being restarted, or for another
/// one behind the same address.
const RETRY_PAUSE_MAX: Duration = Duration::from_millis(40);

impl Run<'_> {
    /// A call has ended, or does not go on as the user did; returns what may be shown.
    pub(super) async fn ended(
        &mut self,
        asked: &Asked<'_>,
        course: &mut Course,
        index: usize,
    ) -> Option<Completion> {
        let Runner { attempt, watch, .. } = self.runners.remove(index);
        let state = watch.state.borrow().clone();
        if watch.has_diverged(&state) {
            self.let_go(&watch, false);
            self.record(&watch, &state, Ended::Diverged);
            course.queue.push_front(attempt);
            return None;
        }
        let Some(end) = &state.ended else {
            // It was cancelled by somebody else: what it had is of no use to anyone.
            self.record(&watch, &state, Ended::Cancelled);
            course.silence = Silence::Superseded;
            course.queue.clear();
            return None;
        };
        let (word, came) = outcome(asked.site, &watch, asked.plan, &state);
        self.record(&watch, &state, word);
        match came {
            Outcome::Answer(completion) => return Some(completion),
            Outcome::Filtered(reason) => {
                course.silence = Silence::Filtered(reason);
                // Its answer was for an earlier place, of which nothing is left to say here.
                if !watch.typed.is_empty() {
                    course.queue.push_front(attempt);
                }
            }
            Outcome::Failed(part) => {
                course.part = course.part.take().or(part);
                course.silence = Silence::AllFailed;
                let error = end.as_ref().err();
                self.retry(course, attempt, &state, error).await;
            }
        }
        None
    }

    /// Puts a failed attempt in the queue again where that can help: nobody else can be asked, the
    /// failure may pass, and there is time.
    async fn retry(
        &mut self,
        course: &mut Course,
        attempt: Attempt,
        state: &State,
        error: Option<&ProviderError>,
    ) {
        use ProviderError::{ServerError, Unreachable};
        let may_pass = matches!(error, Some(ServerError { .. } | Unreachable { .. }));
        let now = Instant::now();
        let left = course.deadline.saturating_duration_since(now);
        let is_soon = left >= (course.deadline - self.arrived).mul_f64(RETRY_LEFT_MIN);
        let is_last = self.runners.is_empty() && self.upcoming(course).is_none();
        if may_pass && is_soon && is_last && state.raw.is_empty() && !course.has_retried {
            course.has_retried = true;
            tokio::time::sleep(RETRY_PAUSE_MAX.mul_f64(jitter(now.into_std()))).await;
            course.queue.push_front(attempt);
            course.why = Why::Retry;
        }
    }

    /// The newest call is slower than its model usually is: asks the next model beside it.
    pub(super) fn hedge(&mut self, asked: &Asked<'_>, course: &mut Course) {
        let Some(newest) = self.runners.last_mut() else { return };
        newest.hedge_at = None;
        if newest.is_silent()
            && let Some(attempt) = self.upcoming(course)
            && settles_at(asked, &attempt) <= Instant::now()
            && self.begin(asked, course, attempt, Why::Hedge)
        {
            course.queue.pop_front();
        }
    }

    /// The newest call is silent for too long: asks the next model in the stead of all that are.
    pub(super) fn give_up(&mut self, asked: &Asked<'_>, course: &mut Course) {
        let Some(newest) = self.runners.last_mut() else { return };
        newest.silent_at = None;
        if !newest.is_silent() {
            return;
        }
        if !newest.watch.typed.is_empty() && course.queue.front() != Some(&newest.attempt) {
            // Waited for in vain, so it is asked anew, at the place the user has reached.
            course.queue.push_front(newest.attempt.clone());
        }
        let running = self.runners.len();
        while let Some(attempt) = self.upcoming(course) {
            let settles_at = settles_at(asked, &attempt);
            if settles_at > Instant::now() {
                self.runners[running - 1].silent_at = Some(settles_at);
                return;
            }
            course.queue.pop_front();
            if self.begin(asked, course, attempt, Why::Planned) {
                break;
            }
        }
        if self.runners.len() == running {
            return;
        }
        let silent = self.runners.extract_if(..running, |runner| runner.is_silent());
        for Runner { watch, .. } in silent.collect::<Vec<_>>() {
            let state = watch.state.borrow().clone();
            self.let_go(&watch, watch.typed.is_empty());
            self.record(&watch, &state, Ended::Silent);
        }
    }

    /// The best there is. One call goes on, for the cache.
    pub(super) fn at_deadline(
        &mut self,
        asked: &Asked<'_>,
        course: Course,
    ) -> Result<Completion, Silence> {
        let parts = self.runners.iter().enumerate().filter_map(|(index, Runner { watch, .. })| {
            let state = watch.state.borrow();
            let part = shown(asked.site, watch, asked.plan, &state, TextState::Growing);
            Some((index, part.ok()?))
        });
        let best = parts.max_by_key(|(index, part)| (part.tier, Reverse(*index)));
        let (kept, part) = best.map_or((0, None), |(index, part)| (index, Some(part)));
        self.end_others(Some(kept), &Ended::Late);
        part.or(course.part).ok_or(Silence::TooLate)
    }

    /// Ends all calls but one.
    pub(super) fn end_others(&mut self, kept: Option<usize>, word: &Ended) {
        for (index, Runner { watch, .. }) in
            std::mem::take(&mut self.runners).into_iter().enumerate()
        {
            if Some(index) != kept {
                self.let_go(&watch, false);
            }
            let state = watch.state.borrow().clone();
            self.record(&watch, &state, word.clone());
        }
    }

    fn let_go(&self, watch: &Watch, is_silent: bool) {
        let document = self.request.document.id;
        self.engine.shared.flights.release(watch.flight, document, is_silent);
    }
}

/// When the user has paused long enough for this attempt.
fn settles_at(asked: &Asked<'_>, attempt: &Attempt) -> Instant {
    let changed_at = asked.site.document.changed_at.map(Instant::from_std);
    changed_at.map_or_else(Instant::now, |changed_at| changed_at + attempt.settle)
}
