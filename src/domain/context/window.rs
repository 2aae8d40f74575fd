//! The text around the cursor, cut where lines and items begin and end.
//!
//! The beginning of a prompt must not move with each key, or no prompt cache holds it. So the window
//! begins at a multiple of a step in the document: it grows as the user types, and moves by a whole
//! step once it is too large. The text after the cursor begins at the cursor and stays what it is.

use std::ops::Range;

use ropey::Rope;

use crate::domain::text;

/// A window moves in steps of this part of its size.
const STEPS: usize = 4;
/// Beginning at an item may cost this part of a step.
const SEARCH: usize = 2;
/// The least step in bytes.
const STEP_MIN: usize = 64;

/// The bytes before the cursor to show: at most `bytes_max`, beginning with a whole line and, where one
/// is near, with a whole item. Part of a line only where one alone is longer, so that a long line
/// never leaves the model without any text.
pub(super) fn before(rope: &Rope, offset: usize, bytes_max: usize) -> Range<usize> {
    if offset <= bytes_max {
        return 0..offset;
    }
    let step = (bytes_max / STEPS).max(STEP_MIN);
    let lowest = offset - bytes_max;
    let anchor = (lowest / step + 1) * step;
    let line_start = text::line_range(rope, offset).start;
    if anchor > line_start {
        // The cursor's line alone is longer than the window.
        let start = if lowest <= line_start { line_start } else { ceil_char(rope, lowest) };
        return start..offset;
    }
    let first = line_from(rope, anchor);
    let start = best_border(rope, first, (anchor + step / SEARCH).min(line_start));
    start.unwrap_or(line_start)..offset
}

/// The bytes after the cursor to show: at most `bytes_max`, ending with a whole line and, where one is
/// near, with a whole item.
pub(super) fn after(rope: &Rope, offset: usize, bytes_max: usize) -> Range<usize> {
    let highest = offset.saturating_add(bytes_max);
    if highest >= rope.len_bytes() {
        return offset..rope.len_bytes();
    }
    let line_end = text::line_range(rope, offset).end;
    if line_end >= highest {
        return offset..text::floor_char(rope, highest);
    }
    let step = (bytes_max / STEPS).max(STEP_MIN);
    let first = line_from(rope, highest.saturating_sub(step).max(line_end));
    let last = rope.line_to_byte(rope.byte_to_line(highest));
    let end = best_border(rope, first, last).unwrap_or(last).max(line_end);
    offset..end
}

/// Up to where the text before the cursor most likely stays as it is: whole steps of the document.
pub(super) fn settled(rope: &Rope, window: &Range<usize>, bytes_max: usize) -> usize {
    let step = (bytes_max / STEPS).max(STEP_MIN);
    let line_start = text::line_range(rope, window.end).start;
    let border = line_from(rope, line_start / step * step);
    if border > line_start { 0 } else { border.saturating_sub(window.start) }
}

/// The first line that begins at `offset` or behind it.
fn line_from(rope: &Rope, offset: usize) -> usize {
    let line = rope.byte_to_line(offset);
    let start = rope.line_to_byte(line);
    if start == offset || line + 1 >= rope.len_lines() {
        start
    } else {
        rope.line_to_byte(line + 1)
    }
}

/// Of the lines that begin from `first` to `last`, the one at which an item most likely begins: the
/// least indented, after a blank line if there is one, the first of these.
fn best_border(rope: &Rope, first: usize, last: usize) -> Option<usize> {
    if first > last {
        return None;
    }
    let lines = rope.byte_to_line(first)..=rope.byte_to_line(last);
    let rank = |line: usize| {
        let content = text::line_content(rope, line);
        let indent = content.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
        let is_blank = indent == content.len_chars();
        let is_closer = content.get_char(indent).is_some_and(|c| ")]}".contains(c));
        let above = line.checked_sub(1).map(|above| text::line_content(rope, above));
        let is_after_blank = above.is_none_or(|above| above.chars().all(char::is_whitespace));
        (is_blank || is_closer, indent, !is_after_blank, line)
    };
    lines.min_by_key(|line| rank(*line)).map(|line| rope.line_to_byte(line))
}

fn ceil_char(rope: &Rope, offset: usize) -> usize {
    let floor = text::floor_char(rope, offset);
    if floor == offset { floor } else { rope.char_to_byte(rope.byte_to_char(floor) + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(items: usize) -> String {
        let item = |n| format!("fn item_{n}() {{\n    call();\n    last();\n}}\n\n");
        (0..items).map(item).collect::<Vec<_>>().concat()
    }

    #[test]
    fn the_beginning_stays_while_a_window_is_typed_through() {
        let mut text = code(100);
        let mut starts = Vec::new();
        for _ in 0..1000 {
            text.push('x');
            if text.len().is_multiple_of(40) {
                text.push('\n');
            }
            let rope = Rope::from_str(&text);
            let window = before(&rope, text.len(), 1000);
            assert!(window.len() <= 1000 && window.len() >= 500, "{}", window.len());
            starts.push(window.start);
        }
        starts.dedup();
        assert!(starts.len() <= 1 + 1025 / (1000 / STEPS), "{starts:?}");
    }

    #[test]
    fn windows_begin_and_end_with_items() {
        let text = code(100);
        let rope = Rope::from_str(&text);
        for offset in (2000..3000).step_by(37) {
            let before = before(&rope, offset, 1000);
            assert!(text[before.clone()].starts_with("fn item_"), "{offset}");
            let after = after(&rope, offset, 1000);
            assert!(text[after.end..].starts_with("fn item_"), "{offset}");
            assert!(settled(&rope, &before, 1000) <= before.len());
        }
    }

    #[test]
    fn a_line_longer_than_the_window_is_cut_at_a_character() {
        let text = format!("short\n{}\nshort", "é".repeat(500));
        let rope = Rope::from_str(&text);
        let window = before(&rope, 700, 101);
        assert_eq!((window.end, window.len() % 2, window.len() > 90), (700, 0, true));
        let window = after(&rope, 6, 101);
        assert_eq!(window, 6..106);
        assert_eq!(before(&rope, 4, 10), 0..4);
        assert_eq!(after(&rope, text.len(), 10), text.len()..text.len());
    }
}
