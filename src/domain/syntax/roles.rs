//! Which roles the code around the cursor plays: inside a function body, an argument list, a
//! string. [`roles_at`] asks the language's site query about a few bytes around the cursor, so the
//! cost follows the shape of the tree there and hardly the size of the file.
//!
//! Being inside is a matter of the cursor, not of nodes. `{|}` is inside an empty body although
//! nothing is there, `{}|` is outside although it touches the node, and a Python block goes on
//! over the blank lines below it although its node has ended. The query says per pattern how a
//! region ends ([`RegionEnd`]); the rules for each kind are here.
//!
//! This file must not know any language: what differs is in the queries.

use std::ops::Range;

use ropey::Rope;
use tree_sitter::{Node, QueryCursor, QueryMatch, StreamingIterator, Tree};

use crate::domain::language::{RegionEnd, Role, SiteQuery};

/// Bound: how far over white space the end of a region is looked for. Two screens of blank lines
/// are more than anyone leaves inside a block.
const BLANK_BYTES_MAX: usize = 4096;

/// Bound: how many comments above the cursor are passed over. Each costs some microseconds.
const COMMENTS_MAX: usize = 32;

/// Bound: nameless tokens side by side in one broken region. A query compares each with those after
/// it, which takes minutes for a text of nothing but open brackets and 2 ms for this many.
const BROKEN_TOKENS_MAX: usize = 2000;

/// The roles of every region that contains `offset`, innermost first, each with its byte range.
///
/// `tree` must be the tree of `text`, or have been edited to it. The range of a region between two
/// delimiters leaves the delimiters out; one that goes on over blank lines reaches the cursor.
pub fn roles_at(
    tree: &Tree,
    text: &Rope,
    query: &SiteQuery,
    offset: usize,
) -> Vec<(Role, Range<usize>)> {
    if is_in_rubble(tree, offset) {
        return Vec::new();
    }
    let place = Place::new(tree, text, offset);
    let mut cursor = QueryCursor::new();
    cursor.set_byte_range(place.anchor.saturating_sub(1)..place.offset + 1);
    let text_of = |node: Node| {
        let slice = text.get_byte_slice(node.byte_range());
        slice.into_iter().flat_map(|slice| slice.chunks().map(str::as_bytes))
    };
    let mut matches = cursor.matches(&query.query, tree.root_node(), text_of);
    let mut regions = Vec::new();
    let mut code: Option<Range<usize>> = None;
    while let Some(found) = matches.next() {
        place.each_region(found, query, |index, region| {
            if let Some(role) = query.roles.get(index as usize).copied().flatten() {
                regions.push((role, region));
            } else if query.code == Some(index)
                && code.as_ref().is_none_or(|outer| encloses(outer, &region))
            {
                code = Some(region);
            }
        });
    }
    if let Some(code) = code {
        regions.retain(|(role, region)| !(is_text(*role) && encloses(region, &code)));
    }
    sort_innermost_first(&mut regions);
    regions
}

/// Whether the text around the cursor is so broken that the tree says nothing about it.
fn is_in_rubble(tree: &Tree, offset: usize) -> bool {
    let mut node = tree.root_node();
    loop {
        if is_rubble(node) {
            return true;
        }
        match node.first_child_for_byte(offset) {
            Some(child) if child.start_byte() <= offset => node = child,
            _ => return false,
        }
    }
}

/// Whether so many stray tokens stand side by side here that a query would take too long.
pub(super) fn is_rubble(node: Node) -> bool {
    let nameless = node.child_count() as usize - node.named_child_count();
    node.is_error() && nameless > BROKEN_TOKENS_MAX
}

/// Whether the role is that of text for people, which interpolated code interrupts.
fn is_text(role: Role) -> bool {
    matches!(role, Role::String | Role::Comment)
}

