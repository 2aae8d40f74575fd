//! Closers: what was opened before the cursor and is not closed after it, in the right order.
//!
//! On a line with code the delimiters opened on that line are closed, then the statement is ended
//! where the language wants it. On a blank line the innermost open block is closed when the
//! indentation has come back to where it was opened.

use super::{Known, Offer, habits};
use crate::domain::completion::Confidence;
use crate::domain::language::{BlockStyle, Role};
use crate::domain::lexical::{Mode, Open};
use crate::domain::site::Site;

/// What may be closed here; at most one offer.
pub(super) fn offers(site: &Site, known: &Known) -> Vec<Offer> {
    if !known.closers || site.is_mid_word {
        return Vec::new();
    }
    let offer = if site.is_line_start() { block(site) } else { line(site) };
    offer.into_iter().collect()
}

/// `}` or `end` on a line of its own, where the indentation is that of the opener.
fn block(site: &Site) -> Option<Offer> {
    let open = site.unclosed.last()?;
    let is_back = open.line_indent == site.indent.len() && site.line_suffix.trim().is_empty();
    let is_after_code = !site.above.text.is_empty() && site.above.indent >= open.line_indent;
    (is_back && is_after_code && site.mode == Mode::Code)
        .then(|| Offer { text: open.close.clone(), confidence: Confidence::new(0.8) })
}

fn line(site: &Site) -> Option<Offer> {
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
        return None;
    }
    let last = site.line_prefix.trim_end().chars().next_back()?;
    let is_finished = last.is_alphanumeric() || ")]}\"'`_".contains(last);
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
    let closed = text.trim().len();
    if ends_statement(site, &on_line, &text) {
        text.push_str(&site.document.language.lexical.statement_end);
    }
    if text.trim().is_empty() {
        return None;
    }
    let confidence = confidence(site, closed, quote.is_some());
    Some(Offer { text, confidence: Confidence::new(confidence) })
}

fn confidence(site: &Site, closed: usize, closes_quote: bool) -> f64 {
    if closes_quote {
        return 0.3;
    }
    if closed == 0 {
        return 0.55;
    }
    if site.word.is_empty() {
        return 0.75;
    }
    if site.word.chars().all(|c| c.is_ascii_digit() || c == '_') {
        return 0.7;
    }
    // A parameter's name is rarely all there is of it, and one letter rarely all of a word.
    let is_parameter = site.innermost() == Some(Role::Parameters);
    let is_keyword = site.document.language.lexical.keywords.contains(&site.word);
    if is_parameter || is_keyword || site.word.chars().count() == 1 {
        return 0.3;
    }
    habits::closed_share(site).min(0.85)
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
    let is_header = lexical.header_words.iter().any(|word| word == first);
    // Rows, arms and members are separated in ways of their own.
    let around = site.scopes.iter().find(|scope| scope.range.start < line_start).map(|s| s.role);
    let is_row = matches!(around, Some(Role::Table | Role::Arms | Role::Arguments))
        || (around == Some(Role::TypeBody) && !site.code_before().contains('='));
    let goes_on = lexical.member_operators.iter().any(|o| site.below.text.starts_with(o.as_str()));
    let closes_all = on_line.iter().all(|open| !is_block(site, open));
    let ends_call =
        closers.ends_with([')', ']']) || site.line_prefix.trim_end().ends_with([')', ']']);
    !first.is_empty()
        && !is_header
        && !is_row
        && !goes_on
        && closes_all
        && ends_call
        && outer.is_some()
}
