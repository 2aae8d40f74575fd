//! The plan of one request: what is tried, in which order, by when.

use std::time::Duration;

use super::evidence::{Evidence, probability_min, raises_at_once};
use super::stats::bounds::{Bounds, Shift};
use super::stats::evidence::Advice;
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
    /// It answers alone with a whole line seen before when it is at least this sure; otherwise its
    /// guess is the last resort.
    WholeLine(Confidence),
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
    /// Which tiers feedback could choose from; `None` where something else decided.
    pub bounds: Option<Bounds>,
    /// What shaped the plan besides the table, as sentences for the user.
    pub notes: Vec<String>,
}

/// What is done once an answer's first line shows that a block is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Escalation {
    /// How likely a block must be, 0 to 1.
    pub probability_min: f64,
    /// What is tried then, with its own deadline, which also counts from the request's arrival.
    pub plan: Box<Plan>,
}

/// What routing knows besides the classification and the policy.
pub struct Circumstances<'a> {
    /// Looks up a configured model.
    pub model: &'a dyn Fn(&str) -> Option<&'a ModelSpec>,
    /// Whether a model's breaker lets it be tried.
    pub is_healthy: &'a dyn Fn(&str) -> bool,
    /// Why a model of a tier, with an answer of at most so many tokens, may not be asked for money's
    /// sake; `None` where nothing is against it.
    pub objection: &'a dyn Fn(Tier, &str, Tokens) -> Option<String>,
    /// Why the editor asks.
    pub trigger: Trigger,
    /// Whether the text must not leave the machine.
    pub is_private: bool,
    /// What speaks for more than the class says.
    pub evidence: Vec<Evidence>,
    /// What became of earlier suggestions says this about who should be asked first; `None` where
    /// feedback is switched off.
    pub feedback: Option<&'a dyn Fn(RequestClass, Bounds) -> Advice>,
}

/// Chooses what to try for a classified request.
pub fn plan(found: &Classification, policy: &Policy, around: &Circumstances<'_>) -> Plan {
    let is_open = policy.force == Override::Auto;
    let note = raises_at_once(found, around.trigger, &around.evidence).filter(|_| is_open);
    if let Some(note) = note {
        let mut plan = plan_of(RequestClass::Logic, Extent::Block, policy, around);
        plan.notes.insert(0, note);
        return plan;
    }
    let mut plan = plan_of(found.class, found.extent, policy, around);
    plan.escalation = escalation(&plan, found, policy, around).filter(|_| is_open);
    plan
}

/// What the plan may move up to; `None` where that would be nothing dearer.
fn escalation(
    plan: &Plan,
    found: &Classification,
    policy: &Policy,
    around: &Circumstances<'_>,
) -> Option<Escalation> {
    let is_line = plan.extent == Extent::Line
        && matches!(plan.class, RequestClass::Line | RequestClass::Boilerplate);
    let first = plan.attempts.first().filter(|_| is_line)?;
    let up = plan_of(RequestClass::Logic, Extent::Block, policy, around);
    let is_dearer = up.attempts.first().is_some_and(|attempt| attempt.tier > first.tier);
    let probability_min = probability_min(found, &around.evidence);
    is_dearer.then(|| Escalation { probability_min, plan: Box::new(up) })
}

