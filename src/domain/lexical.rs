//! A scan of text into code, strings and comments, with the delimiters left open.
//!
//! The tree of half-typed code is often broken just where it is needed; this scan needs none. It
//! reads a bounded region once, by the lexical facts of the language, and answers two questions:
//! what is the cursor inside of, and which delimiters were opened before it. It knows nothing of
//! grammar, so it is never confused by it.

use super::language::{Delimited, Lexical};

/// What a place in the text is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Code.
    #[default]
    Code,
    /// A string; holds the text that would close it.
    String {
        /// The closing text.
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

/// An opened delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
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

/// A scanner that can be fed a region in pieces.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    lexical: &'a Lexical,
    /// Bytes at which something other than plain code may begin.
    interesting: [bool; 256],
    mode: Mode,
    depth: usize,
    delimited: Option<&'a Delimited>,
    /// Strings around the interpolated code being scanned, outermost first.
    suspended: Vec<Suspended<'a>>,
    stack: Vec<Open>,
    position: usize,
    line_indent: usize,
    is_line_start: bool,
    /// Whether brackets and block words are looked at. Without them the scan only tells code from
    /// text, several times faster.
    tracks_delimiters: bool,
}

/// A string whose interpolated code is being scanned.
#[derive(Clone, Debug)]
struct Suspended<'a> {
    delimited: &'a Delimited,
    mode: Mode,
    /// How many delimiters were open outside the code.
    outside: usize,
}

impl<'a> Scanner<'a> {
    /// A scanner at the beginning of a region of code.
    pub fn new(lexical: &'a Lexical) -> Self {
        let mut interesting = [false; 256];
        let openers = lexical
            .strings
            .iter()
            .chain(&lexical.block_comments)
            .map(|delimited| delimited.open.as_str())
            .chain(lexical.line_comments.iter().map(String::as_str));
        for byte in openers.filter_map(|open| open.bytes().next()) {
            interesting[byte as usize] = true;
        }
        for (open, close) in &lexical.brackets {
            interesting[*open as usize & 255] = true;
            interesting[*close as usize & 255] = true;
        }
        for pair in &lexical.word_pairs {
            for byte in [&pair.open, &pair.close].into_iter().filter_map(|w| w.bytes().next()) {
                interesting[byte as usize] = true;
            }
        }
        for byte in *b"\n\r \t\\" {
            interesting[byte as usize] = true;
        }
        Self {
            lexical,
            interesting,
            mode: Mode::Code,
            depth: 0,
            delimited: None,
            suspended: Vec::new(),
            stack: Vec::new(),
            position: 0,
            line_indent: 0,
            is_line_start: true,
            tracks_delimiters: true,
        }
    }

    /// A scanner that only tells code, strings and comments apart.
    pub fn modes_only(lexical: &'a Lexical) -> Self {
        let mut scanner = Self { tracks_delimiters: false, ..Self::new(lexical) };
        for pair in &lexical.word_pairs {
            for byte in [&pair.open, &pair.close].into_iter().filter_map(|w| w.bytes().next()) {
                scanner.interesting[byte as usize] = false;
            }
        }
        scanner
    }

    /// Passes over a word, which changes nothing in any mode.
    pub fn skip_word(&mut self, bytes: usize) {
        self.position += bytes;
        self.is_line_start = false;
    }

    /// What the end of the text fed so far is part of.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Delimiters opened and not closed so far, outermost first.
    pub fn stack(&self) -> &[Open] {
        &self.stack
    }

    /// Reads more text. Tokens that straddle two pieces are not recognised: cut where no token is.
    pub fn feed(&mut self, text: &'a str) {
        let bytes = text.as_bytes();
        let base = self.position;
        let mut at = 0;
        while at < bytes.len() {
            if self.mode == Mode::Code {
                let plain = bytes[at..].iter().take_while(|byte| !self.is_interesting(**byte));
                let length = plain.count();
                self.is_line_start &= length == 0;
                at += length;
                if at == bytes.len() {
                    break;
                }
            }
            self.position = base + at;
            at += match self.mode {
                Mode::Code => self.step_code(text, at),
                Mode::LineComment => self.step_line_comment(bytes, at),
                Mode::String { .. } | Mode::BlockComment { .. } => self.step_delimited(text, at),
            };
        }
        self.position = base + bytes.len();
    }

    fn is_interesting(&self, byte: u8) -> bool {
        self.interesting[byte as usize]
    }

