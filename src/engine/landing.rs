//! What a call leaves behind when it ends: its answer in the cache, its cost in the ledger, and
//! what it says about the health of its model.

use tokio::time::Instant;

use super::Shared;
use super::flight::{Call, State, Tower, usage};
use crate::domain::cache::Answer;
use crate::domain::completion::FinishReason;
use crate::domain::ledger;
use crate::domain::route::health::Failure;
use crate::provider::ProviderError;

impl Tower for Shared {
    fn landed(&self, call: &Call, state: &State) {
        let now = Instant::now().into_std();
        let mut breakers = self.breakers.lock();
        let breaker = breakers.entry(call.answer.model.clone()).or_default();
        match &state.ended {
            None => breaker.cancelled(now),
            Some(Ok(_)) => breaker.succeeded(),
            Some(Err(error)) => {
                tracing::info!(model = call.answer.model, %error, "call failed");
                breaker.failed(failure(error), now, jitter(now));
            }
        }
        drop(breakers);
        if let Some(Ok(finish)) = state.ended
            && finish != FinishReason::Refused
        {
            let answer = Answer { text: state.text.clone(), ..call.answer.clone() };
            self.cache.lock().insert(&call.place, answer);
        }
        // A call that was refused before it said anything is not charged for by any provider.
        let was_refused = matches!(state.ended, Some(Err(_))) && state.text.is_empty();
        let is_free = was_refused || !state.has_begun;
        if !is_free {
            let usage = usage(call, state);
            self.ledger.lock().book(&ledger::Call {
                model: call.answer.model.clone(),
                tier: call.answer.tier,
                usage,
                cost: call.price.map(|price| usage.cost(price)),
            });
        }
    }
}

fn failure(error: &ProviderError) -> Failure {
    match error {
        ProviderError::Unauthorized { .. } | ProviderError::OutOfQuota { .. } => Failure::Permanent,
        ProviderError::RateLimited { retry_after } => Failure::Limited(*retry_after),
        // One request may be refused for its own sake, such as its length.
        ProviderError::Refused { .. }
        | ProviderError::Unreachable { .. }
        | ProviderError::ServerError { .. }
        | ProviderError::Malformed { .. } => Failure::Transient,
    }
}

/// A number in 0..1 that differs between processes; no more randomness is needed to keep many
/// clients from coming back at the same moment.
fn jitter(now: std::time::Instant) -> f64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(now) as f64 / u64::MAX as f64
}
