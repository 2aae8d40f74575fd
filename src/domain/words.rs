//! Where the words of a text begin and end.

use super::language::Lexical;

/// Bound: bytes of a name; longer ones are encoded data.
pub const NAME_BYTES_MAX: usize = 80;

/// Which characters stand in names, with a table for ASCII: this is asked of every character of
/// a window on the keystroke path.
pub(super) struct Letters<'a> {
    ascii: [bool; 128],
    lexical: &'a Lexical,
}

impl<'a> Letters<'a> {
    /// The table of a language.
    pub(super) fn new(lexical: &'a Lexical) -> Self {
        Self { ascii: std::array::from_fn(|c| lexical.is_word(char::from(c as u8))), lexical }
    }

    /// Whether `c` may stand in a name.
    pub(super) fn is_word(&self, c: char) -> bool {
        match self.ascii.get(c as usize) {
            Some(is_letter) => *is_letter,
            None => self.lexical.is_word(c),
        }
    }

    /// The length in bytes of the word that begins at `at`, zero where none does. Each byte of it is shown
    /// to `see`.
    pub(super) fn word_at(&self, text: &str, at: usize, mut see: impl FnMut(u8)) -> usize {
        let bytes = text.as_bytes();
        let mut end = at;
        while let Some(byte) = bytes.get(end) {
            if let Some(is_letter) = self.ascii.get(usize::from(*byte)) {
                if !is_letter {
                    break;
                }
                see(*byte);
                end += 1;
            } else {
                let other = text.get(end..).and_then(|rest| rest.chars().next());
                let Some(c) = other.filter(|c| self.lexical.is_word(*c)) else { break };
                bytes[end..end + c.len_utf8()].iter().for_each(|byte| see(*byte));
                end += c.len_utf8();
            }
        }
        end - at
    }

    /// Whether a word is the beginning of a string's opener, such as the `f` of `f"`.
    pub(super) fn begins_string(&self, word: &str, rest: &str) -> bool {
        const PREFIX_MAX: usize = 3;
        word.len() <= PREFIX_MAX
            && self.lexical.strings.iter().any(|string| {
                string.open.as_bytes()[0] == word.as_bytes()[0] && string.opening(rest).is_some()
            })
    }
}
