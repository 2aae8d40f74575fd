//! What the code of a project looks like: its names, what usually stands before each, and the lines
//! it repeats.
//!
//! Counts are kept in segments, each of some files or of one open document. A segment is never
//! changed: what changed is counted anew and takes the old one's place, so that nothing is ever
//! counted twice and removing a file leaves no trace. Who writes holds a lock while readers wait, so
//! all slow work is done on a [`Draft`] before, and what is left comes in slices.

use std::collections::BTreeMap;

mod builder;
mod bytes;
mod grams;
mod lines;
mod order;
mod segment;
mod table;
mod vocabulary;

pub use builder::{DOCUMENT_BYTES_MAX, SegmentBuilder};
pub use segment::{Draft, Segment};
pub use vocabulary::{Roles, WordId};

use super::document::{Document, DocumentId};
use super::tokens::contexts::CONTEXTS;
use grams::Found;
use segment::Body;
use vocabulary::Vocabulary;

/// Bound: words visited for one context of a query.
pub const VISITED_MAX: usize = 1_500;
/// Bound: words visited for one context in one segment of files, where there are many segments.
const VISITED_PER_SEGMENT_MIN: usize = 10;

/// Which segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An open document, as it is in the editor.
    Open(DocumentId),
    /// Files on disk; whoever reads them numbers them.
    Files(u32),
}

/// How near a segment is to the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The document itself.
    Own,
    /// The other open documents.
    Open,
    /// Files on disk.
    Workspace,
}

impl Level {
    /// Every level, nearest first; `level as usize` is its place.
    pub const ALL: [Self; 3] = [Self::Own, Self::Open, Self::Workspace];
}

/// A word seen after one of the contexts asked for, in one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follower {
    /// The word.
    pub word: WordId,
    /// After which context: its place among those asked for.
    pub context: usize,
    /// Where.
    pub level: Level,
    /// How often there, up to 255. The same word comes once for each segment.
    pub count: u32,
}

/// How much was seen after each context at each level, also beyond what was visited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How often any word was seen.
    pub uses: [[u32; Level::ALL.len()]; CONTEXTS],
    /// How many words were seen; one that is in several segments counts for each of them.
    pub words: [[u32; Level::ALL.len()]; CONTEXTS],
}

/// What an index holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Segments.
    pub segments: usize,
    /// Files and open documents.
    pub files: usize,
    /// Bytes of the texts that were counted.
    pub text_bytes: usize,
    /// Different words.
    pub words: usize,
    /// Words in their contexts.
    pub grams: usize,
    /// Bytes of memory, about.
    pub bytes: usize,
}

impl Size {
    /// This much and that.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            segments: self.segments + other.segments,
            files: self.files + other.files,
            text_bytes: self.text_bytes + other.text_bytes,
            words: self.words + other.words,
            grams: self.grams + other.grams,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// A draft on its way into an index.
#[derive(Debug)]
#[must_use = "its words are held until it is added or abandoned"]
pub struct Entering {
    words: Box<[Box<str>]>,
    ids: Vec<u32>,
    body: Body,
}

impl From<Draft> for Entering {
    fn from(Draft { words, body }: Draft) -> Self {
        Self { ids: Vec::with_capacity(words.len()), words, body }
    }
}

/// The index of the files that may share their names, such as all of one language.
#[derive(Clone, Debug, Default)]
pub struct Index {
    segments: BTreeMap<Key, Segment>,
    vocabulary: Vocabulary,
}

impl Index {
    /// The index of one open document.
    pub fn of_document(document: &Document) -> Self {
        let mut index = Self::default();
        let draft = Draft::of_rope(&document.rope, &document.language.lexical);
        index.add(Key::Open(document.id), draft.into());
        index
    }

    /// Looks up at most `most` more words of what is entering. Returns whether all are known now.
    pub fn enter(&mut self, entering: &mut Entering, most: usize) -> bool {
        let Entering { words, ids, .. } = entering;
        let next = words.iter().skip(ids.len()).take(most);
        ids.extend(next.map(|word| self.vocabulary.hold(word)));
        ids.len() == words.len()
    }

    /// Puts a segment in the place of the one with this key. Returns that one, to be dropped where
    /// nobody waits.
    pub fn add(&mut self, key: Key, mut entering: Entering) -> Option<Segment> {
        self.enter(&mut entering, usize::MAX);
        let Entering { ids, body, .. } = entering;
        let segment = Segment { ids: ids.into(), body };
        for (word, uses) in segment.ids.iter().zip(&segment.body.uses) {
            self.vocabulary.count(*word, |roles| roles.plus((*uses).into()));
        }
        let old = self.segments.insert(key, segment);
        old.inspect(|old| self.forget(old))
    }

    /// Takes a segment out. Returns it, to be dropped where nobody waits.
    pub fn remove(&mut self, key: Key) -> Option<Segment> {
        let old = self.segments.remove(&key);
        old.inspect(|old| self.forget(old))
    }

    fn forget(&mut self, segment: &Segment) {
        for (word, uses) in segment.ids.iter().zip(&segment.body.uses) {
            self.vocabulary.count(*word, |roles| roles.minus((*uses).into()));
            self.vocabulary.release(*word);
        }
    }

    /// Lets go of what does not enter after all.
    pub fn abandon(&mut self, entering: Entering) {
        for word in entering.ids {
            self.vocabulary.release(word);
        }
    }

    /// Removes words that no segment holds any more, at most `most`. Returns whether none is left.
    /// Until then they are found by [`Self::id`] alone, with a count of zero.
    pub fn sweep(&mut self, most: usize) -> bool {
        self.vocabulary.sweep(most)
    }

