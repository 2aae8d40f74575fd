//! The tables of who may use whom. To permit something, change a row here and say why in the review.

/// What one layer may use, besides itself.
pub(super) struct Layer {
    /// A module of the crate root, with everything below it.
    pub(super) module: &'static str,
    /// Modules of this crate; each stands for everything below it.
    pub(super) modules: &'static [&'static str],
    /// Crates besides `std`; a `*` at the end stands for any ending.
    pub(super) crates: &'static [&'static str],
}

pub(super) const LAYERS: &[Layer] = &[
    Layer {
        module: "domain",
        modules: &[],
        crates: &[
            "ropey",
            "tree_sitter",
            "regex",
            // Tells in one pass which rules of redaction a text can break.
            "aho_corasick",
            "blake3",
            "lru",
            "memchr",
        ],
    },
    Layer {
        module: "config",
        modules: &["domain"],
        crates: &[
            "serde",
            "serde_json",
            "toml",
            "globset",
            "secrecy",
            "directories",
            "thiserror",
            "anyhow",
            "tracing",
            // Compiled patterns are kept from one reading of the settings to the next.
            "parking_lot",
            // Whether an address is private is asked of the parser that will dial it.
            "url",
            // One crate of parse tables per language.
            "tree_sitter*",
        ],
    },
    Layer {
        module: "provider",
        modules: &["domain::prompt", "domain::completion", "domain::units", "config"],
        crates: &[
            "tokio",
            "tokio_util",
            "futures_util",
            "reqwest",
            "rustls",
            "tower",
            "httpdate",
            // A key is bound to the origin that the parser which dials it sees.
            "url",
            "bytes",
            "serde",
            "serde_json",
            "secrecy",
            "parking_lot",
            "thiserror",
            "tracing",
        ],
    },
    // Vocabularies are large and loaded apart from everything else.
    Layer {
        module: "tokenizers",
        modules: &["domain::ruler"],
        crates: &["tiktoken", "parking_lot"],
    },
    Layer {
        module: "engine",
        modules: &["domain", "provider", "config", "store", "tokenizers"],
        crates: &[
            "tokio",
            "tokio_util",
            "futures_util",
            "parking_lot",
            "thiserror",
            "tracing",
            "blake3",
            "globset",
            "ignore",
        ],
    },
    // What outlives the process.
    Layer {
        module: "store",
        modules: &["domain"],
        crates: &[
            "serde",
            "serde_json",
            "directories",
            "tracing",
            "thiserror",
            // The ledger: one file with SQL, and a thread that writes it.
            "rusqlite",
            "parking_lot",
        ],
    },
    // Numbers become words and JSON here, for the terminal and for editors alike.
    Layer { module: "report", modules: &["domain"], crates: &["serde_json", "csv"] },
    Layer {
        module: "server",
        modules: &["domain", "engine", "config", "report"],
        crates: &[
            "tower_lsp",
            // The protocol's types, reached through `tower_lsp`.
            "ls_types",
            "tower",
            "tokio",
            "tokio_util",
            "futures_util",
            "bytes",
            "serde",
            "serde_json",
            "parking_lot",
            "anyhow",
            "thiserror",
            "tracing",
        ],
    },
    // A page of figures. It reads what is kept and asks nobody else: neither engine nor providers.
    Layer {
        module: "dashboard",
        modules: &["domain", "config", "report", "store"],
        crates: &[
            "axum",
            "tokio",
            "serde_json",
            "parking_lot",
            "tracing",
            // The secrets that keep other programs and pages out.
            "getrandom",
        ],
    },
    // Wires the parts together.
    Layer {
        module: "cli",
        modules: &[
            "domain",
            "config",
            "provider",
            "tokenizers",
            "engine",
            "report",
            "dashboard",
            "server",
            "store",
        ],
        crates: &["*"],
    },
    Layer { module: "trace", modules: &[], crates: &["tracing", "tracing_subscriber"] },
    Layer { module: "main", modules: &["cli", "trace"], crates: &[] },
];

/// Uses against the order of stages in `src/domain.rs`: who, whom, and why it is right all the same.
pub(super) const DOMAIN_UPWARD: &[(&str, &str, &str)] = &[
    ("class", "completion", "a classification carries a confidence"),
    ("route", "completion", "a policy row carries a confidence"),
    ("route", "prompt", "a model says in which form it wants to be asked"),
    ("local", "completion", "an offer carries a confidence"),
];

/// Something only some files may name.
pub(super) struct Ban {
    /// A path. Crates and modules of `std` are looked for at the start of a path, anything else at
    /// any place in it.
    pub(super) path: &'static str,
    /// Where the ban holds.
    pub(super) holds: Holds,
    /// What to do instead.
    pub(super) instead: &'static str,
}

/// Where a ban holds; both lists are module paths, each standing for everything below it.
pub(super) enum Holds {
    Inside(&'static [&'static str]),
    Outside(&'static [&'static str]),
}

const DOMAIN: Holds = Holds::Inside(&["domain"]);
const EXIT_ONLY: Holds = Holds::Outside(&["provider::http"]);
const SETTINGS_ONLY: Holds =
    Holds::Outside(&["config::place", "provider::registry", "cli", "main"]);
const WIRE_ONLY: Holds = Holds::Outside(&[
    "server::from_proto",
    "server::to_proto",
    "server::ext",
    "server::capabilities",
    "server::backend",
    "server::folders",
    "server::news",
    "server::progress",
    "server::transport",
    "server::client",
]);

pub(super) const BANS: &[Ban] = &[
    Ban { path: "std::fs", holds: DOMAIN, instead: "pass the text in" },
    Ban { path: "std::env", holds: DOMAIN, instead: "pass the value in" },
    Ban { path: "std::process", holds: DOMAIN, instead: "leave processes to cli" },
    Ban { path: "std::net", holds: DOMAIN, instead: "leave the network to provider::http" },
    Ban { path: "Instant::now", holds: DOMAIN, instead: "take the time as an argument" },
    Ban { path: "SystemTime::now", holds: DOMAIN, instead: "take the time as an argument" },
    Ban {
        path: "reqwest",
        holds: EXIT_ONLY,
        instead: "go through provider::http, the single exit to the network",
    },
    Ban { path: "TcpStream", holds: EXIT_ONLY, instead: "go through provider::http" },
    Ban { path: "UdpSocket", holds: EXIT_ONLY, instead: "go through provider::http" },
    Ban { path: "UnixStream", holds: EXIT_ONLY, instead: "go through provider::http" },
    Ban {
        path: "tower_lsp",
        holds: WIRE_ONLY,
        instead: "translate in server::from_proto or server::to_proto and use the domain's types",
    },
    Ban {
        path: "ls_types",
        holds: WIRE_ONLY,
        instead: "translate in server::from_proto or server::to_proto and use the domain's types",
    },
    Ban { path: "env::var", holds: SETTINGS_ONLY, instead: "read a setting" },
    Ban { path: "env::var_os", holds: SETTINGS_ONLY, instead: "read a setting" },
    Ban { path: "env::vars", holds: SETTINGS_ONLY, instead: "read a setting" },
];

/// Macros that write to the terminal, where stdout is the wire.
pub(super) const PRINTING: [&str; 4] = ["print", "println", "eprint", "eprintln"];
