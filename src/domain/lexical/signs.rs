//! The search for signs of a language in the code of a text, comments and strings left out.

use super::{Mode, Scanner};
use crate::domain::language::{Guard, Lexical, Sign, Signs, Token};

/// `text` without what stands in comments and strings. A string leaves a `"`, a comment a space;
/// either leaves a line end if it ran over one, so lines begin where they began.
pub fn code_of(text: &str, lexical: &Lexical) -> String {
    let mut scanner = Scanner::modes_only(lexical);
    let mut code = String::new();
    // Where the run of code, or of what is none, begins that `at` is part of.
    let (mut at, mut start) = (0, 0);
    while at < text.len() {
        let was_code = *scanner.mode() == Mode::Code;
        let next = text.len().min(at + scanner.step_at(text, at));
        let is_code = *scanner.mode() == Mode::Code;
        if was_code && !is_code {
            code.push_str(&text[start..at]);
            code.push(if matches!(scanner.mode(), Mode::String { .. }) { '"' } else { ' ' });
            start = at;
        } else if is_code && !was_code {
            code.extend(text[start..next].contains('\n').then_some('\n'));
            start = next;
        }
        at = next;
    }
    if *scanner.mode() == Mode::Code {
        code.push_str(&text[start..]);
    }
    code
}

/// Whose sign stands first in `code`, as [`code_of`] gives it; of two at one place the first named.
/// The lines of anybody's guards count for nobody.
pub fn by_sign<'a, T>(code: &str, candidates: impl Iterator<Item = (T, &'a Signs)>) -> Option<T> {
    let candidates: Vec<_> = candidates.collect();
    let guards: Vec<_> = candidates.iter().flat_map(|(_, signs)| &signs.guards).collect();
    let words = words_outside(code, &guards);
    let first = |signs: &Signs| {
        (0..words.len()).find(|at| signs.all.iter().any(|sign| matches(sign, &words[*at..])))
    };
    let found = candidates.into_iter().filter_map(|(who, signs)| Some((first(signs)?, who)));
    found.min_by_key(|(at, _)| *at).map(|(_, who)| who)
}

/// A word or another character of code, and whether it is the first of its line.
struct Word<'a> {
    text: &'a str,
    is_first: bool,
}

/// The words of all lines that no guard takes out.
fn words_outside<'a>(code: &'a str, guards: &[&Guard]) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    // The guard that is open, and how many of its kind are open inside it.
    let mut open: Option<(&Guard, usize)> = None;
    for line in code.lines() {
        match &mut open {
            Some((guard, depth)) if begins_with(line, &guard.open) => *depth += 1,
            Some((guard, 0)) if begins_with(line, &guard.close) => open = None,
            Some((guard, depth)) if begins_with(line, &guard.close) => *depth -= 1,
            Some(_) => {}
            None => {
                let is_opened = |guard: &&&Guard| {
                    begins_with(line, &guard.open)
                        && words_of(line).any(|word| word.text == guard.word)
                };
                match guards.iter().find(is_opened) {
                    Some(guard) => open = Some((guard, 0)),
                    None => words.extend(words_of(line)),
                }
            }
        }
    }
    words
}

/// Whether a line begins with `start`, white space aside: `#  if` is `#if`.
fn begins_with(line: &str, start: &str) -> bool {
    let mut line = line.chars().filter(|c| !c.is_whitespace());
    start.chars().all(|c| line.next() == Some(c))
}

fn words_of(line: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = line.trim_start();
    let mut is_first = true;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let word = rest.find(|c| !Sign::is_word(c)).unwrap_or(rest.len());
        let length = if word > 0 { word } else { first.len_utf8() };
        let (text, after) = rest.split_at(length);
        rest = after.trim_start();
        Some(Word { text, is_first: std::mem::take(&mut is_first) })
    })
}

fn matches(sign: &Sign, words: &[Word<'_>]) -> bool {
    let is_token = |(token, word): (&Token, &Word<'_>)| match token {
        Token::Name => word.text.starts_with(|c: char| Sign::is_word(c) && !c.is_numeric()),
        Token::OneOf(texts) => texts.iter().any(|text| text == word.text),
    };
    sign.tokens.len() <= words.len()
        && (words[0].is_first || !sign.is_at_line_start)
        && sign.tokens.iter().zip(words).all(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Delimited;

    fn lexical() -> Lexical {
        let comment = Delimited {
            open: "/*".to_owned(),
            close: "*/".to_owned(),
            is_multiline: true,
            ..Delimited::default()
        };
        Lexical {
            line_comments: vec!["//".to_owned()],
            block_comments: vec![comment],
            ..Lexical::default()
        }
    }

    #[test]
    fn code_is_what_is_neither_comment_nor_string() {
        let check =
            |text: &str, code: &str| assert_eq!(code_of(text, &lexical()), code, "{text:?}");
        check("", "");
        check("a // b\nc", "a  \nc");
        check("a /* b */ c", "a   c");
        check("/* b\n b */ c /* open", " \n c  ");
        check("f(\"b \\\" b\") + 'c'", "f(\") + \"");
        check("é \"é\" 日本", "é \" 日本");
        check("a = \"cut", "a = \"");
    }

    fn signs(all: &[&str]) -> Signs {
        let guard =
            Guard { open: "#if".to_owned(), close: "#endif".to_owned(), word: "X".to_owned() };
        let all = all.iter().filter_map(|sign| Sign::parse(sign)).collect();
        Signs { extensions: Vec::new(), all, guards: vec![guard] }
    }

    /// Which of two candidates is found in some code.
    fn check(code: &str, expected: Option<&str>) {
        let (a, b) = (signs(&["template <", "^class _ ;", "a _"]), signs(&["^ @ end|class"]));
        let found = by_sign(code, [("A", &a), ("B", &b)].into_iter());
        assert_eq!(found, expected, "{code:?}");
    }

    #[test]
    fn white_space_does_not_matter_and_words_are_whole() {
        check("template<", Some("A"));
        check("  template\n\n<", Some("A"));
        check("my_template<", None);
        check("templates<", None);
        check("x class Y;", None);
        check("x\n  class Y ;", Some("A"));
        check("class 3;", None);
        check("class", None);
    }

    #[test]
    fn the_first_sign_decides() {
        check("@class y; template<", Some("B"));
        check("template< \n@end", Some("A"));
        check("x @end", None);
    }

    #[test]
    fn guarded_lines_say_nothing() {
        check("#ifdef X\n#if 1\n#endif\ntemplate<\n#else\n@end\n#endif\n", None);
        check("# if defined(X)\ntemplate<\n # endif\n@end", Some("B"));
        check("#ifdef XY\ntemplate<\n#endif", Some("A"));
        check("#if X\ntemplate<", None);
    }
}
