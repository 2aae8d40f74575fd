//! One run of a locals query over a window, and what its matches say about each other: in which
//! scope a name stands, behind which declaration it is known, and whose member it is.

use std::ops::{ControlFlow, Range};

use ropey::Rope;
use tree_sitter::{Node, QueryCursor, QueryCursorOptions, QueryMatch, StreamingIterator, Tree};

use super::Definition;
use crate::domain::language::{DefinitionKind, LocalsCapture, LocalsQuery, RegionEnd};
use crate::domain::syntax::roles::{Place, is_rubble};

/// Bound: matches in progress at one time. Patterns are some levels deep, so a few dozen are usual;
/// the engine drops the oldest of more.
const MATCHES_MAX: u32 = 256;
/// Bound: definitions taken from one run, before the nearest are chosen.
const FOUND_MAX: usize = 20_000;
/// Bound: bytes of a type in which its name is looked for.
const TYPE_BYTES_MAX: usize = 200;
/// The query asks whether to go on after this many steps; a constant of tree-sitter.
const STEPS_PER_QUESTION: usize = 100;

/// A region of the text, from a `@scope` or a `@scope.type`.
#[derive(Clone, Debug)]
struct Scope {
    range: Range<usize>,
    is_type: bool,
    owner: Option<Range<usize>>,
}

/// A name as a match gives it.
#[derive(Debug)]
struct Found {
    name: Range<usize>,
    kind: DefinitionKind,
    pattern: usize,
    /// The scope its own pattern names.
    scope: Option<Range<usize>>,
    type_name: Option<Range<usize>>,
    owner: Option<Range<usize>>,
}

/// What one run found.
#[derive(Debug, Default)]
pub(super) struct Collected {
    scopes: Vec<Scope>,
    declarations: Vec<Range<usize>>,
    found: Vec<Found>,
}

/// What is asked of one run.
pub(super) struct Search<'a> {
    pub(super) text: &'a Rope,
    pub(super) query: &'a LocalsQuery,
    /// The cursor, if there is one: scopes that go on over the blank text before it then reach it.
    pub(super) place: Option<&'a Place>,
    /// Bound: steps of the query.
    pub(super) steps_max: usize,
    /// Where the search begins. Below the root it is cheaper: a long file has thousands of nodes there,
    /// and each would be passed.
    pub(super) top: Node<'a>,
}

/// The outermost node below the root that holds `window`; the root where none does.
pub(super) fn top_around<'a>(tree: &'a Tree, window: &Range<usize>) -> Node<'a> {
    let mut cursor = tree.walk();
    if cursor.goto_first_child_for_byte(window.start).is_some() {
        let node = cursor.node();
        if node.start_byte() <= window.start && window.end <= node.end_byte() {
            return node;
        }
    }
    tree.root_node()
}

