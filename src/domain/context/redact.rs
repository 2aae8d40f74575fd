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

use regex::Regex;

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

/// Compiles the rules ahead of the first request; about a millisecond.
pub fn warm() {
    LazyLock::force(&COMPILED);
}

/// Prefix and suffix with their secrets replaced, and how many there were. Both are searched as
/// one text, so that a secret with the cursor inside is found.
pub fn redact(prefix: &str, suffix: &str, own_keys: &[String]) -> (String, String, usize) {
    let text = format!("{prefix}{suffix}");
    let spans = secrets(&text, own_keys);
    if spans.is_empty() {
        return (prefix.to_owned(), suffix.to_owned(), 0);
    }
    let cursor = prefix.len();
    let (mut before, mut after) = (String::new(), String::new());
    let mut names: Vec<&str> = Vec::new();
    let mut done = 0;
    let keep = |piece: Range<usize>, before: &mut String, after: &mut String| {
        before.push_str(&text[piece.start.min(cursor)..piece.end.min(cursor)]);
        after.push_str(&text[piece.start.max(cursor)..piece.end.max(cursor)]);
    };
    for span in &spans {
        keep(done..span.start, &mut before, &mut after);
        let secret = &text[span.clone()];
        let known = names.iter().position(|name| *name == secret);
        let number = known.unwrap_or_else(|| {
            names.push(secret);
            names.len() - 1
        });
        let side = if span.start < cursor { &mut before } else { &mut after };
        // Writing into a string cannot fail.
        let _ = write!(side, "{PLACEHOLDER}{}__", number + 1);
        done = span.end;
    }
    keep(done..text.len(), &mut before, &mut after);
    (before, after, spans.len())
}

/// The places of all secrets, in order and without overlaps.
fn secrets(text: &str, own_keys: &[String]) -> Vec<Range<usize>> {
    let own = own_keys
        .iter()
        .filter(|key| key.len() >= 8)
        .flat_map(|key| text.match_indices(key.as_str()).map(|(at, key)| at..at + key.len()));
    let shaped = COMPILED.iter().flat_map(|rule| {
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

    #[test]
    fn every_rule_compiles() {
        assert_eq!(COMPILED.len(), RULES.len());
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
