//! Fits the end of an answer to what stands after the cursor on its line, so that nothing is
//! written twice: neither the rest of the line nor a closer that the editor put there itself.

use super::{Cleaned, Dropped};
use crate::domain::lexical::{Mode, Scanner};
use crate::domain::site::Site;

/// Removes from `text` what the line already has, or replaces closers the text brings itself.
pub(super) fn fit(site: &Site, text: &str) -> Result<Cleaned, Dropped> {
    let suffix = site.line_suffix.trim_end();
    let keep = |text: &str, replace_after| {
        if text.trim().is_empty() {
            return Err("the answer already stands after the cursor");
        }
        Ok(Cleaned { text: text.to_owned(), replace_after })
    };
    if suffix.is_empty() {
        return keep(text, 0);
    }
    let standing = leading_closers(suffix);
    if standing.len() < suffix.len()
        && let Some(rest) = text.trim_end().strip_suffix(suffix.trim_start())
    {
        return keep(rest, 0);
    }
    let brought = unbalanced(site, text);
    let Some((first, _)) = brought.first() else { return keep(text, 0) };
    if standing.starts_with(text[*first..].trim_end()) {
        return keep(&text[..*first], 0);
    }
    let is_same = |pair: &((usize, char), char)| pair.0.1 == pair.1;
    let replaced = brought.into_iter().zip(standing.chars()).take_while(is_same);
    keep(text, replaced.map(|(_, c)| c.len_utf8()).sum())
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

fn leading_closers(suffix: &str) -> &str {
    let end = suffix.find(|c: char| !")]}>\"'`;,".contains(c)).unwrap_or(suffix.len());
    &suffix[..end]
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    fn check(code: &str, answer: &str, text: &str, replace_after: usize) {
        let found = fit(&site(code), answer);
        assert_eq!(
            found,
            Ok(Cleaned { text: text.to_owned(), replace_after }),
            "{code} + {answer}"
        );
    }

    #[test]
    fn what_the_line_has_is_not_written_twice() {
        check("foo(|)", "a, b)", "a, b", 0);
        check("foo(|);", "a, b);", "a, b", 0);
        check("foo(|) {", "a, b) {", "a, b", 0);
        check("foo(|)", "g(x)", "g(x)", 0);
        check("s = \"|\"", "text\"", "text", 0);
        check("if |x {", "a && x {", "a && ", 0);
        assert!(fit(&site("foo(a|)"), ")").is_err());
    }

    #[test]
    fn closers_the_answer_brings_itself_replace_the_ones_there() {
        check("foo(|)", "a, b);", "a, b);", 1);
        check("foo(|)", "a, b) + bar(c)", "a, b) + bar(c)", 1);
        check("foo(bar(|))", "a)).baz()", "a)).baz()", 2);
    }
}