impl Search<'_> {
    /// Runs the query over the nodes that touch `window`.
    pub(super) fn run(&self, window: Range<usize>) -> Collected {
        let mut collected = Collected::default();
        if has_rubble(self.top, &window) {
            return collected;
        }
        let mut cursor = QueryCursor::new();
        cursor.set_match_limit(MATCHES_MAX);
        cursor.set_byte_range(window);
        let mut steps = 0;
        let mut go_on = |_: &tree_sitter::QueryCursorState| {
            steps += STEPS_PER_QUESTION;
            if steps > self.steps_max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = QueryCursorOptions::new().progress_callback(&mut go_on);
        let text_of = |node: Node| {
            let slice = self.text.get_byte_slice(node.byte_range());
            slice.into_iter().flat_map(|slice| slice.chunks().map(str::as_bytes))
        };
        let mut matches =
            cursor.matches_with_options(&self.query.query, self.top, text_of, options);
        while let Some(found) = matches.next() {
            self.take(found, &mut collected);
            if collected.found.len() >= FOUND_MAX {
                break;
            }
        }
        collected
    }

    fn take(&self, found: &QueryMatch, collected: &mut Collected) {
        let end = self.query.ends.get(found.pattern_index).copied().unwrap_or(RegionEnd::Closed);
        let (mut names, mut scope, mut is_type) = (Vec::new(), None::<Range<usize>>, false);
        let (mut type_name, mut owner) = (None, None);
        for capture in found.captures() {
            let node = capture.node;
            let Some(marks) = self.query.captures.get(capture.index as usize) else { continue };
            match marks {
                LocalsCapture::Definition(kind) => {
                    // An import may be written as a path, `"net/http"`.
                    let is_import = *kind == DefinitionKind::Import;
                    let name = is_import.then(|| self.plain_name(node)).flatten();
                    names.push((name.unwrap_or_else(|| self.bare_name(node)), *kind));
                }
                LocalsCapture::Scope | LocalsCapture::TypeScope => {
                    is_type = *marks == LocalsCapture::TypeScope;
                    let start = scope.map_or(node.start_byte(), |scope| scope.start);
                    scope = Some(start..self.end_of(node, end));
                }
                LocalsCapture::Declaration => collected.declarations.push(node.byte_range()),
                LocalsCapture::Type => type_name = self.plain_name(node),
                LocalsCapture::Owner => owner = self.plain_name(node),
                LocalsCapture::Helper => {}
            }
        }
        names.retain(|(name, _)| !name.is_empty());
        let own = scope.clone().filter(|_| !is_type);
        let own_is_nobodys = names.is_empty();
        let of = owner.clone().filter(|_| !is_type);
        collected.found.extend(names.into_iter().map(|(name, kind)| Found {
            name,
            kind,
            pattern: found.pattern_index,
            scope: own.clone(),
            type_name: type_name.clone(),
            owner: of.clone(),
        }));
        // A plain scope that stands with a definition is that of the definition alone.
        if let Some(range) = scope.filter(|_| is_type || own_is_nobodys) {
            collected.scopes.push(Scope { range, is_type, owner });
        }
    }

    /// The end of a scope that ends with `node`, or the cursor if it still belongs to it.
    fn end_of(&self, node: Node, end: RegionEnd) -> usize {
        match self.place {
            Some(place) if node.start_byte() <= place.offset && place.is_before_end(node, end) => {
                node.end_byte().max(place.offset)
            }
            _ => node.end_byte(),
        }
    }

    /// The name without the sign before it in `:name` or `#name`.
    fn bare_name(&self, node: Node) -> Range<usize> {
        let first = self.text.get_byte(node.start_byte());
        let sign = usize::from(matches!(first, Some(b':' | b'#')));
        node.start_byte() + sign..node.end_byte()
    }

    /// The last word of a type before anything that is about other types: `Bar` of
    /// `&mut foo::Bar<T>`. Nothing for lists and tuples, whose members are not those of a name.
    fn plain_name(&self, node: Node) -> Option<Range<usize>> {
        let start = node.start_byte();
        let slice = self.text.get_byte_slice(node.byte_range())?;
        let mut word: Option<Range<usize>> = None;
        let mut at = start;
        let mut chars = slice.chars().peekable();
        while let Some(c) = chars.next() {
            let next = at + c.len_utf8();
            if c.is_alphanumeric() || c == '_' {
                let begin = word.filter(|word| word.end == at).map_or(at, |word| word.start);
                word = Some(begin..next);
            } else if "<([{|+=,;".contains(c) || at - start > TYPE_BYTES_MAX {
                return word.filter(|_| c != '[' || chars.peek() != Some(&']'));
            }
            at = next;
        }
        word
    }
}

