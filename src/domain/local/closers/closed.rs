//! The pair of brackets that ends at the cursor.

use super::blocks::{BRACKETS, CLOSERS};
use super::opener::Around;

/// Bound: lines searched for where it was opened.
const LINES_MAX: usize = 60;

/// A pair of brackets.
pub(super) struct Closed {
    /// The opening one.
    pub(super) bracket: char,
    /// What stands before it on its line.
    pub(super) before: String,
    /// Whether it was opened on another line.
    pub(super) is_block: bool,
}

/// The pair whose closing bracket stands before the cursor, blanks aside.
pub(super) fn before(around: &Around<'_, '_>) -> Option<Closed> {
    let code = around.site.code_before().trim_end();
    let brackets = &around.cutter.lexical.brackets;
    if !code.ends_with(CLOSERS) {
        return None;
    }
    let mut open = Vec::new();
    for token in around.cutter.tokens(code).into_iter().rev() {
        let sign = code[token.range()].chars().next()?;
        if let Some((opening, _)) = brackets.iter().find(|(_, close)| *close == sign) {
            open.push(*opening);
        } else if open.last() == Some(&sign) {
            open.pop();
            if open.is_empty() {
                let before = code[..token.range().start].to_owned();
                return Some(Closed { bracket: sign, before, is_block: false });
            }
        }
    }
    // It was opened on a line above, at the end of the nearest that is not deeper.
    let indent = around.site.indent.len();
    let above = (0..LINES_MAX).map_while(|by| around.lines.above(by));
    let opener = above.into_iter().find(|line| line.indent <= indent)?;
    let bracket = opener.text.chars().next_back().filter(|last| BRACKETS.contains(last))?;
    let before = opener.text[..opener.text.len() - bracket.len_utf8()].to_owned();
    Some(Closed { bracket, before, is_block: true })
}
