//! How OpenAI-compatible servers differ, as data.
//!
//! "Compatible" is a family, not a protocol: one server refuses `suffix`, another takes it and
//! ignores it, gateways move the usage around. Each difference is a column of `dialects.toml`, so
//! a new server is a row and no code asks for a server by name. A model's dialect follows from its
//! host where that is known and is a setting where it is not.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The names of all dialects, sorted. A test holds this list against the data.
pub const NAMES: &[&str] = &[
    "azure",
    "deepseek",
    "litellm",
    "llama_cpp",
    "llama_cpp_python",
    "lm_studio",
    "mistral",
    "ollama",
    "openai",
    "openrouter",
    "plain",
    "vllm",
];

static DIALECTS: LazyLock<Vec<Dialect>> =
    LazyLock::new(|| parse(include_str!("dialects.toml")).unwrap_or_default());

static PLAIN: LazyLock<Dialect> = LazyLock::new(Dialect::default);

/// What a server wants that others would refuse, and what it makes of what others honor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dialect {
    /// Name used in configuration.
    pub name: String,
    /// Ends of the names of hosts that are known to have it.
    pub hosts: Vec<String>,
    /// The field that limits a chat answer.
    pub chat_limit: String,
    /// Whether usage must, and may, be asked for in a stream.
    pub asks_usage: bool,
    /// Whether streams carry random padding that can be switched off.
    pub is_padded: bool,
    /// What `/completions` makes of a suffix.
    pub suffix: Suffix,
    /// The header that carries the key, in lower case; `None` for `Authorization: Bearer`.
    pub key_header: Option<String>,
    /// The fields that stop a chat model from thinking before it answers.
    pub thinking_off: Map<String, Value>,
    /// Whether these may be sent to any model.
    pub thinking_off_unasked: bool,
    /// The field of the usage that holds what the call cost, in dollars.
    pub cost: Option<String>,
}

/// What a server makes of a suffix beside a raw prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suffix {
    /// It renders both with the model's fill-in-the-middle tokens.
    Honored,
    /// It takes it and completes the prompt alone.
    Ignored,
    /// It answers with an error.
    Refused,
    /// It depends, or nobody has looked.
    #[default]
    Unknown,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            name: "plain".to_owned(),
            hosts: Vec::new(),
            chat_limit: "max_tokens".to_owned(),
            asks_usage: true,
            is_padded: false,
            suffix: Suffix::Unknown,
            key_header: None,
            thinking_off: Map::new(),
            thinking_off_unasked: false,
            cost: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dialect: Vec<Dialect>,
}

fn parse(text: &str) -> Result<Vec<Dialect>, toml::de::Error> {
    toml::from_str(text).map(|file: File| file.dialect)
}

/// The dialect with this name.
pub fn find(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.name == name)
}

/// The dialect that servers of this name are known to have, else the plain one.
pub fn of_host(host: &str) -> &'static Dialect {
    let host = host.trim_end_matches('.').to_lowercase();
    // A dot in front keeps `notopenai.example` apart from `openai.example`.
    let is_end = |end: &String| match end.strip_prefix('.') {
        Some(_) => host.ends_with(end.as_str()),
        None => host == *end || host.ends_with(&format!(".{end}")),
    };
    DIALECTS.iter().find(|dialect| dialect.hosts.iter().any(is_end)).unwrap_or(&PLAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let dialects = parse(include_str!("dialects.toml")).expect("sound data");
        let names: Vec<_> = dialects.iter().map(|dialect| dialect.name.as_str()).collect();
        assert_eq!(names, NAMES);
        assert!(names.is_sorted());
        assert_eq!(find("plain"), Some(&Dialect::default()));
        for dialect in &dialects {
            let is_lower = |name: &String| *name == name.to_lowercase();
            assert!(dialect.hosts.iter().chain(&dialect.key_header).all(is_lower));
            let sends_nothing = dialect.thinking_off.is_empty() && dialect.thinking_off_unasked;
            assert!(!sends_nothing, "{}", dialect.name);
        }
    }

    #[test]
    fn hosts_are_matched_whole() {
        let name = |host: &str| of_host(host).name.as_str();
        assert_eq!(name("api.openai.com"), "openai");
        assert_eq!(name("eu.api.openai.com"), "openai");
        assert_eq!(name("team.openai.azure.com"), "azure");
        assert_eq!(name("API.DeepSeek.com."), "deepseek");
        assert_eq!(name("evilapi.openai.com.example"), "plain");
        assert_eq!(name("notapi.openai.com.evil"), "plain");
        assert_eq!(name("xopenrouter.ai"), "plain");
        assert_eq!(name("127.0.0.1"), "plain");
    }

    #[test]
    fn every_dialect_names_where_it_was_read_or_seen() {
        let text = include_str!("dialects.toml");
        for part in text.split("[[dialect]]").collect::<Vec<_>>().windows(2) {
            let name = part[1].lines().nth(1).unwrap_or_default();
            let comment: Vec<_> =
                part[0].lines().rev().take_while(|line| line.starts_with('#')).collect();
            let is_sourced = comment.iter().any(|line| line.contains("https://"));
            assert!(is_sourced || name.contains("plain"), "before {name}");
        }
    }
}
