//! The first line a model answered with: whether it opens something that goes on.

use super::cursor::{code, columns};
use super::neighbours::{begins_with_any, is_comment};
use super::{Sheet, tokens};
use crate::domain::lexical::Scanner;
use crate::domain::site::Site;
use crate::domain::words::Letters;

/// Adds what `line` says to the list of its site. `line` may begin with the line break and the
/// indentation that lead to it.
pub(super) fn read<'a>(
    site: &'a Site,
    line: &'a str,
    letters: &Letters<'_>,
    sheet: &mut Sheet<'a>,
) {
    let lexical = &site.document.language.lexical;
    let starts_below = line.starts_with(['\n', '\r']);
    let line = line.trim_start_matches(['\n', '\r']);
    let text = line.trim();
    sheet.flag("line_is_below", starts_below);
    sheet.count("line_chars", text.chars().count());
    sheet.count("line_words", tokens::count_words(text, letters, 12));
    let opens = |opener: &String| text.ends_with(opener.as_str());
    sheet.flag("line_opens", lexical.block_openers.iter().any(opens));
    let ends = !lexical.statement_end.is_empty() && text.ends_with(&lexical.statement_end);
    sheet.flag("line_ends", ends);
    sheet.number("line_last_char", code(text.chars().next_back()));
    sheet.number("line_last_char_2", code(text.chars().rev().nth(1)));
    sheet.flag("line_is_comment", is_comment(text, lexical));
    sheet.flag("line_is_import", begins_with_any(text, &lexical.import_words, letters));
    let mut scanner = Scanner::new(lexical);
    scanner.feed(line);
    sheet.count("line_opened", scanner.stack().len());
    let innermost = scanner.stack().last();
    sheet.number("line_opened_kind", code(innermost.and_then(|open| open.open.chars().next())));
    let indent = columns(&line[..line.len() - line.trim_start().len()]) as f32;
    let own = columns(&site.indent) as f32;
    sheet.number("line_indent", if starts_below { indent - own } else { 0.0 });
    let first = tokens::first(text, letters);
    let second = first.and_then(|(_, end)| tokens::first(&text[end..], letters));
    sheet.token("line_first", first.map_or("", |(token, _)| token));
    sheet.token("line_second", second.map_or("", |(token, _)| token));
    sheet.token("line_last", tokens::last(text, letters).map_or("", |(token, _)| token));
    // With what was typed of the line, it is the whole line.
    let whole = if starts_below { text } else { site.code_before() };
    let whole_first = tokens::first(whole, letters).map_or("", |(token, _)| token);
    sheet.token(
        "line_whole_first",
        if whole_first.is_empty() { first.map_or("", |(t, _)| t) } else { whole_first },
    );
}
