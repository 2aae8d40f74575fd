//! The policy table and the tiers' lists of models.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Reader;
use crate::config::nearest;
use crate::config::options::MODEL_TIERS;
use crate::config::overrides::{Overrides, PATTERNS_MAX};
use crate::config::problem::Fault;
use crate::config::reach::Reach;
use crate::config::value::Key;
use crate::config::{ModelSettings, Settings};
use crate::domain::class::RequestClass;
use crate::domain::completion::Confidence;
use crate::domain::route::{ClassPolicy, Override, Policy, Tier};
use crate::domain::units::Tokens;

impl Reader<'_> {
    pub(super) fn policy(&mut self, models: &BTreeMap<String, ModelSettings>) -> Policy {
        let mut lists: [Vec<String>; 4] = Default::default();
        let mut settle = [Duration::ZERO; 4];
        for tier in MODEL_TIERS {
            lists[tier as usize] = self.tier_models(tier, models);
            settle[tier as usize] = self.duration(&["tiers", tier.name(), "settle_ms"]);
        }
        let classes = self.rows();
        self.unused_models(&lists, models);
        let force = self.force(&lists);
        let cloud_failover = self.bool(&["policy", "cloud_failover"]);
        Policy { classes, force, settle, models: lists, cloud_failover }
    }

    fn class(&mut self, class: RequestClass) -> ClassPolicy {
        let key = |word: &'static str| ["policy", class.name(), word];
        let mut tiers = Vec::new();
        for name in self.texts(&key("tiers")) {
            tiers.extend(Tier::from_name(&name).filter(|tier| !tiers.contains(tier)));
        }
        let floor = self.text(&key("floor")).and_then(|name| Tier::from_name(&name));
        let floor = floor.unwrap_or(Tier::Local);
        if floor > Tier::Local && tiers.iter().all(|tier| *tier < floor) {
            let what = "no tier of this class reaches the floor, so no model is asked";
            let tiers = tiers.iter().map(|tier| tier.name()).collect::<Vec<_>>().join(", ");
            self.warn(&key("floor"), Fault::new(what, format!("its tiers are {tiers}")));
        }
        let ceiling = self.text(&key("ceiling")).and_then(|name| Tier::from_name(&name));
        let ceiling = ceiling.unwrap_or(Tier::Flagship);
        if floor > ceiling {
            self.floor_above_ceiling(class, ceiling);
        }
        let settle = self.value(&key("settle_ms")).map(|_| self.duration(&key("settle_ms")));
        let confidence = self.number(&key("local_confidence_min")).unwrap_or(1.0);
        ClassPolicy {
            tiers,
            deadline: self.duration(&key("deadline_ms")),
            output_tokens_max: self.tokens(&key("output_tokens_max")),
            floor,
            ceiling,
            settle,
            local_confidence_min: Confidence::new(confidence),
        }
    }

    /// Both were said, perhaps in different places, so both are named.
    fn floor_above_ceiling(&mut self, class: RequestClass, ceiling: Tier) {
        let key = Key::of(&["policy", class.name(), "ceiling"]);
        let limit = ceiling.name();
        let mut other = format!("policy.{}.ceiling = \"{limit}\"", class.name());
        if let Some(setting) = self.values.get(&key) {
            other = format!("{} = {}", setting.written, setting.value);
            if let Some(place) = &setting.place {
                other = format!("{other} ({place})");
            }
        }
        let what = format!("above {other}, so no model is asked");
        let fault = Fault::new(what, format!("valid is a floor of at most {limit}"));
        self.warn(&["policy", class.name(), "floor"], fault);
    }

    /// What is said for some files alone. Each is checked by itself: what a language and a pattern
    /// say together is met when such a file is opened.
    pub(super) fn overrides(&mut self, policy: &Policy) -> Overrides {
        let (mut reaches, mut patterns) = (Vec::new(), 0);
        for (reach, key) in self.values.reaches() {
            if matches!(reach, Reach::Path(..)) {
                patterns += 1;
                if patterns > PATTERNS_MAX {
                    let what = format!("more than {PATTERNS_MAX} patterns in [paths]");
                    self.report(&key.segments(), Fault::new(what, "this pattern is not used"));
                    continue;
                }
            }
            let values = self.values.within(std::slice::from_ref(&reach));
            let mut reader = Reader { values: &values, problems: Vec::new() };
            reader.rows();
            reader.force(&policy.models);
            let news = reader.problems.into_iter().filter(|found| !self.problems.contains(found));
            let news: Vec<_> = news.collect();
            self.problems.extend(news);
            reaches.push(reach);
        }
        Overrides::new(self.values, reaches)
    }

    fn rows(&mut self) -> [ClassPolicy; RequestClass::ALL.len()] {
        RequestClass::ALL.map(|class| self.class(class))
    }

    pub(super) fn tokens(&self, key: &[&str]) -> Tokens {
        Tokens(self.integer(key).try_into().unwrap_or(u32::MAX))
    }

    /// The tier's models that exist, each once. A model that was left out has been reported.
    fn tier_models(&mut self, tier: Tier, models: &BTreeMap<String, ModelSettings>) -> Vec<String> {
        let key = ["tiers", tier.name(), "models"];
        let mut list: Vec<String> = Vec::new();
        for name in self.texts(&key) {
            if list.contains(&name) {
                continue;
            }
            if models.contains_key(&name) {
                list.push(name);
            } else if !self.model_names().contains(&name) {
                let near = nearest::closest(&name, models.keys().map(String::as_str));
                let valid = match near {
                    Some(near) => format!("did you mean {near}?"),
                    None if models.is_empty() => format!("add a table [models.{name}]"),
                    None => {
                        let names: Vec<&str> = models.keys().map(String::as_str).collect();
                        format!("the models are {}", names.join(", "))
                    }
                };
                self.report(&key, Fault::new(format!("there is no model \"{name}\""), valid));
            }
        }
        list
    }

    fn force(&mut self, lists: &[Vec<String>; 4]) -> Override {
        let key = ["policy", "override"];
        let Some(tier) = self.text(&key).and_then(|name| Tier::from_name(&name)) else {
            return Override::Auto;
        };
        if tier != Tier::Local && lists[tier as usize].is_empty() {
            let valid = format!("name one in tiers.{}.models", tier.name());
            self.warn(&key, Fault::new("this tier has no model, so none is asked", valid));
        }
        Override::Always(tier)
    }

    /// A model in no tier is most often a forgotten line.
    fn unused_models(
        &mut self,
        lists: &[Vec<String>; 4],
        models: &BTreeMap<String, ModelSettings>,
    ) {
        for name in models.keys().filter(|name| !lists.iter().any(|list| list.contains(name))) {
            let what = "this model is in no tier, so it is never asked";
            let valid = "name it in tiers.fast.models, tiers.mid.models or tiers.flagship.models";
            self.warn(&["models", name, "url"], Fault::new(what, valid));
        }
    }
}

impl Settings {
    /// The policy for a file of this language at this path; `None` where nothing is said for it in
    /// particular, so that [`Settings::policy`] holds.
    pub fn policy_for(&self, language: &str, path: &Path) -> Option<Arc<Policy>> {
        let reaches = self.overrides.reaching(language, path);
        if reaches.is_empty() {
            return None;
        }
        let values = self.overrides.values.within(&reaches);
        // What is wrong with the values was said when they were read.
        let mut reader = Reader { values: &values, problems: Vec::new() };
        let classes = reader.rows();
        let force = self.overrides.forced.unwrap_or_else(|| reader.force(&self.policy.models));
        Some(Arc::new(Policy { classes, force, ..self.policy.clone() }))
    }

    /// Forces a tier, or none, for every file and whatever the settings say. Ceilings still hold.
    pub fn force(&mut self, force: Override) {
        self.policy.force = force;
        self.overrides.forced = Some(force);
    }
}
