//! The last edits of one document: when, where, how much and of what kind.
//!
//! How somebody typed a moment ago says more about what they do next than the text does: who just
//! deleted will rework, who types fast types on. The record is short and holds no text, and it
//! belongs to the document, so that a snapshot of the document is a snapshot of it too.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Bound: edits remembered.
pub const STEPS_MAX: usize = 16;
/// Changes sent together are one edit when they lie within this many bytes; farther apart they are
/// the work of several cursors or of a formatter. Re-indenting a line stays below it.
const TOGETHER: usize = 64;
/// Nobody types more than this many characters at once, not even with a completion menu.
const TYPED_AT_ONCE_MAX: usize = 64;
/// A key and the partner that the editor put behind it.
const TYPED_CHARS_MAX: usize = 2;
/// Bound: places remembered where the text was edited.
const PLACES_MAX: usize = 8;
/// Edits within this many bytes of a place belong to it.
const PLACE_BYTES: usize = 400;
/// Gaps from this length on are pauses, not rhythm.
const RHYTHM_GAP_MAX: Duration = Duration::from_secs(2);
/// Gaps needed before a rhythm can be told.
const RHYTHM_GAPS_MIN: usize = 3;

/// What an edit was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// One key: a character, a pair, or a line break with its indentation.
    Typed,
    /// Several characters at once, as from a menu or a suggestion.
    Completed,
    /// Text was taken away.
    Deleted,
    /// Text was put in the place of other text.
    Replaced,
    /// More than anybody types at once.
    Pasted,
    /// The edit before was taken back.
    Undone,
    /// Places apart changed at once: several cursors, or a formatter.
    Several,
    /// The text stayed the same, as when a closing bracket is typed over.
    Nothing,
}

/// One edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was applied.
    pub at: Instant,
    /// What it was.
    pub kind: StepKind,
    /// Where it began, as a byte offset into the text after it.
    pub start: usize,
    /// Where it ended, as a byte offset into the text after it.
    pub end: usize,
    /// Whether it began where the edit before it lay.
    pub is_adjacent: bool,
    /// How many edits in a row, this one included, were keys typed at one place without a pause.
    pub run: u32,
}

/// One change of a batch, freed of what it did not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Net {
    /// Where it began, as a byte offset.
    pub start: usize,
    /// What was taken away.
    pub removed: String,
    /// What was put there.
    pub added: String,
}

impl Net {
    /// The change from `old` to `new` at `start` without what both begin and end with: a menu that
    /// replaces `lan` by `language` has added `guage`.
    pub fn new(start: usize, old: &str, new: &str) -> Self {
        let same = |(a, b): &(char, char)| a == b;
        let head: usize =
            old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let (old, new) = (&old[head..], &new[head..]);
        let tails = old.chars().rev().zip(new.chars().rev());
        let tail: usize = tails.take_while(same).map(|(c, _)| c.len_utf8()).sum();
        Self {
            start: start + head,
            removed: old[..old.len() - tail].to_owned(),
            added: new[..new.len() - tail].to_owned(),
        }
    }

    fn end(&self) -> usize {
        self.start + self.added.len()
    }
}

/// The last edits, oldest first.
#[derive(Clone, Debug, Default)]
pub struct EditTrail {
    steps: VecDeque<Step>,
    /// Hashes of what the last edit took away and put there, to see it being taken back.
    last: Option<(u64, u64)>,
    /// Where the text was edited, the latest last, in bytes of the present text.
    places: VecDeque<Range<usize>>,
}

