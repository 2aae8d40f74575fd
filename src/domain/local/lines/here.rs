//! The cursor's line, as the other lines are compared with it.

use super::rename::Code;
use crate::domain::lexical::Mode;
use crate::domain::local::text::{Cutter, Kind, Token};
use crate::domain::site::Site;

/// The cursor's line.
pub(super) struct Here<'s> {
    pub(super) site: &'s Site,
    pub(super) cutter: &'s Cutter<'s>,
    /// What was typed on the line, without white space before it.
    pub(super) typed: &'s str,
    /// Its tokens without the half-typed word.
    pub(super) complete: Vec<Token>,
    /// Its tokens with the half-typed word, as if it were whole.
    pub(super) all: Vec<Token>,
    /// Whether white space stands before the cursor.
    pub(super) is_spaced: bool,
    /// Whether the cursor is in a literal.
    pub(super) is_text: bool,
}

impl<'s> Here<'s> {
    pub(super) fn of(site: &'s Site, cutter: &'s Cutter<'s>) -> Self {
        let typed = site.code_before();
        let all = cutter.tokens(typed);
        let mut complete = all.clone();
        if !site.word.is_empty() {
            complete.pop_if(|last| matches!(last.kind(), Kind::Word | Kind::Number));
        }
        Self {
            site,
            cutter,
            typed,
            complete,
            all,
            is_spaced: site.line_prefix.ends_with([' ', '\t']),
            is_text: site.mode != Mode::Code,
        }
    }

    /// What was typed, without the half-typed word.
    pub(super) fn code(&self) -> Code<'_> {
        Code { text: self.typed, tokens: &self.complete }
    }
}
