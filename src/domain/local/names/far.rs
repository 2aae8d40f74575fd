//! What the index says of names: in the rest of the document, in open files, in the workspace.

use super::evidence::Seen;
use super::window::{CALLED, FIRST, MEMBER, Place};
use crate::domain::index::{Index, Key, Level, Roles, WordId};
use crate::domain::tokens::ByHash;
use crate::domain::tokens::contexts::CONTEXTS;

/// Bound: names taken for how often they are used at all.
const FREQUENT_MAX: usize = 60;
/// The document itself, and everything else.
pub(super) const LEVELS: usize = 2;
/// The level of the document itself.
const OWN: usize = 0;
/// What each context counts in the first choice.
const FIRST_CHOICE: [f32; CONTEXTS] = [1.5, 3.0, 2.5, 0.8];

/// Names by their hash.
pub(super) type FarNames<'i> = ByHash<Followed<'i>>;

/// A name of the index and how often it was seen after each context.
#[derive(Clone, Copy, Debug)]
pub(super) struct Followed<'i> {
    pub(super) name: &'i str,
    word: WordId,
    after: [[u32; CONTEXTS]; LEVELS],
}

/// What the index knows of one name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Far {
    /// How often it was seen after each context.
    pub(super) after: [[u32; CONTEXTS]; LEVELS],
    /// How often it is in the document itself.
    pub(super) own: u32,
    /// How often it is used at all, and as what.
    pub(super) roles: Roles,
    /// In how many segments it is.
    pub(super) segments: u32,
}

impl Followed<'_> {
    /// A first estimate of how much speaks for the name.
    pub(super) fn estimate(&self, index: &Index) -> f32 {
        let log = |count: u32| (1.0 + count as f32).ln();
        let after = self.after.iter().flat_map(|counts| counts.iter().zip(FIRST_CHOICE));
        let after = after.filter(|(count, _)| **count > 0);
        let after: f32 = after.map(|(count, weight)| weight * log(*count)).sum();
        let (total, segments) = (index.roles(self.word).total, index.count_in(self.word));
        after + 0.15 * log(total) + 0.1 * log(segments)
    }

    /// Everything the index knows of it.
    pub(super) fn look_up(&self, index: &Index, own: Option<Key>) -> Far {
        Far {
            after: self.after,
            own: own.map_or(0, |own| index.roles_in(own, self.word).total),
            roles: index.roles(self.word),
            segments: index.count_in(self.word),
        }
    }
}

impl Far {
    /// The same with the document itself, as far as its window tells, for a name that the index does not
    /// have from there yet: to be in no document would speak against it.
    pub(super) fn with_document(mut self, seen: &Seen<'_>) -> Self {
        self.own = seen.count();
        self.roles = self.roles.plus(Roles {
            total: seen.count(),
            member: seen.marks[MEMBER],
            called: seen.marks[CALLED],
            starts_line: seen.marks[FIRST],
        });
        self.segments += 1;
        // The first likeness is that of the token before alone.
        for (count, alike) in self.after[OWN].iter_mut().zip(&seen.alike[1..]) {
            *count = alike.count;
        }
        self
    }
}

/// The names that begin with `prefix`: those seen after the contexts of the cursor, and where a letter
/// is typed those used most.
pub(super) fn gather<'i>(
    index: &'i Index,
    own: Option<Key>,
    here: &Place,
    prefix: &str,
) -> FarNames<'i> {
    let mut names = FarNames::default();
    let mut add = |word: WordId, uses: Option<(usize, usize, u32)>| {
        if !index.begins_with(word, prefix) {
            return;
        }
        let new = || Followed { name: index.word(word), word, after: Default::default() };
        let followed = names.entry(index.hash(word)).or_insert_with(new);
        if let Some((level, context, count)) = uses {
            followed.after[level][context] += count;
        }
    };
    index.followers(&here.before.contexts(), own, |follower| {
        let level = usize::from(follower.level != Level::Own);
        add(follower.word, Some((level, follower.context, follower.count)));
    });
    if !prefix.is_empty() {
        index.with_prefix(prefix, FREQUENT_MAX).into_iter().for_each(|word| add(word, None));
    }
    names.retain(|_, followed| followed.name.len() > prefix.len());
    names
}
