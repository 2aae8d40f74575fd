//! Which vocabulary a model counts with, by its name, as data in `tokenizers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::ruler::Vocabulary;

static FAMILIES: LazyLock<Vec<Family>> =
    LazyLock::new(|| parse(include_str!("tokenizers.toml")).unwrap_or_default());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    vocabulary: String,
    models: Vec<String>,
}

fn parse(text: &str) -> Result<Vec<Family>, toml::de::Error> {
    toml::from_str::<File>(text).map(|file| file.family)
}

/// The vocabulary of the model that a server knows under this name.
pub fn of_model(name: &str) -> Option<Vocabulary> {
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let beginnings = FAMILIES.iter().flat_map(|family| {
        family.models.iter().map(move |beginning| (beginning, &family.vocabulary))
    });
    let known = beginnings.filter(|(beginning, _)| begins(&name, beginning));
    let (_, vocabulary) = known.max_by_key(|(beginning, _)| beginning.len())?;
    Vocabulary::from_name(vocabulary)
}

/// Whether a name begins so and is not that of another version.
fn begins(name: &str, beginning: &str) -> bool {
    let is_open = beginning.ends_with('.');
    let other = |rest: &str| !is_open && rest.starts_with(|c: char| c == '.' || c.is_ascii_digit());
    name.strip_prefix(beginning).is_some_and(|rest| !other(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let families = parse(include_str!("tokenizers.toml")).expect("sound data");
        for family in &families {
            let name = family.vocabulary.as_str();
            assert!(name == "estimate" || Vocabulary::from_name(name).is_some(), "{name}");
            assert!(family.models.iter().all(|name| *name == name.to_lowercase()));
        }
    }

    #[test]
    fn the_longest_beginning_wins_and_strangers_have_none() {
        for (name, expected) in [
            ("gpt-4o-mini", Some(Vocabulary::O200k)),
            ("openai/gpt-4.1", Some(Vocabulary::O200k)),
            ("gpt-4-turbo", Some(Vocabulary::Cl100k)),
            ("Qwen/Qwen2.5-Coder-7B", Some(Vocabulary::Qwen2)),
            ("qwen3-coder:30b", Some(Vocabulary::Qwen2)),
            ("qwen3", Some(Vocabulary::Qwen2)),
            ("qwen3.5-9b", None),
            ("gpt-5.1-codex-mini", Some(Vocabulary::O200k)),
            ("gpt-45", None),
            ("deepseek-ai/DeepSeek-V3.1", Some(Vocabulary::DeepseekV3)),
            ("deepseek-r1-distill-qwen-7b", None),
            ("deepseek-coder-6.7b-base", None),
            ("devstral-small", Some(Vocabulary::MistralV3)),
            ("codeqwen-7b", None),
            ("codestral-latest", None),
            ("claude-haiku", None),
            ("", None),
        ] {
            assert_eq!(of_model(name), expected, "{name}");
        }
    }
}
