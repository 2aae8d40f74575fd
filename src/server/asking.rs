//! Why the editor asks: because somebody typed, or because somebody pressed a key.
//!
//! Asking by a key press may cost a hundred times as much, and clients say it in different ways, so what
//! they say is read with care.

use std::time::{Duration, Instant};

use crate::domain::document::{Document, DocumentId};
use crate::domain::site::Trigger;

/// A request that comes this soon after an edit may have been caused by it.
const TYPING: Duration = Duration::from_millis(800);

/// How the client numbers trigger kinds. The standard says 1 invoked, 2 automatic; its draft, which
/// vscode-languageclient 9 sends, 0 invoked, 1 automatic. Reading one for the other would ask the
/// dearest model at every keystroke, so 1 counts as a key press only when it can be nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Dialect {
    #[default]
    Unknown,
    Standard,
    Draft,
}

/// How the editor says why it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// Certainly by typing.
    Automatic,
    /// By this trigger kind of inline completion.
    InlineKind(Option<u64>),
    /// By opening the menu, which clients report alike for a key press and for typing.
    Menu,
    /// For a better answer than there was, which only our own clients say.
    Better,
}

/// Where the user last asked by a key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Invocation {
    document: DocumentId,
    revision: u64,
    offset: usize,
    repeats: u8,
}

/// What earlier requests tell about the next one.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    dialect: Dialect,
    last_invoked: Option<Invocation>,
}

impl Triggers {
    /// Why the editor asks about `offset`, with earlier invocations at this place counted.
    pub(super) fn trigger(
        &mut self,
        asking: Asking,
        document: &Document,
        offset: usize,
        now: Instant,
    ) -> Trigger {
        if self.is_invoked(asking, document, now) {
            let repeats_min = u8::from(asking == Asking::Better);
            self.invoked(document.id, document.revision, offset, repeats_min)
        } else {
            Trigger::Automatic
        }
    }

    fn is_invoked(&mut self, asking: Asking, document: &Document, now: Instant) -> bool {
        let is_after_typing =
            document.changed_at.is_some_and(|at| now.saturating_duration_since(at) < TYPING);
        let kind = match asking {
            Asking::Automatic => return false,
            Asking::Better => return true,
            Asking::Menu => return !is_after_typing,
            Asking::InlineKind(kind) => kind,
        };
        match kind {
            Some(0) => self.dialect = Dialect::Draft,
            Some(2) => self.dialect = Dialect::Standard,
            _ => {}
        }
        match (kind, self.dialect) {
            (Some(0), _) | (Some(1), Dialect::Standard) => true,
            (Some(1), Dialect::Unknown) => !is_after_typing,
            _ => false,
        }
    }

    fn invoked(
        &mut self,
        document: DocumentId,
        revision: u64,
        offset: usize,
        repeats_min: u8,
    ) -> Trigger {
        let repeats = match self.last_invoked {
            Some(last)
                if (last.document, last.revision, last.offset) == (document, revision, offset) =>
            {
                last.repeats.saturating_add(1)
            }
            _ => repeats_min,
        };
        self.last_invoked = Some(Invocation { document, revision, offset, repeats });
        Trigger::Invoked { repeats }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn document(revision: u64, changed_at: Option<Instant>) -> Document {
        let mut document = Document::new(DocumentId(1), 1, Language::plain_text(), "abc");
        (document.revision, document.changed_at) = (revision, changed_at);
        document
    }

    #[test]
    fn asking_again_at_the_same_place_is_counted_until_something_changes() {
        let mut triggers = Triggers::default();
        let mut repeats = |asking, revision, offset| {
            let document = document(revision, None);
            match triggers.trigger(asking, &document, offset, Instant::now()) {
                Trigger::Invoked { repeats } => Some(repeats),
                Trigger::Automatic => None,
            }
        };
        let by_key = Asking::InlineKind(Some(0));
        assert_eq!(repeats(by_key, 1, 1), Some(0));
        assert_eq!(repeats(by_key, 1, 1), Some(1));
        assert_eq!(repeats(by_key, 1, 2), Some(0));
        assert_eq!(repeats(by_key, 2, 2), Some(0));
        assert_eq!(repeats(Asking::Better, 2, 2), Some(1));
        assert_eq!(repeats(Asking::Better, 2, 2), Some(2));
        assert_eq!(repeats(Asking::Better, 2, 1), Some(1), "more is wanted than there was");
        assert_eq!(repeats(Asking::Automatic, 2, 1), None);
    }

    #[test]
    fn trigger_kinds_are_read_in_the_clients_dialect() {
        let now = Instant::now();
        let mut triggers = Triggers::default();
        let typed = document(2, Some(now));
        let is_by_key = |triggers: &mut Triggers, kind| {
            let trigger = triggers.trigger(Asking::InlineKind(Some(kind)), &typed, 0, now);
            matches!(trigger, Trigger::Invoked { .. })
        };
        assert!(!is_by_key(&mut triggers, 1), "in an unknown dialect, 1 after typing is automatic");
        assert!(!is_by_key(&mut triggers, 2));
        assert!(is_by_key(&mut triggers, 1), "a client that sends 2 counts from 1");
        let mut triggers = Triggers::default();
        assert!(is_by_key(&mut triggers, 0));
        assert!(!is_by_key(&mut triggers, 1), "a client that sends 0 counts from 0");
    }

    #[test]
    fn a_menu_is_opened_by_hand_unless_something_was_just_typed() {
        let now = Instant::now();
        let is_by_key = |changed_at, now| {
            let document = document(1, changed_at);
            let trigger = Triggers::default().trigger(Asking::Menu, &document, 0, now);
            matches!(trigger, Trigger::Invoked { .. })
        };
        assert!(is_by_key(None, now));
        assert!(!is_by_key(Some(now), now));
        assert!(is_by_key(Some(now), now + TYPING));
    }
}
