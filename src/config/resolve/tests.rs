//! The checks that need more than one key.

use super::*;
use crate::config::layers::{Accepted, Layer, accept};
use crate::config::source::from_toml;
use crate::domain::class::RequestClass;
use crate::domain::prompt::PromptForm;
use crate::domain::route::{Override, Place, Tier};
use crate::domain::units::{Price, Tokens};

pub(super) fn load(text: &str) -> (Settings, Vec<String>) {
    let mut values = Values::defaults();
    let (accepted, problems) = accept(from_toml("a.toml", text), &Accepted::default());
    assert_eq!(problems, [], "the test is about values that fit their kinds");
    values.overlay(Layer::UserFile, &accepted);
    let (settings, problems) = resolve(&values);
    (settings, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn defaults_are_those_of_the_design() {
    let settings = Settings::default();
    assert!(settings.enabled && settings.models.is_empty() && settings.privacy.redact);
    let row = |class| {
        let row = settings.policy.row(class);
        let tiers = row.tiers.iter().map(|tier| tier.name()).collect::<Vec<_>>().join(" ");
        (tiers, row.deadline.as_millis(), row.output_tokens_max.0)
    };
    assert_eq!(row(RequestClass::Closer), ("local fast".into(), 150, 16));
    assert_eq!(row(RequestClass::Identifier), ("local fast".into(), 150, 16));
    assert_eq!(row(RequestClass::Line), ("fast local".into(), 200, 64));
    assert_eq!(row(RequestClass::Prose), ("fast".into(), 200, 64));
    assert_eq!(row(RequestClass::Boilerplate), ("mid fast".into(), 300, 128));
    assert_eq!(row(RequestClass::Logic), ("flagship mid".into(), 2000, 256));
    assert_eq!(row(RequestClass::Refactor), ("flagship mid".into(), 3000, 512));
    let settle = settings.policy.settle.map(|pause| pause.as_millis());
    assert_eq!(settle, [0, 50, 100, 250]);
    assert_eq!(settings.policy.force, Override::Auto);
    assert_eq!(resolve(&Values::defaults()).1, []);
}

#[test]
fn a_model_is_what_its_table_says() {
    let (settings, problems) = load(
        "[models.q]\nprotocol = 'openai_completions'\nurl = 'https://h.test/v1/'\nmodel = 'n'\n\
         fim_template = 'codestral'\nkey_env = 'K'\ncontext_tokens = 4096\nprice_input = 0.3\n\
         price_cache_write = 0.4\nprice_output = 0.9\ntimeout_ms = 500\nextra = { a = 1, stream = false }\n\
         [tiers]\nfast.models = ['q', 'q']\n",
    );
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("the field stream cannot be set"), "{problems:?}");
    let model = &settings.models["q"];
    assert_eq!(model.endpoint.url, "https://h.test/v1");
    assert_eq!(model.endpoint.extra, *serde_json::json!({"a": 1}).as_object().expect("an object"));
    assert_eq!(model.endpoint.timeout, Duration::from_millis(500));
    assert_eq!(model.spec.context_tokens, Tokens(4096));
    let price = Price::from_usd_per_million(0.3, 0.3, 0.9).with_cache_write(0.4);
    assert_eq!(model.spec.price, Some(price));
    assert_eq!(model.spec.place, Place::Cloud);
    let PromptForm::Fim(template) = &model.spec.form else { panic!() };
    assert!(template.suffix_first && template.middle_token.is_empty());
    assert_eq!(settings.policy.models(Tier::Fast), ["q"]);
}

#[test]
fn forms_follow_from_protocols() {
    let form = |lines: &str| {
        let text = format!("[models.m]\nurl = 'http://h'\n{lines}\n[tiers]\nmid.models = ['m']\n");
        let (settings, problems) = load(&text);
        let form = settings.models.get("m").map(|model| match model.spec.form {
            PromptForm::Chat => "chat",
            PromptForm::Fim(_) => "fim",
            PromptForm::Infill => "infill",
        });
        (form, problems)
    };
    assert_eq!(form(""), (Some("chat"), vec![]));
    assert_eq!(form("protocol = 'llama_cpp_infill'"), (Some("infill"), vec![]));
    let completions = "protocol = 'openai_completions'";
    assert_eq!(form(&format!("{completions}\nfim_template = 'qwen'")), (Some("fim"), vec![]));
    assert_eq!(form(&format!("{completions}\nform = 'infill'")), (Some("infill"), vec![]));
    assert_eq!(form("protocol = 'anthropic_messages'"), (Some("chat"), vec![]));
    assert_eq!(form("protocol = 'mistral_fim'"), (Some("infill"), vec![]));
    let ollama = "protocol = 'ollama_generate'";
    assert_eq!(form(ollama), (Some("infill"), vec![]));
    assert_eq!(form(&format!("{ollama}\nform = 'chat'")), (Some("chat"), vec![]));
    let (none, problems) = form("form = 'fim'\nfim_template = 'qwen'");
    assert_eq!(none, None);
    assert_eq!(problems.len(), 1, "a model left out is reported once: {problems:?}");
}

#[test]
fn dialects_follow_from_hosts_unless_said_otherwise() {
    let model = |lines: &str| {
        let text = format!("[models.m]\n{lines}\n[tiers]\nmid.models = ['m']\n");
        let (settings, problems) = load(&text);
        let model = settings.models.get("m").expect("a model").clone();
        (model.endpoint.dialect.name.clone(), model.spec.form, problems)
    };
    let completions = "protocol = 'openai_completions'";
    let (dialect, form, problems) =
        model(&format!("url = 'https://api.deepseek.com/beta'\n{completions}"));
    assert_eq!((dialect.as_str(), form, problems), ("deepseek", PromptForm::Infill, vec![]));
    let (dialect, _, problems) =
        model(&format!("url = 'http://h'\n{completions}\ndialect = 'llama_cpp'\nform = 'infill'"));
    assert_eq!(dialect, "llama_cpp");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("this server ignores the text after the cursor"), "{problems:?}");
    let (dialect, ..) = model("url = 'https://api.openai.com/v1'\ndialect = 'plain'");
    assert_eq!(dialect, "plain");
}

