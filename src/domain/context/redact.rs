//! Replaces secrets in text that is about to leave the machine.
//!
//! The rules are few and certain: private keys, tokens whose vendors gave them a shape, passwords
//! in URLs, literals assigned to names that say secret, and the very keys of the configured
//! models. The same secret always gets the same placeholder, so a model sees that two places are
//! equal but not what they hold. An answer that repeats a placeholder is dropped (`postprocess::placeholder`).
//! Shapes follow the vendors' published token formats.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use ropey::Rope;

use crate::domain::text;

/// What placeholders begin with.
pub const PLACEHOLDER: &str = "__SECRET_";

/// Token shapes. The group named `s`, or else the whole match, is the secret.
const RULES: &[&str] = &[
    // Header lines such as `DEK-Info: AES-256-CBC,…` may stand before the key itself.
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[[:space:]]*[A-Za-z][A-Za-z-]*: [^\r\n]*)*[^-]*(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)?",
    r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?-u:\b)",
    r"(?-u:\b)gh[pousr]_[A-Za-z0-9]{30,}",
    r"(?-u:\b)github_pat_[A-Za-z0-9_]{22,}",
    r"(?-u:\b)glpat-[A-Za-z0-9_-]{20,}",
    r"(?-u:\b)sk-[A-Za-z0-9_-]{20,}",
    r"(?-u:\b)[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",
    r"(?-u:\b)xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"(?-u:\b)AIza[0-9A-Za-z_-]{35}",
    r"(?-u:\b)npm_[A-Za-z0-9]{30,}",
    r"(?-u:\b)eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}",
    r"[a-z][a-z0-9+.-]*://[^/[:space:]:@]+:(?P<s>[^/[:space:]@]{3,})@",
    r#"(?i)(?:passwd|password|secret|api_?-?key|auth_?-?token|access_?-?token|private_?-?key)["']?[[:space:]]*(?::|=|:=|=>)[[:space:]]*["'](?P<s>[^"'[:space:]]{8,})["']"#,
];

static COMPILED: LazyLock<Vec<Regex>> =
    LazyLock::new(|| RULES.iter().filter_map(|rule| Regex::new(rule).ok()).collect());

/// The same rules at once: nearly every text has nothing to hide, which one pass tells.
static ANY: LazyLock<RegexSet> = LazyLock::new(|| RegexSet::new(RULES).unwrap_or_default());

/// Compiles the rules ahead of the first request; about a millisecond.
pub fn warm() {
    LazyLock::force(&COMPILED);
    LazyLock::force(&ANY);
}

/// Replaces the secrets in the texts of one prompt.
pub struct Redactor<'a> {
    /// The keys of configured models; `None` where nothing is replaced.
    own_keys: Option<&'a [String]>,
    /// The secrets so far; their numbers are their places here.
    names: Vec<String>,
    count: usize,
}

impl<'a> Redactor<'a> {
    /// A redactor for one prompt. Without keys, not even an empty list of them, it changes nothing.
    pub fn new(own_keys: Option<&'a [String]>) -> Self {
        Self { own_keys, names: Vec::new(), count: 0 }
    }

    /// How many secrets were replaced.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The text of neighbouring ranges of a document, in order, without its secrets. The text
    /// `margin` bytes before and behind is searched too, so that a secret at the edge is seen whole; so
    /// is one that stands in several of the ranges.
    pub fn cut<const COUNT: usize>(
        &mut self,
        rope: &Rope,
        margin: usize,
        ranges: [Range<usize>; COUNT],
    ) -> [String; COUNT] {
        let Some(own_keys) = self.own_keys else {
            return ranges.map(|range| text::head_after(rope, range.start, range.len()));
        };
        let first = ranges.first().map_or(0, |range| range.start).saturating_sub(margin);
        let last = ranges.last().map_or(0, |range| range.end).saturating_add(margin);
        let start = text::floor_char(rope, first);
        let searched = text::head_after(rope, start, last - start);
        let spans = secrets(&searched, own_keys);
        ranges.map(|range| {
            let range = range.start - start..(range.end - start).min(searched.len());
            self.replaced(&searched, range, &spans)
        })
    }

    /// A part of a text. A placeholder stands where its secret begins.
    fn replaced(&mut self, text: &str, part: Range<usize>, spans: &[Range<usize>]) -> String {
        let mut out = String::new();
        let mut done = part.start;
        let touched = spans.iter().filter(|span| span.start < part.end && part.start < span.end);
        for span in touched {
            out.push_str(&text[done..span.start.max(done)]);
            let secret = &text[span.clone()];
            let known = self.names.iter().position(|name| name == secret);
            let number = known.unwrap_or_else(|| {
                self.names.push(secret.to_owned());
                self.names.len() - 1
            });
            // One that began before this part has its placeholder there.
            if span.start >= part.start {
                self.count += 1;
                // Writing into a string cannot fail.
                let _ = write!(out, "{PLACEHOLDER}{}__", number + 1);
            }
            done = span.end.min(part.end);
        }
        out.push_str(&text[done..part.end]);
        out
    }
}

