//! Closers: what was opened before the cursor and is not closed after it, in the right order.
//!
//! On a line with code the delimiters opened on that line are closed; then the statement is ended, a
//! row gets the separator of the rows beside it, or a header what opens its body. On a blank line
//! whose indentation has come back, and from the end of the last line of a block, the block is closed
//! as the last one of its kind was. How sure this is comes from the classifier.

use super::{Known, Offer};
use crate::domain::class::{Classification, RequestClass};
use crate::domain::completion::Confidence;
use crate::domain::language::{BlockStyle, Role};
use crate::domain::lexical::{Mode, Open};
use crate::domain::site::Site;
use crate::domain::text;

/// How often the run of closers is the right one where closers are what comes. Measured on labelled
/// positions: where the classifier says 95 % closer, 89 % of the runs are right, where 50 %, 50 %.
const RUN_IS_RIGHT: f64 = 0.93;
/// Bound: bytes looked through on either side for a line beside this one.
const SIBLING_BYTES: usize = 4 << 10;
/// Text in a string may always go on.
const QUOTE_IS_RIGHT: f64 = 0.3;

/// What may be closed here; at most one offer.
pub(super) fn offers(site: &Site, found: &Classification, known: &Known) -> Vec<Offer> {
    if !known.closers || site.is_mid_word {
        return Vec::new();
    }
    let text =
        if site.is_line_start() { block(site) } else { line(site).or_else(|| next_line(site)) };
    let confidence = match site.mode {
        Mode::Code => found.score(RequestClass::Closer) * RUN_IS_RIGHT,
        _ => QUOTE_IS_RIGHT,
    };
    let offer = text.map(|text| Offer { text, confidence: Confidence::new(confidence) });
    offer.into_iter().collect()
}

/// `}` or `end` on a line of its own, where the indentation is that of the opener.
fn block(site: &Site) -> Option<String> {
    let open = site.unclosed.last()?;
    let is_back = open.line_indent == site.indent.len() && site.line_suffix.trim().is_empty();
    let is_after_code = !site.above.text.is_empty() && site.above.indent >= open.line_indent;
    (is_back && is_after_code && site.mode == Mode::Code).then(|| block_end(site, open))
}

/// The line that closes a block opened above, from the end of the line before it.
fn next_line(site: &Site) -> Option<String> {
    let open = site.unclosed.last()?;
    let line_start = site.offset - site.line_prefix.len();
    let code = site.line_prefix.trim_end();
    let is_whole =
        code.len() == site.line_prefix.len() && code.ends_with([';', ',', '}', ')', ']']);
    let is_inside = open.start < line_start && open.line_indent < site.indent.len();
    let is_free = site.line_suffix.trim().is_empty() && site.mode == Mode::Code;
    if !(is_whole && is_inside && is_free) {
        return None;
    }
    let indent = &site.indent[..open.line_indent.min(site.indent.len())];
    Some(format!("\n{indent}{}", block_end(site, open)))
}

/// The closer of a block with what stands behind it, as the last block of the same kind was closed
/// at this indentation: `}`, `},`, `});`.
fn block_end(site: &Site, open: &Open) -> String {
    let rope = &site.document.rope;
    let lexical = &site.document.language.lexical;
    let first =
        |line: &str| line.split(|c| !lexical.is_word(c)).next().unwrap_or_default().to_owned();
    let line = text::line_range(rope, open.start);
    let opener = text::head_after(rope, line.start, (open.start - line.start).min(SIBLING_BYTES));
    let opener = first(opener.trim_start());
    let before = text::tail_before(rope, line.start, SIBLING_BYTES);
    let mut end = None;
    for line in before.lines().rev() {
        let content = line.trim_start();
        if content.is_empty() || line.len() - content.len() != open.line_indent {
            continue;
        }
        if content.starts_with(&open.close) && !content.contains(|c| lexical.is_word(c)) {
            end = Some(content.trim_end());
        } else if let Some(end) = end.take()
            && first(content) == opener
        {
            return end.to_owned();
        }
    }
    open.close.clone()
}

fn line(site: &Site) -> Option<String> {
    let line_start = site.offset - site.line_prefix.len();
    let on_line: Vec<&Open> = site.unclosed.iter().filter(|o| o.start >= line_start).collect();
    let quote = match &site.mode {
        Mode::Code => None,
        // Text in a string may always go on: a quote is offered only where closers follow anyway
        // and the editor has not closed it.
        Mode::String { close, start } => {
            let is_closed = site.line_suffix.contains(close.as_str());
            let has_text = site.offset > start + close.len();
            if *start < line_start || is_closed || !has_text {
                return None;
            }
            Some(close.as_str())
        }
        Mode::LineComment | Mode::BlockComment { .. } => return None,
    };
    // After a space something else comes, unless a brace with spaces inside is open.
    let wants_space = on_line.last().is_some_and(|open| open.is_spaced);
    if quote.is_none() && site.line_prefix.ends_with(' ') && !wants_space {
        return (on_line.is_empty() && is_header(site) && has_braces(site)).then(|| "{".to_owned());
    }
    let last = site.line_prefix.trim_end().chars().next_back()?;
    let is_finished = last.is_alphanumeric() || ")]}>?\"'`_".contains(last);
    if quote.is_none() && !is_finished {
        return None;
    }
    let mut text = String::from(quote.unwrap_or_default());
    // Blocks opened on this line want their bodies first.
    let closable = on_line.iter().rev().take_while(|open| !is_block(site, open));
    for open in closable {
        if open.is_spaced && !text.ends_with(' ') && !site.line_prefix.ends_with(' ') {
            text.push(' ');
        }
        text.push_str(&open.close);
    }
    if ends_statement(site, &on_line, &text) {
        text.push_str(&site.document.language.lexical.statement_end);
    } else if site.line_suffix.trim().is_empty() && quote.is_none() {
        text.push_str(tail(site, &on_line, &text));
    }
    (!text.trim().is_empty()).then_some(text)
}

