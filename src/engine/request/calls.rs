//! Beginning a call, or joining one under way.

use std::sync::Arc;

use tokio::time::Instant;

use super::Run;
use crate::domain::cache::{Answer, Place};
use crate::domain::context::{Budget, gather};
use crate::domain::prompt::{self, PromptForm};
use crate::domain::route::{Attempt, Plan};
use crate::domain::site::Site;
use crate::domain::units::Tokens;
use crate::engine::flight::{Call, Flight, Tower, Watch};

/// Input tokens a tier may be sent, `[local, fast, mid, flagship]`. A fast model under a deadline
/// reads some 10,000 tokens a second; more text than this would be all it had time for.
const INPUT_TOKENS_MAX: [u32; 4] = [0, 1200, 3000, 6000];

impl Run<'_> {
    /// The call under way for this document, if it answers this very place; any other is ended.
    pub(super) fn join(&self, site: &Site, place: &Place, attempt: &Attempt) -> Option<Watch> {
        let mut flights = self.engine.flights.lock();
        // The call there now may be a newer request's.
        if self.request.superseded.is_cancelled() {
            return None;
        }
        let id = site.document.id;
        let flight = flights.get(&id)?;
        if flight.serves(place, attempt.tier, self.request.trigger) {
            return Some(flight.watch());
        }
        flights.remove(&id);
        None
    }

    pub(super) fn start(
        &self,
        site: &Arc<Site>,
        place: &Place,
        plan: &Plan,
        attempt: &Attempt,
        opens: Instant,
    ) -> Option<Watch> {
        let model = self.equipment.settings.models.get(&attempt.model)?;
        let provider = self.equipment.providers.get(&attempt.model)?;
        let room = model.spec.context_tokens.0.saturating_sub(plan.output_tokens_max.0);
        let budget = Budget {
            input_tokens_max: Tokens(room.min(INPUT_TOKENS_MAX[attempt.tier as usize])),
            redacts: self.equipment.settings.privacy.redact,
            own_keys: self.equipment.providers.keys(),
        };
        let context = gather(site, plan.extent, &budget);
        let prompt = prompt::build(&context, &model.spec.form, plan.output_tokens_max);
        let answer = Answer {
            model: attempt.model.clone(),
            tier: attempt.tier,
            class: plan.class,
            extent: plan.extent,
            text: String::new(),
        };
        let call = Call {
            site: Arc::clone(site),
            place: place.clone(),
            answer,
            is_chat: model.spec.form == PromptForm::Chat,
            prompt,
            price: model.spec.price,
            timeout: model.endpoint.timeout,
            opens,
        };
        let tower = Arc::clone(&self.engine.shared) as Arc<dyn Tower>;
        let mut flights = self.engine.flights.lock();
        // Whoever supersedes this request says so before looking for its call here.
        if self.request.superseded.is_cancelled() {
            return None;
        }
        // Another request may have begun the same call since this one looked.
        if let Some(flight) = flights.get(&site.document.id)
            && flight.serves(place, attempt.tier, self.request.trigger)
        {
            return Some(flight.watch());
        }
        if let Some(breaker) = self.engine.shared.breakers.lock().get_mut(&attempt.model) {
            breaker.begin();
        }
        let flight = Flight::start(provider, call, tower);
        let watch = flight.watch();
        flights.insert(site.document.id, flight);
        Some(watch)
    }
}
