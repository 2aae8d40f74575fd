//! The plan of one request: what is tried, in which order, by when.

use std::time::Duration;

use super::escalation::{Escalation, Evidence, escalation, raises_at_once};
use super::{ClassPolicy, ModelSpec, Override, Place, Policy, Tier};
use crate::domain::class::{Classification, Extent, RequestClass};
use crate::domain::completion::Confidence;
use crate::domain::site::Trigger;
use crate::domain::units::Tokens;

/// One call that may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The tier it counts for.
    pub tier: Tier,
    /// [`ModelSpec::id`] of the model.
    pub model: String,
    /// How long the user must have paused before it may start.
    pub settle: Duration,
}

/// What the local engine may do in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalRole {
    /// It answers alone when it is at least this sure; otherwise its guess is the last resort.
    First(Confidence),
    /// Its guess is the last resort only.
    Last,
    /// Nobody may answer: the policy leaves requests of this class unanswered.
    Never,
}

/// The chosen sequence of tries.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The class it was made for.
    pub class: RequestClass,
    /// How much may be inserted.
    pub extent: Extent,
    /// From the arrival of the request to the reply.
    pub deadline: Duration,
    /// The most tokens a model may generate.
    pub output_tokens_max: Tokens,
    /// What the local engine may do.
    pub local: LocalRole,
    /// Models in the order they are tried.
    pub attempts: Vec<Attempt>,
    /// What is done instead once an answer's first line shows that a block is wanted.
    pub escalation: Option<Escalation>,
    /// What shaped the plan besides the table, as sentences for the user.
    pub notes: Vec<String>,
}

/// What routing knows besides the classification and the policy.
pub struct Circumstances<'a> {
    /// Looks up a configured model.
    pub model: &'a dyn Fn(&str) -> Option<&'a ModelSpec>,
    /// Whether a model's breaker lets it be tried.
    pub is_healthy: &'a dyn Fn(&str) -> bool,
    /// Why the editor asks.
    pub trigger: Trigger,
    /// Whether the text must not leave the machine.
    pub is_private: bool,
    /// What speaks for more than the class says.
    pub evidence: Vec<Evidence>,
}

/// Chooses what to try for a classified request.
pub fn plan(found: &Classification, policy: &Policy, around: &Circumstances<'_>) -> Plan {
    if let Some(note) = raises_at_once(found, policy, around) {
        let mut plan = plan_of(RequestClass::Logic, Extent::Block, policy, around);
        plan.notes.insert(0, note);
        return plan;
    }
    let mut plan = plan_of(found.class, found.extent, policy, around);
    plan.escalation = escalation(&plan, found, policy, around);
    plan
}

/// The plan of a class's row, whatever else speaks for another.
pub(super) fn plan_of(
    class: RequestClass,
    extent: Extent,
    policy: &Policy,
    around: &Circumstances<'_>,
) -> Plan {
    let row = policy.row(class);
    let mut planner = Planner { class, row, policy, around, notes: Vec::new() };
    let tiers = planner.wanted_tiers();
    let attempts = if around.is_private {
        planner.note("the file matches privacy.exclude: no model sees it");
        Vec::new()
    } else {
        let tiers = planner.usable_tiers(&tiers);
        planner.attempts(&tiers)
    };
    let local = match tiers.first() {
        None => LocalRole::Never,
        // Under a floor the local guess is only what is left.
        Some(Tier::Local) if row.floor == Tier::Local => LocalRole::First(row.local_confidence_min),
        Some(_) => LocalRole::Last,
    };
    Plan {
        class,
        extent,
        deadline: row.deadline,
        output_tokens_max: row.output_tokens_max,
        local,
        attempts,
        escalation: None,
        notes: planner.notes,
    }
}

/// What the steps of planning share.
struct Planner<'a, 'm> {
    class: RequestClass,
    row: &'a ClassPolicy,
    policy: &'a Policy,
    around: &'a Circumstances<'m>,
    notes: Vec<String>,
}

