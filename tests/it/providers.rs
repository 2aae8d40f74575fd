//! The provider border against servers that misbehave: what becomes of every fault, what stays on
//! the wire after a cancellation, and what must never be sent.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use tabtier::config::{ModelSettings, Protocol};
use tabtier::domain::completion::{Chunk, FinishReason};
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::{ChunkStream, ProviderError};
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

use crate::support::upstream::{Script, Step, Upstream, chat_event};
use crate::support::{model, provider, registry};

const USER_TEXT: &str = "let answer = the_meaning_of_everything(";

fn prompt() -> Prompt {
    let body = PromptBody::Chat { system: "complete".to_owned(), user: USER_TEXT.to_owned() };
    Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(64), breakpoints: Vec::new() }
}

fn chat(url: &str) -> ModelSettings {
    model(Protocol::OpenAiChat, url)
}

/// Reads a stream to its end: the text, and the error or the last reason to stop.
async fn read(stream: ChunkStream) -> (String, Result<Option<FinishReason>, ProviderError>) {
    let items: Vec<Result<Chunk, ProviderError>> =
        timeout(Duration::from_secs(20), stream.collect()).await.expect("an end");
    let text = items.iter().flatten().map(|chunk| chunk.text.as_str()).collect();
    let end = match items.last() {
        Some(Err(error)) => Err(error.clone()),
        _ => Ok(items.iter().flatten().filter_map(|chunk| chunk.finish).next_back()),
    };
    (text, end)
}

/// Asks a server that plays `script`, giving it `limit` in all.
async fn ask(
    script: Script,
    limit: Duration,
) -> (String, Result<Option<FinishReason>, ProviderError>) {
    let upstream = Upstream::start(script).await;
    let mut settings = chat(&upstream.url());
    settings.endpoint.timeout = limit;
    read(provider(settings).stream(prompt())).await
}

/// Expects `text` and then an error whose name and words contain `error`.
async fn check_fault(name: &str, script: Script, text: &str, error: &str) {
    let (found_text, end) = ask(script, Duration::from_millis(500)).await;
    let found = format!("{:?}", end.expect_err(name));
    assert!(found.contains(error), "{name}: {found}");
    assert_eq!(found_text, text, "{name}");
}

#[tokio::test]
async fn silence_and_broken_connections_are_unreachable() {
    let no_answer = "Unreachable { detail: \"no complete answer within 500ms\" }";
    let let_x = || Script::events([chat_event("let x")]);
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\ndata: {\"choices\":[]}\n\n";
    let table = [
        ("hang before headers", Script::new([Step::Hang]), "", no_answer),
        ("hang after headers", Script::stream().then([Step::Hang]), "", no_answer),
        ("stall mid-stream", let_x().then([Step::Hang]), "let x", no_answer),
        ("close before headers", Script::new([Step::Close]), "", "Unreachable"),
        ("reset before headers", Script::new([Step::Reset]), "", "Unreachable"),
        ("close mid-stream", let_x().then([Step::Close]), "let x", "Unreachable"),
        ("reset mid-stream", let_x().then([Step::Reset]), "let x", "Unreachable"),
        ("end without a reason", let_x().then([Step::end()]), "let x", "Unreachable"),
        ("short body", Script::new([Step::Send(short.into()), Step::Close]), "", "Unreachable"),
        ("not HTTP", Script::new([Step::Send(b"SSH-2.0-x\r\n\r\n".into())]), "", "Unreachable"),
    ];
    for (name, script, text, error) in table {
        check_fault(name, script, text, error).await;
    }
}

#[tokio::test]
async fn answers_that_make_no_sense_are_malformed() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".repeat(10);
    let table = [
        ("web page", Script::answer(200, "text/html", "<html>sign in</html>")),
        ("web page as events", Script::answer(200, "text/event-stream", "<html>")),
        ("nothing", Script::answer(200, "text/event-stream", "")),
        ("no content", Script::status(204, &[])),
        ("bad JSON", Script::answer(200, "application/json", "{\"choices\":[{")),
        ("other JSON", Script::json(200, &json!({ "status": "ok" }))),
        ("bytes", Script::answer(200, "application/octet-stream", gzip)),
        ("endless line", Script::stream().then([repeat(&b"x".repeat(8192))])),
        ("endless comments", Script::stream().then([repeat(&b":\n".repeat(4096))])),
        ("endless document", Script::stream().then([repeat(&b"[".repeat(8192))])),
    ];
    for (name, script) in table {
        // Twenty seconds: a limit must end these, not the clock.
        let (text, end) = ask(script, Duration::from_secs(20)).await;
        assert!(matches!(end, Err(ProviderError::Malformed { .. })), "{name}: {end:?}");
        assert_eq!(text, "", "{name}");
    }
}

