//! The open documents of one session, as the editor last described them.
//!
//! One owner applies edits in the order they arrive; everyone else gets a snapshot, which is a
//! cheap copy. Closing a document forgets it: its text and its trees.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use ropey::Rope;
use tree_sitter::Tree;

use super::document::{Document, DocumentId};
use super::excerpts::Excerpts;
use super::outline::Outline;
use super::syntax::Syntax;
use super::text::{PositionEncoding, TextChange};

/// Bound: documents whose trees are kept. A tree takes up to 20 times the memory of its text, so
/// only the documents used last have theirs; another gets one again when it is used.
const TREES_MAX: usize = 8;
/// Bound: other files that a request may look at, those used last.
const NEIGHBOURS_MAX: usize = 12;

/// All open documents.
#[derive(Debug, Default)]
pub struct Workspace {
    open: BTreeMap<DocumentId, Open>,
    /// Counts uses, to tell which documents were used last.
    uses: u64,
}

#[derive(Debug)]
struct Open {
    document: Document,
    last_use: u64,
}

/// What nobody needs any more. Freeing a large tree takes milliseconds, so this is handed out to be
/// dropped where nobody waits, and never under a lock.
#[derive(Debug, Default)]
#[must_use = "dropping it may take milliseconds"]
pub struct Leftovers {
    /// The document that was closed.
    pub closed: Option<DocumentId>,
    syntaxes: Vec<Syntax>,
    outlines: Vec<Arc<Outline>>,
    excerpts: Vec<Arc<Excerpts>>,
}

impl Leftovers {
    fn of(open: Open) -> Self {
        Self {
            closed: Some(open.document.id),
            syntaxes: vec![open.document.syntax],
            outlines: vec![open.document.outline],
            excerpts: vec![open.document.excerpts],
        }
    }
}

/// What a background analysis found out about one revision of a document.
#[derive(Debug)]
pub struct Analysis {
    /// The document.
    pub id: DocumentId,
    /// The revision that was analysed.
    pub revision: u64,
    /// Where the text was last edited at that revision, as a byte offset.
    pub focus: usize,
    /// The tree, where a grammar is there and the parse finished.
    pub tree: Option<Tree>,
    /// What the document defines, where it was parsed.
    pub outline: Option<Arc<Outline>>,
    /// What of it can be shown beside other files.
    pub excerpts: Option<Arc<Excerpts>>,
}

/// Another open file that a prompt may show something of.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// File name without folders.
    pub filename: Arc<str>,
    /// The text.
    pub rope: Rope,
    /// What of it can be shown, as of the last analysis.
    pub excerpts: Arc<Excerpts>,
    /// When it was last changed; `None` if it was not.
    pub changed_at: Option<Instant>,
    /// Where it was last changed.
    pub last_edit: usize,
}

impl Workspace {
    /// Adds a document, or replaces one that was opened twice.
    pub fn open(&mut self, document: Document) {
        self.uses += 1;
        self.open.insert(document.id, Open { document, last_use: self.uses });
    }

    /// Applies changes to an open document; returns whether it is open.
    pub fn change(
        &mut self,
        id: DocumentId,
        version: i32,
        changes: &[TextChange],
        encoding: PositionEncoding,
        now: Instant,
    ) -> bool {
        let Some(open) = self.open.get_mut(&id) else { return false };
        self.uses += 1;
        open.last_use = self.uses;
        open.document.apply(version, changes, encoding, now);
        true
    }

    /// Sets whether the text of a document may be sent to models.
    pub fn set_private(&mut self, id: DocumentId, is_private: bool) {
        if let Some(open) = self.open.get_mut(&id) {
            open.document.is_private = is_private;
        }
    }

    /// Forgets a document.
    pub fn close(&mut self, id: DocumentId) -> Leftovers {
        self.open.remove(&id).map(Leftovers::of).unwrap_or_default()
    }

    /// Takes in what an analysis found, unless the document is gone or has newer findings.
    pub fn publish(&mut self, analysis: Analysis) -> Leftovers {
        let mut leftovers = Leftovers::default();
        let Some(open) = self.open.get_mut(&analysis.id) else { return leftovers };
        if let Some(outline) = analysis.outline {
            leftovers.outlines.push(std::mem::replace(&mut open.document.outline, outline));
        }
        if let Some(excerpts) = analysis.excerpts {
            leftovers.excerpts.push(std::mem::replace(&mut open.document.excerpts, excerpts));
        }
        if let Some(tree) = analysis.tree {
            leftovers.syntaxes.push(open.document.syntax.clone());
            open.document.syntax.publish(tree, analysis.revision, analysis.focus);
            leftovers.syntaxes.extend(self.forget_oldest_tree());
        }
        leftovers
    }

    /// Takes the trees away from the document used least recently, where too many have some.
    fn forget_oldest_tree(&mut self) -> Option<Syntax> {
        let has_tree = |open: &&mut Open| open.document.syntax.latest().is_some();
        let mut parsed: Vec<_> = self.open.values_mut().filter(has_tree).collect();
        if parsed.len() <= TREES_MAX {
            return None;
        }
        let oldest = parsed.iter_mut().min_by_key(|open| open.last_use)?;
        let syntax = oldest.document.syntax.clone();
        oldest.document.syntax.reset(oldest.document.revision);
        Some(syntax)
    }

    /// A copy of one document. Counts as a use of it.
    pub fn snapshot(&mut self, id: DocumentId) -> Option<Document> {
        self.uses += 1;
        let open = self.open.get_mut(&id)?;
        open.last_use = self.uses;
        Some(open.document.clone())
    }

    /// An open document.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.open.get(&id).map(|open| &open.document)
    }

    /// The other open files of the same family of languages whose text may be sent to models, those
    /// used last first.
    pub fn neighbours(&self, id: DocumentId) -> Vec<Neighbour> {
        let Some(own) = self.document(id) else { return Vec::new() };
        let is_akin = |open: &&Open| {
            let Document { id: other, is_private, language, .. } = &open.document;
            *other != id && !is_private && language.family == own.language.family
        };
        let mut others: Vec<&Open> = self.open.values().filter(is_akin).collect();
        others.sort_by_key(|open| std::cmp::Reverse(open.last_use));
        others.truncate(NEIGHBOURS_MAX);
        let neighbour = |open: &Open| Neighbour {
            filename: Arc::clone(&open.document.filename),
            rope: open.document.rope.clone(),
            excerpts: Arc::clone(&open.document.excerpts),
            changed_at: open.document.changed_at,
            last_edit: open.document.last_edit,
        };
        others.into_iter().map(neighbour).collect()
    }

    /// How many documents are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
