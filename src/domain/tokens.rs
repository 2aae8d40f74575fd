//! Code as a stream of tokens, for the models of what usually stands beside what.
//!
//! No grammar is needed: words, literals and signs are told apart by the lexical facts of the
//! language. Comments are left out, a string is one token, and the code inside of a template is code.
//! Words and signs are compared by hash, which is what the counts are kept under.

pub mod contexts;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::language::Lexical;
use super::lexical::{Mode, Scanner};
use super::words::{Letters, NAME_BYTES_MAX};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Name,
    /// A number; also a name that is too long to be one.
    Number,
    /// A string or a literal of one character, with all that is in it up to the first code.
    Text,
    /// A bracket, separator or operator.
    Sign,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    /// Its text; of a string only the opening mark.
    pub text: &'t str,
    /// Where it begins, in bytes of the text that is read.
    pub start: usize,
    /// What it is.
    pub kind: Kind,
    /// Whether it is the first of its line.
    pub starts_line: bool,
    /// What it is counted as: literals of a kind are all alike.
    pub hash: u32,
}

/// The hash of every number.
const NUMBER: u32 = 1;
/// The hash of every string.
const TEXT: u32 = 2;

/// The hash of a token as lists of tokens write it: `0` for any number, `"` for any string, `¶` for the end
/// of a line.
pub fn hash_of_written(token: &str) -> u32 {
    match token {
        "0" => NUMBER,
        "\"" => TEXT,
        "¶" => contexts::LINE_BREAK,
        _ => hash(token),
    }
}

/// The hash of a word or sign. It stays the same between runs, so that counts can be stored.
pub const fn hash(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let (mut hash, mut at) = (Fnv::NEW, 0);
    while at < bytes.len() {
        hash = hash.add(bytes[at]);
        at += 1;
    }
    hash.finish()
}

/// FNV-1a with a last mix, as the upper bits are used as well.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Fnv {
    const NEW: Self = Self(0xcbf2_9ce4_8422_2325);

    const fn add(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }

    const fn finish(self) -> u32 {
        mix(self.0 as u32, (self.0 >> 32) as u32)
    }
}

/// The hashes of all bytes: most signs are one.
static OF_BYTES: [u32; 256] = {
    let (mut hashes, mut byte) = ([0; 256], 0);
    while byte < 256 {
        hashes[byte] = Fnv::NEW.add(byte as u8).finish();
        byte += 1;
    }
    hashes
};

