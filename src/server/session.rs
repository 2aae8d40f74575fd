//! The state of one editor's session: which documents are open, and what was negotiated.
//!
//! One owner behind one lock, held for microseconds and never across a wait. Handlers reach it in
//! the order messages arrive, because the transport polls them in that order, so edits are applied
//! strictly in order and a request sees exactly the text it was asked about.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::asking::{Asking, Triggers};
use super::capabilities::Client;
use crate::config::Settings;
use crate::domain::document::{Document, DocumentId};
use crate::domain::language::Language;
use crate::domain::route::Policy;
use crate::domain::site::Trigger;
use crate::domain::text::{self, Position, TextChange};
use crate::domain::workspace::{Analysis, Leftovers, Neighbour, Workspace};

/// The session's state.
#[derive(Default)]
pub(super) struct Session {
    /// What the client can do, as negotiated.
    pub(super) client: Client,
    /// Whether completions are paused by the user.
    pub(super) is_paused: bool,
    workspace: Workspace,
    ids: HashMap<String, DocumentId>,
    files: HashMap<DocumentId, File>,
    next_id: u32,
    triggers: Triggers,
}

/// What is known of an open document besides its text.
struct File {
    path: String,
    /// What holds for it; `None` where the settings say nothing for it alone.
    policy: Option<Arc<Policy>>,
}

/// What a request needs from the session.
pub(super) struct Asked {
    /// The document as it is now.
    pub(super) document: Document,
    /// What holds for its file; `None` where the settings say nothing for it alone.
    pub(super) policy: Option<Arc<Policy>>,
    /// The revision of the document; the snapshot may be changed to try something out.
    pub(super) revision: u64,
    /// The cursor as a byte offset.
    pub(super) offset: usize,
    /// Why the editor asks, with earlier invocations at this place counted.
    pub(super) trigger: Trigger,
    /// Whether the editor shows a problem at the cursor.
    pub(super) has_diagnostic: bool,
    /// The other open files that may be sent to models.
    pub(super) neighbours: Vec<Neighbour>,
}

impl Session {
    /// Opens a document; returns a snapshot for the analysis. Each opening has an id of its own, so
    /// that nothing found out about an earlier text is taken for this one.
    pub(super) fn open(
        &mut self,
        uri: &str,
        version: i32,
        language: Arc<Language>,
        text: &str,
        settings: &Settings,
    ) -> Document {
        self.close(uri);
        self.next_id += 1;
        let id = DocumentId(self.next_id);
        self.ids.insert(uri.to_owned(), id);
        let path = path_of(uri);
        let mut document = Document::new(id, version, language, text);
        document.filename = Arc::from(path.rsplit('/').next().unwrap_or_default());
        document.is_private = settings.privacy.exclude.is_match(Path::new(&path));
        let policy = settings.policy_for(&document.language.id, Path::new(&path));
        self.files.insert(id, File { path, policy });
        self.workspace.open(document.clone());
        document
    }

    /// Applies changes; returns the document's id and a snapshot, or `None` when it is not open.
    pub(super) fn change(
        &mut self,
        uri: &str,
        version: i32,
        changes: &[TextChange],
        now: Instant,
    ) -> Option<Document> {
        let id = *self.ids.get(uri)?;
        let encoding = self.client.encoding;
        if !self.workspace.change(id, version, changes, encoding, now) {
            return None;
        }
        self.workspace.document(id).cloned()
    }

    /// Forgets a document; returns its id and what it leaves.
    pub(super) fn close(&mut self, uri: &str) -> Option<(DocumentId, Leftovers)> {
        let id = self.ids.remove(uri)?;
        self.files.remove(&id);
        Some((id, self.workspace.close(id)))
    }

    /// Everything a request needs, taken at its arrival.
    pub(super) fn ask(
        &mut self,
        uri: &str,
        position: Position,
        asking: Asking,
        now: Instant,
    ) -> Option<Asked> {
        let id = *self.ids.get(uri)?;
        let document = self.workspace.snapshot(id)?;
        let offset = text::offset_of(&document.rope, position, self.client.encoding);
        let trigger = self.triggers.trigger(asking, &document, offset, now);
        let revision = document.revision;
        let policy = self.files.get(&id).and_then(|file| file.policy.clone());
        let has_diagnostic = false;
        let neighbours = self.workspace.neighbours(id);
        Some(Asked { document, policy, revision, offset, trigger, has_diagnostic, neighbours })
    }

    /// URI and version of a document and the place of a byte in it, if it is still at `revision`.
    pub(super) fn place(
        &self,
        id: DocumentId,
        revision: u64,
        offset: usize,
    ) -> Option<(&str, i32, Position)> {
        let document = self.workspace.document(id).filter(|known| known.revision == revision)?;
        let (uri, _) = self.ids.iter().find(|(_, known)| **known == id)?;
        let position = text::position_of(&document.rope, offset, self.client.encoding);
        Some((uri, document.version, position))
    }

