//! A text as the protocol describes it, written again in the plainest way: a list of characters,
//! searched from its beginning each time. It shares no code with what it judges.

use tabtier::domain::text::PositionEncoding;

use crate::support::random::Random;

/// What random text is made of: one-byte and astral characters, joined and combined ones, every
/// kind of line break, and everything that looks like one and is none.
const PIECES: [&str; 32] = [
    "a",
    "b",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "0",
    " ",
    "\t",
    "\n",
    "\n",
    "\r\n",
    "\r\n",
    "\r",
    "\n\r",
    "é",
    "e\u{301}",
    "ñ",
    "漢",
    "字",
    "한",
    "😀",
    "🇪🇺",
    "👩\u{200d}👩\u{200d}👧",
    "𝒳",
    "\u{2028}",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\0",
    "\u{feff}",
];

/// Text of at most `pieces_max` pieces.
pub(super) fn random_text(random: &mut Random, pieces_max: usize) -> String {
    (0..random.below(pieces_max + 1)).map(|_| *random.pick(&PIECES)).collect()
}

/// The text a client has on its screen.
#[derive(Clone, Debug)]
pub(super) struct Model {
    chars: Vec<char>,
    encoding: PositionEncoding,
}

/// A line and a column as they go over the wire.
pub(super) type Place = (u32, u32);

impl Model {
    pub(super) fn new(text: &str, encoding: PositionEncoding) -> Self {
        Self { chars: text.chars().collect(), encoding }
    }

    /// Another text in the same encoding.
    pub(super) fn replaced(&self, text: &str) -> Self {
        Self::new(text, self.encoding)
    }

    pub(super) fn text(&self) -> String {
        self.chars.iter().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    fn width(&self, c: char) -> usize {
        match self.encoding {
            PositionEncoding::Utf8 => c.len_utf8(),
            PositionEncoding::Utf16 => c.len_utf16(),
            PositionEncoding::Utf32 => 1,
        }
    }

    /// The characters of each line without its break: where it begins and where it ends.
    pub(super) fn lines(&self) -> Vec<(usize, usize)> {
        let mut lines = Vec::new();
        let (mut start, mut at) = (0, 0);
        while at < self.chars.len() {
            let length = match self.chars[at..] {
                ['\r', '\n', ..] => 2,
                ['\r' | '\n', ..] => 1,
                _ => 0,
            };
            if length > 0 {
                lines.push((start, at));
                start = at + length;
            }
            at += length.max(1);
        }
        lines.push((start, at));
        lines
    }

    /// The character a place names, clamped as the protocol says.
    pub(super) fn index_of(&self, (line, column): Place) -> usize {
        let lines = self.lines();
        let Some((start, end)) = lines.get(line as usize) else { return self.chars.len() };
        let mut left = column as usize;
        for (index, c) in self.chars[*start..*end].iter().enumerate() {
            if left < self.width(*c) {
                return start + index;
            }
            left -= self.width(*c);
        }
        *end
    }

    /// The text on both sides of a place.
    pub(super) fn around(&self, place: Place) -> (String, String) {
        let (before, after) = self.chars.split_at(self.index_of(place));
        (before.iter().collect(), after.iter().collect())
    }

    /// Puts `text` in place of what stands between two places, whichever comes first.
    pub(super) fn replace(&mut self, from: Place, to: Place, text: &str) {
        let (a, b) = (self.index_of(from), self.index_of(to));
        self.chars.splice(a.min(b)..a.max(b), text.chars());
    }

    /// A place that mostly is one: on a line, in a column, perhaps inside a character; now and
    /// then past the end of the line or the file.
    pub(super) fn random_place(&self, random: &mut Random) -> Place {
        let lines = self.lines();
        let past_the_end = if random.one_in(20) { 3 } else { 0 };
        let line = random.below(lines.len() + past_the_end);
        let (start, end) = lines.get(line).copied().unwrap_or_default();
        let width: usize = self.chars[start..end].iter().map(|c| self.width(*c)).sum();
        let beyond = [1, 1, 1, 1, 1, 1, 1, 1, 9, 3000][random.below(10)];
        let column =
            if random.one_in(200) { u32::MAX } else { random.below(width + beyond) as u32 };
        (if random.one_in(500) { u32::MAX } else { line as u32 }, column)
    }
}
