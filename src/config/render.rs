//! The settings table as a page to read and as a listing for editor manifests.
//!
//! Both are committed under `docs/` and compared by a test, so neither can fall behind the table.

use serde_json::{Map, Value as Json, json};

use super::fim_templates;
use super::kind::Kind;
use super::options::{MODEL_TIERS, Preset, Row, Scope, TABLE};
use super::reach::{LANGUAGES, PATHS};
use super::value::{Key, Value};
use crate::domain::class::RequestClass;
use crate::domain::prompt::fim::FimTemplate;
use crate::domain::route::Tier;

/// `docs/configuration.md`.
pub fn page() -> String {
    let mut parts = vec![INTRODUCTION.to_owned()];
    let mut group = "";
    for row in TABLE {
        let first = row.segments().next().unwrap_or_default();
        if first != group {
            group = first;
            parts.push(heading(group));
        }
        parts.push(section(row));
    }
    parts.push(SOME_FILES.to_owned());
    parts.push("\n## Templates for `fim_template`\n\n| name | prompt |\n|---|---|\n".to_owned());
    parts.extend(fim_templates::all().iter().map(template));
    parts.concat()
}

fn heading(group: &str) -> String {
    match GROUPS.iter().find(|(name, _)| *name == group) {
        Some((_, text)) => format!("\n## {group}\n\n{text}\n"),
        None => format!("\n## {group}\n"),
    }
}

fn section(row: &Row) -> String {
    format!(
        "\n### `{}`\n\n{}\n\n- Valid: {}\n- Default: {}\n- A workspace may {}\n",
        row.key,
        row.doc,
        row.kind.words(),
        default_words(row),
        scope_words(row.scope),
    )
}

fn template(template: &FimTemplate) -> String {
    let FimTemplate { name, prefix_token: prefix, suffix_token: suffix, .. } = template;
    let prompt = if template.suffix_first {
        format!("{suffix}AFTER{prefix}BEFORE{}", template.middle_token)
    } else {
        format!("{prefix}BEFORE{suffix}AFTER{}", template.middle_token)
    };
    format!("| `{name}` | `{}` |\n", prompt.replace('|', "\\|"))
}

const INTRODUCTION: &str = "\
<!-- Generated from src/config/options.rs by `cargo test`. Do not edit. -->

# Settings

Tabtier works with nothing configured; then it answers from your own code alone. Settings come from
these layers, and each is laid over the ones before:

1. the defaults on this page;
2. your file: the one named by `--config`, else by the variable `TABTIER_CONFIG`, else
   `tabtier/config.toml` in your system's folder for settings (`~/.config` on Linux,
   `~/Library/Application Support` on macOS; on Windows `tabtier\\config\\config.toml` in
   `%APPDATA%`);
3. the initialization options your editor passes when it starts the server;
4. the settings your editor sends while it runs, and `.tabtier.toml` in the root of a workspace.
   These may only narrow what the layers above allow: a workspace comes with a clone, and an editor
   mixes a workspace's settings into its own. What is said below of a workspace holds for both.

The keys are the same everywhere. In TOML they are tables; editors may send nested objects or dotted
keys. A mistake costs the key it is in: it is reported with its place and what would be valid, and
the last good value stays. `tabtier config check` shows all mistakes, `tabtier config show` every
value and where it comes from.

```toml
[models.qwen]
protocol = \"llama_cpp_infill\"
url = \"http://127.0.0.1:8080\"

[models.best]
url = \"https://api.openai.com/v1\"
model = \"gpt-4.1\"
key_env = \"OPENAI_API_KEY\"
price_input = 2.0
price_cache_read = 0.5
price_output = 8.0

[tiers]
fast.models = [\"qwen\"]
flagship.models = [\"best\"]
```
";

const GROUPS: &[(&str, &str)] = &[
    (
        "policy",
        "Who answers what, and by when. `<class>` is one of `closer`, `identifier`, `line`, \
         `prose`, `boilerplate`, `logic`, `refactor`.",
    ),
    ("tiers", "Which models make up a tier. `<tier>` is one of `fast`, `mid`, `flagship`."),
    ("models", "The models you have. `<name>` is a name of your choice."),
    ("network", "How models on other machines are reached."),
    ("context", "What goes into a prompt. `<tier>` is one of `fast`, `mid`, `flagship`."),
    (
        "caps",
        "What may be spent. A cap that is not set does not exist. `<tier>` is one of `fast`, `mid`, \
         `flagship`. See `docs/money.md`.",
    ),
    ("ledger", "What is kept of requests and calls, in a file of yours that all servers share."),
    ("cache", "Answers are kept in memory, so that going back and forth costs nothing."),
    ("local", "What the engine on this machine may offer."),
    ("privacy", "What may leave this machine."),
    ("editor", "How completions are offered."),
];

const SOME_FILES: &str = "
## languages, paths

What is said in `policy` about a class, and `policy.override`, can also be said for some files: by
language in `[languages.NAME]`, with the ids that editors use, and by path in `[paths.\"PATTERN\"]`,
with patterns as in `privacy.exclude`. What is not said there is as in `policy`.

```toml
[languages.markdown]
override = \"local\"

[languages.python.logic]
tiers = [\"mid\", \"flagship\"]
settle_ms = 400

[paths.\"tests/**\".logic]
ceiling = \"mid\"
```

What is said for fewer files wins: a path over a language, and of two patterns that match a file the
longer one. A workspace may narrow here what it may narrow in `policy`. It narrows what comes out of
your own settings for a file, so no pattern of a workspace widens what one of yours has narrowed. At
most 100 patterns are used. `tabtier explain --policy FILE` shows what holds for a file and who said
so.
";

