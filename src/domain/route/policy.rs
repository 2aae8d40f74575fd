//! The policy table: one row per request class, as the configuration resolved it.

use std::time::Duration;

use super::Tier;
use crate::domain::class::RequestClass;
use crate::domain::completion::Confidence;
use crate::domain::units::Tokens;

/// Whether the user forces one tier for everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// The table decides.
    Auto,
    /// Always this tier, whatever the class.
    Always(Tier),
}

/// What may happen for one request class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassPolicy {
    /// Tiers in the order they are tried.
    pub tiers: Vec<Tier>,
    /// From the arrival of the request to the reply, all waiting included.
    pub deadline: Duration,
    /// The most tokens a model may generate.
    pub output_tokens_max: Tokens,
    /// No model below this tier may answer; the local engine's guess stays as the last resort.
    pub floor: Tier,
    /// No model above this tier may be asked, also when the user asks again or forces a tier.
    pub ceiling: Tier,
    /// How long the user must have paused before a model is asked automatically; `None` leaves it
    /// to the tier.
    pub settle: Option<Duration>,
    /// The local engine answers alone at or above this confidence.
    pub local_confidence_min: Confidence,
}

/// The whole table with the settings that apply to every class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// One row per class, in the order of [`RequestClass::ALL`].
    pub classes: [ClassPolicy; RequestClass::ALL.len()],
    /// Forces one tier for everything.
    pub force: Override,
    /// How long the user must have paused before a paid tier is asked automatically where the class
    /// does not say, by tier (`[local, fast, mid, flagship]`; the first is always zero).
    pub settle: [Duration; 4],
    /// Models by tier, in the order they are tried (`[local, fast, mid, flagship]`; the first is
    /// always empty). Values are [`super::ModelSpec::id`]s.
    pub models: [Vec<String>; 4],
    /// Whether a request that began on a self-hosted model may move on to a cloud one.
    pub cloud_failover: bool,
}

impl ClassPolicy {
    /// Whether models of this tier may be asked.
    pub fn allows(&self, tier: Tier) -> bool {
        (self.floor..=self.ceiling).contains(&tier)
    }
}

impl Policy {
    /// The row of a class.
    pub fn row(&self, class: RequestClass) -> &ClassPolicy {
        &self.classes[class as usize]
    }

    /// The tier that requests of this class are meant for, whatever models there are; `None` where
    /// the policy leaves them unanswered.
    ///
    /// It is the first tier of the row. A `local` in front of models counts only if the text
    /// determines the answer: otherwise it is a try that saves calls, and the class is meant for
    /// the model that answers where the try fails. Models outside floor and ceiling do not count;
    /// where that leaves none, the class is meant for the ceiling if that is below the row, as a
    /// plan then goes down, and else for the local guess. An override replaces the row.
    pub fn meant_for(&self, class: RequestClass) -> Option<Tier> {
        let row = self.row(class);
        if let Override::Always(tier) = self.force {
            return Some(tier.min(row.ceiling));
        }
        let first = *row.tiers.first()?;
        if first == Tier::Local && class.is_determined() {
            return Some(first);
        }
        let mut models = row.tiers.iter().copied().filter(|tier| *tier > Tier::Local);
        let allowed = models.clone().find(|tier| row.allows(*tier));
        let is_below = models.any(|tier| tier > row.ceiling) && row.allows(row.ceiling);
        Some(allowed.unwrap_or(if is_below { row.ceiling } else { Tier::Local }))
    }

    /// How long the user must have paused before a model of this tier is asked for this class.
    pub fn settle(&self, class: RequestClass, tier: Tier) -> Duration {
        self.row(class).settle.unwrap_or(self.settle[tier as usize])
    }

    /// The models of a tier, in order.
    pub fn models(&self, tier: Tier) -> &[String] {
        &self.models[tier as usize]
    }
}
