//! What secrets look like. Shapes follow the vendors' published token formats.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

/// Token shapes, each with words of which one stands in whatever it matches, in any case. The group
/// named `s`, or else the whole match, is the secret.
const RULES: &[(&[&str], &str)] = &[
    // Header lines such as `DEK-Info: AES-256-CBC,…` may stand before the key itself.
    (
        &["-----BEGIN "],
        r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[[:space:]]*[A-Za-z][A-Za-z-]*: [^\r\n]*)*[^-]*(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)?",
    ),
    (&["AKIA", "ASIA", "ABIA", "ACCA"], r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?-u:\b)"),
    (&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"(?-u:\b)gh[pousr]_[A-Za-z0-9]{30,}"),
    (&["github_pat_"], r"(?-u:\b)github_pat_[A-Za-z0-9_]{22,}"),
    (&["glpat-"], r"(?-u:\b)glpat-[A-Za-z0-9_-]{20,}"),
    (&["sk-"], r"(?-u:\b)sk-[A-Za-z0-9_-]{20,}"),
    (
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
        r"(?-u:\b)[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",
    ),
    (&["xox"], r"(?-u:\b)xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (&["AIza"], r"(?-u:\b)AIza[0-9A-Za-z_-]{35}"),
    (&["npm_"], r"(?-u:\b)npm_[A-Za-z0-9]{30,}"),
    (&["eyJ"], r"(?-u:\b)eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"),
    (&["://"], r"[a-z][a-z0-9+.-]*://[^/[:space:]:@]+:(?P<s>[^/[:space:]@]{3,})@"),
    (
        ASSIGNED,
        r#"(?i)(?:passwd|password|secret|api_?-?key|auth_?-?token|access_?-?token|private_?-?key)["']?[[:space:]]*(?::|=|:=|=>)[[:space:]]*["'](?P<s>[^"'[:space:]]{8,})["']"#,
    ),
];

/// Names that say secret, as the last rule has them.
const ASSIGNED: &[&str] = &[
    "passwd",
    "password",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "api_-key",
    "authtoken",
    "auth_token",
    "auth-token",
    "auth_-token",
    "accesstoken",
    "access_token",
    "access-token",
    "access_-token",
    "privatekey",
    "private_key",
    "private-key",
    "private_-key",
];

/// The rules, ready to use.
struct Rules {
    /// Finds all words of all rules at once: few texts have many, which one quick pass tells.
    words: AhoCorasick,
    /// The rule that each word is of.
    of_word: Vec<usize>,
    shapes: Vec<Regex>,
}

static COMPILED: LazyLock<Option<Rules>> = LazyLock::new(|| {
    let words = RULES.iter().enumerate();
    let words = words.flat_map(|(rule, (words, _))| words.iter().map(move |word| (*word, rule)));
    let (words, of_word): (Vec<&str>, Vec<usize>) = words.unzip();
    let words = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .build(words)
        .ok()?;
    let shapes: Result<_, _> = RULES.iter().map(|(_, shape)| Regex::new(shape)).collect();
    Some(Rules { words, of_word, shapes: shapes.ok()? })
});

/// Compiles the rules ahead of the first request; about a millisecond.
pub fn warm() {
    LazyLock::force(&COMPILED);
}

impl Rules {
    fn possible(&self, text: &str) -> impl Iterator<Item = &Regex> + use<'_> {
        let mut is_possible = [false; RULES.len()];
        for word in self.words.find_overlapping_iter(text) {
            is_possible[self.of_word[word.pattern().as_usize()]] = true;
        }
        self.shapes.iter().zip(is_possible).filter(|(_, is_possible)| *is_possible).map(|(s, _)| s)
    }
}

/// The rules that may match somewhere in a text.
pub(super) fn possible(text: &str) -> impl Iterator<Item = &'static Regex> {
    COMPILED.iter().flat_map(|rules| rules.possible(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule that does not compile would hide nothing.
    #[test]
    fn every_rule_compiles_and_is_asked_for_all_that_it_matches() {
        let rules = COMPILED.as_ref().expect("rules");
        let long = "a1B2c3D4e5".repeat(4);
        let mut examples: Vec<Vec<String>> = vec![
            vec!["-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----".to_owned()],
            ["AKIA", "ASIA", "ABIA", "ACCA"].map(|id| format!("{id}ABCDEFGH12345678")).to_vec(),
            ["p", "o", "u", "s", "r"].map(|kind| format!("gh{kind}_{long}")).to_vec(),
            vec![format!("github_pat_{long}")],
            vec![format!("glpat-{long}")],
            vec![format!("sk-{long}")],
            ["sk_live", "sk_test", "rk_live", "rk_test"]
                .map(|kind| format!("{kind}_{long}"))
                .to_vec(),
            ["a", "b", "e", "o", "p", "r", "s"].map(|kind| format!("xox{kind}-{long}")).to_vec(),
            vec![format!("AIza{}", &long[..35])],
            vec![format!("npm_{long}")],
            vec![format!("eyJ{long}.{long}.{long}")],
            vec!["ftp+x://me:hunter22@host".to_owned()],
        ];
        let names = ["passwd", "password", "secret", "Secret"].map(str::to_owned);
        let pairs = [("api", "key"), ("AUTH", "token"), ("access", "Token"), ("Private", "KEY")];
        let between = ["", "_", "-", "_-"];
        let pairs = pairs.iter().flat_map(|(a, b)| between.map(|sign| format!("{a}{sign}{b}")));
        let assigned =
            names.into_iter().chain(pairs).map(|name| format!("{name}: 'longer-than-8'"));
        examples.push(assigned.collect());
        assert_eq!(examples.len(), RULES.len());
        for (rule, examples) in rules.shapes.iter().zip(examples) {
            for text in examples {
                assert!(rule.is_match(&text), "{text}");
                assert!(rules.possible(&text).any(|it| std::ptr::eq(it, rule)), "{text}");
            }
        }
    }
}
