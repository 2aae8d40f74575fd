//! Takes off the sentences that a chat model writes before and after code without a fence.
//!
//! A sentence is told by its form: it begins with a capital letter, consists of plain words, and ends
//! as sentences do. It knows no language; code that reads like that is hard to find, except in
//! comments and strings, which are left alone.

use crate::domain::lexical::{Mode, Scanner};
use crate::domain::site::Site;

/// Fewer words are no sentence.
const WORDS_MIN: usize = 3;
/// Words that alone make up what is said before code.
const SHORT: [&str; 10] = [
    "Sure",
    "Certainly",
    "Here",
    "Okay",
    "Of course",
    "Answer",
    "Output",
    "Code",
    "Completion",
    "Explanation",
];
/// Signs of code; brackets and commas stand in sentences too.
const SIGNS: [char; 17] =
    ['=', '{', '}', ';', '<', '>', '[', ']', '\\', '|', '&', '$', '#', '@', '_', '*', '+'];

/// The text without the sentences before it and after it. Nothing while only sentences are there.
pub(super) fn strip<'a>(site: &Site, text: &'a str) -> &'a str {
    let lexical = &site.document.language.lexical;
    let is_said = |line: &str| is_sentence(line, |word| lexical.keywords.iter().any(|k| k == word));
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !is_said(line) {
            break;
        }
        start += line.len();
        let below = &text[start..];
        start += below.len() - below.trim_start_matches('\n').len();
    }
    let code = &text[start..];
    let mut scanner = Scanner::modes_only(lexical);
    let mut end = 0;
    let mut is_after_blank = false;
    for line in code.split_inclusive('\n') {
        if is_after_blank && *scanner.mode() == Mode::Code && is_said(line) {
            return code[..end].trim_end_matches('\n');
        }
        is_after_blank = line.trim().is_empty();
        scanner.feed(line);
        end += line.len();
    }
    code
}

/// Whether a line is a sentence; of one still being written, whether it may become one.
fn is_sentence(line: &str, is_keyword: impl Fn(&str) -> bool) -> bool {
    let is_whole = line.ends_with('\n');
    let line = line.trim();
    if !line.starts_with(char::is_alphabetic) {
        return false;
    }
    let ends = line.ends_with(['.', ':', '!', '?', ',']);
    if line.ends_with(['：', '。']) {
        return !line.contains(SIGNS);
    }
    if ends && SHORT.contains(&line.trim_end_matches(['.', ':', '!', ','])) {
        return true;
    }
    // What stands between backquotes is quoted code.
    let spoken: String = line.split('`').step_by(2).collect::<Vec<_>>().join("x");
    let words: Vec<&str> = spoken.split_whitespace().collect();
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| ",.:!?\"()'’".contains(c));
        word.chars().all(|c| c.is_alphabetic() || "'’-/".contains(c))
    };
    let is_capital = line.starts_with(char::is_uppercase) && !is_keyword(words[0]);
    let is_spoken = is_capital
        && words.len() >= WORDS_MIN
        && !spoken.contains(SIGNS)
        && !spoken.contains("::")
        && words.iter().all(is_word);
    is_spoken && (ends || !is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_from_code() {
        let is = |line: &str| is_sentence(&format!("{line}\n"), |word| word == "True");
        for line in [
            "Here is the completed code:",
            "The function `add(a, b)` returns the sum.",
            "I'm sorry, but I can't do that.",
            "Sure!",
            "这是代码：",
        ] {
            assert!(is(line), "{line}");
        }
        for line in [
            "String name = other;",
            "Some(x) => y,",
            "True if a else b",
            "case Foo:",
            "Foo bar;",
            "Vec::new().",
            "SELECT name FROM users",
            "else:",
            "default:",
        ] {
            assert!(!is(line), "{line}");
        }
    }
}
