//! What is asked of which model under which version, and how usage comes together.

use super::*;
use crate::provider::wire::tests::{chat_prompt, endpoint, infill_prompt, object};

fn wire(model: &str, version: Option<&str>) -> Messages {
    let mut endpoint = endpoint("https://api.anthropic.com");
    endpoint.model = model.to_owned();
    endpoint.api_version = version.map(str::to_owned);
    Messages::new(&endpoint)
}

fn body(model: &str, version: Option<&str>) -> Value {
    let mut prompt = chat_prompt();
    prompt.stop = vec!["\n\n".to_owned(), "```".to_owned()];
    Value::from(wire(model, version).body(&prompt).expect("a chat prompt"))
}

#[test]
fn asks_without_prefill_and_without_blank_stops() {
    let expected = json!({
        "model": "claude-haiku-4-5", "max_tokens": 32, "stream": true, "temperature": 0,
        "system": [{"type": "text", "text": "be brief"}],
        "messages": [{"role": "user", "content": "a<CURSOR/>"}],
        "stop_sequences": ["```"],
    });
    assert_eq!(body("claude-haiku-4-5", None), expected);
    let refusal = wire("m", None).body(&infill_prompt());
    assert!(matches!(refusal, Err(ProviderError::Refused { .. })));
}

#[test]
fn sampling_goes_only_to_versions_and_models_that_take_it() {
    let is_sent = |model, version| body(model, version).get("temperature").is_some();
    assert!(is_sent("claude-haiku-4-5", Some("2023-06-01")));
    assert!(!is_sent("claude-haiku-4-5", Some("2026-10-21")));
    assert!(!is_sent("claude-haiku-4-5", Some("2027-01-01")));
    assert!(!is_sent("claude-haiku-5-5", None));
    assert!(!is_sent("claude-opus-4-8", None));
    assert!(!is_sent("", None));
}

#[test]
fn the_version_is_a_header() {
    assert_eq!(wire("m", None).headers(), [("anthropic-version", "2023-06-01")]);
    let newer = wire("m", Some("2026-10-21"));
    assert_eq!(newer.headers(), [("anthropic-version", "2026-10-21")]);
}

#[test]
fn the_stable_part_is_marked_where_it_may_be_long_enough_to_be_kept() {
    let marks = |model: &str, bytes: usize| {
        let mut prompt = chat_prompt();
        prompt.body = PromptBody::Chat { system: "x".repeat(bytes), user: "y".repeat(90_000) };
        let body = wire(model, None).body(&prompt).expect("a chat prompt");
        let text = Value::from(body).to_string();
        text.matches("\"cache_control\":{\"type\":\"ephemeral\"}").count()
    };
    // Haiku 4.5 keeps 4,096 tokens and more, Haiku 5.5 512 and more.
    assert_eq!(marks("claude-haiku-4-5", 8_191), 0);
    assert_eq!(marks("claude-haiku-4-5", 8_192), 1);
    assert_eq!(marks("claude-haiku-5-5", 1_023), 0);
    assert_eq!(marks("claude-haiku-5-5", 1_024), 1);
}

#[test]
fn extra_fields_reach_the_body() {
    let mut endpoint = endpoint("https://api.anthropic.com");
    endpoint.extra = object(json!({"output_config": {"effort": "low"}, "temperature": false}));
    endpoint.model = "claude-haiku-4-5".to_owned();
    let body = Messages::new(&endpoint).body(&chat_prompt()).expect("a chat prompt");
    assert_eq!(body["output_config"], json!({"effort": "low"}));
    assert_eq!(body.get("temperature"), None);
}

#[test]
fn usage_comes_together_from_first_and_last_event() {
    let wire = wire("m", None);
    let start = json!({"type": "message_start", "message": {"usage": {
        "input_tokens": 7, "cache_creation_input_tokens": 300, "cache_read_input_tokens": 40,
        "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
        "output_tokens": 1}}});
    let first = wire.chunk(&start, None).and_then(|chunk| chunk.usage).expect("usage");
    assert!(first.is_estimate, "the output is still to come");
    let end = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"},
        "usage": {"output_tokens": 12}});
    let last = wire.chunk(&end, Some(first)).and_then(|chunk| chunk.usage);
    let expected = Usage {
        input_uncached: Tokens(7),
        cache_read: Tokens(40),
        cache_write: Tokens(100),
        cache_write_hour: Tokens(200),
        output: Tokens(12),
        ..Usage::default()
    };
    assert_eq!(last, Some(expected));
    // Gateways that report the whole usage at the end and zeros before.
    let late = json!({"type": "message_delta", "usage": {"input_tokens": 9, "output_tokens": 2}});
    let usage = wire.chunk(&late, None).and_then(|chunk| chunk.usage).expect("usage");
    assert_eq!((usage.input_total(), usage.output), (Tokens(9), Tokens(2)));
}
