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
    /// The line below the closing one, where the pair ends a line and that has signs alone.
    next: &'t str,
    /// The commas inside, not those in inner brackets.
    commas: usize,
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
            reader.read(index, line, lines);
        }
        Self { all: reader.found }
    }

    /// What follows pairs that were opened like this one.
    pub(super) fn tally(&self, wanted: &Opening) -> Tally<'t, { SHARES.len() }> {
        let mut tally = Tally::default();
        for Pair { opening, tail, next, .. } in &self.all {
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
            let tail = tail.unwrap_or(GOES_ON);
            let with_next = (!next.is_empty()).then_some((tail, *next));
            tally.add(with_next.into_iter().chain([(tail, "")]), 1.0, is_like);
        }
        tally
    }

    /// Of the pairs behind the same word, how many there are, and the shares of those with as many
    /// commas and with more.
    pub(super) fn commas(&self, wanted: &Opening, commas: usize) -> [f32; 3] {
        let same = self.all.iter().filter(|pair| {
            pair.opening.bracket == wanted.bracket && pair.opening.before == wanted.before
        });
        let [mut all, mut as_many, mut more] = [0.0_f32; 3];
        for pair in same {
            all += 1.0;
            as_many += f32::from(u8::from(pair.commas == commas));
            more += f32::from(u8::from(pair.commas > commas));
        }
        [all.min(20.0), as_many / all.max(1.0), more / all.max(1.0)]
    }
}

struct Reader<'c, 't> {
    cutter: &'c Cutter<'c>,
    /// What is open, on which line that was opened, and the commas inside so far.
    open: Vec<(Opening, usize, usize)>,
    found: Vec<Pair<'t>>,
}

impl<'t> Reader<'_, 't> {
    fn read(&mut self, index: usize, line: &Line<'t>, lines: &Lines<'t>) {
        let tokens = lines.tokens(line);
        let behind_words = tokens.iter().rposition(|token| token.kind() != Kind::Sign);
        for (place, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind() == Kind::Sign) {
            let Some(sign) = line.text[token.range()].chars().next() else { continue };
            let brackets = &self.cutter.lexical.brackets;
            if brackets.iter().any(|(open, _)| *open == sign) && self.open.len() < DEPTH_MAX {
                let mut opening = Opening::behind(sign, line.text, &tokens[..place], self.cutter);
                opening.outer = self.open.last().map_or(' ', |(outer, ..)| outer.bracket);
                self.open.push((opening, index, 0));
            } else if let Some((open, _)) = brackets.iter().find(|(_, close)| *close == sign) {
                let is_its = |(opening, ..): &(Opening, usize, usize)| opening.bracket == *open;
                let Some(at) = self.open.iter().rposition(is_its) else { continue };
                self.open.truncate(at + 1);
                let Some((opening, opened, commas)) = self.open.pop() else { continue };
                let ends = behind_words.is_none_or(|word| word < place);
                let tail = ends.then(|| line.text[token.range().end..].trim());
                let next = if tail == Some("") { below(lines, index) } else { "" };
                let opening = Opening { is_block: opened != index, ..opening };
                self.found.push(Pair { opening, tail, next, commas });
            } else if let Some((_, _, commas)) = self.open.last_mut().filter(|_| sign == ',') {
                *commas += 1;
            }
        }
    }
}

/// The line below, where it has signs alone and the cursor does not stand between.
fn below<'t>(lines: &Lines<'t>, index: usize) -> &'t str {
    let line = lines.after(index);
    let is_bare =
        |line: &&Line<'t>| lines.tokens(line).iter().all(|token| token.kind() == Kind::Sign);
    line.filter(is_bare).map_or("", |line| line.text)
}
