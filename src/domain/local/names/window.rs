//! The text around the cursor, read once: every name in it, where it stands and what stands beside it.

use std::ops::Range;

use crate::domain::language::Role;
use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::tokens::contexts::{Before, Stand};
use crate::domain::tokens::{ByHash, Kind, Token, for_each_token, hash};

/// Bytes read before and after the cursor, some 900 lines. Reading them is the dearest part of an answer,
/// and what stands farther away the index knows as well: at 3,488 names in files of more than 24 KiB, 32
/// and 16 KiB give no more right first offers (70.0 and 70.1 % in the file alone, 72.9 % with the
/// workspace), 16 and 4 KiB give 0.2 points less.
const BYTES_BEFORE: usize = 20 << 10;
const BYTES_AFTER: usize = 8 << 10;

/// The text around the cursor, cut where code begins.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) before: String,
    pub(super) after: String,
    /// Where `before` begins in the document.
    start: usize,
}

/// What a place looks like: the tokens before it and after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) before: Stand,
    /// The token after; of the end of a line [`LINE_END`].
    pub(super) next: u32,
}

/// Stands for the next token where the line ends.
pub(super) const LINE_END: u32 = 5;

/// One name in the window.
#[derive(Debug)]
pub(super) struct Occurrence<'t> {
    pub(super) name: &'t str,
    pub(super) hash: u32,
    pub(super) place: Place,
    /// Whether it stands before the cursor.
    pub(super) is_before: bool,
    /// How many tokens lie between it and the cursor.
    pub(super) distance: u32,
    /// How it stands and is used, by the names below.
    pub(super) marks: [bool; MARKS],
}

/// Names by their hash, with how often each stands in the window.
pub(super) type AllNames<'t> = ByHash<(&'t str, u32)>;

/// What a window was read as.
#[derive(Debug)]
pub(super) struct Read<'t> {
    /// What the place of the word at the cursor looks like.
    pub(super) place: Place,
    /// Every name that begins as the word does.
    pub(super) found: Vec<Occurrence<'t>>,
    /// All names, where these are counted.
    pub(super) all: AllNames<'t>,
}

/// It stands on the cursor's line.
pub(super) const ON_LINE: usize = 0;
/// The function around the cursor holds it.
pub(super) const IN_FUNCTION: usize = 1;
/// The type around the cursor holds it.
pub(super) const IN_TYPE: usize = 2;
/// It follows a member operator.
pub(super) const MEMBER: usize = 3;
/// A `(` follows.
pub(super) const CALLED: usize = 4;
/// It follows a word that introduces new names.
pub(super) const BOUND: usize = 5;
/// It is the first of its line.
pub(super) const FIRST: usize = 6;
/// How many marks there are.
pub(super) const MARKS: usize = 7;

impl Window {
    pub(super) fn around(site: &Site) -> Self {
        let rope = &site.document.rope;
        let end = site.offset - site.word.len();
        let start = code_start(site, end.saturating_sub(BYTES_BEFORE));
        Self {
            before: text::tail_before(rope, end, end - start),
            after: text::head_after(rope, site.offset, BYTES_AFTER),
            start,
        }
    }

    /// Reads both parts. All names are counted only where `counts_all`.
    pub(super) fn read<'w>(&'w self, site: &'w Site, counts_all: bool) -> Read<'w> {
        let mut all = counts_all.then(AllNames::default);
        let (mut place, mut found) = self.read_before(site, &mut all);
        let (next, after) = self.read_after(site, &mut all);
        place.next = next;
        found.extend(after);
        Read { place, found, all: all.unwrap_or_default() }
    }

