//! Anthropic's Messages, which gateways and llama.cpp's server offer as well.
//!
//! Two versions of the protocol are served. From 2026-10-21 on any sampling parameter is an error,
//! and newer models refuse them under either version, so `temperature` goes only to models known to
//! take it, and the assistant's turn is never begun for the model (prefill), which newer models
//! refuse too. The prompt is marked for the vendor's cache where it most likely will be the same
//! again and can be long enough to be kept: at the end of the instruction and at the prompt's own
//! breakpoints, which makes three of the four marks allowed at most.
//!
//! Usage comes in parts: the input with the first event, the output with the last. Field names:
//! anthropic 2.12.0 (the Python SDK), platform.claude.com, and answers recorded from llama.cpp's
//! server.

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::wire::{Wire, fields, finish_reason, merge, thinking_off, tokens, wrong_form};
use crate::config::traits::{self, Traits};
use crate::config::{Endpoint, Protocol};
use crate::domain::completion::{Chunk, Usage};
use crate::domain::prompt::{Prompt, PromptBody};
use crate::domain::units::Tokens;

/// The version that every server with this protocol knows.
const VERSION: &str = "2023-06-01";
/// The first version that takes no sampling parameters. Versions are dates and compare as text.
const VERSION_WITHOUT_SAMPLING: &str = "2026-10-21";

/// The fewest bytes that make a token of prose or code; used to tell which prompt cannot be long
/// enough for the cache.
const BYTES_PER_TOKEN_MIN: usize = 2;

/// Bound: breakpoints of a prompt that are used. The vendor allows four marks, and the end of the
/// instruction is one.
const BREAKPOINTS_MAX: usize = 3;

/// `POST {url}/v1/messages`.
pub(super) struct Messages {
    model: String,
    version: String,
    traits: &'static Traits,
    thinking_off: Map<String, Value>,
    extra: Map<String, Value>,
}

impl Messages {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let traits = traits::of(Protocol::AnthropicMessages, &endpoint.model);
        Self {
            model: endpoint.model.clone(),
            version: endpoint.api_version.clone().unwrap_or_else(|| VERSION.to_owned()),
            traits,
            thinking_off: thinking_off(endpoint, traits),
            extra: endpoint.extra.clone(),
        }
    }

    fn takes_sampling(&self) -> bool {
        self.version.as_str() < VERSION_WITHOUT_SAMPLING && self.traits.takes("temperature")
    }

    /// Instruction and user's text as blocks. A block is marked where everything up to its end can
    /// be long enough to be kept.
    fn blocks(&self, system: &str, user: &str, breakpoints: &[usize]) -> (Value, Value) {
        let mut bytes = 0;
        let mut block = |text: &str, is_stable: bool| {
            let mut block = json!({ "type": "text", "text": text });
            bytes += text.len();
            let tokens_max = bytes / BYTES_PER_TOKEN_MIN;
            if is_stable && tokens_max >= self.traits.cache_tokens_min as usize {
                block["cache_control"] = json!({ "type": "ephemeral" });
            }
            block
        };
        let system = json!([block(system, true)]);
        let mut begin = 0;
        let mut blocks = Vec::new();
        for &end in breakpoints.iter().take(BREAKPOINTS_MAX) {
            // Neither an empty block nor one of white space alone is accepted.
            if let Some(text) = user.get(begin..end).filter(|text| !text.trim().is_empty()) {
                blocks.push(block(text, true));
                begin = end;
            }
        }
        if !user[begin..].trim().is_empty() || blocks.is_empty() {
            blocks.push(block(&user[begin..], false));
        }
        (system, json!(blocks))
    }
}

impl Wire for Messages {
    fn path(&self) -> String {
        "v1/messages".to_owned()
    }

    fn probe_path(&self) -> &'static str {
        "v1/models"
    }

    fn key_header(&self) -> Option<&str> {
        Some("x-api-key")
    }

    fn headers(&self) -> Vec<(&'static str, &str)> {
        vec![("anthropic-version", &self.version)]
    }

    fn may_think_aloud(&self) -> bool {
        true
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let PromptBody::Chat { system, user } = &prompt.body else {
            return Err(wrong_form("anthropic_messages", "chat prompts"));
        };
        let (instruction, blocks) = self.blocks(system, user, &prompt.breakpoints);
        let mut body = fields(json!({
            "model": self.model,
            "max_tokens": prompt.output_tokens_max.0,
            "messages": [{ "role": "user", "content": blocks }],
            "stream": true,
        }));
        if !system.is_empty() {
            body.insert("system".to_owned(), instruction);
        }
        // White space alone is refused as a place to stop.
        let stops: Vec<_> = prompt.stop.iter().filter(|stop| !stop.trim().is_empty()).collect();
        if !stops.is_empty() {
            body.insert("stop_sequences".to_owned(), json!(stops));
        }
        if self.takes_sampling() {
            body.insert("temperature".to_owned(), json!(0));
        }
        merge(&mut body, &self.thinking_off);
        merge(&mut body, &self.extra);
        Ok(body)
    }

    fn chunk(&self, event: &Value, before: Option<Usage>) -> Option<Chunk> {
        match event["type"].as_str()? {
            "message_start" => {
                let usage = usage_from(&event["message"]["usage"], before);
                let usage = usage.map(|usage| Usage { is_estimate: true, ..usage });
                Some(Chunk { usage, ..Chunk::default() })
            }
            "content_block_start" => Some(text_chunk(&event["content_block"], "text")),
            "content_block_delta" => Some(text_chunk(&event["delta"], "text_delta")),
            "message_delta" => Some(Chunk {
                text: String::new(),
                usage: usage_from(&event["usage"], before),
                finish: event["delta"]["stop_reason"].as_str().map(finish_reason),
            }),
            // A whole answer, from a server that does not stream.
            "message" => {
                let blocks = event["content"].as_array().map(Vec::as_slice).unwrap_or_default();
                let text = blocks.iter().map(|block| text_chunk(block, "text").text).collect();
                Some(Chunk {
                    text,
                    usage: usage_from(&event["usage"], before),
                    finish: event["stop_reason"].as_str().map(finish_reason),
                })
            }
            "message_stop" | "content_block_stop" | "ping" => Some(Chunk::default()),
            // The vendor adds events and asks that unknown ones be skipped.
            _ => None,
        }
    }
}

/// The text of a block or of a piece of one; thinking and tools are other kinds.
fn text_chunk(block: &Value, kind: &str) -> Chunk {
    let text = block["text"].as_str().filter(|_| block["type"] == kind).unwrap_or_default();
    Chunk { text: text.to_owned(), ..Chunk::default() }
}

/// A report of usage over what was reported before. `input_tokens` does not include what was read
/// from the cache or written to it.
fn usage_from(report: &Value, before: Option<Usage>) -> Option<Usage> {
    let old = before.unwrap_or_default();
    let new = |name: &str, old: Tokens| tokens(report.get(name)).unwrap_or(old);
    let written = new("cache_creation_input_tokens", old.cache_write + old.cache_write_hour);
    let hour = tokens(report["cache_creation"].get("ephemeral_1h_input_tokens"));
    let hour = hour.unwrap_or(old.cache_write_hour).min(written);
    let usage = Usage {
        input_uncached: new("input_tokens", old.input_uncached),
        cache_read: new("cache_read_input_tokens", old.cache_read),
        cache_write: Tokens(written.0 - hour.0),
        cache_write_hour: hour,
        output: new("output_tokens", old.output),
        ..Usage::default()
    };
    (usage.input_total().0 > 0).then_some(usage)
}

#[cfg(test)]
mod tests;