fn encloses(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Shorter regions come first. A region that a narrow pattern names often has a wider meaning to a
/// wide one too: of roles for the very same region the plain block and plain arguments give way.
fn sort_innermost_first(regions: &mut Vec<(Role, Range<usize>)>) {
    let is_plain = |role| matches!(role, Role::Block | Role::Arguments);
    regions.sort_by_key(|(role, region)| (region.len(), region.start, is_plain(*role), *role));
    regions.dedup_by(|(role, region), (kept, kept_region)| {
        region == kept_region && (role == kept || (is_plain(*role) && !is_plain(*kept)))
    });
}

/// The cursor and the blank text around it.
pub(super) struct Place {
    /// The cursor, clamped into the text.
    pub(super) offset: usize,
    /// End of the last code before the cursor. On a line that is blank before the cursor, the
    /// comment lines above it are passed over: they belong to what they stand in.
    pub(super) anchor: usize,
    /// Start of the next text behind the cursor.
    next: usize,
    /// The cursor's column in bytes, if its line is blank before it.
    column: Option<usize>,
}

impl Place {
    pub(super) fn new(tree: &Tree, text: &Rope, offset: usize) -> Self {
        let offset = offset.min(text.len_bytes());
        let mut anchor = blank_start(text, offset);
        let column = column_of(text, anchor, offset);
        let next = offset + blank_len(text, offset);
        for _ in 0..column.map_or(0, |_| COMMENTS_MAX) {
            let Some(comment) = comment_before(tree, anchor) else { break };
            anchor = blank_start(text, comment.start_byte());
        }
        Self { offset, anchor, next, column }
    }

    /// Calls `take` for the regions of one match that contain the cursor, with their capture
    /// index. A capture that occurs twice names the two delimiters of its region, or a node and
    /// the token in it behind which the region starts.
    fn each_region(
        &self,
        found: &QueryMatch,
        query: &SiteQuery,
        mut take: impl FnMut(u32, Range<usize>),
    ) {
        let end = query.ends.get(found.pattern_index).copied().unwrap_or(RegionEnd::Closed);
        let captures = found.captures();
        for (i, capture) in captures.iter().enumerate() {
            let (before, after) = (&captures[..i], &captures[i + 1..]);
            if before.iter().any(|earlier| earlier.index == capture.index) {
                continue;
            }
            let partner = after.iter().rfind(|later| later.index == capture.index);
            let node = capture.node;
            let region = match partner {
                Some(token) if token.node.start_byte() < node.end_byte() => {
                    self.behind(token.node, node, end)
                }
                Some(close) => self.between(node, close.node),
                None => self.inside(node, end),
            };
            if let Some(region) = region {
                take(capture.index, region);
            }
        }
    }

    /// The region between two delimiters, if the cursor is there; both ends are inside.
    fn between(&self, open: Node, close: Node) -> Option<Range<usize>> {
        let (start, end) = (open.end_byte(), close.start_byte());
        let is_before_end = self.offset <= end || (close.is_missing() && self.follows(end));
        (start <= self.offset && is_before_end).then(|| start..end.max(self.offset))
    }

    /// The part of `node` behind a token in it, if the cursor is there.
    fn behind(&self, token: Node, node: Node, end: RegionEnd) -> Option<Range<usize>> {
        let is_inside = token.end_byte() <= self.offset && self.is_before_end(node, end);
        is_inside.then(|| token.end_byte()..node.end_byte().max(self.offset))
    }

    /// The region of `node`, if the cursor is in it.
    fn inside(&self, node: Node, end: RegionEnd) -> Option<Range<usize>> {
        let (start, first) = region_start(node, end);
        let is_inside = first <= self.offset && self.is_before_end(node, end);
        is_inside.then(|| start..node.end_byte().max(self.offset))
    }

    /// Whether the cursor is not yet behind the region of `node`. Some nodes that end with their
    /// indentation have the blank lines below in them, others have not: only text counts.
    pub(super) fn is_before_end(&self, node: Node, end: RegionEnd) -> bool {
        let is_blank_tail = end == RegionEnd::Indentation && node.end_byte() <= self.next;
        (self.offset < node.end_byte() && !is_blank_tail) || self.belongs(node, end)
    }

    /// Whether nothing but blank text lies between `byte` and the cursor.
    fn follows(&self, byte: usize) -> bool {
        self.anchor <= byte
    }

    /// Whether the cursor, behind the last text of `node`, still belongs to it.
    fn belongs(&self, node: Node, end: RegionEnd) -> bool {
        self.follows(node.end_byte())
            && match end {
                RegionEnd::Closed => last_token(node).is_missing(),
                RegionEnd::Line => self.column.is_none() && last_token(node).kind() != "}",
                RegionEnd::Indentation => self
                    .column
                    .is_none_or(|column| indentation_of(node).is_some_and(|least| column >= least)),
                RegionEnd::Next => true,
            }
    }
}

/// Start of the white space that ends at `end`.
fn blank_start(text: &Rope, end: usize) -> usize {
    let Some(mut bytes) = text.get_bytes_at(end) else { return end };
    let blank = std::iter::from_fn(|| bytes.prev()).take(BLANK_BYTES_MAX);
    end - blank.take_while(u8::is_ascii_whitespace).count()
}

/// Length of the white space that starts at `start`.
fn blank_len(text: &Rope, start: usize) -> usize {
    let bytes = text.get_bytes_at(start).into_iter().flatten().take(BLANK_BYTES_MAX);
    bytes.take_while(u8::is_ascii_whitespace).count()
}

/// The column of `offset`, if a line break lies between `anchor` and it.
fn column_of(text: &Rope, anchor: usize, offset: usize) -> Option<usize> {
    let mut bytes = text.get_bytes_at(offset)?;
    let blank = std::iter::from_fn(|| bytes.prev()).take(offset - anchor);
    blank.into_iter().position(|byte| byte == b'\n' || byte == b'\r')
}

/// The comment whose last byte stands right before `anchor`.
fn comment_before(tree: &Tree, anchor: usize) -> Option<Node<'_>> {
    let last = anchor.checked_sub(1)?;
    let node = tree.root_node().descendant_for_byte_range(last, anchor)?;
    (node.is_extra() && node.end_byte() == anchor).then_some(node)
}

/// Where the region of `node` starts, and the first position inside it. A region with an opening
/// token is entered behind the first byte of it; one without, such as a Python block, begins where
/// the token before it (the `:`) ends.
fn region_start(node: Node, end: RegionEnd) -> (usize, usize) {
    if end != RegionEnd::Indentation || opens_with_token(node) {
        return (node.start_byte(), node.start_byte() + 1);
    }
    let start = node.prev_sibling().map_or(node.start_byte(), |before| before.end_byte());
    (start, start)
}

fn opens_with_token(node: Node) -> bool {
    node.child(0).is_some_and(|first| !first.is_named())
}

/// The least column at which text below `node` still belongs to it; `None` for a body on the line
/// of its header, to which nothing below belongs.
fn indentation_of(node: Node) -> Option<usize> {
    let owner_column = |owner: Node| owner.start_position().column + 1;
    let Some(first) = node.child(0) else {
        return node.parent().map(owner_column);
    };
    if !first.is_named() {
        return Some(owner_column(node));
    }
    let begins = first.start_position();
    let header_row = node.prev_sibling().map(|header| header.end_position().row);
    (header_row != Some(begins.row)).then_some(begins.column)
}

fn last_token(node: Node) -> Node {
    let mut token = node;
    while let Some(last) = token.child_count().checked_sub(1).and_then(|last| token.child(last)) {
        token = last;
    }
    token
}
