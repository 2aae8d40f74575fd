//! From a plan to an answer: models are asked in its order, against the clock.
//!
//! Usually one call runs at a time. A second is begun beside it when the first is slower than its
//! model usually is (a hedge, within a budget), or in its stead when it is silent for too long. The
//! first answer that may be shown wins, and the other calls are ended. What a call had written when it
//! failed is kept for the case that nothing better comes. At the deadline the reply leaves with the
//! best there is, and one call goes on to fill the cache.

mod turns;

use std::collections::VecDeque;

use futures_util::FutureExt;
use futures_util::future::select_all;
use tokio::time::Instant;

use super::Run;
use super::calls::Asked;
use super::opening::Opening;
use crate::domain::cache::along::may_follow;
use crate::domain::completion::Completion;
use crate::domain::explain::{Ended, Silence};
use crate::domain::route::clocks::borrowed;
use crate::domain::route::{Attempt, Place};
use crate::domain::site::Trigger;
use crate::engine::clearance::Why;
use crate::engine::flight::State;
use crate::engine::flights::Watch;

/// Bound: calls at a time.
const RUNNERS_MAX: usize = 2;
/// A call that the request waits for.
pub(super) struct Runner {
    /// What was to be asked; not what is asked, where a call under way was joined.
    attempt: Attempt,
    pub(super) watch: Watch,
    hedge_at: Option<Instant>,
    silent_at: Option<Instant>,
}

/// How far the plan is carried out.
struct Course {
    deadline: Instant,
    /// What is still to be tried, in order.
    queue: VecDeque<Attempt>,
    /// Why the next call is made.
    why: Why,
    /// Where the first call went; later ones may not leave the user's own machines.
    first: Option<Place>,
    /// Whether the gate has opened.
    is_open: bool,
    has_retried: bool,
    /// What a failed call had written.
    part: Option<Completion>,
    silence: Silence,
}

/// What happened while the request waited.
enum Happened {
    /// A call has ended, or does not go on as the user did.
    Over(usize),
    Hedge,
    Silent,
    Deadline,
    Superseded,
}