/// Whether an error in the window is so full of stray tokens that a query would take too long.
/// Only nodes that hold errors are looked at.
fn has_rubble(top: Node, window: &Range<usize>) -> bool {
    let mut cursor = top.walk();
    loop {
        let node = cursor.node();
        let is_near = node.start_byte() < window.end && window.start <= node.end_byte();
        if is_near && is_rubble(node) {
            return true;
        }
        if is_near
            && node.has_error()
            && cursor.goto_first_child_for_byte(window.start.saturating_sub(1)).is_some()
        {
            continue;
        }
        // What begins behind the window is followed by nothing near.
        let mut is_behind = node.start_byte() >= window.end;
        while is_behind || !cursor.goto_next_sibling() {
            is_behind = false;
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}

impl Collected {
    /// The widest function or block around `offset`.
    pub(super) fn outermost_scope(&self, offset: usize) -> Option<Range<usize>> {
        let plain = self.scopes.iter().filter(|scope| !scope.is_type).map(|scope| &scope.range);
        let around = plain.filter(|range| range.start <= offset && offset <= range.end);
        around.max_by_key(|range| range.len()).cloned()
    }

    /// Every name with its scope, in the order of the text.
    pub(super) fn into_definitions(mut self, whole: &Range<usize>) -> Vec<Definition> {
        // A region that some pattern calls that of a type is no other scope.
        self.scopes.sort_by_key(|scope| {
            (scope.range.start, std::cmp::Reverse(scope.range.end), !scope.is_type)
        });
        self.scopes.dedup_by(|next, kept| {
            let is_same = next.range == kept.range;
            if is_same {
                kept.owner = kept.owner.take().or_else(|| next.owner.take());
            }
            is_same
        });
        self.declarations.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        self.found.sort_by_key(|found| (found.name.start, found.pattern));
        self.found.dedup_by(|next, kept| {
            let is_same = next.name == kept.name;
            if is_same {
                kept.scope = kept.scope.take().or_else(|| next.scope.take());
                kept.type_name = kept.type_name.take().or_else(|| next.type_name.take());
                kept.owner = kept.owner.take().or_else(|| next.owner.take());
            }
            is_same
        });
        let (mut scopes, mut declarations) = (Around::default(), Around::default());
        let mut definitions = Vec::with_capacity(self.found.len());
        for found in self.found {
            scopes.move_to(&self.scopes, |scope| &scope.range, &found.name);
            declarations.move_to(&self.declarations, |range| range, &found.name);
            definitions.push(resolve(found, &scopes.stack, declarations.stack.last(), whole));
        }
        definitions
    }
}

/// The regions around a place that moves forward through the text.
struct Around<'a, T> {
    stack: Vec<&'a T>,
    passed: usize,
}

impl<T> Default for Around<'_, T> {
    fn default() -> Self {
        Self { stack: Vec::new(), passed: 0 }
    }
}

impl<'a, T> Around<'a, T> {
    /// Goes on to `name`. `regions` must be sorted by start, wider first.
    fn move_to(&mut self, regions: &'a [T], range: fn(&T) -> &Range<usize>, name: &Range<usize>) {
        while let Some(region) = regions.get(self.passed) {
            if range(region).start > name.start {
                break;
            }
            self.leave(range, range(region).start + 1);
            self.stack.push(region);
            self.passed += 1;
        }
        self.leave(range, name.end);
    }

    /// Forgets regions that end before `end`.
    fn leave(&mut self, range: fn(&T) -> &Range<usize>, end: usize) {
        while self.stack.last().is_some_and(|region| range(region).end < end) {
            self.stack.pop();
        }
    }
}

/// Joins a name with the scopes around it, outermost first, and its innermost declaration.
fn resolve(
    found: Found,
    around: &[&Scope],
    declaration: Option<&&Range<usize>>,
    whole: &Range<usize>,
) -> Definition {
    let is_member = |scope: &&Scope| scope.is_type;
    // `self.x = 1` stands in a method and makes a field of the type around it.
    let depth = match found.kind {
        DefinitionKind::Field => around.iter().rposition(is_member).map_or(0, |at| at + 1),
        _ => around.len(),
    };
    let around = &around[..depth];
    let of = around.last().filter(|scope| scope.is_type && found.scope.is_none());
    let function = around.iter().rfind(|scope| !scope.is_type).map(|scope| &scope.range);
    let scope = found.scope.as_ref().or(function).unwrap_or(whole).clone();
    let is_variable = found.kind == DefinitionKind::Variable;
    let kind = match of {
        Some(scope) if is_variable && scope.owner.is_some() => DefinitionKind::Field,
        _ => found.kind,
    };
    let declaration = declaration
        .filter(|range| is_variable && scope.start <= range.start && range.end <= scope.end);
    let is_local = matches!(kind, DefinitionKind::Parameter | DefinitionKind::Variable);
    let until = declaration.map_or(found.name.end, |range| range.end);
    let from = match declaration {
        // A pattern that names the scope says where in it the name counts: everywhere.
        _ if found.scope.is_some() => found.name.start,
        _ if is_local && scope != *whole => scope.start,
        Some(range) => range.start,
        None => found.name.start,
    };
    Definition {
        owner: found.owner.or_else(|| of.and_then(|scope| scope.owner.clone())),
        member_of: of.map(|scope| scope.range.clone()),
        name: found.name,
        kind,
        scope,
        unknown: from..until,
        type_name: found.type_name,
    }
}
