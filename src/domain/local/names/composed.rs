//! New names that end as known ones do: where `parse_header` is known, `test_pars` may become
//! `test_parse_header`, and `setPa` may become `setParser` after `newParser`.

use std::collections::HashMap;

/// Bound: rests that are kept.
const RESTS_MAX: usize = 8;
/// Bound: parts of a known name that are put behind the word; the whole rest is always among them.
const PARTS_MAX: usize = 3;
/// What a rest counts that does not reach to the end of the known name.
const INNER: f32 = 0.3;
/// What it counts where the part before is the same as well.
const SAME_BEFORE: f32 = 4.0;

/// What speaks for the rest of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Composed {
    /// How many names have it, and how often these stand near the cursor.
    pub(super) names: u32,
    pub(super) uses: u32,
    /// In how many of the names the same part stands before it.
    pub(super) same_before: u32,
    /// How many of the names end with it.
    pub(super) ends: u32,
    /// All of this together.
    pub(super) score: f32,
}

/// The part of a word that is being typed, with what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed<'s> {
    before: &'s str,
    part: &'s str,
}

impl<'s> Typed<'s> {
    /// The last part of a word; `None` where it is the only one.
    pub(super) fn of(word: &'s str) -> Option<Self> {
        let last = (1..=word.len()).rev().find(|at| begins_part(word.as_bytes(), *at))?;
        let (before, part) = word.split_at_checked(last)?;
        let part_before = before.trim_end_matches('_');
        let from = (0..part_before.len()).rev().find(|at| begins_part(word.as_bytes(), *at))?;
        Some(Self { before: part_before.get(from..)?, part })
    }

    /// The likeliest rests of the word, made of known names with how often each was seen.
    pub(super) fn rests<'n>(
        self,
        known: impl Iterator<Item = (&'n str, u32)>,
    ) -> Vec<(&'n str, Composed)> {
        let mut rests: HashMap<&str, Composed> = HashMap::new();
        for (name, uses) in known {
            self.find(name, |rest, is_same_before, is_end| {
                let found = rests.entry(rest).or_default();
                found.names += 1;
                found.uses += uses;
                found.same_before += u32::from(is_same_before);
                found.ends += u32::from(is_end);
                let weight = if is_end { 1.0 } else { INNER };
                let weight = if is_same_before { SAME_BEFORE * weight } else { weight };
                found.score += weight * (uses as f32).sqrt();
            });
        }
        let mut rests: Vec<_> = rests.into_iter().collect();
        rests.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(b.0)));
        rests.truncate(RESTS_MAX);
        rests
    }

    /// Calls `see` with every rest that a name gives: the text, whether the part before is the same, and
    /// whether the name ends with it.
    fn find<'n>(self, name: &'n str, mut see: impl FnMut(&'n str, bool, bool)) {
        let bytes = name.as_bytes();
        let typed = self.part.as_bytes();
        for at in 0..bytes.len() {
            if !is_alike(&bytes[at..], typed) || !begins_part(bytes, at) {
                continue;
            }
            let before = name.get(..at).unwrap_or_default().trim_end_matches('_');
            let before = before.as_bytes();
            let same = self.before.as_bytes();
            let is_same_before = before.len() >= same.len()
                && before[before.len() - same.len()..].eq_ignore_ascii_case(same)
                && begins_part(bytes, before.len() - same.len());
            // With nothing typed of the part everything would fit.
            if typed.is_empty() && !is_same_before {
                continue;
            }
            let from = at + typed.len();
            let ends = (from + 1..bytes.len()).filter(|end| begins_part(bytes, *end));
            let inner = ends.take(PARTS_MAX).map(|end| (end, false));
            for (end, is_end) in inner.chain([(bytes.len(), true)]) {
                let rest = name.get(from..end).unwrap_or_default();
                let rest = if is_end { rest } else { rest.trim_end_matches('_') };
                if !rest.is_empty() {
                    see(rest, is_same_before, is_end);
                }
            }
        }
    }
}

/// The last part of a name; empty behind a last `_`.
pub(super) fn last_part(name: &str) -> &str {
    let start = (0..=name.len()).rev().find(|at| begins_part(name.as_bytes(), *at));
    start.and_then(|start| name.get(start..)).unwrap_or_default()
}

/// Whether a part of a name begins at `at`: behind `_`, or with a capital behind a small letter or before
/// one. The place behind a last `_` is the beginning of a part that is not there yet.
fn begins_part(name: &[u8], at: usize) -> bool {
    let byte = |at: usize| name.get(at).copied();
    let Some(before) = at.checked_sub(1).and_then(byte) else {
        return byte(at).is_some_and(|first| first != b'_');
    };
    match byte(at) {
        None => before == b'_',
        Some(b'_') => false,
        Some(_) if before == b'_' => true,
        Some(first) if first.is_ascii_uppercase() => {
            let is_small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            is_small(before)
                || before.is_ascii_uppercase()
                    && byte(at + 1).is_some_and(|b| b.is_ascii_lowercase())
        }
        Some(_) => false,
    }
}

/// Whether some text begins with a part, where the first letter may be a capital in one of them.
fn is_alike(text: &[u8], part: &[u8]) -> bool {
    match part.split_first() {
        None => true,
        Some((first, rest)) => {
            text.first().is_some_and(|own| own.eq_ignore_ascii_case(first))
                && text[1..].starts_with(rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(word: &str, known: &[&str]) -> Vec<(String, u32)> {
        let Some(typed) = Typed::of(word) else { return Vec::new() };
        let known = known.iter().map(|name| (*name, 1));
        let found = typed.rests(known).into_iter();
        found.map(|(rest, found)| (rest.to_owned(), found.same_before)).collect()
    }

    #[test]
    fn the_last_part_goes_on_as_that_of_known_names() {
        let one = |rest: &str, same| vec![(rest.to_owned(), same)];
        assert_eq!(rests("test_pars", &["parse"]), one("e", 0));
        assert_eq!(rests("setPa", &["newParser", "other"]), one("rser", 0));
        assert_eq!(rests("setPa", &["setOther", "pa", "Pa"]), []);
        assert_eq!(rests("HTTPRe", &["fooRequest"]), one("quest", 0));
        let found = rests("test_pars", &["my_test_parse_all"]);
        assert_eq!(found, [("e_all".to_owned(), 1), ("e".to_owned(), 1)]);
    }

    #[test]
    fn behind_a_joint_only_what_followed_the_same_part_comes() {
        assert_eq!(rests("my_test_", &["a_test_one", "two"]), [("one".to_owned(), 1)]);
    }

    #[test]
    fn a_word_of_one_part_is_left_alone() {
        for word in ["", "pars", "_pars", "HTTP", "é", "_"] {
            assert_eq!(rests(word, &["parse_all", "_parse", "HTTPS", "éa"]), [], "{word}");
        }
    }

    #[test]
    fn the_last_part_is_found() {
        for (name, part) in
            [("setPa", "Pa"), ("pars", "pars"), ("a_", ""), ("", ""), ("aHTTP", "HTTP")]
        {
            assert_eq!(last_part(name), part, "{name}");
        }
    }

    #[test]
    fn no_name_makes_it_panic() {
        let pieces = ["", "_", "a", "B", "é", "É", "1", "__"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    rests(
                        &format!("{a}{b}{c}"),
                        &[&format!("{c}{a}{b}"), &format!("{b}{b}{a}{c}")],
                    );
                }
            }
        }
    }
}
