//! A request from its arrival to its answer, and what makes it unwanted in between.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::time::Instant;
use tower_lsp::ls_types::{Position, Range};

use super::Backend;
use crate::domain::document::DocumentId;
use crate::domain::explain::{Explanation, Silence};
use crate::domain::site::Trigger;
use crate::domain::text;
use crate::engine::{Event, Request};
use crate::server::asking::Asking;
use crate::server::from_proto;
use crate::server::late::Spot;
use crate::server::pending::{Kind, Ticket};
use crate::server::session::{Asked, path_of};

impl Backend {
    /// The snapshot a request works on. Synchronous: it is taken before the handler's first wait,
    /// in the order messages arrived.
    pub(super) fn ask(&self, uri: &str, position: Position, asking: Asking) -> Option<Asked> {
        let now = Instant::now().into_std();
        let asked = self.session.lock().ask(uri, from_proto::position(position), asking, now)?;
        let document = &asked.document;
        if document.language.grammar.is_some() && document.syntax.latest().is_none() {
            self.analyser.submit(document.clone());
        }
        Some(asked)
    }

    /// Runs a request until it is answered or superseded; `None` means that it was superseded and
    /// nothing may be shown. A panic costs this one answer.
    pub(super) async fn run(&self, asked: Asked, kind: Kind) -> Option<Explanation> {
        let Asked { document, policy, revision, offset, trigger, has_diagnostic, neighbours } =
            asked;
        let id = document.id;
        let language = document.language.id.clone();
        let mut waiting = self.pending.wait(id, kind, &self.engine);
        let superseded = waiting.ticket().superseded().clone();
        // Clients lose patience with requests caused by typing, not with a key press.
        let open_max =
            self.session.lock().client.open_max.filter(|_| trigger == Trigger::Automatic);
        let is_paused = self.session.lock().is_paused;
        // Everything above happens in arrival order; from here on the request is on its own.
        tokio::task::yield_now().await;
        if is_paused {
            let mut explanation = Explanation::new(0, language, trigger);
            explanation.silence = Some(Silence::Disabled);
            return Some(explanation);
        }
        let request = Request {
            document: document.clone(),
            policy,
            offset,
            trigger,
            has_diagnostic,
            neighbours,
            open_max,
            superseded: superseded.clone(),
        };
        let work = AssertUnwindSafe(self.engine.complete(request)).catch_unwind();
        let finished = tokio::select! {
            biased;
            () = superseded.cancelled() => None,
            finished = work => Some(finished),
        };
        waiting.end();
        let explanation = finished?.unwrap_or_else(|_panic| {
            let mut explanation = Explanation::new(0, language, trigger);
            explanation.silence = Some(Silence::Fault);
            explanation
        });
        if !self.is_still_wanted(waiting.ticket(), id, revision) {
            return None;
        }
        self.engine.answered(&document, offset, &explanation);
        // Of what was tried out there is nothing to ask again about.
        if document.revision == revision {
            self.news.answered(id, Spot { revision, offset }, &explanation);
        }
        Some(explanation)
    }

    fn is_still_wanted(&self, ticket: &Ticket, id: DocumentId, revision: u64) -> bool {
        ticket.is_current() && self.session.lock().revision(id) == Some(revision)
    }

    /// The text has changed or gone: nothing asked about it before is wanted any more.
    pub(super) fn supersede(&self, id: DocumentId) {
        self.pending.supersede(id);
        self.news.forget(id);
        self.engine.supersede(id);
    }

    pub(super) fn forget(&self, uri: &str) {
        let closed = self.session.lock().close(uri);
        if let Some((id, leftovers)) = closed {
            self.supersede(id);
            self.engine.closed(id);
            self.analyser.free(leftovers);
            self.keeper.tell(Event::Closed(path_of(uri).into()));
        }
    }
}

/// Puts the entry selected in an open menu into the snapshot, as if it had been accepted: what is
/// wanted is what comes after it.
pub(super) fn select(
    asked: &mut Asked,
    range: Range,
    entry: &str,
    encoding: text::PositionEncoding,
) {
    let range = (from_proto::position(range.start), from_proto::position(range.end));
    let document = &mut asked.document;
    let bytes = document.bytes_of(range, encoding);
    document.splice(bytes.clone(), entry);
    asked.offset = bytes.start + entry.len();
}
