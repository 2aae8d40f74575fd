//! What the names of a line that may come are to the place: near, far or nowhere, and whether its
//! brackets fit what is open.

use super::here::Here;
use crate::domain::local::text::{Kind, Lines, Token};

/// How many lines around the cursor are near.
const NEAR: usize = 25;

/// A set of hashes that now and then holds one too many, quick to fill and to ask.
#[derive(Debug)]
struct Marks(Box<[u64]>);

impl Marks {
    const BITS: u32 = 1 << 16;

    fn of(tokens: &[Token]) -> Self {
        let mut marks = Self(vec![0; (Self::BITS / u64::BITS) as usize].into());
        for token in tokens {
            let bit = token.hash % Self::BITS;
            if let Some(cell) = marks.0.get_mut((bit / u64::BITS) as usize) {
                *cell |= 1 << (bit % u64::BITS);
            }
        }
        marks
    }

    fn has(&self, hash: u32) -> bool {
        let bit = hash % Self::BITS;
        self.0
            .get((bit / u64::BITS) as usize)
            .is_some_and(|cell| cell >> (bit % u64::BITS) & 1 == 1)
    }
}

/// The names of a window.
#[derive(Debug)]
pub(super) struct Known {
    all: Marks,
    near: Marks,
}

/// What a text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) tokens: usize,
    pub(super) names: usize,
    pub(super) literals: usize,
    /// Names that are nowhere in the window, and those that are not near.
    pub(super) unknown: usize,
    pub(super) not_near: usize,
    /// Names that stand on the line already.
    pub(super) typed: usize,
    /// How many brackets of the line are open behind it.
    pub(super) left_open: isize,
    /// Whether it closes what is not open.
    pub(super) closes_too_much: bool,
}

impl Known {
    pub(super) fn of(lines: &Lines<'_>) -> Self {
        Self { all: Marks::of(lines.within(usize::MAX)), near: Marks::of(lines.within(NEAR)) }
    }

    /// What `text` is made of, where it comes at the cursor.
    pub(super) fn facts(&self, here: &Here<'_>, text: &str) -> Facts {
        let site = here.site;
        let lexical = &site.document.language.lexical;
        let tokens = here.cutter.tokens(text);
        let mut facts = Facts { tokens: tokens.len(), ..Facts::default() };
        let line_start = site.offset - site.line_prefix.len();
        facts.left_open =
            site.unclosed.iter().filter(|open| open.start >= line_start).count().cast_signed();
        let mut inner = 0;
        let mut open = site.unclosed.iter().rev();
        for (index, token) in tokens.iter().enumerate() {
            let word = &text[token.range()];
            match token.kind() {
                Kind::Number | Kind::Text => facts.literals += 1,
                // The rest of the half-typed word.
                Kind::Word if index == 0 && !site.word.is_empty() && token.range().start == 0 => {}
                Kind::Word => {
                    facts.names += 1;
                    let is_typed = here.all.iter().any(|typed| typed.hash == token.hash);
                    facts.typed += usize::from(is_typed);
                    facts.unknown += usize::from(!self.all.has(token.hash) && !is_typed);
                    facts.not_near += usize::from(!self.near.has(token.hash) && !is_typed);
                }
                Kind::Sign => {
                    let is = |a: char, b: &str| b.chars().eq([a]);
                    if lexical.brackets.iter().any(|(open, _)| is(*open, word)) {
                        (inner, facts.left_open) = (inner + 1, facts.left_open + 1);
                    } else if lexical.brackets.iter().any(|(_, close)| is(*close, word)) {
                        facts.left_open -= 1;
                        if inner > 0 {
                            inner -= 1;
                        } else {
                            facts.closes_too_much |= open.next().is_none_or(|o| o.close != word);
                        }
                    }
                }
            }
        }
        facts
    }
}
