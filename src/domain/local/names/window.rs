//! The text around the cursor, read once: every name in it, where it stands and what stands beside it.

use std::ops::Range;

use super::rows::{Above, Row, Rows};
use crate::domain::language::Role;
use crate::domain::local::kept::{Kept, recall};
use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::tokens::ByHash;
use crate::domain::tokens::contexts::Stand;

/// Bytes read before and after the cursor, some 900 lines. Reading them is the dearest part of an answer,
/// and what stands farther away the index knows as well: at 3,488 names in files of more than 24 KiB, 32
/// and 16 KiB give no more right first offers (70.0 and 70.1 % in the file alone, 72.9 % with the
/// workspace), 16 and 4 KiB give 0.2 points less.
const BYTES_BEFORE: usize = 20 << 10;
const BYTES_AFTER: usize = 8 << 10;

/// Room that is made for names, which most windows have.
const ROOM: usize = 256;

/// The text around the cursor, cut where code begins.
#[derive(Debug)]
pub(super) struct Window {
    before: String,
    /// How much of it stands above the cursor's line.
    above: usize,
    after: String,
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
        // Windows on one line all begin at one place, so that what is kept of them is found again.
        let line_start = site.offset - site.line_prefix.len();
        let start = code_start(site, line_start.saturating_sub(BYTES_BEFORE));
        let before = text::tail_before(rope, end, end - start);
        Self {
            above: before.len().saturating_sub(end - line_start),
            before,
            after: text::head_after(rope, site.offset, BYTES_AFTER),
            start,
        }
    }

    /// Reads both parts. All names are counted only where `counts_all`.
    pub(super) fn read(&self, site: &Site, kept: Option<&Kept>, counts_all: bool) -> Read<'_> {
        let lexical = &site.document.language.lexical;
        let above = recall(kept.map(|kept| &kept.above), site, self.lines_above(), || {
            Above::read(&self.before, self.above, lexical)
        });
        let line = above.as_ref().as_ref().map_or_else(
            || Rows::of(&self.before, lexical),
            |above| above.read_line(&self.before, self.above, lexical),
        );
        let below = recall(kept.map(|kept| &kept.below), site, (&self.after, 0), || {
            Rows::of(&self.after, lexical)
        });
        let above = above.iter().flat_map(|above| &above.rows.all).chain(&line.all);
        let all = if counts_all {
            let above = above.clone().map(|row| (row, row.name(&self.before)));
            count(above.chain(below.all.iter().map(|row| (row, row.name(&self.after)))))
        } else {
            AllNames::default()
        };
        let around = Around::of(site);
        let mut found = Vec::with_capacity(ROOM);
        for row in above.filter(|row| row.begins_with(&self.before, &site.word)) {
            let (name, distance) = (row.name(&self.before), line.count - row.count);
            let mut seen = Occurrence::of(row, name, true, distance);
            around.mark_before(self.start + row.start(), &mut seen.marks);
            found.push(seen);
        }
        for row in below.all.iter().filter(|row| row.begins_with(&self.after, &site.word)) {
            let mut seen = Occurrence::of(row, row.name(&self.after), false, row.count);
            around.mark_behind(site.offset + row.start(), &mut seen.marks);
            found.push(seen);
        }
        let mut before = line.before;
        if site.word.len() == site.code_before().len() {
            before.break_line();
        }
        let next = below.first.filter(|(start, _)| *start < site.line_suffix.len());
        let next = next.map_or(LINE_END, |(_, hash)| hash);
        Read { place: Place { before: before.stand(), next }, found, all }
    }

    fn lines_above(&self) -> (&str, usize) {
        (&self.before[..self.above], self.above)
    }
}

/// Counts names.
fn count<'r, 't>(names: impl Iterator<Item = (&'r Row, &'t str)>) -> AllNames<'t> {
    let mut all = AllNames::default();
    for (row, name) in names {
        all.entry(row.hash).or_insert((name, 0)).1 += 1;
    }
    all
}

impl<'t> Occurrence<'t> {
    fn of(row: &Row, name: &'t str, is_before: bool, distance: u32) -> Self {
        let Row { hash, place, marks, .. } = *row;
        Self { name, hash, place, is_before, distance, marks }
    }
}

/// What is around the cursor, as offsets into the document.
struct Around<'s> {
    line: Range<usize>,
    function: Option<&'s Range<usize>>,
    of_type: Option<&'s Range<usize>>,
}

impl<'s> Around<'s> {
    fn of(site: &'s Site) -> Self {
        let scope =
            |role| site.scopes.iter().find(|scope| scope.role == role).map(|scope| &scope.range);
        Self {
            line: site.offset - site.line_prefix.len()..site.offset + site.line_suffix.len(),
            function: scope(Role::Function),
            of_type: scope(Role::Type),
        }
    }

    /// Marks a name that begins at `at`, before the cursor.
    fn mark_before(&self, at: usize, marks: &mut [bool; MARKS]) {
        marks[ON_LINE] = at >= self.line.start;
        marks[IN_FUNCTION] = self.function.is_some_and(|range| at >= range.start);
        marks[IN_TYPE] = self.of_type.is_some_and(|range| at >= range.start);
    }

    /// Marks a name that begins at `at`, behind the cursor.
    fn mark_behind(&self, at: usize, marks: &mut [bool; MARKS]) {
        marks[ON_LINE] = at < self.line.end;
        marks[IN_FUNCTION] = self.function.is_some_and(|range| at < range.end);
        marks[IN_TYPE] = self.of_type.is_some_and(|range| at < range.end);
    }
}

/// Where to begin reading so that it begins in code: at a node of the outermost level that begins
/// behind `lowest`, where a tree is there.
fn code_start(site: &Site, lowest: usize) -> usize {
    if lowest == 0 {
        return 0;
    }
    let document = &site.document;
    // The last whole tree stays as it is while a line is typed.
    let tree = document.syntax.good().or(document.syntax.latest());
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
