//! Words in the order of their text, for search by prefix, where words come and go all the time.
//!
//! A list of short sorted lists: putting a word in moves some hundred numbers at most, and a prefix
//! is found by two binary searches.

/// Bound: words of one short list.
const CHUNK_MAX: usize = 512;

/// Numbers of words, sorted by their texts. Every list holds something.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    chunks: Vec<Vec<u32>>,
}

type Texts = [Box<str>];

fn text_of(texts: &Texts, word: u32) -> &str {
    texts.get(word as usize).map_or("", |text| text)
}

impl Order {
    /// The list a text belongs in.
    fn chunk_of(&self, texts: &Texts, text: &str) -> usize {
        let is_before =
            |chunk: &Vec<u32>| chunk.first().is_some_and(|w| text_of(texts, *w) <= text);
        self.chunks.partition_point(is_before).saturating_sub(1)
    }

    /// Puts in a word that is not there.
    pub(super) fn insert(&mut self, texts: &Texts, word: u32) {
        let text = text_of(texts, word);
        let at = self.chunk_of(texts, text);
        let Some(chunk) = self.chunks.get_mut(at) else {
            self.chunks.push(vec![word]);
            return;
        };
        let place = chunk.partition_point(|other| text_of(texts, *other) < text);
        chunk.insert(place, word);
        if chunk.len() > CHUNK_MAX {
            let second = chunk.split_off(CHUNK_MAX / 2);
            chunk.shrink_to(CHUNK_MAX / 2 + CHUNK_MAX / 4);
            self.chunks.insert(at + 1, second);
        }
    }

    /// Takes out a word.
    pub(super) fn remove(&mut self, texts: &Texts, word: u32) {
        let text = text_of(texts, word);
        let at = self.chunk_of(texts, text);
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let place = chunk.partition_point(|other| text_of(texts, *other) < text);
        if chunk.get(place) == Some(&word) {
            chunk.remove(place);
        }
        if chunk.is_empty() {
            self.chunks.remove(at);
        }
    }

    /// The words that begin with `prefix`, in lists.
    pub(super) fn with_prefix<'a>(
        &'a self,
        texts: &'a Texts,
        prefix: &'a str,
    ) -> impl Iterator<Item = &'a [u32]> {
        let is_before = move |word: &u32| text_of(texts, *word) < prefix;
        let is_up_to = move |word: &u32| {
            let text = text_of(texts, *word);
            text < prefix || text.starts_with(prefix)
        };
        let from = self.chunk_of(texts, prefix);
        let to = self.chunks.partition_point(|chunk| chunk.first().is_some_and(is_up_to));
        let chunks = self.chunks.get(from..to.max(from)).unwrap_or_default();
        let last = chunks.len().saturating_sub(1);
        chunks.iter().enumerate().map(move |(index, chunk)| {
            let from = if index == 0 { chunk.partition_point(is_before) } else { 0 };
            let to = if index == last { chunk.partition_point(is_up_to) } else { chunk.len() };
            chunk.get(from..to).unwrap_or_default()
        })
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.capacity() * size_of::<u32>() + 24).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_found_by_prefix_while_they_come_and_go() {
        let texts: Vec<Box<str>> =
            (0..5000_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761)).into()).collect();
        let (mut order, mut model) = (Order::default(), BTreeSet::new());
        let mut state = 7_u32;
        for step in 0..30_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let word = (state >> 8) % 5000;
            if model.insert((&texts[word as usize], word)) {
                order.insert(&texts, word);
            } else if step % 3 == 0 {
                model.remove(&(&texts[word as usize], word));
                order.remove(&texts, word);
            }
            if step % 100 == 0 {
                let prefix = &texts[word as usize][..=step / 100 % 3];
                let found: Vec<u32> =
                    order.with_prefix(&texts, prefix).flatten().copied().collect();
                let expected: Vec<u32> = model
                    .iter()
                    .filter(|(text, _)| text.starts_with(prefix))
                    .map(|(_, word)| *word)
                    .collect();
                assert_eq!(found, expected, "{prefix}");
            }
        }
        for word in 0..5000 {
            order.remove(&texts, word);
        }
        assert!(order.chunks.is_empty());
    }

    #[test]
    fn an_empty_order_and_an_unknown_prefix_find_nothing() {
        let texts: Vec<Box<str>> = vec!["b".into()];
        let mut order = Order::default();
        assert_eq!(order.with_prefix(&texts, "a").flatten().count(), 0);
        order.insert(&texts, 0);
        for prefix in ["a", "bb", "c"] {
            assert_eq!(order.with_prefix(&texts, prefix).flatten().count(), 0, "{prefix}");
        }
        assert_eq!(order.with_prefix(&texts, "").flatten().count(), 1);
    }
}
