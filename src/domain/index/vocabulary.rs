//! The words of all segments, each kept once, with what they are used as.
//!
//! A word lives as long as a segment holds it. One that nobody holds any more is only put down for
//! removal; [`Vocabulary::sweep`] removes such words a few at a time, as removing thousands at once
//! would keep readers waiting.

use std::cmp::Reverse;

use super::order::Order;
use super::table::Table;
use crate::domain::tokens;

/// A word of the index. Means something only while the index is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordId(pub(super) u32);

/// How often a word is used, in all and in some ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// In all.
    pub total: u32,
    /// After a member operator such as `.`.
    pub member: u32,
    /// Before an opening parenthesis.
    pub called: u32,
    /// As the first token of its line.
    pub starts_line: u32,
}

impl Roles {
    /// These uses and those.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.combine(other, u32::saturating_add)
    }

    /// These uses without those.
    #[must_use]
    pub(super) fn minus(self, other: Self) -> Self {
        self.combine(other, u32::saturating_sub)
    }

    fn combine(self, other: Self, with: impl Fn(u32, u32) -> u32) -> Self {
        Self {
            total: with(self.total, other.total),
            member: with(self.member, other.member),
            called: with(self.called, other.called),
            starts_line: with(self.starts_line, other.starts_line),
        }
    }
}

/// The first bytes of a text, with zeros behind a shorter one.
#[derive(Clone, Copy, Debug, Default)]
struct Head([u8; 4]);

impl Head {
    fn of(text: &str) -> Self {
        let mut head = Self::default();
        head.0.iter_mut().zip(text.bytes()).for_each(|(head, byte)| *head = byte);
        head
    }

    fn may_begin_with(self, prefix: &str) -> bool {
        self.0.iter().zip(prefix.as_bytes()).all(|(head, byte)| head == byte)
    }
}

/// The words.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    texts: Vec<Box<str>>,
    hashes: Vec<u32>,
    /// How the texts begin: reading these alone saves most of the texts from being looked up.
    heads: Vec<Head>,
    roles: Vec<Roles>,
    /// The totals alone, close together: a search by prefix reads thousands of them.
    totals: Vec<u32>,
    /// How many segments hold the word.
    holders: Vec<u32>,
    table: Table,
    order: Order,
    free: Vec<u32>,
    /// Words that nobody held at some time.
    dropped: Vec<u32>,
    text_bytes: usize,
}

