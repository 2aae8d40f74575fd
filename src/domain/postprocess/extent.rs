//! Where an answer is complete: at the end of the token, the line or the block that was asked for.
//!
//! The engine asks this of every streamed piece and stops the model at the first yes, so that
//! tokens nobody wants are never generated or paid for. The same cut is applied to finished text.

use crate::domain::class::{Extent, RequestClass};
use crate::domain::language::{BlockStyle, Lexical};
use crate::domain::lexical::Scanner;
use crate::domain::site::Site;

/// The byte at which `text`, inserted at the cursor, fills its extent; `None` while it may go on.
pub fn end_of(site: &Site, class: RequestClass, extent: Extent, text: &str) -> Option<usize> {
    match extent {
        Extent::Token if class == RequestClass::Closer => end_of_closers(text),
        Extent::Token => end_of_word(&site.document.language.lexical, text),
        Extent::Line => end_of_line(text),
        Extent::Block | Extent::Edit => end_of_block(site, text),
    }
}

fn end_of_closers(text: &str) -> Option<usize> {
    let is_closer = |c: char| c.is_whitespace() || ")]}>;,\"'`:/".contains(c) || c.is_alphabetic();
    let has_closed = |end: usize| text[..end].contains(|c: char| !c.is_whitespace());
    let ends = |(index, c): &(usize, char)| (*c == '\n' && has_closed(*index)) || !is_closer(*c);
    let (end, _) = text.char_indices().find(ends)?;
    Some(text[..end].trim_end().len())
}

fn end_of_word(lexical: &Lexical, text: &str) -> Option<usize> {
    let begins = text.find(|c| lexical.is_word(c))?;
    let length = text[begins..].find(|c| !lexical.is_word(c))?;
    Some(begins + length)
}

fn end_of_line(text: &str) -> Option<usize> {
    let begins = text.find(|c: char| !c.is_whitespace())?;
    text[begins..].find('\n').map(|length| begins + length)
}

/// A block ends where indentation falls back below the line it began on, or where a closer
/// appears for something opened before the cursor that the text after the cursor closes already.
fn end_of_block(site: &Site, text: &str) -> Option<usize> {
    let lexical = &site.document.language.lexical;
    let base = site.indent.len();
    let mut scanner = Scanner::new(lexical);
    let mut closers_left = site.unclosed.len();
    let mut blank_lines = 0;
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim();
        let is_whole = line.ends_with('\n');
        if content.is_empty() {
            blank_lines += usize::from(is_whole && number > 0);
            if blank_lines >= 2 {
                return Some(start);
            }
        } else {
            blank_lines = 0;
            let indent = line.len() - line.trim_start().len();
            let is_outside = number > 0 && is_whole && indent < base && scanner.stack().is_empty();
            let is_closer = content.starts_with([')', ']', '}']);
            if is_outside && !(is_closer && closers_left > 0) {
                return Some(trim_line_end(text, start));
            }
            let depth = scanner.stack().len();
            scanner.feed(line);
            if is_closer && depth == 0 && scanner.stack().is_empty() && is_whole {
                if closers_left == 0 && lexical.block_style == BlockStyle::Braces {
                    return Some(trim_line_end(text, start));
                }
                closers_left = closers_left.saturating_sub(1);
            }
        }
        start += line.len();
    }
    None
}

fn trim_line_end(text: &str, end: usize) -> usize {
    text[..end].trim_end_matches('\n').len()
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
