//! Which delimiters are missing: opened before the cursor and not closed after it.

use super::{Mode, Open, Scanner};
use crate::domain::language::Lexical;

/// Of the delimiters in `stack` (outermost first), those that the text after the cursor does not
/// close. `suffix` begins at the cursor in code mode.
///
/// A closer that is the first thing on its line and stands exactly at the indentation of an outer
/// opener belongs to that opener: what lies between was left open. This is how a missing `}` in
/// the middle of a file is told from one at its end.
pub fn unclosed(lexical: &Lexical, stack: &[Open], suffix: &str) -> Vec<Open> {
    let mut missing = Vec::new();
    let mut outer: Vec<&Open> = stack.iter().collect();
    let mut inner: Vec<Open> = Vec::new();
    let mut delimiters = Delimiters::new(lexical, suffix);
    while !outer.is_empty()
        && let Some(closer) = delimiters.next()
    {
        match closer {
            Token::Open(open) => inner.push(open),
            Token::Close { text, line_start_indent } => {
                if let Some(index) = inner.iter().rposition(|open| open.close == text) {
                    inner.truncate(index);
                    continue;
                }
                let by_indent = line_start_indent.and_then(|indent| {
                    outer.iter().rposition(|o| o.close == text && o.line_indent == indent)
                });
                let index = by_indent.or_else(|| outer.iter().rposition(|o| o.close == text));
                let Some(index) = index else { continue };
                missing.extend(outer.drain(index + 1..).cloned());
                outer.pop();
            }
        }
    }
    missing.extend(outer.into_iter().cloned());
    missing.sort_by_key(|open| open.start);
    missing
}

enum Token {
    Open(Open),
    Close { text: String, line_start_indent: Option<usize> },
}

/// The delimiters of a piece of code in order, with the indentation of closers that begin a line.
/// Found one by one: mostly the first few tell all.
struct Delimiters<'a> {
    lexical: &'a Lexical,
    scanner: Scanner<'a>,
    text: &'a str,
    at: usize,
}

impl<'a> Delimiters<'a> {
    fn new(lexical: &'a Lexical, text: &'a str) -> Self {
        let mut scanner = Scanner::new(lexical);
        // The rest of the cursor's line is not the beginning of a line.
        scanner.continue_line();
        Self { lexical, scanner, text, at: 0 }
    }

    fn next(&mut self) -> Option<Token> {
        let Self { lexical, scanner, text, .. } = self;
        while let Some(byte) = text.as_bytes().get(self.at) {
            let at = self.at;
            scanner.move_to(at);
            let line_start_indent = scanner.line_start_indent();
            let is_code = *scanner.mode() == Mode::Code;
            let depth = scanner.stack().len();
            let step = scanner.step(text, at);
            self.at += step.max(1);
            if !is_code || *scanner.mode() != Mode::Code || !scanner.is_interesting(*byte) {
                continue;
            }
            if scanner.stack().len() > depth {
                return scanner.stack().last().cloned().map(Token::Open);
            }
            if let Some(text) = closer_at(lexical, text, at, step) {
                return Some(Token::Close { text, line_start_indent });
            }
        }
        None
    }
}

fn closer_at(lexical: &Lexical, text: &str, at: usize, step: usize) -> Option<String> {
    let token = text.get(at..at + step)?;
    let is_bracket = || lexical.brackets.iter().any(|(_, close)| token.chars().eq([*close]));
    let is_word = || lexical.word_pairs.iter().any(|pair| pair.close == token);
    (is_bracket() || is_word()).then(|| token.to_owned())
}
