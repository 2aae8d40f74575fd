//! What is defined around the cursor: parameters, variables, functions, fields, types, imports.
//!
//! Two passes share one query. [`local_definitions`] looks at some kilobytes before the cursor,
//! inside the function there, and is cheap enough for every keystroke. [`file_definitions`] looks
//! at a large part of the file and takes milliseconds: it is for the background, after a parse.
//! What it leaves out are the variables of short scopes, which the first pass finds when the cursor
//! is there. [`definitions_at`] is both together.
//!
//! All passes are bounded three times: in bytes, in steps of the query, and in results. This file
//! must not know any language: what differs is in the `locals.scm` of each.

mod collect;

use std::ops::Range;

use ropey::Rope;
use tree_sitter::Tree;

use self::collect::{Search, top_around};
use super::roles::Place;
pub use crate::domain::language::DefinitionKind;
use crate::domain::language::LocalsQuery;

/// Bound: bytes before the cursor in which [`local_definitions`] looks. A kilobyte of code takes
/// 0.06 to 0.16 ms in a build for development.
pub const LOCAL_BYTES_MAX: usize = 6 << 10;
/// Bound: bytes before the place in which [`file_definitions`] looks.
pub const FILE_BEFORE_MAX: usize = 256 << 10;
/// Bound: bytes behind the place in which [`file_definitions`] looks.
pub const FILE_AFTER_MAX: usize = 128 << 10;
/// Bound: results of one call; the nearest are kept.
pub const DEFINITIONS_MAX: usize = 2000;
/// Bound: query steps of a local pass.
const LOCAL_STEPS_MAX: usize = 20_000;
/// Bound: query steps of a pass over the file.
const FILE_STEPS_MAX: usize = 1_000_000;

/// A name that is defined in the file. All ranges are bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name.
    pub name: Range<usize>,
    /// What it stands for.
    pub kind: DefinitionKind,
    /// The innermost function or block it is known in; the whole file where there is none.
    pub scope: Range<usize>,
    /// Where it is not known although in scope, both ends included: for parameters and variables of
    /// a function everything up to the end of their declaration, for others their own name or
    /// declaration only.
    pub unknown: Range<usize>,
    /// The members of the type or module it is one of. The cursor is in the same type if it is in
    /// this range.
    pub member_of: Option<Range<usize>>,
    /// The last plain name of its type: `Bar` of `&mut foo::Bar<T>`.
    pub type_name: Option<Range<usize>>,
    /// The name of the type it belongs to, as a class body, an `impl` or a receiver says it.
    pub owner: Option<Range<usize>>,
}

impl Definition {
    /// Whether code at `offset` may name it; of a field or method, code with a value of its type.
    pub fn is_known_at(&self, offset: usize) -> bool {
        let is_in_scope = self.scope.start <= offset && offset <= self.scope.end;
        is_in_scope && !(self.unknown.start <= offset && offset <= self.unknown.end)
    }

    fn is_local(&self) -> bool {
        matches!(self.kind, DefinitionKind::Parameter | DefinitionKind::Variable)
    }
}

/// Everything known at `offset`: innermost scope first, in each scope the nearest before the cursor
/// first. `tree` must be the tree of `text`, or have been edited to it.
pub fn definitions_at(
    tree: &Tree,
    text: &Rope,
    query: &LocalsQuery,
    offset: usize,
) -> Vec<Definition> {
    let mut all = local_definitions(tree, text, query, offset);
    let file = file_definitions(tree, text, query, offset);
    all.extend(file.into_iter().filter(|definition| definition.is_known_at(offset)));
    nearest_first(all, offset)
}

/// What is known at `offset` of that which stands before it in the functions and blocks around it,
/// or at the top level. At most [`LOCAL_BYTES_MAX`] bytes are looked at. The order is that of
/// [`definitions_at`].
pub fn local_definitions(
    tree: &Tree,
    text: &Rope,
    query: &LocalsQuery,
    offset: usize,
) -> Vec<Definition> {
    let place = Place::new(tree, text, offset);
    let offset = place.offset;
    let (place_of, steps_max) = (Some(&place), LOCAL_STEPS_MAX);
    let window = place.anchor.saturating_sub(1)..offset + 1;
    let top = top_around(tree, &window);
    let mut search = Search { text, query, place: place_of, steps_max, top };
    let mut scope = search.run(window.clone()).outermost_scope(offset);
    if scope.is_none() && top != tree.root_node() {
        search.top = tree.root_node();
        scope = search.run(window).outermost_scope(offset);
    }
    let lowest = offset.saturating_sub(LOCAL_BYTES_MAX);
    let start = scope.map_or(lowest, |scope| scope.start.max(lowest));
    let found = search.run(start..offset);
    let mut known = found.into_definitions(&(0..text.len_bytes()));
    known.retain(|definition| definition.is_known_at(offset));
    nearest_first(known, offset)
}

/// Functions, types, fields and imports near `place` wherever they are known, with the variables of
/// scopes too long for [`local_definitions`]; those nearest to `place` first. A caller that keeps
/// them asks each [`Definition::is_known_at`] the cursor.
pub fn file_definitions(
    tree: &Tree,
    text: &Rope,
    query: &LocalsQuery,
    place: usize,
) -> Vec<Definition> {
    let top = tree.root_node();
    let search = Search { text, query, place: None, steps_max: FILE_STEPS_MAX, top };
    let window = place.saturating_sub(FILE_BEFORE_MAX)..place.saturating_add(FILE_AFTER_MAX);
    let whole = 0..text.len_bytes();
    let mut all = search.run(window).into_definitions(&whole);
    all.retain(|definition| {
        let scope = &definition.scope;
        !definition.is_local() || *scope == whole || scope.len() > LOCAL_BYTES_MAX
    });
    nearest_first(all, place)
}

/// Sorts, leaves out what is there twice, and cuts off what is farthest.
fn nearest_first(mut all: Vec<Definition>, offset: usize) -> Vec<Definition> {
    all.sort_by_key(|definition| definition.name.start);
    all.dedup_by(|next, kept| next.name == kept.name);
    all.sort_by_key(|definition| {
        let name = &definition.name;
        let is_behind = name.start >= offset;
        let distance = if is_behind { name.start - offset } else { offset - name.start };
        (definition.scope.len(), is_behind, distance)
    });
    all.truncate(DEFINITIONS_MAX);
    all
}
