//! How the blocks near the cursor end, told by their indentation alone.

use super::habits::{Before, LineEnd};
use super::tally::Tally;

/// How a block near the cursor ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockEnd<'t> {
    /// The first word of the line that opened it.
    first: &'t str,
    /// Whether that line assigns something.
    assigns: bool,
    indent: usize,
    /// The line that closes it.
    text: &'t str,
}

/// The block that is to be closed: the first word of the line that opened it, whether that assigns
/// something, and its indentation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'t> {
    pub(super) first: &'t str,
    pub(super) assigns: bool,
    pub(super) indent: usize,
}

/// The names of the shares of each way to be like the wanted block.
pub(super) const SHARES: [&str; 5] =
    ["of_blocks", "of_blocks_first", "of_blocks_assigning", "of_blocks_indent", "of_blocks_alike"];

/// The blocks among the lines: a line that goes deeper opens one, the next that comes back to its
/// indentation with signs alone closes it.
pub(super) fn block_ends<'t>(ends: &[LineEnd<'t>]) -> Vec<BlockEnd<'t>> {
    let above = ends.partition_point(|end| end.is_above);
    let (above, below) = ends.split_at(above);
    let mut found = Vec::new();
    let mut open: Vec<&LineEnd<'t>> = Vec::new();
    for (index, line) in above.iter().rev().chain(below).enumerate() {
        if index == above.len() {
            open.clear();
        }
        while open.pop_if(|open| open.indent > line.indent).is_some() {}
        let opener = open.pop_if(|open| open.indent == line.indent);
        if let Some(opener) = opener.filter(|_| line.kind == Before::Nothing) {
            let (first, assigns) = (opener.first, opener.assigns);
            found.push(BlockEnd { first, assigns, indent: line.indent, text: line.signs });
        }
        if line.goes_deeper {
            open.push(line);
        }
    }
    found
}

/// How blocks end, all and those like the wanted one.
pub(super) fn tally<'t>(
    blocks: &[BlockEnd<'t>],
    wanted: Wanted<'_>,
) -> Tally<'t, { SHARES.len() }> {
    let mut tally = Tally::default();
    for block in blocks {
        let is_first = block.first == wanted.first;
        let (assigns, is_level) = (block.assigns == wanted.assigns, block.indent == wanted.indent);
        let is_alike = is_first && assigns && is_level;
        tally.add([(block.text, "")], 1.0, [true, is_first, assigns, is_level, is_alike]);
    }
    tally
}
