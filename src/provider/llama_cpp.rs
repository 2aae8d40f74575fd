//! llama.cpp's own `/infill`: prefix and suffix as fields, FIM tokens placed by the server.
//!
//! The server cuts what is too long without a word (the prefix keeps its last 3/4 of a batch, the
//! suffix its first quarter: 1,536 and 510 tokens by default), so keeping within the window is the
//! prompt's business. Facts: llama.cpp build b11549, its server README and answers recorded from it.

use serde_json::{Map, Value, json};

use super::ProviderError;
use super::wire::{Counts, Wire, fields, finish_reason, merge, tokens, wrong_form};
use crate::config::Endpoint;
use crate::domain::completion::{Chunk, Usage};
use crate::domain::prompt::{Prompt, PromptBody};

/// `POST {url}/infill`.
pub(super) struct Infill {
    model: String,
    extra: Map<String, Value>,
}

impl Infill {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self { model: endpoint.model.clone(), extra: endpoint.extra.clone() }
    }
}

impl Wire for Infill {
    fn path(&self) -> String {
        "infill".to_owned()
    }

    fn probe_path(&self) -> &'static str {
        "health"
    }

    fn body(&self, prompt: &Prompt) -> Result<Map<String, Value>, ProviderError> {
        let PromptBody::Infill { prefix, suffix, extra, .. } = &prompt.body else {
            return Err(wrong_form("llama_cpp_infill", "infill prompts"));
        };
        let mut body = fields(json!({
            "input_prefix": prefix,
            "input_suffix": suffix,
            "n_predict": prompt.output_tokens_max.0,
            "cache_prompt": true,
            "temperature": 0,
            "stream": true,
        }));
        if !extra.is_empty() {
            let file = |(name, text): &(String, String)| json!({ "filename": name, "text": text });
            body.insert("input_extra".to_owned(), extra.iter().map(file).collect());
        }
        if !self.model.is_empty() {
            body.insert("model".to_owned(), json!(self.model));
        }
        if !prompt.stop.is_empty() {
            body.insert("stop".to_owned(), json!(prompt.stop));
        }
        merge(&mut body, &self.extra);
        Ok(body)
    }

    fn chunk(&self, event: &Value, _: Option<Usage>) -> Option<Chunk> {
        let text = event.get("content")?.as_str().unwrap_or_default().to_owned();
        let is_last = event["stop"] == true;
        let finish = is_last.then(|| finish_reason(event["stop_type"].as_str().unwrap_or("eos")));
        Some(Chunk { text, usage: is_last.then(|| usage_from(event)).flatten(), finish })
    }
}

/// `timings` counts cached and evaluated prompt tokens apart; the top level only their sum.
fn usage_from(event: &Value) -> Option<Usage> {
    let timings = &event["timings"];
    let cached = tokens(timings.get("cache_n"));
    let evaluated = tokens(timings.get("prompt_n"));
    let counts = Counts {
        input_total: evaluated
            .map(|evaluated| evaluated + cached.unwrap_or_default())
            .or_else(|| tokens(event.get("tokens_evaluated"))),
        cache_read: cached,
        output: tokens(timings.get("predicted_n"))
            .or_else(|| tokens(event.get("tokens_predicted"))),
        ..Counts::default()
    };
    counts.usage()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::wire::tests::{endpoint, infill_prompt};

    #[test]
    fn asks_with_the_fields_of_infill() {
        let mut endpoint = endpoint("http://127.0.0.1:8080");
        endpoint.extra.insert("temperature".to_owned(), json!(0.5));
        endpoint.extra.insert("top_k".to_owned(), json!(1));
        let body = Infill::new(&endpoint).body(&infill_prompt()).expect("an infill prompt");
        let expected = json!({
            "input_prefix": "fn a() {", "input_suffix": "}", "n_predict": 32, "stop": ["\n\n"],
            "cache_prompt": true, "temperature": 0.5, "stream": true, "top_k": 1,
        });
        assert_eq!(Value::from(body), expected);
    }

    #[test]
    fn refuses_other_forms() {
        let mut prompt = infill_prompt();
        prompt.body = PromptBody::Raw { text: "x".to_owned() };
        let refusal = Infill::new(&endpoint("http://127.0.0.1")).body(&prompt);
        assert!(matches!(refusal, Err(ProviderError::Refused { .. })));
    }
}
