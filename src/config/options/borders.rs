//! Rows of the settings table: what passes to other machines and to the editor.

use super::{Preset, Row, Scope};
use crate::config::kind::Kind;

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

pub(super) const ROWS: &[Row] = &[
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
