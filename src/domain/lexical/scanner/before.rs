//! What the code before a place says about it: whether a value is expected there.

use super::Scanner;

/// What stands before a place, white space and comments aside.
pub(super) enum Before<'t> {
    /// A word.
    Word(&'t str),
    /// Any other character.
    Sign(char),
    /// Nothing that can be looked at; whether a value was expected there is known.
    Known(bool),
}

impl Scanner<'_> {
    /// What stands before `at`, and whether nothing lies between.
    pub(super) fn before<'t>(&self, text: &'t str, at: usize) -> (Before<'t>, bool) {
        let floor = self.floor.saturating_sub(self.position - at.min(self.position));
        let between = text.get(floor.min(at)..at).unwrap_or_default();
        let code = between.trim_end();
        let is_beside = code.len() == between.len();
        let Some(last) = code.chars().next_back() else {
            return (Before::Known(self.is_value_at_floor), false);
        };
        if !self.lexical.is_word(last) {
            return (Before::Sign(last), is_beside);
        }
        let start = code.char_indices().rev().take_while(|(_, c)| self.lexical.is_word(*c)).last();
        (Before::Word(&code[start.map_or(0, |(start, _)| start)..]), is_beside)
    }

    /// Whether a value is expected at `at`, rather than an operator.
    pub(super) fn expects_value(&self, text: &str, at: usize) -> bool {
        match self.before(text, at).0 {
            Before::Known(is_value) => is_value,
            Before::Word(word) => self.lexical.value_words.iter().any(|known| known == word),
            Before::Sign(sign) => {
                let is_doubled = || {
                    let code = text[..at].trim_end();
                    "+-".contains(sign) && code[..code.len() - 1].ends_with(sign)
                };
                !(")]}\"'`".contains(sign) || is_doubled())
            }
        }
    }

    /// Makes the present place one behind which nothing is looked at.
    pub(super) fn set_floor(&mut self, position: usize, is_value: bool) {
        self.floor = position;
        self.is_value_at_floor = is_value;
    }
}
