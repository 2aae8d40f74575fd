//! One open buffer: its text, its version, its language and its syntax trees.
//!
//! A document is a value. Rope and trees share their parts, so a clone costs nothing and is the
//! snapshot that a request keeps: later edits never reach it. Edits are applied strictly in the
//! order they are given, each to the text after the one before.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use ropey::Rope;
use tree_sitter::{InputEdit, Point};

use super::excerpts::Excerpts;
use super::language::Language;
use super::outline::Outline;
use super::syntax::Syntax;
use super::text::{self, Position, PositionEncoding, TextChange};
use super::trail::{EditTrail, Net};

/// Names an open document within one session. The server maps URIs to these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u32);

/// The text of one buffer at one moment.
#[derive(Clone, Debug)]
pub struct Document {
    /// Which document this is.
    pub id: DocumentId,
    /// The editor's version number, as last sent.
    pub version: i32,
    /// Counts every applied change; unlike `version` it is ours and always grows.
    pub revision: u64,
    /// The language, plain text where none fits.
    pub language: Arc<Language>,
    /// File name without folders, such as `main.rs`; empty for untitled buffers.
    pub filename: Arc<str>,
    /// Whether its text may be sent to models at all.
    pub is_private: bool,
    /// The text.
    pub rope: Rope,
    /// The trees, kept in step with the text by [`Document::apply`].
    pub syntax: Syntax,
    /// What it defines, as of the last analysis.
    pub outline: Arc<Outline>,
    /// What of it can be shown beside other files, as of the last analysis.
    pub excerpts: Arc<Excerpts>,
    /// When the last change was applied; `None` until there is one.
    pub changed_at: Option<Instant>,
    /// Where the last change ended, as a byte offset in the present text.
    pub last_edit: usize,
    /// The last edits, kept by [`Document::apply`].
    pub trail: EditTrail,
    /// Whether a `\r` without a `\n` may stand anywhere: rows of the tree then differ from lines of
    /// the rope, and must be counted.
    may_have_lone_return: bool,
}

impl Document {
    /// A freshly opened document.
    pub fn new(id: DocumentId, version: i32, language: Arc<Language>, text: &str) -> Self {
        Self {
            id,
            version,
            revision: 0,
            language,
            filename: Arc::from(""),
            is_private: false,
            rope: Rope::from_str(text),
            syntax: Syntax::default(),
            outline: Arc::default(),
            excerpts: Arc::default(),
            changed_at: None,
            last_edit: 0,
            trail: EditTrail::default(),
            may_have_lone_return: has_lone_return(text),
        }
    }

    /// Applies changes in order. Positions are clamped; a reversed range is read the right way
    /// round. `now` becomes the time of the last change.
    pub fn apply(
        &mut self,
        version: i32,
        changes: &[TextChange],
        encoding: PositionEncoding,
        now: Instant,
    ) {
        let mut nets = Vec::with_capacity(changes.len());
        for change in changes {
            let bytes = change
                .range
                .map_or(0..self.rope.len_bytes(), |range| self.bytes_of(range, encoding));
            let old = self.rope.byte_slice(bytes.clone()).to_string();
            nets.push(Net::new(bytes.start, &old, &change.text));
            match change.range {
                None => self.replace_all(&change.text),
                Some(_) => self.splice(bytes, &change.text),
            }
        }
        self.trail.record(&nets, now);
        self.version = version;
        self.changed_at = Some(now);
    }

    /// Replaces a byte range, which must lie inside the text at character boundaries.
    pub fn splice(&mut self, range: Range<usize>, text: &str) {
        let chars = self.rope.byte_to_char(range.start)..self.rope.byte_to_char(range.end);
        let start_position = self.point_at(range.start);
        let old_end_position = self.point_at(range.end);
        self.rope.remove(chars.clone());
        self.rope.insert(chars.start, text);
        self.may_have_lone_return =
            self.may_have_lone_return || self.has_lone_return_at(chars.start, text.chars().count());
        let new_end_byte = range.start + text.len();
        let new_end_position = self.point_at(new_end_byte);
        self.last_edit = new_end_byte;
        self.revision += 1;
        let edit = InputEdit {
            start_byte: range.start,
            old_end_byte: range.end,
            new_end_byte,
            start_position,
            old_end_position,
            new_end_position,
        };
        self.syntax.edit(edit, self.revision);
    }

    /// The byte range between two positions, whichever comes first.
    pub fn bytes_of(
        &self,
        range: (Position, Position),
        encoding: PositionEncoding,
    ) -> Range<usize> {
        let a = text::offset_of(&self.rope, range.0, encoding);
        let b = text::offset_of(&self.rope, range.1, encoding);
        a.min(b)..a.max(b)
    }

