//! The fill-in-the-middle templates that ship with the program, as data.
//!
//! A family of models is a table in `fim_templates.toml`; adding one needs no code.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::prompt::fim::FimTemplate;

static TEMPLATES: LazyLock<Vec<FimTemplate>> =
    LazyLock::new(|| parse(include_str!("fim_templates.toml")).unwrap_or_default());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    template: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    prefix: String,
    suffix: String,
    middle: String,
    stop: Vec<String>,
    #[serde(default)]
    suffix_first: bool,
    #[serde(default)]
    file_token: String,
    #[serde(default)]
    repo_token: String,
}

fn parse(text: &str) -> Result<Vec<FimTemplate>, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    let template = |table: Table| FimTemplate {
        name: table.name,
        prefix_token: table.prefix,
        suffix_token: table.suffix,
        middle_token: table.middle,
        stop: table.stop,
        suffix_first: table.suffix_first,
        file_token: table.file_token,
        repo_token: table.repo_token,
    };
    Ok(file.template.into_iter().map(template).collect())
}

/// The template with this name.
pub fn find(name: &str) -> Option<&'static FimTemplate> {
    TEMPLATES.iter().find(|template| template.name == name)
}

/// Every template's name, in order.
pub fn names() -> Vec<&'static str> {
    TEMPLATES.iter().map(|template| template.name.as_str()).collect()
}

/// Every template, in order.
pub fn all() -> &'static [FimTemplate] {
    &TEMPLATES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let templates = parse(include_str!("fim_templates.toml")).expect("sound data");
        assert!(templates.windows(2).all(|pair| pair[0].name < pair[1].name), "sorted, unique");
        for template in &templates {
            let name = &template.name;
            // Several servers refuse more than four stop strings.
            assert!((1..=4).contains(&template.stop.len()), "{name}");
            assert!(!template.prefix_token.is_empty() && !template.suffix_token.is_empty());
            assert!(template.stop.iter().all(|stop| !stop.trim().is_empty()), "{name}");
        }
    }

    #[test]
    fn every_template_names_its_source() {
        let text = include_str!("fim_templates.toml");
        for table in text.split("[[template]]").collect::<Vec<_>>().windows(2) {
            let comment: Vec<_> =
                table[0].lines().rev().take_while(|line| line.starts_with('#')).collect();
            assert!(comment.iter().any(|line| line.contains("https://")), "before {}", table[1]);
        }
    }
}
