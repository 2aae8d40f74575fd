//! Where a suggestion stands, and what an edit has made of it.
//!
//! Only texts are compared: editors send the same keystroke as one letter, as a pair of brackets, as
//! a word replaced by a longer one, or as the whole document.

use crate::domain::completion::Completion;
use crate::domain::document::Document;
use crate::domain::text;

/// Bytes on either side of the cursor by which the place is known again.
const AROUND: usize = 64;
/// Bound: closers an editor adds by itself that are looked through.
const CLOSERS_MAX: usize = 4;

/// What an edit has made of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It may still be there; perhaps some of it was typed.
    Still,
    /// It is in the text, and most of it came at once.
    Inserted,
    /// It is in the text, letter by letter.
    TypedThrough,
    /// Something else is in its place.
    Overtyped,
    /// The text has changed somewhere else.
    Elsewhere,
}

/// A suggestion at its place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    text: String,
    /// Bytes after the cursor that it replaces.
    replace_after: usize,
    /// Byte offset of the cursor when it was shown.
    anchor: usize,
    /// Bytes in the document then.
    length: usize,
    before: String,
    /// The rest of the line with its break.
    after: String,
    /// Bytes of the suggestion that have been typed.
    typed: usize,
    /// Bytes that these take in the document, where line breaks may be longer.
    typed_there: usize,
}

impl Place {
    pub(super) fn new(document: &Document, offset: usize, completion: &Completion) -> Self {
        let anchor = text::floor_char(&document.rope, offset);
        let mut after = text::head_after(&document.rope, anchor, AROUND);
        if let Some(end) = after.find('\n') {
            after.truncate(end + 1);
        }
        Self {
            text: completion.text.clone(),
            replace_after: completion.replace_after,
            anchor,
            length: document.rope.len_bytes(),
            before: text::tail_before(&document.rope, anchor, AROUND),
            after,
            typed: 0,
            typed_there: 0,
        }
    }

    /// Characters of the suggestion.
    pub(super) fn chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Characters of it that have been typed.
    pub(super) fn chars_typed(&self) -> usize {
        self.text[..self.typed].chars().count()
    }

    /// Whether this cursor is where the suggestion was shown, with nothing typed since.
    pub(super) fn is_at(&self, offset: usize) -> bool {
        self.typed == 0 && offset == self.anchor
    }

    /// Whether a suggestion at this cursor is the rest of this one. Filters may cut it shorter than
    /// before, as the text around it changes.
    pub(super) fn goes_on(&self, offset: usize, other: &str) -> bool {
        let rest = &self.text[self.typed..];
        let is_same = rest.starts_with(other) || other.starts_with(rest);
        is_same && !rest.is_empty() && offset == self.anchor + self.typed_there
    }

    /// Compares with the text as it is after an edit.
    pub(super) fn look(&mut self, document: &Document) -> Seen {
        let rope = &document.rope;
        if text::tail_before(rope, self.anchor, AROUND) != self.before {
            return Seen::Elsewhere;
        }
        let now = rope.len_bytes();
        if self.is_whole(document) {
            let rest = self.text[self.typed..].chars().count();
            let is_at_once = rest >= 2 && 2 * rest >= self.chars();
            return if is_at_once { Seen::Inserted } else { Seen::TypedThrough };
        }
        let Some(grown) = now.checked_sub(self.length) else { return Seen::Elsewhere };
        if grown == 0 && self.typed == 0 {
            return Seen::Elsewhere;
        }
        let there = text::head_after(rope, self.anchor, grown);
        let typed = there.replace('\r', "");
        if self.text.starts_with(&typed) {
            (self.typed, self.typed_there) = (typed.len(), there.len());
            return Seen::Still;
        }
        if let Some(head) = without_added_closers(&self.text, &typed) {
            self.typed = head;
            self.typed_there = there.len() - (typed.len() - head);
            return Seen::Still;
        }
        let rest = text::head_after(rope, self.anchor + self.typed_there, AROUND);
        let is_untouched = !self.after.is_empty() && rest.starts_with(&self.after);
        if is_untouched { Seen::Elsewhere } else { Seen::Overtyped }
    }

    /// Whether the suggestion stands in the text. White space does not count: editors indent and
    /// break lines in their own way.
    fn is_whole(&self, document: &Document) -> bool {
        let expected = self.length.saturating_sub(self.replace_after);
        let Some(length) = document.rope.len_bytes().checked_sub(expected) else { return false };
        if length > 2 * self.text.len() + AROUND {
            return false;
        }
        let there = text::head_after(&document.rope, self.anchor, length);
        let is_visible = |c: &char| !c.is_whitespace();
        there.chars().filter(is_visible).eq(self.text.chars().filter(is_visible))
    }
}

/// How many bytes of `typed` begin the suggestion where the rest are closers that the editor added
/// to openers among them.
fn without_added_closers(suggestion: &str, typed: &str) -> Option<usize> {
    let openers = |text: &str| text.chars().filter(|c| "([{<\"'`".contains(*c)).count();
    let mut head = typed;
    for added in 1..=CLOSERS_MAX {
        head = head.strip_suffix(|c| ")]}>\"'`".contains(c))?;
        if !head.is_empty() && openers(head) >= added && suggestion.starts_with(head) {
            return Some(head.len());
        }
    }
    None
}