impl EditTrail {
    /// Notes the changes of one batch, in the order they were applied.
    pub fn record(&mut self, changes: &[Net], at: Instant) {
        let Some(last) = changes.last() else { return };
        let start = changes.iter().map(|change| change.start).min().unwrap_or(last.start);
        let farthest = changes.iter().map(|change| change.start).max().unwrap_or(last.start);
        let texts = (hash(changes, |net| &net.removed), hash(changes, |net| &net.added));
        let is_undone = self.last == Some((texts.1, texts.0)) && is_worth_undoing(changes);
        let kind = match () {
            () if farthest - start > TOGETHER => StepKind::Several,
            () if is_undone => StepKind::Undone,
            () => kind(changes),
        };
        let before = self.steps.back();
        let is_adjacent = before
            .is_some_and(|before| (before.start.saturating_sub(1)..=before.end).contains(&start));
        let goes_on = |before: &&Step| {
            is_adjacent && at.saturating_duration_since(before.at) < Duration::from_secs(1)
        };
        let run = match kind {
            StepKind::Typed => before.filter(goes_on).map_or(0, |before| before.run) + 1,
            _ => 0,
        };
        if self.steps.len() == STEPS_MAX {
            self.steps.pop_front();
        }
        self.steps.push_back(Step { at, kind, start, end: last.end(), is_adjacent, run });
        self.last = Some(texts);
        for change in changes {
            self.mark(change);
        }
    }

    /// Where the text was edited, the latest place first, in bytes of the present text.
    pub fn places(&self) -> impl Iterator<Item = &Range<usize>> {
        self.places.iter().rev()
    }

    fn mark(&mut self, change: &Net) {
        let (removed, added) = (change.removed.len(), change.added.len());
        let end = change.start + removed;
        let moved = |at: usize| match () {
            () if at <= change.start => at,
            () if at < end => change.start,
            () => at - removed + added,
        };
        for place in &mut self.places {
            *place = moved(place.start)..moved(place.end);
        }
        let new = change.start..change.end();
        let is_near = |place: &Range<usize>| {
            place.start <= new.end + PLACE_BYTES && new.start <= place.end + PLACE_BYTES
        };
        let known = self.places.iter().position(is_near).and_then(|at| self.places.remove(at));
        let known = known.unwrap_or_else(|| new.clone());
        let whole = known.start.min(new.start)..known.end.max(new.end);
        // A place that has grown long is where the last edit was.
        self.places.push_back(if whole.len() > 2 * PLACE_BYTES { new } else { whole });
        if self.places.len() > PLACES_MAX {
            self.places.pop_front();
        }
    }

    /// The last edit.
    pub fn last(&self) -> Option<&Step> {
        self.steps.back()
    }

    /// The edits, oldest first.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step> + ExactSizeIterator {
        self.steps.iter()
    }

    /// The gap before the last edit; `None` until there are two.
    pub fn last_gap(&self) -> Option<Duration> {
        self.gaps().next_back()
    }

    /// The median gap between the last edits, pauses apart; `None` until there are enough.
    pub fn rhythm(&self) -> Option<Duration> {
        let mut gaps: Vec<Duration> = self.gaps().filter(|gap| *gap < RHYTHM_GAP_MAX).collect();
        gaps.sort_unstable();
        (gaps.len() >= RHYTHM_GAPS_MIN).then(|| gaps[gaps.len() / 2])
    }

    fn gaps(&self) -> impl DoubleEndedIterator<Item = Duration> {
        let pairs = self.steps.iter().zip(self.steps.iter().skip(1));
        pairs.map(|(a, b)| b.at.saturating_duration_since(a.at))
    }
}

fn kind(changes: &[Net]) -> StepKind {
    let added: usize = changes.iter().map(|change| change.added.chars().count()).sum();
    let removed = changes.iter().any(|change| !change.removed.is_empty());
    let is_blank = changes.iter().all(|change| change.added.trim().is_empty());
    let breaks_line = changes.iter().any(|change| change.added.contains(['\n', '\r']));
    match () {
        () if added == 0 && !removed => StepKind::Nothing,
        () if added == 0 => StepKind::Deleted,
        () if is_blank && breaks_line => StepKind::Typed,
        () if added > TYPED_AT_ONCE_MAX || breaks_line => StepKind::Pasted,
        () if removed => StepKind::Replaced,
        () if added > TYPED_CHARS_MAX => StepKind::Completed,
        () => StepKind::Typed,
    }
}

/// A character typed and taken away again is a correction like any other.
fn is_worth_undoing(changes: &[Net]) -> bool {
    let longest = changes.iter().map(|change| change.added.len().max(change.removed.len())).max();
    longest.is_some_and(|bytes| bytes > TYPED_CHARS_MAX)
}

