//! What a protocol file must say, and the parts several of them share.
//!
//! A protocol is four facts: where to post, how to show the key, what to post, and what an event
//! means. Everything else (framing, limits, errors, cancellation) is the same for all and lives in
//! [`decode`](super::decode) and [`http`](super::http), so a new vendor is one small file.

use serde_json::{Map, Value};

use super::ProviderError;
use crate::config::traits::Traits;
use crate::config::{Endpoint, Thinking};
use crate::domain::completion::{Chunk, FinishReason, Usage};
use crate::domain::prompt::Prompt;
use crate::domain::units::{NanoUsd, Tokens};

/// One wire protocol, bound to one configured model.
pub(super) trait Wire: Send + Sync {
    /// Path below the configured base address, without a leading slash. A version it begins with
    /// gives way to one that the base address ends in.
    fn path(&self) -> String;

    /// What stands behind the question mark, where anything does.
    fn query(&self) -> Option<&'static str> {
        None
    }

    /// A cheap path to `GET` when only the connection matters.
    fn probe_path(&self) -> &'static str;

    /// The header that carries the key as it is; `None` for `Authorization: Bearer`.
    fn key_header(&self) -> Option<&str> {
        None
    }

    /// Further headers of every request.
    fn headers(&self) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    /// How one event of a stream is told from the next.
    fn framing(&self) -> Framing {
        Framing::Events
    }

    /// Whether the text of an answer may begin with a block of thinking between tags.
    fn may_think_aloud(&self) -> bool {
        false
    }

    /// The request body, or why this protocol cannot carry this form of prompt.
    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError>;

    /// What one event of a stream, or a whole answer sent at once, means; `None` where it is not
    /// this protocol's at all. Never called with an error object. `before` is the usage that
    /// earlier events reported, for protocols that report it in parts. Usage that is not final yet
    /// is marked as an estimate.
    fn chunk(&self, event: &Value, before: Option<Usage>) -> Option<Chunk>;
}

/// How a stream is made of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Server-sent events.
    Events,
    /// A JSON object on each line.
    Lines,
}

/// Fields that a model may refuse, so that the configuration can leave them out with `false`.
const REMOVABLE: [&str; 14] = [
    "temperature",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "stop_sequences",
    "stopSequences",
    "stream_options",
    "thinking",
    "thinkingConfig",
    "reasoning",
    "reasoning_effort",
    "chat_template_kwargs",
    "num_ctx",
    "truncate",
];

/// Lays fields over a body, tables over tables. What is laid over wins.
pub(super) fn merge(body: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (name, value) in over {
        let is_off = matches!(value, Value::Bool(false) | Value::Null);
        match (body.get_mut(name), value) {
            _ if is_off && REMOVABLE.contains(&name.as_str()) => drop(body.remove(name)),
            (Some(Value::Object(under)), Value::Object(over)) => merge(under, over),
            _ => drop(body.insert(name.clone(), value.clone())),
        }
    }
}

/// Changes a body that asks for a stream so that the answer comes in one piece.
pub(super) fn in_one_piece(body: &mut Map<String, Value>) {
    body.remove("stream_options");
    if let Some(streams) = body.get_mut("stream") {
        *streams = Value::Bool(false);
    }
}

/// The fields that keep a model from thinking, as far as the user wants that.
pub(super) fn thinking_off(endpoint: &Endpoint, traits: &'static Traits) -> Map<String, Value> {
    let dialect = endpoint.dialect;
    let known = [
        (&dialect.thinking_off, dialect.thinking_off_unasked),
        (&traits.thinking_off, traits.thinking_off_unasked),
    ];
    let is_wanted = |is_unasked| match endpoint.thinking {
        Thinking::Auto => is_unasked,
        Thinking::Off => true,
        Thinking::Server => false,
    };
    let found =
        known.into_iter().find(|(fields, unasked)| !fields.is_empty() && is_wanted(*unasked));
    found.map(|(fields, _)| fields.clone()).unwrap_or_default()
}