/// These bytes, again and again, as chunks of a body.
fn repeat(bytes: &[u8]) -> Step {
    let head = format!("{:x}\r\n", bytes.len()).into_bytes();
    Step::Repeat([&head, bytes, b"\r\n"].concat(), Duration::ZERO)
}

#[tokio::test]
async fn statuses_become_the_engines_words() {
    let error = |message: &str| json!({ "error": { "message": message, "type": "t" } });
    let quota = json!({ "error": { "message": "pay", "code": "insufficient_quota" } });
    let mut table = vec![
        (Script::json(400, &error("bad field")), "Refused { detail: \"status 400: bad field\" }"),
        (Script::json(401, &error("no")), "Unauthorized { detail: \"status 401: no\" }"),
        (Script::json(403, &error("no")), "Unauthorized"),
        (Script::json(402, &error("pay")), "OutOfQuota"),
        (Script::json(429, &quota), "OutOfQuota"),
        (Script::status(429, &[]), "RateLimited { retry_after: None }"),
        (Script::status(429, &["retry-after: 7"]), "RateLimited { retry_after: Some(7s) }"),
        (Script::status(503, &["retry-after: 9999999"]), "RateLimited { retry_after: Some(600s) }"),
        (Script::status(529, &["retry-after-ms: 50"]), "RateLimited { retry_after: Some(50ms) }"),
    ];
    table.extend([404, 422].map(|status| (Script::status(status, &[]), "Refused")));
    table.push((Script::status(413, &[]), "ContextTooLong"));
    table.extend([500, 502, 504].map(|status| (Script::status(status, &[]), "ServerError")));
    for (script, error) in table {
        let name = format!("{script:?}");
        check_fault(&name, script, "", error).await;
    }
}

#[tokio::test]
async fn an_error_answer_is_read_for_a_moment_and_a_page_only() {
    let head = "HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n";
    for body in [Step::Hang, repeat(&b"x".repeat(8192))] {
        let script = Script::new([Step::Send(head.into()), body]);
        let (_, end) = ask(script, Duration::from_secs(20)).await;
        let detail = "status 500".to_owned();
        assert_eq!(end, Err(ProviderError::ServerError { detail }));
    }
    // A message within the first 4 KiB would be shown; this one ends beyond them.
    let script = Script::json(500, &json!({ "error": "x".repeat(4096) }));
    check_fault("long error", script, "", "ServerError { detail: \"status 500\" }").await;
}

#[tokio::test]
async fn a_port_nobody_listens_on_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let (_, end) = read(provider(chat(&format!("http://{address}"))).stream(prompt())).await;
    let detail = end.expect_err("nobody is there").to_string();
    assert!(detail.starts_with("unreachable: cannot connect: "), "{detail}");
    assert!(!detail.contains(&address.to_string()), "{detail}");
}

