//! `tabtier doctor` as a user runs it: against the real llama.cpp server, and servers with troubles.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::llama::LlamaServer;
use crate::support::upstream::{Script, Step, Upstream};

/// A home of its own, so that nothing of the user's is read or written.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    async fn doctor(&self, settings: &str, arguments: &[&str]) -> Output {
        let file = self.0.path().join("config.toml");
        std::fs::write(&file, settings).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
        command.arg("--config").arg(&file).arg("doctor").args(arguments);
        for name in ["HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(name, self.0.path());
        }
        let run = tokio::task::spawn_blocking(move || command.output());
        run.await.expect("a thread").expect("the program")
    }

    async fn model(&self, settings: &str, arguments: &[&str]) -> Value {
        let output = self.doctor(settings, &[&["--json"], arguments].concat()).await;
        let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(output.status.code(), Some(i32::from(all["is_well"] == json!(false))));
        all["models"][0].clone()
    }

    /// What is remembered of servers.
    fn remembered(&self) -> Value {
        let folder = self.0.path().join("tabtier/servers.json");
        std::fs::read(folder)
            .map_or(Value::Null, |text| serde_json::from_slice(&text).expect("JSON"))
    }
}

fn settings(protocol: &str, url: &str, more: &str) -> String {
    format!(
        "[models.m]\nprotocol = \"{protocol}\"\nurl = \"{url}\"\n{more}\n[tiers.fast]\nmodels = [\"m\"]\n"
    )
}

#[tokio::test]
async fn a_server_that_is_well_is_timed_and_compared_with_the_deadlines() {
    let Some(server) = LlamaServer::start(&["chain"], &[]).await else { return };
    let home = Home::new();
    let model = home.model(&settings("llama_cpp_infill", server.url(), ""), &[]).await;
    assert_eq!(model["is_well"], true, "{model}");
    assert_eq!(model["answers"], 5);
    assert_eq!(model["counts_tokens"], true);
    assert_eq!(model["suffix"], "honoured");
    assert!(model["first_text_p50_ms"].as_f64() <= model["total_p95_ms"].as_f64());
    let classes = model["classes"].as_array().expect("classes");
    assert!(classes.iter().any(|row| row["class"] == "line" && row["in_time"].is_boolean()));
    assert!(classes.iter().all(|row| row["tier"] == "fast"));
}

#[tokio::test]
async fn a_server_that_leaves_out_what_follows_is_found_out_and_remembered() {
    let Some(server) = LlamaServer::start(&["chain"], &[]).await else { return };
    let home = Home::new();
    let url = format!("{}/v1", server.url());
    let settings = settings("openai_completions", &url, "form = \"infill\"");
    let model = home.model(&settings, &["--calls", "1"]).await;
    assert_eq!(model["suffix"], "ignored", "{model}");
    assert_eq!(model["is_well"], false);
    let page = home.doctor(&settings, &["--calls", "1"]).await;
    let page = String::from_utf8(page.stdout).expect("text");
    assert!(page.contains("never reaches the model"), "{page}");
    assert!(page.contains("models.m.form = \"fim\""), "{page}");
    let kept = home.remembered();
    let servers = kept["servers"].as_object().expect("servers");
    assert_eq!(servers.values().next(), Some(&json!({ "suffix": "ignored" })));
    assert!(!kept.to_string().contains("127.0.0.1"), "no address is kept: {kept}");
}

/// A server as llama-cpp-python's: it streams without a word of tokens, and counts them in whole
/// answers, the suffix among them.
#[tokio::test]
async fn a_server_that_counts_in_whole_answers_only_is_found_out_too() {
    let text = json!({ "choices": [{ "index": 0, "text": "a", "finish_reason": "stop" }] });
    let streamed = Script::events([text.clone()])
        .then([Step::Chunk(b"data: [DONE]\n\n".to_vec()), Step::end()]);
    let upstream = Upstream::start_with(move |request| {
        let body = &request.body;
        if body["stream"] == json!(true) {
            return streamed.clone();
        }
        assert!(body.get("stream_options").is_none(), "refused beside a whole answer: {body}");
        let bytes = body["prompt"].as_str().map_or(0, str::len)
            + body["suffix"].as_str().map_or(0, str::len);
        let usage = json!({ "prompt_tokens": bytes / 4, "completion_tokens": 1 });
        let mut whole = text.clone();
        whole["usage"] = usage;
        Script::json(200, &whole)
    })
    .await;
    let home = Home::new();
    let settings =
        settings("openai_completions", &upstream.url(), "dialect = \"llama_cpp_python\"");
    let model = home.model(&settings, &["--calls", "2"]).await;
    assert_eq!(model["suffix"], "honoured", "{model}");
    assert_eq!(model["counts_tokens"], false, "what it streams is not counted: {model}");
    let is_stream: Vec<bool> =
        upstream.posts().iter().map(|post| post.body["stream"] == true).collect();
    assert_eq!(is_stream, [true, true, false, false]);
}

#[tokio::test]
async fn what_is_wrong_is_named_with_the_way_out() {
    let cases = [
        (Script::json(401, &json!({ "error": { "message": "no" } })), "key refused", "key_env"),
        (Script::json(404, &json!({ "error": { "message": "no" } })), "refused", "protocol"),
        (Script::status(503, &[]), "overloaded", "again"),
        (Script::answer(200, "text/html", "<html>"), "not understood", "base address"),
    ];
    for (script, says, advice) in cases {
        let upstream = Upstream::start(script).await;
        let settings = settings("openai_chat", &upstream.url(), "");
        let model = Home::new().model(&settings, &[]).await;
        let trouble = &model["trouble"];
        assert!(trouble["says"].as_str().is_some_and(|text| text.contains(says)), "{model}");
        assert!(trouble["advice"].as_str().is_some_and(|text| text.contains(advice)), "{model}");
        assert_eq!(model["is_well"], false);
        assert!(upstream.posts().len() <= 2, "a model that fails is not asked again and again");
    }
}

#[tokio::test]
async fn nobody_is_billed_without_agreeing() {
    let upstream = Upstream::start(Script::chat(&["a", "b"])).await;
    let paid = "place = \"cloud\"\nprice_input = 1.0\nprice_output = 5.0";
    let paid = settings("openai_chat", &upstream.url(), paid);
    let home = Home::new();
    let refused = [
        (&paid, [].as_slice(), "at most $0.0"),
        (&paid, &["--yes", "--max-usd", "0.0001"], "above --max-usd"),
        (&paid, &["--yes", "--offline"], "--offline"),
        (&settings("openai_chat", &upstream.url(), "place = \"cloud\""), &[], "unknown"),
    ];
    for (settings, arguments, why) in refused {
        let model = home.model(settings, arguments).await;
        let skipped = model["skipped"].as_str().unwrap_or_default();
        assert!(skipped.contains(why), "{arguments:?}: {model}");
    }
    assert_eq!(upstream.posts().len(), 0);
    let model = home.model(&paid, &["--yes", "--calls", "2"]).await;
    assert_eq!(upstream.posts().len(), 2);
    assert_eq!(model["streams"], true, "{model}");
    // Ten tokens in and two out, twice.
    assert_eq!(model["cost_usd"], json!(0.00004));
}

#[tokio::test]
async fn a_model_that_is_not_configured_is_an_error_that_names_the_others() {
    let output =
        Home::new().doctor(&settings("openai_chat", "http://127.0.0.1:1", ""), &["x"]).await;
    assert_eq!(output.status.code(), Some(2));
    let says = String::from_utf8(output.stderr).expect("text");
    assert!(says.contains("no model is called \"x\"; configured are: m"), "{says}");
}
