//! Beginning a call, or joining one under way.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::domain::cache::{Answer, Place};
use crate::domain::context::{Budget, gather};
use crate::domain::prompt::{self, PromptForm};
use crate::domain::route::clocks::Clocks;
use crate::domain::route::{Attempt, Plan};
use crate::domain::site::Site;
use crate::domain::units::Tokens;
use crate::engine::clearance::Why;
use crate::engine::flight::{Call, Flight, Tower};
use crate::engine::flights::{Wanted, Watch};

/// Input tokens a tier may be sent, `[local, fast, mid, flagship]`. A fast model under a deadline
/// reads some 10,000 tokens a second; more text than this would be all it had time for.
const INPUT_TOKENS_MAX: [u32; 4] = [0, 1200, 3000, 6000];

impl Run<'_> {
    /// The call under way that answers this very place, or goes on as the user did since; any
    /// other for this document is ended.
    pub(super) fn join(&self, asked: &Asked<'_>, attempt: &Attempt) -> Option<Watch> {
        let answer = asked.answer(attempt);
        self.engine.shared.flights.join(&self.wanted(asked, &answer))
    }

    /// Begins a call, if it may be made. `left` is the time to the deadline.
    pub(super) fn start(
        &self,
        asked: &Asked<'_>,
        attempt: &Attempt,
        why: Why,
        opens: Instant,
        left: Duration,
    ) -> Option<Watch> {
        let Asked { site, place, plan } = *asked;
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
        let shared = &self.engine.shared;
        let clocks = shared.clearances.with(&attempt.model, |known| {
            Clocks::new(&model.patience, Some(&known.latencies), left)
        });
        let answer = asked.answer(attempt);
        shared.flights.begin(&self.wanted(asked, &answer), |number| {
            let call = Call {
                site: Arc::clone(site),
                place: place.clone(),
                answer: answer.clone(),
                is_chat: model.spec.form == PromptForm::Chat,
                prompt,
                price: model.spec.price,
                clocks,
                opens,
                clearance: shared.clear(&attempt.model, why)?,
            };
            let tower = Arc::clone(shared) as Arc<dyn Tower>;
            Some(Flight::start(number, provider, call, tower))
        })
    }

    fn wanted<'b>(&'b self, asked: &Asked<'b>, answer: &'b Answer) -> Wanted<'b> {
        Wanted {
            site: asked.site,
            place: asked.place,
            answer,
            trigger: self.request.trigger,
            superseded: &self.request.superseded,
        }
    }
}

/// What a call is asked about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) site: &'a Arc<Site>,
    pub(super) place: &'a Place,
    pub(super) plan: &'a Plan,
}

impl Asked<'_> {
    /// The answer to be.
    fn answer(&self, attempt: &Attempt) -> Answer {
        Answer {
            model: attempt.model.clone(),
            tier: attempt.tier,
            class: self.plan.class,
            extent: self.plan.extent,
            text: String::new(),
        }
    }
}
