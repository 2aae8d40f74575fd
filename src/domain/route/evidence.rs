//! What speaks for a dearer tier than the class: the evidence at a site, and how much is enough.
//!
//! Whether the next statement has one line or six is often in nothing that stands there yet, so a
//! plan may start with a cheap model and move up when its first line begins a block
//! ([`crate::domain::class::wants_block`]). How sure that must be depends on what else speaks for a
//! block. Where the user pressed a key, or the body opened here is still empty, a likely block goes
//! up at once.

use crate::domain::class::{Classification, RequestClass, has_instruction};
use crate::domain::site::{Site, Trigger};

/// What speaks for more than the class says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The body opened here is still empty.
    EmptyBody,
    /// The comment above says what should come.
    Instruction,
    /// The classifier is unsure.
    Unsure,
    /// The editor shows a problem at the cursor.
    Diagnostic,
}

/// How likely a block must be once the first line is known. The probability is calibrated, so this
/// is where a block is as likely as not.
const PROBABILITY_MIN: f64 = 0.5;
/// The same where something else speaks for a block too.
const PROBABILITY_MIN_WITH_EVIDENCE: f64 = 0.3;
/// How likely a block must be to go up before any model has answered.
const AT_ONCE_PROBABILITY_MIN: f64 = 0.25;
/// Below this the classifier counts as unsure.
const SURE_MIN: f64 = 0.4;

/// The evidence at a site. `has_diagnostic` says whether the editor shows a problem there.
pub fn evidence(site: &Site, found: &Classification, has_diagnostic: bool) -> Vec<Evidence> {
    let all = [
        (site.is_empty_body(), Evidence::EmptyBody),
        (has_instruction(site), Evidence::Instruction),
        (found.confidence.value() < SURE_MIN, Evidence::Unsure),
        (has_diagnostic, Evidence::Diagnostic),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, evidence)| evidence).collect()
}

/// Whether a likely block is planned for although another class is likelier; the note that says so.
pub(super) fn raises_at_once(
    found: &Classification,
    trigger: Trigger,
    evidence: &[Evidence],
) -> Option<String> {
    let probability = found.score(RequestClass::Logic);
    if found.class == RequestClass::Logic || probability < AT_ONCE_PROBABILITY_MIN {
        return None;
    }
    let why = if matches!(trigger, Trigger::Invoked { .. }) {
        "asked for by key"
    } else if evidence.contains(&Evidence::EmptyBody) {
        "the body opened here is still empty"
    } else {
        return None;
    };
    Some(format!("{why}, and a block is {:.0} % likely: planned as logic", 100.0 * probability))
}

/// How likely a block must be, 0 to 1, once the first line of a cheap answer is known.
pub(super) fn probability_min(found: &Classification, evidence: &[Evidence]) -> f64 {
    let has_evidence = !evidence.is_empty() || found.score(RequestClass::Logic) >= SURE_MIN;
    if has_evidence { PROBABILITY_MIN_WITH_EVIDENCE } else { PROBABILITY_MIN }
}
