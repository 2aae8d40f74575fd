//! Gemini's streamed answers to chat prompts, by its own protocol.
//!
//! The model's name is part of the path, and events come only when `alt=sse` asks for them; without
//! it the stream is a JSON array, which the decoder reads too. Each event is a whole answer with
//! usage so far, so usage counts as final only with a reason to stop. Thinking is billed as output
//! and taken from the same limit. Field names: google-genai 3.4.0 (the Python SDK), ai.google.dev.

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::wire::{Counts, Wire, fields, merge, thinking_off, tokens, wrong_form};
use crate::config::traits::{self, Traits};
use crate::config::{Endpoint, Protocol};
use crate::domain::completion::{Chunk, FinishReason, Usage};
use crate::domain::prompt::{Prompt, PromptBody};
use crate::domain::units::Tokens;

/// `POST {url}/v1beta/models/{model}:streamGenerateContent?alt=sse`.
pub(super) struct Generate {
    model: String,
    traits: &'static Traits,
    thinking_off: Map<String, Value>,
    extra: Map<String, Value>,
}

impl Generate {
    pub(super) fn new(endpoint: &Endpoint) -> Result<Self, ProviderError> {
        let model = endpoint.model.strip_prefix("models/").unwrap_or(&endpoint.model);
        if model.is_empty() {
            let detail = "the protocol gemini needs the model's name on its server".to_owned();
            return Err(ProviderError::Refused { detail });
        }
        let traits = traits::of(Protocol::Gemini, model);
        Ok(Self {
            model: model.to_owned(),
            traits,
            thinking_off: thinking_off(endpoint, traits),
            extra: endpoint.extra.clone(),
        })
    }
}

impl Wire for Generate {
    fn path(&self) -> String {
        // Tuned models have a collection of their own in their names.
        let collection = if self.model.contains('/') { "" } else { "models/" };
        format!("v1beta/{collection}{}:streamGenerateContent", self.model)
    }

    fn query(&self) -> Option<&'static str> {
        Some("alt=sse")
    }

    fn probe_path(&self) -> &'static str {
        "v1beta/models"
    }

    fn key_header(&self) -> Option<&str> {
        Some("x-goog-api-key")
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let PromptBody::Chat { system, user } = &prompt.body else {
            return Err(wrong_form("gemini", "chat prompts"));
        };
        let mut generation = fields(json!({ "maxOutputTokens": prompt.output_tokens_max.0 }));
        if !prompt.stop.is_empty() {
            generation.insert("stopSequences".to_owned(), json!(prompt.stop));
        }
        if self.traits.takes("temperature") {
            generation.insert("temperature".to_owned(), json!(0));
        }
        let mut body = fields(json!({
            "contents": [{ "role": "user", "parts": [{ "text": user }] }],
            "generationConfig": generation,
        }));
        if !system.is_empty() {
            let system = json!({ "parts": [{ "text": system }] });
            body.insert("systemInstruction".to_owned(), system);
        }
        merge(&mut body, &self.thinking_off);
        merge(&mut body, &self.extra);
        Ok(body)
    }

    fn chunk(&self, event: &Value, _: Option<Usage>) -> Option<Chunk> {
        let candidate = event["candidates"].get(0);
        let blocked = event["promptFeedback"]["blockReason"].is_string();
        if candidate.is_none() && !blocked && event.get("usageMetadata").is_none() {
            return None;
        }
        let parts = candidate.and_then(|candidate| candidate["content"]["parts"].as_array());
        let text = parts.map(Vec::as_slice).unwrap_or_default().iter();
        let text = text.filter(|part| part["thought"] != true);
        let reason = candidate.and_then(|candidate| candidate["finishReason"].as_str());
        let finish = if blocked { Some(FinishReason::Refused) } else { reason.map(finish_reason) };
        let is_estimate = finish.is_none();
        let usage = usage_from(&event["usageMetadata"]);
        Some(Chunk {
            text: text.filter_map(|part| part["text"].as_str()).collect(),
            usage: usage.map(|usage| Usage { is_estimate, ..usage }),
            finish,
        })
    }
}

/// Words for an answer that was kept back, besides `MAX_TOKENS` and what counts as a normal stop.
const KEPT_BACK: [&str; 6] =
    ["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"];

fn finish_reason(word: &str) -> FinishReason {
    match word {
        "MAX_TOKENS" => FinishReason::Length,
        word if KEPT_BACK.contains(&word) => FinishReason::Refused,
        _ => FinishReason::Stop,
    }
}

/// The prompt's count includes what was cached, the candidates' does not include what was thought.
fn usage_from(report: &Value) -> Option<Usage> {
    let count = |name: &str| tokens(report.get(name));
    let sum = |left: Option<Tokens>, right: Option<Tokens>| {
        left.map(|left| left + right.unwrap_or_default()).or(right)
    };
    let reasoning = count("thoughtsTokenCount");
    let counts = Counts {
        input_total: sum(count("promptTokenCount"), count("toolUsePromptTokenCount")),
        cache_read: count("cachedContentTokenCount"),
        output: sum(count("candidatesTokenCount"), reasoning),
        reasoning,
        ..Counts::default()
    };
    counts.usage()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::wire::tests::{chat_prompt, endpoint};

    fn wire(model: &str) -> Generate {
        let mut endpoint = endpoint("https://generativelanguage.googleapis.com");
        endpoint.model = model.to_owned();
        Generate::new(&endpoint).expect("a name")
    }

    #[test]
    fn asks_with_thinking_off_and_sampling_where_the_model_takes_it() {
        let body = |model| {
            let prompt = Prompt { stop: vec!["\n".to_owned()], ..chat_prompt() };
            Value::from(wire(model).body(&prompt).expect("a chat prompt"))
        };
        let expected = json!({
            "contents": [{"role": "user", "parts": [{"text": "a<CURSOR/>"}]}],
            "systemInstruction": {"parts": [{"text": "be brief"}]},
            "generationConfig": {
                "maxOutputTokens": 32, "stopSequences": ["\n"], "temperature": 0,
                "thinkingConfig": {"thinkingBudget": 0},
            },
        });
        assert_eq!(body("gemini-2.5-flash-lite"), expected);
        let newer = &body("gemini-3.5-flash-lite")["generationConfig"];
        assert_eq!(newer.get("temperature"), None);
        assert_eq!(newer["thinkingConfig"], json!({"thinkingLevel": "low"}));
    }

    #[test]
    fn the_model_is_part_of_the_path() {
        let path = "v1beta/models/gemini-x:streamGenerateContent";
        assert_eq!(wire("gemini-x").path(), path);
        assert_eq!(wire("models/gemini-x").path(), path);
        assert_eq!(wire("tunedModels/a").path(), "v1beta/tunedModels/a:streamGenerateContent");
        let nameless = Generate::new(&endpoint("https://generativelanguage.googleapis.com"));
        assert!(matches!(nameless, Err(ProviderError::Refused { .. })));
    }

    #[test]
    fn a_blocked_prompt_is_a_refusal() {
        let event = json!({"promptFeedback": {"blockReason": "SAFETY"}});
        let chunk = wire("g").chunk(&event, None).expect("an answer");
        assert_eq!(chunk.finish, Some(FinishReason::Refused));
        assert_eq!(wire("g").chunk(&json!({"status": "ok"}), None), None);
    }
}
