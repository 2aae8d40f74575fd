//! The block the cursor is in, read from indentation: how long it is, how its statements look.

use super::cursor::columns;
use super::{Sheet, Window};

/// Bound: lines looked at in each direction.
const LINES_MAX: usize = 80;

pub(super) fn read(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    let site = window.site;
    let indent = columns(&site.indent);
    let above = window.before
        [..window.before.len() - site.line_prefix.len().min(window.before.len())]
        .lines()
        .rev();
    let above = Siblings::of(above, indent);
    sheet.count("siblings_above", above.count);
    sheet.count("long_siblings_above", above.long);
    sheet.count("last_sibling_lines", above.first_lines);
    sheet.count("blank_siblings_above", above.blanks);
    sheet.flag("block_begins_near", above.has_border);
    sheet.count("sibling_run", above.run);
    let below = Siblings::of(window.after.split('\n').skip(1), indent);
    sheet.count("siblings_below", below.count);
    sheet.count("long_siblings_below", below.long);
    sheet.flag("block_ends_near", below.has_border);
    sheet.flag("ends_with_file", window.after.trim().is_empty());
}

/// Lines at the cursor's indentation in one direction, up to the border of the block.
#[derive(Default)]
struct Siblings {
    count: usize,
    /// Of these, how many have deeper lines beside them.
    long: usize,
    /// Deeper lines between the cursor and the nearest sibling.
    first_lines: usize,
    blanks: usize,
    has_border: bool,
    /// How many of the nearest begin with the same characters.
    run: usize,
}

impl Siblings {
    fn of<'t>(lines: impl Iterator<Item = &'t str>, indent: usize) -> Self {
        let mut found = Self::default();
        let mut deeper = 0;
        let mut first_text: Option<&str> = None;
        let mut is_run = true;
        for line in lines.take(LINES_MAX) {
            let text = line.trim();
            if text.is_empty() {
                found.blanks += 1;
                continue;
            }
            let columns = columns(&line[..line.len() - line.trim_start().len()]);
            if columns > indent {
                deeper += 1;
                continue;
            }
            if columns < indent {
                found.has_border = true;
                break;
            }
            if found.count == 0 {
                found.first_lines = deeper;
            }
            found.count += 1;
            found.long += usize::from(deeper > 0);
            deeper = 0;
            match first_text {
                None => first_text = Some(text),
                Some(first) => is_run &= begins_alike(first, text),
            }
            found.run += usize::from(is_run);
        }
        found
    }
}

fn begins_alike(a: &str, b: &str) -> bool {
    a.chars().zip(b.chars()).take(4).filter(|(a, b)| a == b).count() == 4
}
