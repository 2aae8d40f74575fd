//! Beginning a call, or joining one under way.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::config::{ModelSettings, Protocol, Settings};
use crate::domain::cache::{Answer, Place};
use crate::domain::context::{Budget, Part, gather};
use crate::domain::prompt::{self, Files, Prompt, PromptForm};
use crate::domain::route::clocks::Clocks;
use crate::domain::route::{Attempt, Plan};
use crate::domain::ruler::{Calibration, Ruler};
use crate::domain::site::Site;
use crate::domain::units::Tokens;
use crate::engine::clearance::Why;
use crate::engine::flight::{Call, Flight, Tower};
use crate::engine::flights::{Wanted, Watch};
use crate::tokenizers;

/// llama.cpp's `/infill` keeps so many tokens before and after the cursor with its usual batch and
/// cuts the rest without a word: three quarters of 2,048, and a quarter less two. What it cut would
/// move with each key, and its cache would miss. Facts: llama.cpp build b11549.
const INFILL_AROUND_MAX: (Tokens, Tokens) = (Tokens(1500), Tokens(500));

impl Run<'_> {
    /// The call under way that answers this very place, or goes on as the user did since; any
    /// other for this document is ended.
    pub(super) fn join(&self, asked: &Asked<'_>, attempt: &Attempt) -> Option<Watch> {
        let answer = asked.answer(attempt);
        self.engine.shared.flights.join(&self.wanted(asked, &answer))
    }

    /// Begins a call, if it may be made. `left` is the time to the deadline.
    pub(super) fn start(
        &mut self,
        asked: &Asked<'_>,
        attempt: &Attempt,
        why: Why,
        opens: Instant,
        left: Duration,
    ) -> Option<Watch> {
        let Asked { site, place, plan } = *asked;
        let equipment = self.equipment;
        let model = equipment.settings.models.get(&attempt.model)?;
        let provider = equipment.providers.get(&attempt.model)?;
        let ruler = self.ruler(model, Calibration::usual);
        let (prompt, parts) = self.prompt(site, plan, attempt, model);
        // Given back where the call is not begun after all.
        let ticket = match self.reserve(attempt.tier, model, &prompt) {
            Ok(ticket) => ticket,
            Err(why) => {
                self.note(why);
                return None;
            }
        };
        self.parts.lock().push((attempt.model.clone(), parts));
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
                ruler,
                price: model.price.clone(),
                ticket: Some(ticket),
                request: self.explanation.request,
                workspace: self.engine.workspace(),
                clocks,
                opens,
                clearance: shared.clear(&attempt.model, why)?,
            };
            let tower = Arc::clone(shared) as Arc<dyn Tower>;
            Some(Flight::start(number, provider, call, tower))
        })
    }

    /// Measures for a model: with its tokenizer once that is loaded, otherwise by what its server
    /// reported, of which `ratio` says how it is meant.
    pub(in crate::engine) fn ruler(
        &self,
        model: &ModelSettings,
        ratio: fn(&Calibration) -> f64,
    ) -> Ruler<'static> {
        let exact = model.vocabulary.and_then(tokenizers::ready);
        Ruler { exact, bytes_per_token: ratio(&self.engine.shared.calibration(&model.spec.id)) }
    }

    /// What the model is asked, and what that consists of.
    pub(in crate::engine) fn prompt(
        &self,
        site: &Site,
        plan: &Plan,
        attempt: &Attempt,
        model: &ModelSettings,
    ) -> (Prompt, Vec<Part>) {
        let Settings { context, privacy, .. } = &*self.equipment.settings;
        let room = model.spec.context_tokens.0.saturating_sub(plan.output_tokens_max.0);
        let takes_files = model.endpoint.protocol == Protocol::LlamaCppInfill;
        let budget = Budget {
            input_tokens_max: context.input_tokens_max[attempt.tier as usize].min(Tokens(room)),
            tier: attempt.tier,
            around_max: takes_files.then_some(INFILL_AROUND_MAX),
            kinds: &context.kinds,
            ruler: self.ruler(model, Calibration::cautious),
            redacts: privacy.redact,
            own_keys: self.equipment.providers.keys(),
        };
        let context = gather(site, plan.extent, &budget, &self.request.neighbours);
        let files = if takes_files { Files::Apart } else { Files::AsComments };
        let prompt = prompt::build(&context, &model.spec.form, files, plan.output_tokens_max);
        (prompt, context.parts().to_vec())
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
