//! How the blocks near the cursor end, told by their indentation alone.

use super::habits::{Before, LineEnd};
use super::tally::Tally;

/// Brackets that end a line before a block, and such as begin the line that closes one.
pub(super) const BRACKETS: [char; 3] = ['{', '(', '['];
pub(super) const CLOSERS: [char; 3] = ['}', ')', ']'];

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
    /// The keywords of the line the block belongs to.
    keywords: u32,
    /// What stands before the bracket that opens it.
    lead: char,
}

/// The block that is to be closed: the first word of the line that opened it, whether that assigns
/// something, and its indentation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'t> {
    pub(super) first: &'t str,
    pub(super) assigns: bool,
    pub(super) indent: usize,
    /// The keywords of the line the block belongs to.
    pub(super) keywords: u32,
    /// What stands before the innermost bracket: a sign, or [`WORD`].
    pub(super) lead: char,
}

/// Stands for any word before a bracket.
const WORD: char = 'w';

/// What code before a bracket ends with: a sign, or [`WORD`].
pub(super) fn lead_of(code: &str) -> char {
    match code.trim_end().chars().next_back() {
        Some(c) if c.is_alphanumeric() => WORD,
        last => last.unwrap_or(' '),
    }
}

/// The names of the shares of each way to be like the wanted block.
pub(super) const SHARES: [&str; 7] = [
    "of_blocks",
    "of_blocks_first",
    "of_blocks_assigning",
    "of_blocks_indent",
    "of_blocks_alike",
    "of_blocks_lead",
    "of_blocks_keywords",
];

/// The blocks among the lines: a line that goes deeper opens one, the next that comes back to its
/// indentation with signs alone closes it.
pub(super) fn block_ends<'t>(ends: &[LineEnd<'t>]) -> Vec<BlockEnd<'t>> {
    let above = ends.partition_point(|end| end.is_above);
    let (above, below) = ends.split_at(above);
    let mut found = Vec::new();
    // The lines that opened blocks, and those at which their statements begin: the parameters of a
    // function may stand on lines between.
    let mut open: Vec<(&LineEnd<'t>, &LineEnd<'t>)> = Vec::new();
    let mut before: Option<&LineEnd<'t>> = None;
    for (index, line) in above.iter().rev().chain(below).enumerate() {
        if index == above.len() {
            open.clear();
            before = None;
        }
        while open.pop_if(|(open, _)| open.indent > line.indent).is_some() {}
        let opener = open.pop_if(|(open, _)| open.indent == line.indent);
        if let Some((opener, head)) = opener.filter(|_| line.kind == Before::Nothing) {
            let is_alone = opener.kind == Before::Nothing && opener.signs.len() == 1;
            let signs = if is_alone { head.signs } else { opener.signs };
            let bare = if is_alone { None } else { signs.trim_end().strip_suffix(BRACKETS) };
            let bare = bare.unwrap_or(signs);
            let lead = if bare.trim().is_empty() { WORD } else { lead_of(bare) };
            found.push(BlockEnd {
                first: opener.first,
                assigns: opener.assigns,
                indent: line.indent,
                text: line.signs,
                keywords: head.keywords,
                lead,
            });
        }
        if line.goes_deeper {
            let begun = opener.map(|(_, head)| head).filter(|_| line.first.starts_with(CLOSERS));
            let above = before
                .filter(|before| line.first.starts_with(BRACKETS) && before.indent == line.indent);
            open.push((line, begun.or(above).unwrap_or(line)));
        }
        before = Some(line);
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
        let has_lead = block.lead == wanted.lead;
        let has_keywords = has_lead && block.keywords == wanted.keywords;
        let ways = [true, is_first, assigns, is_level, is_alike, has_lead, has_keywords];
        tally.add([(block.text, "")], 1.0, ways);
    }
    tally
}
