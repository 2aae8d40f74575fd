//! Cutting a line into tokens from either end, without a grammar.

use crate::domain::words::Letters;

/// What a literal is called, whatever it holds.
pub(super) const STRING: &str = "<string>";
pub(super) const NUMBER: &str = "<number>";

/// Signs that are always a token of their own.
const SINGLE: &[char] = &['(', ')', '[', ']', '{', '}', ',', ';', '"', '\'', '`', '@', '#'];

/// The first token of a text: its name and its bytes. `None` when only white space is left.
pub(super) fn first<'t>(text: &'t str, letters: &Letters<'_>) -> Option<(&'t str, usize)> {
    let start = text.len() - text.trim_start().len();
    let text = &text[start..];
    let head = text.chars().next()?;
    let length = if letters.is_word(head) {
        run(text, |c| letters.is_word(c))
    } else if SINGLE.contains(&head) {
        head.len_utf8()
    } else {
        run(text, |c| is_operator(c, letters))
    };
    Some((named(&text[..length]), start + length))
}

/// The last token of a text: its name and the offset it begins at.
pub(super) fn last<'t>(text: &'t str, letters: &Letters<'_>) -> Option<(&'t str, usize)> {
    let text = text.trim_end();
    let tail = text.chars().next_back()?;
    let length = if letters.is_word(tail) {
        run_back(text, |c| letters.is_word(c))
    } else if SINGLE.contains(&tail) {
        tail.len_utf8()
    } else {
        run_back(text, |c| is_operator(c, letters))
    };
    let start = text.len() - length;
    Some((named(&text[start..]), start))
}

/// How many words and literals a text holds. Stops counting at `most`.
pub(super) fn count_words(text: &str, letters: &Letters<'_>, most: usize) -> usize {
    let mut count = 0;
    let mut in_word = false;
    let mut quote = None;
    for c in text.chars() {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            continue;
        }
        if matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
            count += 1;
            in_word = false;
        } else {
            let was_word = std::mem::replace(&mut in_word, letters.is_word(c));
            count += usize::from(in_word && !was_word);
        }
        if count >= most {
            break;
        }
    }
    count
}

/// The kind of a word that is in no list: how it is written.
pub(super) fn shape(token: &str) -> &'static str {
    let mut chars = token.chars();
    match chars.next() {
        None => "",
        Some('<') if token == STRING || token == NUMBER => "<literal>",
        Some(c) if c.is_uppercase() => {
            if token.len() > 1 && !token.chars().any(char::is_lowercase) {
                "<CONST>"
            } else {
                "<Type>"
            }
        }
        Some(c) if c.is_alphabetic() || c == '_' || c == '$' => {
            if token.contains('_') {
                "<snake_case>"
            } else if token.chars().any(char::is_uppercase) {
                "<camelCase>"
            } else {
                "<word>"
            }
        }
        Some(_) => "<sign>",
    }
}

fn named(token: &str) -> &str {
    match token.chars().next() {
        Some(c) if c.is_ascii_digit() => NUMBER,
        Some('"' | '\'' | '`') => STRING,
        _ => token,
    }
}

fn is_operator(c: char, letters: &Letters<'_>) -> bool {
    !letters.is_word(c) && !c.is_whitespace() && !SINGLE.contains(&c)
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn run_back(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    let end = text.char_indices().rev().find(|(_, c)| !belongs(*c));
    text.len() - end.map_or(0, |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Lexical;

    #[test]
    fn a_line_is_cut_from_both_ends() {
        let lexical = Lexical::default();
        let letters = Letters::new(&lexical);
        let check = |text: &str, first_token: &str, last_token: &str| {
            assert_eq!(first(text, &letters).map(|(token, _)| token), Some(first_token), "{text}");
            assert_eq!(last(text, &letters).map(|(token, _)| token), Some(last_token), "{text}");
        };
        check("  let x = 5", "let", NUMBER);
        check("a::b => ", "a", "=>");
        check("})", "}", ")");
        check("\"é\" + 'x'", STRING, STRING);
        check("x != y_2", "x", "y_2");
        check("->", "->", "->");
        assert_eq!(first(" \t", &letters), None);
        assert_eq!(last("", &letters), None);
    }

    #[test]
    fn words_and_literals_are_counted_up_to_a_bound() {
        let lexical = Lexical::default();
        let letters = Letters::new(&lexical);
        let count = |text: &str| count_words(text, &letters, 10);
        assert_eq!(count(");"), 0);
        assert_eq!(count("foo)"), 1);
        assert_eq!(count("foo(\"a b c\", 1)"), 3);
        assert_eq!(count_words("a b c d", &letters, 2), 2);
    }

    #[test]
    fn words_nobody_listed_are_known_by_how_they_are_written() {
        let shapes = ["", "MAX", "Foo", "X", "foo_bar", "fooBar", "foo", "=>", STRING].map(shape);
        let expected = [
            "",
            "<CONST>",
            "<Type>",
            "<Type>",
            "<snake_case>",
            "<camelCase>",
            "<word>",
            "<sign>",
            "<literal>",
        ];
        assert_eq!(shapes, expected);
    }
}
