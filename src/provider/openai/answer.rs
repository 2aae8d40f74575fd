//! What the servers of OpenAI's protocols answer, in every shape that was seen.
//!
//! Some gateways answer one protocol in the shape of the other, and Mistral its completions in the
//! shape of chat, so all shapes are looked for. Reasoning stands in fields of its own
//! (`reasoning_content`, `reasoning`) or in parts that are not text; neither is read.

use serde_json::Value;

use crate::domain::completion::{Chunk, FinishReason, Usage};
use crate::provider::wire::{Counts, cost, finish_reason, tokens};

/// Reads a chunk or a whole answer. `cost_field` is where the usage holds the cost, if anywhere.
pub(in crate::provider) fn chunk(event: &Value, cost_field: Option<&str>) -> Option<Chunk> {
    let choices = event.get("choices").and_then(Value::as_array);
    let usage = event.get("usage").filter(|usage| usage.is_object());
    if choices.is_none() && usage.is_none() {
        return None;
    }
    let usage = usage.and_then(|usage| usage_from(usage, cost_field));
    let mut answer = Chunk { usage, ..Chunk::default() };
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
/// (thinking, images) are nothing to insert.
fn text(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let is_text = |part: &&Value| part["type"].as_str().is_none_or(|kind| kind == "text");
            parts.iter().filter(is_text).filter_map(|part| part["text"].as_str()).collect()
        }
        _ => String::new(),
    }
}

fn usage_from(usage: &Value, cost_field: Option<&str>) -> Option<Usage> {
    let input = &usage["prompt_tokens_details"];
    let counts = Counts {
        input_total: tokens(usage.get("prompt_tokens")),
        // `prompt_cache_hit_tokens` is DeepSeek's name; both count within `prompt_tokens`.
        cache_read: tokens(input.get("cached_tokens"))
            .or_else(|| tokens(usage.get("prompt_cache_hit_tokens"))),
        // `created_cache_tokens` is vLLM's name.
        cache_write: tokens(input.get("cache_write_tokens"))
            .or_else(|| tokens(input.get("created_cache_tokens"))),
        output: tokens(usage.get("completion_tokens")),
        reasoning: tokens(usage["completion_tokens_details"].get("reasoning_tokens")),
    };
    // With a key of the user's own for the server behind, the cost is the gateway's share alone.
    let is_whole = usage["is_byok"] != true;
    let reported_cost = cost_field.filter(|_| is_whole).and_then(|name| cost(usage.get(name)));
    counts.usage().map(|usage| Usage { reported_cost, ..usage })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::units::NanoUsd;

    #[test]
    fn usage_is_normalised_over_vendors() {
        let check = |usage: Value, expected: Option<[u32; 5]>| {
            let found = usage_from(&usage, None).map(|u| {
                [u.input_uncached, u.cache_read, u.cache_write, u.output, u.reasoning].map(|t| t.0)
            });
            assert_eq!(found, expected, "{usage}");
        };
        let openai = json!({"prompt_tokens": 10, "completion_tokens": 4,
            "prompt_tokens_details": {"cached_tokens": 6, "cache_write_tokens": 2},
            "completion_tokens_details": {"reasoning_tokens": 3}});
        check(openai, Some([2, 6, 2, 4, 3]));
        let deepseek =
            json!({"prompt_tokens": 10, "completion_tokens": 4, "prompt_cache_hit_tokens": 6});
        check(deepseek, Some([4, 6, 0, 4, 0]));
        check(json!({"prompt_tokens": 10, "completion_tokens": 4}), Some([10, 0, 0, 4, 0]));
        check(json!({"prompt_tokens": 10, "completion_tokens": -4}), Some([10, 0, 0, 0, 0]));
        check(json!({"prompt_tokens": 10, "prompt_tokens_details": null}), Some([10, 0, 0, 0, 0]));
        check(json!({"prompt_tokens": 0, "completion_tokens": 0}), None);
        check(json!({"prompt_tokens": 1e300}), None);
        check(json!({}), None);
    }

    #[test]
    fn a_cost_is_read_only_where_the_dialect_says_it_stands() {
        let usage = json!({"prompt_tokens": 10, "completion_tokens": 4, "cost": 0.00095});
        let read = |usage: &Value, field| usage_from(usage, field).and_then(|u| u.reported_cost);
        assert_eq!(read(&usage, Some("cost")), Some(NanoUsd(950_000)));
        assert_eq!(read(&usage, None), None);
        let own_key = json!({"prompt_tokens": 10, "cost": 0.00095, "is_byok": true});
        assert_eq!(read(&own_key, Some("cost")), None);
    }

    #[test]
    fn thinking_is_never_text() {
        let events = [
            json!({"choices": [{"delta": {"reasoning_content": "hm"}}]}),
            json!({"choices": [{"delta": {"content": null, "reasoning": "hm"}}]}),
            json!({"choices": [{"delta": {"content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "reasoning", "text": "hm"}]}}]}),
        ];
        for event in events {
            assert_eq!(chunk(&event, None), Some(Chunk::default()), "{event}");
        }
    }
}
