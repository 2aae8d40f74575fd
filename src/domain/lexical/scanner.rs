//! The scanner: one pass over text that keeps the mode and the stack of open delimiters.
//!
//! Plain code is passed over by a table of bytes; what is left is read token by token by the files
//! beside this one, each for one kind of delimiter. What a language has of them is data.

use super::{Kind, Mode, Open};
use crate::domain::language::{Delimited, Lexical, Place};

pub use after::Unclosed;
use heredoc::Pending;
use strings::{Suspended, Text};
use tables::Tables;

mod after;
mod angles;
mod before;
mod heredoc;
mod strings;
mod tables;
mod tags;
mod words;

/// Bound: delimiters open at once. Code nests some tens deep; a file of nothing but brackets must
/// cost neither memory nor a search through millions of them for each closer.
const DEPTH_MAX: usize = 256;

/// A scanner that can be fed a region in pieces.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Scanner<'a> {
    lexical: &'a Lexical,
    /// Bytes at which something other than plain code may begin.
    interesting: [bool; 256],
    /// Of these, those at which a string or a comment may begin.
    opens_text: [bool; 256],
    /// Bytes that stand second in openers that begin with a letter.
    second: [bool; 256],
    /// Bytes that words of pairs begin with.
    begins_word: [bool; 256],
    mode: Mode,
    /// The string or comment that `mode` tells of.
    text: Option<Text<'a>>,
    /// Strings around the interpolated code being scanned, outermost first.
    suspended: Vec<Suspended<'a>>,
    /// Strings whose openers stand on this line and whose text begins on the next.
    pending: Vec<Pending<'a>>,
    stack: Vec<Open>,
    position: usize,
    line_start: usize,
    line_indent: usize,
    is_line_start: bool,
    /// Where looking back at the code before a place must stop: the end of a comment or string, or
    /// the beginning of the piece.
    floor: usize,
    /// Whether a value was expected there.
    is_value_at_floor: bool,
    /// Whether the language has signs whose meaning the code before them decides.
    looks_back: bool,
    /// Whether brackets and block words are looked at. Without them the scan only tells code from
    /// text, several times faster.
    tracks_delimiters: bool,
    /// Where the text after the cursor begins, once that is read.
    cursor: Option<usize>,
    /// What was opened before the cursor and was found not to be closed after it.
    missing: Vec<Open>,
}

/// How to go on at the beginning of a line, outside of any text.
#[derive(Clone, Debug)]
pub struct Resume {
    mode: Mode,
    stack: Vec<Open>,
    position: usize,
    floor: usize,
    is_value_at_floor: bool,
}

impl<'a> Scanner<'a> {
    /// A scanner at the beginning of a region of code.
    pub fn new(lexical: &'a Lexical) -> Self {
        let Tables { interesting, opens_text, second, begins_word } = Tables::new(lexical);
        let is_placed = |d: &Delimited| d.place != Place::Anywhere;
        let mut scanner = Self {
            lexical,
            interesting,
            opens_text,
            second,
            begins_word,
            mode: Mode::Code,
            text: None,
            suspended: Vec::new(),
            pending: Vec::new(),
            stack: Vec::new(),
            position: 0,
            line_start: 0,
            line_indent: 0,
            is_line_start: true,
            floor: 0,
            is_value_at_floor: true,
            looks_back: lexical.strings.iter().any(is_placed)
                || lexical.angles.is_some()
                || lexical.tags.is_some()
                || lexical.word_pairs.iter().any(|p| p.opens_statement || p.closes_statement),
            tracks_delimiters: true,
            cursor: None,
            missing: Vec::new(),
        };
        scanner.mode = scanner.mode_between();
        scanner
    }

    /// A scanner that only tells code, strings and comments apart.
    pub fn modes_only(lexical: &'a Lexical) -> Self {
        let mut scanner = Self { tracks_delimiters: false, ..Self::new(lexical) };
        for byte in 0..256 {
            scanner.interesting[byte] &= !scanner.begins_word[byte] || scanner.opens_text[byte];
        }
        scanner.begins_word = [false; 256];
        scanner
    }

    /// How another scanner may go on in the same region; `None` unless a line begins here, in code or
    /// between tags.
    pub fn resume(&self) -> Option<Resume> {
        let is_between = matches!(self.mode, Mode::Code | Mode::Text)
            && self.suspended.is_empty()
            && self.pending.is_empty();
        (is_between && self.is_line_start && self.line_indent == 0).then(|| Resume {
            mode: self.mode.clone(),
            stack: self.stack.clone(),
            position: self.line_start,
            floor: self.floor,
            is_value_at_floor: self.is_value_at_floor,
        })
    }