    /// The revision a document is at now.
    pub(super) fn revision(&self, id: DocumentId) -> Option<u64> {
        self.workspace.document(id).map(|document| document.revision)
    }

    /// Takes in what the analysis found.
    pub(super) fn publish(&mut self, analysis: Analysis) -> Leftovers {
        self.workspace.publish(analysis)
    }

    /// Decides anew what holds for each open document: whether it is private, and which policy.
    pub(super) fn obey(&mut self, settings: &Settings) {
        for (id, file) in &mut self.files {
            let path = Path::new(&file.path);
            self.workspace.set_private(*id, settings.privacy.exclude.is_match(path));
            let Some(document) = self.workspace.document(*id) else { continue };
            file.policy = settings.policy_for(&document.language.id, path);
        }
    }

    /// The language of an open document.
    pub(super) fn language(&self, uri: &str) -> Option<Arc<Language>> {
        let document = self.workspace.document(*self.ids.get(uri)?)?;
        Some(Arc::clone(&document.language))
    }

    /// How many documents are open.
    pub(super) fn documents_open(&self) -> usize {
        self.workspace.len()
    }
}

/// The path part of a URI with percent escapes decoded; the whole URI where it has no path.
pub(super) fn path_of(uri: &str) -> String {
    let path = match uri.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or(rest, |slash| &rest[slash..]),
        None => uri.split_once(':').map_or(uri, |(_, rest)| rest),
    };
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = escaped
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &tail[2..] } else { tail };
    }
    // `/C:/x` is how a URI writes `C:/x`.
    let has_drive =
        matches!(bytes.as_slice(), [b'/', drive, b':', ..] if drive.is_ascii_alphabetic());
    String::from_utf8_lossy(&bytes[usize::from(has_drive)..]).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::loader::Loader;
    use crate::domain::route::{Override, Tier};

    #[test]
    fn paths_are_decoded_and_never_panic() {
        assert_eq!(path_of("file:///a%20b/c%C3%A9.rs"), "/a b/cé.rs");
        assert_eq!(path_of("file:///C%3A/x.rs"), "C:/x.rs");
        assert_eq!(path_of("untitled:Untitled-1"), "Untitled-1");
        assert_eq!(path_of("file:///a%"), "/a%");
        assert_eq!(path_of("file:///a%zz%4"), "/a%zz%4");
        assert_eq!(path_of(""), "");
    }

    #[test]
    fn a_document_opened_twice_begins_anew() {
        let mut session = Session::default();
        let none = Settings::default();
        let first = session.open("u", 1, Language::plain_text(), "abc", &none);
        let second = session.open("u", 1, Language::plain_text(), "x", &none);
        assert_ne!(first.id, second.id);
        assert_eq!((session.documents_open(), session.files.len()), (1, 1));
        assert_eq!(session.revision(first.id), None);
    }

    #[test]
    fn closed_documents_are_forgotten() {
        let mut session = Session::default();
        session.open("u", 1, Language::plain_text(), "abc", &Settings::default());
        assert_eq!(session.documents_open(), 1);
        assert!(session.close("u").is_some());
        assert_eq!(session.documents_open(), 0);
        assert!(session.ask("u", Position::default(), Asking::Automatic, Instant::now()).is_none());
        assert!(session.files.is_empty() && session.ids.is_empty());
    }

    #[test]
    fn each_document_has_the_policy_of_its_file() {
        let settings = |options: serde_json::Value| {
            let mut loader = Loader::new(None);
            loader.set_initialization(&options);
            loader.load().settings
        };
        let mut session = Session::default();
        let local = settings(json!({"paths": {"tests/": {"override": "local"}}}));
        let text = Language::plain_text;
        session.open("file:///p/tests/a.rs", 1, text(), "", &local);
        session.open("file:///p/src/a.rs", 1, text(), "", &local);
        let force = |session: &mut Session, uri| {
            let asked = session.ask(uri, Position::default(), Asking::Automatic, Instant::now());
            asked.expect("an open document").policy.map(|policy| policy.force)
        };
        let always = |tier| Some(Override::Always(tier));
        assert_eq!(force(&mut session, "file:///p/tests/a.rs"), always(Tier::Local));
        assert_eq!(force(&mut session, "file:///p/src/a.rs"), None);
        session.obey(&settings(json!({"languages": {"plaintext": {"override": "fast"}}})));
        assert_eq!(force(&mut session, "file:///p/tests/a.rs"), always(Tier::Fast));
        let mut forced = Settings::clone(&local);
        forced.force(Override::Always(Tier::Flagship));
        session.obey(&forced);
        assert_eq!(force(&mut session, "file:///p/tests/a.rs"), always(Tier::Flagship));
        session.obey(&Settings::default());
        assert_eq!(force(&mut session, "file:///p/tests/a.rs"), None);
    }
}