impl Run<'_> {
    /// Asks the models of a plan until one has answered or the deadline comes.
    pub(super) async fn race(&mut self, asked: &Asked<'_>) -> Result<Completion, Silence> {
        let open_max = self.request.open_max.unwrap_or(asked.plan.deadline);
        let mut course = Course {
            deadline: self.arrived + open_max.min(asked.plan.deadline),
            queue: asked.plan.attempts.iter().cloned().collect(),
            why: Why::Planned,
            first: None,
            is_open: false,
            has_retried: false,
            part: None,
            silence: Silence::NoModel,
        };
        loop {
            if self.runners.is_empty() && !self.advance(asked, &mut course).await? {
                return course.part.ok_or(course.silence);
            }
            match self.happening(&course).await {
                Happened::Over(index) => {
                    if let Some(completion) = self.ended(asked, &mut course, index).await {
                        self.end_others(None, &Ended::Outrun);
                        return Ok(completion);
                    }
                }
                Happened::Hedge => self.hedge(asked, &mut course),
                Happened::Silent => self.give_up(asked, &mut course),
                Happened::Deadline => return self.at_deadline(asked, course),
                Happened::Superseded => return Err(Silence::Superseded),
            }
        }
    }

    /// Joins or begins the next call; returns whether there was one.
    async fn advance(&mut self, asked: &Asked<'_>, course: &mut Course) -> Result<bool, Silence> {
        while let Some(attempt) = self.upcoming(course) {
            if self.request.superseded.is_cancelled() {
                return Err(Silence::Superseded);
            }
            course.queue.pop_front();
            if course.why == Why::Planned
                && let Some(watch) = self.join(asked, &attempt)
            {
                self.follow(attempt, watch, course);
                return Ok(true);
            }
            let gated = (!course.is_open).then_some(asked.plan.extent);
            let opens = self.opening(&attempt, gated, asked.site, course.deadline).await;
            match opens {
                Opening::Now(moved) => (course.is_open, course.deadline) = (true, moved),
                Opening::Never(silence) => return Err(silence),
                Opening::Later(opens) => {
                    self.start(asked, &attempt, Why::Planned, opens, asked.plan.deadline);
                    return Err(Silence::TooLate);
                }
            }
            self.await_lease(asked.site, &attempt, asked.plan).await;
            let why = std::mem::replace(&mut course.why, Why::Planned);
            if self.begin(asked, course, attempt, why) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Begins a call beside those that run; returns whether it may be made.
    fn begin(
        &mut self,
        asked: &Asked<'_>,
        course: &mut Course,
        attempt: Attempt,
        why: Why,
    ) -> bool {
        let now = Instant::now();
        let left = course.deadline.saturating_duration_since(now);
        let watch = self.start(asked, &attempt, why, now, left);
        let may = watch.is_some();
        if let Some(watch) = watch {
            self.follow(attempt, watch, course);
        }
        may
    }

    /// The next attempt that may be made, without taking it.
    fn upcoming(&self, course: &mut Course) -> Option<Attempt> {
        while let Some(attempt) = course.queue.front() {
            if self.is_known_blank(attempt) {
                course.silence = Silence::NothingToSay;
            } else if self.stays_home(attempt, course) {
                return Some(attempt.clone());
            }
            course.queue.pop_front();
        }
        None
    }

    /// Whether the cache just said that this model has nothing usable for this place.
    fn is_known_blank(&self, attempt: &Attempt) -> bool {
        self.request.trigger == Trigger::Automatic
            && self.explanation.attempts.iter().any(|record| {
                record.model == attempt.model && matches!(record.ended, Ended::Filtered(_))
            })
    }

    /// Whether the attempt keeps a request at home that began there. The plan leaves out what it
    /// can; which call comes to be the first is known only here.
    fn stays_home(&self, attempt: &Attempt, course: &Course) -> bool {
        let settings = &self.equipment.settings;
        let policy = self.request.policy.as_deref().unwrap_or(&settings.policy);
        let is_at_home = |place| place == Some(Place::SelfHosted);
        policy.cloud_failover
            || !is_at_home(course.first)
            || is_at_home(self.place_of(&attempt.model))
    }

    fn place_of(&self, model: &str) -> Option<Place> {
        self.equipment.settings.models.get(model).map(|model| model.spec.place)
    }

    /// Waits for one more call.
    fn follow(&mut self, attempt: Attempt, watch: Watch, course: &mut Course) {
        let Watch { answer, clocks, started, typed, .. } = &watch;
        if course.first.is_none() {
            course.first = self.place_of(&answer.model);
        }
        let is_own = typed.is_empty();
        let hedge_at = clocks.hedge.filter(|_| is_own).map(|hedge| *started + hedge);
        let mut silent_at = *started + clocks.first_text;
        if !is_own {
            let now = Instant::now();
            silent_at = silent_at.min(now + borrowed(course.deadline - now));
        }
        self.runners.push(Runner { attempt, watch, hedge_at, silent_at: Some(silent_at) });
    }

    /// Waits until something is to be done.
    async fn happening(&mut self, course: &Course) -> Happened {
        let (mut at, mut timed) = (course.deadline, Happened::Deadline);
        if let Some(newest) = self.runners.last() {
            let is_alone = self.runners.len() < RUNNERS_MAX;
            let mut earlier = |when: Option<Instant>, happened| {
                if let Some(when) = when.filter(|when| *when < at) {
                    (at, timed) = (when, happened);
                }
            };
            earlier(newest.silent_at, Happened::Silent);
            earlier(newest.hedge_at.filter(|_| is_alone), Happened::Hedge);
        }
        let calls = self.runners.iter_mut().map(|runner| runner.watch.over().boxed());
        tokio::select! {
            biased;
            () = self.request.superseded.cancelled() => Happened::Superseded,
            ((), index, _) = select_all(calls) => Happened::Over(index),
            () = tokio::time::sleep_until(at) => timed,
        }
    }
}

impl Runner {
    /// Whether the call has written nothing, or not yet as far as the user has come.
    fn is_silent(&self) -> bool {
        self.watch.state.borrow().text.len() < self.watch.typed.len().max(1)
    }
}

impl Watch {
    /// Returns once the call has ended or does not go on as the user did.
    async fn over(&mut self) {
        let typed = &self.typed;
        // An aborted call closes its channel.
        let _ = self
            .state
            .wait_for(|state| state.ended.is_some() || !goes_along(&state.text, typed))
            .await;
    }

    /// Whether the call does not go on as the user did.
    fn has_diverged(&self, state: &State) -> bool {
        !goes_along(&state.text, &self.typed)
            || (state.ended.is_some() && !state.text.starts_with(&self.typed))
    }
}

/// Whether `text`, written so far, is what was typed or the beginning of it.
fn goes_along(text: &str, typed: &str) -> bool {
    text.starts_with(typed) || (typed.starts_with(text) && may_follow(text, typed))
}
