//! Mistral's fill-in-the-middle: prefix and suffix go in as with legacy completions, the answer comes
//! out in the shape of chat.
//!
//! Inception's Mercury speaks it too. Usage comes with the last chunk without being asked for, and
//! the server checks its fields strictly: `stream_options` is an error there. Fields and paths:
//! mistralai 3.7.0 (the Python SDK), which also reads our recorded answers, see `tests/it/sdks.rs`.

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::openai;
use super::wire::{Wire, fields, merge, wrong_form};
use crate::config::Endpoint;
use crate::domain::completion::{Chunk, Usage};
use crate::domain::prompt::{Prompt, PromptBody};

/// `POST {url}/v1/fim/completions`.
pub(super) struct Fim {
    model: String,
    extra: Map<String, Value>,
}

impl Fim {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self { model: endpoint.model.clone(), extra: endpoint.extra.clone() }
    }
}

impl Wire for Fim {
    fn path(&self) -> String {
        "v1/fim/completions".to_owned()
    }

    fn probe_path(&self) -> &'static str {
        "v1/models"
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let PromptBody::Infill { prefix, suffix, .. } = &prompt.body else {
            return Err(wrong_form("mistral_fim", "infill prompts"));
        };
        let mut body = fields(json!({
            "model": self.model,
            "prompt": prefix,
            "suffix": suffix,
            "max_tokens": prompt.output_tokens_max.0,
            "temperature": 0,
            "stream": true,
        }));
        if !prompt.stop.is_empty() {
            body.insert("stop".to_owned(), json!(prompt.stop));
        }
        merge(&mut body, &self.extra);
        Ok(body)
    }

    fn chunk(&self, event: &Value, _: Option<Usage>) -> Option<Chunk> {
        openai::chunk(event, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::wire::tests::{chat_prompt, endpoint, infill_prompt};

    #[test]
    fn asks_with_prompt_and_suffix_and_nothing_the_server_would_refuse() {
        let mut endpoint = endpoint("https://codestral.mistral.ai");
        endpoint.model = "codestral-latest".to_owned();
        endpoint.extra.insert("random_seed".to_owned(), json!(7));
        let wire = Fim::new(&endpoint);
        let expected = json!({
            "model": "codestral-latest", "prompt": "fn a() {", "suffix": "}", "max_tokens": 32,
            "temperature": 0, "stop": ["\n\n"], "stream": true, "random_seed": 7,
        });
        assert_eq!(wire.body(&infill_prompt()).map(Value::from), Ok(expected));
        assert!(matches!(wire.body(&chat_prompt()), Err(ProviderError::Refused { .. })));
    }
}
