//! The lines around the cursor, read once and cut into tokens.
//!
//! The cut is by characters alone: a word, a literal in quotes that ends on its line, or one sign. It
//! needs no state beyond the line, so the window costs little, and a literal can be renamed inside.

use std::ops::Range;

use crate::domain::language::Lexical;
use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::tokens::mix;

/// Bytes read before and after the cursor's line. Reading is half of what a site costs.
const BYTES_BEFORE: usize = 20 << 10;
const BYTES_AFTER: usize = 8 << 10;
/// Bytes to a token, about.
const BYTES_OF_TOKEN: usize = 4;
/// Bound: bytes of a line that is looked at; a longer one is data.
pub(super) const LINE_BYTES_MAX: usize = 240;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// A literal with its quotes.
    Text,
    Sign,
}

/// A piece of a line. A window has thousands, so it is small.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Where it begins and ends in its line.
    start: u16,
    end: u16,
    /// Its kind in the last two bits, so that tokens of two kinds are never the same.
    pub(super) hash: u32,
}

impl Token {
    fn new(range: Range<usize>, hash: u32, kind: Kind) -> Self {
        let place = |at: usize| at.min(usize::from(u16::MAX)) as u16;
        Self { start: place(range.start), end: place(range.end), hash: hash << 2 | kind as u32 }
    }

    pub(super) fn range(self) -> Range<usize> {
        usize::from(self.start)..usize::from(self.end)
    }

    pub(super) fn kind(self) -> Kind {
        match self.hash & 3 {
            0 => Kind::Word,
            1 => Kind::Number,
            2 => Kind::Text,
            _ => Kind::Sign,
        }
    }

    /// Whether both are of a kind, and the same if they are signs.
    pub(super) fn is_like(self, other: Self) -> bool {
        self.kind() == other.kind() && (self.kind() != Kind::Sign || self.hash == other.hash)
    }
}

/// A line with text on it.
#[derive(Clone, Debug)]
pub(super) struct Line<'t> {
    /// Without white space around it.
    pub(super) text: &'t str,
    /// Bytes of white space before it.
    pub(super) indent: usize,
    /// Which tokens are its own.
    tokens: Range<usize>,
}

/// The text lines are read from, without the cursor's own line.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) text: String,
    /// How much of it stands above the cursor.
    pub(super) above: usize,
}

impl Surroundings {
    pub(super) fn of(site: &Site) -> Self {
        let rope = &site.document.rope;
        let line = text::line_range(rope, site.offset);
        let mut text = text::tail_before(rope, line.start, BYTES_BEFORE);
        if text.len() < line.start {
            // What is left of a line that was cut would pass for one.
            let cut = text.find('\n').map_or(text.len(), |at| at + 1);
            text.drain(..cut);
        }
        let above = text.len();
        let after = text::head_after(rope, line.end, BYTES_AFTER);
        let is_whole = line.end + after.len() == rope.len_bytes();
        text.push_str(if is_whole { &after } else { &after[..after.rfind('\n').unwrap_or(0)] });
        Self { text, above }
    }

    /// The lines cut into tokens.
    pub(super) fn cut(&self, cutter: &Cutter<'_>) -> Cut {
        let mut cut = Cut {
            lines: Vec::new(),
            tokens: Vec::with_capacity(self.text.len() / BYTES_OF_TOKEN),
            above: 0,
        };
        cut.add(0, &self.text[..self.above], cutter);
        cut.above = cut.lines.len();
        cut.add(self.above, &self.text[self.above..], cutter);
        cut
    }

    /// The same lines, as what they were cut into tells.
    pub(super) fn lines<'t>(&'t self, cut: &'t Cut) -> Lines<'t> {
        let line = |(text, indent, tokens): &(Range<usize>, usize, Range<usize>)| Line {
            text: &self.text[text.clone()],
            indent: *indent,
            tokens: tokens.clone(),
        };
        Lines { all: cut.lines.iter().map(line).collect(), tokens: &cut.tokens, above: cut.above }
    }
}