/// What stands behind the closers where they do not end a statement: the separator of a row, or
/// what opens the body below a header. Empty where neither is sure.
fn tail<'a>(site: &'a Site, on_line: &[&Open], closers: &str) -> &'a str {
    let lexical = &site.document.language.lexical;
    let line_start = site.offset - site.line_prefix.len();
    let closes_all = on_line.iter().all(|open| !is_block(site, open));
    if !closes_all {
        return "";
    }
    let outer = site.enclosing.iter().rev().find(|open| open.start < line_start);
    if outer.is_some_and(|open| open.open != "{") || is_row(site) {
        return sibling_separator(site);
    }
    let is_closed = closers.ends_with(')') || site.line_prefix.trim_end().ends_with(')');
    match lexical.block_style {
        BlockStyle::Braces if is_header(site) && is_closed => " {",
        BlockStyle::Indentation if is_header(site) => ":",
        _ if is_header(site) => "",
        _ => sibling_separator(site),
    }
}

/// Whether the line begins like the head of a block.
fn is_header(site: &Site) -> bool {
    let lexical = &site.document.language.lexical;
    let first = site.code_before().split(|c| !lexical.is_word(c)).next().unwrap_or_default();
    lexical.header_words.iter().any(|word| word == first)
}

fn has_braces(site: &Site) -> bool {
    site.document.language.lexical.block_style == BlockStyle::Braces
}

/// Whether the place is a row, arm or member, which are separated in ways of their own.
fn is_row(site: &Site) -> bool {
    let line_start = site.offset - site.line_prefix.len();
    let around = site.scopes.iter().find(|scope| scope.range.start < line_start).map(|s| s.role);
    matches!(around, Some(Role::Table | Role::Arms | Role::Arguments))
        || (around == Some(Role::TypeBody) && !site.code_before().contains('='))
}

/// What the nearest line at the same indentation ends with, if it is a separator.
fn sibling_separator(site: &Site) -> &'static str {
    let before = text::tail_before(&site.document.rope, site.offset, SIBLING_BYTES);
    let after = text::head_after(&site.document.rope, site.offset, SIBLING_BYTES);
    let indent = site.indent.as_str();
    let is_sibling = |line: &&str| {
        line.strip_prefix(indent).is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()))
    };
    let above = before.lines().rev().skip(1).find(is_sibling);
    let below = || after.lines().skip(1).find(is_sibling);
    let line = above.or_else(below).unwrap_or_default().trim_end();
    [",", ";"].into_iter().find(|separator| line.ends_with(separator)).unwrap_or_default()
}

/// Whether a brace opens a block of statements rather than a literal.
fn is_block(site: &Site, open: &Open) -> bool {
    let lexical = &site.document.language.lexical;
    open.open == "{"
        && lexical.block_style == BlockStyle::Braces
        && !open.is_spaced
        && site.offset == open.start + 1
}

/// Whether the statement separator belongs behind the closers: the line begins a statement, all it
/// opened is closed, and it is not the head of a block.
fn ends_statement(site: &Site, on_line: &[&Open], closers: &str) -> bool {
    let lexical = &site.document.language.lexical;
    let end = &lexical.statement_end;
    if end.is_empty() || !site.line_suffix.trim().is_empty() {
        return false;
    }
    let line_start = site.offset - site.line_prefix.len();
    // Inside something opened on an earlier line that is no block, this is an argument or a row.
    let outer = site.enclosing.iter().rev().find(|open| open.start < line_start);
    if outer.is_some_and(|open| open.open != "{") {
        return false;
    }
    let first = site.code_before().split(|c| !lexical.is_word(c)).next().unwrap_or_default();
    let goes_on = lexical.member_operators.iter().any(|o| site.below.text.starts_with(o.as_str()));
    let closes_all = on_line.iter().all(|open| !is_block(site, open));
    let ends_call =
        closers.ends_with([')', ']']) || site.line_prefix.trim_end().ends_with([')', ']']);
    !first.is_empty()
        && !is_header(site)
        && !is_row(site)
        && !goes_on
        && closes_all
        && ends_call
        && outer.is_some()
}