    fn step_code(&mut self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let byte = bytes[at];
        if !self.is_interesting(byte) || !text.is_char_boundary(at) {
            self.is_line_start = false;
            return 1;
        }
        match byte {
            b'\n' | b'\r' => {
                self.start_line();
                return 1;
            }
            b' ' | b'\t' => {
                self.line_indent += usize::from(self.is_line_start);
                return 1;
            }
            _ => self.is_line_start = false,
        }
        let rest = &text[at..];
        let is_after_word =
            || text[..at].chars().next_back().is_some_and(|c| self.lexical.is_word(c));
        let comment = self.lexical.block_comments.iter().find(|d| rest.starts_with(&d.open));
        if let Some(delimited) = comment {
            self.mode = Mode::BlockComment { close: delimited.close.clone() };
            return self.enter(delimited);
        }
        if self.lexical.line_comments.iter().any(|open| rest.starts_with(open)) {
            self.mode = Mode::LineComment;
            return 1;
        }
        let string = self.lexical.strings.iter().find(|d| {
            // The letters of `r"` and `f'` count only where they begin a word.
            let is_prefixed = d.open.starts_with(char::is_alphabetic);
            rest.starts_with(&d.open) && !(is_prefixed && is_after_word())
        });
        if let Some(delimited) = string.filter(|d| opens(d, text, at)) {
            let close = delimited.close.clone();
            self.mode = Mode::String { close, start: self.position };
            return self.enter(delimited);
        }
        if byte == b'\\' {
            return 1 + bytes.get(at + 1).map_or(0, |next| usize::from(next.is_ascii()));
        }
        self.step_bracket(text, at)
    }

    fn step_bracket(&mut self, text: &str, at: usize) -> usize {
        if !self.tracks_delimiters && self.suspended.is_empty() {
            return 1;
        }
        let byte = text.as_bytes()[at];
        for (open, close) in &self.lexical.brackets {
            if *open as u32 == u32::from(byte) {
                let is_spaced = text.as_bytes().get(at + 1) == Some(&b' ');
                self.push(open.to_string(), close.to_string(), is_spaced);
                return 1;
            }
            if *close as u32 == u32::from(byte) {
                self.pop(|open| open.close.chars().eq([*close]));
                self.leave_interpolation();
                return 1;
            }
        }
        self.step_word(text, at)
    }

    fn step_word(&mut self, text: &str, at: usize) -> usize {
        if text[..at].chars().next_back().is_some_and(|c| self.lexical.is_word(c)) {
            return 1;
        }
        let rest = &text[at..];
        let length = rest.find(|c| !self.lexical.is_word(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        for pair in &self.lexical.word_pairs {
            if word == pair.open {
                self.push(pair.open.clone(), pair.close.clone(), false);
            } else if word == pair.close {
                self.pop(|open| open.close == pair.close);
            } else {
                continue;
            }
            break;
        }
        length.max(1)
    }

    fn step_line_comment(&mut self, bytes: &[u8], at: usize) -> usize {
        if matches!(bytes[at], b'\n' | b'\r') {
            self.mode = Mode::Code;
            self.start_line();
        }
        1
    }

    fn step_delimited(&mut self, text: &str, at: usize) -> usize {
        let Some(delimited) = self.delimited else {
            self.mode = Mode::Code;
            return 0;
        };
        let bytes = text.as_bytes();
        let byte = bytes[at];
        if delimited.escape.is_some_and(|escape| escape as u32 == u32::from(byte)) {
            return 1 + bytes.get(at + 1).map_or(0, |next| usize::from(*next != b'\n'));
        }
        // A string that may not run over lines ends with its line, closed or not.
        if matches!(byte, b'\n' | b'\r') {
            if !delimited.is_multiline {
                self.mode = Mode::Code;
            }
            self.start_line();
            return 1;
        }
        // Continuation bytes cannot begin a delimiter and would not be a boundary to slice at.
        if (0x80..0xc0).contains(&byte) {
            return 1;
        }
        let rest = &text[at..];
        if let Some((open, close)) = &delimited.code
            && let Some(code) = rest.strip_prefix(open.as_str())
        {
            // A doubled opener stands for itself.
            if open.len() == 1 && code.starts_with(open.as_str()) {
                return 2;
            }
            let mode = std::mem::take(&mut self.mode);
            self.suspended.push(Suspended { delimited, mode, outside: self.stack.len() });
            self.push(open.clone(), close.clone(), false);
            return open.len();
        }
        if rest.starts_with(&delimited.close) {
            self.depth -= 1;
            if self.depth == 0 {
                self.mode = Mode::Code;
            }
            return delimited.close.len();
        }
        if delimited.nests && rest.starts_with(&delimited.open) {
            self.depth += 1;
            return delimited.open.len();
        }
        1
    }

    /// Back to the string when the delimiter that opened its code has just been closed.
    fn leave_interpolation(&mut self) {
        if let Some(string) = self.suspended.pop_if(|s| s.outside >= self.stack.len()) {
            self.delimited = Some(string.delimited);
            self.mode = string.mode;
            self.depth = 1;
        }
    }

    fn enter(&mut self, delimited: &'a Delimited) -> usize {
        self.depth = 1;
        self.delimited = Some(delimited);
        delimited.open.len().max(1)
    }

    fn start_line(&mut self) {
        self.line_indent = 0;
        self.is_line_start = true;
    }

    fn push(&mut self, open: String, close: String, is_spaced: bool) {
        let (start, line_indent) = (self.position, self.line_indent);
        self.stack.push(Open { open, close, start, line_indent, is_spaced });
    }

    /// Closes the delimiter that `close` belongs to. What stands open above it was never closed
    /// and stays behind as unclosed only in [`unclosed`]; here the match wins.
    fn pop(&mut self, is_match: impl Fn(&Open) -> bool) {
        if let Some(index) = self.stack.iter().rposition(is_match) {
            self.stack.truncate(index);
        }
    }
}

/// Whether the opener really opens: a literal of one character must close right after it, or the
/// quote is something else, such as the tick of a lifetime.
fn opens(delimited: &Delimited, text: &str, at: usize) -> bool {
    if !delimited.is_char {
        return true;
    }
    let mut inside = text[at + delimited.open.len()..].chars();
    match inside.next() {
        Some(first) if Some(first) == delimited.escape => true,
        Some('\n' | '\r') | None => false,
        Some(_) => inside.as_str().starts_with(&delimited.close),
    }
}

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
    let mut closers = Closers::new(lexical, suffix);
    while !outer.is_empty()
        && let Some(closer) = closers.next()
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
struct Closers<'a> {
    scanner: Scanner<'a>,
    text: &'a str,
    at: usize,
}

impl<'a> Closers<'a> {
    fn new(lexical: &'a Lexical, text: &'a str) -> Self {
        // The rest of the cursor's line is not the beginning of a line.
        let scanner = Scanner { is_line_start: false, ..Scanner::new(lexical) };
        Self { scanner, text, at: 0 }
    }

