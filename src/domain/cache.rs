//! Answers kept for the keystrokes that follow.
//!
//! The key is what determines an answer: language, the text before the cursor (its last
//! [`PREFIX_TAIL`] bytes) and the text after it (its first [`SUFFIX_HEAD`] bytes, without closers
//! that the editor may have added while the user typed). A lookup also steps back over what was
//! typed since: if an earlier place holds an answer that begins with exactly that, the remainder
//! is served. So typing through a suggestion, and deleting back, costs no call. Answers are kept
//! unfiltered and filtered anew on each hit, because the text around the cursor has changed.

pub mod along;

use std::collections::HashMap;

use lru::LruCache;

use super::class::{Extent, RequestClass};
use super::route::Tier;

/// Bytes before the cursor that count for the key.
pub const PREFIX_TAIL: usize = 512;
/// Bytes after the cursor that count for the key.
pub const SUFFIX_HEAD: usize = 128;
/// Bound: bytes typed along a suggestion that a lookup steps back over.
pub const TYPED_MAX: usize = 128;
/// An answer typed through this far is kept at the place reached as well, so that a suggestion longer
/// than [`TYPED_MAX`] can be typed through to its end.
const MOVED_AFTER: usize = TYPED_MAX / 2;
/// Bound: answers of different models kept for one place.
const ANSWERS_MAX: usize = 4;

/// An answer as a model meant it, before it is fitted to the text around the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The model.
    pub model: String,
    /// The tier it counted for.
    pub tier: Tier,
    /// What was asked for.
    pub class: RequestClass,
    /// How much was asked for.
    pub extent: Extent,
    /// The bare text; empty when the model had nothing to say.
    pub text: String,
}

/// An answer that fits a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The answer, its text reduced to what is still to be inserted.
    pub answer: Answer,
    /// Bytes of it that were typed since it was given.
    pub typed: usize,
}

/// The text around a cursor, as far as it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Language id.
    pub language: String,
    /// The last [`PREFIX_TAIL`] + [`TYPED_MAX`] bytes before the cursor.
    pub before: String,
    /// The first [`SUFFIX_HEAD`] bytes after it.
    pub after: String,
}

/// The answers of one place.
#[derive(Debug)]
struct Kept {
    tail: u64,
    answers: Vec<Answer>,
}

/// A bounded store of answers, least recently used out first.
#[derive(Debug)]
pub struct Cache {
    answers: LruCache<[u8; 16], Kept>,
    /// How many places end so. Most of what a lookup steps back over ends like none of them, which
    /// costs much less to see than its key does to make.
    tails: HashMap<u64, usize>,
    entries_max: usize,
    bytes: usize,
    bytes_max: usize,
}

impl Cache {
    /// An empty cache. Zero entries switch it off.
    pub fn new(entries_max: usize, bytes_max: usize) -> Self {
        let answers = LruCache::unbounded();
        Self { answers, tails: HashMap::new(), entries_max, bytes: 0, bytes_max }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.answers.clear();
        self.tails.clear();
        self.bytes = 0;
    }

    /// How many places hold answers.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Keeps an answer for a place, in the stead of an earlier one by the same model.
    pub fn insert(&mut self, place: &Place, answer: Answer) {
        if self.entries_max == 0 || answer.text.len() > self.bytes_max {
            return;
        }
        self.bytes += size_of(&answer);
        let key = key(place, place.before.len());
        let tail = tail(place, place.before.len());
        let tails = &mut self.tails;
        let new = || {
            *tails.entry(tail).or_default() += 1;
            Kept { tail, answers: Vec::new() }
        };
        let kept = &mut self.answers.get_or_insert_mut(key, new).answers;
        if let Some(index) = kept.iter().position(|known| known.model == answer.model) {
            self.bytes -= size_of(&kept.remove(index));
        }
        kept.push(answer);
        if kept.len() > ANSWERS_MAX {
            self.bytes -= size_of(&kept.remove(0));
        }
        while self.answers.len() > self.entries_max || self.bytes > self.bytes_max {
            let Some((_, kept)) = self.answers.pop_lru() else { break };
            self.bytes -= kept.answers.iter().map(size_of).sum::<usize>();
            if let Some(count) = self.tails.get_mut(&kept.tail) {
                *count -= 1;
                if *count == 0 {
                    self.tails.remove(&kept.tail);
                }
            }
        }
    }

    /// The best answer that fits `place` and that `is_wanted` accepts: the one with the fewest
    /// characters typed since, and of several at the same place the dearest tier's.
    pub fn find(&mut self, place: &Place, is_wanted: &dyn Fn(&Answer) -> bool) -> Option<Hit> {
        let hit = self.nearest(place, is_wanted)?;
        if hit.typed >= MOVED_AFTER {
            self.insert(place, hit.answer.clone());
        }
        Some(hit)
    }

    fn nearest(&mut self, place: &Place, is_wanted: &dyn Fn(&Answer) -> bool) -> Option<Hit> {
        if self.answers.is_empty() {
            return None;
        }
        let shortest = place.before.len().saturating_sub(TYPED_MAX);
        let ends = (shortest..=place.before.len()).rev();
        for end in ends.filter(|end| place.before.is_char_boundary(*end)) {
            if !self.tails.contains_key(&tail(place, end)) {
                continue;
            }
            let Some(Kept { answers, .. }) = self.answers.get(&key(place, end)) else { continue };
            let typed = &place.before[end..];
            let fits = |answer: &&Answer| {
                let is_rest = answer.text.len() > typed.len() && answer.text.starts_with(typed);
                (is_rest || (typed.is_empty() && answer.text.is_empty())) && is_wanted(answer)
            };
            if let Some(answer) = answers.iter().filter(fits).max_by_key(|answer| answer.tier) {
                let text = answer.text[typed.len()..].to_owned();
                return Some(Hit { answer: Answer { text, ..answer.clone() }, typed: typed.len() });
            }
        }
        None
    }
}