impl Planner<'_, '_> {
    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// The tiers of the row, or those an override or asking again put in their place.
    fn wanted_tiers(&mut self) -> Vec<Tier> {
        if let Override::Always(tier) = self.policy.force {
            self.note(format!("policy.override sends everything to {}", tier.name()));
            return vec![self.lowered(tier)];
        }
        let row = &self.row.tiers;
        if row.is_empty() {
            let class = self.class.name();
            self.note(format!("policy.{class}.tiers is empty: requests of it are not answered"));
            return Vec::new();
        }
        let Trigger::Invoked { repeats: repeats @ 1.. } = self.around.trigger else {
            return row.clone();
        };
        let first = row.iter().copied().find(|tier| *tier != Tier::Local).unwrap_or(Tier::Fast);
        let steps = first as usize + usize::from(repeats);
        let raised = self.lowered(Tier::ALL[steps.min(Tier::Flagship as usize)]);
        self.note(format!("asked again at the same place: raised to {}", raised.name()));
        let mut tiers = vec![raised];
        tiers.extend(row.iter().copied().filter(|tier| *tier < raised && *tier != Tier::Local));
        tiers
    }

    /// A tier that somebody asks for, or the ceiling where that is lower.
    fn lowered(&mut self, tier: Tier) -> Tier {
        let ceiling = self.row.ceiling;
        if tier > ceiling {
            let (class, ceiling) = (self.class.name(), ceiling.name());
            self.note(format!("{} is above the ceiling of {class}: {ceiling}", tier.name()));
        }
        tier.min(ceiling)
    }

    /// The wanted model tiers that have models and lie within floor and ceiling; where none does,
    /// the nearest cheaper ones. Never a dearer tier than the table names.
    fn usable_tiers(&mut self, wanted: &[Tier]) -> Vec<Tier> {
        let (row, policy) = (self.row, self.policy);
        let is_usable = |tier: &Tier| row.allows(*tier) && !policy.models(*tier).is_empty();
        let models: Vec<_> = wanted.iter().copied().filter(|tier| *tier != Tier::Local).collect();
        let chosen: Vec<_> = models.iter().copied().filter(is_usable).collect();
        let Some(highest) = models.iter().copied().max() else { return chosen };
        if !chosen.is_empty() {
            return chosen;
        }
        let cheaper = Tier::ALL.into_iter().rev().filter(|t| *t < highest && *t != Tier::Local);
        let instead: Vec<_> = cheaper.filter(is_usable).collect();
        let is_allowed = models.iter().any(|tier| row.allows(*tier));
        let names: Vec<_> = models.iter().map(|tier| tier.name()).collect();
        let names = names.join(" or ");
        let what = if is_allowed { "no model for" } else { "floor and ceiling leave out" };
        self.note(match instead.first() {
            Some(tier) => format!("{what} {names}: {} instead", tier.name()),
            None if is_allowed => format!("no model configured for {names}"),
            None => format!("{what} {names}: no model may be asked"),
        });
        instead
    }

    fn attempts(&mut self, tiers: &[Tier]) -> Vec<Attempt> {
        let (policy, around) = (self.policy, self.around);
        let mut attempts: Vec<Attempt> = Vec::new();
        let mut began_at_home = false;
        for tier in tiers {
            for id in policy.models(*tier) {
                let Some(spec) = (around.model)(id) else { continue };
                if attempts.iter().any(|attempt| attempt.model == *id) {
                    continue;
                }
                if !(around.is_healthy)(id) {
                    self.note(format!("{id} is paused after failures"));
                    // A sick self-hosted model still decides that the request began at home.
                    began_at_home |= attempts.is_empty() && spec.place == Place::SelfHosted;
                    continue;
                }
                if spec.place == Place::Cloud && began_at_home && !policy.cloud_failover {
                    self.note(format!(
                        "{id} not tried: policy.cloud_failover keeps self-hosted requests at home"
                    ));
                    continue;
                }
                began_at_home |= attempts.is_empty() && spec.place == Place::SelfHosted;
                let settle = match around.trigger {
                    Trigger::Automatic => policy.settle(self.class, *tier),
                    Trigger::Invoked { .. } => Duration::ZERO,
                };
                attempts.push(Attempt { tier: *tier, model: id.clone(), settle });
            }
        }
        attempts
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
