//! What the syntax tree says: the roles of the regions around the cursor, the kinds of the nodes it
//! stands in and after.

use tree_sitter::{Node, TreeCursor};

use super::{Sheet, UNKNOWN};
use crate::domain::language::Role;
use crate::domain::site::Site;

/// Bound: how deep the way to the cursor is followed.
const DEPTH_MAX: usize = 200;
/// Bound: how far back over white space the text before the cursor is looked for.
const BLANK_BYTES: usize = 2048;

pub(super) fn read<'a>(site: &'a Site, sheet: &mut Sheet<'a>) {
    read_roles(site, sheet);
    read_nodes(site, sheet);
}

fn read_roles<'a>(site: &'a Site, sheet: &mut Sheet<'a>) {
    let has = |role: Role| site.scopes.iter().any(|scope| scope.role == role);
    let depth = |role: Role| site.scopes.iter().filter(|scope| scope.role == role).count();
    sheet.flag("in_function_body", has(Role::FunctionBody));
    sheet.count("functions", depth(Role::FunctionBody));
    sheet.count("blocks", depth(Role::Block));
    sheet.flag("in_type_body", has(Role::TypeBody));
    sheet.flag("in_arguments", has(Role::Arguments));
    sheet.flag("in_table", has(Role::Table));
    sheet.flag("in_arms", has(Role::Arms));
    sheet.flag("in_import", has(Role::Import));
    sheet.flag("in_attribute", has(Role::Attribute));
    let rope = &site.document.rope;
    let here = rope.byte_to_line(site.offset);
    let lines_into = |role: Role| {
        let scope = site.scopes.iter().find(|scope| scope.role == role)?;
        let start = rope.byte_to_line(scope.range.start.min(rope.len_bytes()));
        Some(here.saturating_sub(start).min(400) as f32)
    };
    sheet.number("lines_into_function", lines_into(Role::FunctionBody).unwrap_or(UNKNOWN));
    sheet.number("lines_into_block", lines_into(Role::Block).unwrap_or(UNKNOWN));
    sheet.number("lines_into_type", lines_into(Role::TypeBody).unwrap_or(UNKNOWN));
    let name = |index: usize| {
        let scope = site.scopes.get(index)?;
        Role::CAPTURES.iter().find(|(_, role)| *role == scope.role).map(|(name, _)| *name)
    };
    sheet.token("role", name(0).unwrap_or_default());
    let outer = [name(1).unwrap_or_default(), name(0).unwrap_or_default()].join(" ");
    sheet.token("roles", outer);
}

fn read_nodes<'a>(site: &'a Site, sheet: &mut Sheet<'a>) {
    let way = site.document.syntax.latest().map(|tree| way_to(site, tree.walk()));
    let way = way.unwrap_or_default();
    // The innermost node that goes on after the cursor, and its child before it.
    let inside = way.iter().rposition(|node| node.end_byte() > site.offset);
    let around = inside.map(|index| way[index]);
    let before = inside.map_or(way.first(), |index| way.get(index + 1)).copied();
    let leaf = way.last().copied();
    let kind = |node: Option<Node<'a>>| node.map_or("", |node| node.kind());
    sheet.token("leaf", kind(leaf));
    sheet.token(
        "leaf_parent",
        kind(way.len().checked_sub(2).and_then(|index| way.get(index).copied())),
    );
    sheet.token("around", kind(around));
    let outer = inside.and_then(|index| index.checked_sub(1)).and_then(|index| way.get(index));
    sheet.token("around_parent", kind(outer.copied()));
    sheet.token("before", kind(before));
    sheet.token("around_before", format!("{} {}", kind(around), kind(before)));
    sheet.number("tree_depth", if way.is_empty() { UNKNOWN } else { way.len().min(60) as f32 });
    let lines = |node: Node<'_>| node.end_position().row - node.start_position().row + 1;
    sheet.number("before_lines", before.map_or(UNKNOWN, |node| lines(node).min(200) as f32));
    sheet.number("around_lines", around.map_or(UNKNOWN, |node| lines(node).min(400) as f32));
    sheet.flag("before_has_error", before.is_some_and(|node| node.has_error()));
    sheet.flag("in_error", way.iter().any(Node::is_error));
}

/// The nodes from below the root to the last text before the cursor, outermost first.
fn way_to<'a>(site: &Site, mut cursor: TreeCursor<'a>) -> Vec<Node<'a>> {
    let rope = &site.document.rope;
    let start = site.offset.saturating_sub(BLANK_BYTES);
    let before = crate::domain::text::tail_before(rope, site.offset, site.offset - start);
    let text = before.trim_end();
    let mut way = Vec::new();
    let Some(last) = text.chars().next_back() else { return way };
    let at = site.offset - (before.len() - text.len()) - last.len_utf8();
    while way.len() < DEPTH_MAX && cursor.goto_first_child_for_byte(at).is_some() {
        let node = cursor.node();
        if node.start_byte() > at {
            break;
        }
        way.push(node);
    }
    way
}
