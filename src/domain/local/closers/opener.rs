//! What opened the last delimiter that a run closes: a statement, an assignment, an argument. Described
//! once for all runs that close as much.

use super::blocks::{self, BlockEnd, Wanted};
use super::habits::first_of;
use super::pairs::{self, GOES_ON, Opening, Pairs};
use super::tally::Tally;
use crate::domain::class::features::{Sheet, UNKNOWN, code};
use crate::domain::lexical::Open;
use crate::domain::local::codes::ROLES;
use crate::domain::local::text::Cutter;
use crate::domain::site::Site;
use crate::domain::text;

/// Bound: bytes looked at before what opened a delimiter.
const LINE_BYTES_MAX: usize = 400;
/// Stands for the indentation relative to nothing.
const NO_INDENT: f32 = 99.0;

/// What opened something.
#[derive(Debug)]
pub(super) struct Opener<'t> {
    numbers: Vec<(&'static str, f32)>,
    blocks: Tally<'t, { blocks::SHARES.len() }>,
    pairs: Option<Tally<'t, { pairs::SHARES.len() }>>,
}

/// What is known around the cursor when an opener is described.
pub(super) struct Around<'p, 't> {
    pub(super) site: &'p Site,
    pub(super) blocks: &'p [BlockEnd<'t>],
    pub(super) pairs: &'p Pairs<'t>,
    pub(super) cutter: &'p Cutter<'p>,
}

impl<'t> Opener<'t> {
    /// The opener of the last delimiter of a run that closes `closes` of what is open.
    pub(super) fn of(around: &Around<'_, 't>, closes: usize) -> Self {
        let Around { site, cutter, .. } = around;
        let missing = if site.unclosed.is_empty() { &site.enclosing } else { &site.unclosed };
        let open = closes.checked_sub(1).and_then(|at| missing.iter().rev().nth(at));
        let line = open.map_or_else(String::new, |open| before(site, open));
        let code_before = line.trim();
        let tokens = cutter.tokens(code_before);
        let first = first_of(code_before, &tokens);
        let is_keyword = tokens.first().is_some_and(|first| cutter.is_keyword(*first));
        let outer = open
            .and_then(|open| site.enclosing.iter().rev().find(|outer| outer.start < open.start));
        let mut sheet = Sheet::default();
        let indent = open.map(|open| open.line_indent as f32 - site.indent.len() as f32);
        sheet.number("closed_indent", indent.map_or(NO_INDENT, |by| by.clamp(-40.0, 40.0)));
        let below = site.below.indent as f32 - open.map_or(0.0, |open| open.line_indent as f32);
        sheet.number("below_closed", below.clamp(-40.0, 40.0));
        sheet.number("opener_before", code(code_before.chars().next_back()));
        sheet.flag("opener_has_assignment", code_before.contains('='));
        let lexical = &site.document.language.lexical;
        sheet.flag("opener_is_header", lexical.header_words.iter().any(|word| word == first));
        sheet.flag("opener_is_keyword", is_keyword);
        sheet.number("closed_role", open.map_or(UNKNOWN, |open| role(site, open)));
        sheet.number("opener_outer", sign(outer));
        let is_beside = |outer: &Open, open: &Open| open.start - outer.start <= line.len();
        let is_outer_beside = outer.zip(open).is_some_and(|(outer, open)| is_beside(outer, open));
        sheet.flag("opener_outer_on_line", is_outer_beside);
        let wanted = Wanted {
            first,
            assigns: code_before.contains(" = "),
            indent: open.map_or(usize::MAX, |open| open.line_indent),
        };
        let line_start = site.offset - site.line_prefix.len();
        let pairs = open.and_then(|open| open.open.chars().next()).map(|bracket| {
            let opening = Opening::behind(bracket, code_before, &tokens, cutter);
            around.pairs.tally(&Opening {
                outer: outer.and_then(|outer| outer.open.chars().next()).unwrap_or(' '),
                is_block: open.is_some_and(|open| open.start < line_start),
                ..opening
            })
        });
        Self { numbers: sheet.numbers, blocks: blocks::tally(around.blocks, wanted), pairs }
    }

    /// Puts down what opened the delimiter, and how often others like it end as the run does: `tail` is
    /// what the run has behind its closers.
    pub(super) fn numbers(&self, run: &str, tail: &str, sheet: &mut Sheet<'static>) {
        sheet.numbers.extend(&self.numbers);
        let shares = self.blocks.shares((run, ""));
        blocks::SHARES.iter().zip(shares).for_each(|(name, share)| sheet.number(name, share));
        for (names, text) in [(pairs::SHARES, tail), (pairs::GOING_ON, GOES_ON)] {
            let shares = self.pairs.as_ref().map(|pairs| pairs.shares((text, "")));
            let shares = shares.unwrap_or([UNKNOWN; pairs::SHARES.len()]);
            names.iter().zip(shares).for_each(|(name, share)| sheet.number(name, share));
        }
    }
}

/// The line of a delimiter up to it; where it is the first of its line, what stands before that.
fn before(site: &Site, open: &Open) -> String {
    let rope = &site.document.rope;
    let line = text::line_range(rope, open.start);
    let before = text::tail_before(rope, open.start, (open.start - line.start).min(LINE_BYTES_MAX));
    if !before.trim().is_empty() || line.start == 0 {
        return before;
    }
    let above = text::line_range(rope, line.start - 1);
    text::tail_before(rope, line.start, (line.start - above.start).min(LINE_BYTES_MAX))
}

/// A number for what opened a delimiter.
fn sign(open: Option<&Open>) -> f32 {
    code(open.and_then(|open| open.open.chars().next()))
}

/// The place among [`ROLES`] of what a delimiter closes.
fn role(site: &Site, open: &Open) -> f32 {
    let inside = site.scopes.iter().filter(|scope| scope.range.start <= open.start + 1);
    let known = inside.filter(|scope| ROLES.contains(&scope.role));
    let inner = known.max_by_key(|scope| scope.range.start);
    let place = inner.and_then(|inner| ROLES.iter().position(|role| *role == inner.role));
    place.map_or(UNKNOWN, |place| place as f32)
}
