//! A scan of text into code, strings and comments, with the delimiters left open.
//!
//! The tree of half-typed code is often broken just where it is needed; this scan needs none. It
//! reads a bounded region once, by the lexical facts of the language, and answers two questions:
//! what is the cursor inside of, and which delimiters were opened before it. It knows nothing of
//! grammar, so it is never confused by it.

mod scanner;
mod signs;

pub use scanner::{Resume, Scanner, Unclosed};
pub use signs::{by_sign, code_of};

/// What a place in the text is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Code.
    #[default]
    Code,
    /// Text between tags.
    Text,
    /// A string or another literal, such as a regular expression; holds the text that would close
    /// it.
    String {
        /// The closing text; empty where indentation ends it.
        close: String,
        /// Where the opening text begins, relative to the scanned region.
        start: usize,
    },
    /// A comment that ends with the line.
    LineComment,
    /// A comment with an end of its own; holds the text that would close it.
    BlockComment {
        /// The closing text.
        close: String,
    },
}

/// What kind of delimiter something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bracket, also one that opens code in a string, such as `${`.
    Bracket,
    /// A word, such as `do`.
    Word,
    /// The `<` of a list of types.
    Angle,
    /// A tag up to its `>`, such as `<div`.
    Tag,
    /// An element up to its closing tag, such as `<div` and `</div>`.
    Element,
    /// A string or comment.
    Text,
}

/// An opened delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What kind of delimiter it is.
    pub kind: Kind,
    /// What was opened, such as `(` or `do`.
    pub open: String,
    /// What closes it.
    pub close: String,
    /// Where it stands, relative to the scanned region.
    pub start: usize,
    /// Columns of white space before the first character of its line.
    pub line_indent: usize,
    /// Whether a space follows it, as in `{ a: 1 }`.
    pub is_spaced: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::{Delimited, Lexical, WordPair};

    fn lexical() -> Lexical {
        Lexical {
            line_comments: vec!["//".to_owned()],
            block_comments: vec![Delimited {
                open: "/*".to_owned(),
                close: "*/".to_owned(),
                escape: None,
                is_multiline: true,
                nests: true,
                ..Delimited::default()
            }],
            word_pairs: vec![WordPair {
                open: "do".to_owned(),
                close: "end".to_owned(),
                ..WordPair::default()
            }],
            ..Lexical::default()
        }
    }

    /// `|` is the cursor; the result is the closers that are missing, innermost first.
    fn check(code: &str, closers: &[&str]) {
        let lexical = lexical();
        let (prefix, suffix) = code.split_once('|').expect("a cursor");
        let mut scanner = Scanner::new(&lexical);
        scanner.feed(prefix);
        let open = scanner.unclosed(suffix).delimiters;
        let found: Vec<_> = open.iter().rev().map(|open| open.close.as_str()).collect();
        assert_eq!(found, closers, "{code}");
    }

    #[test]
    fn what_is_open_before_and_not_closed_after_is_missing() {
        check("foo(bar[1|", &["]", ")"]);
        check("foo(bar[1|])", &[]);
        check("foo(bar[1|]", &[")"]);
        check("f(\")\", '(', g(x|)", &[")"]);
        check("a(b // ((\n, c|", &[")"]);
        check("a( /* ( /* ( */ ( */ b|", &[")"]);
        check("each do x|", &["end"]);
        check("undone do x|\nend", &[]);
    }

    #[test]
    fn a_closer_at_the_indentation_of_an_outer_opener_belongs_to_it() {
        check("fn f() {\n    if x {\n        a|\n}\nfn g() {}\n", &["}"]);
        check("fn f() {\n    if x {\n        a|\n    }\n}\n", &[]);
        check("f(a, |;\n}", &[")"]);
    }

    #[test]
    fn the_mode_at_the_end_is_known() {
        let lexical = lexical();
        let mode = |text: &'static str| {
            let mut scanner = Scanner::new(&lexical);
            scanner.feed(text);
            scanner.mode().clone()
        };
        assert_eq!(mode("a + b"), Mode::Code);
        assert_eq!(mode("a // b"), Mode::LineComment);
        assert_eq!(mode("a // b\nc"), Mode::Code);
        assert_eq!(mode("x = \"é\\\" "), Mode::String { close: "\"".to_owned(), start: 4 });
        assert_eq!(mode("x = \"open\ny"), Mode::Code);
        assert_eq!(mode("/* é "), Mode::BlockComment { close: "*/".to_owned() });
    }

    #[test]
    fn interpolated_code_is_code_and_the_string_goes_on_after_it() {
        let mut lexical = lexical();
        lexical.strings.insert(
            0,
            Delimited {
                open: "f\"".to_owned(),
                close: "\"".to_owned(),
                code: vec![("{".to_owned(), "}".to_owned())],
                ..Delimited::default()
            },
        );
        let scan = |text: &'static str| {
            let mut scanner = Scanner::new(&lexical);
            scanner.feed(text);
            let open: String = scanner.stack().iter().map(|open| open.open.as_str()).collect();
            (*scanner.mode() == Mode::Code, open)
        };
        assert_eq!(scan("x = f\"a {g(b"), (true, "f\"{(".to_owned()));
        assert_eq!(scan("x = f\"a {g(b)} c"), (false, String::new()));
        assert_eq!(scan("x = f\"a {g(b)} c\" + (d"), (true, "(".to_owned()));
        assert_eq!(scan("x = f\"a {{ c"), (false, String::new()));
        assert_eq!(scan("x = of\"a {g"), (false, String::new()));
    }

    #[test]
    fn no_text_makes_it_panic() {
        let lexical = lexical();
        let pieces =
            ["(", "\"", "\\", "é", "😀", "/*", "*/", "\r", "\n", "do", "end", "'", "}", "{"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    let text = format!("{a}{b}{c}");
                    let mut scanner = Scanner::new(&lexical);
                    scanner.feed(&text);
                    let _ = scanner.unclosed(&text);
                }
            }
        }
    }
}