#[tokio::test]
async fn a_server_without_tls_gets_no_request_meant_for_https() {
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    let url = upstream.url().replace("http://", "https://");
    let (_, end) = read(provider(chat(&url)).stream(prompt())).await;
    assert!(matches!(end, Err(ProviderError::Unreachable { .. })), "{end:?}");
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn redirects_are_refused_and_their_target_sees_nothing() {
    let target = Upstream::start(Script::chat(&["stolen"])).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/v1/chat/completions", target.url());
        let script = Script::status(status, &[&location]);
        check_fault(&status.to_string(), script, "", "redirects are not followed").await;
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn an_endless_answer_is_cut_as_if_the_limit_had_been_reached() {
    let event = format!("data: {}\n\n", chat_event(&"word ".repeat(100)));
    let (text, end) =
        ask(Script::stream().then([repeat(event.as_bytes())]), Duration::from_secs(20)).await;
    assert_eq!(end, Ok(Some(FinishReason::Length)));
    assert_eq!(text.len(), 32 * 1024);
}

#[tokio::test]
async fn odd_but_honest_answers_are_read() {
    let event = format!("data: {}\r\n\r\n", chat_event("dripped"));
    let drip = event
        .bytes()
        .flat_map(|byte| [Step::Chunk(vec![byte]), Step::Wait(Duration::from_micros(100))]);
    let done = || [Step::Chunk(b"data: [DONE]\n\n".to_vec()), Step::end()];
    let invalid = b"data: {\"choices\":[{\"delta\":{\"content\":\"a\xff\"}}]}\n\n".to_vec();
    let whole =
        json!({ "choices": [{ "message": { "content": "whole" }, "finish_reason": "stop" }] });
    let table = [
        ("dripped", Script::stream().then(drip).then(done())),
        ("a\u{fffd}", Script::stream().then([Step::Chunk(invalid)]).then(done())),
        ("whole", Script::json(200, &whole)),
        ("whole", Script::answer(200, "text/event-stream", whole.to_string())),
        ("let x = 1;", Script::chat(&["let x", " = 1;"])),
    ];
    for (text, script) in table {
        let found = ask(script, Duration::from_secs(10)).await;
        assert_eq!(found, (text.to_owned(), Ok(Some(FinishReason::Stop))));
    }
}

#[tokio::test]
async fn sequential_calls_share_one_connection() {
    let upstream = Upstream::start_with(|request| match request.body["n"].as_u64() {
        Some(0) => Script::chat(&["a", "b"]),
        Some(1) => Script::json(200, &json!({ "choices": [{ "text": "ab" }] })),
        _ => Script::json(404, &json!({ "error": "no such model" })),
    })
    .await;
    for n in [0, 1, 2, 0, 1, 2, 0] {
        let mut settings = chat(&upstream.url());
        settings.endpoint.extra.insert("n".to_owned(), json!(n));
        let (text, end) = read(provider(settings).stream(prompt())).await;
        assert_eq!((text.as_str(), end.is_ok()), if n == 2 { ("", false) } else { ("ab", true) });
    }
    assert_eq!((upstream.requests().len(), upstream.connections()), (7, 1));
    assert!(upstream.requests().iter().all(|request| request.connection == 0));
    assert_eq!(upstream.dropped(), 0);
}

#[tokio::test]
async fn a_connection_opened_ahead_is_the_one_used() {
    let upstream = Upstream::start_with(|request| match request.method.as_str() {
        "GET" => Script::json(401, &json!({ "error": "who are you" })),
        _ => Script::chat(&["x"]),
    })
    .await;
    let registry = registry(chat(&format!("{}/v1/?team=7", upstream.url())));
    registry.connect().await;
    let provider = registry.get("model").expect("the only model");
    read(provider.stream(prompt())).await.1.expect("an answer");

    let requests = upstream.requests();
    assert!(requests.is_sorted_by_key(|request| request.at));
    let paths: Vec<_> = requests.into_iter().map(|r| (r.method, r.path)).collect();
    let expected = [("GET", "/v1/models?team=7"), ("POST", "/v1/chat/completions?team=7")];
    assert_eq!(paths, expected.map(|(method, path)| (method.to_owned(), path.to_owned())));
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn a_server_that_closes_after_each_answer_loses_no_call() {
    let upstream = Upstream::start(Script::chat(&["x"]).then([Step::Close])).await;
    let provider = provider(chat(&upstream.url()));
    for call in 0..50 {
        let (text, end) = read(provider.stream(prompt())).await;
        assert_eq!((text.as_str(), end), ("x", Ok(Some(FinishReason::Stop))), "call {call}");
    }
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_costs_one_more_request_and_a_fresh_one_none() {
    let served = Mutex::new(HashSet::new());
    let upstream = Upstream::start_with(move |request| {
        let is_first = served.lock().expect("no panic").insert(request.connection);
        if is_first { Script::chat(&["x"]) } else { Script::new([Step::Close]) }
    })
    .await;
    let settings = chat(&upstream.url());
    for _ in 0..3 {
        let (text, end) = read(provider(settings.clone()).stream(prompt())).await;
        assert_eq!((text.as_str(), end), ("x", Ok(Some(FinishReason::Stop))));
    }
    assert_eq!((upstream.requests().len(), upstream.connections()), (5, 3));

    let upstream = Upstream::start(Script::new([Step::Close])).await;
    let (_, end) = read(provider(chat(&upstream.url())).stream(prompt())).await;
    assert!(matches!(end, Err(ProviderError::Unreachable { .. })), "{end:?}");
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn dropping_the_stream_closes_the_socket() {
    let some_text = || Script::events([chat_event("a")]);
    let scripts = [
        ("before headers", Script::new([Step::Hang])),
        ("before text", Script::stream().then([Step::Hang])),
        ("mid-stream", some_text().then([Step::Hang])),
        ("in full flow", some_text().then([repeat(b": more\n\n")])),
    ];
    for (name, script) in scripts {
        let upstream = Upstream::start(script).await;
        let mut stream = provider(chat(&upstream.url())).stream(prompt());
        if name.starts_with("before") {
            tokio::select! {
                item = stream.next() => panic!("{name}: {item:?}"),
                () = upstream.wait_for_requests(1) => {}
            }
        } else {
            assert!(matches!(stream.next().await, Some(Ok(_))), "{name}");
        }
        let dropped_at = Instant::now();
        drop(stream);
        upstream.wait_for_dropped(1).await;
        let took = dropped_at.elapsed();
        // A hundredth of this is usual; the rest is for a machine that is busy elsewhere.
        assert!(took < Duration::from_secs(1), "{name}: {took:?}");
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_sends_nothing() {
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    let provider = provider(chat(&upstream.url()));
    drop(provider.stream(prompt()));
    read(provider.stream(prompt())).await.1.expect("an answer");
    assert_eq!((upstream.requests().len(), upstream.connections()), (1, 1));
}

#[tokio::test]
async fn requests_carry_the_key_in_one_header_and_ask_for_plain_bytes() {
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    let mut settings = chat(&upstream.url());
    settings.endpoint.key = Some("sk-test-0123456789".to_owned().into());
    read(provider(settings).stream(prompt())).await.1.expect("an answer");

    let requests = upstream.requests();
    let request = requests.first().expect("a request");
    assert_eq!(request.header("authorization"), Some("Bearer sk-test-0123456789"));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.body["messages"][1]["content"], USER_TEXT);
    let elsewhere = request.headers.iter().filter(|(name, _)| name != "authorization");
    assert!(elsewhere.map(|(_, value)| value).all(|value| !value.contains("sk-test")));
    assert!(!request.path.contains("sk-test") && !request.body.to_string().contains("sk-test"));
}

#[tokio::test]
async fn a_server_that_repeats_key_or_prompt_does_not_get_them_into_an_error() {
    let upstream = Upstream::start_with(|request| {
        let sent = request.header("authorization").unwrap_or_default();
        let text = request.body["messages"][1]["content"].as_str().unwrap_or_default();
        Script::json(400, &json!({ "error": format!("cannot take {sent} with {text}") }))
    })
    .await;
    for key in ["", "sk-test-0123456789"] {
        let mut settings = chat(&upstream.url());
        settings.endpoint.key = (!key.is_empty()).then(|| key.to_owned().into());
        let (_, end) = read(provider(settings).stream(prompt())).await;
        let shown = end.expect_err("a refusal").to_string();
        assert!(shown.contains("withheld"), "{shown}");
        assert!(!shown.contains("0123456789") && !shown.contains("meaning"), "{shown}");
    }
}