fn hash(changes: &[Net], text: impl Fn(&Net) -> &String) -> u64 {
    let mut hasher = DefaultHasher::new();
    for change in changes {
        text(change).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(edits: &[(u64, usize, &str, &str)]) -> EditTrail {
        let start = Instant::now();
        let mut trail = EditTrail::default();
        for (millis, at, old, new) in edits {
            trail.record(&[Net::new(*at, old, new)], start + Duration::from_millis(*millis));
        }
        trail
    }

    fn check(edits: &[(u64, usize, &str, &str)], kind: StepKind) {
        assert_eq!(trail(edits).last().map(|step| step.kind), Some(kind), "{edits:?}");
    }

    #[test]
    fn kinds_are_told_by_what_was_added_and_removed() {
        check(&[(0, 0, "", "a")], StepKind::Typed);
        check(&[(0, 0, "", "()")], StepKind::Typed);
        check(&[(0, 0, "", "\n        ")], StepKind::Typed);
        check(&[(0, 0, "lan", "language")], StepKind::Completed);
        check(&[(0, 0, "abc", "")], StepKind::Deleted);
        check(&[(0, 0, "abc", "xyz")], StepKind::Replaced);
        check(&[(0, 0, "", "a;\nb;\n")], StepKind::Pasted);
        check(&[(0, 0, ")", ")")], StepKind::Nothing);
    }

    #[test]
    fn taking_an_edit_back_is_seen_but_a_corrected_character_is_none() {
        check(&[(0, 5, "", "value"), (900, 5, "value", "")], StepKind::Undone);
        check(&[(0, 5, "value", ""), (900, 5, "", "value")], StepKind::Undone);
        check(&[(0, 5, "", "v"), (100, 5, "v", "")], StepKind::Deleted);
    }

    #[test]
    fn changes_far_apart_are_several_and_near_ones_are_one() {
        let now = Instant::now();
        let kind = |places: &[usize]| {
            let mut trail = EditTrail::default();
            let nets: Vec<Net> = places.iter().map(|at| Net::new(*at, "", "x")).collect();
            trail.record(&nets, now);
            trail.last().map(|step| step.kind)
        };
        assert_eq!(kind(&[0, 4000]), Some(StepKind::Several));
        assert_eq!(kind(&[10, 12]), Some(StepKind::Typed));
    }

    #[test]
    fn a_run_counts_keys_at_one_place_without_a_pause() {
        let typed = [(0, 0, "", "a"), (100, 1, "", "b"), (200, 2, "", "c")];
        assert_eq!(trail(&typed).last().map(|step| step.run), Some(3));
        let paused = [(0, 0, "", "a"), (1500, 1, "", "b")];
        assert_eq!(trail(&paused).last().map(|step| step.run), Some(1));
        let jumped = [(0, 0, "", "a"), (100, 90, "", "b")];
        assert_eq!(
            trail(&jumped).last().map(|step| (step.run, step.is_adjacent)),
            Some((1, false))
        );
    }

    #[test]
    fn the_rhythm_is_the_median_gap_without_pauses() {
        let at = |millis| (millis, 0, "", "a");
        let trail = trail(&[at(0), at(100), at(220), at(5000), at(5140)]);
        assert_eq!(trail.rhythm(), Some(Duration::from_millis(120)));
        assert_eq!(trail.last_gap(), Some(Duration::from_millis(140)));
        assert_eq!(EditTrail::default().rhythm(), None);
    }

    #[test]
    fn places_move_with_the_text_and_merge_with_their_neighbours() {
        let edits = [(0, 5000, "", "far"), (10, 100, "", "near"), (20, 104, "", "er")];
        let places: Vec<_> = trail(&edits).places().cloned().collect();
        assert_eq!(places, [100..106, 5006..5009]);
        let removed = [(0, 5000, "", "far"), (10, 4000, &"x".repeat(1500)[..], "")];
        let places: Vec<_> = trail(&removed).places().cloned().collect();
        assert_eq!((places.len(), &places[0]), (1, &(4000..4000)), "the far place is gone");
    }

    #[test]
    fn only_the_last_edits_are_kept() {
        let edits: Vec<_> = (0..100).map(|index| (index * 50, index as usize, "", "a")).collect();
        assert_eq!(trail(&edits).steps().len(), STEPS_MAX);
    }
}
