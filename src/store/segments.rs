//! Parts of an index, each in a file of its own in the user's cache folder.
//!
//! They can be made again at any time, so nothing is locked or repaired: what cannot be read is as
//! if it were not there. They hold the names of the user's code, so nobody else may read them.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Bound: bytes of a part; one of half a mebibyte of code takes about as much.
const BYTES_MAX: u64 = 64 << 20;
/// The parts of a workspace that was not opened for this long are deleted.
const AGE_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The parts of one workspace.
#[derive(Clone, Debug)]
pub struct SegmentFolder {
    folder: PathBuf,
}

impl SegmentFolder {
    /// The folder for parts of the workspace known by this name, in the system's folder for caches;
    /// `None` where there is no such folder.
    pub fn usual(workspace: &str) -> Option<Self> {
        let folders = directories::ProjectDirs::from("", "", "tabtier")?;
        Some(Self::at(folders.cache_dir().join("index").join(workspace)))
    }

    /// This folder, which need not exist.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("segment")
    }

    /// What was kept under this name.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = File::open(self.path(name)).ok()?;
        let length = file.take(BYTES_MAX + 1).read_to_end(&mut bytes).ok()?;
        (length as u64 <= BYTES_MAX).then_some(bytes)
    }

    /// Keeps something under this name, readable by this user alone.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        private_folder(&self.folder)?;
        let path = self.path(name);
        let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
        private_file(&unfinished)?.write_all(bytes)?;
        fs::rename(unfinished, path)
    }

    /// Deletes what is kept under any other name, and the folders of workspaces nobody opens.
    pub fn keep(&self, names: &BTreeSet<String>) {
        for path in entries(&self.folder) {
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if !names.contains(name) {
                let _ = fs::remove_file(path);
            }
        }
        let now = SystemTime::now();
        let is_old = |path: &Path| {
            let changed = path.metadata().and_then(|metadata| metadata.modified());
            changed.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > AGE_MAX))
        };
        let folders = self.folder.parent().map(entries).unwrap_or_default();
        for folder in folders.iter().filter(|folder| **folder != self.folder && is_old(folder)) {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_until_they_are_not_wanted() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = SegmentFolder::at(root.path().join("index/w"));
        assert_eq!(folder.read("a"), None);
        for name in ["a", "b"] {
            folder.write(name, name.as_bytes()).expect("it is written");
        }
        folder.write("a", b"again").expect("it is written again");
        assert_eq!(folder.read("a").as_deref(), Some(&b"again"[..]));
        folder.keep(&BTreeSet::from(["b".to_owned()]));
        assert_eq!((folder.read("a"), folder.read("b")), (None, Some(b"b".to_vec())));
        assert_eq!(entries(&folder.folder).len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().expect("a folder");
        let folder = SegmentFolder::at(root.path().join("index/w"));
        folder.write("a", b"names").expect("it is written");
        let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode(&folder.path("a")) & 0o777, 0o600);
        assert_eq!(mode(&folder.folder) & 0o777, 0o700);
    }
}
