//! What a plan must hold, as a table of small policies and the attempts they lead to.

mod feedback;

use std::collections::BTreeMap;

use super::*;
use crate::domain::prompt::PromptForm;
use crate::domain::route::{ClassPolicy, Evidence};

struct Case {
    policy: Policy,
    models: BTreeMap<&'static str, ModelSpec>,
    /// Models that money keeps out.
    unpaid: Vec<&'static str>,
    sick: Vec<&'static str>,
    trigger: Trigger,
    is_private: bool,
    evidence: Vec<Evidence>,
    block_probability: f64,
    advice: Option<Box<dyn Fn(RequestClass, Bounds) -> Advice>>,
}

/// `models` lists `tier:id` or `tier:id@cloud`.
fn case(tiers: &[Tier], models: &[&'static str]) -> Case {
    let row = ClassPolicy {
        tiers: tiers.to_vec(),
        deadline: Duration::from_millis(150),
        output_tokens_max: Tokens(64),
        floor: Tier::Local,
        ceiling: Tier::Flagship,
        settle: None,
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
    let (evidence, block_probability) = (Vec::new(), 0.0);
    let (advice, unpaid) = (None, Vec::new());
    Case {
        policy,
        models: specs,
        sick,
        unpaid,
        trigger,
        is_private,
        evidence,
        block_probability,
        advice,
    }
}

impl Case {
    fn plan(&self) -> Plan {
        let mut found = Classification {
            class: RequestClass::Line,
            extent: Extent::Line,
            confidence: Confidence::ONE,
            scores: [0.0; 7],
            reasons: Vec::new(),
        };
        found.scores[RequestClass::Logic as usize] = self.block_probability;
        let around = Circumstances {
            model: &|id| self.models.get(id),
            is_healthy: &|id| !self.sick.contains(&id),
            objection: &|_, id, _| self.unpaid.contains(&id).then(|| "no money".to_owned()),
            trigger: self.trigger,
            is_private: self.is_private,
            evidence: self.evidence.clone(),
            feedback: self
                .advice
                .as_ref()
                .map(|advice| advice as &dyn Fn(RequestClass, Bounds) -> Advice),
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
fn under_a_floor_the_local_guess_does_not_answer_alone() {
    let mut case = case(&[Local, Fast], &["fast:a"]);
    assert_eq!(case.plan().local, LocalRole::First(Confidence::new(0.5)));
    case.policy.classes[RequestClass::Line as usize].floor = Fast;
    case.check(&["a"]);
    assert_eq!(case.plan().local, LocalRole::Last);
}

#[test]
fn a_line_seen_before_may_answer_before_a_model_is_asked() {
    let mut case = case(&[Fast, Local], &["fast:a"]);
    let sure = LocalRole::WholeLine(Confidence::new(0.5));
    assert_eq!(case.plan().local, sure);
    case.trigger = Trigger::Invoked { repeats: 0 };
    assert_eq!(case.plan().local, sure);
    case.trigger = Trigger::Invoked { repeats: 1 };
    assert_eq!(case.plan().local, LocalRole::Last);
}

#[test]
fn a_class_without_tiers_is_not_answered_however_often_one_asks() {
    let mut case = case(&[], &["fast:a", "mid:m", "flagship:f"]);
    case.trigger = Trigger::Invoked { repeats: 2 };
    case.check(&[]);
    assert_eq!(case.plan().local, LocalRole::Never);
    case.policy.force = Override::Always(Mid);
    case.check(&["m"]);
}

#[test]
fn nothing_goes_above_the_ceiling() {
    const MODELS: [&str; 3] = ["fast:a", "mid:m", "flagship:f"];
    let under = |tiers: &[Tier], ceiling, models: &[&'static str]| {
        let mut case = case(tiers, models);
        case.policy.classes[RequestClass::Line as usize].ceiling = ceiling;
        case
    };
    under(&[Flagship, Mid], Mid, &MODELS).check(&["m"]);
    under(&[Flagship, Mid], Fast, &MODELS).check(&["a"]);
    under(&[Flagship, Fast], Mid, &MODELS).check(&["a"]);
    under(&[Flagship, Mid], Local, &MODELS).check(&[]);
    let mut again = under(&[Fast], Mid, &MODELS);
    again.trigger = Trigger::Invoked { repeats: 9 };
    again.check(&["m", "a"]);
    let mut forced = under(&[Fast], Mid, &MODELS);
    forced.policy.force = Override::Always(Flagship);
    forced.check(&["m"]);
    assert_eq!(forced.plan().notes[1], "flagship is above the ceiling of line: mid");
}

#[test]
fn a_floor_above_the_ceiling_leaves_no_model() {
    let mut case = case(&[Flagship, Fast], &["fast:a", "mid:m", "flagship:f"]);
    let row = &mut case.policy.classes[RequestClass::Line as usize];
    (row.floor, row.ceiling) = (Flagship, Mid);
    case.check(&[]);
    let notes = case.plan().notes;
    assert_eq!(notes, ["floor and ceiling leave out flagship or fast: no model may be asked"]);
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
    case.policy.classes[RequestClass::Line as usize].settle = Some(Duration::from_millis(10));
    assert_eq!(case.plan().attempts[0].settle, Duration::from_millis(10));
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
    let under = |tiers: &[Tier], ceiling| {
        let mut policy = case(tiers, &[]).policy;
        policy.classes[name as usize].ceiling = ceiling;
        policy.meant_for(name)
    };
    assert_eq!(under(&[Flagship, Mid], Mid), Some(Mid));
    assert_eq!(under(&[Flagship, Mid], Fast), Some(Fast), "a plan goes down");
    assert_eq!(under(&[Flagship, Mid], Local), Some(Local));
}

/// A case in which blocks go to the flagship and everything else to the fast model.
fn two_tiers() -> Case {
    let mut case = case(&[Fast], &["fast:a", "flagship:f"]);
    case.policy.classes[RequestClass::Logic as usize].tiers = vec![Flagship, Mid];
    case
}

#[test]
fn a_line_may_move_up_to_what_a_block_would_get() {
    let mut case = two_tiers();
    case.policy.classes[RequestClass::Logic as usize].deadline = Duration::from_secs(2);
    let up = case.plan().escalation.expect("an escalation").plan;
    assert_eq!((up.class, up.extent), (RequestClass::Logic, Extent::Block));
    assert_eq!(up.deadline, Duration::from_secs(2));
    assert_eq!(up.attempts.iter().map(|a| a.tier).collect::<Vec<_>>(), [Flagship]);
    assert!(up.escalation.is_none(), "one step is enough");
}

#[test]
fn nothing_moves_up_to_what_is_no_dearer_or_not_allowed() {
    let none = |case: &Case| assert_eq!(case.plan().escalation, None);
    none(&case(&[Fast], &["fast:a"]));
    let mut forced = two_tiers();
    forced.policy.force = Override::Always(Fast);
    none(&forced);
    let mut private = two_tiers();
    private.is_private = true;
    none(&private);
    let mut low = two_tiers();
    low.policy.classes[RequestClass::Logic as usize].ceiling = Fast;
    none(&low);
}

#[test]
fn other_evidence_lets_less_be_enough() {
    let needed = |evidence: &[Evidence]| {
        let case = Case { evidence: evidence.to_vec(), ..two_tiers() };
        case.plan().escalation.expect("an escalation").probability_min
    };
    assert!(needed(&[Evidence::Instruction]) < needed(&[]));
    assert!(needed(&[Evidence::EmptyBody, Evidence::Unsure]) < needed(&[]));
}

#[test]
fn a_key_press_or_an_empty_body_takes_a_likely_block_up_at_once() {
    let attempts = |trigger, block_probability, evidence: &[Evidence]| {
        let evidence = evidence.to_vec();
        let case = Case { trigger, evidence, block_probability, ..two_tiers() };
        case.plan().attempts.into_iter().map(|a| a.model).collect::<Vec<_>>()
    };
    let invoked = Trigger::Invoked { repeats: 0 };
    let typed = Trigger::Automatic;
    assert_eq!(attempts(invoked, 0.3, &[]), ["f"]);
    assert_eq!(attempts(invoked, 0.1, &[]), ["a"]);
    assert_eq!(attempts(typed, 0.3, &[]), ["a"]);
    assert_eq!(attempts(typed, 0.3, &[Evidence::EmptyBody]), ["f"]);
    assert_eq!(attempts(typed, 0.3, &[Evidence::Instruction]), ["a"]);
}

#[test]
fn at_a_cap_the_plan_goes_down_tier_by_tier() {
    let models = ["fast:a", "mid:m", "flagship:f"];
    let mut case = case(&[Flagship, Mid], &models);
    case.check(&["f", "m"]);
    case.unpaid = vec!["f"];
    case.check(&["m", "a"]);
    assert!(case.plan().notes.contains(&"f not asked: no money".to_owned()));
    case.unpaid = vec!["f", "m"];
    case.check(&["a"]);
    case.unpaid = vec!["f", "m", "a"];
    case.check(&[]);
    assert_ne!(case.plan().local, LocalRole::Never, "the local engine costs nothing");
    case.unpaid = vec!["f", "m"];
    for row in &mut case.policy.classes {
        row.floor = Mid;
    }
    case.check(&[]);
}