    /// This one, new, where another one has stopped.
    #[must_use]
    pub fn resumed(self, resume: &Resume) -> Self {
        let Resume { mode, stack, position, floor, is_value_at_floor } = resume.clone();
        let line_start = position;
        Self { mode, stack, position, line_start, floor, is_value_at_floor, ..self }
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
    pub fn feed(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let base = self.position;
        self.floor = base;
        let mut at = 0;
        while at < bytes.len() {
            if self.mode == Mode::Code {
                let length = self.plain(&bytes[at..]);
                at += length;
                if at == bytes.len() {
                    break;
                }
            }
            self.position = base + at;
            at += self.step(text, at);
        }
        self.position = base + bytes.len();
        if self.looks_back && self.mode == Mode::Code {
            self.is_value_at_floor = self.expects_value(text, text.len());
        }
    }

    /// Whether something other than plain code may begin with this byte.
    pub fn is_interesting(&self, byte: u8) -> bool {
        self.interesting[usize::from(byte)]
    }

    /// Reads what stands at `at` in `text`, which must be the whole region, and says how many bytes
    /// it was; 0 when only the mode changed.
    pub fn step_at(&mut self, text: &str, at: usize) -> usize {
        self.position = at;
        self.step(text, at)
    }

    /// Passes over bytes at which nothing but plain code can be, and says how many there are.
    pub fn plain(&mut self, bytes: &[u8]) -> usize {
        let mut length = 0;
        loop {
            let rest = bytes[length..].iter();
            length += rest.take_while(|byte| !self.interesting[usize::from(**byte)]).count();
            self.is_line_start &= length == 0;
            // White space counts only where a line begins.
            if self.is_line_start || bytes.get(length) != Some(&b' ') {
                return length;
            }
            length += 1;
        }
    }

    /// Whether a sign opens nothing and changes no mode wherever it stands in code, unless that is
    /// [in a template](Self::is_in_template).
    pub fn is_plain_sign(&self, sign: u8) -> bool {
        let byte = usize::from(sign);
        let is_looked_at = self.tracks_delimiters || self.lexical.tags.is_some() || sign == b'\\';
        sign.is_ascii_punctuation()
            && !self.opens_text[byte]
            && !(self.interesting[byte] && is_looked_at)
    }

    /// Whether the code scanned stands in a string, as in a template.
    pub fn is_in_template(&self) -> bool {
        !self.suspended.is_empty()
    }

    /// Passes over a name or sign that is known to open nothing.
    pub fn pass_plain(&mut self) {
        self.is_line_start = false;
    }

    fn step(&mut self, text: &str, at: usize) -> usize {
        match self.mode {
            Mode::Code => self.step_code(text, at),
            Mode::LineComment => self.step_line_comment(text.as_bytes(), at),
            Mode::Text => self.step_between_tags(text, at),
            Mode::String { .. } | Mode::BlockComment { .. } => self.step_text(text, at),
        }
    }

    fn step_code(&mut self, text: &str, at: usize) -> usize {
        let byte = text.as_bytes()[at];
        if !self.interesting[usize::from(byte)] || !text.is_char_boundary(at) {
            self.is_line_start = false;
            return 1;
        }
        match byte {
            b'\n' | b'\r' => {
                self.start_line();
                return 1;
            }
            b' ' | b'\t' => {
                let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
                let length = text.as_bytes()[at..].iter().take_while(blank).count();
                self.line_indent += if self.is_line_start { length } else { 0 };
                return length;
            }
            _ => {}
        }
        let is_first = std::mem::take(&mut self.is_line_start);
        if byte.is_ascii_alphabetic()
            && let Some(length) = self.pass_letters(text.as_bytes(), at)
        {
            return length;
        }
        if self.opens_text[usize::from(byte)]
            && let Some(length) = self.open_text(text, at, is_first)
        {
            return length;
        }
        if byte == b'\\' && !self.lexical.is_word('\\') {
            return 1 + text
                .as_bytes()
                .get(at + 1)
                .map_or(0, |b| usize::from(b.is_ascii() && *b != b'\n'));
        }
        if let Some(length) = self.step_tag(text, at) {
            return length;
        }
        if !self.tracks_delimiters && self.suspended.is_empty() && self.lexical.tags.is_none() {
            return 1;
        }
        self.step_delimiter(text, at, is_first)
    }

    /// Passes over the letters of a word inside which nothing begins: behind its first letter, or
    /// where it is neither the beginning of an opener nor a word of a pair.
    fn pass_letters(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let begins = at == 0 || !is_letter(&bytes[at - 1]);
        let opens = bytes.get(at + 1).is_some_and(|next| {
            self.second[usize::from(*next)] && self.opens_text[usize::from(bytes[at])]
        });
        let is_passed = !begins || !(opens || self.begins_word[usize::from(bytes[at])]);
        is_passed.then(|| bytes[at..].iter().take_while(|byte| is_letter(byte)).count())
    }

    fn step_delimiter(&mut self, text: &str, at: usize, is_first: bool) -> usize {
        let byte = text.as_bytes()[at];
        for (open, close) in &self.lexical.brackets {
            if *open as u32 == u32::from(byte) {
                let is_spaced = text.as_bytes().get(at + 1) == Some(&b' ');
                self.push(Kind::Bracket, open.to_string(), close.to_string(), is_spaced);
                return 1;
            }
            if *close as u32 == u32::from(byte) {
                let is_match =
                    |open: &Open| open.kind == Kind::Bracket && open.close.ends_with(*close);
                self.close(is_match, is_first);
                self.leave_code();
                return 1;
            }
        }
        if matches!(byte, b'<' | b'>') && self.tracks_delimiters {
            self.step_angle(text, at);
            return 1;
        }
        if self.tracks_delimiters { self.step_word(text, at, is_first) } else { 1 }
    }

    fn step_line_comment(&mut self, bytes: &[u8], at: usize) -> usize {
        if matches!(bytes[at], b'\n' | b'\r') {
            self.mode = Mode::Code;
            self.floor = self.position;
            self.start_line();
            return 1;
        }
        memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at)
    }

