//! Refuses text with which the document parses worse than without it.
//!
//! The text is put into a copy of the document, and the errors of the trees before and after are
//! counted around the cursor. Half-typed code has errors already, and a good answer often mends
//! them; only more of them count against it. A line may open a block that the user goes on in, so
//! what the text leaves open is closed before it is judged. Where the tree cannot be had in time
//! nothing is refused.

use tree_sitter::{Node, Tree};

use super::{Cleaned, Dropped};
use crate::domain::document::Document;
use crate::domain::language::BlockStyle;
use crate::domain::lexical::Mode;
use crate::domain::site::Site;
use crate::domain::syntax::parse;

/// Bound: how often the parser may report progress, some 20 µs apart, in each of three parses at
/// most. With the tree of the present text at hand a parse takes a fraction of it.
const PROGRESS_MAX: usize = 60;
/// Bound: documents above this many bytes are not looked at.
const DOCUMENT_MAX: usize = 512 << 10;
/// Bound: bytes before and behind the text in which errors are counted.
const WINDOW: usize = 2 << 10;
/// Bound: nodes looked at for errors.
const NODES_MAX: usize = 4000;

/// Drops text that breaks the syntax around it. `is_part` says that more of the answer was cut off,
/// so that its last line may be unfinished.
pub(super) fn check(site: &Site, cleaned: &Cleaned, is_part: bool) -> Result<(), Dropped> {
    let breaks = breaks(site, cleaned, usize::from(is_part));
    if breaks == Some(true) { Err("the answer breaks the syntax around it") } else { Ok(()) }
}

/// Whether there are more errors around the cursor than before and `spare` more; `None` where that
/// cannot be told.
fn breaks(site: &Site, cleaned: &Cleaned, spare: usize) -> Option<bool> {
    let document = &site.document;
    let is_code = matches!(site.mode, Mode::Code | Mode::Text);
    let is_small = document.rope.len_bytes() <= DOCUMENT_MAX;
    if !is_code || !is_small || leaves_block_empty(site, &cleaned.text) {
        return None;
    }
    let from = site.offset.saturating_sub(WINDOW);
    let behind = site.offset + cleaned.replace_after;
    let end = site.offset + cleaned.text.len();
    let mut copy = document.clone();
    copy.splice(site.offset..behind, &cleaned.text);
    let with = errors(&bounded(&copy)?, from, end + WINDOW)?;
    if with <= spare {
        return Some(false);
    }
    let anew =
        if document.syntax.is_fresh(document.revision) { None } else { Some(bounded(document)?) };
    let tree = anew.as_ref().or(document.syntax.latest())?;
    let before = errors(tree, from, behind + WINDOW)? + spare;
    if with <= before {
        return Some(false);
    }
    let inserted = Site::new(copy, end, site.trigger);
    let own = inserted.unclosed.iter().rev().filter(|open| open.start >= site.offset);
    let mut closers = String::new();
    for open in own {
        closers.push('\n');
        closers.push_str(&open.close);
    }
    if closers.is_empty() {
        return Some(true);
    }
    let mut copy = inserted.document;
    copy.splice(end..end, &closers);
    Some(errors(&bounded(&copy)?, from, end + closers.len() + WINDOW)? > before)
}

/// The tree of the present text, where it can be had in time.
fn bounded(document: &Document) -> Option<Tree> {
    let grammar = document.language.grammar.as_ref()?;
    let old = document.syntax.latest()?;
    let mut reports = 0;
    let mut go_on = || {
        reports += 1;
        reports <= PROGRESS_MAX
    };
    parse(grammar, &document.rope, Some(old), &mut go_on)
}

/// Whether the text ends by opening a block that only what follows it could fill.
fn leaves_block_empty(site: &Site, text: &str) -> bool {
    let lexical = &site.document.language.lexical;
    let line = text.trim_end();
    lexical.block_style != BlockStyle::Braces
        && lexical.block_openers.iter().any(|opener| line.ends_with(opener.as_str()))
}

/// How many errors and missing tokens lie between two offsets; `None` where there is too much to
/// look at.
fn errors(tree: &Tree, from: usize, to: usize) -> Option<usize> {
    let mut count = 0;
    let mut seen = 0;
    let mut waiting: Vec<Node<'_>> = vec![tree.root_node()];
    let mut cursor = tree.walk();
    while let Some(node) = waiting.pop() {
        seen += 1;
        if seen > NODES_MAX {
            return None;
        }
        count += usize::from(node.is_error() || node.is_missing());
        if !node.has_error() {
            continue;
        }
        let inside = node.children(&mut cursor);
        waiting.extend(inside.filter(|child| child.end_byte() >= from && child.start_byte() <= to));
    }
    Some(count)
}
