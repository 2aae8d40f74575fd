//! What is sent to whom. What comes back is replayed from recorded answers in `decode/tests.rs`.

use super::*;
use crate::provider::wire::tests::{chat_prompt, endpoint, infill_prompt, object};

fn chat_body(host: &str, model: &str, extra: Value) -> Value {
    let mut endpoint = endpoint(&format!("https://{host}/v1"));
    endpoint.model = model.to_owned();
    endpoint.extra = object(extra);
    let prompt = Prompt { stop: vec!["\n".to_owned()], ..chat_prompt() };
    Value::from(Chat::new(&endpoint).body(&prompt).expect("a chat prompt"))
}

#[test]
fn chat_sends_what_every_compatible_server_takes() {
    let expected = json!({
        "model": "m",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "a<CURSOR/>"}],
        "stream": true,
        "stream_options": {"include_usage": true},
        "temperature": 0,
        "stop": ["\n"],
        "max_tokens": 32,
    });
    assert_eq!(chat_body("127.0.0.1", "m", json!({})), expected);
}

#[test]
fn servers_get_the_fields_of_their_dialects() {
    let body = chat_body("api.openai.com", "gpt-4.1-nano", json!({}));
    assert_eq!((&body["max_completion_tokens"], body.get("max_tokens")), (&json!(32), None));
    assert_eq!(
        body["stream_options"],
        json!({"include_usage": true, "include_obfuscation": false})
    );
    let body = chat_body("x.openai.azure.com", "m", json!({}));
    assert_eq!(body["max_completion_tokens"], 32);
    assert_eq!(body["stream_options"], json!({"include_usage": true}));
    assert_eq!(chat_body("notopenai.example", "m", json!({}))["max_tokens"], 32);
    assert_eq!(chat_body("api.mistral.ai", "m", json!({})).get("stream_options"), None);
    let body = chat_body("api.deepseek.com", "deepseek-v4-flash", json!({}));
    assert_eq!(body["thinking"], json!({"type": "disabled"}));
}

#[test]
fn models_are_not_sent_what_they_refuse() {
    let body = chat_body("api.openai.com", "o4-mini", json!({}));
    assert_eq!((body.get("temperature"), body.get("stop")), (None, None));
    assert_eq!(body["reasoning_effort"], "low");
    let body = chat_body("api.openai.com", "o4-mini", json!({"reasoning_effort": "high"}));
    assert_eq!(body["reasoning_effort"], "high");
}

#[test]
fn azure_gets_the_key_in_its_own_header() {
    let header = |url: &str| Chat::new(&endpoint(url)).key_header().map(str::to_owned);
    assert_eq!(header("https://x.openai.azure.com/openai/v1").as_deref(), Some("api-key"));
    assert_eq!(header("https://api.openai.com/v1"), None);
}

#[test]
fn extra_fields_replace_and_remove() {
    let extra = json!({"temperature": false, "max_completion_tokens": 99, "top_p": 0.5});
    let body = chat_body("127.0.0.1", "m", extra);
    assert_eq!(body.get("temperature"), None);
    assert_eq!(body.get("max_tokens"), None);
    assert_eq!((&body["max_completion_tokens"], &body["top_p"]), (&json!(99), &json!(0.5)));
}

#[test]
fn completions_send_raw_text_or_prefix_and_suffix() {
    let wire = Completions::new(&endpoint("http://127.0.0.1/v1"));
    let mut prompt = infill_prompt();
    let body = wire.body(&prompt).expect("an infill prompt");
    assert_eq!((&body["prompt"], &body["suffix"]), (&json!("fn a() {"), &json!("}")));
    assert_eq!((body.get("model"), &body["stop"]), (None, &json!(["\n\n"])));

    prompt.body = PromptBody::Raw { text: "<fim>".to_owned() };
    let body = wire.body(&prompt).expect("a raw prompt");
    assert_eq!((&body["prompt"], body.get("suffix")), (&json!("<fim>"), None));
}

#[test]
fn forms_a_protocol_cannot_carry_are_refused() {
    let endpoint = endpoint("http://127.0.0.1/v1");
    let refused = [
        Chat::new(&endpoint).body(&infill_prompt()),
        Completions::new(&endpoint).body(&chat_prompt()),
    ];
    for result in refused {
        assert!(matches!(result, Err(ProviderError::Refused { .. })), "{result:?}");
    }
}
