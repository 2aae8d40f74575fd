//! The names of one document: which there are, how often, and what stood before them.
//!
//! Built in the background from the whole text, and asked on the keystroke path. Names inside
//! comments and strings do not count. The index lags behind typing by one build; what was typed
//! since is found by the scan around the cursor in `local::names`.

use std::collections::{BTreeMap, HashMap};

use ropey::Rope;

use super::language::Lexical;
use super::lexical::{Mode, Scanner};

/// Bound: bytes of a document that are indexed. Beyond it the file is data, not source.
const INDEXED_BYTES_MAX: usize = 4 << 20;
/// Bound: names kept per document.
const NAMES_MAX: usize = 20_000;
/// Bound: bytes of a name; longer ones are encoded data.
pub const NAME_BYTES_MAX: usize = 80;

/// The names of a document.
#[derive(Clone, Debug, Default)]
pub struct WordIndex {
    names: BTreeMap<Box<str>, u32>,
}

impl WordIndex {
    /// Indexes a text.
    pub fn build(rope: &Rope, lexical: &Lexical) -> Self {
        let mut names: HashMap<Box<str>, u32> = HashMap::new();
        if rope.len_bytes() > INDEXED_BYTES_MAX {
            return Self::default();
        }
        let text = rope.to_string();
        for_each_word(&text, lexical, |_, word| {
            if let Some(count) = names.get_mut(word) {
                *count += 1;
            } else if names.len() < NAMES_MAX {
                names.insert(word.into(), 1);
            }
        });
        Self { names: names.into_iter().collect() }
    }

    /// How often a name occurs.
    pub fn count(&self, name: &str) -> u32 {
        self.names.get(name).copied().unwrap_or(0)
    }

    /// Names that begin with `prefix`, with their counts.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, u32)> {
        self.names
            .range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(prefix))
            .map(|(name, count)| (&**name, *count))
    }

    /// How many different names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Calls `see` with the offset and text of every name in the code of `text`, comments and strings
/// left out. Numbers are not names.
pub fn for_each_word<'a>(text: &'a str, lexical: &'a Lexical, mut see: impl FnMut(usize, &'a str)) {
    let letters = Letters::new(lexical);
    let mut scanner = Scanner::modes_only(lexical);
    let mut at = 0;
    while at < text.len() {
        let length = letters.word_length(text, at);
        let word = &text[at..at + length];
        if length > 0 && !letters.begins_string(word, &text[at..]) {
            let is_name = !word.starts_with(|c: char| c.is_numeric()) && length <= NAME_BYTES_MAX;
            if is_name && *scanner.mode() == Mode::Code {
                see(at, word);
            }
            scanner.skip_word(length);
            at += length;
        } else {
            let step = length + letters.gap_length(text, at + length).max(1);
            let end = text.len().min(at + step);
            scanner.feed(&text[at..end]);
            at = end;
        }
    }
}

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

    fn is_letter(&self, text: &str, at: usize) -> Option<(bool, usize)> {
        let byte = *text.as_bytes().get(at)?;
        if byte < 128 {
            return Some((self.ascii[usize::from(byte)], 1));
        }
        let c = text[at..].chars().next()?;
        Some((self.lexical.is_word(c), c.len_utf8()))
    }

    fn run(&self, text: &str, at: usize, of_letters: bool) -> usize {
        let mut end = at;
        while let Some((is_letter, length)) = self.is_letter(text, end)
            && is_letter == of_letters
        {
            end += length;
        }
        end - at
    }

    /// Whether a word is the beginning of a string's opener, such as the `f` of `f"`.
    pub(super) fn begins_string(&self, word: &str, rest: &str) -> bool {
        const PREFIX_MAX: usize = 3;
        let opens = |open: &str| open.len() > word.len() && rest.starts_with(open);
        word.len() <= PREFIX_MAX && self.lexical.strings.iter().any(|string| opens(&string.open))
    }

    /// The bytes of the word that begins at `at`; zero where none does.
    pub(super) fn word_length(&self, text: &str, at: usize) -> usize {
        self.run(text, at, true)
    }

    fn gap_length(&self, text: &str, at: usize) -> usize {
        self.run(text, at, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Delimited;

    #[test]
    fn names_of_code_are_counted_and_found_by_prefix() {
        let rope = Rope::from_str("foo(bar, foo_bar, 12, \"foo_in_text\") + foo + naïve");
        let index = WordIndex::build(&rope, &Lexical::default());
        assert_eq!(index.count("foo"), 2);
        assert_eq!(index.count("foo_in_text"), 0);
        assert_eq!(index.with_prefix("foo").collect::<Vec<_>>(), [("foo", 2), ("foo_bar", 1)]);
        assert_eq!(index.count("naïve"), 1);
        assert_eq!(index.len(), 4);
    }

    #[test]
    fn names_in_interpolated_code_count_and_those_beside_it_do_not() {
        let mut lexical = Lexical::default();
        let string = Delimited {
            open: "f\"".to_owned(),
            close: "\"".to_owned(),
            code: Some(("{".to_owned(), "}".to_owned())),
            ..Delimited::default()
        };
        lexical.strings.insert(0, string);
        let mut seen = Vec::new();
        for_each_word("f(f\"text {name(x)} more\", of, 'é')", &lexical, |_, word| seen.push(word));
        assert_eq!(seen, ["f", "name", "x", "of"]);
    }
}
