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
use crate::engine::Engine;

/// The kinds of request that supersede their like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Ghost text.
    Inline,
    /// The completion menu.
    Menu,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Inline, Self::Menu];
}

/// The requests under way.
#[derive(Debug, Default)]
pub(super) struct Pending {
    current: Mutex<HashMap<(DocumentId, Kind), CancellationToken>>,
}

/// A request's place in line.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    document: DocumentId,
    kind: Kind,
    superseded: CancellationToken,
}

impl Ticket {
    /// Is cancelled when the request is superseded.
    pub(super) fn superseded(&self) -> &CancellationToken {
        &self.superseded
    }

    /// Whether the answer may still be sent.
    pub(super) fn is_current(&self) -> bool {
        !self.superseded.is_cancelled()
    }
}

impl Pending {
    /// Begins a request and supersedes the one before it.
    fn begin(&self, document: DocumentId, kind: Kind) -> Ticket {
        let token = CancellationToken::new();
        let mut current = self.current.lock();
        if let Some(older) = current.insert((document, kind), token.clone()) {
            older.cancel();
        }
        Ticket { document, kind, superseded: token }
    }

    /// The same, ended when it is dropped.
    pub(super) fn wait<'a>(
        &'a self,
        document: DocumentId,
        kind: Kind,
        engine: &'a Engine,
    ) -> Waiting<'a> {
        let ticket = self.begin(document, kind);
        Waiting { engine, pending: self, ticket, is_answered: false }
    }

    /// Ends a request that was answered or taken back. Returns whether it was the last one that
    /// waited for a call for its document.
    fn end(&self, ticket: &Ticket) -> bool {
        let mut current = self.current.lock();
        // A superseded one has lost its place to whatever superseded it.
        if !ticket.is_current() {
            return false;
        }
        current.remove(&(ticket.document, ticket.kind));
        Kind::ALL.iter().all(|kind| !current.contains_key(&(ticket.document, *kind)))
    }

    /// Supersedes every request for a document that was edited or closed.
    pub(super) fn supersede(&self, document: DocumentId) {
        let mut current = self.current.lock();
        for kind in Kind::ALL {
            if let Some(older) = current.remove(&(document, kind)) {
                older.cancel();
            }
        }
    }
}

/// A request that waits for its answer. Dropped before it has one, which is what the service does
/// when the client cancels it, it ends the call under way unless another request waits for that too.
pub(super) struct Waiting<'a> {
    engine: &'a Engine,
    pending: &'a Pending,
    ticket: Ticket,
    is_answered: bool,
}

impl Waiting<'_> {
    /// Its place in line.
    pub(super) fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// The answer is there: the call is left to go on.
    pub(super) fn end(&mut self) {
        self.is_answered = true;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let was_last = self.pending.end(&self.ticket);
        if was_last && !self.is_answered {
            self.engine.supersede(self.ticket.document);
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

    #[test]
    fn the_last_to_leave_is_known() {
        let pending = Pending::default();
        let document = DocumentId(1);
        let first = pending.begin(document, Kind::Inline);
        let menu = pending.begin(document, Kind::Menu);
        let second = pending.begin(document, Kind::Inline);
        assert!(!pending.end(&first), "the second one has its place");
        assert!(!pending.end(&menu), "ghost text is still waited for");
        assert!(pending.end(&second));
        assert!(pending.current.lock().is_empty());
    }
}
