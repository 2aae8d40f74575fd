//! Counting texts: from tokens to a draft.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use ropey::Rope;

use super::grams::{Grams, Raw};
use super::lines::{LINE_BYTES, LINE_TOKENS_MIN, Lines};
use super::segment::{Body, Draft};
use super::table::Table;
use super::vocabulary::Roles;
use crate::domain::language::Lexical;
use crate::domain::tokens::contexts::Before;
use crate::domain::tokens::{self, Kind, Token, for_each_token};

/// Bound: words in their contexts of one segment; twenty times what half a mebibyte of code has.
const GRAMS_MAX: usize = 4 << 20;

/// Bound: bytes of an open document that is counted. Beyond it the file is data, not source.
pub const DOCUMENT_BYTES_MAX: usize = 4 << 20;

/// Counts some texts that become one segment.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    texts: Vec<Box<str>>,
    hashes: Vec<u32>,
    roles: Vec<Roles>,
    table: Table,
    raw: Vec<Raw>,
    lines: HashMap<u64, Seen, BuildHasherDefault<AsIs>>,
    files: u32,
    text_bytes: usize,
}

/// How often a line was seen. Its text is kept from the second time on: most are seen once.
#[derive(Debug, Default)]
struct Seen {
    count: u32,
    text: Box<str>,
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What is remembered from one token to the next.
#[derive(Default)]
struct Reading {
    before: Before,
    /// The last token, where it is a name.
    name: Option<u16>,
    /// Whether the last token is a member operator.
    is_member: bool,
    /// Where the line began, and how many tokens it has.
    line: (usize, u32),
}

impl Draft {
    /// What one open document says; nothing where it is larger than [`DOCUMENT_BYTES_MAX`].
    pub fn of_rope(rope: &Rope, lexical: &Lexical) -> Self {
        let mut builder = SegmentBuilder::default();
        if rope.len_bytes() <= DOCUMENT_BYTES_MAX {
            builder.add(&rope.to_string(), lexical);
        }
        builder.finish()
    }
}

impl SegmentBuilder {
    /// Counts a text.
    pub fn add(&mut self, text: &str, lexical: &Lexical) {
        self.files += 1;
        self.text_bytes += text.len();
        let mut reading = Reading::default();
        for_each_token(text, lexical, |token| self.see(text, &token, &mut reading, lexical));
        self.end_line(text, &reading);
    }

    fn see(&mut self, text: &str, token: &Token<'_>, reading: &mut Reading, lexical: &Lexical) {
        if token.starts_line {
            self.end_line(text, reading);
            reading.line = (token.start, 0);
            reading.before.break_line();
        }
        reading.line.1 += 1;
        if let Some(name) = reading.name.take().filter(|_| token.text == "(") {
            self.roles[usize::from(name)].called += 1;
        }
        let is_member = std::mem::take(&mut reading.is_member);
        if token.kind == Kind::Name && self.raw.len() < GRAMS_MAX {
            reading.name = self.word(token);
            if let Some(word) = reading.name {
                let roles = &mut self.roles[usize::from(word)];
                roles.total += 1;
                roles.member += u32::from(is_member);
                roles.starts_line += u32::from(token.starts_line);
                let contexts = reading.before.contexts();
                self.raw.extend(contexts.iter().filter(|c| **c != 0).map(|c| (*c, word)));
            }
        }
        if token.kind == Kind::Sign {
            reading.is_member = lexical.member_operators.iter().any(|o| o == token.text);
        }
        // The line break has been passed over already.
        reading.before.push(&Token { starts_line: false, ..*token });
    }

    fn word(&mut self, token: &Token<'_>) -> Option<u16> {
        let Self { texts, hashes, roles, table, .. } = self;
        let hash = token.hash;
        let is_it =
            |word: u32| hashes[word as usize] == hash && *texts[word as usize] == *token.text;
        if let Some(word) = table.find(hash, is_it) {
            return u16::try_from(word).ok();
        }
        // A segment has at most 65,536 words; further ones are not counted.
        let word = u16::try_from(texts.len()).ok()?;
        texts.push(token.text.into());
        hashes.push(hash);
        roles.push(Roles::default());
        table.insert(hash, u32::from(word), |word| hashes[word as usize]);
        Some(word)
    }

    fn end_line(&mut self, text: &str, reading: &Reading) {
        let (start, tokens) = reading.line;
        if tokens < LINE_TOKENS_MIN {
            return;
        }
        let line = text[start..].split(['\n', '\r']).next().unwrap_or_default().trim_end();
        if !LINE_BYTES.contains(&line.len()) {
            return;
        }
        let second = line.char_indices().nth(1).map_or(0, |(at, _)| tokens::hash(&line[at..]));
        let hash = u64::from(tokens::hash(line)) << 32 | u64::from(second);
        let seen = self.lines.entry(hash).or_default();
        seen.count += 1;
        if seen.count == 2 {
            seen.text = line.into();
        }
    }

    /// Bytes of text counted so far.
    pub fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// What was counted.
    pub fn finish(mut self) -> Draft {
        let mut order: Vec<u16> = (0..self.texts.len()).map(|word| word as u16).collect();
        order
            .sort_unstable_by(|a, b| self.texts[usize::from(*a)].cmp(&self.texts[usize::from(*b)]));
        let mut place = vec![0_u16; order.len()];
        for (index, word) in order.iter().enumerate() {
            place[usize::from(*word)] = index as u16;
        }
        for (_, word) in &mut self.raw {
            *word = place[usize::from(*word)];
        }
        let uses = order.iter().map(|word| self.roles[usize::from(*word)].into()).collect();
        let words = order.iter().map(|word| std::mem::take(&mut self.texts[usize::from(*word)]));
        let lines = self.lines.into_values().filter(|seen| seen.count > 1);
        let lines = lines.map(|seen| (seen.text, seen.count)).collect();
        Draft {
            words: words.collect(),
            body: Body {
                uses,
                grams: Grams::pack(&self.raw),
                lines: Lines::new(lines),
                files: self.files,
                text_bytes: u32::try_from(self.text_bytes).unwrap_or(u32::MAX),
            },
        }
    }
}
