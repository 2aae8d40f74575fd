//! The nearest lines above and below.

use super::cursor::code;
use super::tokens;
use super::{Sheet, UNKNOWN};
use crate::domain::language::Lexical;
use crate::domain::site::{NearLine, Site};
use crate::domain::words::Letters;

pub(super) fn read<'a>(site: &'a Site, letters: &Letters<'_>, sheet: &mut Sheet<'a>) {
    let lexical = &site.document.language.lexical;
    let indent = site.indent.len() as f32;
    let (above, below) = (&site.above, &site.below);
    let difference = |line: &NearLine| {
        if line.text.is_empty() { -100.0 } else { line.indent as f32 - indent }
    };
    sheet.number("above_indent", difference(above));
    sheet.number("below_indent", difference(below));
    sheet
        .number("above_blank", if above.text.is_empty() { UNKNOWN } else { above.distance as f32 });
    sheet
        .number("below_blank", if below.text.is_empty() { UNKNOWN } else { below.distance as f32 });
    sheet.number("above_last_char", code(above.text.chars().next_back()));
    sheet.number("below_first_char", code(below.text.chars().next()));
    sheet.number("below_last_char", code(below.text.chars().next_back()));
    sheet.count("above_chars", above.text.chars().count());
    sheet.count("below_chars", below.text.chars().count());
    sheet.flag("above_is_comment", is_comment(&above.text, lexical));
    sheet.flag("above_is_import", begins_with_any(&above.text, &lexical.import_words, letters));
    sheet.flag("below_is_import", begins_with_any(&below.text, &lexical.import_words, letters));
    sheet.flag("is_empty_body", site.is_empty_body());
    let first = |line: &'a NearLine| tokens::first(&line.text, letters).map_or("", |(t, _)| t);
    sheet.token("above_first", first(above));
    sheet.token("above_last", tokens::last(&above.text, letters).map_or("", |(token, _)| token));
    sheet.token("below_first", first(below));
    sheet.flag("above_like_below", !first(above).is_empty() && first(above) == first(below));
    sheet.token("first_around", format!("{} | {}", first(above), first(below)));
}

pub(super) fn is_comment(line: &str, lexical: &Lexical) -> bool {
    lexical.line_comments.iter().any(|marker| line.starts_with(marker.as_str()))
        || lexical.block_comments.iter().any(|comment| line.starts_with(comment.open.as_str()))
}

pub(super) fn begins_with_any(line: &str, words: &[String], letters: &Letters<'_>) -> bool {
    tokens::first(line, letters).is_some_and(|(token, _)| words.iter().any(|word| word == token))
}
