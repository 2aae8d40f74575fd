//! One request on its way through the stages.

mod calls;
mod cascade;
mod forecast;
mod opening;
mod race;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use self::forecast::{Forecast, Step};
use self::race::Runner;
use super::flight::State;
use super::flights::Watch;
use super::money::charged;
use super::outcome::{completion, local_completion, origin_of};
use super::{Engine, Equipment, refresh};
use crate::domain::cache::{Answer, Hit, PREFIX_TAIL, Place, SUFFIX_HEAD, TYPED_MAX};
use crate::domain::class::{Classification, classify};
use crate::domain::completion::{Completion, Source, Usage};
use crate::domain::context::Part;
use crate::domain::document::Document;
use crate::domain::explain::{AttemptRecord, Ended, Explanation, Silence};
use crate::domain::index::Key;
use crate::domain::local::{Known, Offer, offers};
use crate::domain::money::PicoUsd;
use crate::domain::money::entry::Millis;
use crate::domain::postprocess::{TextState, clean};
use crate::domain::route::{Circumstances, LocalRole, Plan, Policy, evidence, plan};
use crate::domain::site::{Site, Trigger};
use crate::domain::text;
use crate::domain::units::NanoUsd;
use crate::domain::workspace::Neighbour;

/// What the editor asks.
#[derive(Clone, Debug)]
pub struct Request {
    /// The document as of the request's arrival.
    pub document: Document,
    /// What holds for the document's file; `None` where the settings say nothing for it alone.
    pub policy: Option<Arc<Policy>>,
    /// The cursor as a byte offset.
    pub offset: usize,
    /// Why the editor asks.
    pub trigger: Trigger,
    /// Whether the editor shows a problem at the cursor.
    pub has_diagnostic: bool,
    /// The other open files that may be sent to models.
    pub neighbours: Vec<Neighbour>,
    /// How long the editor keeps the request open; it gets an answer before.
    pub open_max: Option<Duration>,
    /// Cancelled when the answer is of no use any more. No call is begun after that, however late
    /// this request hears of it.
    pub superseded: CancellationToken,
}