impl Vocabulary {
    /// The word with this text, if it is held.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.find_hashed(tokens::hash(text), text)
    }

    fn find_hashed(&self, hash: u32, text: &str) -> Option<u32> {
        self.table.find(hash, |word| {
            self.hashes[word as usize] == hash && &*self.texts[word as usize] == text
        })
    }

    /// The word with this text, held once more.
    pub(super) fn hold(&mut self, text: &str) -> u32 {
        let hash = tokens::hash(text);
        let word = self.find_hashed(hash, text).unwrap_or_else(|| self.add(hash, text));
        self.holders[word as usize] += 1;
        word
    }

    fn add(&mut self, hash: u32, text: &str) -> u32 {
        let word = self.free.pop().unwrap_or_else(|| {
            self.texts.push(Box::default());
            self.hashes.push(0);
            self.heads.push(Head::default());
            self.roles.push(Roles::default());
            self.totals.push(0);
            self.holders.push(0);
            (self.texts.len() - 1) as u32
        });
        self.texts[word as usize] = text.into();
        self.hashes[word as usize] = hash;
        self.heads[word as usize] = Head::of(text);
        self.text_bytes += text.len();
        let Self { table, order, hashes, texts, .. } = self;
        table.insert(hash, word, |word| hashes[word as usize]);
        order.insert(texts, word);
        word
    }

    /// Lets go of a word that is held.
    pub(super) fn release(&mut self, word: u32) {
        let holders = &mut self.holders[word as usize];
        *holders -= 1;
        if *holders == 0 {
            self.dropped.push(word);
        }
    }

    /// Removes words that nobody holds, at most `most` of them. Returns whether none is left.
    pub(super) fn sweep(&mut self, most: usize) -> bool {
        for _ in 0..most {
            let Some(word) = self.dropped.pop() else { break };
            // It may have been held again since, or have been dropped twice and be gone.
            let at = word as usize;
            if self.holders[at] > 0 || self.texts[at].is_empty() {
                continue;
            }
            let Self { table, order, hashes, texts, .. } = self;
            table.remove(hashes[at], word, |word| hashes[word as usize]);
            order.remove(texts, word);
            self.text_bytes -= self.texts[at].len();
            self.texts[at] = Box::default();
            self.free.push(word);
        }
        self.dropped.is_empty()
    }

    /// Changes the uses of a word.
    pub(super) fn count(&mut self, word: u32, change: impl FnOnce(Roles) -> Roles) {
        let roles = &mut self.roles[word as usize];
        *roles = change(*roles);
        self.totals[word as usize] = roles.total;
    }

    /// The text of a word; empty where there is no such word.
    pub(super) fn text(&self, word: u32) -> &str {
        self.texts.get(word as usize).map_or("", |text| text)
    }

    /// The hash of the text of a word; zero where there is no such word.
    pub(super) fn hash(&self, word: u32) -> u32 {
        self.hashes.get(word as usize).copied().unwrap_or(0)
    }

    /// Whether the text of a word begins so.
    pub(super) fn begins_with(&self, word: u32, prefix: &str) -> bool {
        let head = self.heads.get(word as usize);
        head.is_some_and(|head| head.may_begin_with(prefix)) && self.text(word).starts_with(prefix)
    }

    /// What a word is used as.
    pub(super) fn roles(&self, word: u32) -> Roles {
        self.roles.get(word as usize).copied().unwrap_or_default()
    }

    /// How many segments hold a word.
    pub(super) fn holders(&self, word: u32) -> u32 {
        self.holders.get(word as usize).copied().unwrap_or(0)
    }

    /// The words that begin with `prefix` and are used most, most used first, at most `most`.
    /// Words used alike are in the order of their texts.
    pub(super) fn with_prefix(&self, prefix: &str, most: usize) -> Vec<WordId> {
        // Words come in the order of their texts, so among equals those kept first are right.
        let mut best: Vec<(Reverse<u32>, u32, u32)> = Vec::with_capacity(most.min(1024) * 2);
        let (mut least, mut place) = (0, 0);
        for word in self.order.with_prefix(&self.texts, prefix).flatten() {
            let total = self.totals[*word as usize];
            if total > least {
                place += 1;
                best.push((Reverse(total), place, *word));
                if best.len() >= most.saturating_mul(2).max(1) {
                    best.select_nth_unstable(most.saturating_sub(1));
                    best.truncate(most);
                    let fewest = best.iter().map(|(Reverse(total), ..)| *total).min();
                    least = fewest.unwrap_or(u32::MAX);
                }
            }
        }
        best.sort_unstable();
        best.truncate(most);
        best.into_iter().map(|(.., word)| WordId(word)).collect()
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len() - self.free.len()
    }

    /// Bytes of memory, about.
    pub(super) fn bytes(&self) -> usize {
        // Small blocks take 8 bytes more than asked for and come in steps of 16.
        const BLOCK: usize = 16;
        let each =
            size_of::<Box<str>>() + size_of::<Roles>() + size_of::<Head>() + 3 * size_of::<u32>();
        self.texts.capacity() * each
            + self.text_bytes
            + self.len() * BLOCK
            + self.table.bytes()
            + self.order.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_lives_while_it_is_held() {
        let mut words = Vocabulary::default();
        let a = words.hold("alpha");
        assert_eq!((words.hold("alpha"), words.holders(a)), (a, 2));
        words.release(a);
        assert!(words.sweep(10));
        assert_eq!(words.find("alpha"), Some(a));
        words.release(a);
        assert_eq!(words.hold("alpha"), a, "held again before it was swept");
        assert!(words.sweep(10));
        assert_eq!((words.find("alpha"), words.len()), (Some(a), 1));
        words.release(a);
        assert!(words.sweep(10));
        assert_eq!((words.find("alpha"), words.len(), words.text_bytes), (None, 0, 0));
        assert_eq!(words.hold("beta"), a, "the number is used again");
        assert_eq!(words.text(a), "beta");
    }

    #[test]
    fn the_most_used_words_with_a_prefix_come_first() {
        let mut words = Vocabulary::default();
        for n in 0..1000_u32 {
            let word = words.hold(&format!("a{n:03}"));
            words.count(word, |roles| roles.plus(Roles { total: n % 97, ..Roles::default() }));
        }
        words.hold("b");
        let found = words.with_prefix("a", 12);
        let texts: Vec<_> = found.iter().map(|word| words.text(word.0)).collect();
        // The remainder 96 ten times, then 95, in the order of their texts.
        let mut expected: Vec<_> = (0..10).map(|n| format!("a{:03}", 96 + 97 * n)).collect();
        expected.extend(["a095".to_owned(), "a192".to_owned()]);
        assert_eq!(texts, expected);
        assert!(words.with_prefix("b", 5).is_empty(), "a word that is not used");
        assert!(words.with_prefix("a", 0).is_empty());
    }
}