/// The places of all secrets, in order and without overlaps.
fn secrets(text: &str, own_keys: &[String]) -> Vec<Range<usize>> {
    let own = own_keys
        .iter()
        .filter(|key| key.len() >= 8)
        .flat_map(|key| text.match_indices(key.as_str()).map(|(at, key)| at..at + key.len()));
    let found = ANY.matches(text);
    let shaped = found.iter().filter_map(|number| COMPILED.get(number)).flat_map(|rule| {
        rule.captures_iter(text)
            .filter_map(|found| found.name("s").or_else(|| found.get(0)))
            .map(|found| found.range())
    });
    let mut spans: Vec<_> = own.chain(shaped).collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text before and after a cursor without its secrets, and how many there were.
    fn redact(before: &str, after: &str, own_keys: &[String]) -> (String, String, usize) {
        let rope = Rope::from_str(&format!("{before}{after}"));
        let mut redactor = Redactor::new(Some(own_keys));
        let ranges = [0..before.len(), before.len()..rope.len_bytes()];
        let [before, after] = redactor.cut(&rope, 0, ranges);
        (before, after, redactor.count())
    }

    #[test]
    fn every_rule_compiles() {
        assert_eq!((COMPILED.len(), ANY.len()), (RULES.len(), RULES.len()));
    }

    #[test]
    fn shaped_tokens_are_replaced_and_the_same_one_gets_the_same_name() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!("let a = \"{token}\"; let b = \"{token}\";");
        let (before, _, count) = redact(&text, "", &[]);
        assert_eq!(before, "let a = \"__SECRET_1__\"; let b = \"__SECRET_1__\";");
        assert_eq!(count, 2);
    }

    #[test]
    fn private_keys_go_whole_with_or_without_headers() {
        for (kind, headers) in [
            ("PRIVATE KEY", ""),
            ("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00FF\n\n"),
            ("PGP PRIVATE KEY BLOCK", "Version: GnuPG v2\n\n"),
        ] {
            let body = "MIIabc+/=\nQUJD";
            let key = format!("-----BEGIN {kind}-----\n{headers}{body}\n-----END {kind}-----");
            let (before, _, count) = redact(&format!("a\n{key}\nb"), "", &[]);
            assert_eq!((before.as_str(), count), ("a\n__SECRET_1__\nb", 1), "{kind}");
        }
    }

    #[test]
    fn a_secret_around_the_cursor_is_found() {
        let (before, after, _) = redact("key AKIAABCDEF", "GHIJKLMNOP rest", &[]);
        assert_eq!((before.as_str(), after.as_str()), ("key __SECRET_1__", " rest"));
    }

    #[test]
    fn a_part_of_a_key_is_seen_as_one() {
        let key = format!(
            "-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----",
            "QUJD\n".repeat(20)
        );
        let rope = Rope::from_str(&format!("a\n{key}\nb\n"));
        let part = |part: Range<usize>| part;
        let mut redactor = Redactor::new(Some(&[]));
        let [inside] = redactor.cut(&rope, 4096, [part(60..80)]);
        assert_eq!((inside.as_str(), redactor.count()), ("", 0));
        let [begun] = redactor.cut(&rope, 4096, [part(0..60)]);
        assert_eq!((begun.as_str(), redactor.count()), ("a\n__SECRET_1__", 1));
        let mut off = Redactor::new(None);
        assert_eq!(off.cut(&rope, 0, [part(0..7)]), ["a\n-----"]);
    }

    #[test]
    fn only_the_secret_part_of_a_rule_goes() {
        let (before, ..) =
            redact("postgres://me:hunter22@host/db password = \"s3cr3t-value\"", "", &[]);
        assert_eq!(before, "postgres://me:__SECRET_1__@host/db password = \"__SECRET_2__\"");
    }

    #[test]
    fn our_own_keys_go_whatever_their_shape() {
        let (before, ..) = redact("x = plainlookingkey", "", &["plainlookingkey".to_owned()]);
        assert_eq!(before, "x = __SECRET_1__");
    }

    #[test]
    fn ordinary_code_stays() {
        let code = "fn token(password: &str) -> String { let secret = get(\"x\"); }";
        assert_eq!(redact(code, "", &[]).0, code);
    }
}