/// A request being worked on. It is entered in the ledger however it ends: one that is dropped
/// before its answer was superseded or cancelled.
pub(super) struct Run<'a> {
    pub(super) engine: &'a Engine,
    pub(super) equipment: &'a Equipment,
    pub(super) request: Request,
    pub(super) arrived: Instant,
    /// The same by the wall clock.
    pub(super) at: Millis,
    pub(super) explanation: Explanation,
    /// The calls it waits for.
    runners: Vec<Runner>,
    /// What the prompts made so far consist of, by model.
    pub(super) parts: Mutex<Vec<(String, Vec<Part>)>>,
    is_answered: bool,
    /// It is only thought through, see [`Engine::forecast`]: nothing of it is kept.
    is_forecast: bool,
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        if self.is_forecast {
            return;
        }
        for Runner { watch, .. } in std::mem::take(&mut self.runners) {
            let state = watch.state.borrow().clone();
            self.record(&watch, &state, Ended::Cancelled);
        }
        if !self.is_answered {
            self.explanation.silence = Some(Silence::Superseded);
        }
        self.explanation.answered_after = self.arrived.elapsed();
        self.explanation.prompts = std::mem::take(self.parts.get_mut());
        super::log(&self.explanation);
        self.enter();
        self.engine.shared.ledger.lock().enter(self.explanation.clone());
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        equipment: &'a Equipment,
        number: u64,
        request: Request,
    ) -> Self {
        let language = request.document.language.id.clone();
        let explanation = Explanation::new(number, language, request.trigger);
        Self {
            engine,
            equipment,
            request,
            arrived: Instant::now(),
            at: crate::store::ledger::now(),
            explanation,
            runners: Vec::new(),
            parts: Mutex::default(),
            is_answered: false,
            is_forecast: false,
        }
    }

    /// Runs every stage and closes the record.
    pub(super) async fn finish(mut self) -> Explanation {
        let answer = if self.equipment.settings.enabled {
            self.answer().await
        } else {
            Err(Silence::Disabled)
        };
        match answer {
            Ok(completion) => self.explanation.offered = Some(completion),
            Err(silence) => self.explanation.silence = Some(silence),
        }
        self.is_answered = true;
        self.explanation.prompts.clone_from(&self.parts.lock());
        self.explanation.answered_after = self.arrived.elapsed();
        self.receive();
        self.explanation.clone()
    }

    async fn answer(&mut self) -> Result<Completion, Silence> {
        refresh(&mut self.request.document);
        let document = self.request.document.clone();
        let site = Arc::new(Site::new(document, self.request.offset, self.request.trigger));
        let found = classify(&site);
        let plan = self.plan(&found, &site);
        self.explanation.decided_after = self.arrived.elapsed();
        self.explanation.classification = Some(found.clone());
        self.explanation.plan = Some(plan.clone());
        self.expect_cost(&plan);

        if plan.local == LocalRole::Never {
            return Err(Silence::Unanswered);
        }
        let place = place(&site);
        if let Some(completion) = self.recall(&site, &place, &plan, |hit| hit.typed > 0) {
            return Ok(completion);
        }
        let local = self.local(&site, &found);
        if let Some(best) = local.iter().find(|offer| offer.answers_alone(plan.local)) {
            return Ok(local_completion(best));
        }
        if let Some(completion) = self.recall(&site, &place, &plan, |_| true) {
            return Ok(completion);
        }
        let asked = self.ask(&site, &place, &found, &plan).await;
        asked.or_else(|silence| {
            let guess = local.first().filter(|g| g.is_last_resort(self.request.trigger));
            if let (Some(_), Silence::Gated(reason)) = (guess, &silence) {
                self.note(reason.sentence().to_owned());
            }
            guess.map(local_completion).ok_or(silence)
        })
    }

    fn plan(&self, found: &Classification, site: &Site) -> Plan {
        let settings = &self.equipment.settings;
        let clearances = &self.engine.shared.clearances;
        let language = &site.document.language.id;
        let advise = |class, bounds| self.engine.feedback.advice(class, language, bounds);
        let around = Circumstances {
            model: &|id| settings.models.get(id).map(|model| &model.spec),
            is_healthy: &|id| clearances.allows(id),
            trigger: self.request.trigger,
            is_private: site.document.is_private,
            objection: &|tier, id, output_max| self.objection(tier, id, output_max),
            evidence: evidence(site, found, self.request.has_diagnostic),
            feedback: settings.feedback.enabled.then_some(&advise),
        };
        plan(found, self.request.policy.as_deref().unwrap_or(&settings.policy), &around)
    }

    fn local(&mut self, site: &Site, found: &Classification) -> Vec<Offer> {
        let settings = &self.equipment.settings.local;
        let index = self.engine.indexes.of(&site.document.language.family);
        let index = index.read();
        let known = Known {
            index: Some(&index),
            own: Some(Key::Open(site.document.id)),
            kept: Some(&self.engine.kept),
            closers: settings.closers,
            names: settings.names,
            lines: settings.lines,
        };
        let found = offers(site, found, &known);
        self.explanation.local =
            found.iter().map(|offer| (offer.text.clone(), offer.confidence)).collect();
        found
    }

    /// An answer given before that fits here. Asking again at the same place wants a better one,
    /// so then only answers of the raised tier count.
    fn recall(
        &mut self,
        site: &Site,
        place: &Place,
        plan: &Plan,
        fits: impl Fn(&Hit) -> bool,
    ) -> Option<Completion> {
        let tier_min = match self.request.trigger {
            Trigger::Invoked { repeats: 1.. } => plan.attempts.first().map(|a| a.tier),
            _ => None,
        };
        let is_wanted = |answer: &Answer| tier_min.is_none_or(|tier| answer.tier >= tier);
        let hit =
            self.engine.shared.cache.lock().find(place, &is_wanted).filter(|hit| fits(hit))?;
        let Answer { model, tier, text, .. } = &hit.answer;
        let cleaned = clean(site, text, origin_of(&hit.answer, TextState::Kept));
        let ended = match &cleaned {
            Ok(_) => Ended::FromCache,
            Err(reason) => Ended::Filtered(reason),
        };
        self.explanation.attempts.push(AttemptRecord {
            tier: *tier,
            model: model.clone(),
            ended,
            usage: None,
            cost: Some(NanoUsd(0)),
            started_after: self.arrived.elapsed(),
            first_text_after: None,
            took: Duration::ZERO,
        });
        let source = Source::Cache(model.clone());
        cleaned.ok().map(|cleaned| completion(cleaned, *tier, source))
    }

    fn record(&mut self, watch: &Watch, state: &State, ended: Ended) {
        let Watch { answer, started, .. } = watch;
        let model = self.equipment.settings.models.get(&answer.model);
        let has_ended = state.ended.is_some();
        let took = if has_ended { state.took } else { started.elapsed() };
        let was_refused = matches!(ended, Ended::Failed(_)) && state.text.is_empty();
        let cost = if was_refused {
            Some(NanoUsd(0))
        } else {
            let cost = |usage: Usage| charged(model?.price.as_ref(), &usage, self.at);
            state.usage.and_then(cost).map(PicoUsd::to_nano)
        };
        self.explanation.attempts.push(AttemptRecord {
            tier: answer.tier,
            model: answer.model.clone(),
            ended,
            usage: state.usage,
            cost,
            started_after: started.saturating_duration_since(self.arrived),
            first_text_after: state.first_text_after,
            took,
        });
    }
}

/// The text around the cursor as the cache sees it: with one kind of line break, so that a
/// suggestion can be typed through in any.
fn place(site: &Site) -> Place {
    let rope = &site.document.rope;
    let before = text::tail_before(rope, site.offset, PREFIX_TAIL + TYPED_MAX);
    let after = text::head_after(rope, site.offset, SUFFIX_HEAD);
    let unify = |text: String| {
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
    };
    let language = site.document.language.id.clone();
    Place { language, before: unify(before), after: unify(after) }
}
