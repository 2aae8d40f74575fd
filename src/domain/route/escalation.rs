//! Moving up on evidence: from a cheap model to a dear one, where one look was not enough.
//!
//! Whether the next statement has one line or six is often in nothing that stands there yet, so a
//! plan may start with a cheap model and move up when its first line begins a block
//! ([`crate::domain::class::wants_block`]). How sure that must be depends on what else speaks for a
//! block. Where the user pressed a key, or the body opened here is still empty, a likely block goes
//! up at once.

use super::plan::plan_of;
use super::{Circumstances, Override, Plan, Policy};
use crate::domain::class::{Classification, Extent, RequestClass, has_instruction};
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

/// What is done once an answer's first line shows that a block is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Escalation {
    /// How likely a block must be, 0 to 1.
    pub probability_min: f64,
    /// What is tried then, with its own deadline, which also counts from the request's arrival.
    pub plan: Box<Plan>,
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
    policy: &Policy,
    around: &Circumstances<'_>,
) -> Option<String> {
    let probability = found.score(RequestClass::Logic);
    let is_open = policy.force == Override::Auto && found.class != RequestClass::Logic;
    if !is_open || probability < AT_ONCE_PROBABILITY_MIN {
        return None;
    }
    let why = if matches!(around.trigger, Trigger::Invoked { .. }) {
        "asked for by key"
    } else if around.evidence.contains(&Evidence::EmptyBody) {
        "the body opened here is still empty"
    } else {
        return None;
    };
    Some(format!("{why}, and a block is {:.0} % likely: planned as logic", 100.0 * probability))
}

/// What the plan may move up to; `None` where that would be nothing dearer.
pub(super) fn escalation(
    plan: &Plan,
    found: &Classification,
    policy: &Policy,
    around: &Circumstances<'_>,
) -> Option<Escalation> {
    let is_line = plan.extent == Extent::Line
        && matches!(plan.class, RequestClass::Line | RequestClass::Boilerplate);
    let first = plan.attempts.first().filter(|_| is_line && policy.force == Override::Auto)?;
    let up = plan_of(RequestClass::Logic, Extent::Block, policy, around);
    let is_dearer = up.attempts.first().is_some_and(|attempt| attempt.tier > first.tier);
    let has_evidence = !around.evidence.is_empty() || found.score(RequestClass::Logic) >= SURE_MIN;
    is_dearer.then(|| Escalation {
        probability_min: if has_evidence { PROBABILITY_MIN_WITH_EVIDENCE } else { PROBABILITY_MIN },
        plan: Box::new(up),
    })
}