    /// Visits the words seen after each of `contexts`, which come from
    /// [`Before::contexts`](super::tokens::contexts::Before::contexts); a zero is no context.
    /// At most [`VISITED_MAX`] words are visited for a context, those seen most first in each
    /// segment; the totals count all.
    pub fn followers(
        &self,
        contexts: &[u32; CONTEXTS],
        own: Option<Key>,
        mut visit: impl FnMut(Follower),
    ) -> Totals {
        let mut totals = Totals::default();
        let mut left = [VISITED_MAX; CONTEXTS];
        let nearest = own.and_then(|key| self.segments.get_key_value(&key));
        let others = self.segments.iter().filter(|(key, _)| Some(**key) != own);
        let each = (VISITED_MAX / self.segments.len().max(1)).max(VISITED_PER_SEGMENT_MIN);
        for (key, segment) in nearest.into_iter().chain(others) {
            let (level, most) = match key {
                key if Some(*key) == own => (Level::Own, VISITED_MAX),
                Key::Open(_) => (Level::Open, VISITED_MAX),
                Key::Files(_) => (Level::Workspace, each),
            };
            for (context, hash) in contexts.iter().enumerate().filter(|(_, hash)| **hash != 0) {
                let found = segment.body.grams.find(*hash);
                if found.words.is_empty() {
                    continue;
                }
                totals.uses[context][level as usize] += found.total();
                totals.words[context][level as usize] += found.words.len() as u32;
                let Found { words, counts } = found;
                let visited = words.len().min(most).min(left[context]);
                left[context] -= visited;
                for (word, count) in words.iter().zip(counts).take(visited) {
                    let Some(id) = segment.ids.get(usize::from(*word)) else { continue };
                    let count = u32::from(*count);
                    visit(Follower { word: WordId(*id), context, level, count });
                }
            }
        }
        totals
    }

    /// The word with this text.
    pub fn id(&self, text: &str) -> Option<WordId> {
        self.vocabulary.find(text).map(WordId)
    }

    /// The hash of the text of a word.
    pub fn hash(&self, word: WordId) -> u32 {
        self.vocabulary.hash(word.0)
    }

    /// Whether the text of a word begins so.
    pub fn begins_with(&self, word: WordId, prefix: &str) -> bool {
        prefix.is_empty() || self.vocabulary.begins_with(word.0, prefix)
    }

    /// The text of a word.
    pub fn word(&self, word: WordId) -> &str {
        self.vocabulary.text(word.0)
    }

    /// What a word is used as in all segments.
    pub fn roles(&self, word: WordId) -> Roles {
        self.vocabulary.roles(word.0)
    }

    /// In how many segments a word is.
    pub fn count_in(&self, word: WordId) -> u32 {
        self.vocabulary.holders(word.0)
    }

    /// What a word is used as in one segment.
    pub fn roles_in(&self, key: Key, word: WordId) -> Roles {
        let Some(segment) = self.segments.get(&key) else { return Roles::default() };
        let found = segment.ids.binary_search_by(|other| self.compare(*other, word));
        found
            .ok()
            .and_then(|at| segment.body.uses.get(at))
            .map_or(Roles::default(), |uses| (*uses).into())
    }

    fn compare(&self, word: u32, other: WordId) -> std::cmp::Ordering {
        self.vocabulary.text(word).cmp(self.vocabulary.text(other.0))
    }

    /// The words that begin with `prefix`, those used most in all segments first, at most `most`.
    pub fn with_prefix(&self, prefix: &str, most: usize) -> Vec<WordId> {
        self.vocabulary.with_prefix(prefix, most)
    }

    /// The words of one segment that begin with `prefix`, in the order of their texts, with what
    /// they are used as there.
    pub fn with_prefix_in<'a>(
        &'a self,
        key: Key,
        prefix: &'a str,
    ) -> impl Iterator<Item = (WordId, Roles)> + 'a {
        let segment = self.segments.get(&key);
        segment.into_iter().flat_map(move |segment| {
            let from = segment.ids.partition_point(|word| self.vocabulary.text(*word) < prefix);
            let words = segment.ids.iter().zip(&segment.body.uses).skip(from);
            words
                .map(|(word, uses)| (WordId(*word), Roles::from(*uses)))
                .take_while(move |(word, _)| self.word(*word).starts_with(prefix))
        })
    }

    /// The lines that begin with `prefix` and were seen more than once in a segment, with how often
    /// there and where. White space around a line does not count. The same line comes once for each
    /// segment; those of the nearest ones come first.
    pub fn lines_with_prefix<'a>(
        &'a self,
        prefix: &'a str,
        own: Option<Key>,
    ) -> impl Iterator<Item = (&'a str, u32, Level)> + 'a {
        let nearest = own.and_then(|key| self.segments.get_key_value(&key));
        let others = self.segments.iter().filter(move |(key, _)| Some(**key) != own);
        nearest.into_iter().chain(others).flat_map(move |(key, segment)| {
            let level = match key {
                key if Some(*key) == own => Level::Own,
                Key::Open(_) => Level::Open,
                Key::Files(_) => Level::Workspace,
            };
            segment.body.lines.with_prefix(prefix).map(move |(line, count)| (line, count, level))
        })
    }

    /// The segments.
    pub fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.segments.keys().copied()
    }

    /// How much there is. Takes as long as a query.
    pub fn size(&self) -> Size {
        let mut size = Size {
            segments: self.segments.len(),
            words: self.vocabulary.len(),
            bytes: self.vocabulary.bytes(),
            ..Size::default()
        };
        for segment in self.segments.values() {
            size.files += segment.body.files as usize;
            size.text_bytes += segment.body.text_bytes as usize;
            size.grams += segment.body.grams.len();
            size.bytes += segment.bytes();
        }
        size
    }
}

#[cfg(test)]
mod tests;
