//! The plan of one request: what is tried, in which order, by when.

use std::time::Duration;

use super::{ModelSpec, Override, Place, Policy, Tier};
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
}

/// The chosen sequence of tries.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// Chooses what to try for a classified request.
pub fn plan(found: &Classification, policy: &Policy, around: &Circumstances<'_>) -> Plan {
    let row = policy.row(found.class);
    let mut notes = Vec::new();
    let tiers = wanted_tiers(row.tiers.as_slice(), policy, around.trigger, &mut notes);
    let attempts = if around.is_private {
        notes.push("the file matches privacy.exclude: no model sees it".to_owned());
        Vec::new()
    } else {
        let tiers = configured_tiers(&tiers, row.floor, policy, &mut notes);
        attempts(&tiers, policy, around, &mut notes)
    };
    let is_local_first = tiers.first() == Some(&Tier::Local);
    Plan {
        class: found.class,
        extent: found.extent,
        deadline: row.deadline,
        output_tokens_max: row.output_tokens_max,
        local: if is_local_first {
            LocalRole::First(row.local_confidence_min)
        } else {
            LocalRole::Last
        },
        attempts,
        notes,
    }
}

fn wanted_tiers(
    row: &[Tier],
    policy: &Policy,
    trigger: Trigger,
    notes: &mut Vec<String>,
) -> Vec<Tier> {
    if let Override::Always(tier) = policy.force {
        notes.push(format!("policy.override sends everything to {}", tier.name()));
        return vec![tier];
    }
    let Trigger::Invoked { repeats: repeats @ 1.. } = trigger else { return row.to_vec() };
    let first = row.iter().copied().find(|tier| *tier != Tier::Local).unwrap_or(Tier::Fast);
    let raised = Tier::ALL[(first as usize + usize::from(repeats)).min(Tier::Flagship as usize)];
    notes.push(format!("asked again at the same place: raised to {}", raised.name()));
    let mut tiers = vec![raised];
    tiers.extend(row.iter().copied().filter(|tier| *tier < raised && *tier != Tier::Local));
    tiers
}

/// The wanted model tiers that have models and stand at or above the floor; where none has, the
/// nearest cheaper ones. Never a dearer tier than the table names.
fn configured_tiers(
    wanted: &[Tier],
    floor: Tier,
    policy: &Policy,
    notes: &mut Vec<String>,
) -> Vec<Tier> {
    let is_usable = |tier: Tier| tier >= floor && !policy.models(tier).is_empty();
    let models = |tier: &Tier| *tier != Tier::Local;
    let chosen: Vec<_> = wanted.iter().copied().filter(models).filter(|t| is_usable(*t)).collect();
    let Some(highest) = wanted.iter().copied().filter(models).max() else { return chosen };
    if !chosen.is_empty() {
        return chosen;
    }
    let cheaper = Tier::ALL.into_iter().rev().filter(|t| *t < highest && models(t));
    let instead: Vec<_> = cheaper.filter(|tier| is_usable(*tier)).collect();
    let names: Vec<_> = wanted.iter().filter(|t| models(t)).map(|tier| tier.name()).collect();
    notes.push(match instead.first() {
        Some(tier) => format!("no model for {}: {} instead", names.join(" or "), tier.name()),
        None => format!("no model configured for {}", names.join(" or ")),
    });
    instead
}

fn attempts(
    tiers: &[Tier],
    policy: &Policy,
    around: &Circumstances<'_>,
    notes: &mut Vec<String>,
) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut began_at_home = false;
    for tier in tiers {
        for id in policy.models(*tier) {
            let Some(spec) = (around.model)(id) else { continue };
            if attempts.iter().any(|attempt| attempt.model == *id) {
                continue;
            }
            if !(around.is_healthy)(id) {
                notes.push(format!("{id} is paused after failures"));
                // A sick self-hosted model still decides that the request began at home.
                began_at_home |= attempts.is_empty() && spec.place == Place::SelfHosted;
                continue;
            }
            if spec.place == Place::Cloud && began_at_home && !policy.cloud_failover {
                notes.push(format!(
                    "{id} not tried: policy.cloud_failover keeps self-hosted requests at home"
                ));
                continue;
            }
            began_at_home |= attempts.is_empty() && spec.place == Place::SelfHosted;
            let settle = match around.trigger {
                Trigger::Automatic => policy.settle(*tier),
                Trigger::Invoked { .. } => Duration::ZERO,
            };
            attempts.push(Attempt { tier: *tier, model: id.clone(), settle });
        }
    }
    attempts
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
