//! Takes off what a chat model repeats of the text before the cursor: whole lines above it, the line
//! it stands on, the end of that line, the half-typed word.
//!
//! Fill-in models write the middle and nothing else, so their text never passes here: a repetition
//! there is meant.

use crate::domain::site::Site;
use crate::domain::text;

/// Bound: bytes above the cursor that are compared.
const ABOVE_BYTES: usize = 4 << 10;
/// A typed line as short as this may stand again in what follows without being repeated.
const LINE_MIN: usize = 3;
/// The same of the end of a line, which must have two words besides: a call may stand in a call.
const TAIL_MIN: usize = 6;
const TAIL_WORDS_MIN: usize = 2;
/// The same of a half-typed word.
const WORD_MIN: usize = 2;

/// The text without what it repeats; nothing while it is still repeating.
pub(super) fn strip<'a>(site: &Site, text: &'a str) -> &'a str {
    let (lines, rest) = without_lines_above(site, text);
    let typed = site.code_before().trim_end();
    if typed.is_empty() {
        return rest;
    }
    let line = rest.trim_start();
    if (typed.len() >= LINE_MIN || lines > 0)
        && let Some(behind) = behind(line, typed)
    {
        // A space that was not typed yet belongs to the answer, unless the line has none elsewhere.
        let is_spaced = site.line_prefix.ends_with([' ', '\t']) || !line.starts_with(typed);
        return if is_spaced { behind.trim_start_matches([' ', '\t']) } else { behind };
    }
    let is_repeating = line.len() < typed.len() && typed.starts_with(line);
    if is_repeating && line.trim_end().contains(char::is_whitespace) {
        return "";
    }
    // Lines above belong to a repetition only if the typed line follows them.
    without_tail(site, text)
}

/// How many lines of the text repeat the lines above the cursor, and what is left without them.
fn without_lines_above<'a>(site: &Site, text: &'a str) -> (usize, &'a str) {
    let line_start = site.offset - site.line_prefix.len();
    let above = text::tail_before(&site.document.rope, line_start, ABOVE_BYTES);
    let above: Vec<&str> = above.lines().map(str::trim).collect();
    let begun = text.trim_start_matches('\n');
    let said: Vec<&str> = begun.split('\n').map(str::trim).collect();
    // The last of them is still being written, or is what is asked for.
    let most = above.len().min(said.len() - 1);
    let repeats = |count: &usize| {
        let lines = &said[..*count];
        lines == &above[above.len() - count..] && lines.iter().any(|line| is_telling(line))
    };
    let Some(count) = (1..=most).rev().find(repeats) else { return (0, text) };
    let length: usize = begun.split_inclusive('\n').take(count).map(str::len).sum();
    (count, &begun[length..])
}

/// Whether a line is not found just anywhere.
fn is_telling(line: &str) -> bool {
    line.chars().filter(|c| c.is_alphanumeric()).count() >= LINE_MIN
}

/// What follows `typed` in `line`, whatever white space either has between its words.
fn behind<'a>(line: &'a str, typed: &str) -> Option<&'a str> {
    let mut rest = line.chars();
    for wanted in typed.chars().filter(|c| !c.is_whitespace()) {
        let found = rest.by_ref().find(|c| !matches!(c, ' ' | '\t'))?;
        if found != wanted {
            return None;
        }
    }
    Some(rest.as_str())
}

/// The text without the end of the typed line or the half-typed word at its beginning.
fn without_tail<'a>(site: &Site, text: &'a str) -> &'a str {
    let lexical = &site.document.language.lexical;
    let prefix = site.line_prefix.as_str();
    let is_border = |at: usize| {
        let before = prefix[..at].chars().next_back();
        let first = prefix[at..].chars().next();
        first.is_some_and(|c| lexical.is_word(c)) && !before.is_some_and(|c| lexical.is_word(c))
    };
    let borders = prefix.char_indices().map(|(at, _)| at).filter(|at| is_border(*at));
    for at in borders {
        let tail = &prefix[at..];
        let words = tail.split(|c| !lexical.is_word(c)).filter(|word| !word.is_empty()).count();
        let is_telling = tail.trim_end().len() >= TAIL_MIN && words >= TAIL_WORDS_MIN;
        let is_word = tail == site.word && tail.len() >= WORD_MIN;
        if (is_telling || is_word)
            && let Some(rest) = text.strip_prefix(tail)
        {
            return rest;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn every_beginning_of_a_repetition_says_nothing_wrong() {
        let site = site("fn f() {\n    let total = |\n}");
        let answer = "let total = a + b";
        for end in "let t".len()..=answer.len() {
            assert!("a + b".starts_with(strip(&site, &answer[..end])), "{}", &answer[..end]);
        }
    }

    #[test]
    fn a_short_overlap_is_no_repetition() {
        assert_eq!(strip(&site("another con|"), "nection"), "nection");
        assert_eq!(strip(&site("i = |"), "i + 1"), "i + 1");
        assert_eq!(strip(&site("x = f(|"), "f(1))"), "f(1))");
    }
}
