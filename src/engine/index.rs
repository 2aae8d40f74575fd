//! The indexes of a session: one for each family of languages, behind locks that nobody holds long.
//!
//! The names of open documents come from the analysis, those of the workspace's files from the
//! [`Keeper`]. Counting happens before a lock is taken. What remains to be done under it is done in slices, with
//! readers let in between: a keystroke waits for one slice at most.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock, RwLockWriteGuard};

mod folder;
mod groups;
mod keeper;
mod read;
mod survey;

pub use folder::Folder;
pub use keeper::{Event, Keeper};
pub use survey::Refusal;

use crate::domain::document::DocumentId;
use crate::domain::index::{Draft, Entering, Index, Key, Size};

/// Words looked up or removed while a lock is held. At the worst it takes a quarter of a
/// millisecond.
const SLICE: usize = 500;

/// One index for each family.
#[derive(Debug, Default)]
pub struct Indexes {
    families: RwLock<BTreeMap<String, Arc<RwLock<Index>>>>,
    standing: Mutex<Standing>,
}

/// How far the reading of the workspace is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What is being done.
    pub phase: Phase,
    /// Files that are to be read.
    pub files_wanted: usize,
    /// Of these, how many have been read.
    pub files_read: usize,
    /// Whether there are more files than the settings allow.
    pub is_cut: bool,
    /// Why a folder that is open is not read.
    pub refusal: Option<Refusal>,
}

/// What is being done about the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing: there is no folder, or the index is switched off.
    #[default]
    Off,
    /// Files are listed or read.
    Reading,
    /// All is read.
    Ready,
    /// As much is read as the memory allows.
    Full,
}

impl Phase {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Reading => "reading",
            Self::Ready => "ready",
            Self::Full => "full",
        }
    }
}

impl Indexes {
    /// The index of a family of languages.
    pub fn of(&self, family: &str) -> Arc<RwLock<Index>> {
        if let Some(index) = self.families.read().get(family) {
            return Arc::clone(index);
        }
        Arc::clone(self.families.write().entry(family.to_owned()).or_default())
    }

    fn all(&self) -> Vec<Arc<RwLock<Index>>> {
        self.families.read().values().cloned().collect()
    }

    /// Puts what was counted in the place of what this key stood for.
    pub fn put(&self, family: &str, key: Key, draft: Draft) {
        let index = self.of(family);
        let mut entering = Entering::from(draft);
        while !slice(&index, |index| index.enter(&mut entering, SLICE)) {}
        let old = slice(&index, |index| index.add(key, entering));
        drop(old);
        sweep(&index);
    }

    /// Takes out what a key stands for in one family.
    pub fn remove(&self, family: &str, key: Key) {
        remove(&self.of(family), key);
    }

    /// How far the reading of the workspace is.
    pub fn standing(&self) -> Standing {
        *self.standing.lock()
    }

    /// How much there is in all families.
    pub fn size(&self) -> Size {
        let sizes = self.all().into_iter().map(|index| index.read().size());
        sizes.fold(Size::default(), Size::plus)
    }

    /// Forgets a document that was closed.
    pub fn close(&self, document: DocumentId) {
        for index in self.all() {
            remove(&index, Key::Open(document));
        }
    }
}

fn remove(index: &RwLock<Index>, key: Key) {
    let old = slice(index, |index| index.remove(key));
    if old.is_some() {
        drop(old);
        sweep(index);
    }
}

fn sweep(index: &RwLock<Index>) {
    while !slice(index, |index| index.sweep(SLICE)) {}
}

/// Changes an index for a moment. Whoever waits to read comes next: taking the lock again at once
/// would leave them waiting until everything is done.
fn slice<T>(index: &RwLock<Index>, change: impl FnOnce(&mut Index) -> T) -> T {
    let mut index = index.write();
    let changed = change(&mut index);
    RwLockWriteGuard::unlock_fair(index);
    changed
}
