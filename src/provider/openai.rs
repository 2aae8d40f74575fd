//! OpenAI's chat and legacy completions, which most other servers speak as well.
//!
//! "Compatible" is a family, not a protocol: vLLM refuses `suffix` for most models, llama.cpp
//! accepts and ignores it, gateways move the usage around. So the body holds only what all of them
//! take, the few hosts that want something else are rows of [`DIALECTS`], and the reader accepts
//! every shape seen. Field names: openai 3.54.0 (the Python SDK) and recorded answers.

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::wire::{Wire, finish_reason, merge, tokens, usage_of, wrong_form};
use crate::config::Endpoint;
use crate::domain::completion::{Chunk, FinishReason, Usage};
use crate::domain::prompt::{Prompt, PromptBody};

/// What a host wants that others would refuse.
struct Dialect {
    /// End of the host name.
    host: &'static str,
    /// The field that limits a chat answer.
    limit: &'static str,
    /// Whether stream padding is on by default and can be switched off.
    is_padded: bool,
}

/// Hosts with a dialect. OpenAI's newer models refuse `max_tokens`, and its streams carry random
/// padding unless told not to; other servers know neither field.
const DIALECTS: [Dialect; 2] = [
    Dialect { host: "api.openai.com", limit: "max_completion_tokens", is_padded: true },
    Dialect { host: ".openai.azure.com", limit: "max_completion_tokens", is_padded: false },
];

/// What every other server takes.
const PLAIN: Dialect = Dialect { host: "", limit: "max_tokens", is_padded: false };

/// What both protocols know about their model.
struct Model {
    name: String,
    extra: Map<String, Value>,
    dialect: &'static Dialect,
}

impl Model {
    fn new(endpoint: &Endpoint, host: &str) -> Self {
        let dialect = DIALECTS.iter().find(|row| host.ends_with(row.host)).unwrap_or(&PLAIN);
        Self { name: endpoint.model.clone(), extra: endpoint.extra.clone(), dialect }
    }

    /// The fields both protocols share, with the form's own on top and the user's over all.
    fn body(&self, prompt: &Prompt, limit: &str, form: Value) -> Map<String, Value> {
        let mut body = Map::new();
        if !self.name.is_empty() {
            body.insert("model".to_owned(), json!(self.name));
        }
        if let Value::Object(form) = form {
            body.extend(form);
        }
        body.insert("stream".to_owned(), json!(true));
        let mut options = json!({ "include_usage": true });
        if self.dialect.is_padded {
            options["include_obfuscation"] = json!(false);
        }
        body.insert("stream_options".to_owned(), options);
        body.insert("temperature".to_owned(), json!(0));
        if !prompt.stop.is_empty() {
            body.insert("stop".to_owned(), json!(prompt.stop));
        }
        // Servers that know both fields refuse them together, so the user's choice is the only one.
        if !self.extra.contains_key("max_completion_tokens") {
            body.insert(limit.to_owned(), json!(prompt.output_tokens_max.0));
        }
        merge(&mut body, &self.extra);
        body
    }
}

/// `POST {url}/chat/completions`.
pub(super) struct Chat(Model);

impl Chat {
    pub(super) fn new(endpoint: &Endpoint, host: &str) -> Self {
        Self(Model::new(endpoint, host))
    }
}

impl Wire for Chat {
    fn path(&self) -> &'static str {
        "chat/completions"
    }

    fn probe_path(&self) -> &'static str {
        "models"
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let PromptBody::Chat { system, user } = &prompt.body else {
            return Err(wrong_form("openai-chat", "chat prompts"));
        };
        let mut messages = Vec::new();
        if !system.is_empty() {
            messages.push(json!({ "role": "system", "content": system }));
        }
        messages.push(json!({ "role": "user", "content": user }));
        Ok(self.0.body(prompt, self.0.dialect.limit, json!({ "messages": messages })))
    }

    fn chunk(&self, event: &Value) -> Option<Chunk> {
        chunk(event)
    }
}

/// `POST {url}/completions`, with the FIM tokens in the prompt or a `suffix` beside it.
pub(super) struct Completions(Model);

impl Completions {
    pub(super) fn new(endpoint: &Endpoint, host: &str) -> Self {
        Self(Model::new(endpoint, host))
    }
}

impl Wire for Completions {
    fn path(&self) -> &'static str {
        "completions"
    }

    fn probe_path(&self) -> &'static str {
        "models"
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let form = match &prompt.body {
            PromptBody::Raw { text } => json!({ "prompt": text }),
            PromptBody::Infill { prefix, suffix, .. } => {
                json!({ "prompt": prefix, "suffix": suffix })
            }
            PromptBody::Chat { .. } => {
                return Err(wrong_form("openai-completions", "raw and infill prompts"));
            }
        };
        Ok(self.0.body(prompt, "max_tokens", form))
    }

    fn chunk(&self, event: &Value) -> Option<Chunk> {
        chunk(event)
    }
}

/// Reads a chunk or a whole answer of either protocol. Some gateways answer one in the shape of
/// the other, so both are looked for.
fn chunk(event: &Value) -> Option<Chunk> {
    let choices = event.get("choices").and_then(Value::as_array);
    let usage = event.get("usage").filter(|usage| usage.is_object());
    if choices.is_none() && usage.is_none() {
        return None;
    }
    let mut answer = Chunk { usage: usage.and_then(usage_from), ..Chunk::default() };
    if let Some(choice) = choices.and_then(|list| list.first()) {
        let message = ["delta", "message"].iter().find_map(|name| choice.get(name));
        let content = message.and_then(|message| message.get("content"));
        answer.text = text(content.or_else(|| choice.get("text")));
        answer.finish = choice["finish_reason"].as_str().map(finish_reason);
        let refusal = message.and_then(|message| message["refusal"].as_str());
        if refusal.is_some_and(|refusal| !refusal.is_empty()) {
            answer.finish = Some(FinishReason::Refused);
        }
    }
    Some(answer)
}

/// Content as a string, or as Mistral's and OpenAI's list of parts. Parts that are not text
/// (reasoning, images) are nothing to insert.
fn text(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part["text"].as_str()).collect()
        }
        _ => String::new(),
    }
}

fn usage_from(usage: &Value) -> Option<Usage> {
    // `prompt_cache_hit_tokens` is DeepSeek's name; both count within `prompt_tokens`.
    let cached = tokens(usage["prompt_tokens_details"].get("cached_tokens"))
        .or_else(|| tokens(usage.get("prompt_cache_hit_tokens")));
    usage_of(tokens(usage.get("prompt_tokens")), cached, tokens(usage.get("completion_tokens")))
}

#[cfg(test)]
mod tests;
