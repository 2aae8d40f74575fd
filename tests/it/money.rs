//! Money as a user meets it: a server under a cap, and the commands that say what was spent.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::lsp::HOME;
use crate::support::rig::{Rig, Setup};
use crate::support::upstream::{Script, Step};

/// Ten dollars a million tokens, in and out.
const PRICES: &str = "price_input = 10\nprice_output = 10\n";
const URI: &str = "file:///p/a.rs";

/// The model answers with a name. The server stops reading behind it and counts the tokens itself.
fn script() -> Script {
    Script::events([
        json!({ "content": "answer_of_the_model()", "stop": false }),
        json!({ "content": "", "stop": true, "stop_type": "eos",
            "timings": { "prompt_n": 100, "cache_n": 0, "predicted_n": 10 } }),
    ])
    .then([Step::end()])
}

fn rig(more: &str) -> Rig {
    let setup = Setup { more: more.to_owned(), model: PRICES.to_owned(), ..Setup::default() };
    let rig = Rig::start(&script(), &setup);
    rig.open(URI, "rust", "fn f() {\n    let x = \n}\n");
    rig
}

/// Asks at a new place each time, so that the cache knows nothing.
fn ask(rig: &mut Rig, times: u32) -> Vec<Option<String>> {
    let ask = |column| {
        rig.insert(URI, (1, 12 + column), "y");
        let id = rig.ask(URI, (1, 13 + column));
        rig.answer(&id)
    };
    (0..times).map(ask).collect()
}

fn tabtier(home: &Path, settings: &str, arguments: &[&str]) -> Output {
    let file = home.join("config.toml");
    std::fs::write(&file, settings).expect("a settings file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
    command.args(arguments).arg("--config").arg(file).current_dir(home);
    for (variable, folder) in HOME {
        command.env(variable, home.join(folder));
    }
    command.output().expect("the program runs")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The ledger somewhere below a home.
fn ledger(home: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(home).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() { ledger(&path) } else { path.ends_with("ledger.sqlite3").then_some(path) }
    })
}

#[test]
fn what_a_server_spends_is_reported_and_a_cap_ends_it() {
    // Each call may cost about 0.004 dollars and costs less than 0.0005.
    let mut rig = rig("caps.day_usd = 0.006\ncaps.requests_per_minute = 1000\n");
    let answers = ask(&mut rig, 40);
    let by_model = answers.iter().flatten().filter(|text| text.contains("answer_of")).count();
    let posts = rig.upstream.posts().len();
    assert!((4..40).contains(&by_model), "{by_model} of 40 answered, {posts} asked");
    let last = answers[39].as_deref().unwrap_or_default();
    assert!(!last.contains("answer_of"), "{answers:?}");
    let status = rig.status();
    let caps = status["money"]["caps"].as_array().expect("caps").clone();
    assert_eq!(caps[0]["cap"], "today's spending");
    let spent: f64 = caps[0]["spent_usd"].as_str().expect("a sum").parse().expect("dollars");
    assert!(spent <= 0.006, "{spent}");
    let explained = rig.explain();
    let why = explained["text"].as_str().expect("a text");
    assert!(why.contains("scripted not asked: today's spending reached the cap"), "{why}");
    let home = rig.server.home().to_owned();
    rig.stop();

    let report = tabtier(&home, "", &["report", "--json", "--by", "model", "--since", "today"]);
    let value: Value = serde_json::from_str(&text(&report)).expect("JSON");
    assert_eq!(value["total"]["requests"], 40);
    assert_eq!(value["total"]["calls"], posts);
    let cost: f64 = value["total"]["cost_usd"].as_str().expect("a sum").parse().expect("dollars");
    assert!(spent <= cost && cost <= 0.006, "{cost} for {posts} calls, {spent} in the status");
    assert_eq!(value["groups"][0]["model"], "scripted");
    let table = text(&tabtier(&home, "", &["report"]));
    assert!(table.contains("requests  40, "), "{table}");
    let audit = text(&tabtier(&home, "", &["audit"]));
    assert!(audit.contains("scripted"), "{audit}");
    let bytes = std::fs::read(ledger(&home).expect("a ledger")).expect("readable");
    for part in ["answer_of_the_model", "let x", "/p/a.rs"] {
        let is_there = bytes.windows(part.len()).any(|window| window == part.as_bytes());
        assert!(!is_there, "the ledger holds {part}");
    }
}

