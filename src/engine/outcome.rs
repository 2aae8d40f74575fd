//! What comes of a call: whether its text may be shown, or the next may be tried, or the deadline
//! has come.

use super::flight::State;
use crate::domain::cache::Answer;
use crate::domain::completion::{Completion, Confidence, Source};
use crate::domain::explain::{Ended, Silence};
use crate::domain::local::Offer;
use crate::domain::postprocess::{Cleaned, Dropped, Origin, TextState};
use crate::domain::route::Tier;

/// What came of waiting for a flight.
pub(super) enum Followed {
    /// A completion that may be shown.
    Answer(Completion),
    /// Nothing from this one; the next may be tried.
    Nothing(Silence),
    /// Nothing more may be tried: the deadline came, perhaps with part of the answer, or nobody
    /// waits any more.
    Over(Result<Completion, Silence>),
}

/// What a flight's state means, for the record and for the request.
pub(super) fn outcome(
    state: &State,
    is_in_time: bool,
    was_cancelled: bool,
    cleaned: Result<Cleaned, Dropped>,
    answer: &Answer,
) -> (Ended, Followed) {
    let source = || Source::Model(answer.model.clone());
    if was_cancelled {
        return (Ended::Cancelled, Followed::Over(Err(Silence::Superseded)));
    }
    if !is_in_time {
        let partial = cleaned.ok().map(|cleaned| completion(cleaned, answer.tier, source()));
        return (Ended::Late, Followed::Over(partial.ok_or(Silence::TooLate)));
    }
    if let Some(Err(error)) = &state.ended {
        return (Ended::Failed(error.to_string()), Followed::Nothing(Silence::AllFailed));
    }
    match cleaned {
        Ok(cleaned) => {
            let completion = completion(cleaned, answer.tier, source());
            (Ended::Answered, Followed::Answer(completion))
        }
        Err(reason) => (Ended::Filtered(reason), Followed::Nothing(Silence::Filtered(reason))),
    }
}

/// What the filters need to know about an answer.
pub(super) fn origin_of(answer: &Answer, state: TextState) -> Origin {
    Origin { class: answer.class, extent: answer.extent, state }
}

/// Filtered text as a completion.
pub(super) fn completion(cleaned: Cleaned, tier: Tier, source: Source) -> Completion {
    let Cleaned { text, replace_after } = cleaned;
    Completion { text, replace_after, tier, source, confidence: Confidence::ONE }
}

/// What the local engine offers as a completion.
pub(super) fn local_completion(offer: &Offer) -> Completion {
    Completion {
        text: offer.text.clone(),
        replace_after: 0,
        tier: Tier::Local,
        source: Source::Local,
        confidence: offer.confidence,
    }
}
