//! The llama.cpp and OpenAI protocols against the real llama.cpp server: exact text, exact token
//! counts, exact cache hits, and a cancellation that the server notices.
//!
//! The model spends one token on each byte of a prompt and answers a fixed text, see
//! `tests/tools/make_gguf.py`. Skipped where its tools are not installed, see `support::llama`.

use std::time::Duration;

use futures_util::StreamExt;
use tabtier::config::Protocol;
use tabtier::domain::completion::{Chunk, FinishReason, Usage};
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::{ChunkStream, ProviderError};
use tokio::time::{Instant, sleep, timeout};

use crate::support::llama::LlamaServer;
use crate::support::{model, provider};

const PREFIX: &str = "fn add(a: i32, b: i32) -> i32 {\n    ";
const SUFFIX: &str = "}\n";
/// What `/infill` puts around prefix and suffix: `<|repo_name|>myproject\n<|file_sep|>filename\n`
/// and three FIM tokens, with one token for each byte and each control token.
const INFILL_FRAME: u32 = 1 + 10 + 1 + 9 + 3;

fn infill(prefix: &str) -> Prompt {
    let body = PromptBody::Infill {
        prefix: prefix.to_owned(),
        suffix: SUFFIX.to_owned(),
        filename: "add.rs".to_owned(),
        extra: Vec::new(),
    };
    Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(64), breakpoints: Vec::new() }
}

fn qwen() -> Prompt {
    let text = format!("<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>");
    Prompt { body: PromptBody::Raw { text }, ..infill("") }
}

fn ask(server: &LlamaServer, protocol: Protocol, prompt: Prompt) -> ChunkStream {
    let path = if protocol == Protocol::LlamaCppInfill { "" } else { "/v1" };
    provider(model(protocol, &format!("{}{path}", server.url()))).stream(prompt)
}

/// Everything a finished answer holds.
struct Answer {
    text: String,
    finish: FinishReason,
    usage: Usage,
}

async fn read(stream: ChunkStream) -> Answer {
    let chunks: Vec<Result<Chunk, ProviderError>> =
        timeout(Duration::from_secs(30), stream.collect()).await.expect("an end");
    let chunks: Vec<Chunk> = chunks.into_iter().collect::<Result<_, _>>().expect("no error");
    Answer {
        text: chunks.iter().map(|chunk| chunk.text.as_str()).collect(),
        finish: chunks.iter().find_map(|chunk| chunk.finish).expect("a reason to stop"),
        usage: chunks.iter().rev().find_map(|chunk| chunk.usage).expect("usage"),
    }
}

fn usage(input_uncached: u32, cache_read: u32, output: u32) -> Usage {
    Usage {
        input_uncached: Tokens(input_uncached),
        cache_read: Tokens(cache_read),
        output: Tokens(output),
        ..Usage::default()
    }
}

#[tokio::test]
async fn infill_counts_every_byte_and_hits_the_cache_while_the_user_types() {
    let Some(server) = LlamaServer::start(&["chain"], &["--slots", "1"]).await else { return };
    let all = INFILL_FRAME + (PREFIX.len() + SUFFIX.len()) as u32;
    let ask = |prefix: &str| read(ask(&server, Protocol::LlamaCppInfill, infill(prefix)));

    let first = ask(PREFIX).await;
    assert_eq!((first.text.as_str(), first.finish), ("return a + b;\n", FinishReason::Stop));
    // Five words and the token that ends the answer.
    assert_eq!(first.usage, usage(all, 0, 6));

    // The server always evaluates one token, however much of the prompt it knows.
    assert_eq!(ask(PREFIX).await.usage, usage(1, all - 1, 6));

    // Another key: what stands before the cursor is known, the rest has moved.
    let suffix_on = 2 + SUFFIX.len() as u32;
    let typed = ask(&format!("{PREFIX}r")).await;
    assert_eq!(typed.usage, usage(1 + suffix_on, all - suffix_on, 6));
}

#[tokio::test]
async fn completions_take_a_rendered_template_a_limit_and_stop_strings() {
    let Some(server) = LlamaServer::start(&["chain"], &["--slots", "1"]).await else { return };
    let ask = |prompt| read(ask(&server, Protocol::OpenAiCompletions, prompt));
    let all = 3 + (PREFIX.len() + SUFFIX.len()) as u32;

    let whole = ask(qwen()).await;
    assert_eq!((whole.text.as_str(), whole.finish), ("return a + b;\n", FinishReason::Stop));
    assert_eq!(whole.usage, usage(all, 0, 6));

    let limited = ask(Prompt { output_tokens_max: Tokens(2), ..qwen() }).await;
    assert_eq!((limited.text.as_str(), limited.finish), ("return a", FinishReason::Length));
    assert_eq!(limited.usage, usage(1, all - 1, 2));

    let stopped = ask(Prompt { stop: vec![" b".to_owned()], ..qwen() }).await;
    assert_eq!((stopped.text.as_str(), stopped.finish), ("return a +", FinishReason::Stop));
}

