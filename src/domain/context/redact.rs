//! Replaces secrets in text that is about to leave the machine.
//!
//! The rules are few and certain: private keys, tokens whose vendors gave them a shape, passwords
//! in URLs, literals assigned to names that say secret, and the very keys of the configured
//! models. The same secret always gets the same placeholder, so a model sees that two places are
//! equal but not what they hold. An answer that repeats a placeholder is dropped (`postprocess::placeholder`).

mod rules;

use std::fmt::Write as _;
use std::ops::Range;

use ropey::Rope;

use crate::domain::text;
pub use rules::warm;

/// What placeholders begin with.
pub const PLACEHOLDER: &str = "__SECRET_";

/// Replaces the secrets in the texts of one prompt.
pub struct Redactor<'a> {
    /// The keys of configured models; `None` where nothing is replaced.
    own_keys: Option<&'a [String]>,
    /// The secrets so far; their numbers are their places here.
    names: Vec<String>,
    count: usize,
    /// The text searched last.
    searched: Option<Searched>,
}

/// A piece of a document that was searched for secrets.
struct Searched {
    rope: Rope,
    start: usize,
    text: String,
    spans: Vec<Range<usize>>,
}

impl<'a> Redactor<'a> {
    /// A redactor for one prompt. Without keys, not even an empty list of them, it changes nothing.
    pub fn new(own_keys: Option<&'a [String]>) -> Self {
        Self { own_keys, names: Vec::new(), count: 0, searched: None }
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
        let wanted = around(rope, margin, &ranges);
        let known = self.searched.take().filter(|known| known.holds(rope, &wanted));
        let known = known.unwrap_or_else(|| Searched::of(rope, wanted, own_keys));
        let cut = ranges.map(|range| {
            let part = range.start - known.start..(range.end - known.start).min(known.text.len());
            self.replaced(&known.text, part, &known.spans)
        });
        self.searched = Some(known);
        cut
    }

    /// Searches all ranges of a document at once, where that is less than to search around each of them.
    /// The ranges are then [cut](Self::cut) from what was found.
    pub fn look_ahead(&mut self, rope: &Rope, margin: usize, ranges: &[Range<usize>]) {
        let Some(own_keys) = self.own_keys else { return };
        let all = around(rope, margin, ranges);
        let each: usize = ranges.iter().map(|range| range.len() + 2 * margin).sum();
        if all.len() < each {
            self.searched = Some(Searched::of(rope, all, own_keys));
        }
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

impl Searched {
    fn of(rope: &Rope, range: Range<usize>, own_keys: &[String]) -> Self {
        let text = text::head_after(rope, range.start, range.len());
        let spans = secrets(&text, own_keys);
        Self { rope: rope.clone(), start: range.start, text, spans }
    }

    fn holds(&self, rope: &Rope, range: &Range<usize>) -> bool {
        let end = self.start + self.text.len();
        self.rope.is_instance(rope) && self.start <= range.start && range.end <= end
    }
}

/// What has to be searched for these ranges: all between the first and the last, and the margin.
fn around(rope: &Rope, margin: usize, ranges: &[Range<usize>]) -> Range<usize> {
    let start = ranges.iter().map(|range| range.start).min().unwrap_or(0).saturating_sub(margin);
    let end = ranges.iter().map(|range| range.end).max().unwrap_or(0).saturating_add(margin);
    text::floor_char(rope, start)..text::floor_char(rope, end)
}

/// The places of all secrets, in order and without overlaps.
fn secrets(text: &str, own_keys: &[String]) -> Vec<Range<usize>> {
    let own = own_keys
        .iter()
        .filter(|key| key.len() >= 8)
        .flat_map(|key| text.match_indices(key.as_str()).map(|(at, key)| at..at + key.len()));
    let shaped = rules::possible(text).flat_map(|rule| {
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
    fn ranges_looked_at_ahead_are_cut_as_each_by_itself() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!("use a;\n{}let é = \"{token}\";\n", "use b;\n".repeat(20)).repeat(9);
        let (rope, other) = (Rope::from_str(&text), Rope::from_str(&text.replace("ghp_", "xyz_")));
        let ranges: Vec<Range<usize>> =
            text.match_indices("let").map(|(at, _)| at - 3..at + 55).collect();
        for margin in [0, 100, 5_000] {
            let (mut ahead, mut alone) = (Redactor::new(Some(&[])), Redactor::new(Some(&[])));
            ahead.look_ahead(&rope, margin, &ranges);
            for range in &ranges {
                let part = || [range.clone()];
                assert_eq!(ahead.cut(&rope, margin, part()), alone.cut(&rope, margin, part()));
            }
            // What is known of one document says nothing of another.
            ahead.look_ahead(&rope, margin, &ranges);
            let [text] = ahead.cut(&other, margin, [ranges[0].clone()]);
            assert!(text.contains("xyz_"), "{text}");
            assert_eq!((ahead.count(), alone.count()), (9, 9));
        }
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
