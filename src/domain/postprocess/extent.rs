//! Where an answer is complete: at the end of the token, the line or the block that was asked for.
//!
//! The engine asks this of every streamed piece and stops the model at the first yes, so that
//! tokens nobody wants are never generated or paid for. The same cut is applied to finished text.

use crate::domain::class::{Extent, RequestClass};
use crate::domain::language::{BlockStyle, Lexical};
use crate::domain::lexical::{Mode, Scanner};
use crate::domain::site::Site;

/// The byte at which `text`, inserted at the cursor, fills its extent; `None` while it may go on.
pub fn end_of(site: &Site, class: RequestClass, extent: Extent, text: &str) -> Option<usize> {
    Finder::new(site, class, extent).find(text)
}

/// Looks for the end in a text that grows. Each part of it is read once, so that a stream of a
/// thousand pieces costs no more than the same text in one.
pub struct Finder<'a> {
    wanted: Wanted<'a>,
    /// Bytes read so far.
    read: usize,
}

enum Wanted<'a> {
    Closers { has_closed: bool },
    Word { lexical: &'a Lexical, has_begun: bool },
    Line { has_begun: bool },
    Block(Box<Block<'a>>),
}

impl<'a> Finder<'a> {
    /// At the beginning of a text for this place.
    pub fn new(site: &'a Site, class: RequestClass, extent: Extent) -> Self {
        let wanted = match extent {
            Extent::Token if class == RequestClass::Closer => Wanted::Closers { has_closed: false },
            Extent::Token => {
                Wanted::Word { lexical: &site.document.language.lexical, has_begun: false }
            }
            Extent::Line => Wanted::Line { has_begun: false },
            Extent::Block | Extent::Edit => Wanted::Block(Box::new(Block::new(site))),
        };
        Self { wanted, read: 0 }
    }

    /// The byte at which `text` fills its extent. It must begin with every text it was given before.
    pub fn find(&mut self, text: &str) -> Option<usize> {
        if let Wanted::Block(block) = &mut self.wanted {
            return block.find(text, &mut self.read);
        }
        let from = std::mem::replace(&mut self.read, text.len());
        let mut ends = |(index, c): &(usize, char)| self.wanted.ends_at(text, from + *index, *c);
        text[from..].char_indices().find_map(|at| ends(&at))
    }
}

impl Wanted<'_> {
    /// Where the text ends if this character is where that shows.
    fn ends_at(&mut self, text: &str, index: usize, c: char) -> Option<usize> {
        match self {
            Self::Closers { has_closed } => {
                let is_closer =
                    c.is_whitespace() || ")]}>;,\"'`:/".contains(c) || c.is_alphabetic();
                let is_end = (c == '\n' && *has_closed) || !is_closer;
                *has_closed |= !c.is_whitespace();
                is_end.then(|| text[..index].trim_end().len())
            }
            Self::Word { lexical, has_begun } => {
                let is_word = lexical.is_word(c);
                let is_end = *has_begun && !is_word;
                *has_begun |= is_word;
                is_end.then_some(index)
            }
            Self::Line { has_begun } => {
                *has_begun |= !c.is_whitespace();
                (*has_begun && c == '\n').then_some(index)
            }
            Self::Block(_) => None,
        }
    }
}

/// A block ends where indentation falls back below the line it began on, or where a closer
/// appears for something opened before the cursor that the text after the cursor closes already.
/// Either shows in whole lines only.
struct Block<'a> {
    lexical: &'a Lexical,
    scanner: Scanner<'a>,
    /// Columns of the line it began on.
    base: usize,
    /// How many closers are still missing after the cursor.
    closers_left: usize,
    blank_lines: usize,
    is_first_line: bool,
}

impl<'a> Block<'a> {
    fn new(site: &'a Site) -> Self {
        let lexical = &site.document.language.lexical;
        Self {
            lexical,
            scanner: Scanner::new(lexical),
            base: site.indent.len(),
            closers_left: site.unclosed.len(),
            blank_lines: 0,
            is_first_line: true,
        }
    }

