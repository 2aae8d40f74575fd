//! What was found out about servers once and holds until they change.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The version of the file's form.
const VERSION: u32 = 1;
/// Bound: far more than anybody configures.
const BYTES_MAX: u64 = 1 << 20;

/// A file of findings, whether or not it exists.
#[derive(Clone, Debug)]
pub struct ServersFile {
    path: PathBuf,
}

/// What is known of one server and model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Whether it reads the text after the cursor: `honoured`, `ignored` or `refused`.
    pub suffix: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Form {
    version: u32,
    servers: BTreeMap<String, Known>,
}

impl ServersFile {
    /// `tabtier/servers.json` in the system's folder for state; `None` where there is no such
    /// folder.
    pub fn usual() -> Option<Self> {
        let folders = directories::ProjectDirs::from("", "", "tabtier")?;
        let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
        Some(Self { path: folder.join("servers.json") })
    }

    /// The file with this path.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// What is known, by a name of the server that tells no address. Nothing where the file is not
    /// there or cannot be understood: what was in it is found out again.
    pub fn read(&self) -> BTreeMap<String, Known> {
        let mut text = Vec::new();
        let read = File::open(&self.path).and_then(|f| f.take(BYTES_MAX).read_to_end(&mut text));
        let form = read.ok().and_then(|_| serde_json::from_slice::<Form>(&text).ok());
        form.filter(|form| form.version == VERSION).map(|form| form.servers).unwrap_or_default()
    }

    /// Notes what was found out about a server. Whoever notes something at the same time waits.
    pub fn note(&self, server: &str, known: Known) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = File::create(self.path.with_extension("lock"))?;
        lock.lock()?;
        let mut servers = self.read();
        servers.insert(server.to_owned(), known);
        let text = serde_json::to_vec(&Form { version: VERSION, servers })?;
        let new = self.path.with_extension("tmp");
        File::create(&new)?.write_all(&text)?;
        fs::rename(&new, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_known_and_a_broken_file_is_begun_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/servers.json");
        let file = ServersFile::at(path.clone());
        assert!(file.read().is_empty());
        let known = |word: &str| Known { suffix: word.to_owned() };
        file.note("a", known("ignored")).expect("a file");
        file.note("b", known("honoured")).expect("a file");
        assert_eq!(file.read().get("a"), Some(&known("ignored")));
        assert_eq!(file.read().len(), 2);
        fs::write(&path, "{").expect("a file");
        assert!(file.read().is_empty());
        file.note("a", known("refused")).expect("a file");
        assert_eq!(file.read().get("a"), Some(&known("refused")));
    }
}
