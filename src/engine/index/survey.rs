//! Which files of a workspace are read: those a person would call its source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use globset::GlobSet;
use ignore::{DirEntry, WalkBuilder};

use crate::config::IndexSettings;
use crate::config::languages::Languages;
use crate::domain::language::{BlockStyle, Language};

/// Bound: folders within folders. Nobody nests deeper by hand.
const DEPTH_MAX: usize = 64;
/// Entries looked at between two rests.
const STRIDE: usize = 128;

/// What is asked before a file is read.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) languages: &'a Languages,
    pub(super) settings: &'a IndexSettings,
    pub(super) exclude: &'a GlobSet,
}

/// A file that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The family of its language.
    pub(super) family: String,
    pub(super) bytes: u64,
    /// When it was last changed, in nanoseconds.
    pub(super) changed: u64,
}

/// Files by path.
pub(super) type Listing = BTreeMap<PathBuf, Found>;

impl Rules<'_> {
    /// What is to be read of this file now; `None` where it is not there or not to be read. What
    /// `.gitignore` says is asked only by [`survey`].
    pub(super) fn look(&self, path: &Path) -> Option<Found> {
        let language = self.languages.by_path(path).filter(|language| has_code(language))?;
        if self.exclude.is_match(path) {
            return None;
        }
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > self.settings.file_bytes_max {
            return None;
        }
        let changed = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let changed = changed.map_or(0, |at| at.as_nanos() as u64);
        Some(Found { family: language.family.clone(), bytes: metadata.len(), changed })
    }
}

/// Data and markup have no names to complete.
pub(super) fn has_code(language: &Language) -> bool {
    language.lexical.block_style != BlockStyle::None
}

/// Lists the files below `roots`, in the order of their paths. `rest` is called often. Also says
/// whether there are more than the settings allow.
pub(super) fn survey(
    roots: &[PathBuf],
    rules: Rules<'_>,
    rest: &mut dyn FnMut(),
) -> (Listing, bool) {
    let mut listing = Listing::new();
    let mut seen = 0_usize;
    for root in roots {
        let exclude = rules.exclude.clone();
        let is_wanted = move |entry: &DirEntry| !exclude.is_match(entry.path());
        let mut walk = WalkBuilder::new(root);
        walk.require_git(false)
            .follow_links(false)
            .same_file_system(true)
            .max_depth(Some(DEPTH_MAX))
            .sort_by_file_name(Ord::cmp)
            .filter_entry(is_wanted);
        // An unreadable folder is an error of its own; the walk goes on.
        for entry in walk.build().filter_map(Result::ok) {
            seen += 1;
            if seen.is_multiple_of(STRIDE) {
                rest();
            }
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let Some(found) = rules.look(entry.path()) else { continue };
            if listing.len() >= rules.settings.files_max {
                return (listing, true);
            }
            listing.insert(entry.into_path(), found);
        }
    }
    (listing, false)
}

/// The folders that may be read of those an editor has open, each once, and why others may not.
pub(super) fn roots(folders: &[PathBuf], home: Option<&Path>) -> (Vec<PathBuf>, Option<Refusal>) {
    let (mut roots, mut refusal) = (Vec::<PathBuf>::new(), None);
    let mut folders = folders.to_vec();
    folders.sort();
    for folder in folders {
        if folder.parent().is_none() || !folder.is_absolute() {
            refusal = Some(Refusal::Root);
        } else if home.is_some_and(|home| home.starts_with(&folder)) {
            refusal = Some(Refusal::Home);
        } else if !roots.iter().any(|root| folder.starts_with(root)) {
            roots.push(folder);
        }
    }
    (roots, refusal)
}

/// Why a folder is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It holds the user's home folder, and with it everything.
    Home,
    /// It is the root of a file system.
    Root,
}

impl Refusal {
    /// In words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Home => "The open folder holds your home folder; its files are not read.",
            Self::Root => "The open folder is the root of a disk; its files are not read.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_folder_and_a_disk_are_not_read_and_no_folder_twice() {
        let check = |folders: &[&str], expected: &[&str], refusal| {
            let folders: Vec<_> = folders.iter().map(PathBuf::from).collect();
            let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(roots(&folders, Some(Path::new("/users/a"))), (expected, refusal));
        };
        check(&["/users/a/b", "/srv"], &["/srv", "/users/a/b"], None);
        check(&["/users/a"], &[], Some(Refusal::Home));
        check(&["/users", "/p"], &["/p"], Some(Refusal::Home));
        check(&["/"], &[], Some(Refusal::Root));
        check(&["/p/a", "/p", "/p"], &["/p"], None);
        check(&["relative"], &[], Some(Refusal::Root));
    }
}
