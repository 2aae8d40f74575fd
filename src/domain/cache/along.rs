//! Whether typing goes along an answer that is still being written.
//!
//! A call is begun for one place. By the time its answer comes the user may have typed on, and then
//! either what was typed is how the answer begins, so that its remainder is wanted at the new place,
//! or it is not, and nothing of it is. Both questions are answered by comparing the text as it was
//! with the text as it is, never by counting edits: a character deleted again leaves no trace.
//!
//! The closers that editors add by themselves (`(` becomes `()` with the cursor in between) are
//! overlooked the way the cache overlooks them. What is shown in the end is still exact: it is the
//! answer without what was typed, character by character.

use ropey::{Rope, RopeSlice};

use super::{PREFIX_TAIL, SUFFIX_HEAD, is_auto_closed};
use crate::domain::site::Site;
use crate::domain::text;

/// Bound: bytes that may have been inserted since. More is no typing, unless a part of the answer
/// was accepted, and no answer asked for at a cursor has more lines than fit in this.
const INSERTED_MAX: usize = 4 << 10;
/// Bound: bytes typed beyond what has been written so far. A name or two may still turn out to be
/// right; that a model says by itself what was typed in the time of a sentence is unlikely, and
/// every token until it shows is paid for.
const AHEAD_MAX: usize = 16;

/// What was typed between `then` and a cursor in the present text, with `\n` for every line break;
/// `None` where anything else around the place is different.
pub fn typed_to(then: &Site, now: &Rope, cursor: usize) -> Option<String> {
    let old = &then.document.rope;
    let is_near = cursor.checked_sub(then.offset).is_some_and(|typed| typed <= INSERTED_MAX);
    if !is_near || cursor > now.len_bytes() || !is_same_before(then, now) {
        return None;
    }
    let after = |rope, offset| {
        let head = text::head_after(rope, offset, SUFFIX_HEAD);
        unify(head.trim_start_matches(is_auto_closed))
    };
    let (was, is) = (after(old, then.offset), after(now, cursor));
    // The windows end at different places where closers were added.
    let length = was.len().min(is.len()).min(SUFFIX_HEAD / 2);
    let is_same = was.as_bytes()[..length] == is.as_bytes()[..length];
    let is_whole = length == SUFFIX_HEAD / 2 || was.len() == is.len();
    (is_same && is_whole).then(|| unify(&now.byte_slice(then.offset..cursor).to_string()))
}

/// What was inserted at the place of `then`, with `\n` for every line break; `None` where anything
/// else around it is different. The cursor is somewhere in it or at its end.
pub fn inserted_at(then: &Site, now: &Rope) -> Option<String> {
    let old = &then.document.rope;
    let length = now.len_bytes().checked_sub(old.len_bytes()).filter(|l| *l <= INSERTED_MAX)?;
    let end = then.offset + length;
    let after = |rope, from| slice(rope, from, from + SUFFIX_HEAD);
    let is_same = is_same_before(then, now) && after(old, then.offset)? == after(now, end)?;
    is_same.then(|| slice(now, then.offset, end).map(|typed| unify(&typed.to_string())))?
}

/// Whether an answer that reads `text` so far may go on as the user did, who inserted this.
pub fn may_follow(text: &str, inserted: &str) -> bool {
    let same = text.bytes().zip(inserted.bytes()).take_while(|(a, b)| a == b).count();
    if same == inserted.len() {
        return true;
    }
    let is_silent_so_far = same == text.len() && inserted.len() - same <= AHEAD_MAX;
    // No editor adds a blank by itself, except to indent a line it adds.
    let is_added = |rest: &str| !rest.starts_with([' ', '\t']) && rest.chars().all(is_auto_closed);
    is_silent_so_far || inserted.get(same..).is_some_and(is_added)
}

/// Whether the last [`PREFIX_TAIL`] bytes before the place are still there.
fn is_same_before(then: &Site, now: &Rope) -> bool {
    let start = then.offset.saturating_sub(PREFIX_TAIL);
    let before = |rope| slice(rope, start, then.offset);
    then.offset <= now.len_bytes() && before(&then.document.rope) == before(now)
}

/// The bytes between two places, clamped into the text; `None` where one of them lies inside a
/// character, which the other text does not have there.
fn slice(rope: &Rope, start: usize, end: usize) -> Option<RopeSlice<'_>> {
    let end = text::floor_char(rope, end);
    let start = text::floor_char(rope, start);
    rope.get_byte_slice(start.min(end)..end)
}

fn unify(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::{Document, DocumentId};
    use crate::domain::language::Language;
    use crate::domain::site::Trigger;

    fn site(code: &str) -> Site {
        let (before, after) = code.split_once('|').expect("a cursor");
        let text = format!("{before}{after}");
        let document = Document::new(DocumentId(0), 1, Language::plain_text(), &text);
        Site::new(document, before.len(), Trigger::Automatic)
    }

    #[track_caller]
    fn check(then: &str, now: &str, to: Option<&str>, inserted: Option<&str>) {
        let then = site(then);
        let (before, after) = now.split_once('|').expect("a cursor");
        let now = Rope::from_str(&format!("{before}{after}"));
        assert_eq!(typed_to(&then, &now, before.len()).as_deref(), to);
        assert_eq!(inserted_at(&then, &now).as_deref(), inserted);
    }

    #[test]
    fn what_was_typed_is_found_between_the_old_place_and_the_cursor() {
        check("let x = |;\n", "let x = |;\n", Some(""), Some(""));
        check("let x = |;\n", "let x = foo|;\n", Some("foo"), Some("foo"));
        check("f|", "f\r\n    a|", Some("\n    a"), Some("\n    a"));
        check("é|ü", "éßx|ü", Some("ßx"), Some("ßx"));
    }

    #[test]
    fn closers_the_editor_added_are_overlooked() {
        check("let x = |\nnext();\n", "let x = foo(|)\nnext();\n", Some("foo("), Some("foo()"));
        check("let x = |", "let x = foo(|)", Some("foo("), Some("foo()"));
    }

    #[test]
    fn any_other_change_is_not_typing() {
        check("let x = |;\n", "let y = f|;\n", None, None);
        check("let x = a|;\n", "let x = |;\n", None, None);
        check("let x = |;\nfoo\n", "let x = f|;\nfoe\n", None, None);
        check("a\nlet x = |;\n", "new\na\nlet x = f|;\n", None, None);
        let long = format!("x{}|", "y".repeat(INSERTED_MAX + 1));
        check("x|", &long, None, None);
    }

    #[test]
    fn a_cursor_moved_elsewhere_is_no_place_to_go_on() {
        let then = site("let x = |;\n");
        let now = Rope::from_str("let x = foo;\n");
        assert_eq!(typed_to(&then, &now, 9), None, "`oo` stands after it");
        assert_eq!(typed_to(&then, &now, 4), None);
        assert_eq!(typed_to(&then, &now, 99), None);
    }

    #[test]
    fn an_answer_may_follow_what_it_begins_with_or_has_not_reached() {
        for (text, inserted, may) in [
            ("foo(a)", "", true),
            ("foo(a)", "foo", true),
            ("foo(a)", "foo(a)", true),
            ("foo(a)", "fob", false),
            ("foo(a, b)", "foo()", true),
            ("foo(a)", "foo(b", false),
            ("foo(a)", "foo ", false),
            ("", "let mut value = ", true),
            ("", "let mut value = 1", false),
            ("le", "let mut value = 1", true),
            ("le", "lx", false),
            ("ö", "ä", false),
        ] {
            assert_eq!(may_follow(text, inserted), may, "{text} {inserted}");
        }
    }
}