/// What a window was cut into, without its text.
#[derive(Debug)]
pub(super) struct Cut {
    /// Of each line its place in the text, its indentation and its tokens.
    lines: Vec<(Range<usize>, usize, Range<usize>)>,
    tokens: Vec<Token>,
    above: usize,
}

impl Cut {
    /// Cuts the lines of `part`, which begins at `start`.
    fn add(&mut self, start: usize, part: &str, cutter: &Cutter<'_>) {
        let mut next = 0;
        for line in part.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            let at = start + next + indent;
            next += line.len();
            let text = line.trim();
            if text.is_empty() || text.len() > LINE_BYTES_MAX {
                continue;
            }
            let from = self.tokens.len();
            let end = cutter.cut(text, &mut self.tokens);
            let length = text[..end].trim_end().len();
            if length > 0 {
                self.lines.push((at..at + length, indent, from..self.tokens.len()));
            }
        }
    }
}

/// The lines of a window, comments and blank ones left out.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    pub(super) all: Vec<Line<'t>>,
    tokens: &'t [Token],
    /// How many of them stand above the cursor.
    pub(super) above: usize,
}

impl<'t> Lines<'t> {
    /// The tokens of a line.
    pub(super) fn tokens(&self, line: &Line<'_>) -> &[Token] {
        &self.tokens[line.tokens.clone()]
    }

    /// The line above the cursor, or the one so many above that.
    pub(super) fn above(&self, by: usize) -> Option<&Line<'t>> {
        self.all.get(self.above.checked_sub(by + 1)?)
    }

    /// The line below the cursor.
    pub(super) fn below(&self) -> Option<&Line<'t>> {
        self.all.get(self.above)
    }

    /// How many lines lie between this one and the cursor's.
    pub(super) fn distance(&self, index: usize) -> usize {
        if index < self.above { self.above - 1 - index } else { index - self.above }
    }

    /// The line so many lines above another; none where the cursor's line lies between.
    pub(super) fn before(&self, index: usize, by: usize) -> Option<&Line<'t>> {
        let before = index.checked_sub(by)?;
        (index < self.above || before >= self.above).then(|| &self.all[before])
    }

    /// The line below another; none where the cursor's line lies between.
    pub(super) fn after(&self, index: usize) -> Option<&Line<'t>> {
        if index + 1 == self.above { None } else { self.all.get(index + 1) }
    }

    /// Whether two lines have the same signs and kinds of words.
    pub(super) fn are_alike(&self, a: &Line<'_>, b: &Line<'_>) -> bool {
        let (a, b) = (self.tokens(a), self.tokens(b));
        let mut pairs = a.iter().zip(b);
        a.len() == b.len() && pairs.all(|(a, b)| a.is_like(*b))
    }

    /// The tokens of the lines that are at most so far from the cursor.
    pub(super) fn within(&self, distance: usize) -> &[Token] {
        let from = self.above.saturating_sub(distance);
        let to = self.all.len().min(self.above.saturating_add(distance));
        match (self.all.get(from), to.checked_sub(1).and_then(|last| self.all.get(last))) {
            (Some(first), Some(last)) if from < to => {
                &self.tokens[first.tokens.start..last.tokens.end]
            }
            _ => &[],
        }
    }
}

/// What a byte begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Word,
    Digit,
    Quote,
    Sign,
    /// A sign with which a comment may begin.
    Comment,
    /// Part of a character that is not ASCII.
    Other,
}

/// Cuts lines into tokens.
pub(super) struct Cutter<'l> {
    pub(super) lexical: &'l Lexical,
    classes: [Class; 256],
    /// The hashes of the keywords, sorted.
    keywords: Vec<u32>,
}

/// Stands for the class of every name.
const NAME: u32 = 1;

