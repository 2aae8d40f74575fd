//! From the wire's types to ours: the inward half of the border.

use tower_lsp::ls_types;

use crate::domain::text::{Position, TextChange};

/// A position.
pub(super) fn position(position: ls_types::Position) -> Position {
    Position { line: position.line, column: position.character }
}

/// The changes of one notification, in order.
pub(super) fn changes(changes: Vec<ls_types::TextDocumentContentChangeEvent>) -> Vec<TextChange> {
    changes
        .into_iter()
        .map(|change| TextChange {
            range: change.range.map(|range| (position(range.start), position(range.end))),
            text: change.text,
        })
        .collect()
}
