//! How the lines of this file end: the signs behind the last word of each line near the cursor.

use std::cmp::Ordering;

use crate::domain::local::text::{Cutter, Kind, Line, Lines, Token};
use crate::domain::site::Site;
use crate::domain::tokens::mix;

/// Bound: keywords of a line that count.
const KEYWORDS_MAX: usize = 3;

/// The end of a line near the cursor.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineEnd<'t> {
    /// The signs and spaces behind the last word or literal; all of the line where it has none.
    pub(super) signs: &'t str,
    /// The first word or sign of the line.
    pub(super) first: &'t str,
    /// Columns of white space before it.
    pub(super) indent: usize,
    /// What stands before the signs.
    pub(super) kind: Before,
    /// How many lines lie between it and the cursor's line, blank ones not counted.
    pub(super) distance: usize,
    pub(super) is_above: bool,
    /// Whether the next line with text on it begins further right.
    pub(super) goes_deeper: bool,
    /// Whether something is assigned on the line.
    pub(super) assigns: bool,
    /// The next line, where it has signs alone.
    pub(super) next: &'t str,
    /// How the next line stands to it.
    pub(super) beside: Beside,
    /// Its keywords in their order, as a hash.
    pub(super) keywords: u32,
    /// The token before the signs; zero where it has none.
    pub(super) last: u32,
}

/// How a line stands to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beside {
    depth: Ordering,
    /// The class of its first token; zero where there is none.
    class: u32,
}

impl Beside {
    pub(super) fn of(
        line: (usize, &str),
        first: Option<&Token>,
        indent: usize,
        cutter: &Cutter<'_>,
    ) -> Self {
        let class = first.map_or(0, |first| cutter.class(*first, line.1));
        Self { depth: line.0.cmp(&indent), class }
    }
}

/// What stands before the signs at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Nothing,
    /// A name or a number.
    Word,
    /// A string.
    Quote,
}

/// The cursor's line up to the cursor.
#[derive(Clone, Debug)]
pub(super) struct Here<'s> {
    /// The signs behind its last word or literal.
    pub(super) signs: &'s str,
    pub(super) kind: Before,
    /// Its first word or sign.
    pub(super) first: &'s str,
    /// Its tokens.
    pub(super) tokens: Vec<Token>,
    /// How the line below stands to it.
    pub(super) beside: Beside,
    /// Its keywords in their order, as a hash.
    pub(super) keywords: u32,
    /// The token before the signs; zero where it has none.
    pub(super) last: u32,
}

/// Reads the cursor's line.
pub(super) fn here<'s>(site: &'s Site, cutter: &Cutter<'_>) -> Here<'s> {
    let code = site.code_before();
    let tokens = cutter.tokens(code);
    let (signs, kind) = signs_of(code, &tokens);
    let first = first_of(code, &tokens);
    let below = cutter.tokens(&site.below.text);
    let next = (site.below.indent, site.below.text.as_str());
    let beside = Beside::of(next, below.first(), site.indent.len(), cutter);
    let (keywords, last) = (keywords_of(&tokens, cutter), last_of(&tokens));
    Here { signs, kind, first, tokens, beside, keywords, last }
}

/// The ends of the lines, the nearest first: all above, then all below.
pub(super) fn ends<'t>(
    lines: &Lines<'t>,
    (site, here): (&Site, &Here<'_>),
    cutter: &Cutter<'_>,
) -> Vec<LineEnd<'t>> {
    let (above, below) = lines.all.split_at(lines.above);
    let mut ends = Vec::with_capacity(lines.all.len());
    // The cursor's own line is the next one for the line above it.
    let mut deeper_than = if site.is_line_start() { site.below.indent } else { site.indent.len() };
    let mut next = "";
    let mut after = if here.tokens.is_empty() {
        (site.below.indent, here.beside.class)
    } else {
        (
            site.indent.len(),
            here.tokens.first().map_or(0, |first| cutter.class(*first, site.code_before())),
        )
    };
    for (distance, line) in above.iter().rev().enumerate() {
        let mut end = LineEnd { next, ..line_end(line, lines, distance, cutter) };
        end.goes_deeper = deeper_than > end.indent;
        end.beside = Beside { depth: after.0.cmp(&end.indent), class: after.1 };
        after = (end.indent, class_of(line, lines, cutter));
        (deeper_than, next) = (end.indent, as_next(&end));
        ends.push(end);
    }
    for (distance, line) in below.iter().enumerate() {
        let end = LineEnd { is_above: false, ..line_end(line, lines, distance, cutter) };
        if let Some(last) = ends.get_mut(lines.above..).and_then(<[LineEnd<'_>]>::last_mut) {
            last.goes_deeper = end.indent > last.indent;
            last.next = as_next(&end);
            last.beside = Beside {
                depth: end.indent.cmp(&last.indent),
                class: class_of(line, lines, cutter),
            };
        }
        ends.push(end);
    }
    ends
}

fn as_next<'t>(end: &LineEnd<'t>) -> &'t str {
    if end.kind == Before::Nothing { end.signs } else { "" }
}

/// The class of the first token of a line.
fn class_of(line: &Line<'_>, lines: &Lines<'_>, cutter: &Cutter<'_>) -> u32 {
    lines.tokens(line).first().map_or(0, |first| cutter.class(*first, line.text))
}

/// The first keywords of a line as a hash; zero where it has none.
pub(super) fn keywords_of(tokens: &[Token], cutter: &Cutter<'_>) -> u32 {
    let keywords = tokens.iter().filter(|token| cutter.is_keyword(**token));
    keywords.take(KEYWORDS_MAX).fold(0, |hash, token| mix(hash, token.hash))
}

/// The last token that is no sign.
fn last_of(tokens: &[Token]) -> u32 {
    tokens.iter().rfind(|token| token.kind() != Kind::Sign).map_or(0, |token| token.hash)
}

fn line_end<'t>(
    line: &Line<'t>,
    lines: &Lines<'t>,
    distance: usize,
    cutter: &Cutter<'_>,
) -> LineEnd<'t> {
    let tokens = lines.tokens(line);
    let (signs, kind) = signs_of(line.text, tokens);
    LineEnd {
        signs,
        first: first_of(line.text, tokens),
        indent: line.indent,
        kind,
        distance,
        is_above: true,
        goes_deeper: false,
        assigns: line.text.contains(" = "),
        next: "",
        beside: Beside { depth: Ordering::Equal, class: 0 },
        keywords: keywords_of(tokens, cutter),
        last: last_of(tokens),
    }
}

/// The signs at the end of some code, and what stands before them.
fn signs_of<'t>(code: &'t str, tokens: &[Token]) -> (&'t str, Before) {
    match tokens.iter().rfind(|token| token.kind() != Kind::Sign) {
        None => (code, Before::Nothing),
        Some(last) => {
            let is_text = last.kind() == Kind::Text;
            let kind = if is_text { Before::Quote } else { Before::Word };
            (&code[last.range().end..], kind)
        }
    }
}

/// The first word or sign of some code; of a literal its quote.
pub(super) fn first_of<'t>(code: &'t str, tokens: &[Token]) -> &'t str {
    let Some(first) = tokens.first() else { return "" };
    let text = &code[first.range()];
    match first.kind() {
        Kind::Text => &text[..1],
        Kind::Word | Kind::Number | Kind::Sign => text,
    }
}
