//! Mistral's and DeepSeek's fill-in-the-middle, which no server outside the vendors' speaks, with the
//! vendors' own SDKs as judges.
//!
//! A test double answers. The official SDK asks it and reads the answer, and so do we; both must find
//! the same text, reason to stop and tokens. Where the SDK sends its request is where we send ours,
//! with the same fields for prompt and suffix. The SDKs come from `PyPI`
//! (`tests/tools/setup_sdks.sh .tools/sdks`); without them the tests are skipped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tabtier::config::Protocol;
use tabtier::domain::completion::{Chunk, FinishReason, Usage};
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::upstream::{Request, Script, Step, Upstream};
use crate::support::{model, provider, tools};

/// A recorded answer after its comment, its expectation and a line of `---`.
fn recorded(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/wire").join(name);
    let transcript = std::fs::read(path).expect("a transcript");
    let mark = b"\n---\n";
    let at = transcript.windows(mark.len()).position(|window| window == mark).expect("a line ---");
    transcript[at + mark.len()..].to_vec()
}

/// A server that sends this body in pieces of seven bytes, or whole.
async fn server(name: &str, is_stream: bool) -> Upstream {
    let body = recorded(name);
    if !is_stream {
        return Upstream::start(Script::answer(200, "application/json", body)).await;
    }
    let pieces = body.chunks(7).map(|piece| Step::Chunk(piece.to_vec()));
    Upstream::start(Script::stream().then(pieces).then([Step::end()])).await
}

/// What an SDK or we found in an answer.
#[derive(Debug, PartialEq)]
struct Found {
    text: String,
    finish: FinishReason,
    input: Option<u64>,
    output: Option<u64>,
}

async fn ask_sdk(python: &Path, sdk: &str, url: &str, is_stream: bool) -> Found {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/sdk_answers.py");
    let mut command = Command::new(python);
    command.arg(script).args([sdk, url]).args(is_stream.then_some("--stream"));
    let output = timeout(Duration::from_secs(120), command.kill_on_drop(true).output()).await;
    let output = output.expect("in time").expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    let finish = match found["finish"].as_str() {
        Some("stop") => FinishReason::Stop,
        Some("length") => FinishReason::Length,
        other => panic!("{other:?}"),
    };
    let text = found["text"].as_str().expect("text").to_owned();
    let (input, output) = (found["input"].as_u64(), found["output"].as_u64());
    Found { text, finish, input, output }
}

async fn ask_us(protocol: Protocol, url: &str) -> Found {
    let body = PromptBody::Infill {
        prefix: "def f(".to_owned(),
        suffix: "return a".to_owned(),
        filename: "f.py".to_owned(),
        extra: Vec::new(),
    };
    let (stop, breakpoints) = (Vec::new(), Vec::new());
    let prompt = Prompt { body, stop, breakpoints, output_tokens_max: Tokens(64) };
    let mut settings = model(protocol, url);
    "m".clone_into(&mut settings.endpoint.model);
    settings.endpoint.key = Some("test-key".to_owned().into());
    let chunks: Vec<_> = provider(settings).stream(prompt).collect().await;
    let chunks: Vec<Chunk> = chunks.into_iter().collect::<Result<_, _>>().expect("no error");
    let usage: Option<Usage> = chunks.iter().rev().find_map(|chunk| chunk.usage);
    Found {
        text: chunks.iter().map(|chunk| chunk.text.as_str()).collect(),
        finish: chunks.iter().find_map(|chunk| chunk.finish).expect("a reason to stop"),
        input: usage.map(|usage| usage.input_total().0.into()),
        output: usage.map(|usage| usage.output.0.into()),
    }
}

/// Asks the same server with the SDK and with ours, and compares answers and requests.
async fn check(sdk: &str, protocol: Protocol, path: &str, transcript: &str, is_stream: bool) {
    let Some(python) = python() else { return };
    let server = server(transcript, is_stream).await;
    let url = format!("{}{}", server.url(), sdk_base(sdk));
    let theirs = ask_sdk(&python, sdk, &url, is_stream).await;
    let ours = ask_us(protocol, &url).await;
    assert_eq!(ours, theirs, "{transcript}");
    assert!(!ours.text.is_empty() && ours.input > Some(0), "{ours:?}");

    let posts = server.posts();
    let [their_request, our_request] = posts.as_slice() else { panic!("{posts:?}") };
    let shape = |request: &Request| {
        let body = &request.body;
        let fields = ["prompt", "suffix", "max_tokens"].map(|name| body[name].clone());
        (request.path.clone(), request.header("authorization").map(str::to_owned), fields)
    };
    assert_eq!(shape(our_request), shape(their_request));
    let key = Some("Bearer test-key".to_owned());
    let fields = [json!("def f("), json!("return a"), json!(64)];
    assert_eq!(shape(our_request), (path.to_owned(), key, fields));
}

/// What the SDK wants the base address to end in: Mistral's adds its version itself.
fn sdk_base(sdk: &str) -> &'static str {
    if sdk == "openai" { "/beta" } else { "" }
}

fn python() -> Option<PathBuf> {
    tools::in_folder("the official SDKs", "sdks/bin/python")
}

#[tokio::test]
async fn mistrals_sdk_finds_in_a_stream_what_we_find() {
    let path = "/v1/fim/completions";
    check("mistral", Protocol::MistralFim, path, "mistral_fim.txt", true).await;
}

#[tokio::test]
async fn mistrals_sdk_finds_in_a_whole_answer_what_we_find() {
    let path = "/v1/fim/completions";
    check("mistral", Protocol::MistralFim, path, "mistral_fim_whole.txt", false).await;
}

#[tokio::test]
async fn openais_sdk_finds_in_deepseeks_stream_what_we_find() {
    let path = "/beta/completions";
    check("openai", Protocol::OpenAiCompletions, path, "deepseek_fim.txt", true).await;
}
