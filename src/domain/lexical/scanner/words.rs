//! Blocks between words, such as `do` and `end`.

use super::{Kind, Open, Scanner};
use crate::domain::language::WordPair;

impl Scanner<'_> {
    /// Reads a word, which may open or close a block, and says how many bytes it was.
    pub(super) fn step_word(&mut self, text: &str, at: usize, is_first: bool) -> usize {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| self.lexical.is_word(c)) {
            return 1;
        }
        let rest = &text[at..];
        let length = rest.find(|c| !self.lexical.is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        let is_end = |pair: &&WordPair| pair.open == word || pair.close == word;
        let Some(pair) = self.lexical.word_pairs.iter().find(is_end) else { return length.max(1) };
        // `x.end`, `:end`, `end: 1` and `--end` are names.
        let is_name = before.is_some_and(|c| ".:@$/-".contains(c))
            || (after.starts_with(':') && !after.starts_with("::"));
        let begins = || is_first || self.expects_value(text, at);
        if is_name {
            return length;
        }
        if word == pair.open {
            if (!pair.opens_statement || begins()) && !self.joins(pair) {
                self.push(Kind::Word, pair.open.clone(), pair.close.clone(), false);
            }
        } else if !pair.closes_statement || begins() {
            let close = pair.close.as_str();
            self.close(|open: &Open| open.kind == Kind::Word && open.close == close, is_first);
        }
        length
    }

    /// Whether an opener belongs to one before it on its line, which closes with it.
    fn joins(&mut self, pair: &WordPair) -> bool {
        let line = self.line_start;
        let opened = |open: &Open| open.kind == Kind::Word && pair.joins.contains(&open.open);
        let found = self.stack.last_mut().filter(|open| open.start >= line && opened(open));
        // It takes the word's name, so that a second one opens a block of its own.
        found.map(|open| open.open.clone_from(&pair.open)).is_some()
    }
}
