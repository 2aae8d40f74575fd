//! The cursor's own line.

use super::Sheet;
use super::tokens;
use crate::domain::language::BlockStyle;
use crate::domain::site::Site;
use crate::domain::words::Letters;

/// Signs in the order their codes are given in; the order only has to stay the same.
const SIGNS: &[char] = &[
    '(', '[', '{', ')', ']', '}', ';', ',', ':', '.', '=', '>', '<', '+', '-', '*', '/', '&', '|',
    '!', '?', '%', '^', '~', '"', '\'', '`', '@', '#', '$', '\\',
];

/// A number for a character: 0 none, 1 white space, 2 to 5 kinds of letters, then signs.
pub(super) fn code(c: Option<char>) -> f32 {
    match c {
        None => 0.0,
        Some(c) if c.is_whitespace() => 1.0,
        Some(c) if c.is_ascii_digit() => 2.0,
        Some(c) if c.is_uppercase() => 3.0,
        Some('_') => 4.0,
        Some(c) if c.is_alphabetic() => 5.0,
        Some(c) => SIGNS.iter().position(|s| *s == c).map_or(6.0, |index| 7.0 + index as f32),
    }
}

pub(super) fn read<'a>(site: &'a Site, letters: &Letters<'_>, sheet: &mut Sheet<'a>) {
    let lexical = &site.document.language.lexical;
    let code_before = site.code_before();
    let word = site.word.as_str();
    sheet.flag("is_indented_language", lexical.block_style == BlockStyle::Indentation);
    sheet.flag("has_statement_end", !lexical.statement_end.is_empty());
    sheet.flag("has_arrow_members", lexical.member_operators.iter().any(|o| o == "->"));
    sheet.flag("has_binding_words", lexical.binding_words.len() > 5);
    sheet.count("word_chars", word.chars().count());
    sheet.flag("word_is_keyword", lexical.keywords.iter().any(|k| k == word));
    sheet.flag(
        "word_begins_keyword",
        !word.is_empty()
            && lexical.keywords.iter().any(|k| k.len() > word.len() && k.starts_with(word)),
    );
    sheet.flag("word_is_number", word.starts_with(|c: char| c.is_ascii_digit()));
    sheet.flag("word_is_capital", word.starts_with(char::is_uppercase));
    sheet.flag("is_mid_word", site.is_mid_word);
    sheet.count("code_chars", code_before.chars().count());
    sheet.count("indent", columns(&site.indent));
    sheet.flag("is_line_start", site.is_line_start());
    sheet.flag("ends_in_space", code_before.ends_with([' ', '\t']));
    let mut back = code_before.trim_end().chars().rev();
    sheet.number("last_char", code(back.next()));
    sheet.number("last_char_2", code(back.next()));
    sheet.number("char_before_word", code(site.before_word().trim_end().chars().next_back()));
    sheet.flag("space_before_word", site.before_word().ends_with(' '));
    sheet.flag("is_member", site.member_operator().is_some());
    sheet.count("words_so_far", tokens::count_words(code_before, letters, 20));
    sheet.flag("has_assignment", has_assignment(code_before));
    sheet.count("commas", code_before.matches(',').count());
    sheet.count("opened_rounds", code_before.matches('(').count());
    sheet.count("closed_rounds", code_before.matches(')').count());
    let rest = site.line_suffix.trim();
    sheet.count("rest_chars", rest.chars().count());
    sheet.number("rest_first", code(rest.chars().next()));
    sheet.count("rest_words", tokens::count_words(rest, letters, 6));

    let last = tokens::last(code_before, letters);
    let second = last.and_then(|(_, start)| tokens::last(&code_before[..start], letters));
    let third = second.and_then(|(_, start)| tokens::last(&code_before[..start], letters));
    let name = |token: Option<(&'a str, usize)>| token.map_or("", |(token, _)| token);
    sheet.token("last", name(last));
    sheet.token("second_last", name(second));
    sheet.token("third_last", name(third));
    sheet.token("last_pair", format!("{} {}", kind(name(second)), kind(name(last))));
    sheet.token("last_triple", {
        format!("{} {} {}", kind(name(third)), kind(name(second)), kind(name(last)))
    });
    let first = tokens::first(code_before, letters);
    let next = first.and_then(|(_, end)| tokens::first(&code_before[end..], letters));
    sheet.token("first", name(first));
    sheet.token("first_pair", format!("{} {}", kind(name(first)), kind(name(next))));
    // Whether the one before the last is the last token too: the line is that short.
    sheet.flag("is_one_token", last.is_some() && second.is_none());
}

/// The token itself where it is a sign or a short reserved-looking word, otherwise its shape.
fn kind(token: &str) -> &str {
    let is_plain = token.chars().all(|c| c.is_ascii_lowercase());
    if is_plain || tokens::shape(token) == "<sign>" { token } else { tokens::shape(token) }
}

/// Columns of white space, a tab being four.
pub(super) fn columns(indent: &str) -> usize {
    indent.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

fn has_assignment(code: &str) -> bool {
    let bytes = code.as_bytes();
    (0..bytes.len()).any(|at| {
        let beside = |index: Option<usize>| index.and_then(|i| bytes.get(i)).copied().unwrap_or(0);
        bytes[at] == b'='
            && !b"=<>!~".contains(&beside(at.checked_sub(1)))
            && !b"=>~".contains(&beside(Some(at + 1)))
    })
}
