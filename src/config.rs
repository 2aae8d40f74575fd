//! Settings: what the user said, layered and checked, turned into what the program uses.
//!
//! One table (`options`) names every key with its kind, default and prose. Layers are read against
//! it one key at a time, so a mistake costs exactly that key: it is reported with its place and
//! what would be valid, and the last good value stays.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use self::dialects::Dialect;
use self::overrides::Overrides;
use crate::domain::context::Kind;
use crate::domain::gate::Strictness;
use crate::domain::money::price::{Listed, Price};
use crate::domain::money::{Caps, PicoUsd};
use crate::domain::route::clocks::Patience;
use crate::domain::route::{ModelSpec, Policy};
use crate::domain::ruler::Vocabulary;
use crate::domain::units::Tokens;

mod grammars;
pub mod languages;
pub mod options;

pub mod kind;
pub mod problem;
pub mod reach;
pub mod value;

pub mod layers;
pub mod loader;
pub mod nearest;
pub mod overrides;
pub mod overview;
pub mod place;
pub mod source;
pub mod values;

pub mod dialects;
pub mod fim_templates;
pub mod prices;
pub mod tokenizers;
pub mod traits;

mod protocol;

pub mod render;
pub mod resolve;

pub use self::protocol::Protocol;

/// Everything the program uses, resolved and total.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Master switch; false answers every request with nothing.
    pub enabled: bool,
    /// Class → tiers, deadlines, limits, where nothing else is said for a file.
    pub policy: Policy,
    /// What is said for some files alone; see [`Settings::policy_for`].
    pub overrides: Overrides,
    /// How much the gate holds back.
    pub gate: Strictness,
    /// The share of calls beside which another model may be asked when they are slow, 0 to 0.1.
    pub hedge_share: f64,
    /// Configured models by id.
    pub models: BTreeMap<String, ModelSettings>,
    /// What goes into a prompt.
    pub context: ContextSettings,
    /// What may be spent, and what is kept of it.
    pub money: MoneySettings,
    /// Bounds of the completion cache.
    pub cache: CacheSettings,
    /// What the local engine may do.
    pub local: LocalSettings,
    /// How the files of the workspace are read.
    pub index: IndexSettings,
    /// Whether what becomes of suggestions is noted.
    pub feedback: FeedbackSettings,
    /// How other machines are reached.
    pub network: NetworkSettings,
    /// What may leave the machine.
    pub privacy: PrivacySettings,
    /// How completions are offered in the editor.
    pub editor: EditorSettings,
}

impl Default for Settings {
    /// What is used with nothing configured.
    fn default() -> Self {
        resolve::defaults()
    }
}

/// One `[models.NAME]` table, resolved.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// The part routing and prompting use.
    pub spec: ModelSpec,
    /// The part the provider uses.
    pub endpoint: Endpoint,
    /// How long its calls may be silent, pause and take.
    pub patience: Patience,
    /// What it charges, by the user's word or by the price table; `None` means unknown, never free.
    pub price: Option<Price>,
    /// What the price table says of it.
    pub listed: Option<Listed>,
    /// What its tokens are counted with; `None` where they are estimated.
    pub vocabulary: Option<Vocabulary>,
}

/// Where a model is reached and what it is called there.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The wire protocol.
    pub protocol: Protocol,
    /// How the server differs from others with the same protocol.
    pub dialect: &'static Dialect,
    /// Base address, such as `http://127.0.0.1:8080` or `https://api.openai.com/v1`.
    pub url: String,
    /// The model's name on the server; may be empty for servers with one model.
    pub model: String,
    /// Version of the protocol that is asked for, where the vendor has several.
    pub api_version: Option<String>,
    /// Whether the model may think before it answers.
    pub thinking: Thinking,
    /// What prompt and answer may have together, for servers that must be told.
    pub context_tokens: Tokens,
    /// Name of the environment variable that holds the key, if one is needed.
    pub key_env: Option<String>,
    /// A key written in the user's own file; works, but is warned about.
    pub key: Option<secrecy::SecretString>,
    /// How long a call may take in all, late answers for the cache included.
    pub timeout: Duration,
    /// Extra JSON fields for the request body, such as `{"cache_prompt": true}`.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Endpoint {
    /// An endpoint that needs no key, has ten seconds and a window of 8,192 tokens, and whose
    /// dialect follows from its host.
    pub fn new(protocol: Protocol, url: &str) -> Self {
        let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        Self {
            protocol,
            dialect: dialects::of_host(&host.unwrap_or_default()),
            url: url.to_owned(),
            model: String::new(),
            api_version: None,
            thinking: Thinking::Auto,
            context_tokens: Tokens(8_192),
            key_env: None,
            key: None,
            timeout: Duration::from_secs(10),
            extra: serde_json::Map::new(),
        }
    }
}