fn size_of(answer: &Answer) -> usize {
    std::mem::size_of::<Answer>() + answer.model.len() + answer.text.len()
}

/// Whether an editor may have put this character after the cursor by itself.
fn is_auto_closed(c: char) -> bool {
    c.is_whitespace() || ")]}>\"'`;".contains(c)
}

/// The last bytes before a place.
fn tail(place: &Place, end: usize) -> u64 {
    let start = end.saturating_sub(std::mem::size_of::<u64>());
    let bytes = &place.before.as_bytes()[start..end];
    bytes.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte))
}

fn key(place: &Place, end: usize) -> [u8; 16] {
    let mut start = end.saturating_sub(PREFIX_TAIL);
    while !place.before.is_char_boundary(start) {
        start += 1;
    }
    // Line breaks count the same in every convention.
    let after = place.after.trim_start_matches(is_auto_closed).as_bytes();
    let mut hasher = blake3::Hasher::new();
    hasher.update(place.language.as_bytes());
    hasher.update(&[0]);
    hasher.update(&place.before.as_bytes()[start..end]);
    hasher.update(&[0]);
    hasher.update(&after[..after.len().min(SUFFIX_HEAD / 2)]);
    let mut key = [0; 16];
    hasher.finalize_xof().fill(&mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(before: &str, after: &str) -> Place {
        Place { language: "x".to_owned(), before: before.to_owned(), after: after.to_owned() }
    }

    fn answer(text: &str) -> Answer {
        Answer {
            model: "m".to_owned(),
            tier: Tier::Fast,
            class: RequestClass::Line,
            extent: Extent::Line,
            text: text.to_owned(),
        }
    }

    /// How many places are known by their ends: as many as there are.
    fn tails(cache: &Cache) -> usize {
        cache.tails.values().sum()
    }

    fn text(cache: &mut Cache, before: &str, after: &str) -> Option<String> {
        cache.find(&place(before, after), &|_| true).map(|hit| hit.answer.text)
    }

    #[test]
    fn typing_through_and_deleting_back_is_served() {
        let mut cache = Cache::new(8, 1 << 20);
        cache.insert(&place("let x = ", "\n"), answer("foo(a, b)"));
        for (typed, rest) in
            [("", "foo(a, b)"), ("foo", "(a, b)"), ("foo(a, ", "b)"), ("", "foo(a, b)")]
        {
            assert_eq!(text(&mut cache, &format!("let x = {typed}"), "\n").as_deref(), Some(rest));
        }
        assert_eq!(text(&mut cache, "let x = fob", "\n"), None);
        assert_eq!(text(&mut cache, "let x = foo(a, b)", "\n"), None);
    }

    #[test]
    fn a_long_suggestion_is_served_to_its_end() {
        let mut cache = Cache::new(99, 1 << 20);
        let long = (0..200).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        cache.insert(&place("let x = ", "\n"), answer(&long));
        for typed in 0..long.len() {
            let before = format!("let x = {}", &long[..typed]);
            let tail = &before[before.len().saturating_sub(PREFIX_TAIL + TYPED_MAX)..];
            assert_eq!(text(&mut cache, tail, "\n").as_deref(), Some(&long[typed..]), "{typed}");
        }
    }

    #[test]
    fn closers_the_editor_added_do_not_hide_an_answer() {
        let mut cache = Cache::new(8, 1 << 20);
        cache.insert(&place("let x = ", "\nnext"), answer("foo(a)"));
        assert_eq!(text(&mut cache, "let x = foo(", ")\nnext").as_deref(), Some("a)"));
        assert_eq!(text(&mut cache, "let x = foo(", ")\nother"), None);
    }

    #[test]
    fn bounds_hold_and_the_oldest_goes_first() {
        let mut cache = Cache::new(2, 1 << 20);
        for before in ["a", "b", "c"] {
            cache.insert(&place(before, ""), answer("text"));
        }
        assert_eq!((cache.len(), tails(&cache)), (2, 2));
        assert_eq!(text(&mut cache, "a", ""), None);
        let mut small = Cache::new(99, 600);
        for number in 0..50 {
            small.insert(&place(&number.to_string(), ""), answer(&"t".repeat(100)));
            assert!(small.bytes <= 600);
            assert_eq!(tails(&small), small.len());
        }
        let mut off = Cache::new(0, 600);
        off.insert(&place("a", ""), answer("t"));
        assert!(off.is_empty());
    }

    #[test]
    fn the_dearest_answer_wins_and_unwanted_ones_are_passed_over() {
        let mut cache = Cache::new(8, 1 << 20);
        cache.insert(&place("a", ""), answer("cheap"));
        let dear = Answer { tier: Tier::Flagship, model: "f".to_owned(), ..answer("dear") };
        cache.insert(&place("a", ""), dear);
        assert_eq!(text(&mut cache, "a", "").as_deref(), Some("dear"));
        let cheap = cache.find(&place("a", ""), &|answer| answer.tier == Tier::Fast);
        assert_eq!(cheap.map(|hit| hit.answer.text).as_deref(), Some("cheap"));
    }
}