/// The fields of an object literal.
pub(super) fn fields(literal: Value) -> Map<String, Value> {
    match literal {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The refusal of a prompt whose form the protocol cannot carry.
pub(super) fn wrong_form(protocol: &str, takes: &str) -> ProviderError {
    ProviderError::Refused { detail: format!("{protocol} takes {takes}; check the model's form") }
}

/// A vendor's word for why the model stopped. Unknown words count as a normal stop: the text is
/// there, and refusing it because of a new word would help nobody.
pub(super) fn finish_reason(word: &str) -> FinishReason {
    match word {
        "length" | "max_tokens" | "limit" | "model_length" | "model_context_window_exceeded" => {
            FinishReason::Length
        }
        "content_filter" | "refusal" => FinishReason::Refused,
        _ => FinishReason::Stop,
    }
}

/// A token count as a server reports it. Negative, fractional and absurd values (above ten
/// million, more than any window) count as not reported: they are not billed on faith.
pub(super) fn tokens(value: Option<&Value>) -> Option<Tokens> {
    let count = value?.as_u64()?;
    u32::try_from(count).ok().filter(|&count| count <= 10_000_000).map(Tokens)
}

/// The counts of vendors whose total of the input includes what their cache had to do with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) input_total: Option<Tokens>,
    pub(super) cache_read: Option<Tokens>,
    pub(super) cache_write: Option<Tokens>,
    /// Reasoning included.
    pub(super) output: Option<Tokens>,
    pub(super) reasoning: Option<Tokens>,
}

impl Counts {
    /// A report without input says nothing (a gateway's placeholder of zeros, for one), since no
    /// prompt is empty.
    pub(super) fn usage(self) -> Option<Usage> {
        let total = self.input_total.filter(|input| input.0 > 0)?;
        let cache_read = self.cache_read.unwrap_or_default().min(total);
        let rest = Tokens(total.0 - cache_read.0);
        let cache_write = self.cache_write.unwrap_or_default().min(rest);
        let output = self.output.unwrap_or_default();
        Some(Usage {
            input_uncached: Tokens(rest.0 - cache_write.0),
            cache_read,
            cache_write,
            output,
            reasoning: self.reasoning.unwrap_or_default().min(output),
            ..Usage::default()
        })
    }
}

/// What a server says a call cost, in dollars. Nothing, less than nothing and more than any call
/// can cost count as not said.
pub(super) fn cost(value: Option<&Value>) -> Option<NanoUsd> {
    let usd = value?.as_f64().filter(|usd| *usd > 0.0 && *usd < 1_000.0)?;
    Some(NanoUsd((usd * 1e9).round() as u64))
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{Protocol, dialects, traits};
    use crate::domain::prompt::PromptBody;

    /// A chat endpoint without key, name or extra fields.
    pub(in crate::provider) fn endpoint(url: &str) -> Endpoint {
        Endpoint::new(Protocol::OpenAiChat, url)
    }

    pub(in crate::provider) fn infill_prompt() -> Prompt {
        let body = PromptBody::Infill {
            prefix: "fn a() {".to_owned(),
            suffix: "}".to_owned(),
            filename: "a.rs".to_owned(),
            extra: Vec::new(),
        };
        Prompt {
            body,
            stop: vec!["\n\n".to_owned()],
            output_tokens_max: Tokens(32),
            breakpoints: Vec::new(),
        }
    }

    pub(in crate::provider) fn chat_prompt() -> Prompt {
        let body =
            PromptBody::Chat { system: "be brief".to_owned(), user: "a<CURSOR/>".to_owned() };
        Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(32), breakpoints: Vec::new() }
    }

    /// The fields of a JSON object literal.
    pub(in crate::provider) fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(fields) => fields,
            other => panic!("{other} is not an object"),
        }
    }

    #[test]
    fn extra_fields_win_and_false_leaves_out() {
        let mut body = object(json!({"temperature": 0, "stream": true, "max_tokens": 9}));
        merge(&mut body, &object(json!({"temperature": false, "stream": false, "top_k": 1})));
        assert_eq!(Value::from(body), json!({"stream": false, "max_tokens": 9, "top_k": 1}));
    }

    #[test]
    fn counts_that_cannot_be_true_are_not_counts() {
        for value in [json!(-1), json!(1.5), json!("7"), json!(null), json!(10_000_001)] {
            assert_eq!(tokens(Some(&value)), None, "{value}");
        }
        assert_eq!(tokens(Some(&json!(7))), Some(Tokens(7)));
    }

    #[test]
    fn tables_are_laid_over_tables() {
        let mut body = object(json!({"options": {"num_ctx": 9, "stop": ["a"]}, "raw": true}));
        let over = json!({"options": {"num_ctx": false, "top_k": 1}, "keep_alive": false});
        merge(&mut body, &object(over));
        let expected = json!({
            "options": {"stop": ["a"], "top_k": 1}, "raw": true, "keep_alive": false,
        });
        assert_eq!(Value::from(body), expected);
    }

    #[test]
    fn thinking_is_switched_off_where_it_is_known_how() {
        let fields = |dialect: &str, model: &str, thinking| {
            let mut endpoint = endpoint("http://127.0.0.1");
            endpoint.dialect = dialects::find(dialect).expect("a dialect");
            endpoint.thinking = thinking;
            Value::from(thinking_off(&endpoint, traits::of(Protocol::OpenAiChat, model)))
        };
        let (auto, off, server) = (Thinking::Auto, Thinking::Off, Thinking::Server);
        assert_eq!(fields("plain", "qwen3", off), json!({}));
        assert_eq!(fields("deepseek", "x", auto), json!({"thinking": {"type": "disabled"}}));
        assert_eq!(fields("deepseek", "x", server), json!({}));
        assert_eq!(fields("openrouter", "x", auto), json!({}));
        assert_eq!(fields("openrouter", "x", off), json!({"reasoning": {"effort": "none"}}));
        assert_eq!(fields("openai", "gpt-5.4", auto), json!({"reasoning_effort": "none"}));
        assert_eq!(fields("openai", "gpt-4.1", off), json!({}));
    }

    #[test]
    fn parts_of_the_input_never_exceed_it() {
        let usage = |read, write| {
            let counts = Counts {
                input_total: Some(Tokens(5)),
                cache_read: Some(Tokens(read)),
                cache_write: Some(Tokens(write)),
                ..Counts::default()
            };
            let usage = counts.usage().expect("input is there");
            (usage.input_uncached.0, usage.cache_read.0, usage.cache_write.0)
        };
        assert_eq!(usage(3, 1), (1, 3, 1));
        assert_eq!(usage(9, 9), (0, 5, 0));
        assert_eq!(usage(3, 9), (0, 3, 2));
        let no_input = Counts { output: Some(Tokens(3)), ..Counts::default() };
        assert_eq!(no_input.usage(), None);
    }

    #[test]
    fn costs_that_cannot_be_true_are_not_costs() {
        assert_eq!(cost(Some(&json!(0.00014))), Some(NanoUsd(140_000)));
        for value in [json!(0), json!(-1.0), json!(1e9), json!("0.1"), json!(null)] {
            assert_eq!(cost(Some(&value)), None, "{value}");
        }
    }
}
