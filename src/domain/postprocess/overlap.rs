//! Fits the end of an answer to what stands after the cursor on its line, so that nothing is
//! written twice: neither the rest of the line nor a closer that the editor put there itself.

use super::{Cleaned, Dropped};
use crate::domain::lexical::{Mode, Scanner};
use crate::domain::site::Site;

/// So much of the rest of the line must come again, with a letter in it, to be a repetition; less
/// comes again by chance.
const PART_MIN: usize = 3;

/// Removes from `text` what the line already has, or replaces what the text brings itself.
pub(super) fn fit(site: &Site, text: &str) -> Result<Cleaned, Dropped> {
    let suffix = site.line_suffix.trim_end();
    let keep = |text: &str, replace_after| {
        if text.trim().is_empty() {
            return Err("the answer already stands after the cursor");
        }
        Ok(Cleaned { text: text.to_owned(), replace_after })
    };
    if suffix.trim().is_empty() {
        return keep(text, 0);
    }
    let standing = leading_closers(suffix);
    if standing.len() < suffix.len() {
        // More than closers: it comes again as a whole, or its beginning does.
        if let Some(rest) = without_end(text.trim_end(), suffix) {
            return keep(rest, 0);
        }
        if let Some(rest) = without_part(site, text, suffix) {
            return keep(rest, 0);
        }
    }
    // An answer of several lines that finishes this line goes on below it.
    if let Some((first, below)) = text.split_once('\n')
        && !below.trim().is_empty()
        && without_end(first.trim_end(), suffix).is_some_and(|rest| !rest.trim().is_empty())
        && brings(site, first, standing)
    {
        return keep(text, suffix.len());
    }
    let brought = unbalanced(site, text);
    let Some((first, _)) = brought.first() else {
        let separators = standing.trim();
        let is_same = !separators.is_empty() && separators.chars().all(|c| ";,".contains(c));
        let rest = text.trim_end().strip_suffix(separators).filter(|_| is_same);
        return keep(rest.unwrap_or_else(|| without_angles(text, standing)), 0);
    };
    if is_prefix_of(text[*first..].trim_end(), standing) {
        return keep(&text[..*first], 0);
    }
    let mut standing = standing.char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut replaced = 0;
    for (_, closer) in brought {
        match standing.next() {
            Some((at, c)) if c == closer => replaced = at + c.len_utf8(),
            _ => break,
        }
    }
    keep(text, replaced)
}

/// Whether the line closes what `standing` closes, so that both cannot stay.
fn brings(site: &Site, line: &str, standing: &str) -> bool {
    let is_bracket = |c: char| site.document.language.lexical.brackets.iter().any(|b| b.1 == c);
    !standing.contains(is_bracket) || !unbalanced(site, line).is_empty()
}

/// `text` without `end`, whatever white space either has between its words.
fn without_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let mut rest = text;
    for wanted in end.chars().rev().filter(|c| !c.is_whitespace()) {
        let found = rest.trim_end_matches([' ', '\t']);
        rest = found.strip_suffix(wanted)?;
    }
    // White space before the end belongs to it where it stands there too.
    let is_spaced = end.starts_with([' ', '\t']);
    Some(if is_spaced { rest.trim_end_matches([' ', '\t']) } else { rest })
}

/// `text` without a last part that the rest of the line begins with: `a, b` before `b, c)`.
fn without_part<'a>(site: &Site, text: &'a str, suffix: &str) -> Option<&'a str> {
    let lexical = &site.document.language.lexical;
    let text = text.trim_end();
    let suffix = suffix.trim_start();
    let is_word = |c: Option<char>| c.is_some_and(|c| lexical.is_word(c));
    let starts = text.char_indices().map(|(at, _)| at);
    starts
        .filter(|at| text.len() - at >= PART_MIN && suffix.starts_with(&text[*at..]))
        .find(|at| {
            let part = &text[*at..];
            let begins_word = is_word(part.chars().next());
            let cuts_word = begins_word && is_word(text[..*at].chars().next_back());
            let ends_word = is_word(part.chars().next_back());
            let splits_word = ends_word && is_word(suffix[part.len()..].chars().next());
            part.contains(char::is_alphanumeric) && !cuts_word && !splits_word && !site.is_mid_word
        })
        .map(|at| &text[..at])
}

/// Whether `text` is the beginning of `closers`, white space aside.
fn is_prefix_of(text: &str, closers: &str) -> bool {
    let mut standing = closers.chars().filter(|c| !c.is_whitespace());
    text.chars().filter(|c| !c.is_whitespace()).all(|c| standing.next() == Some(c))
}

/// `text` without the `>` that closes a list of types and stands after the cursor already. Where
/// `<` and `>` are operators they are no pairs, so only a text with more of the second is meant.
fn without_angles<'a>(text: &'a str, standing: &str) -> &'a str {
    let kept = text.trim_end().trim_end_matches('>');
    let brought = text.trim_end().len() - kept.len();
    let standing = standing.chars().take_while(|c| *c == '>').count();
    let arrows = ["->", "=>", ">="].iter().map(|sign| text.matches(sign).count()).sum::<usize>();
    let closes = text.matches('>').count() - arrows.min(text.matches('>').count());
    let open = text.matches('<').count();
    let extra = closes.saturating_sub(open).min(brought).min(standing);
    &text[..kept.len() + brought - extra]
}

/// Closers in `text`, with their places, that close nothing the text itself opened.
fn unbalanced(site: &Site, text: &str) -> Vec<(usize, char)> {
    let lexical = &site.document.language.lexical;
    let mut found = Vec::new();
    let mut code_from = 0;
    if let Mode::String { close, .. } = &site.mode {
        let Some(end) = text.find(close.as_str()) else { return found };
        found.extend(close.chars().next().map(|c| (end, c)));
        code_from = end + close.len();
    }
    let mut scanner = Scanner::new(lexical);
    let mut opened: Vec<char> = Vec::new();
    for (index, c) in text[code_from..].char_indices() {
        let is_code = *scanner.mode() == Mode::Code;
        scanner.feed(&text[code_from + index..code_from + index + c.len_utf8()]);
        if !is_code {
            continue;
        }
        for (open, close) in &lexical.brackets {
            if c == *open {
                opened.push(*close);
            } else if c == *close && opened.last() == Some(close) {
                opened.pop();
            } else if c == *close {
                found.push((code_from + index, c));
            }
        }
    }
    found
}

/// The closers and separators the line goes on with, white space between them included.
fn leading_closers(suffix: &str) -> &str {
    let is_closer = |c: char| ")]}>\"'`;, \t".contains(c);
    let end = suffix.find(|c: char| !is_closer(c)).unwrap_or(suffix.len());
    &suffix[..end]
}
