//! What a plan must hold, as a table of small policies and the attempts they lead to.

use std::collections::BTreeMap;

use super::*;
use crate::domain::prompt::PromptForm;
use crate::domain::route::ClassPolicy;

struct Case {
    policy: Policy,
    models: BTreeMap<&'static str, ModelSpec>,
    sick: Vec<&'static str>,
    trigger: Trigger,
    is_private: bool,
}

/// `models` lists `tier:id` or `tier:id@cloud`.
fn case(tiers: &[Tier], models: &[&'static str]) -> Case {
    let row = ClassPolicy {
        tiers: tiers.to_vec(),
        deadline: Duration::from_millis(150),
        output_tokens_max: Tokens(64),
        floor: Tier::Local,
        local_confidence_min: Confidence::new(0.5),
    };
    let mut policy = Policy {
        classes: std::array::from_fn(|_| row.clone()),
        force: Override::Auto,
        settle: [0, 50, 100, 250].map(Duration::from_millis),
        models: Default::default(),
        cloud_failover: false,
    };
    let mut specs = BTreeMap::new();
    for model in models {
        let (tier, rest) = model.split_once(':').expect("tier:id");
        let (id, place) = match rest.split_once('@') {
            Some((id, _)) => (id, Place::Cloud),
            None => (rest, Place::SelfHosted),
        };
        let tier = Tier::from_name(tier).expect("a tier");
        policy.models[tier as usize].push(id.to_owned());
        let spec = ModelSpec {
            id: id.to_owned(),
            form: PromptForm::Chat,
            context_tokens: Tokens(4096),
            price: None,
            place,
        };
        specs.insert(id, spec);
    }
    let (sick, trigger, is_private) = (Vec::new(), Trigger::Automatic, false);
    Case { policy, models: specs, sick, trigger, is_private }
}

impl Case {
    fn plan(&self) -> Plan {
        let found = Classification {
            class: RequestClass::Line,
            extent: Extent::Line,
            confidence: Confidence::ONE,
            scores: [0.0; 7],
            reasons: Vec::new(),
        };
        let around = Circumstances {
            model: &|id| self.models.get(id),
            is_healthy: &|id| !self.sick.contains(&id),
            trigger: self.trigger,
            is_private: self.is_private,
        };
        plan(&found, &self.policy, &around)
    }

    fn check(&self, attempts: &[&str]) {
        let plan = self.plan();
        let found: Vec<_> = plan.attempts.iter().map(|attempt| attempt.model.as_str()).collect();
        assert_eq!(found, attempts, "{:?}", plan.notes);
    }
}

use Tier::{Fast, Flagship, Local, Mid};

#[test]
fn tiers_are_tried_in_the_order_of_the_table() {
    case(&[Fast, Local], &["fast:a", "fast:b", "mid:c"]).check(&["a", "b"]);
    case(&[Flagship, Mid], &["mid:m", "flagship:f"]).check(&["f", "m"]);
}

#[test]
fn without_a_model_for_its_tiers_a_class_goes_down_never_up() {
    case(&[Flagship, Mid], &["fast:a"]).check(&["a"]);
    case(&[Local, Fast], &["mid:m", "flagship:f"]).check(&[]);
}

#[test]
fn the_floor_keeps_cheaper_models_out() {
    let mut case = case(&[Flagship, Mid], &["fast:a"]);
    for row in &mut case.policy.classes {
        row.floor = Mid;
    }
    case.check(&[]);
}

#[test]
fn asking_again_moves_one_tier_up() {
    let mut case = case(&[Local, Fast], &["fast:a", "mid:m", "flagship:f"]);
    case.trigger = Trigger::Invoked { repeats: 1 };
    case.check(&["m", "a"]);
    assert_eq!(case.plan().local, LocalRole::Last);
    case.trigger = Trigger::Invoked { repeats: 9 };
    case.check(&["f", "a"]);
}

#[test]
fn settle_delays_hold_for_automatic_requests_only() {
    let mut case = case(&[Flagship], &["flagship:f"]);
    assert_eq!(case.plan().attempts[0].settle, Duration::from_millis(250));
    case.trigger = Trigger::Invoked { repeats: 0 };
    assert_eq!(case.plan().attempts[0].settle, Duration::ZERO);
}

#[test]
fn a_request_that_began_at_home_stays_there_unless_allowed() {
    let mut case = case(&[Fast], &["fast:home", "fast:cloud@"]);
    case.check(&["home"]);
    case.sick = vec!["home"];
    case.check(&[]);
    case.policy.cloud_failover = true;
    case.check(&["cloud"]);
}

#[test]
fn private_files_and_overrides_are_honoured() {
    let mut case = case(&[Fast], &["fast:a", "flagship:f"]);
    case.policy.force = Override::Always(Flagship);
    case.check(&["f"]);
    case.policy.force = Override::Always(Local);
    case.check(&[]);
    case.policy.force = Override::Auto;
    case.is_private = true;
    case.check(&[]);
}

#[test]
fn what_a_class_is_meant_for_follows_from_its_row() {
    let meant = |tiers: &[Tier], class, floor| {
        let mut policy = case(tiers, &[]).policy;
        policy.classes[class as usize].floor = floor;
        policy.meant_for(class)
    };
    let (closer, name) = (RequestClass::Closer, RequestClass::Identifier);
    assert_eq!(meant(&[Local, Fast], closer, Local), Some(Local));
    assert_eq!(meant(&[Local, Fast], name, Local), Some(Fast), "the local try saves calls");
    assert_eq!(meant(&[Local], name, Local), Some(Local));
    assert_eq!(meant(&[Fast, Local], closer, Local), Some(Fast));
    assert_eq!(meant(&[Fast, Mid], name, Mid), Some(Mid));
    assert_eq!(meant(&[], name, Local), None);
    let mut forced = case(&[Fast], &[]).policy;
    forced.force = Override::Always(Flagship);
    assert_eq!(forced.meant_for(name), Some(Flagship));
}
