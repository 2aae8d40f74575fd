//! What comes of a call: whether its text may be shown, and how much of it.

use super::flight::State;
use super::flights::Watch;
use crate::domain::cache::Answer;
use crate::domain::completion::{Completion, Confidence, Source};
use crate::domain::explain::Ended;
use crate::domain::local::Offer;
use crate::domain::postprocess::{Cleaned, Dropped, Origin, TextState, clean, whole_part};
use crate::domain::route::{Plan, Tier};
use crate::domain::site::Site;

/// What came of a call that has ended.
pub(super) enum Outcome {
    /// A completion that may be shown.
    Answer(Completion),
    /// Nothing whole. It failed, perhaps after text that may be shown if nothing better comes.
    Failed(Option<Completion>),
    /// An answer of which the filters left nothing.
    Filtered(Dropped),
}

/// What a call's state means once it has ended, with the word for the record.
pub(super) fn outcome(site: &Site, watch: &Watch, plan: &Plan, state: &State) -> (Ended, Outcome) {
    if let Some(Err(error)) = &state.ended {
        let part = shown(site, watch, plan, state, TextState::Growing).ok();
        return (Ended::Failed(error.to_string()), Outcome::Failed(part));
    }
    match shown(site, watch, plan, state, TextState::Ended) {
        Ok(completion) => (Ended::Answered, Outcome::Answer(completion)),
        Err(reason) => (Ended::Filtered(reason), Outcome::Filtered(reason)),
    }
}

/// What may be shown of a call's text, `reached` so far.
///
/// Where something was typed since the call was begun, the text is cut at the place it was written
/// for, and what is left is the remainder: the place reached says nothing about where it ends.
pub(super) fn shown(
    site: &Site,
    watch: &Watch,
    plan: &Plan,
    state: &State,
    reached: TextState,
) -> Result<Completion, Dropped> {
    let Watch { answer, typed, .. } = watch;
    let (text, origin) = if typed.is_empty() {
        let Plan { class, extent, .. } = *plan;
        (state.text.as_str(), Origin { class, extent, state: reached })
    } else {
        let whole = match reached {
            TextState::Growing => whole_part(answer.extent, &state.text),
            TextState::Ended | TextState::Kept => &state.text,
        };
        let rest = whole.strip_prefix(typed.as_str()).unwrap_or_default();
        (rest, origin_of(answer, TextState::Kept))
    };
    let source = Source::Model(answer.model.clone());
    clean(site, text, origin).map(|cleaned| completion(cleaned, answer.tier, source))
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
