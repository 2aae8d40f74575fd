//! Who is still waited for: one request per document and kind.
//!
//! A newer request of the same kind, an edit or a close makes the older one answer at once with
//! nothing. Showing its late answer would be worse than none: Neovim inserts a stale suggestion
//! into text that has moved on, Helix takes back what was typed since. The kinds are kept apart,
//! because some clients ask for ghost text and for the menu at the same keystroke.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::domain::document::DocumentId;

/// The kinds of request that supersede their like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Ghost text.
    Inline,
    /// The completion menu.
    Menu,
}

/// The requests under way.
#[derive(Debug, Default)]
pub(super) struct Pending {
    current: Mutex<HashMap<(DocumentId, Kind), CancellationToken>>,
}

/// A request's place in line.
#[derive(Clone, Debug)]
pub(super) struct Ticket(CancellationToken);

impl Ticket {
    /// Resolves when the request is superseded.
    pub(super) async fn superseded(&self) {
        self.0.cancelled().await;
    }

    /// Whether the answer may still be sent.
    pub(super) fn is_current(&self) -> bool {
        !self.0.is_cancelled()
    }
}

impl Pending {
    /// Begins a request and supersedes the one before it.
    pub(super) fn begin(&self, document: DocumentId, kind: Kind) -> Ticket {
        let token = CancellationToken::new();
        let older = self.current.lock().insert((document, kind), token.clone());
        if let Some(older) = older {
            older.cancel();
        }
        Ticket(token)
    }

    /// Supersedes every request for a document that was edited or closed.
    pub(super) fn supersede(&self, document: DocumentId) {
        let mut current = self.current.lock();
        for kind in [Kind::Inline, Kind::Menu] {
            if let Some(older) = current.remove(&(document, kind)) {
                older.cancel();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_request_or_an_edit_supersedes_and_kinds_are_apart() {
        let pending = Pending::default();
        let document = DocumentId(1);
        let first = pending.begin(document, Kind::Inline);
        let menu = pending.begin(document, Kind::Menu);
        let other = pending.begin(DocumentId(2), Kind::Inline);
        assert!(first.is_current());
        let second = pending.begin(document, Kind::Inline);
        assert!(!first.is_current() && second.is_current() && menu.is_current());
        pending.supersede(document);
        assert!(!second.is_current() && !menu.is_current() && other.is_current());
    }
}
