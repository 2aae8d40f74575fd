//! What was edited a moment ago elsewhere: in this file outside of the window, and in other files.

use std::ops::Range;
use std::time::{Duration, Instant};

use ropey::Rope;

/// Lines shown around an edited place.
const AROUND: usize = 3;
/// Edits older than this belong to other work.
const RECENT: Duration = Duration::from_secs(10 * 60);

/// The lines around an edited range.
pub(super) fn lines_around(rope: &Rope, edited: &Range<usize>) -> Range<usize> {
    let last = rope.len_bytes();
    let first_line = rope.byte_to_line(edited.start.min(last)).saturating_sub(AROUND);
    let last_line = rope.byte_to_line(edited.end.min(last)) + AROUND + 1;
    rope.line_to_byte(first_line)..rope.line_to_byte(last_line.min(rope.len_lines()))
}

/// Whether a document was edited in the time that counts before `now`.
pub(super) fn is_recent(changed_at: Option<Instant>, now: Option<Instant>) -> bool {
    let (Some(changed_at), Some(now)) = (changed_at, now) else { return false };
    now.saturating_duration_since(changed_at) <= RECENT
}
