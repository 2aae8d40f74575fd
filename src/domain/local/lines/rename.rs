//! From one line to another like it: which names take the place of which.
//!
//! `self.width = width;` above and `self.height = ` here say that `width` is now `height`, also where
//! it is a part of a name or written in another way: `setWidth`, `WIDTH`, `"width"`.

use crate::domain::local::names::derived::parts;
use crate::domain::local::text::{Cutter, Kind, Token};

/// Bound: different names that two lines like each other may have.
const PAIRS_MAX: usize = 3;

/// A piece of code with its tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
}

impl<'t> Code<'t> {
    fn of(&self, token: Token) -> &'t str {
        &self.text[token.range()]
    }

    /// The first tokens.
    pub(super) fn first(self, count: usize) -> Self {
        Self { tokens: &self.tokens[..count], ..self }
    }
}

/// What changes from one line to another like it.
#[derive(Clone, Debug, Default)]
pub(super) struct Renames {
    pairs: Vec<Pair>,
    /// How many tokens are the same in both.
    pub(super) equal: usize,
}

#[derive(Clone, Debug)]
struct Pair {
    old: String,
    new: String,
    /// The parts in which they differ, in lower case.
    old_parts: Vec<String>,
    new_parts: Vec<String>,
}

impl Renames {
    /// What changes from `old` to `new`, where both are built alike: the same signs and keywords, each
    /// name in the place of always the same one, and so many tokens the same: at least `equal_min`,
    /// and no fewer than names that differ unless that is zero.
    pub(super) fn between(
        old: Code<'_>,
        new: Code<'_>,
        equal_min: usize,
        cutter: &Cutter<'_>,
    ) -> Option<Self> {
        if old.tokens.len() != new.tokens.len() {
            return None;
        }
        // Most lines fail here, so nothing is written down before.
        let (mut pairs, mut count, mut equal) = ([None::<(Token, Token)>; PAIRS_MAX], 0, 0);
        for (a, b) in old.tokens.iter().zip(new.tokens) {
            let known = pairs.iter().flatten().find(|(old, _)| old.hash == a.hash);
            match known {
                Some((_, new)) if new.hash != b.hash => return None,
                Some(_) => {}
                None if a.hash == b.hash => equal += 1,
                None if a.kind() != b.kind() || a.kind() == Kind::Sign => return None,
                None => {
                    *pairs.get_mut(count)? = Some((*a, *b));
                    count += 1;
                }
            }
        }
        if equal < equal_min || (equal_min > 0 && equal < count) {
            return None;
        }
        let is_keyword = |word: &str| cutter.lexical.keywords.iter().any(|k| k == word);
        let pairs = pairs.iter().flatten().map(|(a, b)| {
            let (old, new) = (old.of(*a), new.of(*b));
            (!is_keyword(old) && !is_keyword(new)).then(|| Pair::new(old, new, a.kind()))
        });
        Some(Self { pairs: pairs.collect::<Option<_>>()?, equal })
    }

    /// How many names differ.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Writes `text` as it would stand in the other line. Returns how many names were changed too.
    pub(super) fn apply(&self, text: &str, cutter: &Cutter<'_>) -> (String, usize) {
        let mut made = String::with_capacity(text.len() + 16);
        let (mut at, mut changed) = (0, 0);
        let mut tokens = cutter.tokens(text);
        // The words of a literal are renamed as those outside are.
        tokens.retain(|token| token.kind() != Kind::Sign);
        for token in &tokens {
            let word = &text[token.range()];
            made.push_str(&text[at..token.range().start]);
            at = token.range().end;
            let new = self.rename(word).or_else(|| match token.kind() {
                Kind::Text => self.rename_inside(word, cutter),
                _ => None,
            });
            changed += usize::from(new.is_some());
            made.push_str(new.as_deref().unwrap_or(word));
        }
        made.push_str(&text[at..]);
        (made, changed)
    }

    fn rename_inside(&self, literal: &str, cutter: &Cutter<'_>) -> Option<String> {
        let quote = literal.len() - 1;
        let (made, changed) = self.apply(literal.get(1..quote)?, cutter);
        (changed > 0).then(|| format!("{}{made}{}", &literal[..1], &literal[quote..]))
    }

    fn rename(&self, word: &str) -> Option<String> {
        let whole = self.pairs.iter().find(|pair| pair.old == word).map(|pair| pair.new.clone());
        whole.or_else(|| self.pairs.iter().find_map(|pair| pair.rename_part(word)))
    }
}

