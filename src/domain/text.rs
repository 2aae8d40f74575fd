//! Places in text: byte offsets inside, line and column at the border.
//!
//! Inside the program a place is a byte offset into the rope. Editors speak of lines and of
//! columns counted in UTF-8, UTF-16 or UTF-32 units; [`offset_of`] and [`position_of`] are the
//! only translators. Lines end at `\n`, `\r\n` and `\r` and nowhere else, as LSP says. Every
//! function is total: a place past the end of a line means the end of that line, one past the last
//! line means the end of the text, one inside a character means its beginning.

use std::ops::Range;

use ropey::{Rope, RopeSlice};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PositionEncoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: the protocol's default.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A place as an editor names it: both zero-based, the column in units of the negotiated encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line number from 0.
    pub line: u32,
    /// Column from 0.
    pub column: u32,
}

/// One change of a document: a range replaced by text, or the whole text replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextChange {
    /// The replaced range; `None` replaces everything.
    pub range: Option<(Position, Position)>,
    /// The text put in its place.
    pub text: String,
}

/// The byte offset of a position, clamped into the text.
pub fn offset_of(rope: &Rope, position: Position, encoding: PositionEncoding) -> usize {
    let line_index = position.line as usize;
    if line_index >= rope.len_lines() {
        return rope.len_bytes();
    }
    let start = rope.line_to_byte(line_index);
    let line = line_content(rope, line_index);
    start + column_to_byte(line, position.column as usize, encoding)
}

/// The position of a byte offset. An offset past the end means the end; one inside a character
/// means its beginning.
pub fn position_of(rope: &Rope, offset: usize, encoding: PositionEncoding) -> Position {
    let offset = floor_char(rope, offset);
    let line_index = rope.byte_to_line(offset);
    let start = rope.line_to_byte(line_index);
    let slice = rope.byte_slice(start..offset);
    let column = match encoding {
        PositionEncoding::Utf8 => slice.len_bytes(),
        PositionEncoding::Utf16 => slice.len_utf16_cu(),
        PositionEncoding::Utf32 => slice.len_chars(),
    };
    Position { line: line_index as u32, column: column as u32 }
}

/// The largest character boundary at or before `offset`, which may lie past the end.
pub fn floor_char(rope: &Rope, offset: usize) -> usize {
    let offset = offset.min(rope.len_bytes());
    rope.char_to_byte(rope.byte_to_char(offset))
}

/// The line with this index without its line break. An index past the end gives an empty slice.
pub fn line_content(rope: &Rope, line_index: usize) -> RopeSlice<'_> {
    let Some(line) = rope.get_line(line_index) else {
        return rope.byte_slice(rope.len_bytes()..);
    };
    let mut end = line.len_chars();
    while end > 0 && matches!(line.char(end - 1), '\n' | '\r') {
        end -= 1;
    }
    line.slice(..end)
}

/// The byte range of the line that holds `offset`, without its line break.
pub fn line_range(rope: &Rope, offset: usize) -> Range<usize> {
    let line_index = rope.byte_to_line(offset.min(rope.len_bytes()));
    let start = rope.line_to_byte(line_index);
    start..start + line_content(rope, line_index).len_bytes()
}

/// At most `bytes_max` bytes of text that end at `offset`, cut at a character boundary.
pub fn tail_before(rope: &Rope, offset: usize, bytes_max: usize) -> String {
    let end = floor_char(rope, offset);
    let mut start = floor_char(rope, end.saturating_sub(bytes_max));
    if end - start > bytes_max {
        start = rope.char_to_byte(rope.byte_to_char(start) + 1);
    }
    rope.byte_slice(start..end).into()
}

/// At most `bytes_max` bytes of text that begin at `offset`, cut at a character boundary.
pub fn head_after(rope: &Rope, offset: usize, bytes_max: usize) -> String {
    let start = floor_char(rope, offset);
    let end = floor_char(rope, start.saturating_add(bytes_max));
    rope.byte_slice(start..end.max(start)).into()
}

fn column_to_byte(line: RopeSlice<'_>, column: usize, encoding: PositionEncoding) -> usize {
    let char_index = match encoding {
        PositionEncoding::Utf8 => line.byte_to_char(column.min(line.len_bytes())),
        PositionEncoding::Utf16 => line.utf16_cu_to_char(column.min(line.len_utf16_cu())),
        PositionEncoding::Utf32 => column.min(line.len_chars()),
    };
    line.char_to_byte(char_index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [PositionEncoding; 3] =
        [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32];

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn columns_count_what_the_encoding_says() {
        let rope = Rope::from_str("a😀é|x\n");
        let bar = "a😀é".len();
        for (encoding, column) in ALL.into_iter().zip([7, 4, 3]) {
            assert_eq!(position_of(&rope, bar, encoding), at(0, column));
            assert_eq!(offset_of(&rope, at(0, column), encoding), bar);
        }
    }

    #[test]
    fn places_past_the_end_are_clamped() {
        let rope = Rope::from_str("ab\r\ncd");
        for encoding in ALL {
            assert_eq!(offset_of(&rope, at(0, 99), encoding), 2);
            assert_eq!(offset_of(&rope, at(1, 99), encoding), 6);
            assert_eq!(offset_of(&rope, at(9, 0), encoding), 6);
            assert_eq!(offset_of(&rope, at(u32::MAX, u32::MAX), encoding), 6);
        }
    }

    #[test]
    fn a_place_inside_a_character_means_its_beginning() {
        let rope = Rope::from_str("x😀y");
        assert_eq!(offset_of(&rope, at(0, 2), PositionEncoding::Utf16), 1);
        assert_eq!(offset_of(&rope, at(0, 3), PositionEncoding::Utf8), 1);
        assert_eq!(position_of(&rope, 3, PositionEncoding::Utf32), at(0, 1));
    }

    #[test]
    fn only_lsp_line_breaks_break_lines() {
        let rope = Rope::from_str("a\u{2028}b\u{b}c\u{c}d\u{85}e\rf\ng\r\nh");
        assert_eq!(rope.len_lines(), 4);
        assert_eq!(line_content(&rope, 1).to_string(), "f");
    }

    #[test]
    fn tails_and_heads_never_cut_a_character() {
        let rope = Rope::from_str("é😀é");
        assert_eq!(tail_before(&rope, 6, 4), "😀");
        assert_eq!(tail_before(&rope, 6, 3), "");
        assert_eq!(head_after(&rope, 2, 3), "");
        assert_eq!(head_after(&rope, 2, 99), "😀é");
    }

    #[test]
    fn every_offset_survives_the_round_trip() {
        let text = "ä\r\n\r😀x\u{301}\n\n\u{2028}end";
        let rope = Rope::from_str(text);
        for encoding in ALL {
            for (offset, _) in text.char_indices() {
                // Between \r and \n there is no position: LSP puts it at the end of the line.
                if text[..offset].ends_with('\r') && text[offset..].starts_with('\n') {
                    continue;
                }
                let position = position_of(&rope, offset, encoding);
                assert_eq!(offset_of(&rope, position, encoding), offset, "{encoding:?} {offset}");
            }
        }
    }
}