/// One hash from two.
pub const fn mix(a: u32, b: u32) -> u32 {
    let product = (a as u64 ^ 0x9e37_79b9).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (b as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    let product = (product ^ (product >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (product >> 32) as u32
}

/// What is kept under the hash of a token, or under that of several.
pub type ByHash<T> = HashMap<u32, T, BuildHasherDefault<AsItIs>>;

/// Hashes of tokens.
pub type Hashes = HashSet<u32, BuildHasherDefault<AsItIs>>;

/// Leaves a hash as it is.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, hash: u32) {
        // Tables take their place from the lower bits and a tag from the upper ones.
        self.0 = u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Signs that are always a token of their own.
const SINGLE: &[u8] = b"()[]{},;\"'`@#";

/// Calls `see` with every token of the code in `text`, which begins in code.
pub fn for_each_token<'t>(text: &'t str, lexical: &'t Lexical, mut see: impl FnMut(Token<'t>)) {
    let letters = Letters::new(lexical);
    let begins_string = openers_in_letters(lexical);
    let mut scanner = Scanner::modes_only(lexical);
    let mut is_single = [false; 256];
    for sign in SINGLE.iter().filter(|sign| !letters.is_word(char::from(**sign))) {
        is_single[usize::from(*sign)] = scanner.is_plain_sign(*sign);
    }
    let bytes = text.as_bytes();
    let (mut at, mut starts_line) = (0, true);
    while let Some(byte) = bytes.get(at) {
        if !matches!(scanner.mode(), Mode::Code) {
            starts_line |= matches!(byte, b'\n' | b'\r') && is_comment(scanner.mode());
            at = ceil_char(text, at + scanner.step_at(text, at));
            continue;
        }
        // Where a line begins, the scanner has to see how deep.
        if *byte == b' ' && !starts_line {
            at += 1;
            continue;
        }
        if is_single[usize::from(*byte)] && !scanner.is_in_template() {
            let (sign, hash) = (&text[at..=at], OF_BYTES[usize::from(*byte)]);
            see(Token { text: sign, start: at, kind: Kind::Sign, starts_line, hash });
            scanner.pass_plain();
            (at, starts_line) = (at + 1, false);
            continue;
        }
        let mut fnv = Fnv::NEW;
        let length = letters.word_at(text, at, |byte| fnv = fnv.add(byte));
        let word = &text[at..at + length];
        let is_name = length > 0
            && !(begins_string[usize::from(*byte)] && letters.begins_string(word, &text[at..]));
        if is_name {
            let is_number = byte.is_ascii_digit() || length > NAME_BYTES_MAX;
            let (kind, hash) =
                if is_number { (Kind::Number, NUMBER) } else { (Kind::Name, fnv.finish()) };
            see(Token { text: word, start: at, kind, starts_line, hash });
            scanner.pass_plain();
            (at, starts_line) = (at + length, false);
            continue;
        }
        let step = scanner.step_at(text, at);
        let length = match scanner.mode() {
            Mode::Code if byte.is_ascii_whitespace() => {
                starts_line |= matches!(byte, b'\n' | b'\r');
                at += step;
                continue;
            }
            Mode::Code => sign_length(text, at, lexical, &letters, &scanner).max(step),
            Mode::String { .. } => step,
            Mode::Text | Mode::LineComment | Mode::BlockComment { .. } => {
                at = ceil_char(text, at + step);
                continue;
            }
        };
        let is_code = matches!(scanner.mode(), Mode::Code);
        let end = ceil_char(text, at + length);
        let sign = &text[at..end];
        let (kind, hash) = if is_code { (Kind::Sign, hash(sign)) } else { (Kind::Text, TEXT) };
        see(Token { text: sign, start: at, kind, starts_line, hash });
        (at, starts_line) = (end, false);
    }
}

/// The bytes with which a string may open that stand in names as well, such as the `r` of `r"`.
fn openers_in_letters(lexical: &Lexical) -> [bool; 256] {
    let mut begins = [false; 256];
    for first in lexical.strings.iter().filter_map(|string| string.open.bytes().next()) {
        begins[usize::from(first)] = true;
    }
    begins
}

fn is_comment(mode: &Mode) -> bool {
    matches!(mode, Mode::LineComment | Mode::BlockComment { .. })
}

/// The bytes of the operator or single sign at `at`.
fn sign_length(
    text: &str,
    at: usize,
    lexical: &Lexical,
    letters: &Letters<'_>,
    scanner: &Scanner<'_>,
) -> usize {
    let rest = &text[at..];
    let bytes = rest.as_bytes();
    if SINGLE.contains(&bytes[0]) {
        return 1;
    }
    let mut operators = lexical.member_operators.iter().map(String::as_bytes);
    let is_here = |o: &&[u8]| o.first() == bytes.first() && bytes.starts_with(o);
    if let Some(operator) = operators.find(is_here) {
        return operator.len();
    }
    let is_operator = |byte: &u8| {
        byte.is_ascii_punctuation()
            && !SINGLE.contains(byte)
            && !letters.is_word(char::from(*byte))
            && !scanner.is_interesting(*byte)
    };
    1 + bytes[1..].iter().take_while(|byte| is_operator(byte)).count()
}

fn ceil_char(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexical() -> Lexical {
        Lexical {
            line_comments: vec!["//".to_owned()],
            member_operators: vec![".".to_owned(), "::".to_owned()],
            ..Lexical::default()
        }
    }

    fn tokens(text: &str) -> Vec<(String, Kind, bool)> {
        let lexical = lexical();
        let mut found = Vec::new();
        for_each_token(text, &lexical, |token| {
            assert_eq!(&text[token.start..token.start + token.text.len()], token.text);
            found.push((token.text.to_owned(), token.kind, token.starts_line));
        });
        found
    }

    #[test]
    fn code_is_cut_into_names_literals_and_signs() {
        let text = "let a = b::c(1, \"x y\"); // no\n  d.é += 'q' => [";
        let words: Vec<_> = tokens(text).into_iter().map(|(text, ..)| text).collect();
        let expected = [
            "let", "a", "=", "b", "::", "c", "(", "1", ",", "\"", ")", ";", "d", ".", "é", "+=",
            "'", "=>", "[",
        ];
        assert_eq!(words, expected);
        let firsts: Vec<_> =
            tokens(text).into_iter().filter(|(.., first)| *first).map(|(text, ..)| text).collect();
        assert_eq!(firsts, ["let", "d"]);
    }

    #[test]
    fn literals_of_a_kind_are_alike_and_words_are_not() {
        let lexical = lexical();
        let mut hashes = Vec::new();
        for_each_token("1 2 \"a\" \"b\" x y x", &lexical, |token| hashes.push(token.hash));
        let [one, two, a, b, x, y, again] = hashes[..] else { panic!("seven tokens") };
        assert!(one == two && a == b && x == again);
        assert!(one != a && a != x && x != y);
    }

    #[test]
    fn no_text_makes_it_panic_or_stand_still() {
        let pieces = ["(", "\"", "\\", "é", "😀", "//", "::", "\r", "\n", "'", "a", "1", " ", "\0"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    tokens(&format!("{a}{b}{c}"));
                }
            }
        }
    }
}
