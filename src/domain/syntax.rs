//! The syntax trees of one document, kept useful while the text is broken.
//!
//! Two trees are held. `latest` is the last finished parse with every later edit applied to it:
//! its shape may lag, its offsets never do. `good` is the last parse whose path to the place being
//! edited held no error; it answers "which function, which scope" when half-typed code makes the
//! latest tree useless. Parsing is bounded by the caller, who says when to stop, because this
//! module does not read the clock. A full incremental parse of 20,000 lines takes 1.7 ms at the
//! median and over 100 ms on broken code, so the keystroke path never waits for one.

pub mod locals;
pub mod roles;

use std::ops::ControlFlow;

use ropey::Rope;
use tree_sitter::{InputEdit, Language as Grammar, ParseOptions, Parser, Tree};

/// Bound: documents above this many bytes are not parsed; the text-only path serves them. Half a
/// megabyte of source is about 15,000 lines; 4 MB covers generated files that people still open.
pub const PARSED_BYTES_MAX: usize = 4 << 20;

/// The trees of a document.
#[derive(Clone, Debug, Default)]
pub struct Syntax {
    latest: Option<Tree>,
    good: Option<Tree>,
    /// The document revision `latest` was parsed from, before later edits were applied to it.
    parsed_revision: Option<u64>,
    /// Edits with the revision each led to, for parses that began before them.
    /// Bound: at most [`EDITS_MAX`]; a parse older than the first is thrown away.
    edits: Vec<(u64, InputEdit)>,
    /// Parses of revisions before this one cannot be brought up to date.
    edits_since: u64,
}

/// Bound: edits remembered while a parse runs. A slow parse takes 0.1 s; nobody types 1,024 keys
/// in that time, and a burst that does only delays the next tree.
const EDITS_MAX: usize = 1024;

impl Syntax {
    /// Moves both trees along with an edit of the text that led to `revision`.
    pub fn edit(&mut self, edit: InputEdit, revision: u64) {
        for tree in [&mut self.latest, &mut self.good].into_iter().flatten() {
            tree.edit(&edit);
        }
        if self.edits.len() == EDITS_MAX {
            self.edits.clear();
            self.edits_since = revision;
        } else {
            self.edits.push((revision, edit));
        }
    }

    /// Forgets both trees because the whole text was replaced; parses older than `revision` are
    /// of no use any more.
    pub fn reset(&mut self, revision: u64) {
        *self = Self { edits_since: revision, ..Self::default() };
    }

    /// The most recent tree, moved along with every edit since.
    pub fn latest(&self) -> Option<&Tree> {
        self.latest.as_ref()
    }

    /// The last tree that was whole around the place of editing.
    pub fn good(&self) -> Option<&Tree> {
        self.good.as_ref()
    }

    /// Whether `latest` was parsed from exactly this revision.
    pub fn is_fresh(&self, revision: u64) -> bool {
        self.parsed_revision == Some(revision)
    }

    /// Takes in a parse of `revision`, which may be older than the present text: the edits since
    /// are applied to it. `focus` is where the text was last edited at that revision. Returns
    /// whether the tree was of use.
    pub fn publish(&mut self, mut tree: Tree, revision: u64, focus: usize) -> bool {
        if revision < self.edits_since || self.parsed_revision.is_some_and(|r| r >= revision) {
            return false;
        }
        let is_good = self.good.is_none() || is_whole_around(&tree, focus);
        self.edits.retain(|(led_to, _)| *led_to > revision);
        for (_, edit) in &self.edits {
            tree.edit(edit);
        }
        if is_good {
            self.good = Some(tree.clone());
        }
        self.latest = Some(tree);
        self.parsed_revision = Some(revision);
        true
    }
}

/// Parses `rope`, reusing `old` where the text did not change. `go_on` is asked about every 20 µs;
/// when it says no the parse is abandoned and `None` comes back.
pub fn parse(
    grammar: &Grammar,
    rope: &Rope,
    old: Option<&Tree>,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    let mut read = |offset: usize, _| -> &[u8] {
        rope.get_chunk_at_byte(offset)
            .and_then(|(chunk, start, ..)| chunk.as_bytes().get(offset - start..))
            .unwrap_or_default()
    };
    let mut progress = |_: &tree_sitter::ParseState| {
        if go_on() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    parser.parse_with_options(&mut read, old, Some(options))
}

/// Whether no error node stands between the root and `offset`.
fn is_whole_around(tree: &Tree, offset: usize) -> bool {
    let mut node = tree.root_node();
    loop {
        if node.is_error() {
            return false;
        }
        let Some(child) = node.first_child_for_byte(offset) else { return true };
        if child.start_byte() > offset {
            return true;
        }
        node = child;
    }
}
