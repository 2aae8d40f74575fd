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
        "messages": [{"role": "user", "content": [{"type": "text", "text": "a<CURSOR/>"}]}],
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

/// The texts of a body in order, each with whether it is marked for the cache.
fn marked(model: &str, system: &str, user: &str, breakpoints: &[usize]) -> Vec<(String, bool)> {
    let mut prompt = chat_prompt();
    prompt.body = PromptBody::Chat { system: system.to_owned(), user: user.to_owned() };
    prompt.breakpoints = breakpoints.to_vec();
    let body = wire(model, None).body(&prompt).expect("a chat prompt");
    let blocks = [&body["system"], &body["messages"][0]["content"]];
    let blocks = blocks.into_iter().filter_map(Value::as_array).flatten();
    let mark = json!({"type": "ephemeral"});
    let text = |block: &Value| block["text"].as_str().expect("text").to_owned();
    blocks.map(|block| (text(block), block.get("cache_control") == Some(&mark))).collect()
}

#[test]
fn what_stays_is_marked_where_it_may_be_long_enough_to_be_kept() {
    let is_marked = |model, bytes: usize| {
        let all = marked(model, &"x".repeat(bytes), &"y".repeat(90_000), &[]);
        assert!(!all[1].1, "what changes with every key is never marked");
        all[0].1
    };
    // Haiku 4.5 keeps 4,096 tokens and more, Haiku 5.5 512 and more.
    assert!(!is_marked("claude-haiku-4-5", 8_191) && is_marked("claude-haiku-4-5", 8_192));
    assert!(!is_marked("claude-haiku-5-5", 1_023) && is_marked("claude-haiku-5-5", 1_024));
}

#[test]
fn the_prompts_breakpoints_end_blocks_and_what_stands_before_counts_too() {
    let (system, user) =
        ("s".repeat(400), ["a".repeat(300), "b".repeat(400), "c".repeat(50)].concat());
    let all = marked("claude-haiku-5-5", &system, &user, &[300, 700]);
    let lengths: Vec<_> = all.iter().map(|(text, is_marked)| (text.len(), *is_marked)).collect();
    assert_eq!(lengths, [(400, false), (300, false), (400, true), (50, false)]);
    let joined: String = all[1..].iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(joined, user);
}

#[test]
fn no_more_marks_than_allowed_no_blank_blocks_and_no_cut_inside_a_character() {
    let user = format!("{}é \n{}", "a".repeat(2_000), "b".repeat(3_000));
    let breakpoints = [500, 1_000, 2_001, 2_004, 2_005, 2_006, 2_500, 5_004];
    let all = marked("claude-haiku-5-5", &"s".repeat(2_000), &user, &breakpoints);
    assert!(all.iter().filter(|(_, is_marked)| *is_marked).count() <= 4, "{}", all.len());
    let whole = marked("claude-haiku-5-5", "s", &user, &[user.len()]);
    assert_eq!(whole[1..], [(user.clone(), true)]);
    let blank = marked("claude-haiku-5-5", "s", " \nx", &[2]);
    assert_eq!(blank[1..], [(" \nx".to_owned(), false)]);
    let inside = marked("claude-haiku-5-5", "s", "éx", &[1]);
    assert_eq!(inside[1..], [("éx".to_owned(), false)]);
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
