//! Which bytes the scan must look at: all others are plain code.

use crate::domain::language::{Free, Lexical};

/// Tables of bytes, for one language.
pub(super) struct Tables {
    /// Bytes at which something other than plain code may begin.
    pub(super) interesting: [bool; 256],
    /// Of these, those at which a string or a comment may begin.
    pub(super) opens_text: [bool; 256],
    /// Bytes that stand second in openers that begin with a letter.
    pub(super) second: [bool; 256],
    /// Bytes that words of pairs begin with.
    pub(super) begins_word: [bool; 256],
}

impl Tables {
    pub(super) fn new(lexical: &Lexical) -> Self {
        let delimited = || lexical.strings.iter().chain(&lexical.block_comments);
        let marks = lexical.line_comments.iter().chain(&lexical.indented_text);
        let heredocs = lexical.heredocs.iter().map(|heredoc| &heredoc.open);
        let openers = || delimited().map(|delimited| &delimited.open);
        let opens_text = firsts(openers().chain(marks).chain(heredocs).map(String::as_str));
        let words = lexical.word_pairs.iter().flat_map(|pair| [&pair.open, &pair.close]);
        let begins_word = firsts(words.map(String::as_str));
        let mut second = firsts(openers().filter_map(|open| open.get(1..)));
        for free in delimited().filter_map(|delimited| delimited.free.as_ref()) {
            match free {
                Free::Repeated { unit, open_end, .. } => {
                    mark(&mut second, *unit);
                    open_end.chars().take(1).for_each(|c| mark(&mut second, c));
                }
                Free::Quotes(quotes) => quotes.chars().for_each(|c| mark(&mut second, c)),
                Free::Named { .. } => {}
            }
        }
        let mut interesting: [bool; 256] =
            std::array::from_fn(|byte| opens_text[byte] || begins_word[byte]);
        for (open, close) in &lexical.brackets {
            mark(&mut interesting, *open);
            mark(&mut interesting, *close);
        }
        let quotes = lexical.tags.iter().flat_map(|tags| &tags.strings);
        quotes
            .filter_map(|quote| quote.open.chars().next())
            .for_each(|c| mark(&mut interesting, c));
        if lexical.angles.is_some() || lexical.tags.is_some() {
            "<>".chars().for_each(|c| mark(&mut interesting, c));
        }
        "\n\r \t\\".chars().for_each(|c| mark(&mut interesting, c));
        Self { interesting, opens_text, second, begins_word }
    }
}

/// Marks the first byte of a character; all delimiters of the table are ASCII.
fn mark(table: &mut [bool; 256], c: char) {
    table[usize::from(c.encode_utf8(&mut [0; 4]).as_bytes()[0])] = true;
}

fn firsts<'a>(texts: impl Iterator<Item = &'a str>) -> [bool; 256] {
    let mut table = [false; 256];
    texts.filter_map(|text| text.chars().next()).for_each(|c| mark(&mut table, c));
    table
}
