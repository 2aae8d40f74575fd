//! Where statements begin: the line of a delimiter, and the line above to which that belongs.

use super::blocks::CLOSERS;
use crate::domain::class::features::Sheet;
use crate::domain::lexical::Open;
use crate::domain::local::text::{Cutter, Token};
use crate::domain::site::Site;
use crate::domain::text;

/// Bound: bytes looked at before what opened a delimiter.
const LINE_BYTES_MAX: usize = 400;
/// Bound: bytes behind a delimiter in which commas are counted.
const INSIDE_BYTES_MAX: usize = 1000;
/// Bound: lines searched for the beginning of a statement.
const HEAD_LINES_MAX: usize = 40;

/// Where the statement begins that a delimiter is part of.
pub(super) struct Head {
    code: String,
    pub(super) tokens: Vec<Token>,
}

impl Head {
    /// The head of what `code` stands before on its line.
    pub(super) fn of(site: &Site, open: Option<&Open>, code: &str, cutter: &Cutter<'_>) -> Self {
        let above = open.and_then(|open| head(site, open, code));
        let code = above.unwrap_or_else(|| code.to_owned());
        Self { tokens: cutter.tokens(&code), code }
    }

    pub(super) fn numbers(&self, site: &Site, sheet: &mut Sheet<'static>) {
        let lexical = &site.document.language.lexical;
        let has = |list: &[String]| {
            let mut words = self.tokens.iter().map(|token| &self.code[token.range()]);
            words.any(|word| list.iter().any(|known| known == word))
        };
        sheet.flag("head_assigns", self.code.contains(" = "));
        sheet.flag("head_is_header", has(&lexical.header_words));
        sheet.flag("head_is_ended", has(&lexical.ended_words));
    }
}

/// The commas behind a delimiter and before the cursor, not those in brackets of their own.
pub(super) fn commas_behind(site: &Site, open: &Open, cutter: &Cutter<'_>) -> usize {
    let bytes = (site.offset - open.start).min(INSIDE_BYTES_MAX);
    let text = text::tail_before(&site.document.rope, site.offset, bytes);
    let mut depth = 0_usize;
    let mut commas = 0;
    let inside = text.strip_prefix(open.open.as_str()).unwrap_or(&text);
    for token in cutter.tokens(inside) {
        match inside[token.range()].chars().next() {
            Some('(' | '[' | '{') => depth += 1,
            Some(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Some(',') if depth == 0 => commas += 1,
            _ => {}
        }
    }
    commas
}

/// The line at which the statement begins that a delimiter is part of, where that is not its own: the
/// parameters of a function may stand on lines of their own. `code` stands before the delimiter.
fn head(site: &Site, open: &Open, code: &str) -> Option<String> {
    if !code.starts_with(CLOSERS) {
        return None;
    }
    let rope = &site.document.rope;
    let mut start = text::line_range(rope, open.start).start;
    for _ in 0..HEAD_LINES_MAX {
        let line = text::line_range(rope, start.checked_sub(1)?);
        start = line.start;
        let line = text::head_after(rope, start, line.len().min(LINE_BYTES_MAX));
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if code.is_empty() || indent > open.line_indent {
            continue;
        }
        if indent < open.line_indent {
            return None;
        }
        if !code.starts_with(CLOSERS) {
            return Some(code.trim_end().to_owned());
        }
    }
    None
}

/// The line of a delimiter up to it; where it is the first of its line, what stands before that.
pub(super) fn before(site: &Site, open: &Open) -> String {
    let rope = &site.document.rope;
    let line = text::line_range(rope, open.start);
    let before = text::tail_before(rope, open.start, (open.start - line.start).min(LINE_BYTES_MAX));
    if !before.trim().is_empty() || line.start == 0 {
        return before;
    }
    let above = text::line_range(rope, line.start - 1);
    text::tail_before(rope, line.start, (line.start - above.start).min(LINE_BYTES_MAX))
}