#[tokio::test]
async fn chat_answers_and_refuses_what_is_too_long() {
    let Some(server) = LlamaServer::start(&["chain"], &["--context", "1024"]).await else { return };
    let chat = |user: String| {
        let body = PromptBody::Chat { system: "be brief".to_owned(), user };
        ask(&server, Protocol::OpenAiChat, Prompt { body, ..infill("") })
    };
    let answer = read(chat("hello".to_owned())).await;
    assert_eq!(answer.text, "Hello from a tiny model.");
    assert_eq!((answer.finish, answer.usage.output), (FinishReason::Stop, Tokens(5)));
    // <|im_start|>system\nbe brief<|im_end|>\n, the same for the user, <|im_start|>assistant\n
    let prompt_tokens = (1 + 7 + 8 + 1 + 1) + (1 + 5 + 5 + 1 + 1) + (1 + 10);
    assert_eq!(answer.usage.input_total(), Tokens(prompt_tokens));

    match chat("x".repeat(2_000)).next().await {
        Some(Err(ProviderError::ContextTooLong { detail })) => {
            assert!(detail.contains("exceeds the available context size"), "{detail}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn messages_count_what_was_cached_apart_from_what_was_not() {
    let server = LlamaServer::start(&["chain"], &["--slots", "1", "--context", "1024"]).await;
    let Some(server) = server else { return };
    let ask = |user: &str| {
        let body = PromptBody::Chat { system: "be brief".to_owned(), user: user.to_owned() };
        let provider = provider(model(Protocol::AnthropicMessages, server.url()));
        provider.stream(Prompt { body, stop: vec!["never".to_owned()], ..infill("") })
    };
    let prompt_tokens = (1 + 7 + 8 + 1 + 1) + (1 + 5 + 5 + 1 + 1) + (1 + 10);
    let first = read(ask("hello")).await;
    assert_eq!(
        (first.text.as_str(), first.finish),
        ("Hello from a tiny model.", FinishReason::Stop)
    );
    assert_eq!(first.usage, usage(prompt_tokens, 0, 5));
    assert_eq!(read(ask("hello")).await.usage, usage(1, prompt_tokens - 1, 5));

    // The error has llama.cpp's shape, not Anthropic's.
    let error = ask(&"x".repeat(2_000)).next().await.expect("an answer").expect_err("too long");
    assert!(matches!(error, ProviderError::ContextTooLong { .. }), "{error:?}");
}

#[tokio::test]
async fn the_key_goes_where_the_protocol_has_it() {
    let Some(server) = LlamaServer::start(&["chain"], &["--key", "good"]).await else { return };
    for protocol in [Protocol::OpenAiChat, Protocol::AnthropicMessages] {
        let ask = |key: &str| {
            let path = if protocol == Protocol::OpenAiChat { "/v1" } else { "" };
            let mut settings = model(protocol, &format!("{}{path}", server.url()));
            settings.endpoint.key = Some(key.to_owned().into());
            let body = PromptBody::Chat { system: String::new(), user: "hello".to_owned() };
            provider(settings).stream(Prompt { body, ..infill("") })
        };
        assert_eq!(read(ask("good")).await.text, "Hello from a tiny model.");
        let error = ask("bad").next().await.expect("an answer").expect_err("a refusal");
        assert!(matches!(error, ProviderError::Unauthorized { .. }), "{protocol:?} {error:?}");
    }
}

#[tokio::test]
async fn a_block_of_several_lines_arrives_as_it_is() {
    let words = [
        "let mut",
        " total = 0;",
        "\n    for",
        " n in",
        " list {",
        "\n        total",
        " += n;",
        "\n    }",
        "\n    total\n",
    ];
    let model = [&["chain", "--fim"], words.as_slice()].concat();
    let Some(server) = LlamaServer::start(&model, &[]).await else { return };
    let answer = read(ask(&server, Protocol::LlamaCppInfill, infill(PREFIX))).await;
    assert_eq!(answer.text, words.concat());
    assert_eq!(answer.usage.output, Tokens(10));
}

#[tokio::test]
async fn a_key_is_refused_or_taken() {
    let Some(server) = LlamaServer::start(&["chain"], &["--key", "sk-local-0123"]).await else {
        return;
    };
    let mut settings = model(Protocol::LlamaCppInfill, server.url());
    match provider(settings.clone()).stream(infill(PREFIX)).next().await {
        Some(Err(ProviderError::Unauthorized { detail })) => {
            assert_eq!(detail, "status 401: Invalid API Key");
        }
        other => panic!("{other:?}"),
    }
    settings.endpoint.key = Some("sk-local-0123".to_owned().into());
    let answer = read(provider(settings).stream(infill(PREFIX))).await;
    assert_eq!(answer.text, "return a + b;\n");
}

#[tokio::test]
async fn dropping_the_stream_stops_the_generation() {
    // A window that 100,000 tokens fit in; at a few thousand a second they take half a minute.
    let server = ["--slots", "1", "--context", "110000"];
    let Some(server) = LlamaServer::start(&["random"], &server).await else { return };
    let prompt = Prompt { output_tokens_max: Tokens(100_000), ..infill(PREFIX) };
    let mut stream = ask(&server, Protocol::LlamaCppInfill, prompt);
    for _ in 0..10 {
        stream.next().await.expect("an endless answer").expect("no error");
    }
    assert_eq!(server.slots().await[0]["is_processing"], true);

    let dropped_at = Instant::now();
    drop(stream);
    let mut slot = server.slots().await.remove(0);
    while slot["is_processing"] != false {
        assert!(dropped_at.elapsed() < Duration::from_secs(10), "still generating: {slot}");
        sleep(Duration::from_millis(20)).await;
        slot = server.slots().await.remove(0);
    }
    // The slot counts what it holds, answer included: far less than was asked for.
    let held = slot["n_prompt_tokens"].as_u64().expect("a count");
    assert!(held < 50_000, "{held} tokens");
}
