//! One layer over the other, and what a workspace can and cannot do, to all files and to some.

use proptest::prelude::*;

use super::*;
use crate::config::kind::Kind;
use crate::config::layers::accept;
use crate::config::options::{Preset, TABLE};
use crate::config::source::from_toml;
use crate::config::{Settings, resolve};
use crate::domain::class::RequestClass;
use crate::domain::route::{Override, Policy};

fn accepted(text: &str) -> Accepted {
    accept(from_toml("a.toml", text), &Accepted::default()).0
}

fn narrowed_by(user: &str, workspace: &str) -> (Values, Vec<String>) {
    let mut values = Values::defaults();
    values.overlay(Layer::UserFile, &accepted(user));
    let problems = values.narrow(Layer::Workspace, &accepted(workspace));
    (values, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_flood_of_refusals_is_bounded() {
    let models: Vec<_> = (0..5_000).map(|n| format!("models.m{n}.url = 'http://h'")).collect();
    assert_eq!(narrowed_by("", &models.join("\n")).1.len(), 101);
}

#[test]
fn a_workspace_narrows() {
    let user = "tiers.fast.models = ['a', 'b']\n";
    let workspace = "enabled = false\npolicy.override = 'local'\ntiers.fast.models = ['b', 'a']\n\
                     policy.logic.deadline_ms = 500\npolicy.logic.tiers = ['mid']\n\
                     privacy.exclude = ['*.sql']\n";
    let (values, problems) = narrowed_by(user, workspace);
    assert_eq!(problems, Vec::<String>::new());
    let get = |key: &[&str]| values.get(&Key::of(key)).map(|s| s.value.to_string());
    assert_eq!(get(&["enabled"]).as_deref(), Some("false"));
    assert_eq!(get(&["policy", "override"]).as_deref(), Some("\"local\""));
    assert_eq!(get(&["tiers", "fast", "models"]).as_deref(), Some("[\"a\", \"b\"]"));
    assert_eq!(get(&["policy", "logic", "deadline_ms"]).as_deref(), Some("500"));
    assert_eq!(get(&["policy", "logic", "tiers"]).as_deref(), Some("[\"mid\"]"));
    let exclude = get(&["privacy", "exclude"]).expect("a list");
    assert!(exclude.contains("\".env\"") && exclude.ends_with("\"*.sql\"]"), "{exclude}");
}

#[test]
fn a_workspace_is_told_what_it_may_not_do() {
    let check = |workspace: &str, problem: &str| {
        let (values, problems) = narrowed_by("tiers.fast.models = ['a']\n", workspace);
        assert_eq!(problems, [problem]);
        assert!(values.iter().all(|(_, setting)| setting.layer != Layer::Workspace));
    };
    check(
        "models.a.url = 'http://evil'",
        "a.toml:1:10: models.a.url = \"http://evil\": a workspace may not set this; set it in your \
         own file or in the initialization options",
    );
    check(
        "network.proxy = 'http://evil'",
        "a.toml:1:9: network.proxy = \"http://evil\": a workspace may not set this; set it in your \
         own file or in the initialization options",
    );
    check(
        "policy.override = 'flagship'",
        "a.toml:1:8: policy.override = \"flagship\": a workspace may not set this; a workspace may \
         set it to local",
    );
    check(
        "cache.bytes_max = 9000000",
        "a.toml:1:7: cache.bytes_max = 9000000: a workspace may not raise this; valid here is at \
         most 8388608",
    );
    check(
        "tiers.fast.models = ['a', 'b']",
        "a.toml:1:12: tiers.fast.models = [\"a\", \"b\"]: a workspace may not add \"b\"; it may \
         choose from [\"a\"]",
    );
}

/// Any value a setting's kind allows, now and then one it does not.
fn any_value(kind: Kind) -> BoxedStrategy<String> {
    let text = prop::sample::select(vec!["a", "b", "c", "http://h", "A_B", ".env", "**", "qwen"]);
    let text = text.prop_map(|text| format!("{text:?}")).boxed();
    match kind {
        Kind::Bool => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Kind::Integer { min, max, .. } => (min..=max).prop_map(|number| number.to_string()).boxed(),
        Kind::Number { min, max, .. } => (min..=max).prop_map(|n| format!("{n:?}")).boxed(),
        Kind::Text | Kind::Variable | Kind::Secret => text,
        Kind::Choice(words) => prop::sample::select(words).prop_map(|w| format!("{w:?}")).boxed(),
        Kind::List(item) => prop::collection::vec(any_value(*item), 0..5)
            .prop_map(|items| format!("[{}]", items.join(", ")))
            .boxed(),
        Kind::Map => Just("{ temperature = 0.5 }".to_owned()).boxed(),
    }
}

/// A layer that sets any keys of the table to any values.
fn any_layer() -> impl Strategy<Value = String> {
    let line = prop::sample::select(TABLE).prop_flat_map(|row| {
        let mut keys = row.fixed_keys();
        if keys.is_empty() {
            keys = vec![row.key_for("a"), row.key_for("b")];
        }
        if row.is_reachable() {
            let files = [
                ("languages", "python"),
                ("languages", "go"),
                ("paths", "*.py"),
                ("paths", "tests/"),
                ("paths", "tests/**/deep.py"),
            ];
            let some = keys.iter().flat_map(|key| files.map(|(t, f)| reach::within(t, f, key)));
            keys.extend(some.collect::<Vec<_>>());
        }
        (prop::sample::select(keys), any_value(row.kind))
            .prop_map(|(key, value)| format!("{key} = {value}\n"))
    });
    prop::collection::vec(line, 0..40).prop_map(|lines| lines.concat())
}

const MODELS: &str = "models.a.url = 'http://127.0.0.1:1'\nmodels.b.url = 'https://b.test'\n\
                      tiers.fast.models = ['a', 'b']\ntiers.flagship.models = ['b']\n";

fn is_subsequence<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|item| rest.any(|other| other == item))
}