/// A row's default as Markdown.
fn default_words(row: &Row) -> String {
    let each = |presets: &[&Preset], words: &[&str]| {
        let one = |word: &&str| {
            let value = row.default_of(&row.key_for(word));
            format!("{word} {}", value.map_or_else(|| "not set".to_owned(), |v| code(&v)))
        };
        debug_assert_eq!(presets.len(), words.len());
        words.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    match &row.default {
        Preset::Unset => "not set".to_owned(),
        Preset::PerClass(presets) => each(presets, &RequestClass::ALL.map(RequestClass::name)),
        Preset::PerTier(presets) => each(presets, &MODEL_TIERS.map(Tier::name)),
        _ => row.default_of(&Key::default()).map_or_else(String::new, |value| code(&value)),
    }
}

fn code(value: &Value) -> String {
    format!("`{value}`")
}

fn scope_words(scope: Scope) -> String {
    match scope {
        Scope::Never => "not set it.".to_owned(),
        Scope::Only(word) => format!("set it to `{word}`, nothing else."),
        Scope::Lower => "lower it.".to_owned(),
        Scope::Raise => "raise it.".to_owned(),
        Scope::Append => "add to it.".to_owned(),
        Scope::Subset => "take entries off it; the order stays.".to_owned(),
    }
}

/// `docs/settings.json`: the settings as the `properties` of an editor manifest.
///
/// Editors answer with a default where the user has said nothing, and such an answer would hide the
/// user's file. So every default here is null, which means not set. The scope is always `machine`:
/// the server cannot tell a workspace's part of an editor's settings from the user's, so a
/// workspace must not have one; it has `.tabtier.toml`.
pub fn listing() -> String {
    let mut properties = Map::new();
    for row in TABLE {
        for key in row.fixed_keys() {
            let mut schema = kind_schema(row.kind);
            let default =
                row.default_of(&key).map_or_else(String::new, |v| format!(" Default: `{v}`."));
            describe(&mut schema, &format!("{}{default}", row.doc));
            nullable(&mut schema);
            schema.insert("scope".to_owned(), json!("machine"));
            properties.insert(format!("tabtier.{key}"), Json::Object(schema));
        }
    }
    properties.insert("tabtier.models".to_owned(), models_schema());
    for (table, text) in [
        (LANGUAGES, "What differs from the policy by language, by the id editors use."),
        (PATHS, "What differs from the policy by path, by pattern as in `privacy.exclude`."),
    ] {
        properties.insert(format!("tabtier.{table}"), some_files_schema(text));
    }
    let mut text = serde_json::to_string_pretty(&Json::Object(properties)).unwrap_or_default();
    text.push('\n');
    text
}

fn models_schema() -> Json {
    let field = |row: &Row| {
        let name = row.segments().last()?.to_owned();
        let mut schema = kind_schema(row.kind);
        describe(&mut schema, row.doc);
        Some((name, Json::Object(schema)))
    };
    let rows = TABLE.iter().filter(|row| row.key.starts_with("models.<name>."));
    let fields: Map<String, Json> = rows.filter_map(field).collect();
    json!({
        "type": ["object", "null"],
        "default": null,
        "scope": "machine",
        "markdownDescription": "The models you have, by a name of your choice.",
        "additionalProperties": {
            "type": "object",
            "required": ["url"],
            "properties": fields,
            "additionalProperties": false,
        },
    })
}

fn some_files_schema(text: &str) -> Json {
    let field = |row: &Row| {
        let mut schema = kind_schema(row.kind);
        describe(&mut schema, row.doc);
        (row.segments().last().unwrap_or_default().to_owned(), Json::Object(schema))
    };
    let (of_class, general): (Vec<&Row>, Vec<&Row>) =
        TABLE.iter().filter(|row| row.is_reachable()).partition(|row| row.key.contains("<class>"));
    let of_class: Map<String, Json> = of_class.into_iter().map(field).collect();
    let general: Map<String, Json> = general.into_iter().map(field).collect();
    let classes = format!("^({})$", RequestClass::ALL.map(RequestClass::name).join("|"));
    let class = json!({"type": "object", "properties": of_class, "additionalProperties": false});
    json!({
        "type": ["object", "null"],
        "default": null,
        "scope": "machine",
        "markdownDescription": text,
        "additionalProperties": {
            "type": "object",
            "properties": general,
            "patternProperties": { classes: class },
            "additionalProperties": false,
        },
    })
}

fn describe(schema: &mut Map<String, Json>, text: &str) {
    schema.insert("markdownDescription".to_owned(), json!(text));
}

fn nullable(schema: &mut Map<String, Json>) {
    if let Some(kind) = schema.get("type").cloned() {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Json::Array(words)) = schema.get_mut("enum") {
        words.push(Json::Null);
    }
    schema.insert("default".to_owned(), Json::Null);
}

fn kind_schema(kind: Kind) -> Map<String, Json> {
    let schema = match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Integer { min, max, .. } => {
            json!({"type": "integer", "minimum": min, "maximum": max})
        }
        Kind::Number { min, max, .. } => json!({"type": "number", "minimum": min, "maximum": max}),
        Kind::Text | Kind::Secret => json!({"type": "string"}),
        Kind::Variable => json!({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::List(item) => json!({"type": "array", "items": kind_schema(*item)}),
        Kind::Map => json!({"type": "object"}),
    };
    match schema {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}
