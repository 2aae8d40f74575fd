//! What is known of some files together: their names, what stood before each, and repeated lines.
//!
//! A [`Draft`] is made from text alone and needs no index, so it can be made on any thread and kept
//! on disk. A segment of an index is a draft whose words have been looked up there.

use super::bytes::{Reader, Writer};
use super::grams::Grams;
use super::lines::Lines;
use super::vocabulary::Roles;

/// What was counted in some files, with the words as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The words, sorted.
    pub(super) words: Box<[Box<str>]>,
    pub(super) body: Body,
}

/// What a draft holds besides the texts of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// What each word is used as.
    pub(super) uses: Box<[Uses]>,
    pub(super) grams: Grams,
    pub(super) lines: Lines,
    /// How many files were read, and how many bytes of text.
    pub(super) files: u32,
    pub(super) text_bytes: u32,
}

/// [`Roles`] in a segment; what does not fit stays at the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses([u16; 4]);

impl From<Roles> for Uses {
    fn from(roles: Roles) -> Self {
        let Roles { total, member, called, starts_line } = roles;
        Self([total, member, called, starts_line].map(|n| u16::try_from(n).unwrap_or(u16::MAX)))
    }
}

impl From<Uses> for Roles {
    fn from(Uses(uses): Uses) -> Self {
        let [total, member, called, starts_line] = uses.map(u32::from);
        Self { total, member, called, starts_line }
    }
}

/// A draft in an index.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// The word of the index for each word of the draft, which are sorted by text.
    pub(super) ids: Box<[u32]>,
    pub(super) body: Body,
}

impl Segment {
    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.ids.len() * (size_of::<u32>() + size_of::<Uses>())
            + self.body.grams.bytes()
            + self.body.lines.bytes()
    }
}

impl Draft {
    /// How many different words there are.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// How many contexts with a word there are.
    pub fn grams(&self) -> usize {
        self.body.grams.len()
    }

    /// As bytes for the disk.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.number(self.body.files);
        writer.number(self.body.text_bytes);
        writer.bytes(self.words.join("\n").as_bytes());
        let uses: Vec<u16> = self.body.uses.iter().flat_map(|Uses(uses)| *uses).collect();
        writer.shorts(&uses);
        self.body.grams.write(&mut writer);
        self.body.lines.write(&mut writer);
        writer.finish()
    }

    /// What was written by [`Self::to_bytes`] of this version; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::open(bytes)?;
        let (files, text_bytes) = (reader.number()?, reader.number()?);
        let words = str::from_utf8(reader.bytes()?).ok()?;
        let words: Box<[Box<str>]> = words.lines().map(Box::from).collect();
        let uses: Box<[Uses]> =
            reader.shorts()?.as_chunks().0.iter().map(|uses| Uses(*uses)).collect();
        let grams = Grams::read(&mut reader, words.len())?;
        let lines = Lines::read(&mut reader)?;
        let is_whole = reader.is_at_end()
            && uses.len() == words.len()
            && words.is_sorted_by(|a, b| a < b)
            && words.iter().all(|word| !word.is_empty());
        let body = Body { uses, grams, lines, files, text_bytes };
        is_whole.then_some(Self { words, body })
    }
}