impl Pair {
    /// A pair, with the parts at both ends left out that are the same.
    fn new(old: &str, new: &str, kind: Kind) -> Self {
        let (mut old_parts, mut new_parts) = (pieces(old), pieces(new));
        if kind == Kind::Word {
            while old_parts.len() > 1 && new_parts.len() > 1 && old_parts[0] == new_parts[0] {
                old_parts.remove(0);
                new_parts.remove(0);
            }
            while old_parts.len() > 1 && new_parts.len() > 1 && old_parts.last() == new_parts.last()
            {
                old_parts.pop();
                new_parts.pop();
            }
        }
        Self { old: old.to_owned(), new: new.to_owned(), old_parts, new_parts }
    }

    /// A word in which the old parts stand, with the new ones written in the same way.
    fn rename_part(&self, word: &str) -> Option<String> {
        let is_plain = |parts: &[String]| {
            !parts.is_empty()
                && parts.iter().flat_map(|part| part.chars()).all(char::is_alphanumeric)
        };
        if !is_plain(&self.old_parts)
            || !is_plain(&self.new_parts)
            || word.contains(['"', '\'', '`'])
        {
            return None;
        }
        let found = pieces(word);
        let mut starts = 0..=found.len().checked_sub(self.old_parts.len())?;
        let start = starts.find(|at| found[*at..].starts_with(&self.old_parts))?;
        let length = |parts: &[String]| parts.iter().map(String::len).sum::<usize>();
        let lower = word.to_lowercase();
        if lower.len() != word.len() {
            return None;
        }
        // Where the parts stand in the word, the signs between them skipped.
        let skip = |mut at: usize, parts: &[String]| {
            for part in parts {
                at += lower[at..].find(part.as_str())? + part.len();
            }
            Some(at)
        };
        let before = skip(0, &found[..start])?;
        let from = before + lower[before..].find(self.old_parts[0].as_str())?;
        let to = skip(from, &self.old_parts)?;
        let old = &word[from..to];
        let is_snake = word.contains('_') || (to - from > length(&self.old_parts));
        let is_upper = old.chars().any(char::is_alphabetic)
            && !old.chars().any(char::is_lowercase)
            && (old.len() > 1 || !word.chars().any(char::is_lowercase));
        let new = written(&self.new_parts, is_snake || is_upper, is_upper, starts_upper(old));
        Some(format!("{}{new}{}", &word[..from], &word[to..]))
    }
}

fn starts_upper(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_uppercase)
}

fn written(parts: &[String], is_snake: bool, is_upper: bool, is_capital: bool) -> String {
    if is_upper {
        return parts.join("_").to_uppercase();
    }
    if is_snake && !is_capital {
        return parts.join("_");
    }
    let mut made = String::new();
    for (index, part) in parts.iter().enumerate() {
        let mut chars = part.chars();
        match chars.next() {
            Some(first) if index > 0 || is_capital => made.extend(first.to_uppercase()),
            first => made.extend(first),
        }
        made.extend(chars);
    }
    made
}

/// The words and numbers a name is put together of, in lower case.
fn pieces(name: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for part in parts(name) {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let is_digit = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
            pieces.push(rest[..end].to_lowercase());
            rest = &rest[end..];
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn check(old: &str, new: &str, rest: &str, expected: Option<&str>) {
        let language = Language::plain_text();
        let cutter = Cutter::new(&language.lexical);
        let (old_tokens, new_tokens) = (cutter.tokens(old), cutter.tokens(new));
        let code = |text, tokens| Code { text, tokens };
        let renames = Renames::between(code(old, &old_tokens), code(new, &new_tokens), 1, &cutter);
        let made = renames.map(|renames| renames.apply(rest, &cutter).0);
        assert_eq!(made.as_deref(), expected, "{old} -> {new}: {rest}");
    }

    #[test]
    fn names_and_their_parts_are_renamed_as_they_are_written() {
        check("self.width =", "self.height =", "width;", Some("height;"));
        check("x.set_a(", "x.set_b(", "a, A, \"a\")", Some("b, B, \"b\")"));
        check("case Left:", "case UpperRight:", "return \"LEFT\"", Some("return \"UPPER_RIGHT\""));
        check("let user_id =", "let group_id =", "getUserId(user)", Some("getGroupId(group)"));
        check("A_1 =", "A_2 =", "1,", Some("2,"));
        check("onOpen(", "onClose(", "isOpen, openFile", Some("isClose, closeFile"));
    }

    #[test]
    fn lines_of_another_build_have_nothing_to_say() {
        check("a.b(", "a.b[", "x", None);
        check("a + a", "b + c", "x", None);
        check("a b", "a", "x", None);
        check("a.b", "a.b", "é a.b", Some("é a.b"));
    }
}