    fn next(&mut self) -> Option<Token> {
        let Self { scanner, text, .. } = self;
        let bytes = text.as_bytes();
        while self.at < bytes.len() {
            let at = self.at;
            scanner.position = at;
            let begins_line = scanner.is_line_start;
            let indent = scanner.line_indent;
            let is_code = scanner.mode == Mode::Code;
            let depth = scanner.stack.len();
            let step = match scanner.mode {
                Mode::Code => scanner.step_code(text, at),
                Mode::LineComment => scanner.step_line_comment(bytes, at),
                Mode::String { .. } | Mode::BlockComment { .. } => scanner.step_delimited(text, at),
            };
            self.at += step.max(1);
            if !is_code || scanner.mode != Mode::Code || !scanner.is_interesting(bytes[at]) {
                continue;
            }
            if scanner.stack.len() > depth {
                return scanner.stack.last().cloned().map(Token::Open);
            }
            if let Some(close) = closer_at(scanner.lexical, text, at, step) {
                let line_start_indent = begins_line.then_some(indent);
                return Some(Token::Close { text: close, line_start_indent });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::WordPair;

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
            word_pairs: vec![WordPair { open: "do".to_owned(), close: "end".to_owned() }],
            ..Lexical::default()
        }
    }

    /// `|` is the cursor; the result is the closers that are missing, innermost first.
    fn check(code: &str, closers: &[&str]) {
        let lexical = lexical();
        let (prefix, suffix) = code.split_once('|').expect("a cursor");
        let mut scanner = Scanner::new(&lexical);
        scanner.feed(prefix);
        let open = unclosed(&lexical, scanner.stack(), suffix);
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
                code: Some(("{".to_owned(), "}".to_owned())),
                ..Delimited::default()
            },
        );
        let scan = |text: &'static str| {
            let mut scanner = Scanner::new(&lexical);
            scanner.feed(text);
            let open: String = scanner.stack().iter().map(|open| open.open.as_str()).collect();
            (*scanner.mode() == Mode::Code, open)
        };
        assert_eq!(scan("x = f\"a {g(b"), (true, "{(".to_owned()));
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
                    let _ = unclosed(&lexical, scanner.stack(), &text);
                }
            }
        }
    }
}
