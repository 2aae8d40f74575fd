//! `[network]`: addresses and paths that can be used as they are.
//!
//! The file of certificates is not opened here: the first connection does that, and says what is
//! wrong with it.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use super::Reader;
use crate::config::NetworkSettings;
use crate::config::problem::Fault;

impl Reader<'_> {
    pub(super) fn network(&mut self) -> NetworkSettings {
        NetworkSettings {
            proxy: self.proxy(),
            no_proxy: self.texts(&["network", "no_proxy"]),
            ca_file: self.ca_file(),
        }
    }

    /// A proxy that cannot be used is reported and kept, so that no model is reached around it: who
    /// names a proxy does not want to be seen without it.
    fn proxy(&mut self) -> Option<SecretString> {
        let key = ["network", "proxy"];
        let text = self.text(&key)?;
        let is_usable = Url::parse(&text)
            .is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.host().is_some());
        if !is_usable {
            let valid = "valid is an address such as \"http://proxy.example:3128\"; no model is \
                         asked until then";
            self.report(&key, Fault::new("not the address of an HTTP proxy", valid));
        }
        Some(text.into())
    }

    fn ca_file(&mut self) -> Option<PathBuf> {
        let key = ["network", "ca_file"];
        let text = self.text(&key)?;
        if !Path::new(&text).is_absolute() {
            let valid = "give the whole path, from the root; it is left out";
            self.report(&key, Fault::new("not an absolute path", valid));
            return None;
        }
        Some(text.into())
    }
}
