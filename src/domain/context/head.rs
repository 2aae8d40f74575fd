//! What stands above the window and matters inside it: the imports of the file, and the first lines of
//! the functions and types that it begins inside of.

use std::ops::Range;

use crate::domain::language::Lexical;
use crate::domain::site::{Site, leading_white_space};
use crate::domain::text;

/// Bound: bytes from the beginning of the file searched for imports.
const IMPORTS_WITHIN: usize = 16 << 10;
/// Bound: lines of one import.
const IMPORT_LINES_MAX: usize = 30;
/// Bound: lines of the beginning of a function or type.
const HEADER_LINES_MAX: usize = 8;
/// Bound: lines above the window searched for them; reading one takes a fifth of a microsecond.
const ABOVE_LINES_MAX: usize = 2_000;
/// Bound: lines of the window looked at for how deep it begins.
const NEAR: usize = 20;
/// Bound: bytes of a line that are read.
const LINE_BYTES_MAX: usize = 400;

/// The lines of imports above `end`, as ranges of the document in order.
pub(super) fn imports(site: &Site, end: usize) -> Vec<Range<usize>> {
    let lexical = &site.document.language.lexical;
    let text = text::head_after(&site.document.rope, 0, IMPORTS_WITHIN.min(end));
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut rest = text.split_inclusive('\n');
    while let Some(line) = rest.next() {
        let from = start;
        start += line.len();
        if !is_import(lexical, line) {
            continue;
        }
        let mut depth = depth_of(line);
        for line in rest.by_ref().take(if depth > 0 { IMPORT_LINES_MAX } else { 0 }) {
            start += line.len();
            depth += depth_of(line);
            if depth <= 0 {
                break;
            }
        }
        match found.last_mut() {
            Some(last) if last.end == from => last.end = start,
            _ => found.push(from..start),
        }
    }
    found
}

fn is_import(lexical: &Lexical, line: &str) -> bool {
    // Imports inside of functions are indented and rare.
    let first = line.split(|c: char| c.is_whitespace() || "(\"'<{;".contains(c)).next();
    let first = first.unwrap_or_default();
    !first.is_empty() && lexical.import_words.iter().any(|word| word == first)
}

fn depth_of(line: &str) -> i32 {
    line.chars().map(|c| i32::from("([{".contains(c)) - i32::from(")]}".contains(c))).sum()
}

/// The first lines of what the window begins inside of, outermost first: of the lines above `end`
/// those that all lines between are indented deeper than. No tree is asked, because the tree of
/// half-typed code changes with each key, and the beginning of a prompt must not.
pub(super) fn signatures(site: &Site, end: usize) -> Vec<Range<usize>> {
    let rope = &site.document.rope;
    let line = |index: usize| {
        let content = text::line_content(rope, index);
        let length = content.len_bytes().min(LINE_BYTES_MAX);
        text::head_after(rope, rope.line_to_byte(index), length)
    };
    let first = rope.byte_to_line(end);
    let is_text = |line: &String| !line.trim().is_empty();
    let inside = (first..rope.len_lines().min(first + NEAR)).map(line).find(is_text);
    let mut indent = inside.map_or(0, |line| leading_white_space(&line).len());
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut index = first;
    let lowest = first.saturating_sub(ABOVE_LINES_MAX);
    while indent > 0 && index > lowest {
        index -= 1;
        let header = line(index);
        let own = leading_white_space(&header).len();
        if own >= indent || !is_text(&header) {
            continue;
        }
        indent = own;
        let last = index;
        // `) -> u8 {` closes what was opened some lines above.
        let mut depth = depth_of(header.trim_end().trim_end_matches('{'));
        while depth < 0 && index > lowest && last - index < HEADER_LINES_MAX {
            index -= 1;
            depth += depth_of(&line(index));
        }
        found.push(rope.line_to_byte(index)..rope.line_to_byte(last + 1));
    }
    found.reverse();
    found
}