    /// Begins a line behind its line break, which stands at the present position.
    fn start_line(&mut self) {
        self.line_start = self.position + 1;
        self.line_indent = 0;
        self.is_line_start = true;
        if self.mode == Mode::Code {
            self.drop_torn_strings();
            self.open_pending();
        }
    }

    /// What is neither string nor comment where the scan stands: code, or text between tags.
    fn mode_between(&self) -> Mode {
        let Some(tags) = &self.lexical.tags else { return Mode::Code };
        let is_text = match self.stack.last() {
            None => tags.is_markup,
            Some(open) => {
                let name = open.open.trim_start_matches('<');
                open.kind == Kind::Element && !tags.raw.iter().any(|raw| raw == name)
            }
        };
        if is_text { Mode::Text } else { Mode::Code }
    }

    fn push(&mut self, kind: Kind, open: String, close: String, is_spaced: bool) {
        self.drop_stale_angles();
        if self.stack.len() == DEPTH_MAX {
            return;
        }
        let (start, line_indent) = (self.position, self.line_indent);
        self.stack.push(Open { kind, open, close, start, line_indent, is_spaced });
    }

    /// How many of the open delimiters were opened before the cursor; none until it is passed.
    fn outer(&self) -> usize {
        let cursor = self.cursor.unwrap_or(0);
        self.stack.iter().take_while(|open| open.start < cursor).count()
    }

    /// Closes the delimiter that a closer belongs to. What stands open above it was never closed: it
    /// is missing if it was opened before the cursor.
    ///
    /// A closer that is the first thing on its line and stands exactly at the indentation of an
    /// outer opener belongs to that opener: what lies between was left open. This is how a missing
    /// `}` in the middle of a file is told from one at its end.
    fn close(&mut self, is_match: impl Fn(&Open) -> bool, is_first: bool) -> bool {
        self.drop_stale_angles();
        let outer = self.outer();
        // Interpolated code ends with its own closer only.
        let barrier = self.suspended.last().map_or(0, |string| string.outside + 1);
        let from = outer.max(barrier).min(self.stack.len());
        let inner = self.stack[from..].iter().rposition(&is_match).map(|index| index + from);
        let before = if barrier > outer { &[] } else { &self.stack[..outer] };
        let indent = self.line_indent;
        let by_indent =
            || before.iter().rposition(|o| is_first && is_match(o) && o.line_indent == indent);
        let index = inner.or_else(by_indent).or_else(|| before.iter().rposition(&is_match));
        if let Some(index) = index {
            self.missing
                .extend(self.stack.drain(index..).take(outer.saturating_sub(index)).skip(1));
            self.suspended.retain(|string| string.outside < index);
        }
        index.is_some()
    }
}
