//! OpenAI's chat and legacy completions, which most other servers speak as well.
//!
//! The body holds what every server with these protocols takes. What only some want or refuse is
//! data: the server's row in `src/config/dialects.toml` and the model's in
//! `src/config/traits.toml`. Field names: openai 3.54.0 (the Python SDK) and recorded answers.

mod answer;

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::wire::{Wire, fields, merge, thinking_off, wrong_form};
use crate::config::dialects::Dialect;
use crate::config::traits::{self, Traits};
use crate::config::{Endpoint, Protocol};
use crate::domain::completion::{Chunk, Usage};
use crate::domain::prompt::{Prompt, PromptBody};

pub(super) use self::answer::chunk;

/// What both protocols know about their model.
struct Model {
    name: String,
    extra: Map<String, Value>,
    dialect: &'static Dialect,
    traits: &'static Traits,
}

impl Model {
    fn new(endpoint: &Endpoint, protocol: Protocol) -> Self {
        Self {
            name: endpoint.model.clone(),
            extra: endpoint.extra.clone(),
            dialect: endpoint.dialect,
            traits: traits::of(protocol, &endpoint.model),
        }
    }

    /// The fields both protocols share, with the form's own on top and the user's over all.
    fn body(&self, prompt: &Prompt, limit: &str, form: Map<String, Value>) -> Map<String, Value> {
        let mut body = form;
        if !self.name.is_empty() {
            body.insert("model".to_owned(), json!(self.name));
        }
        body.insert("stream".to_owned(), json!(true));
        if self.dialect.asks_usage {
            let mut options = json!({ "include_usage": true });
            if self.dialect.is_padded {
                options["include_obfuscation"] = json!(false);
            }
            body.insert("stream_options".to_owned(), options);
        }
        if self.traits.takes("temperature") {
            body.insert("temperature".to_owned(), json!(0));
        }
        if !prompt.stop.is_empty() && self.traits.takes("stop") {
            body.insert("stop".to_owned(), json!(prompt.stop));
        }
        // Servers that know both fields refuse them together, so the user's choice is the only one.
        let limits = ["max_tokens", "max_completion_tokens"];
        if !limits.iter().any(|name| self.extra.contains_key(*name)) {
            body.insert(limit.to_owned(), json!(prompt.output_tokens_max.0));
        }
        merge(&mut body, &self.extra);
        body
    }

    fn chunk(&self, event: &Value) -> Option<Chunk> {
        answer::chunk(event, self.dialect.cost.as_deref())
    }
}

/// `POST {url}/chat/completions`.
pub(super) struct Chat {
    model: Model,
    thinking_off: Map<String, Value>,
}

impl Chat {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let model = Model::new(endpoint, Protocol::OpenAiChat);
        Self { thinking_off: thinking_off(endpoint, model.traits), model }
    }
}

impl Wire for Chat {
    fn path(&self) -> String {
        "chat/completions".to_owned()
    }

    fn probe_path(&self) -> &'static str {
        "models"
    }

    fn key_header(&self) -> Option<&str> {
        self.model.dialect.key_header.as_deref()
    }

    fn may_think_aloud(&self) -> bool {
        true
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let PromptBody::Chat { system, user } = &prompt.body else {
            return Err(wrong_form("openai_chat", "chat prompts"));
        };
        let mut messages = Vec::new();
        if !system.is_empty() {
            messages.push(json!({ "role": "system", "content": system }));
        }
        messages.push(json!({ "role": "user", "content": user }));
        let mut form = fields(json!({ "messages": messages }));
        merge(&mut form, &self.thinking_off);
        Ok(self.model.body(prompt, &self.model.dialect.chat_limit, form))
    }

    fn chunk(&self, event: &Value, _: Option<Usage>) -> Option<Chunk> {
        self.model.chunk(event)
    }
}

/// `POST {url}/completions`, with the FIM tokens in the prompt or a `suffix` beside it. DeepSeek's
/// FIM is this protocol below `/beta`.
pub(super) struct Completions(Model);

impl Completions {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self(Model::new(endpoint, Protocol::OpenAiCompletions))
    }
}

impl Wire for Completions {
    fn path(&self) -> String {
        "completions".to_owned()
    }

    fn probe_path(&self) -> &'static str {
        "models"
    }

    fn key_header(&self) -> Option<&str> {
        self.0.dialect.key_header.as_deref()
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let form = match &prompt.body {
            PromptBody::Raw { text } => json!({ "prompt": text }),
            PromptBody::Infill { prefix, suffix, .. } => {
                json!({ "prompt": prefix, "suffix": suffix })
            }
            PromptBody::Chat { .. } => {
                return Err(wrong_form("openai_completions", "raw and infill prompts"));
            }
        };
        Ok(self.0.body(prompt, "max_tokens", fields(form)))
    }

    fn chunk(&self, event: &Value, _: Option<Usage>) -> Option<Chunk> {
        self.0.chunk(event)
    }
}

#[cfg(test)]
mod tests;
