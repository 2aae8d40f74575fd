//! How the lines of this file end: the signs behind the last word of each line near the cursor.

use crate::domain::site::Site;
use crate::domain::text;

/// Bytes read before and after the cursor.
const BYTES_BEFORE: usize = 12 << 10;
const BYTES_AFTER: usize = 6 << 10;

/// The text lines are read from.
#[derive(Debug)]
pub(super) struct Surroundings {
    before: String,
    after: String,
}

/// The end of a line near the cursor.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineEnd<'t> {
    /// The signs and spaces behind the last word or literal; all of the line where it has none.
    pub(super) signs: &'t str,
    /// The first word or sign of the line.
    pub(super) first: &'t str,
    /// Columns of white space before it.
    pub(super) indent: usize,
    /// Whether a string or a number stands before the signs rather than a name.
    pub(super) kind: Before,
    /// How many lines lie between it and the cursor's line, blank ones not counted.
    pub(super) distance: usize,
    pub(super) is_above: bool,
    /// Whether the next line with text on it begins further right.
    pub(super) goes_deeper: bool,
    /// Whether something is assigned on the line.
    pub(super) assigns: bool,
}

/// How a block near the cursor ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockEnd<'t> {
    /// The first word of the line that opened it.
    pub(super) first: &'t str,
    /// Whether that line assigns something.
    pub(super) assigns: bool,
    pub(super) indent: usize,
    /// The line that closes it.
    pub(super) text: &'t str,
}

/// What stands before the signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Nothing,
    Word,
    Quote,
}

impl Surroundings {
    pub(super) fn of(site: &Site) -> Self {
        let rope = &site.document.rope;
        let line = text::line_range(rope, site.offset);
        let below = rope.len_bytes().min(line.end);
        Self {
            before: text::tail_before(rope, line.start, BYTES_BEFORE),
            after: text::head_after(rope, below, BYTES_AFTER),
        }
    }

    /// The ends of the lines, the nearest first: all above, then all below.
    pub(super) fn ends(&self, site: &Site) -> Vec<LineEnd<'_>> {
        let mut ends: Vec<LineEnd<'_>> = Vec::new();
        let mut deeper_than = site.below.indent;
        let texts = |line: &&str| !line.trim().is_empty();
        for (distance, line) in self.before.lines().rev().filter(texts).enumerate() {
            let mut end = line_end(line, site);
            end.goes_deeper = deeper_than > end.indent;
            deeper_than = end.indent;
            ends.push(LineEnd { distance, is_above: true, ..end });
        }
        let above = ends.len();
        for (distance, line) in self.after.lines().filter(texts).enumerate() {
            let end = line_end(line, site);
            if let Some(last) = ends.get_mut(above..).and_then(<[_]>::last_mut) {
                last.goes_deeper = end.indent > last.indent;
            }
            ends.push(LineEnd { distance, is_above: false, ..end });
        }
        ends
    }
}

/// The blocks among the lines, told by their indentation: a line that goes deeper opens one, the next
/// that comes back to its indentation with signs alone closes it.
pub(super) fn block_ends<'t>(ends: &[LineEnd<'t>]) -> Vec<BlockEnd<'t>> {
    let (above, below): (Vec<&LineEnd<'_>>, Vec<&LineEnd<'_>>) =
        ends.iter().partition(|end| end.is_above);
    let mut found = Vec::new();
    for lines in [above.into_iter().rev().collect::<Vec<_>>(), below] {
        let mut open: Vec<&LineEnd<'t>> = Vec::new();
        for line in lines {
            while open.pop_if(|open| open.indent > line.indent).is_some() {}
            let opener = open.pop_if(|open| open.indent == line.indent);
            if let Some(opener) = opener.filter(|_| line.kind == Before::Nothing) {
                let (first, assigns) = (opener.first, opener.assigns);
                found.push(BlockEnd { first, assigns, indent: line.indent, text: line.signs });
            }
            if line.goes_deeper {
                open.push(line);
            }
        }
    }
    found
}

fn line_end<'t>(line: &'t str, site: &Site) -> LineEnd<'t> {
    let content = line.trim();
    let indent = line.len() - line.trim_start().len();
    let (signs, kind) = signs_of(content, site);
    let first = first_of(content, site);
    let assigns = content.contains(" = ");
    LineEnd { signs, first, indent, kind, distance: 0, is_above: true, goes_deeper: false, assigns }
}

/// The signs at the end of some code, and what stands before them.
pub(super) fn signs_of<'t>(code: &'t str, site: &Site) -> (&'t str, Before) {
    let lexical = &site.document.language.lexical;
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`');
    let last = code.char_indices().rev().find(|(_, c)| is_quote(*c) || lexical.is_word(*c));
    match last {
        None => (code, Before::Nothing),
        Some((at, c)) => {
            let kind = if is_quote(c) { Before::Quote } else { Before::Word };
            (&code[at + c.len_utf8()..], kind)
        }
    }
}

/// The first word or sign of some code.
pub(super) fn first_of<'t>(code: &'t str, site: &Site) -> &'t str {
    let lexical = &site.document.language.lexical;
    let length = code.find(|c| !lexical.is_word(c)).unwrap_or(code.len());
    let sign = code.chars().next().map_or(0, char::len_utf8);
    &code[..length.max(sign)]
}