    fn read_before<'w>(
        &'w self,
        site: &'w Site,
        all: &mut Option<AllNames<'w>>,
    ) -> (Place, Vec<Occurrence<'w>>) {
        let line_start = site.offset - site.line_prefix.len();
        let begin = |role| scope(site, role).map_or(usize::MAX, |range| range.start);
        let (function, of_type) = (begin(Role::Function), begin(Role::Type));
        let mut reader = Reader::new(site);
        for_each_token(&self.before, &site.document.language.lexical, |token| {
            let at = self.start + token.start;
            count(all, &token);
            reader.read(&token, [at >= line_start, at >= function, at >= of_type]);
        });
        let Reader { mut before, mut found, count, .. } = reader;
        for occurrence in &mut found {
            occurrence.distance = count - occurrence.distance;
            occurrence.is_before = true;
        }
        if site.word.len() == site.code_before().len() {
            before.break_line();
        }
        (Place { before: before.stand(), next: LINE_END }, found)
    }

    /// The token after the cursor and the names there.
    fn read_after<'w>(
        &'w self,
        site: &'w Site,
        all: &mut Option<AllNames<'w>>,
    ) -> (u32, Vec<Occurrence<'w>>) {
        let end = |role| scope(site, role).map_or(0, |range| range.end);
        let (function, of_type) = (end(Role::Function), end(Role::Type));
        let line_end = site.line_suffix.len();
        let mut reader = Reader::new(site);
        let mut next = LINE_END;
        for_each_token(&self.after, &site.document.language.lexical, |token| {
            if reader.count == 0 && token.start < line_end {
                next = token.hash;
            }
            let at = site.offset + token.start;
            count(all, &token);
            reader.read(&token, [token.start < line_end, at < function, at < of_type]);
        });
        (next, reader.found)
    }
}

/// Counts a token among all names, where that is wanted.
fn count<'w>(all: &mut Option<AllNames<'w>>, token: &Token<'w>) {
    if let Some(all) = all.as_mut().filter(|_| token.kind == Kind::Name) {
        all.entry(token.hash).or_insert((token.text, 0)).1 += 1;
    }
}

/// Turns tokens into occurrences of the names that begin with a prefix.
struct Reader<'s, 't> {
    prefix: &'s str,
    member_operators: Vec<u32>,
    binding_words: Vec<u32>,
    call: u32,
    before: Before,
    found: Vec<Occurrence<'t>>,
    count: u32,
    /// Whether the last token is the last that was found, so that the next one stands behind it.
    is_open: bool,
}

impl<'s, 't> Reader<'s, 't> {
    fn new(site: &'s Site) -> Self {
        let lexical = &site.document.language.lexical;
        let hashes = |words: &[String]| words.iter().map(|word| hash(word)).collect();
        Self {
            prefix: &site.word,
            member_operators: hashes(&lexical.member_operators),
            binding_words: hashes(&lexical.binding_words),
            call: hash("("),
            before: Before::default(),
            found: Vec::new(),
            count: 0,
            is_open: false,
        }
    }

    /// `around` says what holds the token, in the order of [`ON_LINE`] to [`IN_TYPE`].
    fn read(&mut self, token: &Token<'t>, around: [bool; 3]) {
        let hash = token.hash;
        if token.starts_line {
            self.before.break_line();
        } else if self.is_open
            && let Some(open) = self.found.last_mut()
        {
            open.place.next = hash;
            open.marks[CALLED] = hash == self.call;
        }
        self.is_open = token.kind == Kind::Name
            && (self.prefix.is_empty() || token.text.starts_with(self.prefix));
        if self.is_open {
            let last = self.before.last();
            self.found.push(Occurrence {
                name: token.text,
                hash,
                place: Place { before: self.before.stand(), next: LINE_END },
                is_before: false,
                distance: self.count,
                marks: [
                    around[0],
                    around[1],
                    around[2],
                    self.member_operators.contains(&last),
                    false,
                    self.binding_words.contains(&last),
                    token.starts_line,
                ],
            });
        }
        self.before.push(token);
        self.count += 1;
    }
}

fn scope(site: &Site, role: Role) -> Option<&Range<usize>> {
    site.scopes.iter().find(|scope| scope.role == role).map(|scope| &scope.range)
}

/// Where to begin reading so that it begins in code: at a node of the outermost level that begins
/// behind `lowest`, where a tree is there.
fn code_start(site: &Site, lowest: usize) -> usize {
    if lowest == 0 {
        return 0;
    }
    let document = &site.document;
    let tree = document.syntax.latest().or(document.syntax.good());
    let by_tree = tree.and_then(|tree| {
        let mut cursor = tree.root_node().walk();
        cursor.goto_first_child_for_byte(lowest)?;
        while cursor.node().start_byte() < lowest {
            if !cursor.goto_next_sibling() {
                return None;
            }
        }
        let start = cursor.node().start_byte();
        (start + (BYTES_BEFORE / 2) <= site.offset).then_some(start)
    });
    by_tree.unwrap_or_else(|| text::line_range(&document.rope, lowest).start)
}
