//! What followed the closing brackets near the cursor, by what stood before the opening ones.
//!
//! Whether a call ends a statement, a row or a head shows in how others ended that were begun alike:
//! by the same function, behind the same keyword, in the same brackets.

use super::tally::Tally;
use crate::domain::local::text::{Cutter, Kind, Line, Lines, Token};

/// A pair of brackets near the cursor.
#[derive(Clone, Copy, Debug)]
struct Pair<'t> {
    opening: Opening,
    /// What follows on the line, where that is signs alone.
    tail: Option<&'t str>,
}

/// Where a bracket was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Opening {
    /// The bracket.
    pub(super) bracket: char,
    /// The token before it, and its class.
    pub(super) before: u32,
    pub(super) class: u32,
    /// The class of the first token of its line.
    pub(super) first: u32,
    /// The bracket around it.
    pub(super) outer: char,
    /// Whether the closing bracket is on another line.
    pub(super) is_block: bool,
}

impl Opening {
    /// A bracket that follows these tokens on its line.
    pub(super) fn behind(bracket: char, line: &str, tokens: &[Token], cutter: &Cutter<'_>) -> Self {
        let class = |token: Option<&Token>| token.map_or(0, |token| cutter.class(*token, line));
        Self {
            bracket,
            before: tokens.last().map_or(0, |token| token.hash),
            class: class(tokens.last()),
            first: class(tokens.first()),
            outer: ' ',
            is_block: false,
        }
    }
}

/// The names of the shares of each way to be like the pair at the cursor.
pub(super) const SHARES: [&str; 6] = [
    "of_pairs",
    "of_pairs_block",
    "of_pairs_class",
    "of_pairs_first",
    "of_pairs_same",
    "of_pairs_outer",
];
/// The names of the shares of those behind which the line goes on.
pub(super) const GOING_ON: [&str; 6] = [
    "pairs_going_on",
    "pairs_going_on_block",
    "pairs_going_on_class",
    "pairs_going_on_first",
    "pairs_going_on_same",
    "pairs_going_on_outer",
];
/// Stands for a tail that is more than signs.
pub(super) const GOES_ON: &str = "\0";
/// Bound: brackets open at once.
const DEPTH_MAX: usize = 64;

/// The pairs of brackets of a window.
#[derive(Debug)]
pub(super) struct Pairs<'t> {
    all: Vec<Pair<'t>>,
}

impl<'t> Pairs<'t> {
    pub(super) fn of(lines: &Lines<'t>, cutter: &Cutter<'_>) -> Self {
        let mut reader = Reader { cutter, open: Vec::new(), found: Vec::new() };
        for (index, line) in lines.all.iter().enumerate() {
            if index == lines.above {
                reader.open.clear();
            }
            reader.read(index, line, lines.tokens(line));
        }
        Self { all: reader.found }
    }

    /// What follows pairs that were opened like this one.
    pub(super) fn tally(&self, wanted: &Opening) -> Tally<'t, { SHARES.len() }> {
        let mut tally = Tally::default();
        for Pair { opening, tail } in &self.all {
            if opening.bracket != wanted.bracket {
                continue;
            }
            let is_block = opening.is_block == wanted.is_block;
            let is_class = is_block && opening.class == wanted.class;
            let is_like = [
                true,
                is_block,
                is_class,
                is_class && opening.first == wanted.first,
                opening.before == wanted.before,
                is_block && opening.outer == wanted.outer,
            ];
            tally.add([(tail.unwrap_or(GOES_ON), "")], 1.0, is_like);
        }
        tally
    }
}

struct Reader<'c, 't> {
    cutter: &'c Cutter<'c>,
    /// What is open, and on which line that was opened.
    open: Vec<(Opening, usize)>,
    found: Vec<Pair<'t>>,
}

impl<'t> Reader<'_, 't> {
    fn read(&mut self, index: usize, line: &Line<'t>, tokens: &[Token]) {
        let behind_words = tokens.iter().rposition(|token| token.kind() != Kind::Sign);
        for (place, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind() == Kind::Sign) {
            let Some(sign) = line.text[token.range()].chars().next() else { continue };
            let brackets = &self.cutter.lexical.brackets;
            if brackets.iter().any(|(open, _)| *open == sign) && self.open.len() < DEPTH_MAX {
                let mut opening = Opening::behind(sign, line.text, &tokens[..place], self.cutter);
                opening.outer = self.open.last().map_or(' ', |(outer, _)| outer.bracket);
                self.open.push((opening, index));
            } else if let Some((open, _)) = brackets.iter().find(|(_, close)| *close == sign) {
                let is_its = |(opening, _): &(Opening, usize)| opening.bracket == *open;
                let Some(at) = self.open.iter().rposition(is_its) else { continue };
                self.open.truncate(at + 1);
                let Some((opening, opened)) = self.open.pop() else { continue };
                let ends = behind_words.is_none_or(|word| word < place);
                let tail = ends.then(|| line.text[token.range().end..].trim());
                self.found
                    .push(Pair { opening: Opening { is_block: opened != index, ..opening }, tail });
            }
        }
    }
}
