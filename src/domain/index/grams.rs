//! Which words were seen after which contexts in one segment, and how often.
//!
//! There are ten million of these in a large workspace, so each takes five and a half bytes: contexts
//! are sorted by hash, the upper bits of the hash are the place in a table, the next 16 are kept. Two
//! contexts of a segment are taken for one another once in 10,000 look-ups.

use std::ops::Range;

use super::bytes::{Reader, Writer};

/// One context with a word, before packing: hash of the context, number of the word.
pub(super) type Raw = (u32, u16);

/// Words per context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grams {
    /// How many upper bits of a hash are the place in `starts`.
    bits: u32,
    /// Where the grams with these upper bits begin; one more for the end.
    starts: Box<[u32]>,
    /// The 16 bits of the hash below the upper ones, ascending within a place.
    keys: Box<[u16]>,
    /// The words, numbered within the segment. Words of a context with higher counts come first.
    words: Box<[u16]>,
    /// How often; 255 stands for more too.
    counts: Box<[u8]>,
}

/// The words seen after a context, those seen most first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found<'a> {
    pub(super) words: &'a [u16],
    pub(super) counts: &'a [u8],
}

impl Found<'_> {
    /// How often in all.
    pub(super) fn total(&self) -> u32 {
        // Counts descend, so all after the first one are ones.
        let repeated = self.counts.iter().take_while(|count| **count > 1);
        let (sum, length) = repeated.fold((0, 0), |(s, n), count| (s + u32::from(*count), n + 1));
        sum + (self.counts.len() - length) as u32
    }
}

impl Grams {
    /// Packs what was seen.
    pub(super) fn pack(raw: &[Raw]) -> Self {
        let mut sorted: Vec<u64> =
            raw.iter().map(|(hash, word)| u64::from(*hash) << 16 | u64::from(*word)).collect();
        sorted.sort_unstable();
        let mut grams: Vec<u64> = Vec::with_capacity(sorted.len());
        for same in sorted.chunk_by(|a, b| a == b) {
            let rarity = 255 - same.len().min(255) as u64;
            grams.push((same[0] >> 16) << 24 | rarity << 16 | same[0] & 0xffff);
        }
        for same in grams.chunk_by_mut(|a, b| a >> 24 == b >> 24) {
            same.sort_unstable();
        }
        // About eight grams for each place of the table.
        let bits = (grams.len() / 8).max(2).ilog2().min(16);
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for gram in &grams {
            starts[(gram >> (56 - bits)) as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        Self {
            bits,
            starts: starts.into(),
            keys: grams.iter().map(|gram| (gram >> (40 - bits)) as u16).collect(),
            words: grams.iter().map(|gram| *gram as u16).collect(),
            counts: grams.iter().map(|gram| 255 - (gram >> 16) as u8).collect(),
        }
    }

    /// What was seen after the context with this hash.
    pub(super) fn find(&self, hash: u32) -> Found<'_> {
        self.range(hash).and_then(|range| self.found(range)).unwrap_or_default()
    }

    fn range(&self, hash: u32) -> Option<Range<usize>> {
        let place = (u64::from(hash) >> (32 - self.bits)) as usize;
        let (from, to) = (*self.starts.get(place)? as usize, *self.starts.get(place + 1)? as usize);
        let key = (hash >> (16 - self.bits)) as u16;
        let keys = self.keys.get(from..to)?;
        let first = keys.partition_point(|other| *other < key);
        let length = keys[first..].partition_point(|other| *other == key);
        Some(from + first..from + first + length)
    }

    fn found(&self, range: Range<usize>) -> Option<Found<'_>> {
        Some(Found { words: self.words.get(range.clone())?, counts: self.counts.get(range)? })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.keys.len() * 5
    }

    /// Writes them for the disk.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(self.bits);
        writer.numbers(&self.starts);
        writer.shorts(&self.keys);
        writer.shorts(&self.words);
        writer.bytes(&self.counts);
    }

    /// Reads what was written; `None` where it does not fit together or names words there are not.
    pub(super) fn read(reader: &mut Reader<'_>, words_end: usize) -> Option<Self> {
        let (bits, starts) = (reader.number()?, reader.numbers()?.into_boxed_slice());
        let (keys, words) = (reader.shorts()?.into_boxed_slice(), reader.shorts()?);
        let counts: Box<[u8]> = reader.bytes()?.into();
        let is_whole = (1..=16).contains(&bits)
            && starts.len() == (1 << bits) + 1
            && starts.is_sorted()
            && starts.last().is_some_and(|end| *end as usize == keys.len())
            && words.len() == keys.len()
            && counts.len() == keys.len()
            && words.iter().all(|word| usize::from(*word) < words_end);
        is_whole.then_some(Self { bits, starts, keys, words: words.into(), counts })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn everything_packed_is_found_with_its_count() {
        for size in [0_usize, 1, 7, 100, 5000] {
            let mut state = size as u32 + 1;
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state
            };
            let contexts: Vec<u32> = (0..=size / 9).map(|_| next()).collect();
            let raw: Vec<Raw> = (0..size)
                .map(|_| (contexts[next() as usize % contexts.len()], (next() >> 24) as u16 % 30))
                .collect();
            let grams = Grams::pack(&raw);
            let mut model: BTreeMap<u32, BTreeMap<u16, u8>> = BTreeMap::new();
            for (hash, word) in &raw {
                *model.entry(*hash).or_default().entry(*word).or_default() += 1;
            }
            for (hash, words) in &model {
                let found = grams.find(*hash);
                assert!(found.counts.is_sorted_by(|a, b| a >= b));
                let pairs = found.words.iter().copied().zip(found.counts.iter().copied());
                assert_eq!(pairs.collect::<BTreeMap<_, _>>(), *words);
                assert_eq!(found.total(), words.values().map(|n| u32::from(*n)).sum::<u32>());
            }
            assert!(grams.find(!contexts[0]).words.is_empty());
            let mut writer = Writer::default();
            grams.write(&mut writer);
            let bytes = writer.finish();
            let mut reader = Reader::open(&bytes).expect("what was written");
            assert_eq!(Grams::read(&mut reader, 30), Some(grams));
        }
    }

    #[test]
    fn counts_stop_at_what_a_byte_holds() {
        let grams = Grams::pack(&[(9, 1); 700]);
        assert_eq!(grams.find(9).counts, [255]);
    }
}