#[test]
fn versions_belong_to_one_protocol_and_fit_into_a_header() {
    let version = |lines: &str| {
        let text = format!("[models.m]\nurl = 'http://h'\n{lines}\n[tiers]\nmid.models = ['m']\n");
        let (settings, problems) = load(&text);
        (settings.models["m"].endpoint.api_version.clone(), problems.len())
    };
    let anthropic = "protocol = 'anthropic_messages'";
    let newer = format!("{anthropic}\napi_version = '2026-10-21'");
    assert_eq!(version(&newer), (Some("2026-10-21".to_owned()), 0));
    assert_eq!(version("api_version = '2026-10-21'").1, 1);
    assert_eq!(version(&format!("{anthropic}\napi_version = 'a b'")), (None, 1));
}

#[test]
fn a_proxy_that_cannot_be_used_is_kept_and_its_password_is_not_shown() {
    let (settings, problems) = load("network.proxy = 'ftp://me:hunter22@p'");
    assert!(settings.network.proxy.is_some(), "models must not be reached around it");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("not the address of an HTTP proxy"), "{problems:?}");
    assert!(!problems[0].contains("hunter22"), "{problems:?}");
    assert!(!format!("{settings:?}").contains("hunter22"));
    let (settings, problems) = load("network.ca_file = 'company.pem'");
    assert_eq!((settings.network.ca_file, problems.len()), (None, 1));
}

#[test]
fn only_addresses_that_cannot_leave_count_as_ones_own() {
    let place = |url: &str| {
        let (settings, problems) =
            load(&format!("models.m.url = '{url}'\ntiers.mid.models = ['m']"));
        assert_eq!(problems, Vec::<String>::new(), "{url}");
        settings.models["m"].spec.place
    };
    for url in [
        "http://localhost:1",
        "http://127.0.0.1",
        "http://127.8.9.1",
        "http://2130706433",
        "http://[::1]:80",
        "http://192.168.1.4",
        "http://10.0.0.1",
        "http://172.31.0.1",
        "http://[fd00::1]",
        "http://[::ffff:10.0.0.1]",
        "http://a.localhost",
        "http://0.0.0.0:1",
        "http://LOCALHOST.",
    ] {
        assert_eq!(place(url), Place::SelfHosted, "{url}");
    }
    for url in [
        "https://api.openai.com/v1",
        "http://localhost.evil.test",
        "http://127.0.0.1.evil.test",
        "http://172.32.0.1",
        "http://8.8.8.8",
        "http://mybox",
        "http://[2001:db8::1]",
        "http://[::ffff:8.8.8.8]",
        "http://evil.test/127.0.0.1",
    ] {
        assert_eq!(place(url), Place::Cloud, "{url}");
    }
}

#[test]
fn patterns_mean_what_people_mean() {
    let excluded = |patterns: &str, path: &str| {
        load(&format!("privacy.exclude = {patterns}")).0.privacy.exclude.is_match(path)
    };
    let is_secret = |path: &str| Settings::default().privacy.exclude.is_match(path);
    for path in [
        ".env",
        "/p/.env.local",
        "/p/.ENV",
        "/p/prod.env",
        "/home/u/.ssh/config",
        "a/server.pem",
        "/p/id_rsa",
        "/p/id_ed25519.bak",
        "/p/.npmrc",
        "/p/config/secrets.yml",
        "/p/credentials",
        "/p/terraform.tfstate",
        "/home/u/.aws/config",
    ] {
        assert!(is_secret(path), "{path}");
    }
    for path in ["/p/src/secrets.rs", "/p/src/env.rs", "/p/key.rs", "/p/environment.ts"] {
        assert!(!is_secret(path), "{path}");
    }
    assert!(excluded("['private/']", "/p/private/deep/a.rs"));
    assert!(!excluded("['private/']", "/p/private"));
    assert!(excluded("['/p/*.rs']", "/p/a.rs"));
    assert!(!excluded("['/p/*.rs']", "/p/q/a.rs"));
    assert!(!excluded("['*.sql']", "/p/.env"), "a list of one's own replaces the default");
    let (settings, problems) = load("privacy.exclude = ['[', '*.sql']");
    assert!(settings.privacy.exclude.is_match("/a.sql"), "the good pattern holds");
    assert_eq!(problems.len(), 1);
}
