//! Cuts what already stands below the cursor, and drops an answer that stands around it as a whole.
//!
//! Lines are compared with their indentation, alike on both sides: `return x` in an inner block is
//! not the `return x` of the outer one. Blank lines do not count. What stands on the cursor's own
//! line is the business of `overlap`.

use super::Dropped;
use crate::domain::lexical::{Mode, Scanner};
use crate::domain::site::Site;
use crate::domain::text;

/// Bound: bytes above and below that are compared.
const NEAR_BYTES: usize = 4 << 10;
/// So many letters and digits make a line one of its kind.
const TELLING: usize = 3;
/// A line above may be wanted once more, as rows of tables are; one with so many letters is not.
const ABOVE_TELLING: usize = 8;

/// A line with text on it.
#[derive(Clone, Copy)]
struct Line<'a> {
    indent: usize,
    content: &'a str,
    /// Where it begins.
    start: usize,
}

impl Line<'_> {
    fn is(&self, other: &Self) -> bool {
        self.content == other.content && self.indent == other.indent
    }

    fn letters(&self) -> usize {
        self.content.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// The text without its last lines where they are the next ones in the document.
pub(super) fn cut<'a>(site: &Site, text: &'a str) -> Result<&'a str, Dropped> {
    if !site.line_suffix.trim().is_empty() {
        return Ok(text);
    }
    let rope = &site.document.rope;
    let below = text::head_after(rope, site.offset + site.line_suffix.len(), NEAR_BYTES);
    let below: Vec<Line<'_>> = lines(&below, 0).collect();
    let own: Vec<Line<'_>> = lines(text, site.line_prefix.len()).collect();
    // What the first line completes is a line of its own only where nothing was typed.
    let whole =
        if site.is_line_start() { own.as_slice() } else { own.get(1..).unwrap_or_default() };
    if site.is_line_start() {
        check_whole(site, &own, &below)?;
    }
    let longest = whole.len().min(below.len());
    let overlap = (1..=longest).rev().find(|count| {
        let tail = &whole[whole.len() - count..];
        let is_same = tail.iter().zip(&below).all(|(a, b)| a.is(b));
        is_same && is_repetition(site, text, tail)
    });
    let Some(count) = overlap else { return Ok(text) };
    let start = whole[whole.len() - count].start;
    let kept = text[..start].trim_end_matches(['\n', ' ', '\t']);
    if kept.trim().is_empty() { Err("the answer already stands below") } else { Ok(kept) }
}

/// Drops an answer of which nothing is new.
fn check_whole(site: &Site, own: &[Line<'_>], below: &[Line<'_>]) -> Result<(), Dropped> {
    let Some(first) = own.first() else { return Ok(()) };
    let next = below.first().filter(|next| next.content == first.content);
    if next.is_some_and(|next| next.letters() >= TELLING) && site.below.distance == 0 {
        return Err("the answer repeats the line below");
    }
    let line_start = site.offset - site.line_prefix.len();
    let above = text::tail_before(&site.document.rope, line_start, NEAR_BYTES);
    let above: Vec<Line<'_>> = lines(&above, 0).collect();
    let is_above = own.len() <= above.len()
        && own.iter().zip(&above[above.len() - own.len()..]).all(|(a, b)| a.is(b));
    let letters: usize = own.iter().map(Line::letters).sum();
    if is_above && own.len() > 1 && letters >= ABOVE_TELLING {
        return Err("the answer repeats the lines above");
    }
    Ok(())
}

/// Whether these last lines of the text, which stand below, are there twice if it is inserted:
/// lines of closers alone may close what the text or the document opened.
fn is_repetition(site: &Site, text: &str, tail: &[Line<'_>]) -> bool {
    let mut scanner = Scanner::new(&site.document.language.lexical);
    scanner.feed(&text[..tail[0].start]);
    if *scanner.mode() != Mode::Code && site.mode == Mode::Code {
        return false;
    }
    let opened_here = !scanner.stack().is_empty();
    let is_telling = tail.iter().any(|line| line.letters() >= TELLING && !is_closing(site, line));
    let is_missing = site.unclosed.iter().any(|open| tail[0].content.starts_with(&open.close));
    !opened_here && (is_telling || !is_missing)
}

fn is_closing(site: &Site, line: &Line<'_>) -> bool {
    site.enclosing.iter().any(|open| line.content == open.close)
}

/// The lines of `text` that are not blank; the first begins in column `column`.
fn lines(text: &str, column: usize) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split('\n').enumerate().filter_map(move |(number, line)| {
        let indent = line.len() - line.trim_start().len();
        let found = Line {
            indent: if number == 0 { column + indent } else { indent },
            content: line.trim(),
            start,
        };
        start += line.len() + 1;
        (!found.content.is_empty()).then_some(found)
    })
}
