//! A folder read at once and at full speed, for the command line and for measuring.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::groups::{Shelf, grouped};
use super::read::count;
use super::survey::{Listing, Rules, survey};
use super::{Indexes, Standing};
use crate::config::Settings;
use crate::config::languages::Languages;
use crate::engine::index::Phase;

/// The files of a folder in indexes of their own.
#[derive(Debug)]
pub struct Folder {
    indexes: Indexes,
    listing: Listing,
    shelf: Shelf,
    without: BTreeSet<PathBuf>,
    harmful: BTreeSet<PathBuf>,
    file_bytes_max: u64,
}

impl Folder {
    /// Reads a folder as the settings allow.
    pub fn read(folder: &Path, languages: &Languages, settings: &Settings) -> Self {
        let rules =
            Rules { languages, settings: &settings.index, exclude: &settings.privacy.exclude };
        let (listing, is_cut) = survey(&[folder.to_owned()], rules, &mut || ());
        let mut read = Self {
            indexes: Indexes::default(),
            listing,
            shelf: Shelf::default(),
            without: BTreeSet::new(),
            harmful: BTreeSet::new(),
            file_bytes_max: settings.index.file_bytes_max,
        };
        read.settle(languages);
        let files = read.listing.len();
        *read.indexes.standing.lock() = Standing {
            phase: Phase::Ready,
            files_wanted: files,
            files_read: files,
            is_cut,
            refusal: None,
        };
        read
    }

    /// Leaves out one file, and takes in again what was left out before.
    pub fn without(&mut self, path: &Path, languages: &Languages) {
        let without: BTreeSet<_> =
            self.listing.get_key_value(path).map(|(path, _)| path.clone()).into_iter().collect();
        if without != self.without {
            self.without = without;
            self.settle(languages);
        }
    }

    fn settle(&mut self, languages: &Languages) {
        let groups = grouped(&self.listing, &self.without, Languages::fingerprint());
        for group in &groups {
            if !self.shelf.has(group) {
                let (bytes_max, harmful) = (self.file_bytes_max, &mut self.harmful);
                let draft = count(group, languages, bytes_max, harmful, &mut || ());
                self.shelf.put(&self.indexes, group, draft);
            }
        }
        self.shelf.keep(&self.indexes, &groups);
    }

    /// What was found.
    pub fn indexes(&self) -> &Indexes {
        &self.indexes
    }
}