/// Whether a model is told not to think before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinking {
    /// Where it would think unasked and the server is known to understand.
    Auto,
    /// Wherever it is known how to say so.
    Off,
    /// Never: the server decides.
    Server,
}

/// `[network]`.
#[derive(Clone, Debug, Default)]
pub struct NetworkSettings {
    /// Address of the proxy for models on other machines; may hold a password.
    pub proxy: Option<secrecy::SecretString>,
    /// Hosts that are reached without the proxy, besides this machine and private addresses.
    pub no_proxy: Vec<String>,
    /// A file of certificates that are trusted besides those of the system.
    pub ca_file: Option<std::path::PathBuf>,
}

/// `[context]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextSettings {
    /// What a prompt holds besides the text around the cursor.
    pub kinds: Vec<Kind>,
    /// The most tokens of a prompt, `[local, fast, mid, flagship]`.
    pub input_tokens_max: [Tokens; 4],
}

/// `[caps]` and `[ledger]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneySettings {
    /// What bounds spending.
    pub caps: Caps,
    /// An action of the user's that may cost more shows its estimate first.
    pub ask_above: PicoUsd,
    /// What is kept.
    pub ledger: LedgerSettings,
}

/// `[ledger]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerSettings {
    /// Whether requests and calls are kept, or only sums.
    pub enabled: bool,
    /// For how many days.
    pub days: u32,
}

/// `[cache]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// The most answers kept; 0 switches the cache off.
    pub entries_max: usize,
    /// The most bytes of text kept.
    pub bytes_max: usize,
}

/// `[local]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSettings {
    /// Whether closers are offered.
    pub closers: bool,
    /// Whether names are offered.
    pub names: bool,
    /// Whether short lines are offered.
    pub lines: bool,
}

/// `[index]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexSettings {
    /// Whether the files of the workspace are read at all.
    pub enabled: bool,
    /// The most files.
    pub files_max: usize,
    /// The most bytes of a file.
    pub file_bytes_max: u64,
    /// The most bytes of memory for what was found.
    pub bytes_max: usize,
    /// The most of one core, 0.01 to 1.
    pub cpu_share: f64,
    /// Whether what was found is kept on disk.
    pub cache: bool,
}

/// `[feedback]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackSettings {
    /// Whether what becomes of suggestions is noted, kept, and used in routing.
    pub enabled: bool,
}

/// `[privacy]`.
#[derive(Clone)]
pub struct PrivacySettings {
    /// Files whose text never leaves the machine, by glob.
    pub exclude: globset::GlobSet,
    /// Whether secrets found in a prompt are replaced before it is sent.
    pub redact: bool,
}

/// A compiled set of patterns prints thousands of lines; their number is enough.
impl fmt::Debug for PrivacySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patterns = self.exclude.len();
        f.debug_struct("PrivacySettings")
            .field("patterns", &patterns)
            .field("redact", &self.redact)
            .finish()
    }
}

/// `[editor]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorSettings {
    /// When `textDocument/completion` is offered.
    pub completion_menu: CompletionMenu,
}

/// When the completion menu is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionMenu {
    /// Only for clients without inline completion.
    Auto,
    /// For every client.
    Always,
    /// Never.
    Never,
}
