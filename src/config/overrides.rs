//! The policy of single files: which of what was said for some files reaches a file, and what holds
//! for it then.
//!
//! It is asked when a file is opened and when settings change, never on a keystroke.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use globset::GlobMatcher;

use super::reach::{self, Reach};
use super::values::Values;
use crate::domain::route::Override;

/// Bound: patterns in all layers together; each is tried when a file is opened.
pub const PATTERNS_MAX: usize = 100;

/// What was said for some files alone.
#[derive(Clone, Default)]
pub struct Overrides {
    pub(super) values: Arc<Values>,
    languages: BTreeSet<String>,
    /// In order of precedence.
    paths: Vec<(Reach, GlobMatcher)>,
    /// A tier forced for the whole session.
    pub(super) forced: Option<Override>,
}

impl Overrides {
    /// Of these values and reaches; patterns must be valid.
    pub(super) fn new(values: &Values, reaches: impl IntoIterator<Item = Reach>) -> Self {
        let mut overrides = Self::default();
        for reach in reaches {
            match (reach.matcher(), reach) {
                (_, Reach::Language(id)) => drop(overrides.languages.insert(id)),
                (Some(matcher), reach) => overrides.paths.push((reach, matcher)),
                (None, _) => {}
            }
        }
        overrides.paths.sort_by(|(left, _), (right, _)| left.cmp(right));
        if !overrides.is_empty() {
            overrides.values = Arc::new(values.clone());
        }
        overrides
    }

    /// Whether nothing was said for some files alone.
    pub fn is_empty(&self) -> bool {
        self.languages.is_empty() && self.paths.is_empty()
    }

    /// What reaches a file of this language at this path, in order of precedence.
    pub fn reaching(&self, language: &str, path: &Path) -> Vec<Reach> {
        let language = self.languages.get(language).cloned().map(Reach::Language);
        let paths = self.paths.iter().filter(|(_, matcher)| matcher.is_match(path));
        language.into_iter().chain(paths.map(|(reach, _)| reach.clone())).collect()
    }
}

/// What was said for some files, key by key.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.values.iter().filter(|(key, _)| reach::split(key).0 != Reach::Everywhere);
        let said = said.map(|(key, setting)| (key.to_string(), setting.value.to_string()));
        f.debug_struct("Overrides")
            .field("said", &said.collect::<Vec<_>>())
            .field("forced", &self.forced)
            .finish_non_exhaustive()
    }
}