/// Files that different parts of a layer reach.
const FILES: [(&str, &str); 5] = [
    ("plaintext", "/p/notes.txt"),
    ("python", "/p/a.py"),
    ("python", "/p/tests/deep.py"),
    ("go", "/p/tests/a.go"),
    ("rust", "/p/tests/a.py"),
];

fn policy(settings: &Settings, language: &str, path: &str) -> Policy {
    let own = settings.policy_for(language, path.as_ref());
    own.map_or_else(|| settings.policy.clone(), |own| Policy::clone(&own))
}

/// Whether nothing is asked under `new` that would not be asked under `old`.
fn check_narrower(old: &Policy, new: &Policy) -> Result<(), TestCaseError> {
    prop_assert!(new.force == old.force || new.force == Override::Always(Tier::Local));
    prop_assert!(old.cloud_failover || !new.cloud_failover);
    for class in RequestClass::ALL {
        for tier in Tier::ALL {
            prop_assert!(new.settle(class, tier) >= old.settle(class, tier));
        }
        let (old, new) = (old.row(class), new.row(class));
        prop_assert!(is_subsequence(&new.tiers, &old.tiers));
        prop_assert!(new.deadline <= old.deadline);
        prop_assert!(new.output_tokens_max <= old.output_tokens_max);
        prop_assert!(new.floor == old.floor && new.ceiling <= old.ceiling);
        prop_assert!(new.local_confidence_min <= old.local_confidence_min);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_workspace_never_widens(
        user in any_layer(), editor in any_layer(), workspace in any_layer(),
    ) {
        let mut values = Values::defaults();
        values.overlay(Layer::UserFile, &accepted(MODELS));
        values.overlay(Layer::Initialization, &accepted(&user));
        let before = resolve::resolve(&values).0;
        let excluded_before = values.get(&Key::of(&["privacy", "exclude"])).expect("a list").value.clone();
        values.narrow(Layer::Editor, &accepted(&editor));
        values.narrow(Layer::Workspace, &accepted(&workspace));
        let after: Settings = resolve::resolve(&values).0;
        prop_assert_eq!(format!("{:?}", before.models), format!("{:?}", after.models));
        prop_assert!(before.enabled || !after.enabled);
        prop_assert!(before.privacy.redact <= after.privacy.redact);
        prop_assert!(after.privacy.exclude.len() >= before.privacy.exclude.len());
        let excluded = values.get(&Key::of(&["privacy", "exclude"])).expect("a list").value.clone();
        let (Value::List(old), Value::List(new)) = (excluded_before, excluded) else { panic!() };
        prop_assert!(new.starts_with(&old));
        prop_assert!(after.cache.entries_max <= before.cache.entries_max);
        prop_assert!(after.cache.bytes_max <= before.cache.bytes_max);
        prop_assert!(before.local.closers || !after.local.closers);
        prop_assert!(before.local.names || !after.local.names);
        prop_assert_eq!(before.policy.settle, after.policy.settle);
        for tier in Tier::ALL {
            prop_assert!(is_subsequence(after.policy.models(tier), before.policy.models(tier)));
        }
        for (language, path) in FILES {
            let (old, new) = (policy(&before, language, path), policy(&after, language, path));
            check_narrower(&old, &new)?;
        }
    }

    #[test]
    fn saying_it_for_no_file_changes_nothing(user in any_layer(), workspace in any_layer()) {
        let (values, _) = narrowed_by(&user, &workspace);
        let alone = values.within(&[]);
        let is_there = |key: &Key| ["policy", "tiers"].contains(&&*key.0[0]);
        for (key, setting) in values.iter().filter(|(key, _)| is_there(key)) {
            prop_assert_eq!(alone.get(key).map(|s| &s.value), Some(&setting.value), "{}", key);
        }
    }

    #[test]
    fn whatever_is_accepted_resolves(layer in any_layer()) {
        let mut values = Values::defaults();
        values.overlay(Layer::UserFile, &accepted(&layer));
        let (settings, _) = resolve::resolve(&values);
        for tier in Tier::ALL {
            for name in settings.policy.models(tier) {
                prop_assert!(settings.models.contains_key(name));
            }
        }
    }
}

/// A valid value other than the default and than those in [`every_setting_lands`].
fn another(row: &Row, default: Option<&Value>) -> Value {
    match row.kind {
        Kind::Bool => Value::Bool(default != Some(&Value::Bool(true))),
        Kind::Integer { min, .. } => Value::Integer(min + 1),
        Kind::Number { max, .. } => Value::Number(max / 4.0),
        Kind::Choice(words) => {
            let word =
                words.iter().rev().find(|word| default != Some(&Value::Text((**word).to_owned())));
            Value::Text((*word.expect("another word")).to_owned())
        }
        Kind::List(Kind::Choice(words)) => Value::texts(&[words[2], words[0]]),
        Kind::List(_) => Value::texts(&["m"]),
        Kind::Map => Value::Map([("top_k".to_owned(), Value::Integer(3))].into()),
        Kind::Variable => Value::Text("OTHER_KEY".to_owned()),
        Kind::Text if row.key.ends_with("fim_template") => Value::Text("deepseek".to_owned()),
        Kind::Text if row.key.ends_with("api_version") => Value::Text("2026-10-21".to_owned()),
        Kind::Text if row.key.ends_with("ca_file") => Value::Text("/other.pem".to_owned()),
        Kind::Text if row.key.ends_with("price_as") => {
            Value::Text("groq/openai/gpt-oss-20b".to_owned())
        }
        Kind::Text => Value::Text("http://10.0.0.7:80/other".to_owned()),
        Kind::Secret => Value::Text("other".to_owned()),
    }
}

#[test]
fn every_setting_lands() {
    let base = "[models.m]\nprotocol = 'openai_completions'\nform = 'fim'\nfim_template = 'qwen'\n\
                url = 'http://localhost:1'\nprice_input = 1\nprice_output = 1\nplace = 'self_hosted'\n";
    let settle = |extra: &str| {
        let mut values = Values::defaults();
        values.overlay(Layer::UserFile, &accepted(base));
        values.overlay(Layer::Editor, &accepted(extra));
        let settings = resolve::resolve(&values).0;
        (values, format!("{settings:#?}"))
    };
    let (_, before) = settle("");
    for row in TABLE {
        let mut keys = row.fixed_keys();
        if keys.is_empty() {
            keys = vec![row.key_for("m")];
        }
        for key in keys {
            let default = row.default_of(&key);
            assert!(default.is_some() || matches!(row.default, Preset::Unset), "{key}");
            let value = another(row, default.as_ref());
            assert_ne!(Some(&value), default.as_ref(), "{key}");
            let (values, after) = settle(&format!("{key} = {value}\n"));
            let setting = values.get(&key).expect("a setting");
            assert_eq!((&setting.value, setting.layer), (&value, Layer::Editor), "{key}");
            assert!(before != after, "{key} = {value} changes nothing");
        }
    }
}

#[test]
fn every_policy_setting_lands_for_some_files_too() {
    let python = |extra: &str| {
        let mut values = Values::defaults();
        values.overlay(Layer::UserFile, &accepted(extra));
        let settings = resolve::resolve(&values).0;
        [policy(&settings, "python", "/a.py"), policy(&settings, "go", "/a.go")]
    };
    let [before, _] = python("");
    for row in TABLE.iter().filter(|row| row.is_reachable()) {
        for key in row.fixed_keys() {
            let value = another(row, row.default_of(&key).as_ref());
            for (table, files) in [("languages", "python"), ("paths", "*.py")] {
                let key = reach::within(table, files, &key);
                let [found, other] = python(&format!("{key} = {value}\n"));
                assert!(found != before, "{key} = {value} changes nothing");
                assert_eq!(other, before, "{key} reaches too far");
            }
        }
    }
}

#[test]
fn what_is_said_for_fewer_files_wins() {
    let user = "policy.line.deadline_ms = 300\npaths.'*.py'.line.deadline_ms = 320\n\
                paths.'tests/**/*.py'.line.deadline_ms = 330\n\
                languages.python.line.deadline_ms = 310\nlanguages.python.line.floor = 'fast'\n";
    let deadline = |workspace: &str, language: &str, path: &str| {
        let settings = resolve::resolve(&narrowed_by(user, workspace).0).0;
        policy(&settings, language, path).row(RequestClass::Line).deadline.as_millis()
    };
    assert_eq!(deadline("", "go", "/a.go"), 300);
    assert_eq!(deadline("", "python", "/a"), 310);
    assert_eq!(deadline("", "python", "/a.py"), 320);
    assert_eq!(deadline("", "python", "/tests/a.py"), 330);
    let general = "policy.line.deadline_ms = 290";
    assert_eq!(deadline(general, "python", "/tests/a.py"), 290, "it narrows every file");
    let other = "languages.python.line.deadline_ms = 305";
    assert_eq!(deadline(other, "python", "/tests/a.py"), 305, "a longer pattern is no way out");
    let longest = "paths.'tests/very/long/*.py'.line.deadline_ms = 300";
    assert_eq!(deadline(longest, "python", "/tests/very/long/a.py"), 300);
}

#[test]
fn too_many_patterns_do_not_crowd_out_languages() {
    let many = (0..150).map(|n| format!("paths.'{n:03}/'.line.floor = 'fast'\n"));
    let (values, _) = narrowed_by(&many.collect::<String>(), "languages.go.override = 'local'");
    let (settings, problems) = resolve::resolve(&values);
    let unused = problems.iter().filter(|problem| problem.what.starts_with("more than 100"));
    assert_eq!(unused.count(), 50);
    assert_eq!(policy(&settings, "go", "/a.go").force, Override::Always(Tier::Local));
    let row = |path| policy(&settings, "rust", path).row(RequestClass::Line).floor;
    assert_eq!((row("/099/a.rs"), row("/100/a.rs")), (Tier::Fast, Tier::Local));
}

#[test]
fn a_workspace_may_make_models_rarer_and_cheaper() {
    let check = |workspace: &str, what: &str| {
        let (_, problems) = narrowed_by("policy.line.ceiling = 'mid'\n", workspace);
        let found: Vec<_> =
            problems.iter().filter_map(|p| p.split_once(": a workspace ")).collect();
        assert_eq!(found.iter().map(|(_, what)| *what).collect::<Vec<_>>(), [what], "{problems:?}");
    };
    for fine in [
        "policy.line.ceiling = 'fast'",
        "policy.logic.ceiling = 'mid'",
        "policy.line.settle_ms = 250",
        "languages.go.line.settle_ms = 900",
        "paths.'a/'.line.ceiling = 'local'",
        "paths.'a/'.override = 'local'",
    ] {
        assert_eq!(narrowed_by("policy.line.ceiling = 'mid'\n", fine).1, [""; 0], "{fine}");
    }
    check("policy.line.ceiling = 'flagship'", "may not raise this; valid here is at most \"mid\"");
    check("policy.line.settle_ms = 249", "may not lower this; valid here is at least 250");
    check(
        "paths.'a/'.line.ceiling = 'flagship'",
        "may not raise this; valid here is at most \"mid\"",
    );
    check(
        "languages.go.override = 'flagship'",
        "may not set this; a workspace may set it to local",
    );
    check(
        "paths.'a/'.line.tiers = ['mid']",
        "may not add \"mid\"; it may choose from [\"fast\", \"local\"]",
    );
}

#[test]
fn a_workspace_may_set_a_cap_or_lower_it_and_never_raise_one() {
    let user = "caps.day_usd = 2\ncaps.allow_unpriced = true\n";
    let caps = |workspace: &str| {
        let (values, problems) = narrowed_by(user, workspace);
        let caps = resolve::resolve(&values).0.money.caps;
        let day = caps.limits.iter().find(|limit| limit.counter.to_string() == "today's spending");
        let day = day.map(|limit| limit.counter.shown(limit.max)).unwrap_or_default();
        (day, caps.limits.len(), caps.allows_unpriced, problems.len())
    };
    let check = |workspace: &str, day: &str, rest: (usize, bool, usize)| {
        assert_eq!(caps(workspace), (day.to_owned(), rest.0, rest.1, rest.2), "{workspace}");
    };
    check("caps.day_usd = 0.5", "$0.5", (1, true, 0));
    check("caps.day_usd = 3", "$2.00", (1, true, 1));
    check("caps.flagship.month_usd = 1\ncaps.requests_per_minute = 9", "$2.00", (3, true, 0));
    check("caps.allow_unpriced = false", "$2.00", (1, false, 0));
    check("ledger.enabled = false", "$2.00", (1, true, 1));
}
