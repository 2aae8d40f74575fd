//! Reading code token by token, in pieces where that is wanted.

use std::ops::Range;

use super::{Fnv, Kind, NUMBER, OF_BYTES, TEXT, Token, hash};
use crate::domain::language::Lexical;
use crate::domain::lexical::{self, Mode, Scanner};
use crate::domain::words::{Letters, NAME_BYTES_MAX};

/// Signs that are always a token of their own.
const SINGLE: &[u8] = b"()[]{},;\"'`@#";

/// Reads the code of one text.
pub struct Reader<'l> {
    lexical: &'l Lexical,
    letters: Letters<'l>,
    /// The bytes with which a string may open that stand in names as well, such as the `r` of `r"`.
    begins_string: [bool; 256],
    /// The bytes that are a token of their own and open nothing.
    is_single: [bool; 256],
    scanner: Scanner<'l>,
    starts_line: bool,
}

/// How to go on with a text at the beginning of a line.
#[derive(Clone, Debug)]
pub struct Resume {
    scanner: lexical::Resume,
    starts_line: bool,
}

impl<'l> Reader<'l> {
    /// A reader at the beginning of a text, which begins in code.
    pub fn new(lexical: &'l Lexical) -> Self {
        Self::with(lexical, Scanner::modes_only(lexical))
    }

    /// A reader that goes on where another one stopped, with the same text up to there.
    pub fn resumed(lexical: &'l Lexical, resume: &Resume) -> Self {
        let scanner = Scanner::modes_only(lexical).resumed(&resume.scanner);
        Self { starts_line: resume.starts_line, ..Self::with(lexical, scanner) }
    }

    fn with(lexical: &'l Lexical, scanner: Scanner<'l>) -> Self {
        let letters = Letters::new(lexical);
        let mut begins_string = [false; 256];
        for first in lexical.strings.iter().filter_map(|string| string.open.bytes().next()) {
            begins_string[usize::from(first)] = true;
        }
        let mut is_single = [false; 256];
        for sign in SINGLE.iter().filter(|sign| !letters.is_word(char::from(**sign))) {
            is_single[usize::from(*sign)] = scanner.is_plain_sign(*sign);
        }
        Self { lexical, letters, begins_string, is_single, scanner, starts_line: true }
    }

    /// How to go on behind what was read; `None` unless that ends with a line in code.
    pub fn resume(&self) -> Option<Resume> {
        let scanner = self.scanner.resume()?;
        Some(Resume { scanner, starts_line: self.starts_line })
    }

    /// Calls `see` with every token that begins in `range`, where reading is to go on, and returns where
    /// the last of them ends. `text` must be the whole text, as signs are understood by what is around.
    pub fn read<'t>(
        &mut self,
        text: &'t str,
        range: Range<usize>,
        mut see: impl FnMut(Token<'t>),
    ) -> usize {
        let bytes = text.as_bytes();
        let mut at = range.start;
        while at < range.end {
            let byte = bytes[at];
            if !matches!(self.scanner.mode(), Mode::Code) {
                self.starts_line |=
                    matches!(byte, b'\n' | b'\r') && is_comment(self.scanner.mode());
                at = ceil_char(text, at + self.scanner.step_at(text, at));
                continue;
            }
            // Where a line begins, the scanner has to see how deep.
            if byte == b' ' && !self.starts_line {
                at += 1;
                continue;
            }
            let starts_line = self.starts_line;
            if self.is_single[usize::from(byte)] && !self.scanner.is_in_template() {
                let (sign, hash) = (&text[at..=at], OF_BYTES[usize::from(byte)]);
                see(Token { text: sign, start: at, kind: Kind::Sign, starts_line, hash });
                self.scanner.pass_plain();
                (at, self.starts_line) = (at + 1, false);
                continue;
            }
            let mut fnv = Fnv::NEW;
            let length = self.letters.word_at(text, at, |byte| fnv = fnv.add(byte));
            let word = &text[at..at + length];
            let is_name = length > 0
                && !(self.begins_string[usize::from(byte)]
                    && self.letters.begins_string(word, &text[at..]));
            if is_name {
                let is_number = byte.is_ascii_digit() || length > NAME_BYTES_MAX;
                let (kind, hash) =
                    if is_number { (Kind::Number, NUMBER) } else { (Kind::Name, fnv.finish()) };
                see(Token { text: word, start: at, kind, starts_line, hash });
                self.scanner.pass_plain();
                (at, self.starts_line) = (at + length, false);
                continue;
            }
            at = self.read_sign(text, at, &mut see);
        }
        at
    }

    /// Reads anything but a name: a sign, the mark that opens a string, white space, a comment.
    fn read_sign<'t>(
        &mut self,
        text: &'t str,
        at: usize,
        see: &mut impl FnMut(Token<'t>),
    ) -> usize {
        let byte = text.as_bytes()[at];
        let step = self.scanner.step_at(text, at);
        let length = match self.scanner.mode() {
            Mode::Code if byte.is_ascii_whitespace() => {
                self.starts_line |= matches!(byte, b'\n' | b'\r');
                return at + step;
            }
            Mode::Code => self.sign_length(text, at).max(step),
            Mode::String { .. } => step,
            Mode::Text | Mode::LineComment | Mode::BlockComment { .. } => {
                return ceil_char(text, at + step);
            }
        };
        let is_code = matches!(self.scanner.mode(), Mode::Code);
        let end = ceil_char(text, at + length);
        let sign = &text[at..end];
        let (kind, hash) = if is_code { (Kind::Sign, hash(sign)) } else { (Kind::Text, TEXT) };
        let starts_line = std::mem::take(&mut self.starts_line);
        see(Token { text: sign, start: at, kind, starts_line, hash });
        end
    }

    /// The bytes of the operator or single sign at `at`.
    fn sign_length(&self, text: &str, at: usize) -> usize {
        let bytes = &text.as_bytes()[at..];
        if SINGLE.contains(&bytes[0]) {
            return 1;
        }
        let mut operators = self.lexical.member_operators.iter().map(String::as_bytes);
        let is_here = |o: &&[u8]| o.first() == bytes.first() && bytes.starts_with(o);
        if let Some(operator) = operators.find(is_here) {
            return operator.len();
        }
        let is_operator = |byte: &u8| {
            byte.is_ascii_punctuation()
                && !SINGLE.contains(byte)
                && !self.letters.is_word(char::from(*byte))
                && !self.scanner.is_interesting(*byte)
        };
        1 + bytes[1..].iter().take_while(|byte| is_operator(byte)).count()
    }
}

fn is_comment(mode: &Mode) -> bool {
    matches!(mode, Mode::LineComment | Mode::BlockComment { .. })
}

fn ceil_char(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
