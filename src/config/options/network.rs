//! Rows of the settings table: how other machines are reached.
//!
//! None of them can come from a workspace: a proxy sees who is asked, and a certificate decides who
//! is believed.

use super::{Preset, Row, Scope};
use crate::config::kind::Kind;

pub(super) const ROWS: &[Row] = &[
    Row {
        key: "network.proxy",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The HTTP proxy to reach models by, such as `http://proxy.example:3128`; name and \
              password may stand in it. What is called by `localhost` or by an address of this \
              machine or of a private network is reached without it. Variables such as \
              `HTTPS_PROXY` are not read.",
    },
    Row {
        key: "network.no_proxy",
        kind: Kind::List(&Kind::Text),
        default: Preset::Texts(&[]),
        scope: Scope::Never,
        doc: "Further hosts that are reached without the proxy. `models.example` stands for that \
              host and all below it; addresses and networks such as `203.0.113.0/24` work too.",
    },
    Row {
        key: "network.ca_file",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "A file of certificates in PEM form, by its absolute path, that are trusted besides \
              those of the system: for a server or a proxy with a certificate of your company.",
    },
];
