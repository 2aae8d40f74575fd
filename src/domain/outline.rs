//! What a document defines outside of its functions, by name: types and their members, functions,
//! imports.
//!
//! Made in the background with each tree and kept beside it. It holds names rather than places, so it
//! stays true while the text moves; what was typed since is missing for a moment.

use std::ops::Range;

use ropey::Rope;
use tree_sitter::Tree;

use super::language::{DefinitionKind, Language};
use super::syntax::locals::file_definitions;
use super::tokens::{ByHash, hash};

/// The outline of one document.
#[derive(Debug, Default)]
pub struct Outline {
    /// What is defined, by name; of one name the nearest to the last edit first.
    entries: Vec<Entry>,
    /// Where among these the ones of a name stand, by its hash.
    places: ByHash<Range<usize>>,
}

/// Something that is defined. Names are hashes, as of [`hash`].
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: Box<str>,
    /// The hash of the name.
    pub hash: u32,
    /// What it is.
    pub kind: DefinitionKind,
    /// The type it belongs to; zero where it is no member.
    pub owner: u32,
    /// Its own type; zero where that is not said.
    pub of_type: u32,
    /// Where the members of its type stood.
    member_of: Option<Range<usize>>,
}

impl Outline {
    /// The outline of a text with this tree. Takes some milliseconds for a large file.
    pub fn of(tree: &Tree, rope: &Rope, language: &Language, place: usize) -> Self {
        let Some(Some(query)) = language.locals_query.get() else { return Self::default() };
        let text = |range: &Range<usize>| {
            rope.get_byte_slice(range.clone()).map(|text| text.to_string()).unwrap_or_default()
        };
        let hashed =
            |range: &Option<Range<usize>>| range.as_ref().map_or(0, |range| hash(&text(range)));
        let entries = file_definitions(tree, rope, query, place).into_iter().map(|definition| {
            let name = text(&definition.name);
            Entry {
                hash: hash(&name),
                name: name.into(),
                kind: definition.kind,
                owner: hashed(&definition.owner),
                of_type: hashed(&definition.type_name),
                member_of: definition.member_of,
            }
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let mut places = ByHash::default();
        let mut start = 0;
        for same in entries.chunk_by(|a, b| a.hash == b.hash) {
            places.insert(same[0].hash, start..start + same.len());
            start += same.len();
        }
        Self { entries, places }
    }

    /// What has the name with this hash.
    pub fn named(&self, name: u32) -> &[Entry] {
        self.places.get(&name).map_or(&[], |place| &self.entries[place.clone()])
    }

    /// What has a name that begins so.
    pub fn beginning_with(&self, prefix: &str) -> &[Entry] {
        let from = self.entries.partition_point(|entry| *entry.name < *prefix);
        let length = self.entries[from..].partition_point(|entry| entry.name.starts_with(prefix));
        &self.entries[from..from + length]
    }

    /// The type whose members stand around `offset`, about; zero where none does.
    pub fn owner_at(&self, offset: usize) -> u32 {
        let around = self.entries.iter().filter_map(|entry| {
            let range = entry.member_of.as_ref().filter(|range| range.contains(&offset))?;
            Some((range.len(), entry.owner))
        });
        around.min_by_key(|(length, _)| *length).map_or(0, |(_, owner)| owner)
    }

    /// The type of what has this name; zero where that is not known.
    pub fn type_of(&self, name: u32) -> u32 {
        let mut types = self.named(name).iter().map(|entry| entry.of_type);
        types.find(|of_type| *of_type != 0).unwrap_or(0)
    }
}
