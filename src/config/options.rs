//! The settings table: every key with its kind, default, prose and what a workspace may do to it.
//!
//! This is the only place a setting is declared. The checker, the reference page, the listing for
//! editor manifests and the suggestions for misspelt keys are all read from it, so none of them can
//! disagree. A key may hold a blank, written `<class>`, `<tier>` or `<name>`; the first two range
//! over fixed words, the last over names the user chooses. What a class may do can also be set for
//! some files alone: `reach` reads such keys as the rows here.

use super::kind::Kind;
use super::reach::{self, Reach};
use super::value::{Key, Value};
use crate::domain::class::RequestClass;
use crate::domain::route::Tier;

/// One setting, or one per word where the key has a blank.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The dotted key, such as `policy.<class>.deadline_ms`.
    pub key: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Its value when nobody sets it.
    pub default: Preset,
    /// What a workspace may do to it.
    pub scope: Scope,
    /// What it does: one paragraph, whole sentences.
    pub doc: &'static str,
}

/// A default.
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// No value: absence means something of its own, which the prose states.
    Unset,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// A word.
    Text(&'static str),
    /// A list of words.
    Texts(&'static [&'static str]),
    /// One for each request class, in the order of [`RequestClass::ALL`].
    PerClass([&'static Preset; RequestClass::ALL.len()]),
    /// One for each tier that asks models, in the order of [`MODEL_TIERS`].
    PerTier([&'static Preset; MODEL_TIERS.len()]),
}

/// What a workspace file may do to a setting. A workspace comes with a clone and is not trusted:
/// whatever it says may only make the program do less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Nothing.
    Never,
    /// Set it to this one value.
    Only(&'static str),
    /// Lower it.
    Lower,
    /// Raise it.
    Raise,
    /// Add to the list.
    Append,
    /// Take entries off the list; the order stays.
    Subset,
}

/// The tiers that ask models.
pub const MODEL_TIERS: [Tier; 3] = [Tier::Fast, Tier::Mid, Tier::Flagship];

const TIERS: Kind = Kind::Choice(&["local", "fast", "mid", "flagship"]);
const PRICE: Kind = Kind::Number { min: 0.0, max: 10_000.0, unit: "USD per million tokens" };

/// Files whose text stays on this machine unless the user says otherwise: those that usually hold
/// keys, passwords and tokens. Names that are as often source code (`secrets.rs`) are left out.
const SECRET_FILES: &[&str] = &[
    ".env",
    ".env.*",
    "*.env",
    ".envrc",
    "*.pem",
    "*.key",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.asc",
    "*.gpg",
    "*.ovpn",
    "*.ppk",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".git-credentials",
    ".dockercfg",
    ".docker/config.json",
    ".aws/",
    ".ssh/",
    ".gnupg/",
    ".kube/config",
    "kubeconfig",
    "credentials",
    "credentials.json",
    "credentials.toml",
    "credentials.yml",
    "credentials.yaml",
    "credentials.ini",
    "secrets.json",
    "secrets.toml",
    "secrets.yml",
    "secrets.yaml",
    "secrets.ini",
    "secrets.env",
    "service-account*.json",
    "*.tfstate",
    "*.tfstate.backup",
    "*.tfvars",
    ".vault_pass*",
    ".terraformrc",
];

/// Every setting, grouped; groups and the keys in them are in reading order.
pub const TABLE: &[Row] = &[
    Row {
        key: "enabled",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Master switch. When false, every request is answered with nothing and no model is \
              asked.",
    },
    Row {
        key: "policy.override",
        kind: Kind::Choice(&["auto", "local", "fast", "mid", "flagship"]),
        default: Preset::Text("auto"),
        scope: Scope::Only("local"),
        doc: "Forces one tier for every request. With `auto` the table of classes decides; \
              `flagship` asks the best model for everything; `local` never uses the network. A \
              class's ceiling holds under an override too.",
    },
    Row {
        key: "policy.cloud_failover",
        kind: Kind::Bool,
        default: Preset::Bool(false),
        scope: Scope::Only("false"),
        doc: "Whether a request that began on a model of your own may move on to somebody else's \
              computer when yours fails. When false, the next model of your own is asked, or none.",
    },
    Row {
        key: "policy.gate",
        kind: Kind::Choice(&["off", "light", "normal", "strict"]),
        default: Preset::Text("normal"),
        scope: Scope::Only("strict"),
        doc: "How much the gate holds back. The gate keeps models from being asked while you type \
              where their answer would hardly be read: it lengthens the settle delay or says \
              nothing. `light` only delays calls; `normal` avoids most wasted \
              calls; `strict` avoids more of them and loses some wanted answers; `off` \
              asks after every settle delay. What you ask for with a key press is never held back.",
    },
    Row {
        key: "policy.<class>.tiers",
        kind: Kind::List(&TIERS),
        default: Preset::PerClass([
            &Preset::Texts(&["local", "fast"]),
            &Preset::Texts(&["local", "fast"]),
            &Preset::Texts(&["fast", "local"]),
            &Preset::Texts(&["fast"]),
            &Preset::Texts(&["mid", "fast"]),
            &Preset::Texts(&["flagship", "mid"]),
            &Preset::Texts(&["flagship", "mid"]),
        ]),
        scope: Scope::Subset,
        doc: "Which tiers may answer requests of this class, in the order they are tried. An empty \
              list means that requests of this class are not answered.",
    },
    Row {
        key: "policy.<class>.deadline_ms",
        kind: Kind::Integer { min: 10, max: 60_000, unit: "ms" },
        default: Preset::PerClass([
            &Preset::Integer(150),
            &Preset::Integer(150),
            &Preset::Integer(200),
            &Preset::Integer(200),
            &Preset::Integer(300),
            &Preset::Integer(2_000),
            &Preset::Integer(3_000),
        ]),
        scope: Scope::Lower,
        doc: "How long a request of this class may take from its arrival to its reply, all waiting \
              included. At the deadline the best answer so far is given, or none.",
    },
    Row {
        key: "policy.<class>.output_tokens_max",
        kind: Kind::Integer { min: 1, max: 32_768, unit: "tokens" },
        default: Preset::PerClass([
            &Preset::Integer(16),
            &Preset::Integer(16),
            &Preset::Integer(64),
            &Preset::Integer(64),
            &Preset::Integer(128),
            &Preset::Integer(256),
            &Preset::Integer(512),
        ]),
        scope: Scope::Lower,
        doc: "The most tokens a model may generate for a request of this class. Tokens are paid \
              for, so this bounds what one request can cost.",
    },
    Row {
        key: "policy.<class>.floor",
        kind: TIERS,
        default: Preset::Text("local"),
        scope: Scope::Never,
        doc: "The least tier that may answer requests of this class; `local` sets no floor. Models \
              of lower tiers are not asked, and the local engine does not answer before models. Its \
              guess stays the last resort.",
    },
    Row {
        key: "policy.<class>.ceiling",
        kind: TIERS,
        default: Preset::Text("flagship"),
        scope: Scope::Lower,
        doc: "The highest tier that may answer requests of this class; `flagship` sets no ceiling. \
              Models of higher tiers are never asked, neither when you ask again at the same place \
              nor when an override names a higher tier: the ceiling takes its place then.",
    },
    Row {
        key: "policy.<class>.settle_ms",
        kind: Kind::Integer { min: 0, max: 10_000, unit: "ms" },
        default: Preset::Unset,
        scope: Scope::Raise,
        doc: "How long you must have paused typing before a model is asked for this class, whatever \
              its tier. When not set, `tiers.<tier>.settle_ms` of the model's tier holds.",
    },
    Row {
        key: "policy.<class>.local_confidence_min",
        kind: Kind::Number { min: 0.0, max: 1.0, unit: "" },
        default: Preset::PerClass([
            &Preset::Number(0.5),
            &Preset::Number(0.5),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
        ]),
        scope: Scope::Lower,
        doc: "How sure the local engine must be to answer a request of this class alone, as a \
              probability. Lower values ask models less often.",
    },
    Row {
        key: "tiers.<tier>.models",
        kind: Kind::List(&Kind::Text),
        default: Preset::Texts(&[]),
        scope: Scope::Subset,
        doc: "The models of this tier by name, in the order they are tried. Each name is that of a \
              `[models.NAME]` table.",
    },
    Row {
        key: "tiers.<tier>.settle_ms",
        kind: Kind::Integer { min: 0, max: 10_000, unit: "ms" },
        default: Preset::PerTier([
            &Preset::Integer(50),
            &Preset::Integer(100),
            &Preset::Integer(250),
        ]),
        scope: Scope::Never,
        doc: "How long you must have paused typing before a model of this tier is asked. Pressing \
              the key for a completion asks at once. Shorter pauses cost more: most requests are \
              then outdated before anyone reads the answer. With 0 the gate delays nothing either.",
    },
    Row {
        key: "models.<name>.protocol",
        kind: Kind::Choice(&["openai_chat", "openai_completions", "llama_cpp_infill"]),
        default: Preset::Text("openai_chat"),
        scope: Scope::Never,
        doc: "What the server speaks: `openai_chat` posts to `URL/chat/completions`, \
              `openai_completions` to `URL/completions`, `llama_cpp_infill` to `URL/infill`.",
    },
    Row {
        key: "models.<name>.url",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The server's base address, such as `http://127.0.0.1:8080` or \
              `https://api.openai.com/v1`. It must be given for every model.",
    },
    Row {
        key: "models.<name>.model",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What the model is called on its server. A server with a single model needs none.",
    },
    Row {
        key: "models.<name>.form",
        kind: Kind::Choice(&["infill", "fim", "chat"]),
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "How the model is asked: `infill` sends the text before and after the cursor as two \
              fields, `fim` one string with the model's own fill-in-the-middle tokens, `chat` \
              instructions. When not set it follows from the protocol: `chat` for `openai_chat`, \
              `fim` for `openai_completions`, `infill` for `llama_cpp_infill`.",
    },
    Row {
        key: "models.<name>.fim_template",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Whose fill-in-the-middle tokens the model was trained with; needed for the form \
              `fim`. The names are at the end of `docs/configuration.md`.",
    },
    Row {
        key: "models.<name>.key_env",
        kind: Kind::Variable,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The environment variable that holds the key for this server.",
    },
    Row {
        key: "models.<name>.key",
        kind: Kind::Secret,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The key itself. It works, but a key in a file is easily copied along with the file, \
              so `key_env` is preferred where both are given and a warning is shown.",
    },
    Row {
        key: "models.<name>.context_tokens",
        kind: Kind::Integer { min: 256, max: 10_000_000, unit: "tokens" },
        default: Preset::Integer(8_192),
        scope: Scope::Never,
        doc: "How many tokens prompt and answer may have together.",
    },
    Row {
        key: "models.<name>.price_input",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What an input token costs. A model without prices counts as unknown, never as free.",
    },
    Row {
        key: "models.<name>.price_cache_read",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What an input token costs that the server had in its prompt cache. When not set it \
              costs as much as any other.",
    },
    Row {
        key: "models.<name>.price_output",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What a generated token costs. It must be given with `price_input` or not at all.",
    },
    Row {
        key: "models.<name>.place",
        kind: Kind::Choice(&["self_hosted", "cloud"]),
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Whose computer the model runs on. When not set, a loopback or private address and \
              the name `localhost` count as `self_hosted`, anything else as `cloud`.",
    },
    Row {
        key: "models.<name>.timeout_ms",
        kind: Kind::Integer { min: 100, max: 600_000, unit: "ms" },
        default: Preset::Integer(10_000),
        scope: Scope::Never,
        doc: "How long a call may take in all. Answers that come after a request's deadline are \
              kept for the next keystroke, so this may be longer than any deadline.",
    },
    Row {
        key: "models.<name>.extra",
        kind: Kind::Map,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Further fields for the body of each call, such as `{ temperature = 0.2 }`. Fields \
              that carry the prompt, the model or the streaming switch cannot be set.",
    },
    Row {
        key: "cache.entries_max",
        kind: Kind::Integer { min: 0, max: 1_000_000, unit: "entries" },
        default: Preset::Integer(1_000),
        scope: Scope::Lower,
        doc: "The most answers kept in memory. Zero switches the cache off.",
    },
    Row {
        key: "cache.bytes_max",
        kind: Kind::Integer { min: 0, max: 1_073_741_824, unit: "bytes" },
        default: Preset::Integer(8_388_608),
        scope: Scope::Lower,
        doc: "The most memory for the texts of kept answers.",
    },
    Row {
        key: "local.closers",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether the local engine offers closing brackets, quotes and tags.",
    },
    Row {
        key: "local.names",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether the local engine offers names it has seen in the project.",
    },
    Row {
        key: "feedback.enabled",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether what becomes of suggestions decides who is asked first: a class whose answers \
              keep being turned down may move one tier up, one whose answers are matched by a \
              cheaper tier one down, never further than the bounds of its row. When false, nothing \
              is noted, used or kept on disk. See `docs/routing.md`.",
    },
    Row {
        key: "privacy.exclude",
        kind: Kind::List(&Kind::Text),
        default: Preset::Texts(SECRET_FILES),
        scope: Scope::Append,
        doc: "Files whose text never leaves this machine, as patterns: `*` is anything within a \
              name, `**` any folders, a trailing `/` a whole folder, a leading `/` the start of \
              an absolute path; upper and lower case are the same. A list of your own replaces \
              this one, so keep the patterns you still want. A workspace adds to the list.",
    },
    Row {
        key: "privacy.redact",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("true"),
        doc: "Whether what looks like a key or a password is replaced before a prompt is sent.",
    },
    Row {
        key: "editor.completion_menu",
        kind: Kind::Choice(&["auto", "always", "never"]),
        default: Preset::Text("auto"),
        scope: Scope::Only("never"),
        doc: "When completions are offered in the editor's menu. With `auto`, only in editors that \
              cannot show them inline.",
    },
];

impl Row {
    /// The segments of the key, blanks included.
    pub fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.key.split('.')
    }

    /// Whether some files may have a value of their own, see [`reach`].
    pub fn is_reachable(&self) -> bool {
        self.key == "policy.override" || self.key.starts_with("policy.<class>.")
    }

    /// Whether `key` is this setting.
    pub fn matches(&self, key: &Key) -> bool {
        self.segments().count() == key.0.len() && self.starts_with(key)
    }

    /// Whether `key` is this setting or a table it lies in.
    pub fn starts_with(&self, key: &Key) -> bool {
        key.0.len() <= self.segments().count()
            && self.segments().zip(&key.0).all(|(pattern, segment)| fits(pattern, segment))
    }

    /// The keys of this setting that exist whatever the user says: one, or one for each class or
    /// tier, or none where the user chooses the name.
    pub fn fixed_keys(&self) -> Vec<Key> {
        let words: Vec<&str> = match self.segments().nth(1) {
            Some("<class>") => RequestClass::ALL.iter().map(|class| class.name()).collect(),
            Some("<tier>") => MODEL_TIERS.iter().map(|tier| tier.name()).collect(),
            Some("<name>") => Vec::new(),
            _ => return vec![Key(self.segments().map(str::to_owned).collect())],
        };
        words.into_iter().map(|word| self.key_for(word)).collect()
    }

    /// The key with its blank filled in.
    pub fn key_for(&self, word: &str) -> Key {
        let fill = |pattern: &str| if is_blank(pattern) { word } else { pattern }.to_owned();
        Key(self.segments().map(fill).collect())
    }

    /// The default of one of this setting's keys.
    pub fn default_of(&self, key: &Key) -> Option<Value> {
        let word = key.0.get(1).map_or("", String::as_str);
        self.default.value(word)
    }
}

impl Preset {
    /// The value for a class or tier; the word does not matter to other presets.
    fn value(&self, word: &str) -> Option<Value> {
        Some(match self {
            Self::Unset => return None,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Number(value) => Value::Number(*value),
            Self::Text(value) => Value::Text((*value).to_owned()),
            Self::Texts(values) => Value::texts(values),
            Self::PerClass(presets) => {
                let index = RequestClass::ALL.iter().position(|class| class.name() == word)?;
                return presets[index].value(word);
            }
            Self::PerTier(presets) => {
                let index = MODEL_TIERS.iter().position(|tier| tier.name() == word)?;
                return presets[index].value(word);
            }
        })
    }
}

/// The setting with this key. A key for some files is the setting it is about.
pub fn find(key: &Key) -> Option<&'static Row> {
    let (reach, key) = reach::split(key);
    let is_meant = |row: &&Row| reach == Reach::Everywhere || row.is_reachable();
    TABLE.iter().filter(is_meant).find(|row| row.matches(&key))
}

/// The settings in the table with this key, in order.
pub fn below(key: &Key) -> impl Iterator<Item = &'static Row> {
    let is_whole = reach::TABLES.iter().any(|table| key.segments() == [*table]);
    let (reach, key) = if is_whole {
        (Reach::Language(String::new()), Key::of(&["policy"]))
    } else {
        reach::split(key)
    };
    let is_meant = move |row: &&Row| reach == Reach::Everywhere || row.is_reachable();
    TABLE.iter().filter(is_meant).filter(move |row| row.starts_with(&key) && !row.matches(&key))
}

/// Every default with its key.
pub fn defaults() -> impl Iterator<Item = (Key, Value)> {
    TABLE.iter().flat_map(|row| {
        row.fixed_keys()
            .into_iter()
            .filter_map(|key| row.default_of(&key).map(|value| (key, value)))
    })
}

fn is_blank(pattern: &str) -> bool {
    pattern.starts_with('<')
}

fn fits(pattern: &str, segment: &str) -> bool {
    match pattern {
        "<class>" => RequestClass::ALL.iter().any(|class| class.name() == segment),
        "<tier>" => MODEL_TIERS.iter().any(|tier| tier.name() == segment),
        "<name>" => is_name(segment),
        word => word == segment,
    }
}

/// Whether this can be the name of a model: shown in logs and reports, so short and printable.
pub fn is_name(text: &str) -> bool {
    const CHARS_MAX: usize = 64;
    !text.trim().is_empty()
        && text.chars().count() <= CHARS_MAX
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
