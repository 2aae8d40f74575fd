//! Code as a stream of tokens, for the models of what usually stands beside what.
//!
//! No grammar is needed: words, literals and signs are told apart by the lexical facts of the
//! language. Comments are left out, a string is one token, and the code inside of a template is code.
//! Words and signs are compared by hash, which is what the counts are kept under.

pub mod contexts;

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
}

/// The hash of every number.
const NUMBER: u32 = 1;
/// The hash of every string.
const TEXT: u32 = 2;

impl Token<'_> {
    /// What the token is counted as: literals of a kind are all alike.
    pub fn hash(&self) -> u32 {
        match self.kind {
            Kind::Name | Kind::Sign => hash(self.text),
            Kind::Number => NUMBER,
            Kind::Text => TEXT,
        }
    }
}

/// The hash of a word or sign. It stays the same between runs, so that counts can be stored.
pub fn hash(text: &str) -> u32 {
    // FNV-1a with a last mix, as the upper bits are used as well.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mix(hash as u32, (hash >> 32) as u32)
}

/// One hash from two.
pub fn mix(a: u32, b: u32) -> u32 {
    let product = (u64::from(a) ^ 0x9e37_79b9).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ u64::from(b).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    let product = (product ^ (product >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (product >> 32) as u32
}

/// Signs that are always a token of their own.
const SINGLE: &[u8] = b"()[]{},;\"'`@#";

/// Calls `see` with every token of the code in `text`, which begins in code.
pub fn for_each_token<'t>(text: &'t str, lexical: &'t Lexical, mut see: impl FnMut(Token<'t>)) {
    let letters = Letters::new(lexical);
    let mut scanner = Scanner::modes_only(lexical);
    let bytes = text.as_bytes();
    let (mut at, mut starts_line) = (0, true);
    while let Some(byte) = bytes.get(at) {
        if *scanner.mode() != Mode::Code {
            starts_line |= matches!(byte, b'\n' | b'\r') && is_comment(scanner.mode());
            at = ceil_char(text, at + scanner.step_at(text, at));
            continue;
        }
        let length = letters.word_length(text, at);
        if length > 0 && !letters.begins_string(&text[at..at + length], &text[at..]) {
            let is_number = byte.is_ascii_digit() || length > NAME_BYTES_MAX;
            let kind = if is_number { Kind::Number } else { Kind::Name };
            see(Token { text: &text[at..at + length], start: at, kind, starts_line });
            scanner.pass_name();
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
        let kind = if *scanner.mode() == Mode::Code { Kind::Sign } else { Kind::Text };
        let end = ceil_char(text, at + length);
        see(Token { text: &text[at..end], start: at, kind, starts_line });
        (at, starts_line) = (end, false);
    }
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
    if let Some(operator) = lexical.member_operators.iter().find(|o| rest.starts_with(o.as_str())) {
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
        for_each_token("1 2 \"a\" \"b\" x y x", &lexical, |token| hashes.push(token.hash()));
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
