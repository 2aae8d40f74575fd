//! What single models want or refuse, as data: sampling fields, how to keep them from thinking,
//! the shortest prefix their vendor caches.
//!
//! Vendors change these from one model to the next under one and the same protocol, so the rows go
//! by the beginnings of names. What a row cannot know, a model of tomorrow, is asked with the
//! fewest fields; everything here can be overruled with the model's `extra` fields.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Protocol;

static TRAITS: LazyLock<Vec<Traits>> =
    LazyLock::new(|| parse(include_str!("traits.toml")).unwrap_or_default());

static NONE: LazyLock<Traits> = LazyLock::new(Traits::default);

/// One row of `traits.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Traits {
    /// The protocol's name in configuration.
    pub protocol: String,
    /// What the names of these models begin with.
    pub prefix: String,
    /// Fields the models answer with an error, by their names in `OpenAI`'s protocol.
    pub refuses: Vec<String>,
    /// The least tokens of a prefix that the vendor keeps in its cache; 0 where nobody said.
    pub cache_tokens_min: u32,
    /// The fields that stop the models from thinking before they answer.
    pub thinking_off: Map<String, Value>,
    /// Whether the models think unless told not to.
    pub thinking_off_unasked: bool,
}

impl Traits {
    /// Whether the models take this field.
    pub fn takes(&self, field: &str) -> bool {
        !self.refuses.iter().any(|refused| refused == field)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "trait")]
    traits: Vec<Traits>,
}

fn parse(text: &str) -> Result<Vec<Traits>, toml::de::Error> {
    toml::from_str(text).map(|file: File| file.traits)
}

/// What is known of the model with this name on its server.
pub fn of(protocol: Protocol, model: &str) -> &'static Traits {
    let name = model.rsplit('/').next().unwrap_or(model).to_lowercase();
    TRAITS
        .iter()
        .filter(|row| row.protocol == protocol.name() && name.starts_with(&row.prefix))
        .max_by_key(|row| row.prefix.len())
        .unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let traits = parse(include_str!("traits.toml")).expect("sound data");
        let keys = traits.iter().map(|row| (row.protocol.as_str(), row.prefix.as_str()));
        assert!(
            keys.collect::<Vec<_>>().windows(2).all(|pair| pair[0] < pair[1]),
            "sorted, unique"
        );
        for row in &traits {
            assert!(Protocol::from_name(&row.protocol).is_some(), "{}", row.protocol);
            let known = |field: &String| ["temperature", "stop"].contains(&field.as_str());
            assert!(row.refuses.iter().all(known), "{}", row.prefix);
        }
    }

    #[test]
    fn the_longest_prefix_wins_and_vendors_in_front_do_not_count() {
        let effort =
            |model: &str| of(Protocol::OpenAiChat, model).thinking_off.get("reasoning_effort");
        assert_eq!(effort("gpt-5-mini"), Some(&json!("minimal")));
        assert_eq!(effort("openai/gpt-5.4-nano"), Some(&json!("none")));
        assert_eq!(effort("gpt-6-astra"), Some(&json!("low")));
        assert_eq!(effort("gpt-4.1-nano"), None);
        let claude = |model: &str| of(Protocol::AnthropicMessages, model);
        assert!(claude("claude-haiku-4-5-20251001").takes("temperature"));
        assert!(!claude("claude-haiku-5-5").takes("temperature"));
        assert!(!claude("claude-of-tomorrow").takes("temperature"));
        assert_eq!(claude("claude-opus-4-7").cache_tokens_min, 2048);
    }
}