    /// Reads the whole lines from `read` on and moves it behind them.
    fn find(&mut self, text: &str, read: &mut usize) -> Option<usize> {
        while let Some(length) = text[*read..].find('\n') {
            let start = *read;
            *read += length + 1;
            if let Some(end) = self.line(&text[start..*read]) {
                return Some(match end {
                    End::Here => start,
                    End::LineBefore => text[..start].trim_end_matches('\n').len(),
                });
            }
        }
        None
    }

    /// Reads one more line, its line break included.
    fn line(&mut self, line: &str) -> Option<End> {
        let is_first = std::mem::take(&mut self.is_first_line);
        let content = line.trim();
        if content.is_empty() {
            self.blank_lines += usize::from(!is_first);
            return (self.blank_lines >= 2).then_some(End::Here);
        }
        self.blank_lines = 0;
        let indent = line.len() - line.trim_start().len();
        let is_code = *self.scanner.mode() == Mode::Code && self.scanner.stack().is_empty();
        let is_outside = !is_first && indent < self.base && is_code;
        let is_closer = content.starts_with([')', ']', '}']);
        if is_outside && !(is_closer && self.closers_left > 0) {
            return Some(End::LineBefore);
        }
        let depth = self.scanner.stack().len();
        self.scanner.feed(line);
        if is_closer && depth == 0 && self.scanner.stack().is_empty() {
            if self.closers_left == 0 && self.lexical.block_style == BlockStyle::Braces {
                return Some(End::LineBefore);
            }
            self.closers_left = self.closers_left.saturating_sub(1);
        }
        None
    }
}

/// Where the text ends, seen from the line that shows it.
enum End {
    /// At the beginning of the line.
    Here,
    /// At the end of the last line above it that is not blank.
    LineBefore,
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    /// `¦` in the answer marks where it should be cut; without one it may go on.
    fn check(code: &str, class: RequestClass, extent: Extent, answer: &str) {
        let site = site(code);
        let text = answer.replace('¦', "");
        assert_eq!(end_of(&site, class, extent, &text), answer.find('¦'), "{answer}");
        // In pieces of any size the end is found at the same place, as soon as it shows.
        for size in 1..=text.len() {
            let mut finder = Finder::new(&site, class, extent);
            for end in (0..=text.len()).filter(|end| end % size == 0 || *end == text.len()) {
                if !text.is_char_boundary(end) {
                    continue;
                }
                let found = finder.find(&text[..end]);
                assert_eq!(found, end_of(&site, class, extent, &text[..end]), "{answer} {size}");
                if found.is_some() {
                    break;
                }
            }
        }
    }

    #[test]
    fn a_name_ends_where_the_word_does() {
        let name = |answer| check("foo.ba|", RequestClass::Identifier, Extent::Token, answer);
        name("r¦(x)");
        name("r");
        name(" x¦ y");
    }

    #[test]
    fn closers_end_at_the_first_other_thing() {
        let closers = |answer| check("f(g(x|", RequestClass::Closer, Extent::Token, answer);
        closers("));¦\nnext");
        closers("))¦ + 1");
        closers("))");
    }

    #[test]
    fn a_line_may_begin_with_a_line_break() {
        let line = |answer| check("x = |", RequestClass::Line, Extent::Line, answer);
        line("a + b¦\nc");
        line("\n    a + b¦\nc");
        line("\n   ");
    }

    #[test]
    fn a_block_ends_where_its_scope_does() {
        let block = |answer| {
            check("fn f() {\n    |\n}\n", RequestClass::Logic, Extent::Block, answer);
        };
        block("a();\n    if x {\n        b();\n    }\n    c()¦\n}\n\nfn g() {");
        block("a();\n    b(");
        block("a();\n\n    b();\n\n¦\n");
        check(
            "def f():\n    |",
            RequestClass::Logic,
            Extent::Block,
            "x = 1\n    return x¦\n\ndef g():\n    pass",
        );
    }

    #[test]
    fn closers_that_are_missing_belong_to_the_block() {
        check("fn f() {\n    |", RequestClass::Logic, Extent::Block, "a();\n}¦\nfn g() {\n");
    }
}
