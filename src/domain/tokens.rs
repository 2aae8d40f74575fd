//! Code as a stream of tokens, for the models of what usually stands beside what.
//!
//! No grammar is needed: words, literals and signs are told apart by the lexical facts of the
//! language. Comments are left out, a string is one token, and the code inside of a template is code.
//! Words and signs are compared by hash, which is what the counts are kept under.

pub mod contexts;
mod reader;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::language::Lexical;
pub use reader::{Reader, Resume};

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

/// Calls `see` with every token of the code in `text`, which begins in code.
pub fn for_each_token<'t>(text: &'t str, lexical: &Lexical, see: impl FnMut(Token<'t>)) {
    Reader::new(lexical).read(text, 0..text.len(), see);
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
