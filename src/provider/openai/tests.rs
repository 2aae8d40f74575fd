//! What is sent to whom. What comes back is replayed from recorded answers in `decode/tests.rs`.

use super::*;
use crate::provider::wire::tests::{chat_prompt, endpoint, infill_prompt, object};

fn chat_body(host: &str, extra: Value) -> Value {
    let mut endpoint = endpoint("http://127.0.0.1/v1");
    endpoint.model = "m".to_owned();
    endpoint.extra = object(extra);
    Value::from(Chat::new(&endpoint, host).body(&chat_prompt()).expect("a chat prompt"))
}

#[test]
fn chat_sends_what_every_compatible_server_takes() {
    let expected = json!({
        "model": "m",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "a<CURSOR/>"}],
        "stream": true,
        "stream_options": {"include_usage": true},
        "temperature": 0,
        "max_tokens": 32,
    });
    assert_eq!(chat_body("127.0.0.1", json!({})), expected);
}

#[test]
fn openai_itself_gets_its_own_fields() {
    let body = chat_body("api.openai.com", json!({}));
    assert_eq!(body["max_completion_tokens"], 32);
    assert_eq!(body.get("max_tokens"), None);
    assert_eq!(
        body["stream_options"],
        json!({"include_usage": true, "include_obfuscation": false})
    );
    assert_eq!(chat_body("x.openai.azure.com", json!({}))["max_completion_tokens"], 32);
    assert_eq!(chat_body("notopenai.example", json!({}))["max_tokens"], 32);
}

#[test]
fn extra_fields_replace_and_remove() {
    let extra = json!({"temperature": false, "max_completion_tokens": 99, "top_p": 0.5});
    let body = chat_body("127.0.0.1", extra);
    assert_eq!(body.get("temperature"), None);
    assert_eq!(body.get("max_tokens"), None);
    assert_eq!((&body["max_completion_tokens"], &body["top_p"]), (&json!(99), &json!(0.5)));
}

#[test]
fn completions_send_raw_text_or_prefix_and_suffix() {
    let wire = Completions::new(&endpoint("http://127.0.0.1/v1"), "127.0.0.1");
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
        Chat::new(&endpoint, "").body(&infill_prompt()),
        Completions::new(&endpoint, "").body(&chat_prompt()),
    ];
    for result in refused {
        assert!(matches!(result, Err(ProviderError::Refused { .. })), "{result:?}");
    }
}

#[test]
fn usage_is_normalised_over_vendors() {
    let check = |usage: Value, expected: Option<(u32, u32, u32)>| {
        let found = usage_from(&usage).map(|u| (u.input_uncached.0, u.cache_read.0, u.output.0));
        assert_eq!(found, expected, "{usage}");
    };
    let openai = json!({"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}});
    check(openai, Some((2, 8, 4)));
    let deepseek =
        json!({"prompt_tokens": 10, "completion_tokens": 4, "prompt_cache_hit_tokens": 6});
    check(deepseek, Some((4, 6, 4)));
    check(json!({"prompt_tokens": 10, "completion_tokens": 4}), Some((10, 0, 4)));
    check(json!({"prompt_tokens": 10, "completion_tokens": -4}), Some((10, 0, 0)));
    check(json!({"prompt_tokens": 10, "prompt_tokens_details": null}), Some((10, 0, 0)));
    check(json!({"prompt_tokens": 0, "completion_tokens": 0}), None);
    check(json!({"prompt_tokens": 1e300}), None);
    check(json!({}), None);
}
