//! When a call may begin: after the settle delay of its tier, and when the gate opens.
//!
//! While the gate waits for the user to rest, the request stays open, and its deadline moves along:
//! the model keeps the time it would have had without the gate, and whoever rests sees its answer.
//! Where the editor does not keep a request open that long, the reply leaves when it must and the
//! call begins later, if the user still rests then; its answer goes to the cache like any other that
//! comes late. An edit in the meantime ends it before it has cost anything.

use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::domain::class::Extent;
use crate::domain::explain::Silence;
use crate::domain::gate::{self, Asking, Gate, Reason, Reception, Strictness};
use crate::domain::route::Attempt;
use crate::domain::site::{Site, Trigger};

/// When a call may begin.
pub(super) enum Opening {
    /// Now: the user has rested long enough. Holds the deadline, moved along with the gate's wait.
    Now(Instant),
    /// Later than the reply must leave.
    Later(Instant),
    /// Not for this request.
    Never(Silence),
}

impl Run<'_> {
    /// Waits until a call may begin, at most until the reply must leave. The gate is asked once for a
    /// request, with what may be inserted there; further attempts only settle.
    pub(super) async fn opening(
        &mut self,
        attempt: &Attempt,
        gated: Option<Extent>,
        site: &Site,
        deadline: Instant,
    ) -> Opening {
        let opens = gated.map_or(Ok(self.arrived), |extent| self.gate(attempt, extent, site));
        let gated = match opens {
            Ok(not_before) => not_before,
            Err(reason) => return Opening::Never(Silence::Gated(reason)),
        };
        let settled = match site.document.changed_at {
            Some(changed_at) => Instant::from_std(changed_at) + attempt.settle,
            None => self.arrived,
        };
        let opens = settled.max(gated);
        let mut deadline = deadline;
        if gated > settled {
            let wait = opens.saturating_duration_since(self.arrived).as_millis();
            self.note(format!("the gate waits {wait} ms in case you type on"));
            deadline = self.moved(deadline, gated - settled.max(self.arrived));
        }
        // A timer is rounded up to the next millisecond, even one that is due already.
        if opens > Instant::now() {
            tokio::time::sleep_until(opens.min(deadline)).await;
        }
        match () {
            () if opens < deadline => Opening::Now(deadline),
            () if settled < deadline => Opening::Later(opens),
            () => Opening::Never(Silence::TooLate),
        }
    }

    /// A later deadline, as far as the editor keeps the request open.
    fn moved(&mut self, deadline: Instant, by: Duration) -> Instant {
        let closes = self.request.open_max.map(|open_max| self.arrived + open_max);
        let moved = closes.map_or(deadline + by, |closes| closes.min(deadline + by));
        if let Some(plan) = &mut self.explanation.plan {
            plan.deadline = moved - self.arrived;
        }
        moved
    }

    /// Remembers how the request ended, for the next one at the same place.
    pub(super) fn receive(&self) {
        let document = &self.request.document;
        let place = (document.id, document.revision, self.request.offset);
        self.engine.receptions.lock().note(place, &self.explanation);
    }

    /// Adds a sentence for the user to the plan.
    pub(super) fn note(&mut self, note: String) {
        if let Some(plan) = &mut self.explanation.plan {
            plan.notes.push(note);
        }
    }

    /// When the gate opens.
    fn gate(&self, attempt: &Attempt, extent: Extent, site: &Site) -> Result<Instant, Reason> {
        let strictness = self.equipment.settings.gate;
        if site.trigger != Trigger::Automatic || strictness == Strictness::Off {
            return Ok(self.arrived);
        }
        let asking = Asking {
            site,
            extent,
            tier: attempt.tier,
            reception: self.reception(site),
            arrived: self.arrived.into_std(),
        };
        // Whoever sets the settle delay to nothing wants no waiting.
        if attempt.settle.is_zero() {
            return gate::certain(&asking).map_or(Ok(self.arrived), Err);
        }
        match gate::decide(&asking, strictness) {
            Gate::Ask { not_before } => Ok(Instant::from_std(not_before)),
            Gate::Silent { reason } => Err(reason),
        }
    }

    /// What became of the last suggestion at this very place.
    fn reception(&self, site: &Site) -> Option<Reception> {
        let (request, was_blank) = self.engine.receptions.lock().find(site)?;
        let was_rejected = self.engine.shared.ledger.lock().was_rejected(request);
        match () {
            () if was_rejected => Some(Reception::Dismissed),
            () if was_blank => Some(Reception::Blank),
            () => None,
        }
    }
}
