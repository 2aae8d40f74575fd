//! Ollama's own `/api/generate`: JSON objects on lines, and all three forms of prompt.
//!
//! Prefix and suffix go in apart where the model's template knows a suffix (else the server says
//! that it "does not support insert"), a prompt with its FIM tokens in place goes in `raw`, past the
//! template, and chat goes in as a system text and a prompt. Left alone the server cuts what is
//! longer than its own window, so it is told the model's window, and to refuse what does not fit.
//! Fields: the server's `docs/api.md` and `api/types.go`, ollama 0.6.3 (the Python client).

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::wire::{Counts, Framing, Wire, fields, finish_reason, merge, tokens};
use crate::config::{Endpoint, Thinking};
use crate::domain::completion::{Chunk, Usage};
use crate::domain::prompt::{Prompt, PromptBody};
use crate::domain::units::Tokens;

/// `POST {url}/api/generate`.
pub(super) struct Generate {
    model: String,
    context_tokens: Tokens,
    thinking: Thinking,
    extra: Map<String, Value>,
}

impl Generate {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self {
            model: endpoint.model.clone(),
            context_tokens: endpoint.context_tokens,
            thinking: endpoint.thinking,
            extra: endpoint.extra.clone(),
        }
    }
}

impl Wire for Generate {
    fn path(&self) -> String {
        "api/generate".to_owned()
    }

    fn probe_path(&self) -> &'static str {
        "api/version"
    }

    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn may_think_aloud(&self) -> bool {
        true
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let mut body = fields(match &prompt.body {
            PromptBody::Infill { prefix, suffix, .. } => {
                json!({ "prompt": prefix, "suffix": suffix })
            }
            PromptBody::Raw { text } => json!({ "prompt": text, "raw": true }),
            PromptBody::Chat { system, user } => json!({ "system": system, "prompt": user }),
        });
        let mut options = json!({
            "num_predict": prompt.output_tokens_max.0,
            "num_ctx": self.context_tokens.0,
            "temperature": 0,
        });
        if !prompt.stop.is_empty() {
            options["stop"] = json!(prompt.stop);
        }
        body.extend(fields(json!({
            "model": self.model,
            "stream": true,
            "truncate": false,
            "shift": false,
            "options": options,
        })));
        // Models that cannot think take the word as well.
        if self.thinking != Thinking::Server {
            body.insert("think".to_owned(), json!(false));
        }
        merge(&mut body, &self.extra);
        Ok(body)
    }

    fn chunk(&self, event: &Value, _: Option<Usage>) -> Option<Chunk> {
        let is_last = event["done"] == true;
        let text = event.get("response").and_then(Value::as_str);
        if text.is_none() && !is_last {
            return None;
        }
        let counts = Counts {
            input_total: tokens(event.get("prompt_eval_count")),
            output: tokens(event.get("eval_count")),
            ..Counts::default()
        };
        Some(Chunk {
            text: text.unwrap_or_default().to_owned(),
            usage: counts.usage().filter(|_| is_last),
            finish: is_last.then(|| finish_reason(event["done_reason"].as_str().unwrap_or("stop"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::wire::tests::{chat_prompt, endpoint, infill_prompt, object};

    fn body(prompt: &Prompt, extra: Value) -> Value {
        let mut endpoint = endpoint("http://127.0.0.1:11434");
        endpoint.model = "qwen2.5-coder:1.5b".to_owned();
        endpoint.extra = object(extra);
        Value::from(Generate::new(&endpoint).body(prompt).expect("any prompt"))
    }

    #[test]
    fn asks_for_a_refusal_where_a_prompt_would_be_cut() {
        let expected = json!({
            "model": "qwen2.5-coder:1.5b", "prompt": "fn a() {", "suffix": "}", "stream": true,
            "truncate": false, "shift": false, "think": false,
            "options": {"num_predict": 32, "num_ctx": 8192, "temperature": 0, "stop": ["\n\n"]},
        });
        assert_eq!(body(&infill_prompt(), json!({})), expected);
        let changed = body(&infill_prompt(), json!({"options": {"num_ctx": false, "top_k": 1}}));
        let options = json!({"num_predict": 32, "temperature": 0, "stop": ["\n\n"], "top_k": 1});
        assert_eq!(changed["options"], options);
    }

    #[test]
    fn takes_each_form_in_its_own_fields() {
        let mut prompt = chat_prompt();
        let chat = body(&prompt, json!({}));
        assert_eq!((&chat["system"], &chat["prompt"]), (&json!("be brief"), &json!("a<CURSOR/>")));
        prompt.body = PromptBody::Raw { text: "<fim>".to_owned() };
        let raw = body(&prompt, json!({}));
        assert_eq!((&raw["raw"], raw.get("suffix")), (&json!(true), None));
    }

    #[test]
    fn thinking_is_its_own_field_and_never_text() {
        let wire = Generate::new(&endpoint("http://127.0.0.1:11434"));
        let event = json!({"response": "", "thinking": "hm", "done": false});
        assert_eq!(wire.chunk(&event, None), Some(Chunk::default()));
        assert_eq!(wire.chunk(&json!({"status": "ok"}), None), None);
    }
}
