//! The scanner: one pass over text that keeps the mode and the stack of open delimiters.

use super::{Mode, Open};
use crate::domain::language::{Delimited, Lexical};

/// Bound: delimiters open at once. Code nests some tens deep; a file of nothing but brackets must
/// cost neither memory nor a search through millions of them for each closer.
const DEPTH_MAX: usize = 256;

/// A scanner that can be fed a region in pieces.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    lexical: &'a Lexical,
    /// Bytes at which something other than plain code may begin.
    interesting: [bool; 256],
    /// Of these, those at which a string or a comment may begin.
    opens_text: [bool; 256],
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
        let opens_text = interesting;
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
            opens_text,
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

    /// What comes next stands behind something on the same line.
    pub(super) fn continue_line(&mut self) {
        self.is_line_start = false;
    }

    /// Moves to an offset of the text being stepped through.
    pub(super) fn move_to(&mut self, position: usize) {
        self.position = position;
    }

    /// The indentation of the line, when nothing but it has been read of the line yet.
    pub(super) fn line_start_indent(&self) -> Option<usize> {
        self.is_line_start.then_some(self.line_indent)
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
            at += self.step(text, at);
        }
        self.position = base + bytes.len();
    }

    /// Whether something other than plain code may begin with this byte.
    pub(in crate::domain) fn is_interesting(&self, byte: u8) -> bool {
        self.interesting[usize::from(byte)]
    }

    /// Reads what stands at `at` and says how many bytes it was; 0 when only the mode changed.
    pub(in crate::domain) fn step(&mut self, text: &str, at: usize) -> usize {
        match self.mode {
            Mode::Code => self.step_code(text, at),
            Mode::LineComment => self.step_line_comment(text.as_bytes(), at),
            Mode::String { .. } | Mode::BlockComment { .. } => self.step_delimited(text, at),
        }
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
        if !self.opens_text[usize::from(byte)] {
            return self.step_sign(text, at);
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
        self.step_sign(text, at)
    }

    /// What is neither white space nor the beginning of a string or comment.
    fn step_sign(&mut self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        if bytes[at] == b'\\' {
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
            return 1;
        }
        memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at)
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
        // The escape is an ASCII character in every row; of the others the first byte decides.
        let first = |text: &str| text.as_bytes().first().copied();
        let escape = delimited.escape.and_then(|escape| u8::try_from(escape).ok());
        let close = first(&delimited.close);
        let open = first(&delimited.open).filter(|_| delimited.nests);
        let code = delimited.code.as_ref().and_then(|(open, _)| first(open));
        let ends_run = |byte: u8| {
            matches!(byte, b'\n' | b'\r')
                || [escape, close, open, code].into_iter().flatten().any(|stop| stop == byte)
        };
        let run = bytes[at..].iter().take_while(|byte| !ends_run(**byte)).count();
        if run > 0 {
            return run;
        }
        // Continuation bytes cannot begin a delimiter and would not be a boundary to slice at.
        if (0x80..0xc0).contains(&byte) {
            return 1;
        }
        let rest = &text[at..];
        if let Some((open, close)) = &delimited.code
            && self.suspended.len() < DEPTH_MAX
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
        if self.stack.len() == DEPTH_MAX {
            return;
        }
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
