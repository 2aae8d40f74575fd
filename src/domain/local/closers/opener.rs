//! What opened the last delimiter that a run closes: a statement, an assignment, an argument. Described
//! once for all runs that close as much.

use super::blocks::{self, BlockEnd, Wanted, lead_of};
use super::closed::{self, Closed};
use super::habits::{first_of, keywords_of};
use super::heads::{Head, before, commas_behind};
use super::pairs::{self, GOES_ON, Opening, Pairs};
use super::runs::Run;
use super::tally::Tally;
use crate::domain::class::features::{Sheet, UNKNOWN, code};
use crate::domain::lexical::Open;
use crate::domain::local::codes::ROLES;
use crate::domain::local::text::{Cutter, Lines};
use crate::domain::site::Site;

/// What is said of the commas behind a delimiter: see [`Pairs::commas`].
const COMMAS: [&str; 3] = ["same_calls", "same_calls_as_long", "same_calls_longer"];
/// Longer blocks are alike.
const LINES_MAX: usize = 60;
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
    pub(super) lines: &'p Lines<'t>,
}

impl<'t> Opener<'t> {
    /// The opener of the last delimiter of a run that closes `closes` of what is open; of a run that
    /// closes nothing, that of the pair that ends at the cursor.
    pub(super) fn of(around: &Around<'_, 't>, closes: usize) -> Self {
        let Around { site, cutter, .. } = around;
        let missing = if site.unclosed.is_empty() { &site.enclosing } else { &site.unclosed };
        let open = closes.checked_sub(1).and_then(|at| missing.iter().rev().nth(at));
        let pair = if closes == 0 { closed::before(around) } else { None };
        let line = match (&pair, open) {
            (Some(pair), _) => pair.before.clone(),
            (None, Some(open)) => before(site, open),
            (None, None) => String::new(),
        };
        let code_before = line.trim();
        let tokens = cutter.tokens(code_before);
        let first = first_of(code_before, &tokens);
        let is_keyword = tokens.first().is_some_and(|first| cutter.is_keyword(*first));
        let outer = match open {
            Some(open) => site.enclosing.iter().rev().find(|outer| outer.start < open.start),
            None => site.enclosing.last(),
        };
        let mut sheet = Sheet::default();
        let indent = open.map(|open| open.line_indent as f32 - site.indent.len() as f32);
        sheet.number("closed_indent", indent.map_or(NO_INDENT, |by| by.clamp(-40.0, 40.0)));
        let below = site.below.indent as f32 - open.map_or(0.0, |open| open.line_indent as f32);
        sheet.number("below_closed", below.clamp(-40.0, 40.0));
        sheet.number("opener_before", code(code_before.chars().next_back()));
        sheet.flag("opener_has_assignment", code_before.contains('='));
        let rope = &site.document.rope;
        let lines = |open: &Open| rope.byte_to_line(site.offset) - rope.byte_to_line(open.start);
        sheet.count("closed_lines", open.map_or(0, lines).min(LINES_MAX));
        let lexical = &site.document.language.lexical;
        let is_header = |word: &str| lexical.header_words.iter().any(|header| header == word);
        sheet.flag("opener_is_header", is_header(first));
        sheet.flag("opener_is_keyword", is_keyword);
        sheet.number("closed_role", open.map_or(UNKNOWN, |open| role(site, open)));
        sheet.number("opener_outer", sign(outer));
        let outer_before = outer.map(|outer| before(site, outer));
        let outer_before = outer_before.as_deref().map(|line| line.trim_end().chars().next_back());
        sheet.number("outer_before", outer_before.map_or(UNKNOWN, code));
        let is_beside = |outer: &Open, open: &Open| open.start - outer.start <= line.len();
        let is_outer_beside = outer.zip(open).is_some_and(|(outer, open)| is_beside(outer, open));
        sheet.flag("opener_outer_on_line", is_outer_beside);
        let head = Head::of(site, open, code_before, cutter);
        head.numbers(site, &mut sheet);
        let lead = missing.last().filter(|_| closes > 0);
        let wanted = Wanted {
            first,
            assigns: code_before.contains(" = "),
            indent: open.map_or(usize::MAX, |open| open.line_indent),
            keywords: keywords_of(&head.tokens, cutter),
            lead: lead.map_or(' ', |open| lead_of(&before(site, open))),
        };
        let opening = bracket(site, pair.as_ref(), open).map(|(bracket, is_block)| Opening {
            outer: outer.and_then(|outer| outer.open.chars().next()).unwrap_or(' '),
            is_block,
            ..Opening::behind(bracket, code_before, &tokens, cutter)
        });
        let commas = open.map_or(0, |open| commas_behind(site, open, cutter));
        sheet.count("commas", commas);
        let shares = opening.as_ref().filter(|_| open.is_some());
        let shares = shares.map(|opening| around.pairs.commas(opening, commas));
        let shares = shares.unwrap_or([UNKNOWN; COMMAS.len()]);
        COMMAS.iter().zip(shares).for_each(|(name, share)| sheet.number(name, share));
        let pairs = opening.map(|opening| around.pairs.tally(&opening));
        Self { numbers: sheet.numbers, blocks: blocks::tally(around.blocks, wanted), pairs }
    }

    /// Puts down what opened the delimiter, and how often others like it end as the run does: `tail` is
    /// what the run has behind its closers.
    pub(super) fn numbers(&self, run: &Run, tail: &str, sheet: &mut Sheet<'static>) {
        sheet.numbers.extend(&self.numbers);
        let text = run.text.trim();
        let shares = self.blocks.shares((text, ""));
        blocks::SHARES.iter().zip(shares).for_each(|(name, share)| sheet.number(name, share));
        let ending = if run.is_below && run.closes == 0 { ("", text) } else { (tail, "") };
        for (names, ending) in [(pairs::SHARES, ending), (pairs::GOING_ON, (GOES_ON, ""))] {
            let shares = self.pairs.as_ref().map(|pairs| pairs.shares(ending));
            let shares = shares.unwrap_or([UNKNOWN; pairs::SHARES.len()]);
            names.iter().zip(shares).for_each(|(name, share)| sheet.number(name, share));
        }
    }
}

/// The bracket that a run closes, or that was closed before the cursor, and whether it was opened on a
/// line above.
fn bracket(site: &Site, closed: Option<&Closed>, open: Option<&Open>) -> Option<(char, bool)> {
    if let Some(closed) = closed {
        return Some((closed.bracket, closed.is_block));
    }
    let open = open?;
    Some((open.open.chars().next()?, open.start < site.offset - site.line_prefix.len()))
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