#[test]
fn a_dry_run_says_what_it_would_cost_and_asks_nobody() {
    let home = tempfile::tempdir().expect("a folder");
    let settings = "policy.override = \"fast\"\ntiers.fast.models = [\"m\"]\n[models.m]\n\
                    url = \"https://api.mistral.ai/v1\"\nmodel = \"codestral-2508\"\n";
    std::fs::write(home.path().join("a.rs"), "fn f() {\n    let x = \n}\n").expect("a file");
    let dry = |more: &[&str]| {
        let arguments = [&["complete", "a.rs:2:13", "--dry-run"], more].concat();
        tabtier(home.path(), settings, &arguments)
    };
    let output = dry(&[]);
    let shown = text(&output);
    assert!(shown.contains("would ask fast m (first)"), "{shown}");
    assert!(shown.contains("never over $0.0"), "{shown}");
    let value: Value = serde_json::from_str(&text(&dry(&["--json"]))).expect("JSON");
    let step = &value["would_ask"][0];
    let (expected, most) = (&step["expected_usd"], &step["most_usd"]);
    let usd = |value: &Value| value.as_str().expect("a sum").parse::<f64>().expect("dollars");
    assert!(0.0 < usd(expected) && usd(expected) < usd(most) && usd(most) < 0.01, "{step}");
    assert_eq!(value["attempts"], json!([]));
    assert_eq!(step["tokens_are_estimates"], true, "its vocabulary is not public");
    let settings =
        settings.replace("codestral-2508", "gpt-4o-mini").replace("mistral.ai", "openai.com");
    let output = tabtier(home.path(), &settings, &["complete", "a.rs:2:13", "--dry-run", "--json"]);
    let value: Value = serde_json::from_str(&text(&output)).expect("JSON");
    let step = &value["would_ask"][0];
    assert_eq!(step["tokens_are_estimates"], false, "{step}");
    let settings = format!("caps.day_usd = 0.000001\n{settings}");
    let output = tabtier(home.path(), &settings, &["complete", "a.rs:2:13", "--dry-run"]);
    let shown = text(&output);
    assert!(shown.contains("would be kept out: "), "{shown}");
    assert_eq!(ledger(home.path()), None, "nothing is written down");
}

#[test]
fn what_is_dear_is_asked_about_first() {
    let home = tempfile::tempdir().expect("a folder");
    let settings = "caps.ask_above_usd = 0.0001\npolicy.override = \"fast\"\n\
                    tiers.fast.models = [\"m\"]\n[models.m]\nurl = \"https://host.invalid/v1\"\n\
                    price_input = 100\nprice_output = 100\n";
    std::fs::write(home.path().join("a.rs"), "fn f() {\n    let x = \n}\n").expect("a file");
    let output = tabtier(home.path(), settings, &["complete", "a.rs:2:13"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("run it again with --yes"), "{said}");
    assert!(text(&output).contains("would ask"), "{}", text(&output));
}

#[test]
fn an_export_of_another_tool_is_priced_by_the_table() {
    let home = tempfile::tempdir().expect("a folder");
    let export = "model,prompt_tokens,completion_tokens,spend\n\
                  mistral/codestral-2508,1000,100,0.5\nnobody/knows,1,1,0.25\n";
    std::fs::write(home.path().join("usage.csv"), export).expect("a file");
    let output = tabtier(home.path(), "", &["audit", "--import", "usage.csv", "--json"]);
    let value: Value = serde_json::from_str(&text(&output)).expect("JSON");
    let models = value["models"].as_array().expect("models");
    assert_eq!(
        (models[0]["cost"]["usd"].as_str(), models[0]["would_be"]["usd"].as_str()),
        (Some("0.5"), Some("0.00039"))
    );
    assert_eq!(models[1]["would_be"]["calls_of_unknown_price"], 1);
    let nonsense = home.path().join("nonsense.csv");
    std::fs::write(&nonsense, "a,b\n1,2\n").expect("a file");
    let output = tabtier(home.path(), "", &["audit", "--import", "nonsense.csv"]);
    assert_eq!(output.status.code(), Some(2));
}
