//! Lines that were written more than once: what a short line is completed from.

use super::bytes::{Reader, Writer};

/// Bytes of a line that is worth keeping, white space around it apart.
pub(super) const LINE_BYTES: std::ops::RangeInclusive<usize> = 8..=120;
/// Tokens a line must have: less is a bracket or a keyword.
pub(super) const LINE_TOKENS_MIN: u32 = 3;

/// Lines of one segment, sorted by text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    text: Box<str>,
    /// Where each line ends in `text`.
    ends: Box<[u32]>,
    counts: Box<[u32]>,
}

impl Lines {
    /// Keeps these lines.
    pub(super) fn new(mut lines: Vec<(Box<str>, u32)>) -> Self {
        lines.sort_unstable();
        let mut text = String::with_capacity(lines.iter().map(|(line, _)| line.len()).sum());
        let mut ends = Vec::with_capacity(lines.len());
        for (line, _) in &lines {
            text.push_str(line);
            ends.push(text.len() as u32);
        }
        let counts = lines.iter().map(|(_, count)| *count).collect();
        Self { text: text.into(), ends: ends.into(), counts }
    }

    fn get(&self, line: usize) -> &str {
        let end = self.ends.get(line).copied().unwrap_or_default();
        let start = line.checked_sub(1).and_then(|line| self.ends.get(line)).copied().unwrap_or(0);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The lines that begin with `prefix`, with how often each was seen, in the order of their text.
    pub(super) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, u32)> {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = from.midpoint(to);
            if self.get(middle) < prefix { from = middle + 1 } else { to = middle }
        }
        (from..self.ends.len())
            .map(|line| (self.get(line), self.counts[line]))
            .take_while(move |(line, _)| line.starts_with(prefix))
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + 8 * self.ends.len()
    }

    /// Writes them for the disk.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(self.text.as_bytes());
        writer.numbers(&self.ends);
        writer.numbers(&self.counts);
    }

    /// Reads what was written; `None` where it does not fit together.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let text = str::from_utf8(reader.bytes()?).ok()?;
        let (ends, counts) = (reader.numbers()?, reader.numbers()?);
        let is_whole = ends.is_sorted()
            && ends.iter().all(|end| text.is_char_boundary(*end as usize))
            && counts.len() == ends.len();
        is_whole.then(|| Self { text: text.into(), ends: ends.into(), counts: counts.into() })
    }
}