/// The plan of a class's row, whatever else speaks for another.
fn plan_of(
    class: RequestClass,
    extent: Extent,
    policy: &Policy,
    around: &Circumstances<'_>,
) -> Plan {
    let row = policy.row(class);
    let mut planner = Planner { class, row, policy, around, notes: Vec::new(), is_capped: false };
    let tiers = planner.wanted_tiers();
    let mut bounds = None;
    let attempts = if around.is_private {
        planner.note("the file matches privacy.exclude: no model sees it");
        Vec::new()
    } else {
        let mut tiers = planner.usable_tiers(&tiers);
        let is_at_home = planner.stays_at_home(&tiers);
        bounds = planner.bounds(&tiers, is_at_home);
        if let (Some(bounds), Some(feedback)) = (bounds, around.feedback) {
            planner.follow(&feedback(class, bounds), bounds, &mut tiers);
        }
        let mut attempts = planner.attempts(&tiers, is_at_home);
        if planner.is_capped {
            // Tier by tier down to what money is left for.
            let cheaper = planner.cheaper_than(&tiers);
            let more = planner.attempts(&cheaper, is_at_home).into_iter();
            let is_new = |more: &Attempt| !attempts.iter().any(|known| known.model == more.model);
            let more: Vec<_> = more.filter(is_new).collect();
            attempts.extend(more);
        }
        attempts
    };
    let local = match tiers.first() {
        None => LocalRole::Never,
        // Under a floor the local guess is only what is left.
        Some(Tier::Local) if row.floor == Tier::Local => LocalRole::First(row.local_confidence_min),
        // Who asks again wants more than what is already known.
        Some(_) if planner.may_repeat_lines(extent) => {
            LocalRole::WholeLine(row.local_confidence_min)
        }
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
        bounds,
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
    /// Whether money keeps a model out.
    is_capped: bool,
}

impl Planner<'_, '_> {
    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Whether a line that the project has seen before may answer without a model.
    fn may_repeat_lines(&self, extent: Extent) -> bool {
        let is_first = !matches!(self.around.trigger, Trigger::Invoked { repeats: 1.. });
        is_first && self.row.floor == Tier::Local && extent == Extent::Line
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

    /// Whether the request begins on a computer of the user's and may not leave it. The order of
    /// the table decides, whoever is asked first because of feedback; a sick self-hosted model
    /// counts too.
    fn stays_at_home(&self, tiers: &[Tier]) -> bool {
        let around = self.around;
        let models = tiers.iter().flat_map(|tier| self.policy.models(*tier));
        let mut specs = models.filter_map(|id| (around.model)(id));
        let first =
            specs.find(|spec| spec.place == Place::SelfHosted || (around.is_healthy)(&spec.id));
        !self.policy.cloud_failover && first.is_some_and(|spec| spec.place == Place::SelfHosted)
    }

    /// Which tiers feedback may choose from: those beside the first, unless the user's word is
    /// final.
    fn bounds(&self, tiers: &[Tier], is_at_home: bool) -> Option<Bounds> {
        let is_final = self.policy.force != Override::Auto;
        let is_repeat = matches!(self.around.trigger, Trigger::Invoked { repeats: 1.. });
        let own = tiers.first().copied().filter(|_| !is_final && !is_repeat)?;
        let may_be_asked = |spec: &ModelSpec| !is_at_home || spec.place == Place::SelfHosted;
        let has_model = |tier| {
            let models = self.policy.models(tier).iter();
            models.filter_map(|id| (self.around.model)(id)).any(may_be_asked)
        };
        Some(Bounds::of_row(own, self.row, has_model))
    }

    /// Puts the tier that feedback prefers before the table's own, which stays the next to be tried.
    /// Requests by a key press get the best that is known; only typing pays for finding out.
    fn follow(&mut self, advice: &Advice, bounds: Bounds, tiers: &mut Vec<Tier>) {
        let probe = advice.probe.filter(|_| self.around.trigger == Trigger::Automatic);
        let shift = probe.unwrap_or(advice.shift);
        let Some(first) = bounds.tier(shift) else { return };
        match probe {
            Some(_) => self.note(advice.evidence.of_probe(first)),
            None => self.notes.extend(advice.evidence.of_move(shift)),
        }
        if shift != Shift::Stay {
            tiers.retain(|tier| *tier != first);
            tiers.insert(0, first);
        }
    }

    /// Model tiers with models that are cheaper than all of these and not below the floor.
    fn cheaper_than(&self, tiers: &[Tier]) -> Vec<Tier> {
        let least = tiers.iter().copied().min().unwrap_or(Tier::Local);
        let cheaper = Tier::ALL.into_iter().rev().filter(|t| *t < least && *t != Tier::Local);
        cheaper.filter(|tier| self.row.allows(*tier)).collect()
    }

    fn attempts(&mut self, tiers: &[Tier], is_at_home: bool) -> Vec<Attempt> {
        let (policy, around) = (self.policy, self.around);
        let mut attempts: Vec<Attempt> = Vec::new();
        for tier in tiers {
            for id in policy.models(*tier) {
                let Some(spec) = (around.model)(id) else { continue };
                if attempts.iter().any(|attempt| attempt.model == *id) {
                    continue;
                }
                if !(around.is_healthy)(id) {
                    self.note(format!("{id} is paused after failures"));
                    continue;
                }
                if let Some(why) = (around.objection)(*tier, id, self.row.output_tokens_max) {
                    self.note(format!("{id} not asked: {why}"));
                    self.is_capped = true;
                    continue;
                }
                if spec.place == Place::Cloud && is_at_home {
                    self.note(format!(
                        "{id} not tried: policy.cloud_failover keeps self-hosted requests at home"
                    ));
                    continue;
                }
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
mod tests;
