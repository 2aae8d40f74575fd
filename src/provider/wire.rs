//! What a protocol file must say, and the parts several of them share.
//!
//! A protocol is three facts: where to post, what to post, and what an event means. Everything
//! else (framing, limits, errors, cancellation) is the same for all and lives in
//! [`decode`](super::decode) and [`http`](super::http), so a new vendor is one small file.

use serde_json::{Map, Value};

use super::ProviderError;
use crate::domain::completion::{Chunk, FinishReason, Usage};
use crate::domain::prompt::Prompt;
use crate::domain::units::Tokens;

/// One wire protocol, bound to one configured model.
pub(super) trait Wire: Send + Sync {
    /// Path below the configured base address, without a leading slash.
    fn path(&self) -> &'static str;

    /// A cheap path to `GET` when only the connection matters.
    fn probe_path(&self) -> &'static str;

    /// The request body, or why this protocol cannot carry this form of prompt.
    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError>;

    /// What one event of a stream, or a whole answer sent at once, means; `None` where it is not
    /// this protocol's at all. Never called with an error object.
    fn chunk(&self, event: &Value) -> Option<Chunk>;
}

/// Fields that a model may refuse, so that the configuration can leave them out with `false`:
/// reasoning models take no temperature, some servers no stream options.
const REMOVABLE: [&str; 4] = ["temperature", "max_tokens", "stop", "stream_options"];

/// Lays the configured extra fields over a body. They win over everything we set ourselves.
pub(super) fn merge(body: &mut Map<String, Value>, extra: &Map<String, Value>) {
    for (name, value) in extra {
        if REMOVABLE.contains(&name.as_str()) && matches!(value, Value::Bool(false) | Value::Null) {
            body.remove(name);
        } else {
            body.insert(name.clone(), value.clone());
        }
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
        "length" | "max_tokens" | "limit" => FinishReason::Length,
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

/// Usage from an input total that includes `cached` tokens. A report without input says nothing
/// (a gateway's placeholder of zeros, for one), since no prompt is empty.
pub(super) fn usage_of(
    input_total: Option<Tokens>,
    cached: Option<Tokens>,
    output: Option<Tokens>,
) -> Option<Usage> {
    let input_total = input_total.filter(|input| input.0 > 0)?;
    let cache_read = cached.unwrap_or_default().min(input_total);
    Some(Usage {
        input_uncached: Tokens(input_total.0 - cache_read.0),
        cache_read,
        output: output.unwrap_or_default(),
        is_estimate: false,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::config::{Endpoint, Protocol};
    use crate::domain::prompt::PromptBody;

    /// An endpoint without key, name or extra fields.
    pub(in crate::provider) fn endpoint(url: &str) -> Endpoint {
        Endpoint {
            protocol: Protocol::OpenAiChat,
            url: url.to_owned(),
            model: String::new(),
            key_env: None,
            key: None,
            timeout: Duration::from_secs(10),
            extra: Map::new(),
        }
    }

    pub(in crate::provider) fn infill_prompt() -> Prompt {
        let body = PromptBody::Infill {
            prefix: "fn a() {".to_owned(),
            suffix: "}".to_owned(),
            filename: "a.rs".to_owned(),
        };
        Prompt { body, stop: vec!["\n\n".to_owned()], output_tokens_max: Tokens(32) }
    }

    pub(in crate::provider) fn chat_prompt() -> Prompt {
        let body =
            PromptBody::Chat { system: "be brief".to_owned(), user: "a<CURSOR/>".to_owned() };
        Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(32) }
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
    fn cached_tokens_never_exceed_the_input() {
        let usage = usage_of(Some(Tokens(5)), Some(Tokens(9)), None).expect("input is there");
        assert_eq!((usage.input_uncached, usage.cache_read), (Tokens(0), Tokens(5)));
        assert_eq!(usage_of(Some(Tokens(0)), None, Some(Tokens(3))), None);
    }
}
