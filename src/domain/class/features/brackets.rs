//! Delimiters around the cursor: what is open, what is missing, what is closed after it that was
//! never opened before it.

use super::cursor::{code, columns};
use super::tokens;
use super::{Sheet, UNKNOWN, Window};
use crate::domain::lexical::Open;
use crate::domain::site::Site;
use crate::domain::text;

/// Bound: bytes read before an opening bracket to tell what it belongs to.
const OWNER_BYTES: usize = 160;

pub(super) fn read(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    read_missing(window.site, sheet);
    read_innermost(window, sheet);
    read_below(window, sheet);
}

/// What was opened and is closed nowhere.
fn read_missing(site: &Site, sheet: &mut Sheet<'_>) {
    let line_start = site.offset - site.line_prefix.len().min(site.offset);
    sheet.count("missing", site.unclosed.len());
    sheet.count("missing_here", site.unclosed.iter().filter(|o| o.start >= line_start).count());
    let missing = site.unclosed.last();
    sheet.number("missing_kind", code(missing.and_then(|open| open.open.chars().next())));
    sheet.number("missing_lines", lines_since(site, missing));
    sheet.number("missing_indent", indent_beside(site, missing));
}

/// How many lines above the cursor a delimiter was opened.
fn lines_since(site: &Site, open: Option<&Open>) -> f32 {
    let rope = &site.document.rope;
    let line_of = |offset: usize| rope.byte_to_line(offset.min(rope.len_bytes()));
    let lines = |open: &Open| line_of(site.offset).saturating_sub(line_of(open.start));
    open.map_or(UNKNOWN, |open| lines(open).min(200) as f32)
}

/// How much deeper than the cursor's line the line of a delimiter is.
fn indent_beside(site: &Site, open: Option<&Open>) -> f32 {
    open.map_or(-100.0, |open| open.line_indent as f32 - site.indent.len() as f32)
}

/// The delimiter the cursor is inside of.
fn read_innermost(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    let (site, letters) = (window.site, &window.letters);
    let rope = &site.document.rope;
    let line_start = site.offset - site.line_prefix.len().min(site.offset);
    let innermost = site.enclosing.last();
    sheet.count("depth", site.enclosing.len());
    sheet.number("open_kind", code(innermost.and_then(|open| open.open.chars().next())));
    sheet.flag("open_is_here", innermost.is_some_and(|open| open.start >= line_start));
    sheet.flag(
        "open_is_missing",
        innermost.is_some_and(|open| site.unclosed.last().is_some_and(|m| m.start == open.start)),
    );
    sheet.number("open_lines", lines_since(site, innermost));
    sheet.number("open_indent", indent_beside(site, innermost));
    let round = site.enclosing.iter().rev().find(|open| open.open == "(");
    sheet.flag("round_is_here", round.is_some_and(|open| open.start >= line_start));
    let inside = innermost
        .filter(|open| open.start >= line_start)
        .and_then(|open| site.line_prefix.get(open.start - line_start + open.open.len()..));
    sheet.number("open_commas", inside.map_or(UNKNOWN, |text| text.matches(',').count() as f32));
    sheet.number(
        "open_words",
        inside.map_or(UNKNOWN, |text| tokens::count_words(text, letters, 12) as f32),
    );
    // What the bracket belongs to: `if (`, `name(`, `= {`, and the line it was opened on.
    let owner = innermost.map(|open| text::tail_before(rope, open.start, OWNER_BYTES));
    let owner_token = owner.as_deref().and_then(|text| tokens::last(text, letters));
    sheet.token("owner", owner_token.map_or(String::new(), |(token, _)| token.to_owned()));
    let line = innermost.map(|open| {
        let start = text::line_range(rope, open.start).start;
        text::head_after(rope, start, (open.start - start).min(OWNER_BYTES))
    });
    let first = line.as_deref().and_then(|text| tokens::first(text, letters));
    sheet.token("owner_line", first.map_or(String::new(), |(token, _)| token.to_owned()));
}

/// Lines below that are deeper than the cursor's line, and what ends them: a header written above an
/// existing body shows here.
fn read_below(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    let letters = &window.letters;
    let cursor_indent = columns(&window.site.indent) as f32;
    let mut deeper = 0;
    let mut blank = 0;
    let mut end = None;
    for line in window.after.split('\n').skip(1).take(60) {
        let text = line.trim();
        if text.is_empty() {
            blank += usize::from(deeper == 0);
            continue;
        }
        let indent = columns(&line[..line.len() - line.trim_start().len()]) as f32;
        if indent <= cursor_indent {
            end = Some((indent, text));
            break;
        }
        deeper += 1;
    }
    sheet.count("deeper_below", deeper);
    sheet.count("blank_below", blank);
    sheet.number("end_indent", end.map_or(-100.0, |(indent, _)| indent - cursor_indent));
    sheet.number("end_char", code(end.and_then(|(_, text)| text.chars().next())));
    let end_token = end.and_then(|(_, text)| tokens::first(text, letters));
    sheet.token("end", end_token.map_or(String::new(), |(token, _)| token.to_owned()));
}