impl<'l> Cutter<'l> {
    pub(super) fn new(lexical: &'l Lexical) -> Self {
        let begins_comment = |c| lexical.line_comments.iter().any(|mark| mark.starts_with(c));
        let class = |byte: usize| match char::from(byte as u8) {
            c if !c.is_ascii() => Class::Other,
            c if c.is_ascii_whitespace() => Class::Space,
            c if c.is_ascii_digit() => Class::Digit,
            c if lexical.is_word(c) => Class::Word,
            c if begins_comment(c) => Class::Comment,
            '"' | '\'' | '`' => Class::Quote,
            _ => Class::Sign,
        };
        let hash_of = |word: &String| Token::new(0..0, hash(word.as_bytes()), Kind::Word).hash;
        let mut keywords: Vec<u32> = lexical.keywords.iter().map(hash_of).collect();
        keywords.sort_unstable();
        Self { lexical, classes: std::array::from_fn(class), keywords }
    }

    /// Whether a token is a keyword.
    pub(super) fn is_keyword(&self, token: Token) -> bool {
        token.kind() == Kind::Word && self.keywords.binary_search(&token.hash).is_ok()
    }

    /// What kind of token it is: keywords and signs are one of their own, names are all alike, and so are
    /// literals that begin with the same character.
    pub(super) fn class(&self, token: Token, text: &str) -> u32 {
        match token.kind() {
            Kind::Sign => token.hash,
            Kind::Word if self.is_keyword(token) => token.hash,
            Kind::Word => NAME,
            Kind::Number => NAME + 1,
            Kind::Text => NAME + 1 + u32::from(text.as_bytes()[token.range().start]),
        }
    }

    /// The tokens of a text without a comment.
    pub(super) fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.cut(text, &mut tokens);
        tokens
    }

    /// Cuts a line and returns where its code ends: at a comment or at its end.
    fn cut(&self, text: &str, tokens: &mut Vec<Token>) -> usize {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let class = self.classes[usize::from(*byte)];
            let (length, kind) = match class {
                Class::Space => {
                    at += 1;
                    continue;
                }
                Class::Comment if self.is_comment(text, at) => return at,
                Class::Word => (self.word_length(text, at), Kind::Word),
                Class::Digit => (self.word_length(text, at), Kind::Number),
                Class::Other => match self.word_length(text, at) {
                    0 => (text[at..].chars().next().map_or(1, char::len_utf8), Kind::Sign),
                    length => (length, Kind::Word),
                },
                Class::Quote => {
                    literal_length(bytes, at).map_or((1, Kind::Sign), |l| (l, Kind::Text))
                }
                Class::Sign | Class::Comment => (1, Kind::Sign),
            };
            tokens.push(Token::new(at..at + length, hash(&bytes[at..at + length]), kind));
            at += length;
        }
        at
    }

    fn word_length(&self, text: &str, start: usize) -> usize {
        let mut at = start;
        while let Some(byte) = text.as_bytes().get(at) {
            at += match self.classes[usize::from(*byte)] {
                Class::Word | Class::Digit => 1,
                Class::Other => match text[at..].chars().next() {
                    Some(c) if self.lexical.is_word(c) => c.len_utf8(),
                    _ => break,
                },
                _ => break,
            };
        }
        at - start
    }

    fn is_comment(&self, text: &str, at: usize) -> bool {
        let is_apart = at == 0 || text.as_bytes()[at - 1].is_ascii_whitespace();
        is_apart && self.lexical.line_comments.iter().any(|mark| text[at..].starts_with(&**mark))
    }
}

/// A hash that is only compared with others of the same window; eight bytes at a time.
fn hash(bytes: &[u8]) -> u32 {
    let add =
        |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = bytes.as_chunks::<8>();
    let of_words = |hash, word: &[u8; 8]| add(hash, u64::from_le_bytes(*word));
    let hash = words.iter().fold(bytes.len() as u64, of_words);
    let hash = add(hash, rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    mix(hash as u32, (hash >> 32) as u32)
}

/// The bytes of the literal that begins here, if it ends on this line.
fn literal_length(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let mut end = at + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            byte if *byte == quote => return Some(end + 1 - at),
            _ => end += 1,
        }
    }
    None
}
