//! What a call leaves behind when it ends: its answer in the cache, its cost in the ledger, what it
//! says about the health and the pace of its model, and word of it to whoever listens.

use tokio::time::Instant;

use super::Shared;
use super::flight::{Call, State, Tower, usage};
use super::money::called;
use crate::domain::cache::Answer;
use crate::domain::completion::FinishReason;
use crate::domain::document::DocumentId;
use crate::domain::ledger;
use crate::domain::money::PicoUsd;
use crate::domain::route::health::Failure;
use crate::domain::ruler::Calibration;
use crate::domain::units::Tokens;
use crate::provider::ProviderError;

/// A call has ended, whether or not a request still waited for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The documents that stand where it was made for, each once.
    pub documents: Vec<DocumentId>,
    /// The model.
    pub model: String,
    /// What came of it.
    pub with: Landing,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// Text that is in the cache now.
    Text,
    /// The model had nothing to say, or declined to.
    Nothing,
    /// It failed.
    Failed {
        /// What went wrong.
        error: String,
        /// What the user can do about it.
        remedy: &'static str,
    },
    /// It was ended before it was over.
    Cancelled,
}

/// Hears of every call that ends. Called on the engine's tasks, so it must not block.
pub(super) type Listener = Box<dyn Fn(Landed) + Send + Sync>;

impl Tower for Shared {
    fn wants(&self, flight: u64, text: &str) -> bool {
        self.flights.wants(flight, text)
    }

    fn landed(&self, flight: u64, call: &mut Call, state: &State) {
        let documents = self.flights.landed(flight);
        self.judge(call, state);
        let has_answer = matches!(&state.ended, Some(Ok(end)) if *end != FinishReason::Refused);
        if has_answer {
            let answer = Answer { text: state.text.clone(), ..call.answer.clone() };
            self.cache.lock().insert(&call.place, answer);
        }
        // A call that was refused before it said anything is not charged for by any provider.
        let was_refused = matches!(state.ended, Some(Err(_))) && state.text.is_empty();
        let is_free = was_refused || !state.has_begun;
        // What was set aside for a call that is free is given back when the call is dropped.
        if let Some(ticket) = call.ticket.take().filter(|_| !is_free) {
            let usage = usage(call, state);
            if !usage.is_estimate {
                self.calibrate(call, usage.input_total());
            }
            let called = called(call, state, &usage, ticket.at());
            self.ledger.lock().book(&ledger::Call {
                model: call.answer.model.clone(),
                tier: call.answer.tier,
                usage,
                cost: called.cost.map(PicoUsd::to_nano),
            });
            ticket.settle(called);
        }
        if let Some(hear) = self.listener.get() {
            let with = match &state.ended {
                Some(Ok(_)) if has_answer && !state.text.is_empty() => Landing::Text,
                Some(Ok(_)) => Landing::Nothing,
                Some(Err(e)) => Landing::Failed { error: e.to_string(), remedy: e.remedy() },
                None => Landing::Cancelled,
            };
            hear(Landed { documents, model: call.answer.model.clone(), with });
        }
    }
}

impl Shared {
    /// What is known of a model's tokens.
    pub(super) fn calibration(&self, model: &str) -> Calibration {
        self.calibrations.lock().get(model).copied().unwrap_or_default()
    }

    /// Learns from the tokens that a server reported.
    fn calibrate(&self, call: &Call, reported: Tokens) {
        let body = &call.prompt.body;
        let counted = (!call.ruler.is_estimate()).then(|| body.tokens(call.ruler));
        let mut calibrations = self.calibrations.lock();
        let known = calibrations.entry(call.answer.model.clone()).or_default();
        known.observe(body.len(), counted, reported);
    }

    /// What the call says about its model, and what the user is told of it.
    fn judge(&self, call: &Call, state: &State) {
        let now = Instant::now().into_std();
        let model = &call.answer.model;
        let pass = call.clearance.pass;
        let change = self.clearances.with(model, |record| {
            let is_wonder = state.was_given_up && !record.latencies.explains(state.took);
            match (state.first_text_after, state.has_begun) {
                (Some(first_text), _) => {
                    let total = matches!(state.ended, Some(Ok(_))).then_some(state.took);
                    record.latencies.note(first_text, state.gap_max, total);
                }
                (None, true) if state.ended.is_none() => record.latencies.note_silence(state.took),
                (None, _) => {}
            }
            let breaker = &mut record.breaker;
            match &state.ended {
                Some(Ok(_)) => breaker.answered(pass),
                // The request was longer than the model's window, which says nothing of the model.
                Some(Err(ProviderError::ContextTooLong { .. })) => {
                    breaker.left(pass, now);
                    None
                }
                Some(Err(error)) => breaker.failed(pass, failure(error), now, jitter(now)),
                // Being slow is not being sick, but a silence out of all proportion is.
                None if is_wonder => breaker.failed(pass, Failure::Transient, now, jitter(now)),
                None => {
                    breaker.left(pass, now);
                    None
                }
            }
        });
        match &state.ended {
            Some(Ok(_)) => self.clearances.answered(),
            Some(Err(error)) => tracing::info!(model, %error, "call failed"),
            None => {}
        }
        if let Some(change) = change {
            let error = state.ended.as_ref().and_then(|end| end.as_ref().err());
            self.notices.tell(model, change, error, now);
        }
    }
}

fn failure(error: &ProviderError) -> Failure {
    match error {
        ProviderError::Unauthorized { .. } | ProviderError::OutOfQuota { .. } => Failure::Permanent,
        ProviderError::RateLimited { retry_after } => Failure::Limited(*retry_after),
        ProviderError::Refused { .. } | ProviderError::ContextTooLong { .. } => Failure::Refused,
        ProviderError::Unreachable { .. }
        | ProviderError::ServerError { .. }
        | ProviderError::Malformed { .. } => Failure::Transient,
    }
}

/// A number in 0..1 that differs between processes; no more randomness is needed to keep many
/// clients from coming back at the same moment.
pub(super) fn jitter(now: std::time::Instant) -> f64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(now) as f64 / u64::MAX as f64
}