    fn replace_all(&mut self, text: &str) {
        self.rope = Rope::from_str(text);
        self.may_have_lone_return = has_lone_return(text);
        self.last_edit = text.len();
        self.revision += 1;
        self.syntax.reset(self.revision);
    }

    /// Whether putting `length` characters at `start` left a lone `\r` among them or beside them.
    fn has_lone_return_at(&self, start: usize, length: usize) -> bool {
        let to = (start + length + 2).min(self.rope.len_chars());
        let mut around = self.rope.slice(start.saturating_sub(1)..to).to_string();
        if to < self.rope.len_chars() {
            // What follows the last of these characters has not changed.
            around.push('\n');
        }
        has_lone_return(&around)
    }

    /// Row and column as tree-sitter counts them: rows end at `\n` only, columns are bytes.
    fn point_at(&self, offset: usize) -> Point {
        let line_index = self.rope.byte_to_line(offset);
        if !self.may_have_lone_return {
            return Point::new(line_index, offset - self.rope.line_to_byte(line_index));
        }
        let mut row = 0;
        let mut row_start = 0;
        let mut seen = 0;
        for chunk in self.rope.byte_slice(..offset).chunks() {
            for (index, _) in chunk.bytes().enumerate().filter(|(_, byte)| *byte == b'\n') {
                row += 1;
                row_start = seen + index + 1;
            }
            seen += chunk.len();
        }
        Point::new(row, offset - row_start)
    }
}

fn has_lone_return(text: &str) -> bool {
    text.match_indices('\r').any(|(at, _)| text.as_bytes().get(at + 1) != Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: (u32, u32), to: (u32, u32), text: &str) -> TextChange {
        let at = |(line, column)| Position { line, column };
        TextChange { range: Some((at(from), at(to))), text: text.to_owned() }
    }

    fn check(before: &str, changes: &[TextChange], after: &str) {
        let mut document = Document::new(DocumentId(0), 1, Language::plain_text(), before);
        document.apply(2, changes, PositionEncoding::Utf16, Instant::now());
        assert_eq!(document.rope.to_string(), after);
        assert_eq!(document.version, 2);
    }

    #[test]
    fn changes_apply_in_sequence_each_to_the_text_before_it() {
        check("abc\n", &[change((0, 1), (0, 2), "XY"), change((0, 3), (0, 3), "!")], "aXY!c\n");
    }

    #[test]
    fn ends_past_the_line_or_the_file_are_clamped() {
        check("ab\ncd", &[change((0, 1), (0, 99), "Z")], "aZ\ncd");
        check("ab\ncd", &[change((1, 1), (77, 5), "!")], "ab\nc!");
        check("", &[change((9, 9), (9, 9), "x")], "x");
    }

    #[test]
    fn a_reversed_range_is_read_the_right_way_round() {
        check("abcd", &[change((0, 3), (0, 1), "-")], "a-d");
    }

    #[test]
    fn rows_of_the_tree_count_line_feeds_only() {
        let mut document = Document::new(DocumentId(0), 1, Language::plain_text(), "a\rb\r\ncd\n");
        assert_eq!(document.point_at(6), Point::new(1, 1));
        document.splice(0..1, "\r\n");
        assert_eq!(document.point_at(2), Point::new(1, 0));
    }

    #[test]
    fn rows_are_right_however_line_breaks_come_and_go() {
        const PIECES: [&str; 5] = ["\r", "\n", "\r\n", "a", ""];
        let check = |before: &str, cut: usize, put: &str| {
            let mut document = Document::new(DocumentId(0), 1, Language::plain_text(), before);
            document.splice(cut.min(before.len())..(cut + 1).min(before.len()), put);
            let after = document.rope.to_string();
            for offset in 0..=after.len() {
                let row = after[..offset].matches('\n').count();
                let start = after[..offset].rfind('\n').map_or(0, |end| end + 1);
                let expected = Point::new(row, offset - start);
                assert_eq!(document.point_at(offset), expected, "{before:?} {cut} {put:?}");
            }
        };
        for (first, second) in PIECES.iter().flat_map(|a| PIECES.iter().map(move |b| (a, b))) {
            for put in PIECES {
                (0..5).for_each(|cut| check(&format!("x{first}y{second}z"), cut, put));
            }
        }
    }

    #[test]
    fn windows_line_breaks_need_no_counting() {
        let text = "a\r\nb\r\n";
        let mut document = Document::new(DocumentId(0), 1, Language::plain_text(), text);
        for (at, text) in [(1, "x"), (0, "y"), (5, "\r\n"), (2, "z")] {
            document.splice(at..at, text);
        }
        assert!(!document.may_have_lone_return, "{:?}", document.rope.to_string());
        document.splice(0..0, "\r");
        assert!(document.may_have_lone_return);
    }
}
